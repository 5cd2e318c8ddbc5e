"""A sample portal of open collision data, with the search of CERN Open Data."""

from __future__ import annotations

import json
import random
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar

from web.demo.content import DOI_PREFIX, Campaign, Run, campaigns
from web.demo.sample import Reply, Sample

_COLLIDER = "Rhône Circular Collider"
_STORE = "root://store.rhone.example//eos/opendata"
_EVERY_TIME = {"grace": "0", "full-every": "0.000001"}
"""The portal tells neither what has changed nor what is gone: each harvest reads its whole list."""
_COLLISIONS = {"proton-proton collisions": "pp", "lead-lead collisions": "PbPb", "amplitude analysis": "pp"}


class OpenDataPortal(Sample):
    """Datasets, their software and their guide, of the experiments at one collider."""

    name = "rhone"
    kind = "opendata"
    path = "/rhone"
    endpoint = "/api/records/"
    options: ClassVar[Mapping[str, str]] = _EVERY_TIME

    def __init__(self) -> None:
        self._hits = {hit["id"]: hit for hit in _hits("2024-11-05T09:30:00+00:00")}
        self._has_passed = False

    def answer(self, base: str, path: str, query: Mapping[str, Sequence[str]], now: datetime) -> Reply:
        """The search at /api/records/, one record below it."""
        if path == "/api/records/":
            return self._search(query)
        found = self._hits.get(path.rpartition("/")[2])
        if found is None:
            return _json({"status": 404, "message": "PID does not exist."}, 404)
        return _json(found)

    def _search(self, query: Mapping[str, Sequence[str]]) -> Reply:
        page, size = (int(query.get(name, [default])[0]) for name, default in (("page", "1"), ("size", "10")))
        types = set(query.get("type", ()))
        hits = [
            one for one in self._hits.values() if not types or one["metadata"]["type"]["primary"] in types
        ]
        primary = Counter(one["metadata"]["type"]["primary"] for one in hits)
        experiment = Counter(name for one in hits for name in one["metadata"]["experiment"])
        return _json(
            {
                "hits": {"hits": hits[(page - 1) * size : page * size], "total": len(hits)},
                "aggregations": {"type": _facet(primary), "experiment": _facet(experiment)},
            }
        )

    def next_day(self, now: datetime) -> tuple[int, int, int]:
        """A dataset is reprocessed, another is withdrawn, a guide appears."""
        if self._has_passed:
            return 0, 0, 0
        self._has_passed = True
        stamp = now.isoformat(timespec="seconds")
        numbers = [id for id, hit in self._hits.items() if hit["metadata"]["type"]["primary"] == "Dataset"]
        changed = self._hits[numbers[0]]
        changed["updated"] = stamp
        changed["metadata"]["date_reprocessed"] = str(now.year)
        del self._hits[numbers[1]]
        guide = _guide(stamp)
        self._hits[guide["id"]] = guide
        return 1, 1, 1


def sample() -> OpenDataPortal:
    """The portal of the demo."""
    return OpenDataPortal()


def _json(value: Any, status: int = 200) -> Reply:
    return Reply(body=json.dumps(value, ensure_ascii=False).encode(), status=status)


def _facet(counts: Counter[str]) -> dict[str, Any]:
    buckets = [{"key": key, "doc_count": count} for key, count in sorted(counts.items())]
    return {"buckets": buckets, "sum_other_doc_count": 0}


def _hits(stamp: str) -> Iterator[dict[str, Any]]:
    for campaign in campaigns():
        if campaign.texts.get("facility") == _COLLIDER:
            for run in campaign.runs:
                yield _hit(5000 + 20 * campaign.number + run.number, _dataset(campaign, run), stamp)
            yield _hit(5015 + 20 * campaign.number, _software(campaign), stamp)


def _hit(recid: int, metadata: dict[str, Any], stamp: str) -> dict[str, Any]:
    return {
        "id": str(recid),
        "created": stamp,
        "updated": stamp,
        "metadata": {"recid": str(recid), "publisher": "Rhône Open Data Portal (sample)", **metadata},
    }


