"""Regions of the sky, held to mocpy."""

from __future__ import annotations

import itertools
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mocpy import MOC

from catalogue.moc import FINEST, Region, cells_of, degraded, indexed, overlap, region_of, text_of, united
from catalogue.sky import meet, ranges_of

PAIRS = 10_000


def some_region(chance: random.Random) -> str:
    """A MOC in ASCII: some cells of some orders, near each other."""
    tokens = []
    for order in sorted(chance.sample(range(12), k=chance.randint(1, 3))):
        start = chance.randrange(12 * 4**order)
        numbers = {(start + chance.randrange(1 + 4 ** (order // 3))) % (12 * 4**order) for _ in range(4)}
        tokens.append(f"{order}/" + ",".join(map(str, sorted(numbers))))
    return " ".join(tokens)


def theirs(text: str) -> MOC:
    """The same MOC in mocpy, which wants spaces and cells of one order at a time."""
    found = MOC.new_empty(29)
    for token in text.split():
        found = found.union(MOC.from_string(token.replace(",", " ")))
    return found


def tokens_meet(record: Region, query: Region) -> bool:
    """What an index finds by the tokens of a record and those of a query."""
    own, above = map(set, indexed(record))
    cells, higher = map(set, indexed(query))
    return bool(own & (cells | higher)) or bool(above & cells)


def test_overlaps_are_those_of_mocpy() -> None:
    chance = random.Random(4)
    met = 0
    for _ in range(PAIRS):
        texts = some_region(chance), some_region(chance)
        one, other = map(region_of, texts)
        expected = not theirs(texts[0]).intersection(theirs(texts[1])).empty()
        assert overlap(one, other) == tokens_meet(one, other) == expected, texts
        assert meet(ranges_of(one), ranges_of(other)) == expected, texts
        assert region_of(text_of(one)) == one
        assert region_of(MOC.from_string(text_of(one)).to_string("ascii")) == one
        met += expected
    assert PAIRS // 20 < met < PAIRS * 19 // 20


def test_cells_are_those_of_mocpy() -> None:
    chance = random.Random(5)
    for _ in range(300):
        text = some_region(chance)
        mocpy = theirs(text)
        ours = region_of(text)
        assert sorted((4 << 2 * order) + n for order, n in cells_of(ours)) == sorted(mocpy.uniq_hpx)
        order = chance.randrange(8)
        assert degraded(ours, order) == region_of(mocpy.degrade_to_order(order).to_string("ascii")) or (
            mocpy.max_order <= order
        )


def test_too_many_cells_are_covered_by_fewer() -> None:
    many = region_of("10/" + ",".join(str(n) for n in range(0, 40_000, 2)))
    own, _ = indexed(many, most=500)
    assert 0 < len(own) <= 500
    for number in (0, 19_998, 39_998):
        assert tokens_meet(many, region_of(f"12/{16 * number}")), "what it covers is still found"


def test_the_finest_order_is_taken_at_which_there_are_few_enough() -> None:
    chance = random.Random(7)
    for _ in range(20):
        region = region_of(f"9/{' '.join(str(chance.randrange(12 << 18)) for _ in range(900))}")
        own, _ = indexed(region, most=100)
        counts = [len(list(cells_of(degraded(region, order)))) for order in range(10)]
        assert len(own) == max(count for count in counts if count <= 100) and counts == sorted(counts)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0/0-11", ((0, 12 << 58),)),
        ("29/5", ((5, 6),)),
        ("s1/0 t61/5", ((0, 1 << 56),)),
        ("1/0,1 2/", ((0, 2 << 56),)),
        ("1/3 1/0-2", ((0, 1 << 58),)),
        ("", ()),
        ("5/", ()),
    ],
)
def test_writings(text: str, expected: Region) -> None:
    assert region_of(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "7",
        "30/1",
        "0/12",
        "1/5-3",
        "1/-3",
        "a/b",
        "1/x",
        "-1/3",
        "1/1.5",
        "1//2",
        "5/" + "9" * 5000,
        "9" * 5000 + "/1",
    ],
)
def test_what_is_no_moc(text: str) -> None:
    with pytest.raises(ValueError, match=r"MOC|order|cells"):
        region_of(text)


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=12))
def test_united_ranges_hold_the_same_numbers(pairs: list[tuple[int, int]]) -> None:
    ranges = [(min(pair), max(pair) + 1) for pair in pairs]
    found = united(ranges)
    assert {n for first, end in found for n in range(first, end)} == {
        n for first, end in ranges for n in range(first, end)
    }
    assert all(before[1] < after[0] for before, after in itertools.pairwise(found))
    cells = {n for order, cell in cells_of(found) for n in _numbers(order, cell)}
    assert cells == {n for first, end in found for n in range(first, end)}


def _numbers(order: int, cell: int) -> range:
    width = 4 ** (FINEST - order)
    return range(cell * width, (cell + 1) * width)
