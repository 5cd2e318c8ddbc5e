"""How often something may be done, counted in a file that all processes of a machine share.

Processes on several machines count each for themselves, unless the data directory is shared;
a limit is then that many times higher.
"""

from __future__ import annotations

import fcntl
import hashlib
import ipaddress
import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from flask import Request

from catalogue.errors import AlmagestError


class TooMany(AlmagestError):
    """It has been done too often; ``retry_after`` are the seconds until it may be done again."""

    def __init__(self, message: str, *, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class RateLimit:
    """Counts what happens under a key within ``window`` seconds, in one small file.

    The keys themselves are not written, only their hashes, and nothing longer than the window.
    """

    def __init__(self, path: Path, window: float, *, clock: Callable[[], float] = time.time) -> None:
        self._path = path
        self._window = window
        self._clock = clock

    def take(self, limits: Mapping[str, int]) -> None:
        """Count one under each key; raises `TooMany`, and counts nothing, where one is used up."""
        with _locked(self._path) as file:
            present, events = self._recent(file)
            self._check(limits, present, events)
            events += [(present, _hashed(name)) for name in limits]
            file.seek(0)
            file.truncate()
            file.writelines(f"{moment:.3f} {key}\n" for moment, key in events)
            file.flush()

    def check(self, limits: Mapping[str, int]) -> None:
        """Count nothing; raises `TooMany` where a key is used up already."""
        with _locked(self._path) as file:
            self._check(limits, *self._recent(file))

    def _recent(self, file: IO[str]) -> tuple[float, list[tuple[float, str]]]:
        present = self._clock()
        return present, [(moment, key) for moment, key in _events(file) if moment > present - self._window]

    def _check(self, limits: Mapping[str, int], present: float, events: list[tuple[float, str]]) -> None:
        for name, most in limits.items():
            hashed = _hashed(name)
            mine = [moment for moment, key in events if key == hashed]
            if len(mine) >= most:
                wait = int(mine[-most] + self._window - present) + 1
                raise TooMany(
                    f"There {'was' if most == 1 else 'were'} {most} within {self._window / 60:g} minutes; "
                    f"please come again in {wait} seconds.",
                    retry_after=wait,
                )


@contextmanager
def slot(directory: Path, number: int) -> Iterator[None]:
    """One of so many places that the processes of a machine share; raises `TooMany` where all are taken.

    A place is free again as soon as the process that had it ends, however it ends.
    """
    directory.mkdir(parents=True, exist_ok=True)
    for one in range(number):
        handle = os.open(directory / f"slot-{one}", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(handle)
            continue
        try:
            yield
        finally:
            os.close(handle)
        return
    busy = "The only place is taken" if number == 1 else f"All {number} places are taken"
    raise TooMany(f"{busy} just now; please come again in a minute.", retry_after=30)


def client_of(request: Request) -> str:
    """Who asks: the address, of IPv6 the network of a customer (/64).

    A proxy of our own, which is where a request comes from a private address, adds the true
    one at the end of X-Forwarded-For; what a client has written before it is not believed.
    """
    address = request.remote_addr or ""
    try:
        ip = ipaddress.ip_address(address)
        if not ip.is_global and request.access_route:
            last = request.headers.get("X-Forwarded-For", address).rpartition(",")[2].strip()
            ip = ipaddress.ip_address(last)
    except ValueError:
        return address
    if isinstance(ip, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((ip, 64), strict=False))
    return str(ip)


@contextmanager
def _locked(path: Path) -> Iterator[IO[str]]:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    with os.fdopen(handle, "r+", encoding="ascii", errors="replace") as file:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield file


def _events(file: IO[str]) -> Iterator[tuple[float, str]]:
    for line in file:
        moment, _, key = line.strip().partition(" ")
        try:
            yield float(moment), key
        except ValueError:
            continue


def _hashed(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()[:24]
