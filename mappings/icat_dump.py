"""Dumps of ICAT (icatdump in XML and YAML), files of icatingest and answers of its REST API, as records.

In a dump objects refer to one another by their keys («Facility_name-ESNF»).  Each record gets what it
refers to written in, three levels deep, and what refers to it: its files, its people, its parts.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson
from lxml import etree

from catalogue.errors import NotARecord
from mappings.base import xml_parser
from mappings.xml_reading import elements, local_name
from mappings.xml_tree import plain
from mappings.yaml_reading import documents_in

RECORDS = ("facility", "instrument", "study", "investigation", "sample", "dataset", "dataPublication")
"""The entities that are records; the others say something of them."""
_DOCUMENTS = "documents"
_ROOTS = ("icatdata", "icatingest")
_DEEPEST = 3
_OF = {
    "datafile": ("dataset", "datafiles"),
    "dataPublicationUser": ("publication", "users"),
    "sample": ("investigation", "samples"),
    "dataset": ("investigation", "datasets"),
}
"""What belongs to another object: by which of its fields, and as what it is written into that."""
_LIGHT = ("sample", "dataset")
_ACCOUNTS = frozenset({"investigationGroups", "userGroups", "grouping"})

_NAMES = frozenset({"name", "fullName", "title", "pid", "doi", "url", "version", "units", "molecularFormula"})
_TOLD = {
    "investigation": _NAMES
    | {"facility", "releaseDate", "keywords", "investigationUsers", "investigationInstruments"},
    "sample": _NAMES | {"type", "parameters"},
    "user": frozenset({"fullName", "givenName", "familyName", "affiliation", "orcidId"}),
    "fundingReference": frozenset({"funderName", "funderIdentifier", "awardNumber", "awardTitle"}),
    "dataCollection": _NAMES | {"dataCollectionDatasets", "dataCollectionInvestigations"},
    "facilityCycle": frozenset({"name", "startDate", "endDate"}),
}
"""What an object tells of those that refer to it; the rest stands in its own record, or is a matter of the
system.  Of an entity that is not here it is its names."""

Table = dict[str, dict[str, dict[str, Any]]]


def parse(data: bytes) -> Any:
    """An XML element, JSON, or the documents of a YAML stream; raises ``ValueError`` or lxml's errors."""
    start = data.lstrip()[:1]
    if start == b"<":
        return etree.fromstring(data, xml_parser())
    if start in (b"{", b"["):
        return orjson.loads(data)
    return {_DOCUMENTS: documents_in(data)}


def recognises(document: Any) -> bool:
    """Whether this is a dump or an answer of ICAT, or one of the records in it."""
    if hasattr(document, "tag"):
        return local_name(document) in _ROOTS
    if isinstance(document, dict) and "entity" in document and isinstance(document.get("object"), dict):
        return True
    if isinstance(document, list):
        return bool(document) and all(
            isinstance(one, dict) and len(one) == 1 and _entity(next(iter(one))) in RECORDS
            for one in document
        )
    chunks = document.get(_DOCUMENTS) if isinstance(document, dict) else None
    names = {_entity(name) for one in chunks or [] if isinstance(one, dict) for name in one}
    return "investigation" in names and bool(names & {"facility", "dataset", "user", "instrument"})


def split(document: Any) -> Iterator[tuple[str | None, Any]]:
    """Identifier and document of each record; raises `NotARecord` where there is none."""
    if isinstance(document, dict) and "entity" in document:
        yield identifier_of(document), document
        return
    table = _table(document)
    _promote(table)
    index = {key: (entity, one) for entity, objects in table.items() for key, one in objects.items()}
    parts = _parts(table, index)
    count = 0
    for entity in RECORDS:
        for key, one in table.get(entity, {}).items():
            if entity in ("sample", "facility") and not one.get("pid") and not one.get("fullName"):
                continue
            count += 1
            value = _resolved(one, entity, index, 0)
            for name, found in parts.get((entity, key), {}).items():
                value[name] = [*_list(value.get(name)), *found]
            record = {"entity": entity, "id": key, "object": value}
            yield identifier_of(record), record
    if not count:
        raise NotARecord("There is no record of ICAT in this document.", path="/")


def identifier_of(document: dict[str, Any]) -> str | None:
    """DOI or other persistent identifier, else the key in the dump."""
    value = document.get("object")
    for name in ("doi", "pid"):
        found = value.get(name) if isinstance(value, dict) else None
        if isinstance(found, str) and found.strip():
            return found.strip()
    key = document.get("id")
    return key if isinstance(key, str) else None


