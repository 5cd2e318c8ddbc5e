"""Workers as programs, and many small sources that notice who asks them when."""

from __future__ import annotations

import contextlib
import itertools
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from subprocess import Popen
from typing import Any

from catalogue.json_form import dumps
from catalogue.opening import Catalogue
from catalogue.settings import load_settings
from catalogue.sources import Source
from tests.harvesters.misbehaving import Asked, Item, Repository, Script, Sent, Server, some
from tests.web.command_line import Home
from web.queue_worker import QueueWorker

STALLED = 2.0
"""Seconds after which the workers of the tests take each other for dead."""
NEVER = "0 0 29 2 *"
State = dict[str, tuple[bool, bytes, str, bytes]]


def eventually(holds: Callable[[], Any], seconds: float = 30) -> None:
    """Wait until it holds."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


def opened(home: Path, url: str, **more: str) -> Catalogue:
    """The catalogue of a home on a PostgreSQL."""
    return Catalogue(load_settings({"ALMAGEST_HOME": str(home), "ALMAGEST_DATABASE_URL": url, **more}))


@contextlib.contextmanager
def at_work(*workers: QueueWorker) -> Iterator[threading.Event]:
    """Workers in threads of this process, until the end of the block."""
    stop = threading.Event()
    threads = [threading.Thread(target=worker.run, args=(stop,)) for worker in workers]
    for thread in threads:
        thread.start()
    try:
        yield stop
    finally:
        stop.set()
        for thread in threads:
            thread.join(30)
            assert not thread.is_alive()


@contextlib.contextmanager
def workers(home: Home) -> Iterator[Callable[..., Popen[str]]]:
    """Starts `almagest work` as a program, as often as wanted; none outlives the block."""
    processes: list[Popen[str]] = []

    def begin(*options: str) -> Popen[str]:
        home.path.mkdir(exist_ok=True)
        with (home.path / f"work-{len(processes)}.log").open("w") as log:
            arguments = ("work", "--stalled-after", str(STALLED), *options)
            processes.append(home.start(*arguments, stdout=log, stderr=log))
        return processes[-1]

    try:
        yield begin
    finally:
        for process in processes:
            if process.poll() is None:
                process.kill()
            process.wait(30)


def logs(home: Home) -> str:
    """What all workers have said."""
    return "\n".join(path.read_text() for path in sorted(home.path.glob("work-*.log")))


@dataclass(frozen=True)
class Request:
    """A request to a source: from when to when it was answered."""

    source: str
    host: str
    begun: float
    ended: float


class Sources:
    """Small OAI-PMH sources on several loopback addresses, each of which takes its time to answer."""

    def __init__(self, count: int, hosts: int = 1, *, records: int = 30, delay: float = 0.05) -> None:
        self.requests: list[Request] = []
        self._delay = delay
        self.servers: dict[str, Server] = {}
        for number in range(count):
            name, host = f"source-{number:02d}", f"127.0.0.{2 + number % hosts}"
            server = Server(Repository(_items(name, records)), host=host)
            server.script = self._script(name, host)
            self.servers[name] = server

    def __enter__(self) -> Sources:
        for server in self.servers.values():
            server.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        for server in self.servers.values():
            server.__exit__(None, None, None)

    def _script(self, name: str, host: str) -> Script:
        def script(_: Asked, sent: Sent) -> Sent:
            begun = time.monotonic()
            time.sleep(self._delay)
            self.requests.append(Request(name, host, begun, time.monotonic()))
            return sent

        return script

    def register(self, catalogue: Catalogue, schedule: str | None) -> None:
        """Register all of them."""
        for name, server in self.servers.items():
            options = {"overlap": "0"}
            catalogue.sources.add(
                Source(name=name, kind="oai-pmh", url=server.url, schedule=schedule, options=options)
            )

    def overlaps(self, attribute: str) -> list[tuple[Request, Request]]:
        """Requests to the same source (or host) that were answered at the same time."""
        groups: dict[str, list[Request]] = {}
        for request in sorted(self.requests, key=lambda request: request.begun):
            groups.setdefault(getattr(request, attribute), []).append(request)
        return [
            (one, two)
            for group in groups.values()
            for one, two in itertools.pairwise(group)
            if two.begun < one.ended
        ]


def _items(name: str, count: int) -> list[Item]:
    items = [
        replace(item, identifier=f"oai:{name}:{n}", title=f"{name} {n}") for n, item in enumerate(some(count))
    ]
    return [replace(item, deleted=True) if n % 7 == 3 else item for n, item in enumerate(items)]


def state(catalogue: Catalogue) -> State:
    """All records with their originals: what is kept of them, but when it was."""
    found: State = {}
    for change in catalogue.store.walk(deleted=True):
        raw, record = catalogue.store.raw(change.id), change.record
        body = b""
        if record is not None:
            body = dumps(replace(record, provenance=replace(record.provenance, harvested=None)))
        assert change.id not in found
        found[change.id] = (record is None, body, raw.state, raw.data)
    return found
