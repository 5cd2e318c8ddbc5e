"""A sample search API of PaNOSC: what a facility says of its data to everybody's search."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar

from web.demo import sample as demo
from web.demo.content import Campaign, Run, campaigns

_KEYS = ("saxs", "xfel", "neutron", "muons")
_PREFIX = "20.500.99997"
_RELATIONS = ("parameters", "techniques", "samples", "files", "instrument", "document", "members", "datasets")
_TECHNIQUES = {"saxs": "PaNET01188", "xfel": "PaNET01168", "neutron": "PaNET01100"}

Document = dict[str, Any]


class SearchApi(demo.Sample):
    """Datasets, documents and instruments by LoopBack's filter, with relations only where asked for."""

    name = "panosc"
    kind = "panosc"
    path = "/panosc"
    endpoint = "/api"
    options: ClassVar[Mapping[str, str]] = {"grace": "0", "full-every": "0.000001"}

    def __init__(self) -> None:
        own = [campaign for campaign in campaigns() if campaign.key in _KEYS]
        self._lists: dict[str, dict[str, Document]] = {"datasets": {}, "documents": {}, "instruments": {}}
        for campaign in own:
            self._add("instruments", _instrument(campaign))
            self._add("documents", _document(campaign))
            for run in campaign.runs:
                self._add("datasets", _dataset(campaign, run))
        self._is_next_day = False

    def _add(self, kind: str, document: Document) -> None:
        self._lists[kind][document["pid"]] = document

    def answer(self, base: str, path: str, query: Mapping[str, Sequence[str]], now: datetime) -> demo.Reply:
        """Lists, counts and single records."""
        del base, now
        _, kind, *rest = [*path.strip("/").split("/"), ""]
        found = self._lists.get(kind.lower())
        if found is None or not path.startswith("/api/"):
            error = {"error": {"statusCode": 404, "name": "Error", "message": f"Cannot GET {path}"}}
            return _reply(error, 404)
        rest = [one for one in rest if one]
        if rest == ["count"]:
            return _reply({"count": len(found)})
        filter = json.loads(query.get("filter", ["{}"])[0])
        wanted = {one["relation"] for one in filter.get("include", [])}
        if rest:
            return _reply(_shown(found.get("/".join(rest), {}), wanted))
        skip, limit = int(filter.get("skip", 0)), int(filter.get("limit", 100))
        page = [found[pid] for pid in sorted(found)][skip : skip + limit]
        return _reply([_shown(document, wanted) for document in page])

    def next_day(self, now: datetime) -> tuple[int, int, int]:
        """A measurement is repeated, a temperature corrected, a dataset withdrawn; once."""
        del now
        if self._is_next_day:
            return 0, 0, 0
        self._is_next_day = True
        found = self._lists["datasets"]
        first, *_, last = list(found)
        again = {"pid": f"{first}-again", "title": found[first]["title"] + ", repeated"}
        self._add("datasets", found[first] | again)
        parameters = [
            {**one, "value": 7} if one["unit"] == "K" else one for one in found[first]["parameters"]
        ]
        found[first] = found[first] | {"parameters": parameters}
        del found[last]
        return 1, 1, 1


def _reply(value: Any, status: int = 200) -> demo.Reply:
    return demo.Reply(body=json.dumps(value, ensure_ascii=False).encode(), status=status)


def _shown(document: Document, wanted: set[str]) -> Document:
    shown = {name: value for name, value in document.items() if name not in _RELATIONS or name in wanted}
    return shown | {"score": 0}


def _pid(campaign: Campaign, what: str) -> str:
    return f"{_PREFIX}/{campaign.key}-{what}"


def _instrument(campaign: Campaign) -> Document:
    return {
        "pid": _pid(campaign, "instrument"),
        "name": campaign.text("instrument"),
        "facility": campaign.text("facility"),
    }


def _document(campaign: Campaign) -> Document:
    leader, *others = campaign.people
    return {
        "pid": _pid(campaign, "proposal"),
        "isPublic": True,
        "type": "proposal",
        "title": campaign.text("paper"),
        "summary": campaign.text("paper_abstract"),
        "startDate": f"{campaign.year - 1}-02-01T00:00:00.000Z",
        "endDate": f"{campaign.year - 1}-11-30T00:00:00.000Z",
        "keywords": campaign.keywords,
        "members": [
            _member(leader.family, leader.given, leader.institution.name, "principal investigator"),
            *(_member(one.family, one.given, one.institution.name, "co-investigator") for one in others),
        ],
        "datasets": [{"pid": _pid(campaign, str(run.number))} for run in campaign.runs],
    }


def _member(family: str, given: str, institution: str, role: str) -> Document:
    person = {"fullName": f"{given} {family}", "firstName": given, "lastName": family}
    return {"role": role, "person": person, "affiliation": {"name": institution}}


def _dataset(campaign: Campaign, run: Run) -> Document:
    chance = random.Random(f"panosc {campaign.key} {run.number}")  # noqa: S311
    code = _TECHNIQUES.get(campaign.key)
    return {
        "pid": _pid(campaign, str(run.number)),
        "title": campaign.text("dataset", run),
        "isPublic": True,
        "size": chance.randint(10**6, 10**12),
        "creationDate": f"{run.year}-06-03T08:15:00.000Z",
        "documentId": _pid(campaign, "proposal"),
        "instrumentId": _pid(campaign, "instrument"),
        "instrument": _instrument(campaign),
        "parameters": [
            {"id": 1, "name": "sample_temperature", "value": chance.randint(4, 300), "unit": "K"},
            {"id": 2, "name": "exposure_time", "value": round(chance.uniform(0.1, 9), 1), "unit": "s"},
        ],
        "techniques": [
            {
                "pid": f"http://purl.org/pan-science/PaNET/{code}" if code else _pid(campaign, "technique"),
                "name": campaign.text("technique"),
            }
        ],
        "samples": [{"name": run.name}],
        "files": [
            {"id": number, "name": f"{campaign.key}-{number}.nxs", "size": 10**6} for number in range(2)
        ],
    }


def sample() -> SearchApi:
    """The search API of the demo."""
    return SearchApi()
