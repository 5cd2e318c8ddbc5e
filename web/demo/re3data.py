"""A sample registry of research data repositories, in the XML of re3data's schema 2.2.

Two of its repositories are sources of this demo: what the registry says of their OAI-PMH is true.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar

from web.demo.content import DOI_PREFIX, institutions
from web.demo.markup import tag, wrap
from web.demo.sample import Reply, Sample

_NAMESPACE = "http://www.re3data.org/schema/2-2"
_HERE = "http://sources.invalid"
"""Stands for the address of the sample sources, which is known only when we are asked."""
_SUBJECTS = (
    "307 Condensed Matter Physics",
    "309 Particles, Nuclei and Fields",
    "311 Astrophysics and Astronomy",
)
_KNOWN = (
    ("helix", "Helix Open Repository (sample)", f"{_HERE}/helix/oai2d", _SUBJECTS[1]),
    ("library", "Library of the Laboratories (sample)", f"{_HERE}/library/oai2d", _SUBJECTS[1]),
)
_OTHERS = (
    ("sedna", "Sedna Archive of Cold Matter (sample)", None, _SUBJECTS[0]),
    ("quokka", "Quokka Neutron Data Vault (sample)", None, _SUBJECTS[0]),
    ("parallax", "Parallax Plate Archive (sample)", None, _SUBJECTS[2]),
    ("thalweg", "Thalweg River Observatory (sample)", None, "318 Water Research"),
)
_LATER = ("borealis", "Borealis Aurora Data Centre (sample)", None, _SUBJECTS[2])
Entry = tuple[str, str, str | None, str]


class Registry(Sample):
    """The list, and a document for each repository."""

    name = "repositories"
    kind = "re3data"
    path = "/registry"
    endpoint = "/api/v1/repositories"
    options: ClassVar[Mapping[str, str]] = {"subjects": "Physics, Particles, Astrophysics"}

    def __init__(self) -> None:
        self._documents = dict(_documents((*_KNOWN, *_OTHERS), 10))
        self._gone: set[str] = set()
        self._has_passed = False

    def answer(self, base: str, path: str, query: Mapping[str, Sequence[str]], now: datetime) -> Reply:
        """/api/v1/repositories, and /api/v1/repository/{number}."""
        if path.endswith("/repositories"):
            rows = [
                wrap(
                    "repository",
                    tag("id", number),
                    tag("link", "", href=f"{base}/api/v1/repository/{number}"),
                )
                for number in (*self._documents, *self._gone)
            ]
            return _xml(wrap("list", *rows))
        number = path.rpartition("/")[2]
        if number not in self._documents:
            return _xml("<error/>", 410 if number in self._gone else 404)
        return _xml(self._documents[number].replace(_HERE, base.removesuffix(self.path)))

    def next_day(self, now: datetime) -> tuple[int, int, int]:
        """A repository is described, one gets a certificate, one is given up."""
        if self._has_passed:
            return 0, 0, 0
        self._has_passed = True
        numbers = list(self._documents)
        self._documents |= dict(_documents([_LATER], 99))
        first = self._documents[numbers[0]]
        certificate = tag("r3d:certificate", "CoreTrustSeal")
        self._documents[numbers[0]] = first.replace("<r3d:entryDate>", f"{certificate}<r3d:entryDate>")
        del self._documents[numbers[3]]
        self._gone.add(numbers[3])
        return 1, 1, 1


def sample() -> Registry:
    """The registry of the demo."""
    return Registry()


def _xml(text: str, status: int = 200) -> Reply:
    body = f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'.encode()
    return Reply(body=body, status=status, media_type="application/xml")


def _documents(entries: Sequence[Entry], begin: int) -> Iterator[tuple[str, str]]:
    homes = institutions()
    for place, (key, name, oai, subject) in enumerate(entries):
        number = f"r3d1999990{begin + place:02}"
        home = homes[(begin + place) % len(homes)]
        yield number, _document(number, key, name, oai, subject, home.name)


def _document(number: str, key: str, name: str, oai: str | None, subject: str, home: str) -> str:
    website = f"https://{key}.example.org/"
    parts: list[Any] = [
        tag("r3d:re3data.orgIdentifier", number),
        tag("r3d:repositoryName", name, language="eng"),
        tag("r3d:repositoryURL", website),
        tag("r3d:repositoryIdentifier", f"https://doi.org/{DOI_PREFIX}/registry.{key}"),
        tag("r3d:description", f"{name} keeps and describes the data of {home}.", language="eng"),
        tag("r3d:type", "disciplinary"),
        tag("r3d:startDate", "2012"),
        tag("r3d:repositoryLanguage", "eng"),
        tag("r3d:subject", subject, subjectScheme="DFG"),
        tag("r3d:contentType", "Raw data", contentTypeScheme="parse"),
        tag("r3d:keyword", "FAIR"),
        wrap(
            "r3d:institution",
            tag("r3d:institutionName", home, language="eng"),
            tag("r3d:responsibilityType", "general"),
            tag("r3d:institutionType", "non-profit"),
        ),
        wrap("r3d:dataAccess", tag("r3d:dataAccessType", "open")),
        wrap(
            "r3d:dataLicense",
            tag("r3d:dataLicenseName", "CC BY 4.0"),
            tag("r3d:dataLicenseURL", "https://creativecommons.org/licenses/by/4.0/"),
        ),
        tag("r3d:api", f"{website}api", apiType="REST"),
    ]
    if oai is not None:
        parts.append(tag("r3d:api", oai, apiType="OAI-PMH"))
    parts += [
        tag("r3d:pidSystem", "DOI"),
        tag("r3d:entryDate", "2020-05-04"),
        tag("r3d:lastUpdate", "2024-02-01"),
    ]
    return wrap("r3d:re3data", wrap("r3d:repository", *parts), xmlns__r3d=_NAMESPACE)
