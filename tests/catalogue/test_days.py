"""Days as numbers."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.days import LAST_DAY, days_of, year_of

FIRST = days_of("0001-01-01")[0]


@given(st.dates())
def test_days_count_as_the_calendar_does(day):
    assert days_of(day.isoformat()) == (FIRST + day.toordinal() - 1,) * 2


def test_a_shorter_date_is_an_interval():
    assert days_of("2019") == (days_of("2019-01-01")[0], days_of("2019-12-31")[0])
    assert days_of("2020-02") == (days_of("2020-02-01")[0], days_of("2020-02-29")[0])
    assert days_of("2019-03-01T23:59:59Z") == days_of("2019-03-01")


def test_years_before_the_first():
    assert days_of("0000-12-31")[0] == FIRST - 1
    assert days_of("-0320")[1] + 1 == days_of("-0319")[0]
    assert days_of("-99999") == (1, 1)
    assert days_of("99999") == (LAST_DAY, LAST_DAY)


@pytest.mark.parametrize(
    "text", ["", "x", "2019-13", "2019-00", "2019-02-29", "2019-1-1", "20190101x", "１９９９"]
)
def test_what_is_no_date(text):
    with pytest.raises(ValueError, match="«"):
        days_of(text)


def test_year_of():
    texts = ("2019-03", "-0320", "0042", "+12019", "no year")
    assert [year_of(text) for text in texts] == ["2019", "-0320", "0042", "12019", None]
    assert year_of(date(1998, 1, 2).isoformat()) == "1998"
