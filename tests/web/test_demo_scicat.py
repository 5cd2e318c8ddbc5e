"""The sample of SciCat: what its records hold."""

from __future__ import annotations

from pathlib import Path

from catalogue.opening import Catalogue
from catalogue.record import Record
from harvesters.run import harvest
from web.demo.server import SampleServer
from web.preview import probe


def records(empty: Catalogue) -> list[Record]:
    return [change.record for change in empty.store.walk() if change.record is not None]


def test_scicat_speaks_two_dialects_of_two_facilities(
    samples: SampleServer, empty: Catalogue, tmp_path: Path
) -> None:
    source = samples.samples["/scicat"].source(samples.address, tmp_path)
    said = probe(empty.settings, source)
    assert said.protocol == "SciCat API v4, API v3, LoopBack"
    assert len(said.sets) == 8
    empty.sources.add(source)
    harvest(empty, [])
    found = records(empty)
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
