"""What pages tell search engines fits what these ask for, whatever the record holds."""

from __future__ import annotations

import dataclasses
import json
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from catalogue.record import Agent, AgentIdentifier, Distribution, Kind, Record, Term, Text
from mappings.schema_page import DESCRIPTION, MOST, Shown, description_of, in_page, of_page
from tests.full_record import full_record
from tests.mappings.corpus_records import every_record
from tests.mappings.strategies import datacite_records
from tests.mappings.test_round_trips import slow
from tests.mappings.test_schema_org_writing import KEPT, a_record, graph_of

SHOWN = Shown(base_url="https://catalogue.example.org", site="Lab", changed="2024-02-29T12:00:00Z")
SHAPES = Draft202012Validator(json.loads((Path(__file__).parent / "schemas/search_engines.json").read_text()))


def checked(record: Record) -> dict[str, Any]:
    """The document of a record's page, which fits the shapes."""
    document = json.loads(in_page(of_page(record, SHOWN)))
    faults = [f"{'/'.join(map(str, one.path))}: {one.message[:200]}" for one in SHAPES.iter_errors(document)]
    assert faults == [], f"{record.kind} {record.provenance.identifier}: {faults}"
    return document


@pytest.mark.parametrize("kind", get_args(Kind))
def test_every_kind_has_what_is_asked_for(kind: Kind) -> None:
    document = checked(a_record(kind=kind, **KEPT))
    assert document["@id"] == "https://catalogue.example.org/id/records/a"
    assert document["url"] == document["mainEntityOfPage"] == "https://catalogue.example.org/records/a"
    assert document["sameAs"] == "https://doi.org/10.5072/1"
    checked(a_record(kind=kind, identifiers=()))
    assert len(graph_of(document)) > 10


def test_a_dataset_has_all_that_is_recommended() -> None:
    document = checked(a_record(**KEPT, kind="dataset"))
    recommended = {
        "creator", "license", "identifier", "distribution", "includedInDataCatalog", "temporalCoverage",
        "spatialCoverage", "variableMeasured", "version", "sameAs", "keywords", "funder", "isPartOf",
        "measurementTechnique", "publisher", "datePublished", "citation",
    }  # fmt: skip
    assert recommended - set(document) <= {"temporalCoverage"}
    assert document["distribution"][0]["encodingFormat"] == "text/csv"
    assert document["sdDatePublished"] == SHOWN.changed and document["sdPublisher"]["name"] == "Lab"


def test_each_type_is_told_in_its_own_words() -> None:
    article = checked(a_record(kind="publication", **KEPT))
    assert article["@type"] == "Article" and article["author"] == article["creator"]
    software = checked(a_record(kind="software", **KEPT))
    assert software["@type"] == "SoftwareSourceCode" and software["codeRepository"]
    service = checked(a_record(kind="service", **KEPT))
    assert service["@type"] == "WebAPI" and service["provider"]["name"] == "Archive"
    assert service["termsOfService"] == "https://example.org/licence"
    assert not {"license", "creator", "distribution", "version"} & set(service)
    project = checked(a_record(kind="project", **KEPT))
    assert project["@type"] == "ResearchProject" and not {"license", "datePublished"} & set(project)


def test_people_and_organisations_have_types() -> None:
    orcid = AgentIdentifier(scheme="orcid", value="0000-0002-1825-0097")
    given = (
        Agent(name="Curie, Marie"),
        Agent(name="Institute of Light"),
        Agent(name="Ng", identifiers=(orcid,)),
    )
    found = checked(a_record(creators=given))["creator"]
    assert [one["@type"] for one in found] == ["Person", "Organization", "Person"]
    assert found[2]["sameAs"] == found[2]["@id"] == "https://orcid.org/0000-0002-1825-0097"


@given(st.lists(st.text(max_size=12000), max_size=3), st.text(min_size=1, max_size=2000))
def test_descriptions_have_their_length(texts: list[str], title: str) -> None:
    record = a_record(titles=(Text(value=title),), descriptions=tuple(Text(value=text) for text in texts))
    assert DESCRIPTION[0] <= len(description_of(record, "Lab")) <= DESCRIPTION[1]


def test_the_abstract_comes_first() -> None:
    texts = (Text(value="How. " * 20, type="methods"), Text(value="What. " * 20, type="abstract"))
    found = description_of(a_record(descriptions=texts), "Lab")
    assert found.startswith("What. ") and found.endswith("How.")


def test_long_lists_are_cut() -> None:
    many = a_record(
        creators=tuple(Agent(name=f"Author {number}") for number in range(3000)),
        distributions=tuple(Distribution(url=f"https://example.org/{number}") for number in range(3000)),
        subjects=tuple(Term(label=f"word {number}") for number in range(3000)),
    )
    document = checked(many)
    assert len(document["creator"]) == len(document["distribution"]) == len(document["keywords"]) == MOST


class _Scripts(HTMLParser):
    """What a browser takes for the content of scripts."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = [""]
        self.tags: list[str] = []

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.found[-1] += data


@given(st.text(max_size=30))
def test_nothing_ends_the_script(text: str) -> None:
    title = f"</script><img src=x>{text}<!--<script>\u2028\u2029]]>"
    embedded = in_page(of_page(a_record(titles=(Text(value=title),)), SHOWN))
    assert not set("<>&\u2028\u2029") & set(embedded)
    parser = _Scripts()
    parser.feed(f'<script type="application/ld+json">{embedded}</script>')
    assert parser.tags == ["script"] and json.loads(parser.found[0])["name"] == title


def test_every_field_and_hostile_text() -> None:
    hostile = full_record(lambda path: f'"\\</script>\x00\ufffe\u2028<>{{}}|{path}', id="a")
    for kind in get_args(Kind):
        of_page(dataclasses.replace(hostile, kind=kind), SHOWN)
        checked(dataclasses.replace(hostile, kind=kind, dates=()))


@slow
@given(datacite_records())
def test_any_record(record: Record) -> None:
    of_page(record, SHOWN)


@pytest.mark.corpus
def test_the_corpus(shared: Path) -> None:
    for record in every_record(shared):
        checked(record)
