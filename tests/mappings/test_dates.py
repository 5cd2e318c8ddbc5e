"""Dates as sources write them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.record import Date
from mappings.dates import mjd_interval, mjd_to_date, read_date, written_date, year_of


@pytest.mark.parametrize(
    ("written", "start", "end", "text"),
    [
        ("2019", "2019", "2019", None),
        ("2019-03", "2019-03", "2019-03", None),
        ("2019-03-01", "2019-03-01", "2019-03-01", None),
        ("2012-12-13T10:00:00+0200", "2012-12-13T10:00:00+02:00", "2012-12-13T10:00:00+02:00", None),
        ("2012-12-13T10:00:00.25Z", "2012-12-13T10:00:00.25Z", "2012-12-13T10:00:00.25Z", None),
        ("2008-06-19 17:55:27", "2008-06-19T17:55:27", "2008-06-19T17:55:27", None),
        ("20160203181958.0", "2016-02-03T18:19:58", "2016-02-03T18:19:58", None),
        ("2010/2020", "2010", "2020", None),
        ("2004-03-02/", "2004-03-02", None, None),
        ("/2004", None, "2004", None),
        ("../2004", None, "2004", None),
        ("2004/open", "2004", None, "2004/open"),
        ("-0024/-0022", "-0024", "-0022", None),
        ("321 BCE", "-0320", "-0320", "321 BCE"),
        ("1 BC", "0000", "0000", "1 BC"),
        ("-24", "-0024", "-0024", "-24"),
        ("1984?", "1984", "1984", "1984?"),
        ("199u", "1990", "1999", "199u"),
        ("2004-22", "2004-06", "2004-08", "2004-22"),
        ("Summer 2019", "2019-06", "2019-08", "Summer 2019"),
        ("Winter 2019", "2019-12", "2020-02", "Winter 2019"),
        ("January 1st, 2020", "2020-01-01", "2020-01-01", "January 1st, 2020"),
        ("3 Sept. 2001", "2001-09-03", "2001-09-03", "3 Sept. 2001"),
        ("May 1999", "1999-05", "1999-05", "May 1999"),
        ("31.12.2019", "2019-12-31", "2019-12-31", "31.12.2019"),
        ("13/04/2019", "2019-04-13", "2019-04-13", "13/04/2019"),
        ("03/04/2019", "2019", "2019", "03/04/2019"),
        ("2010-2012", "2010", "2012", "2010-2012"),
        ("1990 – 1995", "1990", "1995", "1990 – 1995"),
        ("[c1931]", "1931", "1931", "[c1931]"),
        ("2017-01-00", "2017-01", "2017-01", "2017-01-00"),
        ("/2", None, None, "/2"),
        ("2017-02-30", None, None, "2017-02-30"),
        ("Not found", None, None, "Not found"),
        ("200000000-01-01", None, None, "200000000-01-01"),
        ("2020/2010", None, None, "2020/2010"),
    ],
)
def test_forms(written: str, start: str | None, end: str | None, text: str | None) -> None:
    assert read_date(written, "issued") == Date(kind="issued", start=start, end=end, text=text)


@pytest.mark.parametrize("written", [":tba", "", "  ", "0000", "(:unav)", "n/a"])
def test_nothing(written: str) -> None:
    assert read_date(written, "issued") is None


def test_information_is_kept() -> None:
    assert read_date("2019", "updated", "a note") == Date(
        kind="updated", start="2019", end="2019", text="a note"
    )
    assert read_date("Spring 2019", "updated", "a note") == Date(
        kind="updated", start="2019-03", end="2019-05", text="Spring 2019 (a note)"
    )


DAYS = st.dates(min_value=date(1, 1, 1), max_value=date(9998, 12, 31))


@given(DAYS, st.integers(0, 400))
def test_what_is_written_is_read_again(first: date, days: int) -> None:
    last = min(first + timedelta(days=days), date(9998, 12, 31))
    value = Date(kind="collected", start=first.isoformat(), end=last.isoformat())
    assert read_date(written_date(value)[0], "collected") == value


@given(DAYS)
def test_modified_julian_dates(day: date) -> None:
    interval = mjd_interval(day.isoformat(), day.isoformat())
    assert interval is not None
    assert interval.low == (day - date(1858, 11, 17)).days
    assert interval.high == interval.low + 1
    assert mjd_to_date(interval.low) == day.isoformat()


def test_intervals_in_days_follow_the_precision() -> None:
    year = mjd_interval("2000", "2000")
    assert year is not None
    assert (year.low, year.high) == (51544, 51910)
    moment = mjd_interval("1858-11-17T12:00:00Z", "1858-11-17T18:00+01:00")
    assert moment is not None
    assert (moment.low, moment.high) == (0.5, 17 / 24)
    ancient = mjd_interval("-0320", "-0320")
    assert ancient is not None
    assert (ancient.low, ancient.high) == (-795818, -795452)
    assert mjd_interval(None, None) is None
    assert mjd_to_date(1e12) is None


@given(st.text(max_size=40))
def test_any_text_is_a_date_or_kept_or_nothing(text: str) -> None:
    found = read_date(text, "other")
    if found is not None:
        assert found.start or found.end or found.text
        mjd_interval(found.start, found.end)
        year_of(found)
