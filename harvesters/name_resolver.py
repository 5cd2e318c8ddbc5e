"""Positions of objects by their names, from a name resolver that speaks as CDS Sesame does (XML, -ox).

Off unless the setting resolver_url names one.  What it answers is nobody's record: it is bounded in bytes
and time, kept in memory for a while, and only two finite numbers of it are used.
"""

from __future__ import annotations

import math
import re
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as Overdue
from urllib.parse import quote

from lxml import etree

from catalogue.errors import SourceError
from catalogue.settings import Settings
from catalogue.sources import Source
from harvesters.politeness import Gates
from harvesters.transport import Transport
from mappings.base import xml_parser

PATIENCE = 1.8
"""Seconds that a search waits for positions, of however many objects."""
_ONE_SEARCH = 4.0
"""Seconds after which the next lookup of a thread belongs to another search."""
LONGEST_NAME = 60
_MOST_KEPT = 5000
_KEPT_FOR = 86_400.0
_FAULT_KEPT_FOR = 20.0
_PAUSE = 5.0
_LATE = 3
"""So many times the patience of a search may an answer take: it serves the next one."""
_AT_ONCE = 2
_LARGEST_ANSWER = 1_000_000
_NAME = re.compile(r"[\w+\-.*'\[\]() ]+")

Position = tuple[float, float]
"""Right ascension and declination in degrees, ICRS."""


class _Short(Transport):
    """Answers that are a few kilobytes."""

    @property
    def maximum_body(self) -> int:
        """Bytes of one answer at most."""
        return _LARGEST_ANSWER


class NameResolver:
    """Looks names up at one address; ``patience`` in seconds.  May be used by several threads."""

    def __init__(self, settings: Settings, patience: float = PATIENCE) -> None:
        self._settings = settings
        self._patience = patience
        self._kept: dict[str, tuple[float, Position | str]] = {}
        self._paused_until = 0.0
        self._lock = threading.Lock()
        self._free = threading.BoundedSemaphore(_AT_ONCE)
        self._mine = threading.local()
        self._threads = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="names")

    def position(self, name: str) -> Position:
        """Where an object is; raises ``ValueError`` with a reason for the user."""
        name = " ".join(name.split())
        if len(name) > LONGEST_NAME or not _NAME.fullmatch(name):
            raise ValueError(f"«{name[:60]}» is no name of an object")
        found = self._known(name)
        if found is None:
            found = self._asked(name)
        if isinstance(found, str):
            raise ValueError(found)
        return found

    def _known(self, name: str) -> Position | str | None:
        with self._lock:
            until, found = self._kept.get(name.casefold(), (0.0, None))
        return found if until > time.monotonic() else None

    def _keep(self, name: str, found: Position | str, seconds: float) -> None:
        with self._lock:
            if len(self._kept) >= _MOST_KEPT:
                self._kept.clear()
            self._kept[name.casefold()] = time.monotonic() + seconds, found

    def _asked(self, name: str) -> Position | str:
        """The position or why there is none; an answer that comes too late is kept for the next search."""
        left = self._left()
        if not left or time.monotonic() < self._paused_until or not self._free.acquire(blocking=False):
            return f"the name resolver is slow, and has no position of «{name}» yet; try again or {_FORM}"
        asking: Future[Position | str] = self._threads.submit(self._ask, name)
        try:
            return asking.result(left)
        except Overdue:
            if left == self._patience:
                self._paused_until = time.monotonic() + _PAUSE
            return (
                f"the name resolver has not told the position of «{name}» within {self._patience:g} s; "
                f"try again or {_FORM}"
            )

    def _left(self) -> float:
        """Seconds that the search of this thread may still wait: it may name several objects."""
        present = time.monotonic()
        began: float = getattr(self._mine, "began", present - _ONE_SEARCH)
        if present - began >= _ONE_SEARCH:
            self._mine.began = present
            return self._patience
        return max(0.0, began + self._patience - present)

    def _ask(self, name: str) -> Position | str:
        try:
            url = f"{self._settings.resolver_url.rstrip('/')}/-ox/SNV?{quote(name, safe='')}"
            options = {"timeout": f"{_LATE * self._patience:g}"}
            source = Source(name="names", kind="names", url=url, options=options)
            with _Short(source, self._settings, gates=Gates()) as transport:
                answer = transport.get(url, accept="application/xml, text/xml", attempts=1)
            found = _position(answer.body) if answer.status == 200 else None
        except (SourceError, etree.XMLSyntaxError):
            fault = f"the name resolver cannot be reached, so «{name}» has no position here; {_FORM}"
            self._keep(name, fault, _FAULT_KEPT_FOR)
            return fault
        finally:
            self._free.release()
        if found is None:
            unknown = f"the name resolver knows no object «{name}»; {_FORM}"
            self._keep(name, unknown, _KEPT_FOR / 24)
            return unknown
        self._keep(name, found, _KEPT_FOR)
        return found


def names(settings: Settings) -> Callable[[str], Position] | None:
    """What looks names up in an installation, if anything does."""
    return NameResolver(settings).position if settings.resolver_url else None


_FORM = "write RA,DEC,RADIUS in degrees"


def _position(body: bytes) -> Position | None:
    """The first position in an answer."""
    root = etree.fromstring(body, xml_parser())
    for answer in root.iter("{*}Resolver"):
        try:
            ra, dec = (float(answer.findtext(f"{{*}}{name}", "")) for name in ("jradeg", "jdedeg"))
        except ValueError:
            continue
        if math.isfinite(ra) and 0 <= ra <= 360 and -90 <= dec <= 90:
            return ra, dec
    return None