def _dataset(campaign: Campaign, run: Run) -> dict[str, Any]:
    chance = random.Random(f"open {campaign.key} {run.number}")  # noqa: S311
    files = [_file(campaign, run, number, chance) for number in range(chance.randint(2, 9))]
    return {
        "title": campaign.text("dataset", run),
        "type": {"primary": "Dataset", "secondary": ["Collision"]},
        "abstract": {"description": f"<p>{campaign.text('abstract', run)}</p>"},
        "doi": f"{DOI_PREFIX}/rhone.open.{campaign.number}.{run.number}",
        "experiment": [campaign.texts["experiment"]],
        "accelerator": _COLLIDER,
        "collaboration": {"name": f"{campaign.texts['experiment']} Collaboration"},
        "collision_information": {
            "type": _COLLISIONS[campaign.texts["technique"]],
            "energy": _energy(run.name),
        },
        "date_created": [str(run.year)],
        "run_period": [f"Run{run.year}{'ABCD'[run.number % 4]}"],
        "date_published": str(campaign.year),
        "distribution": {
            "formats": ["nanoaod", "root"],
            "number_events": chance.randint(100_000, 90_000_000),
            "number_files": len(files),
            "size": sum(file["size"] for file in files),
        },
        "files": files,
        "keywords": campaign.keywords,
        "license": {"attribution": "CC0-1.0"},
        "dataset_semantics": [
            {"variable": "pt", "type": "float", "unit": "GeV", "description": "Transverse momentum"},
            {"variable": "eta", "type": "float", "description": "Pseudorapidity"},
            {"variable": "charge", "type": "int", "description": "Charge in units of e"},
        ],
        "methodology": {
            "description": "Reduced from the reconstruction with the public release.",
            "steps": [{"type": "NANO", "release": "VEGASW_12_4", "global_tag": f"RUN{run.year}_V3"}],
        },
        "use_with": {
            "description": "Read it with:",
            "links": [{"recid": str(5015 + 20 * campaign.number), "title": campaign.texts["software"]}],
        },
        "relations": [{"type": "isRelatedTo", "doi": campaign.doi("paper"), "title": campaign.text("paper")}],
    }


def _energy(name: str) -> str:
    """«5.02 TeV per nucleon» → «5.02TeV»; decays have no energy in their name."""
    amount, _, rest = name.partition(" ")
    return f"{amount}TeV" if rest.startswith("TeV") else "13TeV"


def _file(campaign: Campaign, run: Run, number: int, chance: random.Random) -> dict[str, Any]:
    address = f"{_STORE}/{campaign.key}/run{run.number}/nano_{number}.root"
    return {
        "uri": address,
        "size": chance.randint(10**6, 4 * 10**9),
        "checksum": f"adler32:{zlib.adler32(address.encode()):08x}",
        "key": address.rpartition("/")[2],
    }


def _software(campaign: Campaign) -> dict[str, Any]:
    name = campaign.texts["software"]
    return {
        "title": f"{name}: {campaign.purpose}",
        "type": {"primary": "Software", "secondary": ["Tool"]},
        "abstract": {"description": campaign.text("software_is")},
        "experiment": [campaign.texts["experiment"]],
        "authors": [{"name": person.name, "orcid": person.orcid} for person in campaign.people[:3]],
        "date_published": str(campaign.year),
        "license": {"attribution": "BSD-3-Clause"},
        "source_code_repository": {"url": f"https://git.example.org/{campaign.home.key}/{name}"},
        "system_details": {
            "release": "VEGASW_12_4",
            "container_images": [{"name": f"registry.example.org/{name}:2.1", "registry": "gitlab"}],
        },
    }


def _guide(stamp: str) -> dict[str, Any]:
    metadata = {
        "slug": "getting-started",
        "title": "Getting started with the open data of the Rhône Circular Collider",
        "type": {"primary": "Documentation", "secondary": ["Guide"]},
        "experiment": ["VEGA", "BALATON", "LYRE"],
        "short_description": {"content": "From the first file to the first spectrum.", "format": "md"},
        "body": {
            "content": "Take a dataset of one run period, its software and a container image; "
            "the good runs are listed with each dataset.",
            "format": "md",
        },
        "date_published": stamp[:4],
    }
    return {"id": "getting-started", "created": stamp, "updated": stamp, "metadata": metadata}
