"""Two sample installations of SciCat: a synchrotron with API v4, a neutron source with LoopBack."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar

from catalogue.constants import ELECTRONVOLT
from catalogue.sources import Source
from web.demo import sample as demo
from web.demo.content import Campaign, Run, campaigns

_IDENTIFIERS = {"datasets": "pid", "publisheddata": "doi", "instruments": "pid", "proposals": "proposalId"}
_DEFAULT_LIMIT = 10
_PANET = {
    "saxs": ("PaNET01188", "small angle x-ray scattering"),
    "xfel": ("PaNET01168", "serial femtosecond crystallography"),
    "neutron": ("http://purl.org/pan-science/PaNET/PaNET01100", "neutron powder diffraction"),
    "muons": ("", "muon spin rotation"),
}
_ENERGY = {"saxs": (12.4, "keV"), "xfel": (9.3, "keV"), "neutron": (25.3, "meV"), "muons": (4.1, "MeV")}
_FACTOR = {"meV": 1e-3, "eV": 1.0, "keV": 1e3, "MeV": 1e6}

Document = dict[str, Any]


class Installation:
    """The public lists of one facility: kind → documents by identifier."""

    def __init__(self, prefix: str, site: str, own: Sequence[Campaign], *, is_v4: bool) -> None:
        self.prefix, self.site, self.is_v4 = prefix, site, is_v4
        self.lists: dict[str, dict[str, Document]] = {kind: {} for kind in _IDENTIFIERS}
        for campaign in own:
            self._add("instruments", self._instrument(campaign))
            self._add("proposals", self._proposal(campaign))
            for run in campaign.runs:
                self._add("datasets", self._raw(campaign, run))
                self._add("datasets", self._derived(campaign, run))
            self._add("publisheddata", self._published(campaign))
        # What every catalogue has somewhere: an owner's ORCID that is none, and a time that is no time.
        first = next(iter(self.lists["datasets"].values()))
        first |= {"orcidOfOwner": "0000-0000-0000-0000", "endTime": "shortly after"}

    def _add(self, kind: str, document: Document) -> None:
        self.lists[kind][document[_IDENTIFIERS[kind]]] = document

    def pid(self, campaign: Campaign, what: str) -> str:
        """A handle below the test prefix of the facility."""
        return f"{self.prefix}/{campaign.key}-{what}"

    def _instrument(self, campaign: Campaign) -> Document:
        return {
            "pid": self.pid(campaign, "instrument"),
            "uniqueName": f"{self.site}-{campaign.key}",
            "name": campaign.text("instrument"),
            "customMetadata": {"facility": campaign.text("facility")},
            **_stamped(2012),
        }

    def _proposal(self, campaign: Campaign) -> Document:
        leader = campaign.people[0]
        return {
            "proposalId": f"{campaign.year}{campaign.number:04}",
            "title": campaign.text("paper"),
            "abstract": campaign.text("paper_abstract"),
            "pi_firstname": leader.given,
            "pi_lastname": leader.family,
            "MeasurementPeriodList": [
                {
                    "instrument": self._location(campaign),
                    "start": _time(run.year, 8),
                    "end": _time(run.year, 20),
                }
                for run in campaign.runs
            ],
            **_stamped(campaign.year),
        }

    def _location(self, campaign: Campaign) -> str:
        return f"/{self.site}/{campaign.text('facility')}/{campaign.text('instrument')}"

    def _raw(self, campaign: Campaign, run: Run) -> Document:
        chance = random.Random(f"{campaign.key} {run.number}")  # noqa: S311
        code, technique = _PANET[campaign.key]
        document = {
            "pid": self.pid(campaign, f"{run.number}"),
            "type": "raw",
            "datasetName": campaign.text("dataset", run),
            "description": campaign.text("abstract", run),
            "creationLocation": self._location(campaign),
            "creationTime": _time(run.year, 21),
            "endTime": _time(run.year, 20),
            "owner": run.authors[0].name,
            "orcidOfOwner": run.authors[0].orcid,
            "ownerEmail": "data@example.org",
            "contactEmail": "data@example.org",
            "ownerGroup": f"p{20000 + campaign.number}",
            "keywords": campaign.keywords,
            "techniques": [{"pid": code, "name": technique}],
            "dataFormat": "NeXus",
            "license": "CC-BY-4.0",
            "isPublished": True,
            "sourceFolder": f"/raw/{run.year}/{campaign.key}/{run.number}",
            "sourceFolderHost": "https://data.example.org",
            "size": chance.randint(10**8, 10**12),
            "numberOfFiles": chance.randint(4, 4000),
            "scientificMetadata": _metadata(campaign, run, chance),
            **_stamped(run.year),
        }
        people = [person.name for person in run.authors]
        things = (self.pid(campaign, "instrument"), run.name, f"{campaign.year}{campaign.number:04}")
        if self.is_v4:
            names = ("instrumentIds", "sampleIds", "proposalIds")
            return (
                document
                | {"principalInvestigators": people}
                | {n: [t] for n, t in zip(names, things, strict=True)}
            )
        names = ("instrumentId", "sampleId", "proposalId")
        return document | {"principalInvestigator": people[0]} | dict(zip(names, things, strict=True))

    def _derived(self, campaign: Campaign, run: Run) -> Document:
        raw = self.pid(campaign, f"{run.number}")
        return {
            "pid": f"{raw}-reduced",
            "type": "derived",
            "datasetName": f"{campaign.text('dataset', run)}: reduced",
            "description": campaign.text("note_abstract", run) if campaign.has("note_abstract") else "",
            "investigator": run.authors[-1].name,
            "owner": run.authors[-1].name,
            "inputDatasets": [raw],
            "usedSoftware": [f"https://doi.org/{campaign.doi('software')}"],
            "creationTime": _time(run.year + 1, 9),
            "sourceFolder": f"/reduced/{campaign.key}/{run.number}",
            "isPublished": True,
            "scientificMetadata": {},
            **_stamped(run.year + 1),
        }

    def _published(self, campaign: Campaign) -> Document:
        pids = [self.pid(campaign, f"{run.number}") for run in campaign.runs]
        common = {
            "doi": f"10.5072/{self.site.lower()}.{campaign.number}",
            "title": f"Data of «{campaign.text('paper')}»",
            "abstract": campaign.text("paper_abstract"),
            "status": "registered",
            "registeredTime": _time(campaign.year, 12),
            "relatedPublications": [f"{campaign.text('paper')}. https://doi.org/{campaign.doi('paper')}"],
            **_stamped(campaign.year),
        }
        if not self.is_v4:
            creators = [person.name for person in campaign.people[:3]]
            return common | {
                "creator": [*creators, "al."],
                "publisher": self.site,
                "publicationYear": campaign.year,
                "pidArray": pids,
                "resourceType": "raw",
            }
        metadata = {
            "creators": [
                {
                    "name": person.name,
                    "affiliation": [{"name": person.institution.name}],
                    "nameIdentifiers": [{"nameIdentifier": person.orcid, "nameIdentifierScheme": "ORCID"}],
                }
                for person in campaign.people
            ],
            "publisher": {"name": self.site},
            "publicationYear": campaign.year,
            "resourceType": "raw",
        }
        return common | {"datasetPids": pids, "metadata": metadata}

    def next_day(self, stamp: str) -> tuple[int, int, int]:
        """A new run, a better description, and a dataset that is no longer public."""
        found = self.lists["datasets"]
        first, *_, last = list(found)
        new = found[first] | {
            "pid": f"{first}-again",
            "datasetName": found[first]["datasetName"] + ", repeated",
        }
        new |= {"updatedAt": stamp, "createdAt": stamp, "orcidOfOwner": ""}
        found[new["pid"]] = new
        found[first] = found[first] | {"endTime": found[first]["creationTime"], "updatedAt": stamp}
        del found[last]
        return 1, 1, 1


class SciCat(demo.Sample):
    """Both installations below one path; the second is registered as a further address of the first."""

    name = "scicat"
    kind = "scicat"
    path = "/scicat"
    endpoint = "/elbring"
    options: ClassVar[Mapping[str, str]] = {
        # A day of the demo is over at once: what is missing in the full list is withdrawn.
        "grace": "0",
        "full-every": "0.000001",
    }

    def __init__(self) -> None:
        by_key = {campaign.key: campaign for campaign in campaigns()}
        self._installations = {
            "elbring": Installation("20.500.99999", "Elbring", [by_key["saxs"], by_key["xfel"]], is_v4=True),
            "norra": Installation("20.500.99998", "Norra", [by_key["neutron"], by_key["muons"]], is_v4=False),
        }
        self._is_next_day = False

    def source(self, address: str, folder: Path) -> Source:
        """Elbring, with Norra as further installation."""
        source = super().source(address, folder)
        options = {**source.options, "urls": f"{address}{self.path}/norra"}
        return Source(
            name=source.name, kind=source.kind, url=source.url, schedule=source.schedule, options=options
        )

    def answer(self, base: str, path: str, query: Mapping[str, Sequence[str]], now: datetime) -> demo.Reply:
        """Lists, counts and single records of v4 and v3 (Elbring) or of LoopBack (Norra)."""
        del base, now
        site, _, rest = path.strip("/").partition("/")
        installation = self._installations.get(site)
        if installation is None or not rest.startswith("api/"):
            return _reply({"statusCode": 404, "message": f"Cannot GET {path}"}, 404)
        parts = rest.split("/")[1:]
        if installation.is_v4:
            version, *parts = parts
            if version == "v4" and parts[:2] == ["datasets", "public"]:
                parts = ["datasets", *parts[2:]]
            elif (version == "v4") != (parts[:1] == ["publisheddata"]):
                parts = []
        kind = parts[0].lower() if parts else ""
        if kind not in installation.lists:
            return _reply({"statusCode": 404, "message": f"Cannot GET {path}"}, 404)
        filter = json.loads((query.get("filter") or query.get("where") or ["{}"])[0])
        return _listed(installation.lists[kind], parts[1:], filter, installation.is_v4)

    def next_day(self, now: datetime) -> tuple[int, int, int]:
        """Once, at both."""
        if self._is_next_day:
            return 0, 0, 0
        self._is_next_day = True
        stamp = now.strftime("%Y-%m-%dT%H:%M:%S.000Z")
        days = [installation.next_day(stamp) for installation in self._installations.values()]
        new, changed, deleted = (sum(counts) for counts in zip(*days, strict=True))
        return new, changed, deleted


def _listed(
    documents: Mapping[str, Document], rest: Sequence[str], filter: Mapping[str, Any], is_v4: bool
) -> demo.Reply:
    where = filter.get("where", filter if not is_v4 else {}).get("updatedAt", {})
    since = where.get("$gte") or where.get("gte") or ""
    found = [documents[name] for name in sorted(documents) if documents[name]["updatedAt"] >= since]
    if list(rest) == ["count"]:
        return _reply({"count": len(found)})
    if rest:
        return _reply(documents.get("/".join(rest)))
    limits = filter.get("limits", {}) if is_v4 else filter
    skip = int(limits.get("skip", 0))
    limit = int(limits.get("limit", _DEFAULT_LIMIT if is_v4 else len(found)))
    return _reply(found[skip : skip + limit])


def _reply(value: Any, status: int = 200) -> demo.Reply:
    return demo.Reply(body=json.dumps(value, ensure_ascii=False).encode(), status=status)


def _metadata(campaign: Campaign, run: Run, chance: random.Random) -> Document:
    """In the forms that differ from one beamline to the next."""
    energy, unit = _ENERGY[campaign.key]
    exposure, temperature = round(chance.uniform(0.01, 30), 2), chance.randint(4, 300)
    si = {"valueSI": energy * _FACTOR[unit] * ELECTRONVOLT, "unitSI": "J"}
    return {
        "beamEnergy": {"value": energy, "unit": unit, **si},
        "sample_temperature": {"v": temperature, "u": "K"},
        "scan": {
            "exposure_time": {"value": exposure, "unit": "s"},
            "range": {"value": [0, chance.randint(10, 180)], "unit": "deg", "type": "quantity_range"},
            "frames": chance.randint(10, 4000),
        },
        "amount": run.amount,
    }


def _time(year: int, hour: int) -> str:
    return f"{year}-05-17T{hour:02}:00:00.000Z"


def _stamped(year: int) -> dict[str, str]:
    return {"createdAt": _time(year, 22), "updatedAt": _time(year, 23), "createdBy": "ingestor"}


def sample() -> SciCat:
    """The two installations of the demo."""
    return SciCat()
