"""Of which type of the IVOA a record is, and in which order the parts of the type stand."""

from __future__ import annotations

from dataclasses import dataclass

from catalogue.record import Record
from vocab.base import vocabulary

_SERVICE = ("rights", "capabilities")
_DATA = (*_SERVICE, "facilities", "instruments", "coverage")
_CATALOG = (*_DATA, "tableset")
_COLLECTION = ("facilities", "instruments", "rights", "formats", "coverage", "tableset", "access_url")


@dataclass(frozen=True, slots=True, kw_only=True)
class Type:
    """A type of resource: its qualified name, and its parts after ``content`` in the order of the schema."""

    name: str
    parts: tuple[str, ...] = ()


_RESOURCE = Type(name="vr:Resource")
_TYPES = {
    "Resource": _RESOURCE,
    "Organisation": Type(name="vr:Organisation", parts=("facilities", "instruments")),
    "Service": Type(name="vr:Service", parts=_SERVICE),
    "DataCollection": Type(name="vs:DataCollection", parts=_COLLECTION),
    "DataResource": Type(name="vs:DataResource", parts=_DATA),
    "DataService": Type(name="vs:DataService", parts=_DATA),
    "CatalogResource": Type(name="vs:CatalogResource", parts=_CATALOG),
    "CatalogService": Type(name="vs:CatalogService", parts=_CATALOG),
    "TableService": Type(name="vs:CatalogService", parts=_CATALOG),
    "Document": Type(name="doc:Document", parts=_CATALOG),
    "Registry": Type(name="vg:Registry", parts=(*_SERVICE, "registry")),
    "Authority": Type(name="vg:Authority", parts=("authority",)),
    "Standard": Type(name="vstd:Standard", parts=("standard",)),
    "StandardKeyEnumeration": Type(name="vstd:Standard", parts=("standard",)),
    "ServiceStandard": Type(name="vstd:ServiceStandard", parts=("service_standard",)),
}
_OF_KIND = {
    "organisation": "Organisation",
    "standard": "Standard",
    "document": "Document",
    "lesson": "Document",
    "repository": "DataService",
}


def type_of(record: Record) -> Type:
    """The type that the record had, or the one that fits what is known of it."""
    types = vocabulary("voresource_types")
    said = types.lookup(record.type_label) if record.type_label else None
    if said is not None and said.values["kind"] == record.kind:
        known = _TYPES.get(said.code.partition("#")[2])
        if known is not None:
            return known
    if record.kind == "service":
        return _TYPES[_service(record)]
    if record.kind in ("dataset", "collection", "image"):
        return _TYPES["CatalogResource" if record.tables else "DataResource"]
    return _TYPES.get(_OF_KIND.get(record.kind, ""), _RESOURCE)


def _service(record: Record) -> str:
    if record.tables:
        return "CatalogService"
    if record.coverage is not None or record.facilities or record.instruments:
        return "DataService"
    return "Service"
