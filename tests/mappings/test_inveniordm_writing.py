"""InvenioRDM JSON as it is written: valid by what its documentation demands, and read back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, get_args

import jsonschema
import pytest
from hypothesis import given

from catalogue.record import (
    Access,
    Affiliation,
    Agent,
    AgentIdentifier,
    Checksum,
    Coverage,
    Date,
    Distribution,
    Environment,
    Funding,
    Identifier,
    Kind,
    Place,
    Point,
    Record,
    Relation,
    Rights,
    Term,
    Text,
)
from mappings.inveniordm_types import CODES, LANGUAGES
from mappings.inveniordm_writing import write
from mappings.rights import licence_of
from tests.full_record import full_record
from tests.mappings.corpus_records import every_record
from tests.mappings.strategies import datacite_records, without_repetitions
from tests.mappings.test_round_trips import _again, slow
from tests.mappings.test_schema_org_writing import a_record


def _object(required: str, **properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": required.split(),
        "additionalProperties": False,
    }


def _list(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items, "minItems": 1}


TEXT = {"type": "string", "minLength": 1}
CODE = _object("id", id={"type": "string", "pattern": r"^[^A-Z\s]+$"})
WORDS = _object("en", en=TEXT)
PID = _object("identifier", identifier=TEXT, scheme=TEXT, provider=TEXT)
PERSON = {
    **_object(
        "type name",
        type={"enum": ["personal", "organizational"]},
        name=TEXT,
        given_name=TEXT,
        family_name=TEXT,
        identifiers=_list(PID),
    ),
    "if": {"properties": {"type": {"const": "personal"}}},
    "then": {"required": ["family_name"]},
}
AFFILIATION = _object("name", name=TEXT, id=TEXT, identifiers=_list(PID))
SCHEMA = _object(
    "metadata",
    created=TEXT,
    updated=TEXT,
    pids={"type": "object", "additionalProperties": PID},
    parent={"type": "object"},
    access=_object(
        "record files status",
        record={"const": "public"},
        files={"enum": ["public", "restricted"]},
        status={"enum": ["open", "embargoed", "restricted", "metadata-only"]},
        embargo=_object("active", active={"type": "boolean"}, until=TEXT),
    ),
    files=_object(
        "enabled entries",
        enabled={"type": "boolean"},
        count={"type": "integer"},
        total_bytes={"type": "integer"},
        entries={"type": "object", "minProperties": 1},
    ),
    custom_fields={"type": "object"},
    metadata=_object(
        "resource_type title publication_date creators",
        resource_type=_object("id", id={"enum": [*CODES.values(), "other"]}, title=WORDS),
        title=TEXT,
        additional_titles=_list(_object("title type", title=TEXT, type=CODE, lang=CODE)),
        description=TEXT,
        additional_descriptions=_list(_object("description type", description=TEXT, type=CODE, lang=CODE)),
        creators=_list(_object("person_or_org", person_or_org=PERSON, affiliations=_list(AFFILIATION))),
        contributors=_list(
            _object("person_or_org role", person_or_org=PERSON, affiliations=_list(AFFILIATION), role=CODE)
        ),
        publisher=TEXT,
        publication_date=TEXT,
        dates=_list(_object("date type", date=TEXT, type=CODE, description=TEXT)),
        languages=_list(_object("id", id={"type": "string", "pattern": "^[a-z]{3}$"})),
        version=TEXT,
        sizes=_list(TEXT),
        formats=_list(TEXT),
        subjects=_list(_object("subject", id=TEXT, subject=TEXT, scheme=TEXT)),
        rights=_list(_object("", id=TEXT, title=WORDS, link=TEXT, props={"type": "object"})),
        identifiers=_list(_object("identifier scheme", identifier=TEXT, scheme=TEXT)),
        related_identifiers=_list(
            _object("identifier scheme relation_type", identifier=TEXT, scheme=TEXT, relation_type=CODE,
                    resource_type=CODE)
        ),
        references=_list(_object("reference", reference=TEXT, identifier=TEXT, scheme=TEXT)),
        funding=_list(_object("funder", funder={"type": "object"}, award={"type": "object"})),
        locations=_object("features", features=_list(_object("", place=TEXT, geometry={"type": "object"}))),
    ),
)  # fmt: skip
"""What docs.inveniosoftware.org says of a record's fields, «additionalProperties» taken strictly."""
VALIDATOR = jsonschema.Draft7Validator(SCHEMA)


def check(record: Record) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(write(record))
    errors = [f"{error.json_path}: {error.message[:200]}" for error in VALIDATOR.iter_errors(document)]
    assert not errors, errors
    return document


