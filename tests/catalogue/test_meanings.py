"""Words that name a concept find what bears it, in every engine; and it is said, and can be left out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.errors import QueryError
from catalogue.index import Query
from catalogue.meanings import MOST_CONCEPTS, widened
from catalogue.query_language import Concept, parse, write
from catalogue.record import Reference, Term
from tests.catalogue.index_engines import change, engine, found

__all__ = ["engine"]

_PANET = "http://purl.org/pan-science/PaNET/"
SAXS = Term(label="Röntgenkleinwinkelstreuung", uri=f"{_PANET}PaNET01188")
SCATTERING = Term(label="Kleinwinkelstreuung", uri=f"{_PANET}PaNET01124")
BURSTS = Term(label="Gammastrahlenausbrüche", uri="http://www.ivoa.net/rdf/uat#gamma-ray-bursts")


@pytest.fixture(scope="module")
def index(engine):
    opened = engine()
    opened.apply(
        [
            change(1, techniques=(SAXS,)),
            change(2, techniques=(SCATTERING,)),
            change(3, title="SAXS of proteins"),
            change(4, subjects=(BURSTS,)),
            change(5, kind="software"),
            change(6, techniques=(Term(label="SAXS"),)),
            change(7, instruments=(Reference(label="Very Large Telescope"),)),
        ]
    )
    return opened


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("SAXS", {1, 3, 6}),
        ("small angle x-ray scattering", {1, 6}),
        ("small angle scattering", {1, 2}),
        ('concept:"small angle scattering"', {1, 2}),
        ("concept:SAXS", {1, 6}),
        ('"SAXS"', {3, 6}),
        ("exact:SAXS", {3, 6}),
        ("SAXS -proteins", {1, 6}),
        ("-SAXS title", {1, 2, 4, 5, 7}),
        ("GRB", {4}),
        ("gamma-ray burst", {4}),
        ("software", {5}),
        ("VLT title", {7}),
        ("concept:nothing", set()),
        ("SAXS OR GRB", {1, 3, 4, 6}),
    ],
)
def test_what_is_found(index, words: str, expected: set[int]) -> None:
    assert found(index, words) == expected


def test_what_was_added_is_said(index) -> None:
    understood = index.search(Query(words="SAXS of proteins", counts=())).understood
    assert understood == '(SAXS OR concept:"small angle x-ray scattering") of proteins'
    assert index.search(Query(words='"SAXS"', counts=())).understood == '"SAXS"'


@pytest.mark.parametrize(
    ("words", "understood"),
    [
        ("time lensing", "time lensing"),
        ("title:SAXS", "title:SAXS"),
        ("Concept: a study", "Concept: a study"),
        ("galaxy", 'galaxy OR concept:"Galaxies"'),
        ("-(pulsars)", "-pulsars"),
        ("exact:(pulsars)", '"(pulsars)"'),
    ],
)
def test_how_a_query_is_read(words: str, understood: str) -> None:
    assert write(widened(parse(words))).startswith(understood)


def test_no_query_grows_beyond_bounds() -> None:
    tree = widened(parse("pulsars quasars galaxies stars planets comets asteroids"))
    assert write(tree).count("concept:") <= 2 * MOST_CONCEPTS
    with pytest.raises(QueryError, match="lacks a label"):
        parse("concept:()")


_NAMES = st.sampled_from(
    ["SAXS", "pulsar", "galaxies", "dark", "matter", "OR", "-", "(", ")", '"muon"', "GRB"]
)


@given(st.lists(_NAMES, min_size=1, max_size=9).map(" ".join))
def test_what_is_understood_means_the_same_again(words: str) -> None:
    try:
        tree = widened(parse(words))
    except QueryError:
        return
    assert widened(parse(write(tree))) == tree


def test_a_concept_is_written_as_it_is_read() -> None:
    assert parse('concept:"dark matter"') == Concept("dark matter") == parse(write(Concept("dark matter")))
