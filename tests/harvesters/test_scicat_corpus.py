"""All corpus files of SciCat and PaNOSC through local servers that speak each dialect."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from catalogue.opening import Catalogue
from catalogue.sources import Source
from harvesters.run import harvest
from harvesters.transport import Transport
from mappings.base import format_of
from mappings.documents import documents
from tests.harvesters.panosc_server import PanoscServer, searching
from tests.harvesters.scicat_fixtures import live
from tests.harvesters.scicat_server import IDS, Record, SciCatServer, serving

pytestmark = pytest.mark.corpus
NO_RECORDS = ("Attachment", "OrigData", "Job", "config", "techniques-requirements")


def files(shared: Path, prefix: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Identifier and document of each record; what has no identifier gets one as a server gives it."""
    for path in sorted((shared / "corpus" / prefix).iterdir()):
        if not any(word in path.name for word in NO_RECORDS):
            for number, (identifier, document) in enumerate(documents(format_of(prefix), path.read_bytes())):
                made = hashlib.sha1(f"{path.name} {number}".encode(), usedforsecurity=False).hexdigest()
                yield identifier or f"20.500.12345/{made}", document


def scicat_kind(document: dict[str, Any]) -> str:
    for kind, names in (
        ("proposals", {"MeasurementPeriodList"}),
        ("publisheddata", {"doi", "pidArray"}),
        ("samples", {"sampleCharacteristics"}),
        ("instruments", {"uniqueName"}),
    ):
        if names & set(document):
            return kind
    return "datasets"


@pytest.mark.parametrize("dialects", [("v4", "v3"), ("v3",), ("loopback",)])
def test_scicat(
    shared: Path, catalogue: Catalogue, connect: Callable[..., Transport], dialects: tuple[str, ...]
) -> None:
    records: dict[str, dict[str, Record]] = {kind: {} for kind in IDS}
    for identifier, document in files(shared, "scicat"):
        kind = scicat_kind(document)
        records[kind][identifier] = {**document, IDS[kind]: identifier}
    expected = {f"{kind}/{identifier}" for kind, found in records.items() for identifier in found}
    lists = {kind: [found[name] for name in sorted(found)] for kind, found in records.items()}
    with serving(SciCatServer(records=lists, dialects=dialects)) as server:
        options = {"page-size": "4"}
        catalogue.sources.add(Source(name="test", kind="scicat", url=server.url, options=options))
        first = harvest(catalogue, ["test"], connect=connect)[0]
        assert (first.status, first.error, first.quarantined) == ("succeeded", None, 0)
        assert live(catalogue) == expected
        assert len(expected) >= 35
        again = harvest(catalogue, ["test"], full=True, connect=connect)[0]
        assert (again.status, again.unchanged, again.deleted) == ("succeeded", len(expected), 0)


@pytest.mark.parametrize("pascal", [True, False])
def test_panosc(shared: Path, catalogue: Catalogue, connect: Callable[..., Transport], pascal: bool) -> None:
    records: dict[str, dict[str, Record]] = {"datasets": {}, "documents": {}, "instruments": {}}
    for identifier, document in files(shared, "panosc"):
        is_document = "type" in document
        kind = "instruments" if "facility" in document else "documents" if is_document else "datasets"
        # The same thing occurs in several answers, each with other relations.
        known = records[kind].setdefault(identifier, {})
        assert isinstance(known, dict)
        known.update(document)
    lists = {kind: list(found.values()) for kind, found in records.items()}
    with searching(PanoscServer(records=lists, pascal=pascal)) as server:
        catalogue.sources.add(Source(name="test", kind="panosc", url=server.url))
        run = harvest(catalogue, ["test"], connect=connect)[0]
    assert (run.status, run.quarantined) == ("succeeded", 0)
    assert live(catalogue) == {f"{kind}/{name}" for kind, found in records.items() for name in found}
    stored = {
        change.record.provenance.identifier: change.record
        for change in catalogue.store.walk()
        if change.record
    }
    dataset = stored["datasets/20.500.12269/panosc-dataset1"]
    assert {one.name for one in dataset.parameters} == {"chemical_formula", "sample_state"}
    assert dataset.distributions[0].title == "panosc-file1.hdf"
    assert stored["documents/10.5072/panosc-document2"].creators[0].name == "James Chadwick"
    assert json.loads(catalogue.store.raw(dataset.id).data)["pid"] == "20.500.12269/panosc-dataset1"
