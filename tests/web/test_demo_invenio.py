"""The sample of an InvenioRDM site and that of DataCite: harvested whole, and again after their next day."""

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


def harvested(server: SampleServer, catalogue: Catalogue, folder: Path, path: str) -> list[Record]:
    source = server.samples[path].source(server.address, folder)
    catalogue.sources.add(source)
    (run,) = harvest(catalogue, [])
    assert (run.status, run.error, run.quarantined) == ("succeeded", None, 0)
    assert run.created == probe(catalogue.settings, source).records
    return [change.record for change in catalogue.store.walk() if change.record is not None]


@pytest.mark.parametrize(("path", "faulty"), [("/ossr", 1), ("/datacite", 0)])
def test_two_days(server: SampleServer, catalogue: Catalogue, tmp_path: Path, path: str, faulty: int) -> None:
    assert len(harvested(server, catalogue, tmp_path, path)) > 15
    sample = server.samples[path]
    assert len({one.identifier for _, one in catalogue.sources.issues(sample.name)}) == faulty
    new, changed, deleted = sample.next_day(datetime.now(UTC))
    (second,) = harvest(catalogue, [])
    assert (second.status, second.created, second.updated, second.deleted) == (
        "succeeded",
        new,
        changed,
        deleted,
    )
    assert sample.next_day(datetime.now(UTC)) == (0, 0, 0)


def test_software_knows_its_environment_and_its_concept(
    server: SampleServer, catalogue: Catalogue, tmp_path: Path
) -> None:
    found = harvested(server, catalogue, tmp_path, "/ossr")
    assert {record.kind for record in found} == {"software"}
    assert {record.provenance.format for record in found} == {"inveniordm", "zenodo"}
    assert {record.provenance.sets for record in found} == {("sample-ossr",)}
    environments = [record.environment for record in found if record.environment is not None]
    assert len(environments) == len(found) - 1
    assert all(one.repository and one.languages and one.requirements for one in environments)
    for record in found:
        roles = [one.role for one in record.identifiers if one.scheme == "doi"]
        assert roles == ["own", "version-of-concept"]
        if record.environment is not None:
            assert all(one.identifiers for one in record.creators)


def test_dois_have_places_and_funding(server: SampleServer, catalogue: Catalogue, tmp_path: Path) -> None:
    found = harvested(server, catalogue, tmp_path, "/datacite")
    datasets = [record for record in found if record.kind == "dataset"]
    assert datasets
    for record in datasets:
        assert record.funding[0].funder == "Sample Research Council"
        assert record.coverage is not None
        assert record.coverage.places[0].point is not None
        assert (
            record.provenance.url
            == f"https://lab.example.org/{record.identifiers[0].value.rpartition('.')[2]}"
        )
