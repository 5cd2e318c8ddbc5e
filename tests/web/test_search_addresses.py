"""Addresses that differ in one parameter are those that the whole query would have."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from catalogue.index import FACETS, Query
from web.search_addresses import SearchAddresses
from web.search_parameters import address, chosen, read_dates

VALUES = st.text("ab é&=+/%#?;漢\x01", min_size=1, max_size=4)
CHOSEN = st.lists(VALUES, min_size=1, max_size=3, unique=True).map(tuple)
QUERIES = st.builds(
    Query,
    words=st.sampled_from(("", "dark matter", "a&b=c/d+e")),
    facets=st.dictionaries(st.sampled_from(FACETS), CHOSEN, max_size=4),
    published=st.sampled_from(((None, None), ("2015", None), ("2015", "2016-02"))),
    sky=st.sampled_from(("", "10,20,3")),
    moc=st.sampled_from(("", "3/1-4")),
    time=st.sampled_from(("", "2015/")),
    parameters=st.sampled_from(((), ("t < 3 K", "u = 4"))),
    sort=st.sampled_from(("relevance", "newest")),
    size=st.sampled_from((20, 50)),
    cursor=st.sampled_from((None, "abc")),
)  # fmt: skip


@given(QUERIES, st.sampled_from(FACETS), VALUES)
def test_a_value_is_chosen_or_taken_back(query: Query, facet: str, value: str) -> None:
    choose = SearchAddresses("/x", query).choosing(facet)
    for one in (value, *query.facets.get(facet, ())):
        changed = chosen(query, facet, one, on=one not in query.facets.get(facet, ()))
        assert choose(one) == address("/x", changed)


@given(QUERIES, st.sampled_from(("2015/", "1990/1999", "-0400/-0301")))
def test_another_time_takes_the_place_of_the_one_that_is_asked(query: Query, dates: str) -> None:
    changed = replace(query, published=read_dates(dates), cursor=None)
    assert SearchAddresses("/", query).published(dates) == address("/", changed)
