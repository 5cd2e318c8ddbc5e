"""An InvenioRDM site with a community of software, like the OSSR: each piece has its codemeta.json.

Some records are given in the JSON of the old Zenodo, as a site does that has moved.
"""

from __future__ import annotations

import hashlib
import json
import random
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar

from web.demo.content import Campaign, Person, campaigns
from web.demo.sample import Reply, Sample

COMMUNITY = "sample-ossr"
_WINDOW = 10_000
_MOST = 25
_LANGUAGES = ("Python", "C++", "Rust", "Fortran", "Julia")
_RANGE = re.compile(r"(created|updated):\[(\S+) TO ([^\]}]+)[\]}]")

Document = dict[str, Any]


class SoftwareSite(Sample):
    """Two versions of each campaign's software, below one concept DOI."""

    name = "ossr"
    kind = "invenio"
    path = "/ossr"
    endpoint = f"/communities/{COMMUNITY}"
    options: ClassVar[Mapping[str, str]] = {
        "codemeta": "yes",
        # A day of the demo is over at once: what is missing in the full list is withdrawn.
        "grace": "0",
        "full-every": "0.000001",
    }

    def __init__(self) -> None:
        self._records: dict[str, Document] = {}
        self._files: dict[str, bytes] = {}
        self._gone: set[str] = set()
        self._has_passed = False
        for campaign in campaigns():
            self._add(campaign, "older software", "1.4.2", campaign.year - 1)
            self._add(campaign, "software", "2.1.0", campaign.year)
        # What someone always uploads: a codemeta.json that breaks off.
        last = next(reversed(self._files))
        self._files[last] = self._files[last][:90]

    def _add(self, campaign: Campaign, what: str, version: str, year: int, stamp: str | None = None) -> None:
        doi = campaign.doi(what)
        number = doi.rpartition(".")[2]
        chance = random.Random(doi)  # noqa: S311
        day = f"{year}-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}"
        codemeta = json.dumps(_codemeta(campaign, version, day), ensure_ascii=False).encode()
        self._files[number] = codemeta
        make = _legacy if campaign.number % 4 == 3 else _rdm
        record = make(campaign, doi, version, day, codemeta)
        created = stamp or f"{day}T{chance.randint(0, 23):02}:14:09.261000+00:00"
        self._records[number] = {"id": number, "created": created, "updated": created, **record}

    def answer(self, base: str, path: str, query: Mapping[str, Sequence[str]], now: datetime) -> Reply:
        """Searches of all records and of the community, single records and their files."""
        del now
        if path in ("/api/records", f"/api/communities/{COMMUNITY}/records"):
            return self._search(base, {name: values[0] for name, values in query.items()})
        match = re.fullmatch(r"/api/records/(\d+)(/files/codemeta\.json/content)?", path)
        if match is None or match[1] not in self._records:
            if match is not None and match[1] in self._gone:
                tombstone = {"note": "Published twice."}
                return _json({"status": 410, "message": "Record deleted", "tombstone": tombstone}, 410)
            return _json({"status": 404, "message": "Not found."}, 404)
        if match[2]:
            return Reply(body=self._files[match[1]])
        return _json(_linked(self._records[match[1]], base))

    def _search(self, base: str, query: Mapping[str, str]) -> Reply:
        try:
            size, page = int(query.get("size", "10")), int(query.get("page", "1"))
        except ValueError:
            size, page = 0, 0
        if not 0 < size <= _MOST or page < 1 or size * page > _WINDOW:
            return _json({"status": 400, "message": "Invalid querystring parameters."}, 400)
        found = sorted(self._records.values(), key=lambda record: (record["created"], record["id"]))
        for name, low, high in _RANGE.findall(query.get("q", "")):
            found = [one for one in found if one[name] >= low and (high == "*" or one[name] < high)]
        part = [_linked(one, base) for one in found[(page - 1) * size : page * size]]
        return _json({"hits": {"hits": part, "total": len(found)}, "links": {}, "aggregations": {}})

    def next_day(self, now: datetime) -> tuple[int, int, int]:
        """A new version is published, a description corrected, a record withdrawn."""
        if self._has_passed:
            return 0, 0, 0
        self._has_passed = True
        stamp = now.strftime("%Y-%m-%dT%H:%M:%S.000000+00:00")
        first, second, *_ = campaigns()
        self._add(first, "14", "2.2.0", now.year, stamp)
        changed = self._records[second.doi("software").rpartition(".")[2]]
        changed["updated"] = stamp
        changed["metadata"]["description"] += "<p>Tested with the newest compilers.</p>"
        withdrawn = second.doi("older software").rpartition(".")[2]
        del self._records[withdrawn]
        self._gone.add(withdrawn)
        return 1, 1, 1


def sample() -> SoftwareSite:
    """The software of the demo."""
    return SoftwareSite()


def _json(value: Any, status: int = 200) -> Reply:
    return Reply(body=json.dumps(value, ensure_ascii=False).encode(), status=status)


def _linked(record: Document, base: str) -> Document:
    """The record with the addresses at which it is served."""
    own = f"{base}/api/records/{record['id']}"
    links = {"self": own, "self_html": f"{base}/records/{record['id']}", "files": f"{own}/files"}
    return record | {"links": links}


