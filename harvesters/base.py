"""A source protocol and how the protocols are found.

A new protocol is ONE file in this package that holds a class with a ``kind``.
"""

from __future__ import annotations

import functools
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import harvesters
from catalogue.discovery import classes_in
from catalogue.errors import SettingsError
from catalogue.record import Page
from catalogue.sources import Source
from harvesters.transport import Transport

EVERYTHING = "*"
"""In place of the names of all parts of a list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """What an endpoint says of itself, and where it departs from its standard.

    ``faults`` are sentences for the operator of the endpoint.
    """

    name: str
    protocol: str
    formats: tuple[str, ...] = ()
    chosen_format: str | None = None
    sets: tuple[str, ...] = ()
    granularity: str | None = None
    deletion: str | None = None
    earliest: str | None = None
    records: int | None = None
    faults: tuple[str, ...] = ()


class Harvester(ABC):
    """Fetches the raw records of one source, page by page; it neither maps nor stores.

    ``deletes_by_absence`` tells the flow that a full list is complete, so that a record
    missing from it has vanished at the source.

    ``options``  the options that only this kind has: name → meaning
    ``local``    whether its address is a folder or file of this machine
    ``memory``   what it wants to know again at the next run (JSON-able): the flow sets it
                 before `pages` and keeps it when the run has ended well
    ``unread``   parts of the list that could not be read this time → why; a part is named as
                 in the ``sets`` of its records, which are then neither missing nor withdrawn
    ``reads_all``  whether every run reads the full list, as the protocol tells no changes
    ``when_empty``  what is said of a full list without any record
    ``whole``    parts whose full list was read although only changes were asked for, named like
                 those in ``unread`` (`EVERYTHING`: all of them); what they lack has vanished
    """

    kind: ClassVar[str]
    title: ClassVar[str]
    options: ClassVar[Mapping[str, str]] = {}
    local: ClassVar[bool] = False
    deletes_by_absence: ClassVar[bool] = True
    reads_all: ClassVar[bool] = False
    when_empty: ClassVar[str] = "its list is empty; check sets and prefix"

    def __init__(self, source: Source, transport: Transport) -> None:
        self.source = source
        self.transport = transport
        self.memory: dict[str, Any] = {}
        self.unread: dict[str, str] = {}
        self.whole: set[str] = set()

    @classmethod
    def check(cls, source: Source) -> None:
        """Look at what only this kind knows of its options, when a source is registered or changed.

        Raises `SettingsError` with one sentence that says what to give.
        """
        del source

    @abstractmethod
    def probe(self) -> Probe:
        """Ask the endpoint what it is; raises `SourceError`."""

    @abstractmethod
    def pages(self, since: str | None, checkpoint: dict[str, Any] | None) -> Iterator[Page]:
        """All records changed since ``since`` (UTC, ISO 8601; ``None``: all records).

        ``checkpoint`` is that of the last stored page of a run that was cut off.
        Raises `SourceError` when it cannot go on.
        """

    def again(self, identifiers: Sequence[str]) -> Iterator[Page]:
        """Records that earlier runs could not get, asked for one by one after `pages` has ended.

        A protocol that cannot ask for one record gives none.
        """
        del identifiers
        return iter(())

    @property
    @abstractmethod
    def started(self) -> str | None:
        """The server's own clock at the first answer: the next run's ``since``."""

    @property
    def missing(self) -> int:
        """Records that the source has announced and not given; known when `pages` has ended."""
        return 0


@functools.cache
def harvester_kinds() -> Mapping[str, type[Harvester]]:
    """All harvesters by kind."""
    found = {kind.kind: kind for kind in classes_in(harvesters, Harvester)}  # type: ignore[type-abstract]
    return dict(sorted(found.items()))


def reads_all(source: Source) -> bool:
    """Whether a source's every run reads its full list; no for a kind that nobody knows."""
    kind = harvester_kinds().get(source.kind)
    return kind is not None and kind.reads_all


def harvester_of(source: Source, transport: Transport) -> Harvester:
    """The harvester for a source; raises `SettingsError` that names the known kinds."""
    try:
        return harvester_kinds()[source.kind](source, transport)
    except KeyError:
        known = ", ".join(harvester_kinds())
        raise SettingsError(f"No harvester is of kind «{source.kind}»; known are {known}.") from None
