"""The JSON form: nothing empty, nothing lost, the same bytes for the same content."""

from __future__ import annotations

import dataclasses
import typing
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalogue.errors import RecordRefused
from catalogue.json_form import as_json, body_of, dumps, joined, read_provenance, read_record
from catalogue.record import Hop, Interval, Provenance, Record, Text, record_id

TEXT = st.text(st.characters(codec="utf-8"), min_size=1, max_size=12)
st.register_type_strategy(str, TEXT)
st.register_type_strategy(float, st.floats(allow_nan=False, allow_infinity=False))
st.register_type_strategy(int, st.integers(0, 2**53))


def values(kind: Any) -> st.SearchStrategy[Any]:
    """Values of a type of the model, tuples at most two long."""
    if typing.get_origin(kind) is tuple:
        inner = typing.get_args(kind)
        if inner[-1] is Ellipsis:
            return st.lists(values(inner[0]), max_size=2).map(tuple)
        return st.tuples(*map(values, inner))
    if dataclasses.is_dataclass(kind):
        return st.deferred(lambda: instances(kind))
    if typing.get_origin(kind) is not None and type(None) in typing.get_args(kind):
        return st.one_of(
            st.none(), *(values(part) for part in typing.get_args(kind) if part is not type(None))
        )
    return st.from_type(kind)


def instances(kind: Any) -> st.SearchStrategy[Any]:
    hints = typing.get_type_hints(kind)
    return st.builds(kind, **{field.name: values(hints[field.name]) for field in dataclasses.fields(kind)})


@settings(max_examples=25, suppress_health_check=list(HealthCheck), deadline=None)
@given(instances(Record).filter(lambda record: record.titles))
def test_every_record_survives_its_json_form(record: Record) -> None:
    data = dumps(record)
    assert read_record(data) == record
    record = dataclasses.replace(record, id=record_id("s", record.id))
    assert read_record(joined(record.id, dumps(record.provenance), body_of(record))) == record
    assert read_provenance(dumps(record.provenance)) == record.provenance


def test_nothing_empty_is_written() -> None:
    provenance = Provenance(source="s", identifier="i", chain=(Hop(base_url="http://a", altered=False),))
    record = Record(id="x", kind="dataset", titles=(Text(value="t"),), provenance=provenance)
    assert as_json(record) == {
        "id": "x",
        "kind": "dataset",
        "titles": [{"value": "t"}],
        "provenance": {
            "source": "s",
            "identifier": "i",
            "chain": [{"base_url": "http://a", "altered": False}],
        },
    }
    assert as_json(Interval(low=0.0)) == {"low": 0.0}


def test_the_body_says_nothing_of_the_harvest() -> None:
    one = Record(
        id="x",
        kind="dataset",
        titles=(Text(value="t"),),
        provenance=Provenance(source="s", identifier="i", harvested="2026-01-01T00:00:00Z"),
    )
    other = dataclasses.replace(one, id="y", provenance=Provenance(source="t", identifier="j"))
    assert body_of(one) == body_of(other)


def test_a_wrong_form_is_refused_with_its_path() -> None:
    data = orjson.dumps({"id": "x", "kind": "dataset", "titles": [{"value": 5}], "provenance": {}})
    with pytest.raises(RecordRefused) as refusal:
        read_record(data)
    assert refusal.value.path == "$.titles[0].value"
    assert "str" in refusal.value.reason


def test_ids_are_stable_and_differ() -> None:
    assert record_id("zenodo", "oai:zenodo.org:1") == record_id("zenodo", "oai:zenodo.org:1")
    assert record_id("zenodo", "oai:zenodo.org:1") != record_id("other", "oai:zenodo.org:1")
    assert len(record_id("a", "b")) == 20
