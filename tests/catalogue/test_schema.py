"""The schemas say of the model what record.py says."""

from __future__ import annotations

import dataclasses

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from marshmallow import ValidationError

from catalogue.json_form import as_json
from catalogue.record import Coverage, Date, Provenance, Record, Text
from catalogue.schema import json_schema, json_schema_text, schema_of
from tests.conftest import PROJECT
from tests.full_record import full_record

MINIMAL = Record(
    id="a" * 16,
    kind="dataset",
    titles=(Text(value="Cosmic rays"),),
    provenance=Provenance(source="zoo", identifier="oai:zoo:1"),
)
RECORDS = [MINIMAL, full_record()]


@pytest.mark.parametrize("record", RECORDS)
def test_a_record_goes_through_its_schema_unchanged(record: Record) -> None:
    schema = schema_of(Record)()
    assert schema.load(as_json(record)) == record
    assert schema.dump(record) == as_json(record)


@pytest.mark.parametrize("record", RECORDS)
def test_json_schema_accepts_what_the_model_writes(record: Record) -> None:
    Draft202012Validator.check_schema(json_schema())
    Draft202012Validator(json_schema()).validate(as_json(record))


def test_every_field_of_the_model_is_in_both_schemas() -> None:
    names = {part.name for part in dataclasses.fields(Record)}
    assert set(schema_of(Record)().fields) == names
    assert set(json_schema()["properties"]) == names
    assert json_schema()["required"] == ["id", "kind", "titles", "provenance"]


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"kind": "spaceship"}, "kind"),
        ({"titles": []}, "titles"),
        ({"titles": [{"value": ""}]}, "titles"),
        ({"version": None}, "version"),
        ({"coverage": {"places": [{"box": [1, 2, 3]}]}}, "coverage"),
        ({"distributions": [{"url": "https://example.org/a", "size": "big"}]}, "distributions"),
        ({"unheard": 1}, "unheard"),
    ],
)
def test_what_is_wrong_is_named(change: dict[str, object], path: str) -> None:
    with pytest.raises(ValidationError) as caught:
        schema_of(Record)().load(as_json(MINIMAL) | change)
    assert list(caught.value.messages_dict) == [path]


@pytest.mark.parametrize("change", [{"kind": "spaceship"}, {"titles": []}, {"version": None}, {"id": ""}])
def test_json_schema_refuses_the_same(change: dict[str, object]) -> None:
    assert not Draft202012Validator(json_schema()).is_valid(as_json(MINIMAL) | change)


words = st.text(min_size=1, max_size=20).filter(lambda text: text.isprintable())


@given(st.builds(Text, value=words, language=st.none() | words, type=st.none() | words))
def test_texts_round_trip(text: Text) -> None:
    schema = schema_of(Text)()
    assert schema.load(orjson.loads(orjson.dumps(schema.dump(text)))) == text


@given(st.from_type(Date))
def test_dates_dump_like_the_json_form(date: Date) -> None:
    assert schema_of(Date)().dump(date) == as_json(date)


def test_nested_schemas_are_the_same_class() -> None:
    assert schema_of(Coverage) is schema_of(Coverage)


def test_the_exported_schema_is_current() -> None:
    exported = PROJECT / "docs" / "record.schema.json"
    assert exported.read_text("utf-8") == json_schema_text(), (
        "run: python -m catalogue.schema > docs/record.schema.json"
    )
