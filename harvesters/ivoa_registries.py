"""The registries of the Virtual Observatory: what each says of itself, and who manages which authority."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from harvesters.oai_reply import moment
from mappings.ivo_vor import status_of
from mappings.xml_reading import elements, first, local_name, text_at, text_of, type_name

_IVOID = re.compile(r"ivo://[^\s<>\"]+", re.IGNORECASE)
_AUTHORITY = re.compile(r"ivo://([^/?#]+)", re.IGNORECASE)
_LONGEST = 500
_STANDARD = "ivo://ivoa.net/std/registry"


@dataclass(frozen=True, slots=True, kw_only=True)
class Registry:
    """A registry that can be harvested.

    ``label``        its ivoid in lower case, or its address where it does not say its ivoid
    ``authorities``  it manages, in lower case; empty where it does not say
    ``full``         whether it collects the resources of all others (``None``: it does not say)
    ``everything``   whether we take all that it has and not only what it manages
    ``active``       whether it is in service by its own record
    ``via``          the address at which we were told of it
    """

    label: str
    title: str
    url: str
    authorities: tuple[str, ...] = ()
    full: bool | None = None
    updated: str = ""
    everything: bool = False
    active: bool = True
    via: str = ""

    @property
    def whose(self) -> str:
        """As messages name it."""
        return f"{self.label} ({self.title})" if self.title else self.label


def ivoid_in(text: str) -> str | None:
    """The ivoid in an OAI identifier, whatever stands before it, in lower case (Identifiers 2.0, 2.2)."""
    found = _IVOID.search(text)
    return found[0].lower() if found else None


def authority_of(ivoid: str) -> str | None:
    """The authority that gave an ivoid."""
    found = _AUTHORITY.match(ivoid)
    return found[1].lower() if found else None


def read_registry(resource: Any) -> Registry | None:
    """A ``vg:Registry`` resource (VORegistry 1.1, in Registry Interfaces 1.1); ``None`` for any other.

    One that is deleted is none any more.
    ``url`` is empty where it has no OAI-PMH interface for harvesters.
    """
    if local_name(resource).casefold() != "resource" or type_name(resource)[1] != "Registry":
        return None
    ivoid = ivoid_in(text_at(resource, "identifier") or "")
    status = status_of(resource)
    if ivoid is None or len(ivoid) > _LONGEST or status == "deleted":
        return None
    named = {_authority(text_of(one)) for one in elements(resource, "managedAuthority")}
    own = authority_of(ivoid)
    full = (text_at(resource, "full") or "").strip().casefold()
    return Registry(
        label=ivoid,
        title=" ".join((text_at(resource, "title") or "").split())[:200],
        url=_harvest_url(resource),
        authorities=tuple(sorted(filter(None, named))) or ((own,) if own else ()),
        full={"true": True, "1": True, "false": False, "0": False}.get(full),
        updated=moment(resource.get("updated")) or "",
        active=status in (None, "active"),
    )


def _authority(text: str | None) -> str:
    return (text or "").strip().casefold().removeprefix("ivo://").partition("/")[0]


def _harvest_url(resource: Any) -> str:
    """The address of the OAI-PMH interface over plain HTTP, not of the search or the SOAP one."""
    for capability in elements(resource, "capability"):
        kind = type_name(capability)[1]
        standard = (capability.get("standardID") or "").strip().casefold()
        if kind == "Harvest" or (kind is None and standard == _STANDARD):
            for interface in elements(capability, "interface"):
                address = first(interface, "accessURL")
                if type_name(interface)[1] in ("OAIHTTP", None) and address is not None:
                    return (text_of(address) or "").strip()
    return ""


class Authorities:
    """Which registry manages which authority.

    An authority belongs to one registry at a time.  Where several claim one, it is that which
    has its own ivoid from it, else that whose record was updated last, else the first by ivoid.
    """

    def __init__(self, registries: Iterable[Registry]) -> None:
        claims: dict[str, list[Registry]] = {}
        for registry in sorted(registries, key=lambda one: one.label):
            for authority in registry.authorities:
                claims.setdefault(authority, []).append(registry)
        self._owner = {authority: _chosen(authority, claim) for authority, claim in claims.items()}
        self.contested: Mapping[str, list[Registry]] = {
            authority: claim for authority, claim in claims.items() if len(claim) > 1
        }

    def of(self, registry: Registry) -> list[str]:
        """Those that this registry manages."""
        return [one for one in registry.authorities if self._owner[one] == registry.label]

    def lets(self, registry: Registry, authority: str | None) -> bool:
        """Whether records of an authority are taken from this registry.

        A full registry gives what nobody else does; a registry that names no authorities, or a
        record whose authority nobody can tell, is believed.
        """
        owner = self._owner.get(authority or "")
        if owner is not None:
            return owner == registry.label
        return registry.everything or not registry.authorities or authority is None

    def conflicts(self) -> list[str]:
        """A sentence for each authority that several registries claim."""
        return [
            f"The authority {authority} is claimed by {' and '.join(one.label for one in claim)}; "
            f"its records are taken from {self._owner[authority]}."
            for authority, claim in sorted(self.contested.items())
        ]


def _chosen(authority: str, claim: list[Registry]) -> str:
    return max(claim, key=lambda one: (authority_of(one.label) == authority, one.updated)).label
