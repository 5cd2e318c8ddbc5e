"""What a source is asked while somebody searches, and how the kinds that can be asked are found.

A new kind is ONE file in this package that holds a class with a ``kind``, which is that of a harvester.
"""

from __future__ import annotations

import functools
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from catalogue.discovery import classes_in
from catalogue.errors import SettingsError
from catalogue.index import FACETS, Query
from catalogue.record import RawRecord, Record
from catalogue.sources import Source
from harvesters.transport import Transport

COVERED = ("sky", "moc", "time", "energy", "place")
_KEPT_FOR = 600.0
_KEPT = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveHit:
    """A record that a source has found: raw as it gave it, or in our own model where it speaks that.

    ``identifier`` is the one under which a harvest of the source has it, or finds it.
    """

    identifier: str
    raw: RawRecord | None = None
    record: Record | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The answer of a source; ``total`` where it tells one, ``told`` are sentences for whoever searches."""

    hits: tuple[LiveHit, ...]
    total: int | None = None
    told: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """What is asked: the query, the same as the parameters of our own REST, how many hits are wanted."""

    query: Query
    parameters: Sequence[tuple[str, str]] = field(default=())
    size: int = 10


class LiveSearch(ABC):
    """Asks one source.  ``asks`` are the parts of a query that it can be asked for (see `parts_of`)."""

    kind: ClassVar[str]
    asks: ClassVar[frozenset[str]] = frozenset({"q"})

    def __init__(self, source: Source, transport: Transport) -> None:
        self.source = source
        self.transport = transport

    @abstractmethod
    def search(self, ask: Ask) -> Found:
        """The first hits; raises `SourceError`."""

    @abstractmethod
    def one(self, identifier: str) -> RawRecord:
        """One record just as a harvest of the source gives it.

        Raises `NotFound` where the source has no such record, or not among those that it is harvested
        for; `SourceError`.
        """


@functools.cache
def _found_kinds() -> Mapping[str, type[LiveSearch]]:
    import harvesters.live as package

    found = {kind.kind: kind for kind in classes_in(package, LiveSearch)}  # type: ignore[type-abstract]
    return dict(sorted(found.items()))


def live_kinds() -> tuple[str, ...]:
    """The kinds of sources that can be asked."""
    return tuple(_found_kinds())


def live_search(source: Source, transport: Transport) -> LiveSearch:
    """Who asks a source; raises `SettingsError` for a kind that cannot be asked."""
    try:
        return _found_kinds()[source.kind](source, transport)
    except KeyError:
        raise SettingsError(
            f"Sources of kind {source.kind} cannot be asked while somebody searches."
        ) from None


def parts_of(query: Query) -> tuple[str, ...]:
    """The parameters by which a query asks something."""
    named: list[tuple[str, object]] = [
        ("q", query.words),
        *((name, query.facets.get(name)) for name in FACETS),
    ]
    named += [("published", any(query.published)), *((name, getattr(query, name, "")) for name in COVERED)]
    return tuple(name for name, value in [*named, ("parameter", query.parameters)] if value)


class Remembered:
    """What asking has shown of an installation, for ten minutes, so that each search need not ask again."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: dict[object, tuple[float, Any]] = {}

    def get(self, key: object, make: Callable[[], Any]) -> Any:
        """What was made under this key; two may make it at the same time."""
        with self._lock:
            known = self._kept.get(key)
        if known is not None and known[0] > time.monotonic():
            return known[1]
        made = make()
        with self._lock:
            if len(self._kept) >= _KEPT:
                self._kept.clear()
            self._kept[key] = (time.monotonic() + _KEPT_FOR, made)
        return made


REMEMBERED = Remembered()
