"""The registry of the International Virtual Observatory, as its publishing registries hold it.

The Registry of Registries says which they are; from each come the resources of the
authorities that it manages.  Or all of them come from one full searchable registry.
(Registry Interfaces 1.1; Identifiers 2.0: an ivoid is the same in any case of letters.)
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, ClassVar

from catalogue.errors import RecordRefused, SourceError, SourceProtocolError, SourceUnreachable
from catalogue.record import Issue, Page, RawRecord
from catalogue.runs import now
from catalogue.sources import Source
from harvesters.base import Harvester, Probe
from harvesters.ivoa_discovery import ATTEMPTS, MANAGED, PREFIX, Discovery, mode_of
from harvesters.ivoa_probe import probe
from harvesters.ivoa_progress import Memory, Visit, Walk
from harvesters.ivoa_registries import Authorities, Registry, authority_of, ivoid_in
from harvesters.oai_client import Refusal
from harvesters.oai_pmh import OaiPmh
from harvesters.transport import Transport
from mappings.base import format_of, parse
from mappings.xml_reading import text_at

log = logging.getLogger(__name__)

LONGEST = 1_000_000
"""Records of one registry: a list without end must not keep us from the others."""
_NO_SUCH_SET = {"noSetHierarchy", "badArgument", "noRecordsMatch"}
_WRITTEN = 1000


class Ivoa(Harvester):
    """Reads one registry after the other, each by OAI-PMH; one that fails does so alone.

    A record is known by its ivoid in lower case and carries its registry and its authority as sets.
    """

    kind = "ivoa"
    title = "IVOA registry"
    options: ClassVar = {
        "registry": "what the address is: rofr (a Registry of Registries), full (one that has everything), "
        "publishing, or auto (found out)",
    }

    @classmethod
    def check(cls, source: Source) -> None:
        """The option registry is one of the known words."""
        mode_of(source)

    def __init__(self, source: Source, transport: Transport) -> None:
        super().__init__(source, transport)
        self._walk: Walk | None = None
        self._known = Memory({})
        self._authorities = Authorities(())
        self._inner: dict[str, OaiPmh] = {}
        self._counted = 0

    @property
    def started(self) -> str | None:
        """Our own clock: each registry's own is kept for it in `memory`."""
        return None if self._walk is None else self._walk.started

    def probe(self) -> Probe:
        """Find the registries, and ask the first address what it is."""
        return probe(self.source, self.transport)

    def pages(self, since: str | None, checkpoint: dict[str, Any] | None) -> Iterator[Page]:
        """The records of all registries; each is asked for changes since its own last good harvest."""
        self._known = Memory(self.memory)
        walk = self._walk = Walk.of(checkpoint) or self._begin()
        self.unread = walk.unread
        self._authorities = Authorities(walk.registries)
        first_error: SourceError | None = None
        while walk.at < len(walk.registries):
            registry = walk.registries[walk.at]
            try:
                yield from self._registry(walk, registry, is_full=since is None)
            except SourceError as error:
                first_error = first_error or error
                self._failed(walk, registry, error)
            walk.end_visit()
            if walk.read:
                yield self._page(walk, [], [], None)
        if not walk.read and first_error is not None:
            if len(walk.registries) == 1:
                raise first_error
            raise SourceUnreachable(
                f"None of the {len(walk.registries)} registries could be read; the first: {first_error}"
            )
        self.memory = self._known.after(walk, self._authorities)

    def _begin(self) -> Walk:
        earlier = [known.registry for known in self._known.known.values()]
        found = Discovery(self.source, self.transport, earlier).found()
        failed = {label for label, known in self._known.known.items() if known.failed}
        registries = sorted(found.registries, key=lambda one: (one.label in failed, one.label))
        whose = self.transport.whose
        log.info("%s %d registries to harvest", whose, len(registries))
        for address, fault in found.faults.items():
            log.warning("%s %s: %s", whose, address, fault)
        labels = {one.label for one in registries}
        for label in self._known.known.keys() - labels:
            log.warning("%s %s is listed no more; its records stay for the time of grace", whose, label)
        for sentence in Authorities(registries).conflicts():
            log.warning("%s %s", whose, sentence)
        return Walk(started=now(), registries=registries, unread=dict(found.faults))

    def _registry(self, walk: Walk, registry: Registry, *, is_full: bool) -> Iterator[Page]:
        """One registry to its end; without its set where it has none."""
        if not registry.active:
            raise SourceUnreachable(
                f"{registry.label} is out of service by its own record; it was not asked."
            )
        if walk.visit is None:
            since = None if is_full else self._known.since(registry, self._authorities)
            walk.visit = Visit(since=since, by_set=not registry.everything or bool(self.source.sets))
        may_drop_set = walk.visit.by_set and not self.source.sets
        try:
            yield from self._list(walk, registry, walk.visit)
            may_drop_set = may_drop_set and walk.visit.is_empty and not registry.full
        except Refusal as refusal:
            if walk.visit.count or not may_drop_set or refusal.code not in _NO_SUCH_SET:
                raise
            log.info("%s %s has no set %s: %s", self.transport.whose, registry.label, MANAGED, refusal)
        if may_drop_set:
            # Some have no sets at all; what they do not manage is left out all the same.
            walk.visit = replace(walk.visit, by_set=False, progress=None)
            yield from self._list(walk, registry, walk.visit)
        if walk.visit.is_empty and not self.source.sets:
            raise SourceProtocolError(
                f"{registry.label} gives no record, and a registry has at least its own; ask its operator."
            )
        self._has_been_read(walk, registry, walk.visit)

    def _list(self, walk: Walk, registry: Registry, visit: Visit) -> Iterator[Page]:
        sets = self.source.sets or (MANAGED,) if visit.by_set else ()
        source = replace(self.source, url=registry.url, prefix=self.source.prefix or PREFIX, sets=sets)
        inner = self._inner[registry.label] = OaiPmh(source, self.transport, attempts=ATTEMPTS)
        for page in inner.pages(visit.since, visit.progress):
            visit.progress = page.checkpoint
            records, issues = self._sorted(registry, visit, page)
            if visit.count > LONGEST:
                raise SourceProtocolError(
                    f"{registry.label} gives more than {LONGEST} records, which no registry has; "
                    "ask its operator."
                )
            yield self._page(walk, records, issues, page.expected)

    def _sorted(self, registry: Registry, visit: Visit, page: Page) -> tuple[list[RawRecord], list[Issue]]:
        """What of a page is the registry's; the rest is counted."""
        records = [self._taken(registry, visit, raw) for raw in page.records]
        issues = [self._told(registry, visit, issue) for issue in page.issues]
        kept = [raw for raw in records if raw is not None], [issue for issue in issues if issue is not None]
        visit.kept += len(kept[0]) + len(kept[1])
        return kept

    def _taken(self, registry: Registry, visit: Visit, raw: RawRecord) -> RawRecord | None:
        """The record under its ivoid and with its registry and authority as sets, if it is the registry's."""
        ivoid = ivoid_in(raw.identifier) or _ivoid_of(raw)
        authority = None if ivoid is None else authority_of(ivoid)
        if not self._authorities.lets(registry, authority):
            visit.drop(authority or "")
            return None
        labels = (registry.label,) if authority is None else (registry.label, f"ivo://{authority}")
        return replace(raw, identifier=ivoid or raw.identifier, sets=tuple(dict.fromkeys(raw.sets + labels)))

    def _told(self, registry: Registry, visit: Visit, issue: Issue) -> Issue | None:
        ivoid = ivoid_in(issue.identifier)
        if ivoid is None:
            return replace(issue, identifier=f"{issue.identifier} of {registry.label}")
        if not self._authorities.lets(registry, authority_of(ivoid)):
            visit.drop(authority_of(ivoid) or "")
            return None
        if issue.identifier != ivoid and len(self._known.written) < _WRITTEN:
            self._known.written[ivoid] = issue.identifier
        return replace(issue, identifier=ivoid)

    def _has_been_read(self, walk: Walk, registry: Registry, visit: Visit) -> None:
        inner = self._inner[registry.label]
        walk.read[registry.label] = self.source.next_since(inner.started or walk.started)
        if inner.missing:
            walk.unread[registry.label] = f"{inner.missing} of the records that it announced did not come."
            walk.short.append(registry.label)
            if not self._known.fell_short(registry):
                # Once they are asked for again; a registry that is short twice counts wrong.
                walk.read[registry.label] = visit.since
        left = sorted(visit.dropped.items(), key=lambda one: -one[1])
        log.info(
            "%s registry %s: %d records%s%s",
            self.transport.whose,
            registry.whose,
            visit.kept,
            "" if visit.since is None else f" changed since {visit.since}",
            f"; {sum(visit.dropped.values())} left out, as it does not manage their authorities: "
            + ", ".join(f"{name or 'none'} {count}" for name, count in left[:10])
            if left
            else "",
        )

    def _failed(self, walk: Walk, registry: Registry, error: SourceError) -> None:
        log.warning("%s the registry %s fails alone: %s", self.transport.whose, registry.whose, error)
        came = walk.visit.kept if walk.visit is not None else 0
        walk.unread[registry.label] = str(error) + (f" {came} records had come by then." if came else "")
        for authority in self._known.come_from_elsewhere(registry, self._authorities):
            walk.unread[f"ivo://{authority}"] = f"Its new registry {registry.label} could not be read."

    def again(self, identifiers: Sequence[str]) -> Iterator[Page]:
        """Records that earlier runs could not get, each from the registry that manages it."""
        walk = self._walk
        if walk is None:
            return
        for registry in walk.registries:
            inner = self._inner.get(registry.label)
            mine = [one for one in identifiers if self._manages(registry, one)]
            if inner is None or not mine or registry.label not in walk.read:
                continue
            visit = Visit(since=None, by_set=False)
            for page in inner.again([self._known.written.get(one, one) for one in mine]):
                records, issues = self._sorted(registry, visit, page)
                walk.kept += len(records) + len(issues)
                for raw in records:
                    self._known.written.pop(raw.identifier, None)
                yield self._page(walk, records, issues, None)
        self.memory = self._known.after(walk, self._authorities)

    def _manages(self, registry: Registry, identifier: str) -> bool:
        authority = authority_of(identifier)
        return authority is not None and self._authorities.lets(registry, authority)

    def _page(self, walk: Walk, records: list[RawRecord], issues: list[Issue], announced: int | None) -> Page:
        """A page of the run; what the registry in work has still announced is expected beside what came."""
        requests, self._counted = self.transport.requests - self._counted, self.transport.requests
        come, rest = walk.kept, 0
        if walk.visit is not None:
            come += walk.visit.kept
            rest = max((announced or 0) - walk.visit.count, 0)
        return Page(
            records=tuple(records),
            issues=tuple(issues),
            checkpoint=walk.checkpoint(),
            expected=come + rest if come else None,
            requests=requests,
        )


def _ivoid_of(raw: RawRecord) -> str | None:
    """The ivoid in the resource itself, where its OAI identifier holds none."""
    if raw.deleted:
        return None
    try:
        document = raw.document if raw.document is not None else parse(format_of(PREFIX), raw.data)
    except RecordRefused:
        return None
    return ivoid_in(text_at(document, "identifier") or "")