KEPT: dict[str, Any] = {
    "titles": (
        Text(value="Main", type="main"),
        Text(value="Sub", type="subtitle"),
        Text(value="Neben", type="translated", language="de"),
        Text(value="Else", type="other"),
    ),
    "descriptions": (
        Text(value="A.\n\nB.", type="abstract"),
        Text(value="How", type="methods", language="en"),
    ),
    "creators": (
        Agent(
            name="Curie, Marie",
            given="Marie",
            family="Curie",
            kind="person",
            identifiers=(AgentIdentifier(scheme="orcid", value="0000-0002-1825-0097"),),
            affiliations=(
                Affiliation(name="Sorbonne"),
                Affiliation(name="X", identifier="02mhbdp94", scheme="ror"),
            ),
        ),
        Agent(name="Institute", kind="organisation"),
    ),
    "contributors": (Agent(name="Ed", role="Editor", kind="organisation"),),
    "publisher": Agent(name="Archive"),
    "dates": (
        Date(kind="issued", start="2019-02-03", end="2019-02-03"),
        Date(kind="collected", start="2018", end="2019", text="in two runs"),
        Date(kind="created", start="2020-01-01", end="2020-01-01", text="of the description"),
    ),
    "languages": ("en", "de"),
    "version": "2.1",
    "sizes": ("3 files",),
    "formats": ("text/csv",),
    "subjects": (
        Term(label="X-ray"),
        Term(label="Stars", uri="http://astrothesaurus.org/uat/1578", scheme="UAT"),
    ),
    "rights": (
        Rights(text="Ask first."),
        Rights(
            text="Creative Commons Attribution 4.0 International",
            url="https://creativecommons.org/licenses/by/4.0/",
            licence=licence_of("CC-BY-4.0"),
        ),
    ),
    "access": Access(right="embargoed", until="2031-02-03", how="Write to us."),
    "funding": (
        Funding(
            funder="Agency",
            funder_identifier="https://ror.org/02mhbdp94",
            award="12",
            award_title="Light",
            award_url="https://example.org/12",
        ),
        Funding(funder="Council", funder_identifier="https://doi.org/10.13039/501100000780"),
    ),
    "relations": (
        Relation(type="IsPartOf", scheme="doi", value="10.5072/3", target_kind="dataset"),
        Relation(type="IsCitedBy", scheme="bibcode", value="2018AGUFM.A24K..07S"),
        Relation(type="References", scheme="doi", value="10.5072/2", title="Paper"),
    ),
    "coverage": Coverage(
        places=(Place(name="Lab", point=Point(longitude=8.5, latitude=-47.25)), Place(name="There"))
    ),
    "distributions": (
        Distribution(
            url="https://example.org/a.csv",
            protocol="https",
            title="a.csv",
            media_type="text/csv",
            size=12,
            checksum=Checksum(algorithm="md5", value="ab" * 16),
        ),
    ),
    "environment": Environment(languages=("Python",), repository="https://example.org/git"),
    "identifiers": (
        Identifier(scheme="doi", value="10.5072/1"),
        Identifier(scheme="handle", value="1721.1/115235", role="alternate"),
        Identifier(scheme="doi", value="10.5072/concept", role="version-of-concept"),
    ),
}


@pytest.mark.parametrize("name", KEPT)
def test_what_it_can_hold_comes_back(name: str) -> None:
    record = a_record(**{name: KEPT[name]})
    check(record)
    again = getattr(_again(record, "inveniordm"), name)
    if name in ("identifiers", "dates"):
        assert set(again) == set(KEPT[name])
    else:
        assert again == KEPT[name]


@pytest.mark.parametrize("kind", get_args(Kind))
def test_kinds(kind: Any) -> None:
    record = a_record(kind=kind)
    check(record)
    again = _again(record, "inveniordm")
    assert (again.kind, again.type_label) == (kind, None)


@pytest.mark.parametrize("code", CODES)
def test_codes_are_read_as_they_are_written(code: str) -> None:
    from mappings.terms import kind_of, resource_type, written_type

    concept = resource_type(code)
    assert concept is not None
    record = a_record(kind=kind_of(concept), type_label=concept.label)
    again = _again(record, "inveniordm")
    assert written_type(again.kind, again.type_label)[0] is concept


def test_languages() -> None:
    assert (LANGUAGES["en"], LANGUAGES["de"], LANGUAGES["deu"], LANGUAGES["ger"]) == (
        "eng",
        "deu",
        "deu",
        "deu",
    )


def test_two_files_of_one_name_are_two() -> None:
    files = tuple(Distribution(url=f"https://example.org/{n}/a", title="a") for n in range(3))
    document = check(a_record(distributions=files))
    assert list(document["files"]["entries"]) == ["a", "1-a", "2-a"]


def test_what_is_unknown() -> None:
    bare = a_record(identifiers=())
    document = check(bare)
    assert document["metadata"]["publication_date"] == "0000"
    again = _again(bare, "inveniordm")
    assert (again.creators, again.dates, again.publisher) == ((), (), None)


@slow
@given(datacite_records().map(without_repetitions))
def test_any_record(record: Record) -> None:
    check(record)
    again = _again(record, "inveniordm")
    for name in ("kind", "version", "sizes", "formats", "subjects", "funding", "publisher"):
        assert getattr(again, name) == getattr(record, name), name
    assert [one.name for one in again.creators] == [one.name for one in record.creators]
    assert {(one.type, one.scheme, one.value) for one in again.relations} == {
        (one.type, one.scheme, one.value) for one in record.relations
    }


def test_every_field_and_hostile_text() -> None:
    check(full_record())
    check(full_record(lambda path: f'"\\</script>\x00\ufffe\u2028<>{{}}|{path}'))


@pytest.mark.corpus
def test_the_corpus(shared: Path) -> None:
    for record in every_record(shared):
        check(record)
