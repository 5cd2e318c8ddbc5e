"""Windows: whatever expires, nothing is left out and what came in order is not read again."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harvesters.oai_progress import Progress, Window


def progress(**values: Any) -> Progress:
    defaults: dict[str, Any] = {
        "started": "2024-06-01T00:00:00Z",
        "prefix": "oai_dc",
        "format": "oai_dc",
        "dates": ["seconds", "day", "none"],
        "sets": [None],
        "whole": Window(),
    }
    return Progress(**{**defaults, **values})


def spans(one: Progress) -> list[tuple[str | None, str | None, int]]:
    return [(window.begin, window.end, window.have) for window in one.windows]


def test_a_checkpoint_survives_json() -> None:
    one = progress(sets=["a", None], earliest="2020-01-01T00:00:00Z")
    one.note(["2024-01-01T00:00:00Z", "2024-01-02T00:00:00Z"], 2, 10)
    one.token = "t"
    assert Progress.read(json.loads(json.dumps(one.checkpoint()))) == one


def test_sets_and_windows_are_read_one_after_another() -> None:
    one = progress(sets=["a", "b"], whole=Window(begin="2024-01-01T00:00:00Z"))
    one.note(["2024-02-01T00:00:00Z"], 1, 3)
    assert one.expected == 3
    one.next_window()
    assert (one.sets, spans(one), one.missing, one.before, one.done) == (
        ["b"],
        [("2024-01-01T00:00:00Z", None, 0)],
        2,
        1,
        False,
    )
    one.next_window()
    assert (one.sets, one.windows, one.done) == ([], [], True)


@pytest.mark.parametrize(
    ("form", "arguments"),
    [
        ("seconds", [("from", "2024-01-01T10:00:00Z"), ("until", "2024-02-01T10:00:00Z")]),
        ("day", [("from", "2024-01-01"), ("until", "2024-02-01")]),
        ("none", []),
    ],
)
def test_dates_in_the_form_that_is_tried(form: str, arguments: list[tuple[str, str]]) -> None:
    window = Window(begin="2024-01-01T10:00:00Z", end="2024-02-01T10:00:00Z")
    assert progress(dates=[form]).dates_of(window) == arguments


def test_a_restart_parts_the_window_where_the_datestamps_were_in_order() -> None:
    one = progress()
    one.note(["2024-01-01T00:00:00Z", "2024-01-02T00:00:00Z"], 2, 10)
    one.note(["2024-01-03T00:00:00Z", "2024-01-03T00:00:00Z"], 2, 10)
    assert one.restart()
    assert spans(one) == [("2024-01-03T00:00:00Z", None, 0), (None, "2024-01-02T23:59:59Z", 2)]
    one.next_window()
    one.note(["2024-01-01T00:00:00Z"], 1, 2)
    assert one.has_enough
    one.next_window()
    assert (one.done, one.missing) == (True, 0)


def test_by_days_it_is_parted_at_a_day() -> None:
    one = progress(dates=["day", "none"])
    one.note(["2024-01-01T10:00:00Z", "2024-03-01T09:00:00Z", "2024-03-01T10:00:00Z"], 3, 10)
    assert one.restart()
    assert spans(one) == [("2024-03-01", None, 0), (None, "2024-02-29", 1)]


@pytest.mark.parametrize(
    "stamps",
    [
        ["2024-01-02T00:00:00Z", "2024-01-01T00:00:00Z"],
        ["2024-01-01T00:00:00Z", "2024-01-02"],
        ["2024-01-01T00:00:00Z", ""],
        ["2024-01-01T00:00:00Z", "2024-01-01T00:00:00Z"],
    ],
)
def test_without_order_a_restart_begins_anew(stamps: list[str]) -> None:
    one = progress()
    one.note(stamps, 2, 10)
    assert one.restart()
    assert (spans(one), one.count, one.token) == ([(None, None, 0)], 0, None)


def test_restarts_that_do_not_help_divide_and_then_end() -> None:
    one = progress(whole=Window(begin="2024-01-01T00:00:00Z", end="2024-01-01T00:00:03Z"))
    answers = []
    for _ in range(40):
        one.note(["2024-01-01T00:00:02Z", "2024-01-01T00:00:01Z"], 2, 10)
        answers.append(one.restart())
        if not answers[-1]:
            break
    assert answers.count(True) > 3
    assert answers[-1] is False
    assert spans(one)[-1][1] == "2024-01-01T00:00:03Z"


def test_a_server_that_ignores_dates_is_noticed_and_not_divided() -> None:
    one = progress(whole=Window(begin="2024-01-01T00:00:00Z"))
    one.note(["2024-01-01T00:00:00Z"], 1, None)
    assert not one.ignores_dates
    one.note(["2023-12-31T23:59:59Z"], 1, None)
    assert one.ignores_dates
    assert not one.divide()


def test_a_division_ends_somewhere() -> None:
    one = progress(dates=["day"], whole=Window(begin="2024-01-01", end="2024-01-02"))
    assert not one.divide()
    one = progress(earliest="2024-01-01T00:00:00Z")
    divided = 0
    while one.divide():
        divided += 1
    assert 10 < divided <= 64


stamps = st.datetimes(datetime(2020, 1, 1), datetime(2024, 1, 1)).map(
    lambda moment: moment.isoformat(timespec="seconds")[:19] + "Z"
)


class Cut:
    """A list by datestamps whose tokens expire as a plan says; what a walk over it meets."""

    def __init__(self, records: list[str], page: int, expires: list[bool], gives_size: bool) -> None:
        self.records = records
        self.page = page
        self.expires = iter(expires)
        self.gives_size = gives_size
        self.seen: set[int] = set()

    def walk(self, one: Progress) -> bool:
        """Read everything; whether that was possible."""
        offset = 0
        for _ in range(20_000):
            if one.done:
                return True
            dates = dict(one.dates_of(one.window))
            length = len(next(iter(dates.values()), "x" * 20))
            found = [
                (number, stamp)
                for number, stamp in enumerate(self.records)
                if stamp[:length] >= dates.get("from", "") and stamp[:length] <= dates.get("until", "9")
            ]
            if offset and next(self.expires, False):
                offset = 0
                if not one.restart():
                    return False
                continue
            part = found[offset : offset + self.page]
            self.seen.update(number for number, _ in part)
            size = len(found) if self.gives_size else None
            one.note([stamp for _, stamp in part], len(part), size)
            offset += self.page
            if offset >= len(found) or one.has_enough:
                one.next_window()
                offset = 0
        raise AssertionError("it never ends")


@settings(max_examples=300, deadline=None)
@given(
    records=st.lists(stamps, max_size=40),
    in_order=st.booleans(),
    page=st.integers(1, 7),
    expires=st.lists(st.booleans(), max_size=60),
    gives_size=st.booleans(),
    by_day=st.booleans(),
    begin=st.none() | stamps,
)
def test_nothing_is_left_out_whatever_expires(
    records: list[str],
    in_order: bool,
    page: int,
    expires: list[bool],
    gives_size: bool,
    by_day: bool,
    begin: str | None,
) -> None:
    listed = Cut(sorted(records) if in_order else records, page, expires, gives_size)
    one = progress(dates=["day"] if by_day else ["seconds"], whole=Window(begin=begin))
    if listed.walk(one):
        length = 10 if by_day else 20
        wanted = {n for n, s in enumerate(listed.records) if s[:length] >= (begin or "")[:length]}
        assert listed.seen == wanted
        assert one.missing == 0


def test_in_order_hardly_anything_is_read_twice() -> None:
    first = datetime(2024, 1, 1)
    records = [(first + timedelta(hours=n)).isoformat() + "Z" for n in range(1000)]
    listed = Cut(records, 10, ([False] * 20 + [True]) * 5, gives_size=True)
    one = progress()
    assert listed.walk(one)
    assert len(listed.seen) == 1000
    assert one.before < 1000 + 5 * 20
