"""What comes first, on both engines: identifiers, whole titles, phrases, then what is complete and new."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from catalogue.index import Change, Index, Query
from catalogue.indexing import open_index
from catalogue.query_language import parse
from catalogue.ranking import merit, whole_identifier
from catalogue.record import Agent, AgentIdentifier, Date, Identifier, Text
from tests.catalogue.index_engines import change

ORCID = "0000-0002-1825-0097"


def some() -> list[Change]:
    talk = Text(value="We speak of dark matter, 10.5281/zenodo.42 and 0000-0002-1825-0097. " * 9)
    new = (Date(kind="issued", start="2026", end="2026"),)
    old = (Date(kind="issued", start="1926", end="1926"),)
    return [
        change(1, title="Dark matter"),
        change(2, title="Dark matter of dark matter in dark matter haloes", descriptions=(talk,)),
        change(3, title="Matter that is dark", descriptions=(talk,)),
        change(4, identifiers=(Identifier(scheme="doi", value="10.5281/zenodo.42"),)),
        change(5, creators=(Agent(name="A", identifiers=(AgentIdentifier(scheme="orcid", value=ORCID),)),)),
        change(6, title="A lattice of spins", dates=old),
        change(7, title="A lattice of spins", dates=new),
        change(8, title="The muon", creators=(Agent(name="B"),), descriptions=(Text(value="Text"),)),
        change(9, title="The muon"),
        change(10, title="Spectra of a quark and gluon plasma"),
        change(11, title="Plasma of quark and gluon spectra"),
        change(12, identifiers=(Identifier(scheme="ivoid", value="ivo://cds.vizier/j/apj"),)),
    ]


@pytest.fixture(
    scope="module", params=["embedded", pytest.param("elasticsearch", marks=pytest.mark.services)]
)
def index(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    folder: Path = tmp_path_factory.mktemp("ranked")
    url = f"embedded:{folder}/index"
    if request.param == "elasticsearch":
        url = request.getfixturevalue("elasticsearch_url").rstrip("/") + f"/{folder.name}"
    opened = open_index(url)
    opened.apply(some())
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("dark matter", [1, 2]),
        ("DARK matter", [1]),
        ('"dark matter"', [1]),
        ("10.5281/ZENODO.42", [4]),
        ("https://doi.org/10.5281/zenodo.42", [4]),
        ("doi.org/10.5281/ZENODO.42", [4]),
        ("identifier:www.doi.org/10.5281/zenodo.42", [4]),
        ("orcid.org/0000-0002-1825-0097", [5]),
        ("doi: 10.5281/zenodo.42", [4]),
        ("DOI 10.5281/zenodo.42", [4]),
        ("<10.5281/zenodo.42>", [4]),
        (ORCID, [5]),
        ("https://orcid.org/0000-0002-1825-0097", [5]),
        ("ORCID: 0000-0002-1825-0097", [5]),
        ("0000000218250097", [5]),
        ("ivo://CDS.VizieR/J/ApJ", [12]),
        ("lattice", [7, 6]),
        ("muon", [8, 9]),
        ("gluon plasma", [10, 11]),
        ("gluon spectra", [11, 10]),
    ],
)
def test_what_comes_first(index: Index, words: str, first: list[int]) -> None:
    hits = index.search(Query(words=words, counts=())).hits
    assert [int(hit.id[6:]) for hit in hits][: len(first)] == first
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


def test_pages_of_the_best_hits_are_one_list(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("catalogue.ranking.FIRST", 5)
    words = "dark OR matter OR lattice OR muon OR plasma OR spectra"
    whole = [hit.id for hit in index.search(Query(words=words, counts=())).hits]
    assert len(whole) == len(set(whole)) == 9
    for size in (2, 3, 4):
        cursor, paged = None, []
        while True:
            found = index.search(Query(words=words, counts=(), size=size, cursor=cursor))
            paged += [hit.id for hit in found.hits]
            if (cursor := found.cursor) is None:
                break
        assert paged == whole


def test_merit_is_bounded() -> None:
    assert merit(None, None, 700_000) == 0
    assert merit(12, 700_000, 700_000) == merit(12, 800_000, 700_000) == 2
    assert 1 < merit(12, 0, 700_000) < merit(12, 690_000, 700_000) < 2


def test_what_is_no_identifier() -> None:
    assert whole_identifier("dark matter", parse("dark matter")) is None
    assert whole_identifier("doi matters", parse("doi matters")) is None
