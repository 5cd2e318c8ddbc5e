"""The demo's open data, tables and registry: harvested over their protocols, before and after a day."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from catalogue.opening import Catalogue
from catalogue.record import Record
from catalogue.runs import Run
from catalogue.settings import load_settings
from harvesters.endpoints import endpoints_of
from harvesters.run import harvest
from tests.web.command_line import sample_server
from web.demo import hepdata, opendata, re3data
from web.demo.sample import Sample


def _two_days(sample: Sample, home: Path) -> tuple[Run, dict[str, Record], Run, dict[str, Record]]:
    """The harvest of the first day with its records, and that of the second."""
    catalogue = Catalogue(load_settings({"ALMAGEST_HOME": str(home), "ALMAGEST_CONTACT": "ops@example.org"}))
    with sample_server() as server:
        server.samples[sample.path] = sample
        catalogue.sources.add(sample.source(server.address, home))
        [first] = harvest(catalogue, [sample.name])
        before = _records(catalogue, sample.name)
        told = sample.next_day(datetime.now(UTC))
        assert told == (1, 1, 1)
        [second] = harvest(catalogue, [sample.name])
        after = _records(catalogue, sample.name)
    catalogue.close()
    return first, before, second, after


def _records(catalogue: Catalogue, name: str) -> dict[str, Record]:
    found = (change.record for change in catalogue.store.walk(source=name))
    return {one.provenance.identifier: one for one in found if one is not None}


@pytest.mark.parametrize("sample", [opendata.sample, hepdata.sample, re3data.sample])
def test_a_day_brings_new_changed_and_deleted_records(sample: type[Sample], tmp_path: Path) -> None:
    first, before, second, after = _two_days(sample(), tmp_path)
    assert (first.status, first.error, first.quarantined) == ("succeeded", None, 0)
    assert first.created == len(before) >= 4
    assert (second.status, second.error) == ("succeeded", None)
    assert (second.created, second.updated, second.deleted) == (1, 1, 1)
    assert len(after) == len(before)


def test_datasets_have_files_collisions_and_software(tmp_path: Path) -> None:
    _, before, _, _ = _two_days(opendata.sample(), tmp_path)
    datasets = [one for one in before.values() if one.kind == "dataset"]
    assert len(datasets) >= 10
    for one in datasets:
        assert one.distributions
        assert all(file.checksum and file.size and file.protocol == "root" for file in one.distributions)
        assert one.coverage
        assert one.coverage.energy
        assert one.coverage.time
        assert one.tables
    assert {one.kind for one in before.values()} == {"dataset", "software"}


def test_submissions_have_tables_with_columns(tmp_path: Path) -> None:
    _, before, _, _ = _two_days(hepdata.sample(), tmp_path)
    for one in before.values():
        assert one.kind == "collection"
        assert [column.unit for column in one.tables[0].columns] == ["GeV", "PB"]
        assert len([part for part in one.relations if part.type == "HasPart"]) == len(one.tables)
        assert any(file.media_type == "text/csv" for file in one.distributions)


def test_the_registry_leads_to_sources_of_the_demo(tmp_path: Path) -> None:
    _, before, _, _ = _two_days(re3data.sample(), tmp_path)
    found = [endpoint for one in before.values() for endpoint in endpoints_of(one)]
    assert {one.url.rpartition("/helix")[2] for one in found if "/helix/" in one.url} == {"/oai2d"}
    assert not any("Thalweg" in one.title for one in before.values())
