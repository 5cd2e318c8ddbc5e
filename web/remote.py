"""Search elsewhere: the sources with the option live asked for a visitor, joined with what is held here.

The local search never waits for it: it has a page and an address of its own.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit

from catalogue.errors import NotFound, SourceBusy
from catalogue.index import Query
from catalogue.opening import Catalogue
from catalogue.outcome import Outcome
from catalogue.query_language import parse
from catalogue.relation_keys import own_names
from catalogue.relations import RelationLookup
from catalogue.sources import Source
from harvesters.addresses import Resolver, resolve
from harvesters.live.asking import RemoteAnswer, RemoteHit, ask_all
from harvesters.live.base import Ask
from harvesters.live.picking import pick
from web.rate_limit import RateLimit, TooMany, slot
from web.search_parameters import address

WINDOW = 60.0
LIMITS = {"client": 20, "all": 200}
"""Searches elsewhere within `WINDOW` seconds: of one client, altogether."""
MOST_OF_ONE_REMOTE = 60
"""Searches of one source within `WINDOW` seconds, where its own options do not say fewer."""
AT_ONCE = 2
"""Searches elsewhere that the processes of a machine do at the same time; each has a thread a source."""
MOST_REMOTES = 12
SIZE = 10
_KEPT_FOR = 60.0
_KEPT = 200
_NAMES_OF_A_HIT = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Elsewhere:
    """The answers of all sources that were asked; ``held`` maps ids of their hits to ids of ours."""

    answers: tuple[RemoteAnswer, ...]
    seconds: float
    held: Mapping[str, str] = field(default_factory=dict)


class _Cache:
    """Answers for a minute, as one who pages back and forth asks the same again."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: dict[object, tuple[float, Elsewhere]] = {}

    def get(self, key: object) -> Elsewhere | None:
        """What was answered under this key during the last minute."""
        with self._lock:
            known = self._kept.get(key)
        return known[1] if known is not None and known[0] > time.monotonic() else None

    def put(self, key: object, found: Elsewhere) -> None:
        """Keep an answer; the oldest go first."""
        with self._lock:
            while len(self._kept) >= _KEPT:
                del self._kept[next(iter(self._kept))]
            self._kept[key] = (time.monotonic() + _KEPT_FOR, found)


_CACHE = _Cache()


def remotes(catalogue: Catalogue) -> list[Source]:
    """The sources that may be asked, by name."""
    return [source for source in catalogue.sources.all() if is_live(source)][:MOST_REMOTES]


def is_live(source: Source) -> bool:
    """Whether searches are passed on to a source."""
    return source.options.get("live", "no").strip().casefold() not in {"no", "false", "0", "off"}


def search_elsewhere(
    catalogue: Catalogue,
    query: Query,
    client: str | None,
    *,
    names: Sequence[str] = (),
    size: int = SIZE,
    resolver: Resolver = resolve,
) -> Elsewhere:
    """Ask all sources that may be asked, or those named, for somebody (``None``: the operator).

    What was asked within the last minute is not asked again.  Raises `QueryError`, `NotFound` for a
    source that cannot be asked, and `TooMany`.
    """
    parse(query.words)
    sources = _chosen(remotes(catalogue), names)
    asked = urlsplit(address("", query)).query
    key = (str(catalogue.settings.home), tuple((one.name, one.url) for one in sources), asked, size)
    found = _CACHE.get(key)
    if found is None:
        # What is kept here under a name is unknown elsewhere.
        pairs = [
            ("moc", query.moc) if name == "region" else (name, value) for name, value in parse_qsl(asked)
        ]
        ask = Ask(query=query, parameters=pairs, size=size)
        found = _asked(catalogue, sources, ask, client, resolver)
        _CACHE.put(key, found)
    return Elsewhere(answers=found.answers, seconds=found.seconds, held=_held(catalogue, found.answers))


