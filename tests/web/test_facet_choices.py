"""The facets of a page: trees of links."""

from __future__ import annotations

from catalogue.index import Count, Query
from web.facet_choices import facet_of, tree
from web.search_addresses import SearchAddresses

COUNTS = (
    Count(value="a", label="A", count=9),
    Count(value="b", label="B", count=5, broader=("a",)),
    Count(value="c", label="C", count=3, broader=("b", "d")),
    Count(value="d", label="D", count=2),
    Count(value="e", label="E", count=1),
)


def link(value: str) -> str:
    return SearchAddresses("/", Query()).choosing("subject")(value)


def test_values_stand_below_the_first_of_what_is_broader() -> None:
    a, d, e = tree(Query(), "subject", COUNTS, link)
    assert [one.label for one in (a, *a.below, *a.below[0].below)] == ["A", "B", "C"]
    assert (a.size, d.size, e.size) == (2, 0, 0) and not a.is_open
    assert a.below[0].below[0].url == "/?subject=c"


def test_branches_with_a_choice_are_open_and_come_first() -> None:
    query = Query(facets={"subject": ("e",)})
    facet = facet_of(query, "subject", COUNTS, SearchAddresses("/", query).choosing("subject"))
    assert facet is not None and [one.label for one in facet.values] == ["E", "A", "D"]
    assert facet.values[0].is_chosen and facet.values[0].url == "/"
    (a, *_) = tree(Query(facets={"subject": ("c",)}), "subject", COUNTS, link)
    assert a.is_open and a.below[0].is_open and a.holds_chosen and not a.is_chosen


def test_a_single_branch_is_open() -> None:
    (a,) = tree(Query(), "subject", COUNTS[:3], link)
    assert a.is_open


def test_values_that_stand_above_each_other_end() -> None:
    # A vocabulary of an installation may be wrong.
    circle = (Count(value="a", label="A", count=1, broader=("b",)),
              Count(value="b", label="B", count=1, broader=("a",)))  # fmt: skip
    assert tree(Query(), "subject", circle, link) == []


def test_long_facets_fold_and_can_be_looked_through() -> None:
    counts = [Count(value=str(n), label=str(n), count=99 - n) for n in range(11)]
    facet = facet_of(Query(), "creator", counts, link)
    assert facet is not None and (len(facet.values), len(facet.more), facet.is_long) == (7, 4, True)
    assert facet_of(Query(), "creator", (), link) is None
