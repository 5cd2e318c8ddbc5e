"""What an IVOA registry is, and what is wrong with it, in plain words."""

from __future__ import annotations

from dataclasses import replace

from catalogue.sources import Source
from harvesters.base import Probe
from harvesters.faults import Fault
from harvesters.ivoa_discovery import MANAGED, PREFIX, PUBLISHERS, Discovery
from harvesters.ivoa_registries import Authorities, Registry
from harvesters.oai_client import OaiClient
from harvesters.oai_probe import probe as oai_probe
from harvesters.transport import Transport

_ONE_OWNER = "Take the managedAuthority out of the record of the registry that has given it up."


def probe(source: Source, transport: Transport) -> Probe:
    """The registries behind a source, and what its first address says by OAI-PMH; raises `SourceError`."""
    found = Discovery(source, transport).found()
    is_list = source.url in found.lists
    first = next((one for one in found.registries if one.via == source.url), None)
    sets = source.sets or _sets(is_list, first)
    asked = replace(source, prefix=source.prefix or PREFIX, sets=sets)
    said = oai_probe(asked, OaiClient(transport, source.url))
    faults = list(found.faults.values())
    faults += [Fault(one, _ONE_OWNER) for one in Authorities(found.registries).conflicts()]
    faults += [
        Fault(
            f"{one.whose} is out of service by its own record.",
            "Have its record deleted if it is gone for good.",
        )
        for one in found.registries
        if not one.active
    ]
    if not is_list and first is not None and not first.authorities:
        faults.append(
            Fault(
                "Identify does not hold the registry's own record, so nobody can tell what it manages.",
                "Put the vg:Registry resource into a description of Identify "
                "(Registry Interfaces 1.1, Identify).",
            )
        )
    # Of a list of registries the number of its entries is no number of records to come.
    return replace(
        said,
        protocol=_protocol(found.registries, first, is_list),
        records=None if is_list else said.records,
        faults=tuple(dict.fromkeys([*said.faults, *faults])),
    )


def _sets(is_list: bool, first: Registry | None) -> tuple[str, ...]:
    if is_list:
        return (PUBLISHERS,)
    return () if first is None or first.everything else (MANAGED,)


def _protocol(registries: list[Registry], first: Registry | None, is_list: bool) -> str:
    if is_list:
        return f"IVOA Registry of Registries with {len(registries)} publishing registries, over OAI-PMH 2.0"
    if len(registries) > 1:
        return f"{len(registries)} IVOA registries, over OAI-PMH 2.0"
    what = "full" if first is not None and first.everything else "publishing"
    return f"IVOA {what} registry, over OAI-PMH 2.0"
