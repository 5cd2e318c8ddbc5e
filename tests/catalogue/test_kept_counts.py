"""What is kept of counts stays within its bounds, whatever is asked."""

from __future__ import annotations

from catalogue.conditions import All_, Key, Stem
from catalogue.kept_counts import Kept, terms_of


def test_it_begins_anew_when_it_is_full() -> None:
    kept: Kept[int, str] = Kept(10)
    for number in range(25):
        kept.put(number, "found", weight=4)
    assert kept.get(24) == "found" and kept.get(23) is None and kept.get(0) is None


def test_long_values_weigh_as_much_as_they_take() -> None:
    short, long = Key("facet_subject", ("x",)), Key("facet_subject", ("x" * 1000,))
    assert terms_of(All_((short, Stem("title", ("a", "b"))), (short,))) == 4
    assert terms_of(long) == 21
