"""A source read part after part, each part a list that is read from position to position.

What such harvesters have in common is here: where a run goes on when it was cut off, what
a list announced and gave, lists that run in a circle, lists too long for their window, parts
that fail alone, and stretches of a list that cannot be read.
"""

from __future__ import annotations

import logging
from abc import abstractmethod
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, ClassVar

from catalogue.errors import SourceError, SourceProtocolError
from catalogue.record import Issue, Page, RawRecord
from catalogue.runs import now
from catalogue.sources import Source
from harvesters.addresses import shown
from harvesters.base import Harvester
from harvesters.json_client import Unreadable
from harvesters.oai_trail import Trail
from harvesters.seen import Seen
from harvesters.transport import HostFailing, Transport

log = logging.getLogger(__name__)

_ONE_BY_ONE = 25
"""So many records that are asked for by themselves make a page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """What one request gave: records, issues of those that did not arrive whole, and what follows.

    ``next``   where the list goes on (JSON-able); ``None``: it ends here
    ``total``  how many records the whole part has, as far as the source says so
    """

    records: tuple[RawRecord, ...] = ()
    next: Any = None
    total: int | None = None
    issues: tuple[Issue, ...] = ()


@dataclass(slots=True)
class Walk:
    """How far a run has come; the checkpoint is this as JSON.

    ``count`` is what the present part gave so far, each record once, ``total`` what it announced,
    ``expected`` what all parts before it announced or gave, ``missing`` what they announced and did
    not give.  ``ended`` tells that the present part has been read to its end, ``repeated`` that it
    is read once more; ``good`` parts have been read to their ends.
    """

    started: str
    since: str | None
    parts: list[str]
    at: int = 0
    position: Any = None
    begun: bool = False
    ended: bool = False
    repeated: bool = False
    count: int = 0
    total: int | None = None
    expected: int = 0
    missing: int = 0
    good: int = 0
    unread: dict[str, str] = field(default_factory=dict)

    @classmethod
    def gone_on_with(cls, checkpoint: dict[str, Any] | None) -> Walk | None:
        """The walk of a run that was cut off; ``None`` where there is none, or of another kind."""
        try:
            walk = cls(**checkpoint) if checkpoint else None
        except TypeError:
            return None
        if walk is not None and walk.repeated and not walk.ended:
            # What was counted is known no more: the second reading begins again.
            walk.position, walk.count = None, 0
        return walk

    def checkpoint(self) -> dict[str, Any]:
        """Where another run goes on."""
        return asdict(self)

    def end_part(self) -> None:
        """Go on to the next part."""
        if self.total is not None:
            self.missing += max(self.total - self.count, 0)
        self.expected += max(self.total or 0, self.count)
        self.at += 1
        self.position, self.count, self.total = None, 0, None
        self.begun = self.ended = self.repeated = False


class Listing(Harvester):
    """A harvester that reads its parts one after the other.

    A subclass says which ``parts`` a run has (texts of its own choice; they are kept in the
    checkpoint) and gives a ``batch`` of one part at one position.  ``fails_alone`` tells that a
    part which cannot be read leaves the others be; ``label`` is then the set that its records carry
    (empty: none, and then nothing tells them from the others, so that the run fails with their part).
    ``window`` is the longest list that the source reads to its end; longer ones are ``divided``.
    ``announced`` may be set to the number of records of all parts, for those who watch.
    A part that failed is asked next time for its changes since its own last good harvest; until
    then its beginning is remembered in `memory`.
    """

    fails_alone: ClassVar[bool] = False
    window: ClassVar[int | None] = None

    def __init__(self, source: Source, transport: Transport) -> None:
        super().__init__(source, transport)
        self._walk: Walk | None = None
        self._counted = 0
        self._known = Seen()
        self._doubles = 0
        self._has_shrunk = False
        self.announced: int | None = None

    @abstractmethod
    def parts(self, since: str | None) -> Sequence[str]:
        """The parts of this run, in the order in which they are read; raises `SourceError`."""

    @abstractmethod
    def batch(self, part: str, since: str | None, position: Any) -> Batch:
        """The records of a part from a position on (``None``: from its beginning).

        Raises `Unreadable` or `HostFailing` where this very stretch cannot be had, and any
        other `SourceError` where the part cannot.
        """

    def label(self, part: str) -> str:
        """The set that the records of a part carry, and by which the part is told when it fails."""
        return part

    def divided(self, part: str, since: str | None, total: int) -> Sequence[str]:
        """Shorter parts in place of one that is longer than the ``window``; none: read what there is."""
        del part, since, total
        return ()

    def around(self, part: str, since: str | None, position: Any) -> Iterator[Batch]:
        """Batches in place of one that could not be read; none where there is no way round."""
        del part, since, position
        return iter(())

    def since_of(self, part: str, since: str | None) -> str | None:
        """Where the changes of a part begin: earlier where it could not be read by the last runs."""
        return None if since is None else self._behind.get(self.label(part), since)

    @property
    def _behind(self) -> dict[str, str | None]:
        found = self.memory.get("behind")
        return found if isinstance(found, dict) else {}

    @property
    def started(self) -> str | None:
        """Our own clock when the run began; REST APIs seldom tell theirs."""
        return None if self._walk is None else self._walk.started

    @property
    def missing(self) -> int:
        """What the parts announced and did not give, one by one."""
        return 0 if self._walk is None else self._walk.missing

    def one_by_one(
        self, identifiers: Sequence[str], ask: Callable[[str], RawRecord | Issue]
    ) -> Iterator[Page]:
        """Single records, for `again`; the checkpoint stays at the end of the list."""
        for start in range(0, len(identifiers), _ONE_BY_ONE):
            before = self.transport.requests
            found = [ask(one) for one in identifiers[start : start + _ONE_BY_ONE]]
            yield Page(
                records=tuple(one for one in found if isinstance(one, RawRecord)),
                issues=tuple(one for one in found if isinstance(one, Issue)),
                checkpoint=None if self._walk is None else self._walk.checkpoint(),
                requests=self.transport.requests - before,
            )

    def pages(self, since: str | None, checkpoint: dict[str, Any] | None) -> Iterator[Page]:
        """All parts to their ends; after the last page the checkpoint is past the last part."""
        walk = Walk.gone_on_with(checkpoint)
        if walk is None:
            walk = Walk(started=now(), since=since, parts=list(self.parts(since)))
        self._walk = walk
        self.unread = walk.unread
        while walk.at < len(walk.parts):
            try:
                yield from self._part(walk)
                walk.good += 1
            except SourceError as error:
                label = self.label(walk.parts[walk.at])
                is_last_hope = not walk.good and walk.at == len(walk.parts) - 1
                if not (self.fails_alone and label) or is_last_hope:
                    raise
                log.warning("%s the part %s fails alone: %s", self.transport.whose, label, error)
                walk.unread[label] = str(error)
                walk.total = None
            walk.end_part()
            yield self._page(walk, ())
        if self.fails_alone:
            before = self._behind
            self.memory["behind"] = {label: before.get(label, walk.since) for label in walk.unread}

    def _part(self, walk: Walk) -> Iterator[Page]:
        """One part to its end; once more when its list has moved while it was read."""
        self._known = Seen()
        while not walk.ended:
            self._doubles, self._has_shrunk = 0, False
            yield from self._once(walk)
            is_short = self._doubles and walk.total is not None and walk.count < walk.total
            # Where records vanish from before the place that is read, others slip past it unseen.
            if not (is_short or self._has_shrunk) or walk.repeated:
                return
            log.warning("%s the list moved while it was read; reading it again", self.transport.whose)
            walk.position, walk.ended, walk.repeated = None, False, True

    def _once(self, walk: Walk) -> Iterator[Page]:
        trail = Trail()
        goes_on = True
        while goes_on:
            part = walk.parts[walk.at]
            for batch in self._batches(walk, part):
                if self._is_divided(walk, part, batch):
                    break
                page, goes_on = self._noted(walk, trail, batch)
                yield page

    def _batches(self, walk: Walk, part: str) -> Iterator[Batch]:
        try:
            batch = self.batch(part, self.since_of(part, walk.since), walk.position)
        except (Unreadable, HostFailing) as broken:
            yield from self._around(walk, part, broken)
        else:
            yield batch

    def _around(self, walk: Walk, part: str, broken: SourceError) -> Iterator[Batch]:
        log.warning("%s %s; reading around it", self.transport.whose, broken)
        found = self.around(part, self.since_of(part, walk.since), walk.position)
        first = next(found, None)
        if first is None:
            raise broken
        yield first
        yield from found

    def _is_divided(self, walk: Walk, part: str, batch: Batch) -> bool:
        """Put shorter parts in the place of one whose list is longer than can be read."""
        if walk.begun or self.window is None or (batch.total or 0) <= self.window:
            return False
        finer = self.divided(part, self.since_of(part, walk.since), batch.total or 0)
        if not finer or list(finer) == [part]:
            return False
        walk.parts[walk.at : walk.at + 1] = finer
        return True

    def _noted(self, walk: Walk, trail: Trail, batch: Batch) -> tuple[Page, bool]:
        """A batch as a page, and whether its part goes on."""
        walk.begun = True
        names = [raw.identifier for raw in batch.records]
        names += [issue.identifier for issue in batch.issues]
        nameless = [issue.identifier for issue in batch.issues if issue.rule == "unnamed"]
        walk.missing += sum(name not in self._known for name in nameless)
        fresh = sum(map(self._known.add, names))
        walk.count += fresh
        self._doubles += len(names) - fresh
        if batch.total is not None:
            self._has_shrunk = self._has_shrunk or batch.total < (walk.total or 0)
            walk.total = batch.total
        walk.position, walk.ended = batch.next, batch.next is None
        if batch.next is not None and trail.circles(str(batch.next), names):
            raise SourceProtocolError(
                f"{shown(self.source.url)} gives the same page again and would never come to an end; "
                "ask its operator."
            )
        return self._page(walk, batch.records, batch.issues), batch.next is not None

    def _page(self, walk: Walk, records: tuple[RawRecord, ...], issues: tuple[Issue, ...] = ()) -> Page:
        requests, self._counted = self.transport.requests - self._counted, self.transport.requests
        is_last_part = walk.at >= len(walk.parts) - 1
        announced = walk.total if walk.total is not None else walk.count
        return Page(
            records=records,
            issues=issues,
            checkpoint=walk.checkpoint(),
            expected=walk.expected + announced if is_last_part else self.announced,
            requests=requests,
        )
