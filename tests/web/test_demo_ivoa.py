"""The Virtual Observatory of the demo: what its second day brings costs no record."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from lxml import etree

from catalogue.opening import Catalogue
from catalogue.sources import Source
from harvesters.run import harvest
from web.demo.ivoa import sample
from web.demo.server import SampleServer
from web.preview import probe


def registered(samples: SampleServer, folder: Path) -> Source:
    return samples.samples["/vo"].source(samples.address, folder)


def test_it_is_a_registry_of_registries_without_fault(
    samples: SampleServer, empty: Catalogue, tmp_path: Path
) -> None:
    said = probe(empty.settings, registered(samples, tmp_path))
    assert said.protocol == "IVOA Registry of Registries with 2 publishing registries, over OAI-PMH 2.0"
    assert said.faults == ()


def test_an_authority_moves_and_nothing_is_lost(
    samples: SampleServer, empty: Catalogue, tmp_path: Path
) -> None:
    empty.sources.add(registered(samples, tmp_path))
    (first,) = harvest(empty, [])
    assert (first.status, first.error) == ("succeeded", None)
    assert (first.fetched, first.created, first.deleted) == (31, 30, 1)
    assert samples.samples["/vo"].next_day(datetime.now(UTC)) == (1, 2, 0)
    (second,) = harvest(empty, [])
    assert (second.status, second.created, second.updated, second.deleted) == ("succeeded", 1, 2, 0)
    (third,) = harvest(empty, [], full=True)
    assert (third.status, third.created, third.updated, third.deleted) == ("succeeded", 0, 0, 0)
    moved = [
        change.record.provenance.sets
        for change in empty.store.walk()
        if change.record and change.record.provenance.identifier.startswith("ivo://plates.sample")
    ]
    assert moved == [("ivo_managed", "ivo://dorado.sample/registry", "ivo://plates.sample")] * 4


def test_its_answers_follow_the_schema_of_oai_pmh(shared: Path) -> None:
    schema = etree.XMLSchema(file=str(shared / "schemas/oai/OAI-PMH.xsd"))
    here, now = "http://localhost/vo", datetime(2026, 1, 31, tzinfo=UTC)
    for path in ("/rofr/oai.xml", "/lyra/oai.xml", "/dorado/oai.xml"):
        for query in ({"verb": ["Identify"]}, {"verb": ["ListSets"]}, {"verb": ["nonsense"]}):
            reply = sample().answer(here, path, query, now)
            assert schema.validate(etree.fromstring(reply.body)), schema.error_log
    assert sample().answer(here, "/elsewhere", {}, now).status == 404
