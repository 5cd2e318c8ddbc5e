"""Asking several sources at once for somebody who waits: bounded in time, bytes, requests and threads."""

from __future__ import annotations

import functools
import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import mappings.base
from catalogue.errors import AlmagestError, SourceUnreachable
from catalogue.outcome import Outcome, apply_crosswalk, provenance_of
from catalogue.record import Parameter, Provenance, Record, record_id
from catalogue.rules import Rules
from catalogue.runs import now
from catalogue.settings import Settings
from catalogue.sources import Source
from harvesters.addresses import Resolver, resolve
from harvesters.guest_transport import Overdue, VisitClock
from harvesters.live.base import Ask, LiveHit, live_search, parts_of
from harvesters.politeness import Gates
from harvesters.transport import Answer, Transport
from harvesters.watchdog import Watchdog
from mappings.units import with_si

log = logging.getLogger(__name__)

Status = Literal["answered", "timed out", "failed"]
MAXIMUM_BODY = 4_000_000
"""Bytes of one answer."""
MAXIMUM_REQUESTS = 30
_LONGEST_TOLD = 500
_BUG = "Almagest has met a fault of its own; it is logged."


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteHit:
    """A record that is elsewhere, in our model, with the id that it would have here."""

    identifier: str
    record: Record


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteAnswer:
    """What became of asking one source; ``not_asked`` are the parts of the query it knows nothing of.

    ``told`` are sentences about its answer, ``error`` is why there is none.
    """

    source: str
    title: str
    status: Status
    seconds: float
    total: int | None = None
    hits: tuple[RemoteHit, ...] = ()
    not_asked: tuple[str, ...] = ()
    told: tuple[str, ...] = ()
    error: str | None = None


class LiveTransport(Transport):
    """Requests for somebody who waits: ``seconds`` long altogether, one attempt each.

    Its gates are its own, as what a host asks of a visitor must not stop the harvests; how often it
    is asked by all visitors together is for the caller to bound.
    """

    def __init__(
        self, source: Source, settings: Settings, *, seconds: float, resolver: Resolver = resolve
    ) -> None:
        self._visit = VisitClock(seconds)
        ours = {"delay", "max-requests-per-minute", "timeout"}
        options = {name: value for name, value in source.options.items() if name not in ours}
        options = {**options, "timeout": f"{min(seconds, source.timeout):g}"}
        super().__init__(
            replace(source, options=options), settings, clock=self._visit, gates=Gates(), resolver=resolver
        )

    @property
    def maximum_body(self) -> int:
        """Bytes of one answer at most."""
        return MAXIMUM_BODY

    def get(self, url: str, parameters: Sequence[tuple[str, str]] = (), **more: Any) -> Answer:
        """One GET as `Transport.get` does it, made once; raises `Overdue` as well."""
        self._visit.monotonic()
        if self.requests >= MAXIMUM_REQUESTS:
            raise SourceUnreachable(f"It needs more than {MAXIMUM_REQUESTS} requests.")
        return super().get(url, parameters, **{**more, "attempts": 1})

    def stop(self) -> None:
        """End whatever is being asked; may be called from another thread."""
        self._visit.stop()
        self.close()


def ask_all(
    settings: Settings,
    sources: Sequence[Source],
    ask: Ask,
    *,
    resolver: Resolver = resolve,
    at_end: Callable[[], None] = lambda: None,
) -> list[RemoteAnswer]:
    """The answers of all sources in their order, after `Settings.remote_seconds` at the latest.

    ``at_end`` is called when the last thread has ended, which may be later.
    """
    _load()
    visits = [_Visit(settings, source, ask, resolver) for source in sources]
    left = [len(visits)]
    lock = threading.Lock()

    def work(visit: _Visit) -> None:
        try:
            visit.run()
        finally:
            with lock:
                left[0] -= 1
                is_last = left[0] == 0
            if is_last:
                at_end()

    if not visits:
        at_end()
    threads = [threading.Thread(target=work, args=(one,), daemon=True, name="live search") for one in visits]
    end = time.monotonic() + settings.remote_seconds
    for thread in threads:
        thread.start()
    for thread, visit in zip(threads, visits, strict=True):
        thread.join(max(end - time.monotonic(), 0.0))
        if thread.is_alive():
            visit.stop()
    return [visit.answer() for visit in visits]


