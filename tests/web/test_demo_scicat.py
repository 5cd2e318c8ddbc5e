"""The samples of SciCat and PaNOSC: harvested whole, and again after their next day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from catalogue.opening import Catalogue
from catalogue.record import Record
from catalogue.settings import load_settings
from harvesters.run import harvest
from tests.web.command_line import sample_server
from web.demo.server import SampleServer
from web.preview import probe


@pytest.fixture
def server() -> Iterator[SampleServer]:
    with sample_server() as running:
        yield running


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    opened = Catalogue(load_settings({"ALMAGEST_HOME": str(tmp_path)}))
    yield opened
    opened.close()


def records(catalogue: Catalogue) -> list[Record]:
    return [change.record for change in catalogue.store.walk() if change.record is not None]


@pytest.mark.parametrize(("path", "faulty"), [("/scicat", 2), ("/panosc", 0)])
def test_two_days(server: SampleServer, catalogue: Catalogue, tmp_path: Path, path: str, faulty: int) -> None:
    sample = server.samples[path]
    source = sample.source(server.address, tmp_path)
    said = probe(catalogue.settings, source)
    catalogue.sources.add(source)
    (first,) = harvest(catalogue, [])
    assert (first.status, first.error, first.quarantined) == ("succeeded", None, 0)
    assert first.created == said.records
    assert first.created > 20
    assert len({one.identifier for _, one in catalogue.sources.issues(source.name)}) == faulty
    new, changed, deleted = sample.next_day(datetime.now(UTC))
    # Within the same second no full list is due by itself.
    (second,) = harvest(catalogue, [], full=True)
    assert (second.status, second.created, second.updated, second.deleted) == (
        "succeeded",
        new,
        changed,
        deleted,
    )
    assert sample.next_day(datetime.now(UTC)) == (0, 0, 0)


def test_scicat_speaks_two_dialects_of_two_facilities(
    server: SampleServer, catalogue: Catalogue, tmp_path: Path
) -> None:
    source = server.samples["/scicat"].source(server.address, tmp_path)
    said = probe(catalogue.settings, source)
    assert said.protocol == "SciCat API v4, API v3, LoopBack"
    assert len(said.sets) == 8
    catalogue.sources.add(source)
    harvest(catalogue, [])
    found = records(catalogue)
    assert {one.kind for one in found} == {"dataset", "instrument", "project"}
    assert {one.label for record in found for one in record.facilities} >= {
        "Elbring Synchrotron",
        "Norra Kusten Spallation Source",
    }
    raw = [one for one in found if one.processing_level == "raw" and one.parameters]
    assert all(one.coverage is not None and one.coverage.energy is not None for one in raw)
    assert {one.label for record in raw for one in record.messengers} >= {"Photon", "Neutron"}
    # Everything is invented, below prefixes that are given to nobody.
    own = [one for record in found for one in record.identifiers if one.role == "own"]
    assert all(one.value.startswith(("10.5072/", "20.500.9999")) for one in own)
