"""The processes in which queries of the embedded graph run, seen from those who ask.

A query may compute for ever, take all memory or answer without end.  So each runs in a child
(`graph_child.py`) that is killed at its limits; what happens to the child does not happen to us.  Children
are started when they are needed, answer one query after the other, and are started anew when they have
ended.  They are spawned, never forked: a fork of a process that has the engine open hangs.
"""

from __future__ import annotations

import contextlib
import logging
import os
import select
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import orjson

from catalogue.errors import GraphBusy, GraphCorrupt, GraphError, GraphTooCostly, GraphUnavailable, QueryError
from catalogue.graph import Asked
from catalogue.graph_answers import complete, computes_too_long, is_too_long, patience
from catalogue.graph_snapshots import ADVICE
from catalogue.said import Figures, said
from catalogue.sparql_text import read_sparql
from catalogue.sparql_tokens import tokens

log = logging.getLogger(__name__)

_HEAD = 5
_KEPT_VARIABLES = ("PATH", "LANG", "LC_ALL", "HOME", "PYTHONPATH", "TMPDIR", "LD_LIBRARY_PATH")
_NO_LIMIT = 86_400.0


class _Idle(Exception):
    """The child had ended before it took the request."""


class Child:
    """One process that answers one query at a time."""

    def __init__(self, path: Path, memory: int) -> None:
        self._memory = memory
        self._said: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115
        environment = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
        self._process = subprocess.Popen(  # noqa: S603
            [sys.executable, "-P", "-m", "catalogue.graph_child", str(path), str(memory)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._said,
            env=environment,
            start_new_session=True,
        )

    @property
    def pid(self) -> int:
        """The number of the process."""
        return self._process.pid

    def answers(self) -> bool:
        """Whether it is there for a next query."""
        return self._process.poll() is None

    def ask(self, request: dict[str, Any], answer: IO[bytes]) -> bool:
        """Write the answer into a file; whether the child is there for the next query.

        Raises the errors of `EmbeddedGraph.query`, after which the child is fit only where `answers` says
        so, and `_Idle`.
        """
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(orjson.dumps(request) + b"\n")
            self._process.stdin.flush()
        except OSError:
            raise _Idle from None
        deadline = time.monotonic() + patience(request["seconds"])
        taken = 0
        while True:
            kind, piece = self._frame(deadline, request, begun=taken > 0)
            taken += len(piece)
            if kind == b"D" and taken <= request["bytes"]:
                answer.write(piece)
            elif kind == b"E":
                return piece == b"+"
            else:
                raise self._fault(kind, piece.decode("utf-8", "replace"), request)

    def _frame(self, deadline: float, request: dict[str, Any], *, begun: bool) -> tuple[bytes, bytes]:
        head = self._read(_HEAD, deadline, request)
        if not head and not begun and self._process.wait() == 0:
            raise _Idle
        length = int.from_bytes(head[1:], "big")
        piece = self._read(length, deadline, request)
        if len(head) < _HEAD or len(piece) < length:
            raise self._death(request)
        return head[:1], piece

    def _read(self, size: int, deadline: float, request: dict[str, Any]) -> bytes:
        """So many bytes, or less at the end of the process; kills it at the deadline."""
        assert self._process.stdout is not None
        handle, found = self._process.stdout.fileno(), b""
        ready = select.poll()
        ready.register(handle, select.POLLIN)
        while len(found) < size:
            left = max(deadline - time.monotonic(), 0)
            if not ready.poll(left * 1000):
                raise computes_too_long(request["seconds"])
            piece = os.read(handle, size - len(found))
            if not piece:
                break
            found += piece
        return found

    def _fault(self, kind: bytes, text: str, request: dict[str, Any]) -> GraphError | QueryError:
        if kind == b"Q":
            return QueryError(said("The query cannot be read: %(text)s", text=text), parameter="query")
        if kind == b"N":
            return GraphUnavailable(
                said("The graph is not built yet; the operator runs `almagest graph sync`.")
            )
        if kind == b"M":
            return self._too_large()
        if kind == b"C":
            return GraphCorrupt(f"The graph cannot be read ({text[:200]}). {ADVICE}")
        return is_too_long(request["bytes"])

    def _too_large(self) -> GraphTooCostly:
        return GraphTooCostly(
            said(
                "The query was stopped: it took more than %(size)s MB of memory. Ask for less at once, "
                "without sorting, grouping or joining so much.",
                size=Figures(f"{self._memory:,}"),
            )
        )

    def _death(self, request: dict[str, Any]) -> GraphError:
        """Why the process has ended by itself."""
        code = self._process.wait()
        if code == -signal.SIGPROF:
            return computes_too_long(request["seconds"])
        self._said.seek(0)
        told = self._said.read()[-2000:].decode("utf-8", "replace")
        if code in {-signal.SIGKILL, -signal.SIGABRT} or "alloc" in told or "MemoryError" in told:
            return self._too_large()
        if code in {-signal.SIGSEGV, -signal.SIGBUS}:
            return GraphTooCostly(
                said(
                    "The query was stopped: it has too many parts in a row or within each other. Write it "
                    "shorter, e.g. with VALUES or IN in place of many alternatives."
                )
            )
        log.error("the process of a query has ended with exit code %d: %s", code, told)
        return GraphUnavailable(
            said("The process of the query has ended (exit code %(code)s); ask again.", code=code)
        )

    def kill(self) -> None:
        """Let whoever waits for its answer find it dead."""
        self._process.kill()

    def end(self) -> None:
        """Kill it, whatever it is at, and wait until it has gone."""
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout, self._said):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()