def _entity(name: Any) -> str:
    """«dataPublication» of «DataPublication», «data_publications» and «dataPublicationRef»."""
    words = str(name).removesuffix("Ref").split("_")
    last = words[-1]
    if len(words) > 1 or last.islower():
        last = f"{last[:-3]}y" if last.endswith("ies") else last.removesuffix("s") if last != "s" else last
        words = [*words[:-1], last]
    joined = words[0] + "".join(word[:1].upper() + word[1:] for word in words[1:])
    return joined[:1].lower() + joined[1:]


def _table(document: Any) -> Table:
    """The objects by entity and key."""
    table: Table = {}
    for number, (name, key, value) in enumerate(_objects(document)):
        if isinstance(value, dict):
            table.setdefault(_entity(name), {})[key or f"{name}[{number}]"] = value
    return table


def _promote(table: Table) -> None:
    """Datasets that stand whole inside their investigation become objects of their own."""
    for key, investigation in table.get("investigation", {}).items():
        inside = investigation.get("datasets")
        whole = [one for one in _list(inside) if isinstance(one, dict) and "@ref" not in one]
        if not whole or len(whole) < len(_list(inside)):
            continue
        table["investigation"][key] = {name: one for name, one in investigation.items() if name != "datasets"}
        for number, one in enumerate(whole):
            name = f"{key}/{one.get('name') or number}"
            table.setdefault("dataset", {})[name] = {**one, "investigation": {"@ref": key}}


def _objects(document: Any) -> Iterator[tuple[str, str | None, Any]]:
    """Entity, key and value of each object, in all forms."""
    if hasattr(document, "tag"):
        for data in elements(document, "data"):
            for one in elements(data):
                value = plain(one)
                key = value.pop("@id", None) if isinstance(value, dict) else None
                yield local_name(one), key, value
        return
    if isinstance(document, list):
        for one in document:
            for name, value in one.items() if isinstance(one, dict) else ():
                yield name, str(value["id"]) if isinstance(value, dict) and "id" in value else None, value
        return
    for chunk in document.get(_DOCUMENTS) or [] if isinstance(document, dict) else []:
        for name, objects in chunk.items() if isinstance(chunk, dict) else ():
            for key, value in objects.items() if isinstance(objects, dict) else ():
                yield str(name), str(key), value


Index = dict[str, tuple[str, dict[str, Any]]]


def _reference(field: str, value: Any, index: Index) -> str | None:
    """The key of the object that a value refers to."""
    if isinstance(value, dict):
        found = value.get("@ref")
        return found if isinstance(found, str) and found in index else None
    if isinstance(value, str) and value in index and field not in ("name", "title", "description"):
        return value
    return None


def _resolved(value: Any, field: str, index: Index, depth: int) -> Any:
    """A value with the objects that it refers to, and without the marks of attributes."""
    key = _reference(field, value, index)
    if key is not None and depth > 0:
        if depth > _DEEPEST:
            return {"id": key}
        entity, found = index[key]
        told = {name: found[name] for name in found if str(name).lstrip("@") in _TOLD.get(entity, _NAMES)}
        own = {"id": key} if entity in RECORDS and not (found.get("doi") or found.get("pid")) else {}
        return {**own, **_resolved(told, field, index, depth)}
    if isinstance(value, dict):
        inner = {}
        for name, one in value.items():
            plain_name = str(name).lstrip("@")
            if (plain_name == "id" and depth == 0) or plain_name in _ACCOUNTS:
                continue
            inner[plain_name] = _resolved(one, plain_name, index, depth + 1)
        return inner
    if isinstance(value, list):
        return [_resolved(one, field, index, depth) for one in value]
    return value


def _parts(table: Table, index: Index) -> dict[tuple[str, str], dict[str, list[Any]]]:
    """What belongs to each object, by entity and key of the object."""
    found: dict[tuple[str, str], dict[str, list[Any]]] = {}
    for entity, (field, name) in _OF.items():
        for key, one in table.get(entity, {}).items():
            whole = _reference(field, one.get(field), index)
            if whole is None:
                continue
            if entity in _LIGHT:
                part = {"id": key, **{part: one[part] for part in ("name", "doi", "pid") if one.get(part)}}
            else:
                part = _resolved({other: one[other] for other in one if other != field}, entity, index, 0)
            found.setdefault((index[whole][0], whole), {}).setdefault(name, []).append(part)
    return found


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]
