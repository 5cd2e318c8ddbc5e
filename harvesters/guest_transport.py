"""The transport for an address that anybody may give: bounded in time, requests and bytes."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from typing import Any

from catalogue.errors import SourceForbidden, SourceUnreachable
from catalogue.settings import Settings
from catalogue.sources import Source
from harvesters.addresses import Resolver, resolve
from harvesters.politeness import Gates
from harvesters.transport import Answer, Transport

MAXIMUM_BODY = 16_000_000
"""Bytes of one answer."""
MAXIMUM_REQUESTS = 80
_WEB = {80, 443}
_FIRST_FREE_PORT = 1024
_ATTEMPTS = 2


class Overdue(SourceUnreachable):
    """The time or the number of requests that the whole visit may take is used up."""


class VisitClock:
    """The machine's clock, on which nothing happens any more after a moment."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._end = time.monotonic() + seconds
        self._stop = threading.Event()

    def monotonic(self) -> float:
        """Seconds that never go back; raises `Overdue` when the time is up."""
        present = time.monotonic()
        if present > self._end or self._stop.is_set():
            raise Overdue(f"It has not come to its end within {self._seconds:g} seconds.")
        return present

    def time(self) -> float:
        """Seconds since 1970, UTC."""
        return time.time()

    def sleep(self, seconds: float) -> None:
        """Wait; raises `Overdue` at once where the time is too short for that."""
        if self.monotonic() + seconds > self._end:
            raise Overdue(f"It asks for a pause of {seconds:.0f} seconds, longer than we may wait here.")
        self._stop.wait(seconds)
        self.monotonic()

    def stop(self) -> None:
        """The time is up."""
        self._stop.set()


class GuestTransport(Transport):
    """Requests to an address that came from outside, ``seconds`` long altogether.

    Nothing private may be reached, neither by name nor by redirect, and no port of another
    service than the web; but for an address of the setting guest_addresses, that one port, asked
    for by the visitor himself.  Its gates are its own: what a host asks of a visitor must not
    stop the harvests.  ``from_operator`` says that an operator tests what he is about to register: his
    own address may be private, as that of a source may.
    """

    def __init__(
        self,
        source: Source,
        settings: Settings,
        *,
        seconds: float,
        resolver: Resolver = resolve,
        from_operator: bool = False,
    ) -> None:
        self._deadline = VisitClock(seconds)
        self._resolver = resolver
        self._open_to_guests = frozenset(settings.guest_addresses)
        super().__init__(
            source,
            settings,
            from_operator=from_operator,
            clock=self._deadline,
            gates=Gates(),
            resolver=resolver,
        )

    @property
    def maximum_body(self) -> int:
        """Bytes of one answer at most."""
        return MAXIMUM_BODY

    def get(self, url: str, parameters: Sequence[tuple[str, str]] = (), **more: Any) -> Answer:
        """One GET as `Transport.get` does it; raises `Overdue` as well."""
        self._deadline.monotonic()
        if self.requests >= MAXIMUM_REQUESTS:
            raise Overdue(f"It needs more than {MAXIMUM_REQUESTS} requests.")
        more["attempts"] = min(more.get("attempts") or _ATTEMPTS, _ATTEMPTS)
        return super().get(url, parameters, **more)

    def stop(self) -> None:
        """End whatever is being asked; may be called from another thread."""
        self._deadline.stop()
        self.close()

    def _addresses(self, host: str, port: int, redirected: bool, proxied: bool) -> Sequence[str]:
        if not self._from_operator and port not in _WEB and port < _FIRST_FREE_PORT:
            raise SourceForbidden(f"Port {port} of {host} may not be asked: it is none of the web's.")
        if not redirected and not proxied and f"{host.lower()}:{port}" in self._open_to_guests:
            return self._resolver(host, port)
        return super()._addresses(host, port, redirected, proxied)
