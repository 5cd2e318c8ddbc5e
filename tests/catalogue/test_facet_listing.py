"""All values of a facet, page by page, on every engine."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from catalogue.errors import QueryError
from catalogue.index import Listing, Query
from catalogue.record import Agent, AgentIdentifier, Term
from tests.catalogue.index_engines import change, engine, filled, reference
from tests.catalogue.index_records import some_listing, some_query

__all__ = ["engine", "filled", "reference"]


def pages(index, query, listing):
    """All pages of a list, in their order."""
    found = [index.values(query, listing)]
    while found[-1].cursor is not None:
        found.append(index.values(query, replace(listing, cursor=found[-1].cursor)))
    return found


@pytest.mark.parametrize("part", range(4))
def test_lists_are_those_of_the_reference(filled, reference, part):
    chance = random.Random(7000 + part)
    for _ in range(25):
        query = replace(some_query(chance), sort="newest", size=0)
        listing = replace(some_listing(chance), written=chance.random() < 0.5)
        try:
            reference.search(query)
        except QueryError:
            continue
        got, expected = pages(filled, query, listing), pages(reference, query, listing)
        assert [one.values for one in got] == [one.values for one in expected], (query, listing)
        assert {one.total for one in got} == {expected[0].total}
        for one, told in zip(got, expected, strict=True):
            assert one.written.keys() == told.written.keys()
            assert all(set(told.written[value]) <= set(ways) for value, ways in one.written.items())
        assert all(one.complete for one in got)


def test_every_value_comes_once(filled):
    for sort in ("count", "name"):
        found = pages(filled, Query(), Listing(facet="creator", sort=sort, size=2))
        values = [count.value for one in found for count in one.values]
        assert len(values) == len(set(values)) == found[0].total > 4
        if sort == "name":
            assert values == sorted(values)
        else:
            counts = [count.count for one in found for count in one.values]
            assert counts == sorted(counts, reverse=True)


def test_values_are_found_by_words_in_any_order_and_writing(filled):
    (one,) = filled.values(Query(), Listing(facet="creator", contains="jörg MULLER")).values
    assert one.label == "Müller, Jörg"
    assert filled.values(Query(), Listing(facet="creator", contains="muller wu")).total == 0


def made_by(name, orcid):
    return Agent(name=name, identifiers=(AgentIdentifier(scheme="orcid", value=orcid),))


def test_all_who_bear_one_name_are_told_where_they_are_asked_for(engine):
    index = engine()
    namesakes = [made_by("Wang, Y.", f"0000-0002-0000-{n:04}") for n in range(150)]
    others = [Agent(name="WANG, Y."), made_by("Ng, Bo", "0000-0001-5109-3700")]
    index.apply([change(n, creators=(one,)) for n, one in enumerate((*namesakes, *others), 1)])
    for _ in range(2):
        found = index.values(Query(), Listing(facet="creator", written=True))
        assert [(one.label, one.count) for one in found.values] == [("Wang, Y.", 151), ("Ng, Bo", 1)]
        expected = [(one.name, f"https://orcid.org/{one.identifiers[0].value}") for one in namesakes]
        assert list(found.written["wang, y."]) == [*expected, ("WANG, Y.", None)]
        assert found.written["ng, bo"] == (("Ng, Bo", "https://orcid.org/0000-0001-5109-3700"),)
        assert index.values(Query(), Listing(facet="creator")).written == {}
    assert index.values(Query(), Listing(facet="type", written=True)).written == {}


def test_choices_of_the_same_facet_do_not_shorten_its_list(filled):
    chosen = Query(facets={"creator": ("Einstein, A.",), "type": ("dataset",)})
    rest = Query(facets={"type": ("dataset",)})
    listing = Listing(facet="creator")
    assert filled.values(chosen, listing) == filled.values(rest, listing)


def test_values_hold_whatever_a_filter_asks(engine):
    index = engine()
    labels = ('a "quoted" b', "c.*d", "e\\f", "g~h<1-9>", "50 % & more #1")
    index.apply([change(n, subjects=(Term(label=label),)) for n, label in enumerate(labels, 1)])
    for label in (*labels, '"', ".*", "\\", "~", "<1", "%", "#1", "@", "&"):
        found = index.values(Query(), Listing(facet="subject", contains=label))
        assert {one.label for one in found.values} == {one for one in labels if label in one}, label
    for hostile in ("\udcff", "\x00", "(" * 200, "🙂", "[[:alpha:]]"):
        assert index.values(Query(), Listing(facet="subject", contains=hostile)).total == 0


@pytest.mark.parametrize(
    ("listing", "parameter"),
    [
        (Listing(facet="colour"), "facet"),
        (Listing(facet="type", sort="size"), "order"),
        (Listing(facet="type", size=0), "size"),
        (Listing(facet="type", contains="x" * 201), "contains"),
        (Listing(facet="type", cursor="nonsense"), "cursor"),
        (Listing(facet="type", cursor="é"), "cursor"),
    ],
)
def test_bad_lists_name_their_parameter(filled, listing, parameter):
    with pytest.raises(QueryError) as caught:
        filled.values(Query(), listing)
    assert caught.value.parameter == parameter


def test_a_cursor_belongs_to_its_list(filled):
    first = filled.values(Query(), Listing(facet="creator", size=1))
    for other in (Listing(facet="subject"), Listing(facet="creator", sort="name")):
        with pytest.raises(QueryError, match="does not belong"):
            filled.values(Query(), replace(other, cursor=first.cursor))
    with pytest.raises(QueryError, match="does not belong"):
        filled.values(Query(words="dark"), Listing(facet="creator", cursor=first.cursor))


def test_an_empty_index_lists_nothing(engine):
    assert engine().values(Query(), Listing(facet="type")).values == ()
