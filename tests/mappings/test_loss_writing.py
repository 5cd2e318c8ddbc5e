"""What a format gives back of a record."""

from __future__ import annotations

import dataclasses

from catalogue.record import Agent, Identifier, Provenance, Record, Text
from mappings.base import format_of
from mappings.loss_writing import held

RECORD = Record(
    id="x",
    kind="dataset",
    titles=(Text(value="A title of the thing", type="main"),),
    provenance=Provenance(source="test", identifier="one"),
    identifiers=(Identifier(scheme="doi", value="10.5072/thing"),),
    creators=(Agent(name="Lovelace, Ada", given="Ada", family="Lovelace", kind="person"),),
    processing_level="calibrated",
)


def test_fields_that_come_back_and_fields_that_do_not() -> None:
    datacite, dublin_core = (held(format_of(prefix), RECORD) for prefix in ("datacite", "oai_dc"))
    assert datacite["creators.given"] == "whole"
    assert datacite["processing_level"] == dublin_core["processing_level"] == "none"
    assert dublin_core["creators.name"] == "whole"
    assert dublin_core["creators.given"] == "none"


def test_some_of_the_values_are_part() -> None:
    titles = (*RECORD.titles, Text(value="A title that has no place", type="other"))
    form = dataclasses.replace(
        format_of("oai_dc"), read=None, write=lambda record: record.titles[0].value.encode()
    )
    found = held(form, dataclasses.replace(RECORD, titles=titles))
    assert found["titles.value"] == "part"
    assert found["identifiers.value"] == "none"
