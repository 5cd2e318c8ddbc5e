"""Which registries there are: asked of the Registry of Registries, or of one registry itself."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from catalogue.errors import RecordRefused, SettingsError, SourceError, SourceProtocolError
from catalogue.record import RawRecord
from catalogue.sources import Source
from harvesters.addresses import shown
from harvesters.ivoa_registries import Registry, read_registry
from harvesters.oai_client import BrokenPage, OaiClient, Refusal
from harvesters.oai_pmh import OaiPmh
from harvesters.transport import HostFailing, Transport
from mappings.base import format_of, parse

log = logging.getLogger(__name__)

PREFIX = "ivo_vor"
MANAGED = "ivo_managed"
PUBLISHERS = "ivoa_publishers"
MODES = ("auto", "rofr", "full", "publishing")
AT_MOST = 1000
"""Registries of one source, and authorities of one registry: a list may come from anywhere."""
ATTEMPTS = 3
"""How often a registry is asked: one of many, and not to be waited for long."""


@dataclass(slots=True)
class Found:
    """The registries to harvest; ``faults`` are why some list of them is not to be trusted, by address.

    ``lists`` are the addresses that turned out to be registries of registries.
    """

    registries: list[Registry] = field(default_factory=list)
    lists: list[str] = field(default_factory=list)
    faults: dict[str, str] = field(default_factory=dict)


def mode_of(source: Source) -> str:
    """What the operator says that the address is; raises `SettingsError`."""
    mode = source.options.get("registry", "auto")
    if mode not in MODES:
        raise SettingsError(
            f"Option registry of source {source.name} is one of {', '.join(MODES)}, not «{mode}»."
        )
    return mode


class Discovery:
    """Looks at each address of a source; ``known`` are the registries that earlier runs have found."""

    def __init__(self, source: Source, transport: Transport, known: Iterable[Registry] = ()) -> None:
        self._source = source
        self._transport = transport
        self._known = list(known)
        self._mode = mode_of(source)

    def found(self) -> Found:
        """All registries, each once; raises `SourceError` when there are none at all."""
        found = Found()
        errors: list[SourceError] = []
        for url in self._source.urls:
            try:
                registries = self._at(url, found)
            except SourceError as error:
                registries = [one for one in self._known if one.via == url]
                told = (
                    f" The registries known before ({len(registries)}) are harvested." if registries else ""
                )
                found.faults[shown(url)] = f"{error}{told}"
                errors.append(error)
            labels = {one.label for one in found.registries}
            found.registries += [one for one in registries if one.label not in labels]
        if not found.registries:
            raise (
                errors[0]
                if errors
                else SourceProtocolError(
                    f"{shown(self._source.url)} lists no registry that can be harvested; check the address."
                )
            )
        return found

    def _at(self, url: str, found: Found) -> list[Registry]:
        if self._mode in {"auto", "rofr"}:
            listed = self._listed(url, found)
            if listed:
                found.lists.append(url)
                return listed
        return [self._single(url)]

    def _listed(self, url: str, found: Found) -> list[Registry] | None:
        """The publishing registries of a registry of registries; ``None`` where it is none."""
        source = replace(self._source, url=url, prefix=self._source.prefix or PREFIX, sets=(PUBLISHERS,))
        inner = OaiPmh(source, self._transport, attempts=ATTEMPTS)
        was_list = self._mode == "rofr" or any(one.via == url and one.url != url for one in self._known)
        registries: dict[str, Registry] = {}
        lost = 0
        fault: SourceError | None = None
        try:
            for page in inner.pages(None, None):
                lost += len(page.issues)
                for raw in page.records:
                    registry, is_readable = _registry_of(raw)
                    lost += not is_readable
                    if registry is not None:
                        registries[registry.label] = replace(registry, via=url)
        except SourceError as error:
            if not registries and (was_list or not isinstance(error, Refusal)):
                raise
            fault = error
        if not registries and not was_list:
            return None
        lost += inner.missing
        if fault is None and (lost or not registries):
            what = f"{lost} records of its list" if registries else "The registries of its list"
            fault = SourceProtocolError(f"{what} could not be read.")
        if fault is not None:
            found.faults[shown(url)] = f"{fault} Registries known before stay in the list."
            for one in self._known:
                if one.via == url:
                    registries.setdefault(one.label, one)
        return self._harvestable(url, registries)

    def _harvestable(self, url: str, registries: dict[str, Registry]) -> list[Registry]:
        for registry in registries.values():
            if not registry.url:
                log.info("%s %s has no address for harvesters", self._transport.whose, registry.whose)
        try:
            own = None if any(one.url == url for one in registries.values()) else self._described(url)
        except SourceError as error:
            log.warning("%s %s", self._transport.whose, error)
        else:
            if own is not None:
                # It publishes too: the standards, and the authorities of the IVOA itself.
                registries.setdefault(own.label, own)
        if len(registries) > AT_MOST or any(len(one.authorities) > AT_MOST for one in registries.values()):
            raise SourceProtocolError(
                f"{shown(url)} lists more than {AT_MOST} registries, or authorities of one; ask its operator."
            )
        return [one for one in registries.values() if one.url]

    def _single(self, url: str) -> Registry:
        """The registry at this address, as it describes itself."""
        registry = self._described(url) or Registry(label=shown(url), title="", url=url, via=url)
        if self._mode == "full" or (self._mode == "auto" and registry.full):
            return replace(registry, everything=True, active=True)
        if self._mode == "auto" and registry.full is None:
            registry = replace(registry, everything=MANAGED not in self._sets(url))
        return replace(registry, active=True)

    def _described(self, url: str) -> Registry | None:
        """What Identify holds of the registry's own record (Registry Interfaces 1.1, section 2.4)."""
        try:
            identity = self._client(url).ask("Identify")
        except (Refusal, BrokenPage, HostFailing) as error:
            log.warning("%s %s", self._transport.whose, error)
            return None
        for element in identity.descriptions():
            registry = read_registry(element)
            if registry is not None:
                return replace(registry, url=url, via=url)
        return None

    def _sets(self, url: str) -> Sequence[str]:
        try:
            return self._client(url).ask("ListSets").sets()
        except (Refusal, BrokenPage, HostFailing):
            return ()

    def _client(self, url: str) -> OaiClient:
        return OaiClient(self._transport, url, attempts=ATTEMPTS)


def _registry_of(raw: RawRecord) -> tuple[Registry | None, bool]:
    """The registry of a record in the list, and whether the record can be read at all."""
    if raw.deleted:
        return None, True
    try:
        document = raw.document if raw.document is not None else parse(format_of(PREFIX), raw.data)
    except RecordRefused:
        return None, False
    return read_registry(document), True
