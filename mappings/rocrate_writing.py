"""A record as the metadata of an RO-Crate 1.2: a flat graph of the root, its files, people and places.

It describes what lies on the web: files have their addresses as names; what is no address of the web
is told as ``distribution``, as nothing lies in the crate itself.  What RO-Crate demands and the record
does not say: the title stands in for a description, the year 0000 for the date, «not stated» for the
licence.  Lost is what schema.org loses (`mappings.schema_org_writing`).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from catalogue.record import Distribution, Record
from mappings.json_writing import unique, written
from mappings.links import web_address
from mappings.rights import licence_of
from mappings.schema_org_writing import work
from mappings.schema_writing import RELATIONS, Entity, download, several
from vocab.base import vocabulary

VERSION = "https://w3id.org/ro/crate/1.2"
_DESCRIPTOR = "ro-crate-metadata.json"
_DESCRIBED: Entity = {"@type": "CreativeWork", "about": {"@id": "./"}, "conformsTo": {"@id": VERSION}}
_NO_LICENCE: Entity = {"@id": "#licence", "@type": "CreativeWork", "name": "not stated"}


def write(record: Record) -> bytes:
    """One JSON-LD document."""
    return written({"@context": f"{VERSION}/context", "@graph": graph(record)})


def graph(record: Record) -> list[Entity]:
    """Descriptor, root, and every entity that they name, each once."""
    root = _root(record)
    flat = _Graph()
    flat.add({**_DESCRIBED, "@id": _DESCRIPTOR})
    flat.add(root)
    return flat.entities()


def collected(about: Entity, members: Iterable[tuple[str, Record]]) -> bytes:
    """A crate of several records, each under the address that is given with it.

    ``about`` is what the root says of itself: name, description, datePublished …
    """
    flat = _Graph()
    flat.add({**_DESCRIBED, "@id": _DESCRIPTOR})
    parts = []
    for name, record in members:
        root = _root(record)
        root["identifier"] = unique([*_each(root.get("identifier")), *_each(root.get("url"))]) or None
        kept = {member: value for member, value in root.items() if value is not None}
        parts.append({**kept, "@id": name, "url": name})
    flat.add({"license": _NO_LICENCE, **about, "@id": "./", "@type": "Dataset", "hasPart": parts})
    return written({"@context": f"{VERSION}/context", "@graph": flat.entities()})


def _root(record: Record) -> Entity:
    root = work(record)
    kind, name = root.pop("@type"), root.pop("@id", None)
    files = [_file(one) for one in record.distributions if web_address(one.url) is not None]
    others = [download(one) for one in record.distributions if web_address(one.url) is None]
    for member in set(RELATIONS.values()) - {"hasPart"}:
        if member in root:
            root[member] = several([_elsewhere(one) for one in _each(root[member])])
    root["hasPart"] = unique([*_each(root.get("hasPart")), *files])
    root["distribution"] = others
    if name is not None:
        root.setdefault("identifier", name)
        root["url"] = root.get("url", name)
    root.setdefault("description", root["name"])
    root.setdefault("datePublished", root.get("dateCreated") or root.get("dateModified") or "0000")
    licences = _each(root.get("license")) or [_NO_LICENCE]
    root["license"] = several([_licence(one) for one in licences])
    types = [kind] if kind == "Dataset" else [kind, "Dataset"]
    full = {"@id": "./", "@type": types if len(types) > 1 else types[0], **root}
    return {member: value for member, value in full.items() if value not in ([], None)}


def _each(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _elsewhere(one: Entity) -> Entity:
    """A related thing that is no part: a «Dataset» would be one (RO-Crate 1.2, «Data Entities»)."""
    return {**one, "@type": "CreativeWork"} if one["@type"] == "Dataset" else one


def _licence(one: str | Entity) -> Entity:
    """The licence as an entity, with its name where it is a known one."""
    if not isinstance(one, str):
        return one
    known = licence_of(one)
    name = vocabulary("licences")[known.label].label if known is not None else None
    return {"@id": one, "@type": "CreativeWork", "name": name} if name is not None else {"@id": one}


def _file(one: Distribution) -> Entity:
    """A file on the web, named by its address (RO-Crate 1.2, «Web-based Data Entities»)."""
    found = download(one, "File")
    return {"@id": found.pop("contentUrl"), **found}


class _Graph:
    """Entities by their names; one that is met again adds what it says more."""

    def __init__(self) -> None:
        self._known: dict[str, Entity] = {}
        self._numbers: dict[str, int] = {}

    def add(self, entity: Entity) -> dict[str, str]:
        """An entity with those inside it; the reference that stands in its place."""
        name = entity.get("@id")
        if not isinstance(name, str):
            name = self._new_name(entity)
        known = self._known.setdefault(name, {"@id": name})
        if known.get("@type") in (None, "Thing", "CreativeWork"):
            known["@type"] = entity.get("@type", "Thing")
        for member, value in entity.items():
            if member not in ("@id", "@type"):
                known.setdefault(member, self._flat(value))
        return {"@id": name}

    def _flat(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self._flat(one) for one in value]
        if not isinstance(value, dict):
            return value
        return value if set(value) == {"@id"} else self.add(value)

    def _new_name(self, entity: Entity) -> str:
        kind = entity.get("@type", "Thing")
        number = self._numbers[kind] = self._numbers.get(kind, 0) + 1
        return f"#{kind}-{number}"

    def entities(self) -> list[Entity]:
        """All, in the order in which they were met."""
        return list(self._known.values())
