"""The samples of an InvenioRDM site and of DataCite: what their records hold."""

from __future__ import annotations

from pathlib import Path

from catalogue.opening import Catalogue
from catalogue.record import Record
from harvesters.run import harvest
from web.demo.server import SampleServer
from web.preview import probe


def harvested(samples: SampleServer, empty: Catalogue, folder: Path, path: str) -> list[Record]:
    source = samples.samples[path].source(samples.address, folder)
    empty.sources.add(source)
    (run,) = harvest(empty, [])
    assert (run.status, run.error, run.quarantined) == ("succeeded", None, 0)
    assert run.created == probe(empty.settings, source).records
    return [change.record for change in empty.store.walk() if change.record is not None]


def test_software_knows_its_environment_and_its_concept(
    samples: SampleServer, empty: Catalogue, tmp_path: Path
) -> None:
    found = harvested(samples, empty, tmp_path, "/ossr")
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


def test_dois_have_places_and_funding(samples: SampleServer, empty: Catalogue, tmp_path: Path) -> None:
    found = harvested(samples, empty, tmp_path, "/datacite")
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
