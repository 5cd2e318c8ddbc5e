"""RO-Crates as they are written: read by the rocrate library, true to their context, and read back."""

from __future__ import annotations

import functools
import importlib.resources
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from rdflib import Graph
from rocrate.rocrate import ROCrate

from catalogue.record import Distribution, Record, Relation
from mappings.rocrate_writing import write
from tests.full_record import full_record
from tests.mappings.corpus_records import every_record
from tests.mappings.strategies import datacite_records, without_repetitions
from tests.mappings.test_round_trips import _again, slow
from tests.mappings.test_schema_org_writing import KEPT, a_record


@functools.cache
def terms() -> dict[str, Any]:
    """The context of RO-Crate, as its library carries it."""
    text = importlib.resources.files("rocrate").joinpath("data/ro-crate.jsonld").read_text("utf-8")
    found: dict[str, Any] = json.loads(text)["@context"]
    return found


def check(record: Record) -> dict[str, dict[str, Any]]:
    """Flat, every reference of ours resolved, every entity with name and type, every term in the context."""
    document = json.loads(write(record))
    assert document["@context"] == "https://w3id.org/ro/crate/1.2/context"
    entities = {one["@id"]: one for one in document["@graph"]}
    assert len(entities) == len(document["@graph"])
    root = entities["./"]
    assert "Dataset" in root["@type"]
    assert {"name", "description", "datePublished", "license"} <= set(root)
    for one in entities.values():
        kinds = one["@type"] if isinstance(one["@type"], list) else [one["@type"]]
        assert {*kinds, *(set(one) - {"@id", "@type"})} <= set(terms())
        for value in one.values():
            for inner in value if isinstance(value, list) else [value]:
                if isinstance(inner, dict):
                    assert set(inner) == {"@id"}
                    assert inner["@id"] in entities or not inner["@id"].startswith(("#", "./"))
    return entities


def opened(record: Record) -> ROCrate:
    return ROCrate(json.loads(write(record)))


@pytest.mark.parametrize("name", [one for one in KEPT if one != "access"])
def test_what_it_can_hold_comes_back(name: str) -> None:
    record = a_record(**{name: KEPT[name]})
    check(record)
    again = getattr(_again(record, "rocrate"), name)
    if name == "rights":
        assert again == record.rights
    elif name == "dates":
        assert set(again) == set(record.dates)
    else:
        assert again == getattr(record, name)


def test_files_and_other_data() -> None:
    files = (
        Distribution(url="https://example.org/a b.csv", title="a", size=3),
        Distribution(url="/data/run1.h5", title="run1.h5"),
    )
    part = Relation(type="HasPart", scheme="doi", value="10.5072/2", target_kind="dataset", title="Part")
    record = a_record(distributions=files, relations=(part,))
    entities = check(record)
    assert entities["https://example.org/a%20b.csv"]["@type"] == "File"
    assert "/data/run1.h5" not in entities
    crate = opened(record)
    assert {one.id for one in crate.data_entities} == {
        "https://example.org/a%20b.csv",
        # The library ends the names of datasets with a slash.
        "https://doi.org/10.5072/2/",
    }
    again = _again(record, "rocrate")
    assert {one.title for one in again.distributions} == {"a", "run1.h5"}
    assert again.relations == (part,)


def test_software_is_a_dataset_too() -> None:
    record = a_record(kind="software")
    assert check(record)["./"]["@type"] == ["SoftwareSourceCode", "Dataset"]
    assert _again(record, "rocrate").kind == "software"


def test_what_is_unknown() -> None:
    root = check(a_record())["./"]
    assert (root["datePublished"], root["description"]) == ("0000", "Spectra")


@settings(slow, max_examples=25)
@given(datacite_records().map(without_repetitions))
def test_any_record(record: Record) -> None:
    check(record)
    crate = opened(record)
    assert crate.name == record.titles[0].value
    again = _again(record, "rocrate")
    assert again.titles[0].value == record.titles[0].value
    assert again.version == record.version


def test_every_field_and_hostile_text() -> None:
    check(full_record())
    check(full_record(lambda path: f'"\\</script>\x00\ufffe\u2028<>{{}}|{path}'))
    document = json.loads(write(full_record()))
    assert len(Graph().parse(data=json.dumps({**document, "@context": terms()}), format="json-ld")) > 50


@pytest.mark.corpus
def test_the_corpus(shared: Path) -> None:
    for record in every_record(shared):
        check(record)
        assert opened(record).name == record.title