class Children:
    """At most ``count`` children on the graph in ``path``, each with so many megabytes for a query.

    ``waiting`` are the seconds for which a query waits until one of them is free.
    """

    def __init__(self, path: Path, count: int, memory: int, waiting: float = 10.0) -> None:
        self._path = path
        self._count = count
        self._memory = memory
        self._waiting = waiting
        self._free = threading.Semaphore(count)
        self._lock = threading.Lock()
        self._idle: list[Child] = []
        self._busy: set[Child] = set()

    def query(self, asked: Asked) -> Iterator[bytes]:
        """The whole answer in pieces, once it is complete; see `EmbeddedGraph.query`."""
        looked_at = read_sparql(asked.text)
        has_dataset = any(token.is_word("FROM") for token in tokens(looked_at.text))
        return self._pieces(
            {
                "kind": "query",
                "text": looked_at.text,
                "prefixes": {name.rstrip(":"): iri for name, iri in looked_at.prefixes},
                "media_type": asked.media_type,
                "default_graphs": asked.default_graphs,
                "named_graphs": asked.named_graphs,
                "union": not has_dataset,
                "seconds": asked.seconds,
                "bytes": asked.bytes,
            }
        )

    def size(self) -> int:
        """How many statements there are."""
        return int(b"".join(self._pieces({"kind": "size", "seconds": _NO_LIMIT, "bytes": 100})))

    def pids(self) -> list[int]:
        """The numbers of the processes."""
        with self._lock:
            return [child.pid for child in [*self._idle, *self._busy]]

    def close(self) -> None:
        """End all children; queries that are being answered fail."""
        with self._lock:
            idle, busy = self._idle, list(self._busy)
            self._idle = []
        for child in busy:
            child.kill()
        for child in idle:
            child.end()

    def _pieces(self, request: dict[str, Any]) -> Iterator[bytes]:
        if not self._free.acquire(timeout=self._waiting):
            raise GraphBusy(
                said(
                    "%(count)s queries are being answered here just now, which is as many as are at once; "
                    "ask again in a few seconds.",
                    count=self._count,
                )
            )
        try:
            return complete(lambda answer: self._ask(request, answer))
        finally:
            self._free.release()

    def _ask(self, request: dict[str, Any], answer: IO[bytes]) -> None:
        while True:
            child, is_new = self._take()
            goes_on = False
            try:
                goes_on = child.ask(request, answer)
                return
            except _Idle:
                if is_new:
                    raise GraphUnavailable(
                        "The process for queries cannot be started; see the log of the service."
                    ) from None
            except QueryError:
                goes_on = True
                raise
            finally:
                self._give_back(child, goes_on=goes_on)

    def _take(self) -> tuple[Child, bool]:
        """A child, and whether it has just been started."""
        with self._lock:
            while self._idle:
                child = self._idle.pop()
                if child.answers():
                    self._busy.add(child)
                    return child, False
                child.end()
            child = Child(self._path, self._memory)
            self._busy.add(child)
            return child, True

    def _give_back(self, child: Child, *, goes_on: bool) -> None:
        if not goes_on:
            child.end()
        with self._lock:
            self._busy.discard(child)
            if goes_on:
                self._idle.append(child)
