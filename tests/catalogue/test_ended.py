"""What is said of a product that has ended, by what became of its records."""

from __future__ import annotations

import pytest

from catalogue.ended import Part, fate_of
from catalogue.product import Member
from catalogue.record import Provenance, Record, Text


def part(id: str, stands: str | None) -> Part:
    told = Provenance(source="lab", identifier=id, harvested="2026-01-01T00:00:00Z")
    record = stands and Record(id=stands, kind="dataset", titles=(Text(value="T"),), provenance=told)
    return Part(member=Member(id=id, source="lab", identifier=id), stands=record or None)


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ([("a", "a"), ("b", "b")], "was made of 2 records, which stand for themselves again"),
        ([("a", "a"), ("b", "p")], "was made of 2 records, which stand apart"),
        ([("a", "a"), ("b", None)], "was made of 2 records, of which 1 stands for itself again"),
        ([("a", "p"), ("b", "q"), ("c", None)], "was made of 3 records, of which 2 stand apart"),
        ([("a", "p"), ("b", None)], "was made of 2 records, of which 1 is part of something else"),
        ([("a", "a")], "was made of 1 record, which stands for itself again"),
        ([("a", "p")], "was made of 1 record, which is part of something else"),
    ],
)
def test_the_fate_in_words(parts: list[tuple[str, str | None]], said: str) -> None:
    assert fate_of(tuple(part(*one) for one in parts)) == said