def _chosen(sources: list[Source], names: Sequence[str]) -> list[Source]:
    known = {source.name: source for source in sources}
    for name in names:
        if name not in known:
            raise NotFound(
                f"The source «{name[:100]}» cannot be asked while one searches; "
                + (f"known are {', '.join(known)}." if known else "none has the option live=yes.")
            )
    return [known[name] for name in dict.fromkeys(names)] if names else sources


def _asked(
    catalogue: Catalogue, sources: list[Source], ask: Ask, client: str | None, resolver: Resolver
) -> Elsewhere:
    directory = catalogue.settings.home / "remote-searches"
    recent = RateLimit(directory / "recent", WINDOW)
    stack = ExitStack()
    if client is not None:
        stack.enter_context(slot(directory, AT_ONCE))
    begun = time.monotonic()
    try:
        if client is not None:
            recent.take({f"client {client}": LIMITS["client"], "all": LIMITS["all"]})
        left_out: dict[str, str] = {}
        for source in sources:
            try:
                recent.take({f"remote {source.name}": _most(source)})
            except TooMany as often:
                left_out[source.name] = f"It was asked as often as it may be. {often}"
        able = [source for source in sources if source.name not in left_out]
    except BaseException:
        stack.close()
        raise
    answers = ask_all(catalogue.settings, able, ask, resolver=resolver, at_end=stack.close)
    answers += [
        RemoteAnswer(source=name, title=name, status="failed", seconds=0.0, error=why)
        for name, why in left_out.items()
    ]
    return Elsewhere(answers=tuple(answers), seconds=time.monotonic() - begun)


def _most(source: Source) -> int:
    """How often a source may be asked within `WINDOW` seconds."""
    most = min(source.requests_per_minute or MOST_OF_ONE_REMOTE, MOST_OF_ONE_REMOTE)
    return max(int(min(most, WINDOW / source.delay if source.delay else most)), 1)


def _held(catalogue: Catalogue, answers: Sequence[RemoteAnswer]) -> dict[str, str]:
    """What is here already: the very record of the source, or another one with an own identifier of it."""
    hits = [hit for answer in answers for hit in answer.hits]
    here = catalogue.store.get_many([hit.record.id for hit in hits])
    held = {
        id: change.joined or id
        for id, change in here.items()
        if change.record is not None or change.joined is not None
    }
    names = {hit.record.id: _names(hit) for hit in hits if hit.record.id not in held}
    lookup = RelationLookup(catalogue.database, catalogue.settings.base_url)
    things = lookup.things({name for some in names.values() for name in some})
    for id, some in names.items():
        found = next((things[name][0] for name in some if name in things), None)
        if found is not None:
            held[id] = found
    return held


def _names(hit: RemoteHit) -> list[str]:
    return list(own_names(hit.record))[:_NAMES_OF_A_HIT]


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What taking in one record came to: created, updated, unchanged, excluded or quarantined, and why."""

    id: str
    status: str
    reason: str | None = None


def take(catalogue: Catalogue, name: str, identifier: str) -> Taken:
    """Harvest one record of a source that may be asked.

    Raises `NotFound`, `SourceBusy`, `SourceError`, `StoreError`.
    """
    _chosen(remotes(catalogue), [name])
    try:
        outcome = pick(catalogue, name, identifier)
    except SourceBusy:
        raise SourceBusy(
            f"Source {name} is being harvested just now; take the record in when that has ended."
        ) from None
    return Taken(id=outcome.id, status=_status(outcome), reason=_reason(outcome))


def _status(outcome: Outcome) -> str:
    if outcome.state != "live":
        return outcome.state
    if not outcome.record_changed:
        return "unchanged"
    return "updated" if outcome.was_live else "created"


def _reason(outcome: Outcome) -> str | None:
    if outcome.state == "excluded":
        return f"The rules of its source leave it out ({outcome.excluded_by})."
    return outcome.issues[0].reason if outcome.state == "quarantined" and outcome.issues else None
