"""The table of files: each order, each page, and what is asked wrongly."""

from __future__ import annotations

import pytest

from catalogue.errors import QueryError
from catalogue.record import Distribution
from tests.web.observatory import record
from web.record_files import MOST_ROWS, file_table

FILES = (
    Distribution(url="https://a.example.org/b", size=5, media_type="text/csv"),
    Distribution(url="https://a.example.org/x", title="A", media_type="image/fits"),
    Distribution(url="https://a.example.org/c", size=7),
)
ONE = record("1", "One", distributions=FILES)
MANY = record(
    "2",
    "Many",
    distributions=tuple(Distribution(url=f"https://a.example.org/{n}", size=n) for n in range(1201)),
)


@pytest.mark.parametrize(
    ("order", "expected"), [("name", [1, 0, 2]), ("type", [1, 0, 2]), ("size", [2, 0, 1]), (None, [0, 1, 2])]
)
def test_every_order(order: str | None, expected: list[int]) -> None:
    table = file_table(ONE, {} if order is None else {"files": order})
    assert [FILES.index(file) for file in table.rows] == expected


def test_pages_follow_each_other_and_keep_the_order() -> None:
    seen: list[int | None] = []
    arguments = {"files": "size"}
    while True:
        table = file_table(MANY, arguments)
        seen += [file.size for file in table.rows]
        assert (table.first, table.last) == (len(seen) - len(table.rows) + 1, len(seen))
        if table.next is None:
            break
        assert table.next == f"?files=size&from={len(seen) + 1}#files"
        arguments["from"] = str(len(seen) + 1)
    assert seen == sorted(range(1201), reverse=True)
    assert table.previous == f"?files=size&from={MOST_ROWS + 1}#files"
    assert file_table(MANY, {"from": "501"}).previous == "?#files"


@pytest.mark.parametrize(
    "arguments",
    [{"files": "colour"}, {"from": "0"}, {"from": "x"}, {"from": "4"}, {"from": "²"}, {"from": "9" * 5000}],
)
def test_what_cannot_be_is_said(arguments: dict[str, str]) -> None:
    with pytest.raises(QueryError):
        file_table(ONE, arguments)


def test_a_record_without_files_has_an_empty_table() -> None:
    table = file_table(record("3", "None"), {})
    assert (table.rows, table.total, table.next) == ((), 0, None)
