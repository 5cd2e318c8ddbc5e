"""Names that have come already."""

from __future__ import annotations

import tracemalloc

from hypothesis import given
from hypothesis import strategies as st

from harvesters.seen import Seen


@given(st.lists(st.text(max_size=3)))
def test_it_is_a_set(names: list[str]) -> None:
    known, expected = Seen(), set[str]()
    for name in names:
        assert (name in known) == (name in expected)
        assert known.add(name) == (name not in expected)
        expected.add(name)
        assert len(known) == len(expected)


def test_names_that_fall_on_the_same_place_are_kept_apart() -> None:
    known = Seen()
    # Far more than the table has places at first, so that it is doubled several times.
    names = [f"oai:test:{number}" for number in range(20_000)]
    assert all(known.add(name) for name in names)
    assert not any(known.add(name) for name in names)
    assert all(name in known for name in names)
    assert not any(f"oai:other:{number}" in known for number in range(20_000))
    assert len(known) == 20_000


def test_a_name_whose_hash_is_0_is_known_too() -> None:
    known = Seen()
    assert (hash(""), "" in known, known.add(""), "" in known) == (0, False, True, True)


def test_a_name_takes_few_bytes() -> None:
    tracemalloc.start()
    try:
        known = Seen()
        for number in range(300_000):
            known.add(f"10.5072/{number}")
        size, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert size / len(known) < 30
