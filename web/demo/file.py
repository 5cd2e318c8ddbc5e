"""An institute that has only an export: a folder of records in several formats, a bag and a crate."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar

from catalogue.sources import Source
from web.demo.content import Campaign, Person, Run, campaigns
from web.demo.dublin_core import dublin_core
from web.demo.sample import EVERY_TEN_MINUTES, Reply, Sample

_HOMES = 4
ARCHIVE = "/records.zip"


class Export(Sample):
    """The files of a few campaigns; the same as an archive over HTTP."""

    name = "export"
    kind = "file"
    path = "/export"
    options: ClassVar[Mapping[str, str]] = {"grace": "0"}

    def answer(self, base: str, path: str, query: Mapping[str, Sequence[str]], now: datetime) -> Reply:
        """All files as one archive."""
        del base, query, now
        if path != ARCHIVE:
            return Reply(body=b"There is nothing here.\n", status=404, media_type="text/plain")
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in files():
                archive.writestr(zipfile.ZipInfo(name), data)
        return Reply(body=packed.getvalue(), media_type="application/zip")

    def next_day(self, now: datetime) -> tuple[int, int, int]:
        """An export does not change by itself."""
        del now
        return 0, 0, 0

    def source(self, address: str, folder: Path) -> Source:
        """The folder, which is written here."""
        del address
        place = folder / self.name
        for name, data in files():
            file = place / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data)
        return Source(
            name=self.name, kind=self.kind, url=str(place), schedule=EVERY_TEN_MINUTES, options=self.options
        )


def sample() -> Export:
    """The export of the demo."""
    return Export()


def files() -> Iterator[tuple[str, bytes]]:
    """Path and bytes of each file."""
    chosen = campaigns()[-_HOMES:]
    for campaign in chosen:
        for run in campaign.runs[:2]:
            yield f"dublin-core/{campaign.key}-{run.number}.xml", _dublin_core(campaign, run)
    yield "software.json", _written([_software(campaign) for campaign in chosen])
    yield (
        "datasets.jsonl",
        b"\n".join(_written(_dataset(campaign), None) for campaign in campaigns()[:3]) + b"\n",
    )
    yield f"analysis/{chosen[0].key}/reana.yaml", _reana(chosen[0])
    yield f"analysis/{chosen[1].key}/CITATION.cff", _citation(chosen[1])
    yield from ((f"bag-{chosen[0].key}/{name}", data) for name, data in _bag(chosen[0]))
    yield from ((f"crate-{chosen[1].key}/{name}", data) for name, data in _crate(chosen[1]))
    yield "broken.json", b'{"@context": "https://schema.org", "@type": "Dataset", "name": "Cut o'
    yield "README.txt", b"Export of the old repository.\n"


def _written(value: Any, indent: int | None = 1) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=indent).encode()


def _dublin_core(campaign: Campaign, run: Run) -> bytes:
    return dublin_core(
        title=[campaign.text("dataset", run)],
        creator=[person.name for person in run.authors],
        subject=campaign.keywords,
        description=[campaign.text("abstract", run)],
        date=[str(run.year)],
        type=["Dataset"],
        identifier=[f"export/{campaign.key}/{run.number}"],
    ).encode()


def _person(person: Person) -> dict[str, Any]:
    return {
        "@type": "Person",
        "@id": f"https://orcid.org/{person.orcid}",
        "givenName": person.given,
        "familyName": person.family,
    }


def _software(campaign: Campaign) -> dict[str, Any]:
    return {
        "@context": "https://w3id.org/codemeta/3.0",
        "@type": "SoftwareSourceCode",
        "name": f"{campaign.texts['software']}-tools",
        "description": campaign.text("software_is"),
        "author": [_person(one) for one in campaign.people[2:4]],
        "license": "https://spdx.org/licenses/MIT",
        "version": "0.9",
        "programmingLanguage": "Python",
        "codeRepository": f"https://git.example.org/{campaign.home.key}/{campaign.texts['software']}-tools",
    }


def _dataset(campaign: Campaign) -> dict[str, Any]:
    return {
        "@context": "https://schema.org/",
        "@type": "Dataset",
        "name": f"Calibration of the {campaign.texts['instrument']}",
        "description": campaign.text("abstract", campaign.runs[0]),
        "creator": [_person(one) for one in campaign.people[:2]],
        "keywords": campaign.keywords,
        "datePublished": str(campaign.year),
        "license": "https://creativecommons.org/publicdomain/zero/1.0/",
        "variableMeasured": [{"@type": "PropertyValue", "name": "gain", "unitText": "dB", "value": 12.5}],
    }


def _reana(campaign: Campaign) -> bytes:
    image = f"registry.example.org/{campaign.home.key}/{campaign.texts['software']}:2.1.0"
    text = (
        "inputs:\n  parameters:\n    events: 20000\nworkflow:\n  type: serial\n  specification:\n    steps:\n"
        f"      - environment: {image}\n        commands:\n          - python fit.py --events 20000\n"
    )
    return text.encode()


def _citation(campaign: Campaign) -> bytes:
    author = campaign.people[1]
    text = (
        f"cff-version: 1.2.0\ntitle: Notebooks for {campaign.texts['technique']}\nversion: 1.0\n"
        "date-released: 2023-11-02\nlicense: Apache-2.0\nauthors:\n"
        f"  - family-names: {json.dumps(author.family, ensure_ascii=False)}\n"
        f"    given-names: {json.dumps(author.given, ensure_ascii=False)}\n"
    )
    return text.encode()


def _payload(campaign: Campaign) -> Iterator[tuple[str, bytes]]:
    for run in campaign.runs:
        yield f"run{run.number}.csv", f"channel,counts\n1,{run.year}\n2,{run.number}\n".encode()


def _bag(campaign: Campaign) -> Iterator[tuple[str, bytes]]:
    """A bag as RFC 8493 wants it."""
    payload = list(_payload(campaign))
    total = sum(len(data) for _, data in payload)
    info = (
        f"Title: Counts of {campaign.texts['instrument']}\nSource-Organization: {campaign.home.name}\n"
        f"External-Description: Counts by channel, {campaign.texts['technique']}.\n"
        f"Contact-Name: {campaign.people[0].name}\nBagging-Date: 2023-05-04\n"
        f"Payload-Oxum: {total}.{len(payload)}\n"
    )
    yield "bagit.txt", b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
    yield "bag-info.txt", info.encode()
    lines = [f"{hashlib.sha256(data).hexdigest()}  data/{name}\n" for name, data in payload]
    yield "manifest-sha256.txt", "".join(lines).encode()
    yield from ((f"data/{name}", data) for name, data in payload)


def _crate(campaign: Campaign) -> Iterator[tuple[str, bytes]]:
    """A crate of RO-Crate 1.1."""
    payload = list(_payload(campaign))
    people = [_person(one) | {"name": one.name} for one in campaign.people[:2]]
    root = {
        "@id": "./",
        "@type": "Dataset",
        "name": f"Workspace of «{campaign.text('paper')}»",
        "description": campaign.text("paper_abstract"),
        "datePublished": f"{campaign.year}-09-01",
        "license": {"@id": "https://creativecommons.org/licenses/by/4.0/"},
        "author": [{"@id": one["@id"]} for one in people],
        "citation": {"@id": f"https://doi.org/{campaign.doi('paper')}"},
        "hasPart": [{"@id": name} for name, _ in payload],
    }
    descriptor = {
        "@id": "ro-crate-metadata.json",
        "@type": "CreativeWork",
        "conformsTo": {"@id": "https://w3id.org/ro/crate/1.1"},
        "about": {"@id": "./"},
    }
    parts = [
        {
            "@id": name,
            "@type": "File",
            "name": name,
            "encodingFormat": "text/csv",
            "contentSize": str(len(data)),
        }
        for name, data in payload
    ]
    graph = [descriptor, root, *people, *parts]
    yield (
        "ro-crate-metadata.json",
        _written({"@context": "https://w3id.org/ro/crate/1.1/context", "@graph": graph}),
    )
    yield from payload
