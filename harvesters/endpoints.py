"""What can be harvested of a repository that a record describes: its endpoints, and the kinds for them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qsl, urlencode, urlsplit, urlunsplit

from catalogue.record import Capability, Record
from mappings.re3data_interfaces import OAI_PMH

_REGISTRY = "ivo://ivoa.net/std/registry"
_ARGUMENTS = frozenset({"verb", "metadataprefix", "set", "from", "until", "identifier", "resumptiontoken"})
_INVENIO = "/api/records"
_SCICAT = ("/api/v3", "/api/v4")
_SITES = {"opendata.cern.ch": "opendata", "www.hepdata.net": "hepdata", "hepdata.net": "hepdata"}
"""Sites with an API of their own, whatever its address looks like."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """An address that a source can be made of: the kind of its harvester, URL and metadataPrefix."""

    kind: str
    url: str
    prefix: str | None = None


def endpoints_of(record: Record) -> tuple[Endpoint, ...]:
    """The harvestable endpoints among a record's capabilities, each once, in the order of the record."""
    found = (one for capability in record.capabilities for one in _endpoints(capability))
    return tuple(dict.fromkeys(found))


def _endpoints(capability: Capability) -> Iterator[Endpoint]:
    standard = (capability.standard or "").lower()
    for interface in capability.interfaces:
        try:
            parts = urlsplit(interface.url or "")
        except ValueError:
            continue
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            continue
        if standard.rstrip("/") == OAI_PMH.lower().rstrip("/"):
            yield Endpoint(kind="oai-pmh", url=_without_arguments(parts))
        elif standard.startswith(_REGISTRY):
            if "oai" in (interface.type or "").lower():
                yield Endpoint(kind="ivoa", url=_without_arguments(parts), prefix="ivo_vor")
        else:
            yield from _recognised(parts)


def _recognised(parts: SplitResult) -> Iterator[Endpoint]:
    """Interfaces that call themselves REST only, but whose addresses give them away."""
    kind = _SITES.get((parts.hostname or "").lower())
    if kind is not None:
        yield Endpoint(kind=kind, url=urlunsplit((parts.scheme, parts.netloc, "", "", "")))
        return
    path = parts.path.lower()
    at = path.find(_INVENIO)
    if at >= 0 and path[at + len(_INVENIO) :].strip("/") == "":
        yield Endpoint(kind="invenio", url=urlunsplit((parts.scheme, parts.netloc, parts.path[:at], "", "")))
        return
    for version in _SCICAT:
        at = path.find(version)
        if at >= 0 and ("scicat" in parts.netloc.lower() or path[at + len(version) :].startswith("/dataset")):
            yield Endpoint(
                kind="scicat", url=urlunsplit((parts.scheme, parts.netloc, parts.path[:at], "", ""))
            )
            return


def _without_arguments(parts: SplitResult) -> str:
    """The base URL: registries often give a whole request such as «…?verb=Identify»."""
    kept = [
        (name, value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
        if name.lower() not in _ARGUMENTS
    ]
    return urlunsplit((parts.scheme, parts.netloc, parts.path, urlencode(kept), ""))
