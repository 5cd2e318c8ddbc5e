"""DataCite's REST API with the DOIs of a sample laboratory: its datasets, and the papers about them."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar

from web.demo.content import Campaign, Person, Run, campaigns
from web.demo.sample import Reply, Sample

CLIENT = "sample.lab"
_MOST = 1000
_SINCE = re.compile(r"updated:\[(\S+) TO \*\]")

Document = dict[str, Any]


class DataCiteApi(Sample):
    """A DOI for each measurement in a laboratory; nine on a page, so that the cursor is seen."""

    name = "datacite"
    kind = "datacite"
    path = "/datacite"
    endpoint = "/dois"
    options: ClassVar[Mapping[str, str]] = {
        "client": CLIENT,
        "page-size": "9",
        # A day of the demo is over at once: what is missing in the full list is withdrawn.
        "grace": "0",
        "full-every": "0.000001",
    }

    def __init__(self) -> None:
        self._dois: dict[str, Document] = {}
        self._has_passed = False
        for campaign in campaigns():
            if not campaign.on_sky:
                for run in campaign.runs:
                    self._add(_dataset(campaign, run))
                self._add(_paper(campaign))

    def _add(self, attributes: Document) -> None:
        self._dois[attributes["doi"]] = attributes

    def answer(self, base: str, path: str, query: Mapping[str, Sequence[str]], now: datetime) -> Reply:
        """The list by cursor, and single DOIs."""
        del now
        given = {name: values[0] for name, values in query.items()}
        if path == "/dois":
            return self._list(base, given)
        attributes = self._dois.get(path.removeprefix("/dois/"))
        if attributes is None:
            return _json({"errors": [{"status": "404", "title": "The resource does not exist."}]}, 404)
        return _json({"data": _resource(attributes)})

    def _list(self, base: str, given: Mapping[str, str]) -> Reply:
        since = _SINCE.search(given.get("query", ""))
        found = [one for one in self._dois.values() if since is None or one["updated"] >= since[1]]
        if given.get("client-id") not in (CLIENT, None):
            found = []
        found.sort(key=_position)
        cursor = given.get("page[cursor]", "1")
        try:
            size = min(int(given.get("page[size]", "25")), _MOST)
        except ValueError:
            return _json({"errors": [{"status": "400", "title": "The page size is no number."}]}, 400)
        part = [one for one in found if cursor == "1" or _position(one) > cursor][:size]
        links = {"self": f"{base}/dois"}
        if len(part) == size:
            links["next"] = f"{base}/dois?page%5Bcursor%5D={_position(part[-1])}&page%5Bsize%5D={size}"
        meta = {"total": len(found), "totalPages": -(-len(found) // size)}
        return _json({"data": [_resource(one) for one in part], "meta": meta, "links": links})

    def next_day(self, now: datetime) -> tuple[int, int, int]:
        """A measurement is repeated, another gets a better title, a third is no longer findable."""
        if self._has_passed:
            return 0, 0, 0
        self._has_passed = True
        stamp = now.strftime("%Y-%m-%dT%H:%M:%S.000Z")
        first, second, third, *_ = list(self._dois)
        doi = f"{first}-again"
        title = {"title": self._dois[first]["titles"][0]["title"] + ", repeated"}
        again = {"doi": doi, "titles": [title], "created": stamp, "updated": stamp}
        self._add(self._dois[first] | again)
        better = {"title": self._dois[second]["titles"][0]["title"] + " (recalibrated)"}
        self._dois[second] |= {"titles": [better], "updated": stamp}
        del self._dois[third]
        return 1, 1, 1


def sample() -> DataCiteApi:
    """The DOIs of the demo."""
    return DataCiteApi()


def _json(value: Any, status: int = 200) -> Reply:
    return Reply(body=json.dumps(value, ensure_ascii=False).encode(), status=status)


def _position(attributes: Document) -> str:
    """Where a DOI stands in the list: when it was made, and its name."""
    return f"{attributes['created']},{attributes['doi'].partition('/')[2]}"


def _resource(attributes: Document) -> Document:
    client = {"data": {"id": CLIENT, "type": "clients"}}
    return {
        "id": attributes["doi"],
        "type": "dois",
        "attributes": attributes,
        "relationships": {"client": client},
    }


def _attributes(campaign: Campaign, what: str, year: int, people: Sequence[Person]) -> Document:
    doi = campaign.doi(what)
    chance = random.Random(doi)  # noqa: S311
    day = f"{year}-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}"
    stamp = f"{day}T{chance.randint(0, 23):02}:{chance.randint(0, 59):02}:07.000Z"
    return {
        "doi": doi,
        "state": "findable",
        "creators": [_creator(person) for person in people],
        "publisher": {"name": campaign.home.name},
        "publicationYear": year,
        "dates": [{"date": day, "dateType": "Issued"}],
        "subjects": [{"subject": word} for word in campaign.keywords],
        "language": "en",
        "url": f"https://lab.example.org/{doi.rpartition('.')[2]}",
        "schemaVersion": "http://datacite.org/schema/kernel-4",
        "viewCount": chance.randint(0, 400),
        "created": stamp,
        "updated": stamp,
    }


def _dataset(campaign: Campaign, run: Run) -> Document:
    place, (longitude, latitude) = "Test hall", (9.73, 52.37)
    facility = {"name": campaign.text("facility"), "nameType": "Organizational"}
    return _attributes(campaign, str(run.number), run.year, run.authors) | {
        "titles": [{"title": campaign.text("dataset", run)}],
        "types": {"resourceTypeGeneral": "Dataset", "resourceType": "Measurement", "ris": "DATA"},
        "descriptions": [{"description": campaign.text("abstract", run), "descriptionType": "Abstract"}],
        "contributors": [facility | {"contributorType": "HostingInstitution"}],
        "rightsList": [
            {
                "rights": "Creative Commons Attribution 4.0 International",
                "rightsUri": "https://creativecommons.org/licenses/by/4.0/legalcode",
                "rightsIdentifier": "cc-by-4.0",
                "rightsIdentifierScheme": "SPDX",
            }
        ],
        "geoLocations": [
            {
                "geoLocationPlace": place,
                "geoLocationPoint": {"pointLongitude": longitude, "pointLatitude": str(latitude)},
            }
        ],
        "formats": ["application/x-hdf5"],
        "version": "1.0",
        "relatedIdentifiers": [_related(campaign.doi("paper"), "IsSupplementTo", "JournalArticle")],
        "fundingReferences": [
            {"funderName": "Sample Research Council", "awardNumber": f"SRC {2000 + campaign.number}"}
        ],
    }


def _paper(campaign: Campaign) -> Document:
    related = [
        _related(campaign.doi(str(run.number)), "IsSupplementedBy", "Dataset") for run in campaign.runs
    ]
    return _attributes(campaign, "paper", campaign.year, campaign.people) | {
        "titles": [{"title": campaign.text("paper"), "lang": "en"}],
        "types": {"resourceTypeGeneral": "JournalArticle"},
        "descriptions": [{"description": campaign.text("paper_abstract"), "descriptionType": "Abstract"}],
        "container": {
            "type": "Journal",
            "title": "Journal of Sample Physics",
            "volume": str(campaign.number),
        },
        "relatedIdentifiers": related,
    }


def _creator(person: Person) -> Document:
    return {
        "name": person.name,
        "nameType": "Personal",
        "givenName": person.given,
        "familyName": person.family,
        "affiliation": [{"name": person.institution.name}],
        "nameIdentifiers": [
            {"nameIdentifier": f"https://orcid.org/{person.orcid}", "nameIdentifierScheme": "ORCID"}
        ],
    }


def _related(doi: str, relation: str, kind: str) -> Document:
    return {
        "relatedIdentifier": doi,
        "relatedIdentifierType": "DOI",
        "relationType": relation,
        "resourceTypeGeneral": kind,
    }
