"""schema.org as it is written: its own terms only, read back, and safe inside a page."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given
from rdflib import RDF, SDO, Graph, Literal

from catalogue.record import (
    Access,
    Agent,
    Checksum,
    Coverage,
    Date,
    Distribution,
    Environment,
    Funding,
    Identifier,
    Kind,
    Parameter,
    Place,
    Point,
    Record,
    Relation,
    Rights,
    Term,
    Text,
)
from mappings.rights import licence_of
from mappings.schema_org_writing import write
from tests.full_record import full_record
from tests.mappings.corpus_records import every_record
from tests.mappings.strategies import PROVENANCE, datacite_records, without_repetitions
from tests.mappings.test_round_trips import _again, slow

NEWER = {"https://schema.org/funding"}
"""Terms that schema.org has and the list of rdflib has not yet."""


def graph_of(document: dict[str, Any]) -> Graph:
    """The triples of a document, its context replaced by what that says of plain names."""
    assert document["@context"] == "https://schema.org/"
    local = {**document, "@context": {"@vocab": str(SDO)}}
    return Graph().parse(data=json.dumps(local), format="json-ld")


def check(record: Record) -> Graph:
    graph = graph_of(json.loads(write(record)))
    for subject, predicate, value in graph:
        if predicate == RDF.type:
            assert value in SDO, value
        else:
            assert predicate in SDO or str(predicate) in NEWER, predicate
        assert not isinstance(subject, Literal)
    assert len(set(graph.subjects(SDO.name))) > 0
    return graph


def a_record(**given: Any) -> Record:
    fields: dict[str, Any] = {
        "id": "a",
        "kind": "dataset",
        "titles": (Text(value="Spectra", type="main"),),
        "provenance": PROVENANCE,
        "identifiers": (Identifier(scheme="doi", value="10.5072/1"),),
    }
    return Record(**{**fields, **given})


KEPT: dict[str, Any] = {
    "descriptions": (Text(value="One; two, three.", type="abstract"),),
    "creators": (
        Agent(name="Curie, Marie", given="Marie", family="Curie", kind="person"),
        Agent(name="Institute", kind="organisation"),
    ),
    "contributors": (Agent(name="Ed", role="Editor"), Agent(name="Host", role="HostingInstitution")),
    "publisher": Agent(name="Archive", kind="organisation"),
    "dates": (
        Date(kind="created", start="2018", end="2018"),
        Date(kind="issued", start="2019-02-03", end="2019-02-03"),
        Date(kind="updated", start="2020-01", end="2020-01"),
    ),
    "languages": ("en", "de"),
    "version": "2.1",
    "sizes": ("3 files",),
    "formats": ("text/csv",),
    "subjects": (
        Term(label="X-ray, soft"),
        Term(label="a; b"),
        Term(label="Stars", uri="http://astrothesaurus.org/uat/1578", scheme="UAT"),
    ),
    "rights": (Rights(url="https://example.org/licence"), Rights(text="Ask first.")),
    "access": Access(right="embargoed", until="2031-02-03"),
    "funding": (
        Funding(funder="Agency", award="12", award_title="Light", award_url="https://example.org/12"),
        Funding(funder="Council"),
    ),
    "relations": (
        Relation(type="References", scheme="doi", value="10.5072/2", target_kind="publication", title="P"),
        Relation(type="IsPartOf", scheme="ivoid", value="ivo://example.org/c", target_kind="collection"),
        Relation(type="HasVersion", scheme="arxiv", value="0706.0001"),
    ),
    "coverage": Coverage(
        places=(
            Place(name="Lab", point=Point(longitude=8.5, latitude=-47.25)),
            Place(name="Area", box=(1.0, 2.0, 3.5, 4.0)),
        )
    ),
    "parameters": (
        Parameter(name="energy", value=12.4, unit="keV"),
        Parameter(name="range", low=1.0, high=2.5, unit="T"),
        Parameter(name="mode", text="fast"),
    ),
    "techniques": (
        Term(label="scattering"),
        Term(label="SAXS", uri="http://purl.org/pan-science/PaNET/PaNET01188"),
    ),
    "distributions": (
        Distribution(
            url="https://example.org/a.csv",
            title="a",
            media_type="text/csv",
            size=12,
            checksum=Checksum(algorithm="sha-256", value="ab" * 32),
        ),
    ),
    "environment": Environment(
        languages=("Python",), repository="https://example.org/git", requirements=("numpy",)
    ),
}


@pytest.mark.parametrize("name", KEPT)
def test_what_it_can_hold_comes_back(name: str) -> None:
    record = a_record(**{name: KEPT[name]})
    check(record)
    assert getattr(_again(record, "schema_org"), name) == getattr(record, name)


def test_the_time_covered() -> None:
    period = Date(kind="collected", start="2019-01-01", end=None)
    record = a_record(dates=(period,))
    assert json.loads(write(record))["temporalCoverage"] == "2019-01-01/.."
    again = _again(record, "schema_org")
    assert again.dates == (period,)
    assert again.coverage is not None and again.coverage.time is not None


@pytest.mark.parametrize("kind", [one for one in get_args(Kind) if one != "repository"])
def test_kinds(kind: Any) -> None:
    record = a_record(kind=kind)
    check(record)
    again = _again(record, "schema_org")
    assert (again.kind, again.type_label) == (kind, None)


def test_names() -> None:
    doi = Identifier(scheme="doi", value="10.1002/(sici)1097<1::aid>3.0.co;2-#")
    page = Identifier(scheme="url", value="https://example.org/a", role="alternate")
    concept = Identifier(scheme="doi", value="10.5072/concept", role="version-of-concept")
    document = json.loads(write(a_record(identifiers=(doi, page, concept))))
    assert document["@id"] == document["url"]
    assert "<" not in document["@id"]
    assert document["identifier"]["value"] == doi.value
    assert document["sameAs"] == "https://example.org/a"
    assert document["exampleOfWork"]["@id"] == "https://doi.org/10.5072/concept"


def test_an_open_dataset_is_free() -> None:
    record = a_record(access=Access(right="open"), rights=(Rights(licence=licence_of("CC-BY-4.0")),))
    document = json.loads(write(record))
    assert document["isAccessibleForFree"] is True
    assert document["license"] == "https://spdx.org/licenses/CC-BY-4.0"


@slow
@given(datacite_records().map(without_repetitions))
def test_any_record(record: Record) -> None:
    check(record)
    again = _again(record, "schema_org")
    assert again.titles[0].value == record.titles[0].value
    assert {one.value for one in again.descriptions} == {one.value for one in record.descriptions}
    assert [one.label for one in again.subjects] == [one.label for one in record.subjects]
    assert (again.version, again.languages, again.identifiers[0].value) == (
        record.version,
        record.languages,
        record.identifiers[0].value,
    )


def test_every_field_and_hostile_text() -> None:
    check(full_record())
    check(full_record(lambda path: f'"\\</script>\x00\ufffe\u2028<>{{}}|{path}'))


@pytest.mark.corpus
def test_the_corpus(shared: Path) -> None:
    for record in every_record(shared):
        check(record)


@pytest.mark.corpus
def test_the_corpus_comes_back(shared: Path) -> None:
    """What schema.org can hold of every real record."""
    for record in every_record(shared):
        again = _again(record, "schema_org")
        where = f"{record.provenance.format} {record.provenance.identifier}"
        if record.titles[0].type != "identifier":
            assert again.titles[0].value == record.titles[0].value, where
        assert again.version == record.version, where
        own = {(one.scheme, one.value) for one in record.identifiers if one.role == "own"}
        assert {(one.scheme, one.value) for one in again.identifiers if one.role == "own"} >= {
            one for one in own if one[0] != "other"
        }, where
        assert len(again.creators) == len(dict.fromkeys(record.creators)), where
        assert {one.label for one in again.subjects} >= {one.label for one in record.subjects}, where


def test_dataclass_of_the_test_is_whole() -> None:
    """Every field that schema.org has a place for is in the round trip above."""
    lost = {
        "messengers", "facilities", "instruments", "experiments", "samples", "proposals", "targets", "tables",
        "capabilities", "quality", "extra", "processing_level", "type_label",
    }  # fmt: skip
    mandatory = {"id", "kind", "titles", "provenance", "identifiers"}
    assert {one.name for one in dataclasses.fields(Record)} == lost | mandatory | set(KEPT)
