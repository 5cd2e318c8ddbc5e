"""Folders and archives of records in many formats, and what is read of them."""

from __future__ import annotations

import io
import json
import tarfile
import zipfile
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from catalogue.record import Mapped, Page, Provenance, RawRecord
from catalogue.settings import Settings
from catalogue.sources import Source
from harvesters.file import Files
from harvesters.transport import Transport
from mappings.base import read
from tests.harvesters.misbehaving import DC

CODEMETA = {"@context": "https://w3id.org/codemeta/3.0", "@type": "SoftwareSourceCode", "name": "Tracker"}
CFF = b"cff-version: 1.2.0\ntitle: Tracker\nauthors: [{name: Group}]\n"
REANA = b"workflow: {type: serial, specification: {steps: []}}\n"
CRATE: dict[str, Any] = {
    "@context": "https://w3id.org/ro/crate/1.1/context",
    "@graph": [
        {"@id": "ro-crate-metadata.json", "@type": "CreativeWork", "about": {"@id": "./"}},
        {"@id": "./", "@type": "Dataset", "name": "A crate", "hasPart": [{"@id": "data.json"}]},
        {"@id": "data.json", "@type": "File", "name": "Data", "contentSize": "12"},
    ],
}


def dc(title: str) -> bytes:
    return DC.format(inside=f"<dc:title>{title}</dc:title><dc:type>Dataset</dc:type>").encode()


def put(folder: Path, files: dict[str, Any]) -> Path:
    for name, data in files.items():
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data if isinstance(data, bytes) else json.dumps(data).encode())
    return folder


def bag(payload: dict[str, bytes], **more: bytes) -> dict[str, bytes]:
    manifest = "".join(f"{sha256(data).hexdigest()}  data/{name}\n" for name, data in payload.items())
    return {
        "bagit.txt": b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n",
        "bag-info.txt": "External-Description: Runs of Größe\n  and more\nContact-Name: Lund, Ada\n".encode(),
        "manifest-sha256.txt": manifest.encode(),
        **{f"data/{name}": data for name, data in payload.items()},
        **more,
    }


Pages = Callable[..., list[Page]]


@pytest.fixture
def pages(settings: Settings, connect: Callable[..., Transport]) -> Pages:
    def run(url: Any, since: str | None = None, checkpoint: Any = None, **more: Any) -> list[Page]:
        memory, prefix = more.pop("memory", {}), more.pop("prefix", None)
        unread = more.pop("unread", {})
        source = Source(name="test", kind="file", url=str(url), prefix=prefix, options=more)
        with connect(source, settings) as transport:
            harvester = Files(source, transport)
            harvester.memory = memory
            found = list(harvester.pages(since, checkpoint))
            unread.update(harvester.unread)
            return found

    return run


def issues(found: list[Page]) -> dict[str, str]:
    return {issue.identifier: issue.reason for page in found for issue in page.issues}


def raws(found: list[Page]) -> list[RawRecord]:
    return [raw for page in found for raw in page.records]


def mapped(raw: RawRecord) -> Mapped:
    again = RawRecord(identifier=raw.identifier, format=raw.format, data=raw.data)
    return read(again, Provenance(source="test", identifier=raw.identifier, url=raw.url))


MANY = {
    "a.xml": dc("A"),
    "b/codemeta.json": CODEMETA,
    "b/CITATION.cff": CFF,
    "b/reana.yaml": REANA,
    "list.json": [{"@context": "https://schema.org", "@type": "Dataset", "name": f"D{n}"} for n in range(3)],
}
NAMES = [
    "a.xml",
    "b/CITATION.cff",
    "b/codemeta.json",
    "b/reana.yaml",
    "list.json#0",
    "list.json#1",
    "list.json#2",
]


def zipped(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def tarred(files: dict[str, bytes], mode: str) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=f"w:{mode}") as archive:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def in_bytes(files: dict[str, Any]) -> dict[str, bytes]:
    return {
        name: data if isinstance(data, bytes) else json.dumps(data).encode() for name, data in files.items()
    }


ARCHIVES: dict[str, Callable[[dict[str, bytes]], bytes]] = {
    "x.zip": zipped,
    "x.tar": lambda files: tarred(files, ""),
    "x.tar.gz": lambda files: tarred(files, "gz"),
    "x.tar.bz2": lambda files: tarred(files, "bz2"),
    "x.tar.xz": lambda files: tarred(files, "xz"),
}