@functools.cache
def _load() -> None:
    """Load what reading records needs: that takes seconds, and no remote shall be blamed for them."""
    mappings.base.formats()
    with_si((Parameter(name="load", value=1.0, unit="K"),))


class _Visit:
    """One source being asked, by a thread of its own."""

    def __init__(self, settings: Settings, source: Source, ask: Ask, resolver: Resolver) -> None:
        self._settings = settings
        self._source = source
        self._ask = ask
        self._resolver = resolver
        self._begun = time.monotonic()
        self._lock = threading.Lock()
        self._transport: LiveTransport | None = None
        self._answer: RemoteAnswer | None = None

    def run(self) -> None:
        """Ask, and read what comes; whatever goes wrong is told by the answer."""
        try:
            answer = self._asked()
        except Overdue as error:
            answer = self._without("timed out", str(error))
        except AlmagestError as error:
            silent = isinstance(error, SourceUnreachable) and "in time" in str(error)
            answer = self._without("timed out" if silent else "failed", str(error))
        except Exception:
            log.exception("asking source %s failed", self._source.name)
            answer = self._without("failed", _BUG)
        with self._lock:
            self._answer = self._answer or answer

    def stop(self) -> None:
        """The time is up."""
        late = f"It has not answered within {self._settings.remote_seconds:g} seconds."
        with self._lock:
            self._answer = self._answer or self._without("timed out", late)
        if self._transport is not None:
            self._transport.stop()

    def answer(self) -> RemoteAnswer:
        """What came of it; to be called after the thread has ended or was stopped."""
        assert self._answer is not None
        return self._answer

    def _asked(self) -> RemoteAnswer:
        seconds = self._settings.remote_seconds
        with LiveTransport(
            self._source, self._settings, seconds=seconds, resolver=self._resolver
        ) as transport:
            self._transport = transport
            search = live_search(self._source, transport)
            asked = [part for part in parts_of(self._ask.query) if part in search.asks]
            skipped = tuple(part for part in parts_of(self._ask.query) if part not in search.asks)
            if skipped and not asked:
                return replace(
                    self._without("failed", "It knows nothing of what is asked."), not_asked=skipped
                )
            found = search.search(self._ask)
            reader = Watchdog(mappings.base.read, seconds)
            rules = Rules(self._source.name, self._source.options)
            hits: list[RemoteHit] = []
            with reader as read:
                for hit in found.hits[: self._ask.size]:
                    record = self._read(hit, read, rules)
                    if record is not None:
                        hits.append(RemoteHit(identifier=hit.identifier, record=record))
                    transport.clock.monotonic()
        lost = len(found.hits[: self._ask.size]) - len(hits)
        told = (*found.told, *((f"{lost} of its hits cannot be shown.",) if lost else ()))
        return RemoteAnswer(
            source=self._source.name,
            title=self._title,
            status="answered",
            seconds=self._seconds,
            total=found.total,
            hits=tuple(hits),
            not_asked=skipped,
            told=told,
        )

    def _read(self, hit: LiveHit, read: Any, rules: Rules) -> Record | None:
        """The record as a harvest of the source would make it; ``None`` for one that it would not take."""
        id = record_id(self._source.name, hit.identifier)
        if hit.record is not None:
            given = hit.record.provenance
            provenance = Provenance(
                source=self._source.name, identifier=hit.identifier, url=given.url, harvested=now()
            )
            return replace(hit.record, id=id, provenance=provenance)
        assert hit.raw is not None
        outcome = Outcome(id, hit.raw, provenance_of(self._source.name, hit.raw, now()), known=None, hash=b"")
        apply_crosswalk(outcome, read, rules)
        return outcome.record

    def _without(self, status: Status, error: str) -> RemoteAnswer:
        return RemoteAnswer(
            source=self._source.name,
            title=self._title,
            status=status,
            seconds=self._seconds,
            error=error[:_LONGEST_TOLD],
        )

    @property
    def _title(self) -> str:
        return self._source.options.get("title") or self._source.name

    @property
    def _seconds(self) -> float:
        return time.monotonic() - self._begun
