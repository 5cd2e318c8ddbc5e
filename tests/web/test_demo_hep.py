"""The demo's open data, tables and registry: what their records hold."""

from __future__ import annotations

from pathlib import Path

from catalogue.opening import Catalogue
from catalogue.record import Record
from catalogue.settings import load_settings
from harvesters.endpoints import endpoints_of
from harvesters.run import harvest
from tests.web.command_line import sample_server
from web.demo import hepdata, opendata, re3data
from web.demo.sample import Sample


def _harvested(sample: Sample, home: Path) -> list[Record]:
    catalogue = Catalogue(load_settings({"ALMAGEST_HOME": str(home), "ALMAGEST_CONTACT": "ops@example.org"}))
    with sample_server() as server:
        server.samples[sample.path] = sample
        catalogue.sources.add(sample.source(server.address, home))
        harvest(catalogue, [sample.name])
    found = [change.record for change in catalogue.store.walk() if change.record is not None]
    catalogue.close()
    return found


def test_datasets_have_files_collisions_and_software(tmp_path: Path) -> None:
    found = _harvested(opendata.sample(), tmp_path)
    datasets = [one for one in found if one.kind == "dataset"]
    assert len(datasets) >= 10
    for one in datasets:
        assert one.distributions
        assert all(file.checksum and file.size and file.protocol == "root" for file in one.distributions)
        assert one.coverage
        assert one.coverage.energy
        assert one.coverage.time
        assert one.tables
    assert {one.kind for one in found} == {"dataset", "software"}


def test_submissions_have_tables_with_columns(tmp_path: Path) -> None:
    found = _harvested(hepdata.sample(), tmp_path)
    for one in found:
        assert one.kind == "collection"
        assert [column.unit for column in one.tables[0].columns] == ["GeV", "PB"]
        assert len([part for part in one.relations if part.type == "HasPart"]) == len(one.tables)
        assert any(file.media_type == "text/csv" for file in one.distributions)


def test_the_registry_leads_to_sources_of_the_demo(tmp_path: Path) -> None:
    found = _harvested(re3data.sample(), tmp_path)
    endpoints = [endpoint for one in found for endpoint in endpoints_of(one)]
    assert {one.url.rpartition("/helix")[2] for one in endpoints if "/helix/" in one.url} == {"/oai2d"}
    assert not any("Thalweg" in one.title for one in found)