def _rdm(campaign: Campaign, doi: str, version: str, day: str, codemeta: bytes) -> Document:
    number = doi.rpartition(".")[2]
    archive = f"{campaign.text('software')}-{version}.zip"
    community = {"slug": COMMUNITY, "metadata": {"title": "Open software of the sample laboratories"}}
    return {
        "pids": {
            "doi": {"identifier": doi, "provider": "datacite", "client": "sample"},
            "oai": {"identifier": f"oai:ossr.example.org:{number}", "provider": "oai"},
        },
        "parent": {
            "id": campaign.doi("concept").rpartition(".")[2],
            "pids": {"doi": {"identifier": campaign.doi("concept"), "provider": "datacite"}},
            "communities": {"entries": [community]},
        },
        "versions": {"is_latest": version[0] == "2", "index": int(version[0])},
        "access": {"record": "public", "files": "public", "status": "open"},
        "metadata": {
            "resource_type": {"id": "software", "title": {"en": "Software"}},
            "title": f"{campaign.text('software')}: {campaign.purpose}",
            "version": version,
            "publication_date": day,
            "publisher": "Sample software repository",
            "creators": [_creator(person) for person in campaign.people[:3]],
            "description": f"<p>{campaign.text('software_is')}</p>",
            "rights": [{"id": "bsd-3-clause", "title": {"en": "BSD 3-Clause License"}}],
            "subjects": [{"subject": word} for word in campaign.keywords],
            "languages": [{"id": "eng", "title": {"en": "English"}}],
            "related_identifiers": [
                {
                    "identifier": campaign.doi("paper"),
                    "scheme": "doi",
                    "relation_type": {"id": "issupplementto"},
                    "resource_type": {"id": "publication-article"},
                }
            ],
        },
        "custom_fields": {"code:developmentStatus": {"id": "active", "title": {"en": "Active"}}},
        "files": {
            "enabled": True,
            "count": 2,
            "entries": {
                archive: _entry(archive, archive.encode(), 8_000_000 + int(number)),
                "codemeta.json": _entry("codemeta.json", codemeta, len(codemeta)),
            },
        },
        "stats": {"this_version": {"views": int(number) % 97}},
    }


def _legacy(campaign: Campaign, doi: str, version: str, day: str, codemeta: bytes) -> Document:
    """The same in the JSON of the old Zenodo."""
    entry = _entry("codemeta.json", codemeta, len(codemeta))
    return {
        "recid": doi.rpartition(".")[2],
        "conceptrecid": campaign.doi("concept").rpartition(".")[2],
        "conceptdoi": campaign.doi("concept"),
        "doi": doi,
        "metadata": {
            "title": f"{campaign.text('software')}: {campaign.purpose}",
            "doi": doi,
            "version": version,
            "publication_date": day,
            "resource_type": {"type": "software", "title": "Software"},
            "access_right": "open",
            "creators": [
                {"name": person.name, "affiliation": person.institution.name, "orcid": person.orcid}
                for person in campaign.people[:3]
            ],
            "description": f"<p>{campaign.text('software_is')}</p>",
            "license": {"id": "bsd-3-clause"},
            "keywords": campaign.keywords,
            "language": "eng",
            "related_identifiers": [
                {"identifier": campaign.doi("paper"), "relation": "isSupplementTo", "scheme": "doi"}
            ],
            "communities": [{"id": COMMUNITY}],
        },
        "files": [{"key": entry["key"], "size": entry["size"], "checksum": entry["checksum"]}],
    }


def _creator(person: Person) -> Document:
    """Without ORCID iD: that stands in the codemeta.json."""
    name = {"type": "personal", "name": person.name, "given_name": person.given, "family_name": person.family}
    return {"person_or_org": name, "affiliations": [{"name": person.institution.name}]}


def _entry(key: str, content: bytes, size: int) -> Document:
    digest = hashlib.md5(content, usedforsecurity=False).hexdigest()
    return {"key": key, "size": size, "checksum": f"md5:{digest}"}


def _codemeta(campaign: Campaign, version: str, day: str) -> Document:
    language = _LANGUAGES[campaign.number % len(_LANGUAGES)]
    return {
        "@context": "https://doi.org/10.5063/schema/codemeta-2.0",
        "@type": "SoftwareSourceCode",
        "name": f"{campaign.text('software')}: {campaign.purpose}",
        "version": version,
        "dateModified": day,
        "codeRepository": f"https://git.example.org/{campaign.key}/{campaign.text('software').lower()}",
        "programmingLanguage": [{"@type": "ComputerLanguage", "name": language}],
        "softwareRequirements": ["numpy >=1.26", "astropy >=6"] if language == "Python" else ["cmake >=3.20"],
        "operatingSystem": "Linux",
        "author": [
            {
                "@type": "Person",
                "@id": f"https://orcid.org/{person.orcid}",
                "givenName": person.given,
                "familyName": person.family,
            }
            for person in campaign.people[:3]
        ],
        "referencePublication": {"@id": f"https://doi.org/{campaign.doi('paper')}"},
        "funding": "Sample programme for open software",
    }
