"""Outside readers harvest the provider over a real socket: sickle, and the client of ``oaipmh``."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import oaipmh.client
import pytest
from oaipmh.error import NoRecordsMatchError
from oaipmh.metadata import MetadataRegistry, oai_dc_reader
from sickle import Sickle
from sickle.oaiexceptions import NoRecordsMatch
from werkzeug.serving import make_server

from tests.web.oai_repository import Repository, dublin_core, id_of


@pytest.fixture(params=["sqlite", "postgresql"])
def repository(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Repository]:
    url = "" if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    opened = Repository(tmp_path, database_url=url, oai_page_size="10")
    yield opened
    opened.close()


@pytest.fixture
def address(repository: Repository) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, repository.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/oai"
    server.shutdown()
    thread.join()


def short(identifier: str) -> str:
    return identifier.removeprefix("oai:x.org:")


def test_sickle_harvests_everything(repository: Repository, address: str) -> None:
    names = [f"r{number}" for number in range(57)]
    repository.put(*(dublin_core(name, f"Title of {name}", creator="Curie, Marie;B, A") for name in names))
    repository.put(dublin_core("r3", deleted=True))
    repository.follow()
    sickle = Sickle(address)
    identify = sickle.Identify()
    assert (identify.deletedRecord, identify.granularity) == ("persistent", "YYYY-MM-DDThh:mm:ssZ")
    records = list(sickle.ListRecords(metadataPrefix="oai_dc"))
    assert len(records) == 57
    assert [short(record.header.identifier) for record in records if record.deleted] == [id_of("r3")]
    live = {short(record.header.identifier): record for record in records if not record.deleted}
    assert live[id_of("r7")].metadata["title"] == ["Title of r7"]
    assert live[id_of("r7")].metadata["creator"] == ["Curie, Marie", "B, A"]
    assert len(list(sickle.ListIdentifiers(metadataPrefix="oai_datacite", set="source:zoo"))) == 57
    assert {one.setSpec for one in sickle.ListSets()} == {
        "source",
        "type",
        "subject",
        "source:zoo",
        "type:dataset",
    }
    formats = {form.metadataPrefix for form in sickle.ListMetadataFormats()}
    assert {"oai_dc", "oai_datacite", "datacite", "original_oai_dc"} <= formats
    one = sickle.GetRecord(identifier=f"oai:x.org:{id_of('r0')}", metadataPrefix="oai_dc")
    assert one.metadata["title"] == ["Title of r0"]
    posting = Sickle(address, http_method="POST")
    assert len(list(posting.ListRecords(metadataPrefix="oai_dc"))) == 57


def test_the_oaipmh_client_harvests_everything(repository: Repository, address: str) -> None:
    repository.put(*(dublin_core(f"r{number}", subject="γ-rays;x") for number in range(31)))
    repository.put(dublin_core("r3", deleted=True))
    registry = MetadataRegistry()
    registry.registerReader("oai_dc", oai_dc_reader)
    client = oaipmh.client.Client(address, registry)
    client.updateGranularity()
    for _ in range(2):
        found: dict[str, Any] = {
            short(header.identifier()): None if header.isDeleted() else metadata.getField("title")
            for header, metadata, _ in client.listRecords(metadataPrefix="oai_dc")
        }
        assert len(found) == 31
        assert found[id_of("r3")] is None
        assert found[id_of("r30")] == ["r30"]
        repository.follow()
    assert client.identify().repositoryName() == "Almagest"
    tomorrow = datetime.now(UTC).replace(tzinfo=None, microsecond=0) + timedelta(days=1)
    with pytest.raises(NoRecordsMatchError):
        list(client.listRecords(metadataPrefix="oai_dc", from_=tomorrow))
    in_set = client.listIdentifiers(metadataPrefix="oai_dc", set="subject:x")
    assert len(list(in_set)) == 31


def test_an_incremental_harvest_brings_exactly_the_differences(
    repository: Repository, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    sickle = Sickle(address)
    clock = iter(f"2021-03-{day:02}T00:00:00Z" for day in range(1, 29))
    copy: dict[str, str | None] = {}
    since = "2021-01-01T00:00:00Z"
    for turn in range(6):
        stamp = next(clock)
        monkeypatch.setattr("catalogue.sequence.now", lambda stamp=stamp: stamp)
        changed = {f"r{number}" for number in range(turn * 7, turn * 7 + 20)}
        gone = {f"r{turn * 7}", f"r{turn * 7 + 30}"} if turn else set()
        repository.put(
            *(dublin_core(name, f"{name} of {turn}") for name in sorted(changed - gone)),
            *(dublin_core(name, deleted=True) for name in sorted(gone)),
        )
        if turn % 2:
            repository.follow()
        seen = set()
        for record in sickle.ListRecords(metadataPrefix="oai_dc", **{"from": since}):
            id = short(record.header.identifier)
            seen.add(id)
            copy[id] = None if record.deleted else record.metadata["title"][0]
        assert seen == {id_of(name) for name in changed | gone}
        since = f"{stamp[:10]}T00:00:01Z"
        with pytest.raises(NoRecordsMatch):
            sickle.ListRecords(metadataPrefix="oai_dc", **{"from": since})
    store = repository.catalogue.store
    truth = {change.id: change.record and change.record.title for change in store.walk(deleted=True)}
    assert copy == truth
    assert None in truth.values()


def test_a_harvest_while_records_change_misses_none(repository: Repository, address: str) -> None:
    repository.put(*(dublin_core(f"r{number}", "old") for number in range(200)))
    stop = threading.Event()

    def change() -> None:
        for turn in range(20):
            repository.put(*(dublin_core(f"r{number}", f"new {turn}") for number in range(turn, 200, 23)))
            if turn % 3 == 0:
                repository.follow()
        stop.set()

    writer = threading.Thread(target=change)
    writer.start()
    copy: dict[str, str] = {}
    for record in Sickle(address).ListRecords(metadataPrefix="oai_dc"):
        copy[short(record.header.identifier)] = record.metadata["title"][0]
    writer.join()
    assert stop.is_set()
    assert copy.keys() == {id_of(f"r{number}") for number in range(200)}
    # What changed after it was read comes with the next harvest; the rest is as it is.
    for record in Sickle(address).ListRecords(metadataPrefix="oai_dc", **{"from": "2000-01-01"}):
        copy[short(record.header.identifier)] = record.metadata["title"][0]
    store = repository.catalogue.store
    assert copy == {change.id: change.record and change.record.title for change in store.walk()}
