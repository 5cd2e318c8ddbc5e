"""Every real record of the corpus through a server that speaks its protocol, into a catalogue."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from catalogue.opening import Catalogue
from catalogue.record import Record
from catalogue.sources import Source
from harvesters.run import harvest
from harvesters.transport import Transport
from mappings.invenio_document import parts_of
from mappings.invenio_document import split as split_records
from tests.harvesters.datacite_rest_site import Dois
from tests.harvesters.invenio_site import Site
from tests.harvesters.misbehaving import Repository, Server

pytestmark = pytest.mark.corpus


def values(folder: Path) -> Iterator[Any]:
    """The JSON values in the files of a folder, lines of JSON Lines each for itself."""
    for path in sorted(folder.iterdir()):
        texts = (
            path.read_text("utf-8").splitlines() if path.suffix.endswith("l") else [path.read_text("utf-8")]
        )
        for text in texts:
            try:
                yield json.loads(text)
            except ValueError:
                continue


def harvested(
    catalogue: Catalogue, connect: Callable[..., Transport], site: Repository, **source: Any
) -> list[Record]:
    with Server(site) as server:
        url = server.url.removesuffix("/oai")
        catalogue.sources.add(Source(name="test", url=url, **source))
        (run,) = harvest(catalogue, ["test"], connect=connect)
    assert (run.status, run.error) == ("succeeded", None)
    issues = [issue.rule for _, issue in catalogue.sources.issues("test", limit=1000)]
    assert "bug" not in issues
    assert "refused" not in issues
    return [change.record for change in catalogue.store.walk() if change.record is not None]


def test_inveniordm_and_zenodo(shared: Path, catalogue: Catalogue, connect: Callable[..., Transport]) -> None:
    found: dict[str, dict[str, Any]] = {}
    for folder in ("inveniordm-json", "zenodo-json"):
        for value in values(shared / "corpus" / folder):
            for _, one in split_records(value):
                record, _ = parts_of(one)
                if isinstance(record, dict) and isinstance(record.get("metadata"), dict):
                    found[str(record["id"])] = record
    site = Site(records=list(found.values()))
    records = harvested(catalogue, connect, site, kind="invenio")
    assert len(records) == len(found)
    assert len(records) >= 40
    assert {record.provenance.format for record in records} == {"inveniordm", "zenodo"}
    assert all(record.title and record.creators and record.identifiers and record.dates for record in records)


def test_datacite(shared: Path, catalogue: Catalogue, connect: Callable[..., Transport]) -> None:
    found: dict[str, dict[str, Any]] = {}
    for value in values(shared / "corpus" / "datacite-json"):
        data = value.get("data") if isinstance(value, dict) else None
        for one in data if isinstance(data, list) else [data]:
            if isinstance(one, dict):
                found[one["id"]] = one
        if isinstance(value, dict) and "creators" in value and isinstance(value.get("doi"), str):
            name = value["doi"].lower()
            found.setdefault(name, {"id": name, "type": "dois", "attributes": value})
    for one in found.values():
        one["relationships"] = {"client": {"data": {"id": "desy.data", "type": "clients"}}}
    records = harvested(
        catalogue, connect, Dois(dois=list(found.values())), kind="datacite", options={"client": "desy.data"}
    )
    assert len(records) == len(found)
    assert len(records) >= 140
    assert all(record.title and record.identifiers[0].scheme == "doi" for record in records)
    assert sum(record.kind == "dataset" for record in records) > 80
