"""Manners: who we are, how often one host is asked, by all sources together, and when again."""

from __future__ import annotations

import email.utils
import math
import random
import re
import threading
import time
from collections import deque
from collections.abc import Mapping
from typing import Protocol

import catalogue
from catalogue.errors import AlmagestError
from catalogue.settings import Settings

MAXIMUM_RETRY_AFTER = 600.0
"""Seconds that we wait at most when a host says Retry-After; then we ask again."""
MAXIMUM_PAUSE = 3600.0
"""Seconds that we wait at most when a host has counted our requests and says when it counts anew."""
_LONGEST_BACKOFF = 60.0
_EPOCH = 1_000_000_000.0
_EPOCH_MILLISECONDS = 1e12
_REMAINING = ("x-ratelimit-remaining", "ratelimit-remaining", "x-rate-limit-remaining")
_RESET = ("x-ratelimit-reset", "ratelimit-reset", "x-rate-limit-reset")
_RATE_LIMIT = re.compile(r";\s*(?:r=0\s*;\s*t=(\d+)|t=(\d+)\s*;\s*r=0)\b")
_MINUTE = 60.0


class Stopped(AlmagestError):
    """The operator has stopped the harvest while it waited; not an error of the source."""


class Clock(Protocol):
    """Time as the transport sees it; tests pass one that does not really wait."""

    def monotonic(self) -> float:
        """Seconds that never go back."""

    def time(self) -> float:
        """Seconds since 1970, UTC."""

    def sleep(self, seconds: float) -> None:
        """Wait; raises `Stopped` when the harvest is stopped meanwhile."""


class SystemClock:
    """The machine's clock; ``stop`` ends its waiting."""

    def __init__(self, stop: threading.Event | None = None) -> None:
        self._stop = stop or threading.Event()

    def monotonic(self) -> float:
        """Seconds that never go back."""
        return time.monotonic()

    def time(self) -> float:
        """Seconds since 1970, UTC."""
        return time.time()

    def sleep(self, seconds: float) -> None:
        """Wait; raises `Stopped` when the harvest is stopped meanwhile."""
        if self._stop.wait(max(seconds, 0.0)):
            raise Stopped("The harvest was stopped; the next one goes on where it was.")


class Gate:
    """The door of one host: it gives out the moments at which requests may begin.

    The strictest limits among the sources that are being harvested hold for all of them.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._limits: dict[int, tuple[float, float | None]] = {}
        self._begun: deque[float] = deque()
        self._closed_until = 0.0

    def enter(self, who: object, delay: float, per_minute: float | None) -> None:
        """A source comes with its limits: seconds between requests, requests a minute."""
        with self._lock:
            self._limits[id(who)] = (delay, per_minute)

    def leave(self, who: object) -> None:
        """A source is done; its limits no longer hold."""
        with self._lock:
            self._limits.pop(id(who), None)

    def wait(self, clock: Clock) -> None:
        """Wait for this request's turn."""
        with self._lock:
            present = clock.monotonic()
            turn = self._next_turn(present)
            self._begun.append(turn)
        if turn > present:
            clock.sleep(turn - present)

    def close_for(self, seconds: float, clock: Clock) -> None:
        """The host has asked for peace (Retry-After): nobody asks it before that time is over."""
        with self._lock:
            self._closed_until = max(self._closed_until, clock.monotonic() + seconds)

    def _next_turn(self, present: float) -> float:
        while self._begun and self._begun[0] <= present - _MINUTE:
            self._begun.popleft()
        turn = max(present, self._closed_until)
        delay = max((limit[0] for limit in self._limits.values()), default=0.0)
        if self._begun:
            turn = max(turn, self._begun[-1] + delay)
        rates = [limit[1] for limit in self._limits.values() if limit[1]]
        if rates:
            most = max(int(min(rates)), 1)
            if len(self._begun) >= most:
                turn = max(turn, self._begun[-most] + _MINUTE)
        return turn


class Gates:
    """The doors of all hosts, by host name."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._gates: dict[str, Gate] = {}

    def of(self, host: str) -> Gate:
        """The door of a host, the same for everyone."""
        with self._lock:
            return self._gates.setdefault(host.lower(), Gate())


GATES = Gates()
"""The doors that all harvests of this process share."""


def user_agent(settings: Settings) -> str:
    """How we introduce ourselves: name, version, address of the service, whom to write to."""
    contact = settings.contact or settings.admin_email
    contact = contact if "://" in contact else f"mailto:{contact}"
    return f"Almagest/{catalogue.__version__} (+{settings.base_url}; {contact})"


def backoff(attempt: int) -> float:
    """Seconds before the next attempt: 1, 2, 4 … 60, of which a random part of half is taken off."""
    return min(2.0 ** (attempt - 1), _LONGEST_BACKOFF) * random.uniform(0.5, 1.0)  # noqa: S311


def rate_limit_pause(headers: Mapping[str, str], present: float) -> float | None:
    """Seconds until a host allows requests again when it says that none is left, at most an hour.

    Reads X-RateLimit-Remaining and -Reset as GitHub, GitLab, Zenodo and InvenioRDM send them (a
    moment or seconds from now) and the RateLimit field of draft-ietf-httpapi-ratelimit-headers;
    names of ``headers`` in lower case, ``present`` in seconds since 1970.  ``None``: go on.
    """
    found = _RATE_LIMIT.findall(headers.get("ratelimit", ""))
    text = max(("".join(times) for times in found), key=float) if found else None
    if text is None and any(headers.get(name, "").strip() == "0" for name in _REMAINING):
        text = next((headers[name] for name in _RESET if name in headers), None)
    try:
        reset = float(text) if text is not None else 0.0
    except ValueError:
        return None
    reset = reset / 1000 if reset >= _EPOCH_MILLISECONDS else reset
    seconds = reset - present if reset >= _EPOCH else reset
    return min(seconds, MAXIMUM_PAUSE) if 0 < seconds < math.inf else None


def retry_after(text: str | None, present: float) -> float | None:
    """Seconds that a Retry-After header asks for (RFC 9110, section 10.2.3), at most 600.

    Both its forms, seconds and HTTP-date; ``None`` for none and for what is neither.
    """
    if text is None:
        return None
    try:
        seconds = float(text)
    except ValueError:
        try:
            seconds = email.utils.parsedate_to_datetime(text).timestamp() - present
        except (ValueError, OverflowError):
            return None
    if seconds != seconds:
        return None
    return min(max(seconds, 0.0), MAXIMUM_RETRY_AFTER)
