"""DataCite JSON as it is written: valid by the schema of kernel 4.5 with the terms of 4.6, and read back."""

from __future__ import annotations

import copy
import functools
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import orjson
import pytest
from datacite import schema45
from hypothesis import given

from catalogue.record import Identifier, Record, Relation, Text
from mappings.base import format_of
from mappings.datacite_json_writing import document, write
from tests.full_record import full_record
from tests.mappings.corpus_records import every_record
from tests.mappings.strategies import PROVENANCE, datacite_records, without_repetitions
from tests.mappings.test_round_trips import _again, _comparable, slow

NEW_IN_46 = {
    "relatedIdentifierType": ["CSTR", "RRID"],
    "relationType": ["HasTranslation", "IsTranslationOf"],
    "resourceTypeGeneral": ["Award", "Project"],
    "dateType": ["Coverage"],
    "contributorType": ["Translator"],
}


@functools.cache
def validator() -> Callable[[Any], None]:
    """The schema of the datacite library, with what DataCite 4.6 added and the REST API's ``identifiers``."""
    schema = copy.deepcopy(schema45.validator.schema)
    for name, terms in NEW_IN_46.items():
        schema["definitions"][name]["enum"] += terms
    schema["properties"]["identifiers"] = {
        "type": "array",
        "items": {
            "type": "object",
            "properties": {"identifier": {"type": "string"}, "identifierType": {"type": "string"}},
            "required": ["identifier", "identifierType"],
            "additionalProperties": False,
        },
    }
    check = jsonschema.Draft201909Validator(schema)

    def validate(value: Any) -> None:
        errors = [f"{error.json_path}: {error.message[:300]}" for error in check.iter_errors(value)]
        assert not errors, errors

    return validate


@slow
@given(datacite_records().map(without_repetitions))
def test_what_it_can_hold_comes_back(record: Record) -> None:
    validator()(orjson.loads(write(record)))
    assert _comparable(_again(record, "datacite_json")) == _comparable(record)


@pytest.mark.corpus
def test_the_corpus_is_valid(shared: Path) -> None:
    for record in every_record(shared):
        validator()(orjson.loads(write(record)))


@pytest.mark.corpus
def test_it_says_what_the_xml_says(shared: Path) -> None:
    """Both forms of one record are read back as the same, but for languages of a kind that XML refuses."""
    xml, plain = format_of("datacite"), format_of("datacite_json")
    assert xml.read is not None and plain.read is not None
    for record in every_record(shared):
        if record.provenance.format not in ("datacite", "oai_datacite"):
            continue
        again = _again(record, "datacite_json")
        other = _again(record, "datacite")
        for name in ("kind", "type_label", "creators", "publisher", "funding", "access", "rights"):
            assert getattr(again, name) == getattr(other, name), record.provenance.identifier
        # What is no address and of no listed scheme has no type, which JSON demands and XML does not.
        known = {one for one in other.relations if one.scheme != "other"}
        assert set(again.relations) == known, record.provenance.identifier


def test_every_field_and_hostile_text() -> None:
    validator()(document(full_record(coverage=None)))
    validator()(document(full_record(lambda path: f'"\\</script>\x00\ufffe\u2028{path}', coverage=None)))


def test_what_is_unknown_has_the_standard_values() -> None:
    title = Text(value="10.1234/x", type="identifier")
    bare = Record(id="x", kind="other", titles=(title,), provenance=PROVENANCE)
    validator()(document(bare))
    assert json.loads(write(bare)) == {
        "types": {"resourceTypeGeneral": "Other"},
        "creators": [{"name": ":unav"}],
        "titles": [{"title": ":unas"}],
        "publisher": {"name": ":unav"},
        "publicationYear": "0000",
        "schemaVersion": "http://datacite.org/schema/kernel-4",
    }


def test_names_of_other_schemes() -> None:
    ivoid = Identifier(scheme="ivoid", value="ivo://example.org/tap")
    relation = Relation(type="IsPartOf", scheme="ivoid", value="ivo://example.org/catalogue")
    record = full_record(identifiers=(ivoid,), relations=(relation,), instruments=())
    found = document(record)
    assert "doi" not in found
    assert found["identifiers"] == [{"identifier": "ivo://example.org/tap", "identifierType": "ivoid"}]
    assert found["relatedItems"][0]["relatedItemIdentifier"]["relatedItemIdentifierType"] == "URL"
    again = _again(record, "datacite_json")
    assert [(one.scheme, one.value, one.role) for one in again.identifiers] == [
        ("ivoid", "ivo://example.org/tap", "own")
    ]
    assert [(one.type, one.scheme, one.value) for one in again.relations] == [
        ("IsPartOf", "ivoid", "ivo://example.org/catalogue")
    ]
