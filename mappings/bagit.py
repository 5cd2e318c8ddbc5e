"""BagIt 0.93 to 1.0 (RFC 8493): a bag as one record, from what its tag files and manifests say.

A bag is a folder, so its document is made by who reads the folder::

    {"bagit": [[label, value] …],        bagit.txt
     "info": [[label, value] …],         bag-info.txt
     "files": [[path, bytes, {algorithm: checksum}] …],
     "problems": [sentence …]}           where the bag departs from its standard
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from catalogue.errors import NotARecord
from catalogue.identity import normal_identifier
from catalogue.record import Agent, Checksum, DateKind, Distribution, Mapped, Provenance, Text
from mappings.agents import agent_identifier, read_name
from mappings.base import Format
from mappings.draft import FILE_LIMIT, Draft
from mappings.text import clean_line

_DESCRIPTIONS = ("external-description", "internal-sender-description", "description")
_TITLES = ("title", "dc-title", "name")
_IDENTIFIERS = ("external-identifier", "internal-sender-identifier", "identifier", "doi")
_DATES: dict[str, DateKind] = {"bagging-date": "created", "date": "issued", "date-published": "issued"}
_AUTHORS = ("author", "creator", "dc-creator")
_BEST = ("sha512", "sha-512", "sha384", "sha256", "sha-256", "sha1", "md5")
_CHECKSUMS = {"sha512": "sha-512", "sha384": "sha-384", "sha256": "sha-256", "sha1": "sha-1"}


def read(document: Any, provenance: Provenance) -> Mapped:
    """A record from a bag; raises `RecordRefused`."""
    if not isinstance(document, dict) or not isinstance(document.get("bagit"), list):
        raise NotARecord("This is no description of a bag.", path="bagit")
    draft = Draft(provenance.identifier)
    tags = _Tags(document.get("info"))
    _what(draft, tags, provenance)
    _who(draft, tags)
    for label, kind in _DATES.items():
        for text in tags.take(label):
            draft.add_date(text, kind, f"bag-info.txt/{label}")
    for text in tags.take("license", "licence", "rights"):
        draft.add_rights(text)
    for text in tags.take("keywords", "subject"):
        for one in text.split(";" if ";" in text else ","):
            draft.add_subject(one)
    for text in tags.take("bag-size"):
        draft.sizes.append(text)
    for text in tags.take("bag-group-identifier"):
        if normal_identifier(text).scheme != "other":
            draft.relate("IsPartOf", text)
        else:
            draft.keep("bag-info.txt/Bag-Group-Identifier", text)
    _files(draft, document.get("files"))
    tags.take("payload-oxum")
    for label, text in (*_pairs(document["bagit"]), *tags.left()):
        if "email" not in label.casefold() and "phone" not in label.casefold():
            draft.keep(f"bag-info.txt/{label}" if label.casefold() not in _VERSION else label, text)
    problems = document.get("problems")
    for problem in problems if isinstance(problems, list) else ():
        draft.issue("manifest", str(problem))
    return draft.finished("dataset", provenance)


_VERSION = frozenset({"bagit-version", "tag-file-character-encoding"})


class _Tags:
    """The labels of bag-info.txt, which know no case and may come again."""

    def __init__(self, pairs: Any) -> None:
        self._pairs = _pairs(pairs)
        self._taken: set[str] = set()

    def take(self, *labels: str) -> list[str]:
        self._taken.update(labels)
        return [text for label in labels for name, text in self._pairs if name.casefold() == label]

    def left(self) -> list[tuple[str, str]]:
        return [(name, text) for name, text in self._pairs if name.casefold() not in self._taken]


def _pairs(pairs: Any) -> list[tuple[str, str]]:
    if not isinstance(pairs, list):
        return []
    return [
        (str(one[0]), str(one[1]))
        for one in pairs
        if isinstance(one, list) and len(one) == 2 and one[1] != ""
    ]


def _what(draft: Draft, tags: _Tags, provenance: Provenance) -> None:
    for text in tags.take(*_IDENTIFIERS):
        known = normal_identifier(text)
        draft.add_identifier(text, own=known.scheme != "other")
    for text in tags.take(*_TITLES):
        draft.add_title(text, "bag-info.txt/Title")
    for text in tags.take(*_DESCRIPTIONS):
        draft.add_description(text, "bag-info.txt/External-Description")
    if not draft.found_titles:
        first = draft.descriptions[0].value.partition("\n")[0] if draft.descriptions else ""
        if 0 < len(first) <= 150:
            draft.add_title(first, "bag-info.txt/External-Description")
        else:
            name = clean_line(provenance.identifier.partition("#")[0].rstrip("/").rpartition("/")[2])
            draft.found_titles.append(Text(value=name or provenance.identifier, type="identifier"))
    for text in tags.take("version"):
        draft.version = clean_line(text)


def _who(draft: Draft, tags: _Tags) -> None:
    organisations = tags.take("source-organization")
    for text in organisations[:1]:
        name = read_name(text)
        draft.publisher = Agent(name=name, kind="organisation") if name else None
    for text in organisations[1:]:
        draft.keep("bag-info.txt/Source-Organization", text)
    for text in tags.take(*_AUTHORS):
        name = read_name(text)
        if name is not None:
            draft.creators.append(Agent(name=name))
    orcids = tags.take("contact-orcid")
    for index, text in enumerate(tags.take("contact-name")):
        name = read_name(text)
        orcid = agent_identifier(orcids[index], "orcid") if index < len(orcids) else None
        if name is not None:
            draft.contributors.append(
                Agent(name=name, role="ContactPerson", identifiers=(orcid,) if orcid else ())
            )
    tags.take("contact-email", "contact-phone", "organization-address")


def _files(draft: Draft, files: Any) -> None:
    rows: Iterable[Any] = files if isinstance(files, list) else ()
    total = 0
    for row in list(rows)[: FILE_LIMIT + 1]:
        if not isinstance(row, list) or len(row) != 3 or not isinstance(row[0], str):
            continue
        size = row[1] if isinstance(row[1], int) and not isinstance(row[1], bool) else None
        total += size or 0
        draft.distributions.append(
            Distribution(url=row[0], title=_name(row[0]), size=size, checksum=_best(row[2]))
        )
    if total and not draft.sizes:
        draft.sizes.append(f"{total} bytes")


def _name(path: str) -> str | None:
    return clean_line(re.split(r"[/\\]", path)[-1])


def _best(checksums: Any) -> Checksum | None:
    if isinstance(checksums, dict):
        for algorithm in _BEST:
            value = checksums.get(algorithm)
            if isinstance(value, str) and value:
                return Checksum(algorithm=_CHECKSUMS.get(algorithm, algorithm), value=value.casefold())
    return None


FORMAT = Format(
    prefix="bagit",
    title="BagIt bag",
    media_type="application/json",
    read=read,
    recognises=lambda document: isinstance(document, dict) and {"bagit", "files"} <= document.keys(),
    rank=5,
)
