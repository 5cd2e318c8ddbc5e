"""The process in which queries of the embedded graph run: it may be killed at any time.

Run by `graph_children.py` as ``python -m catalogue.graph_child PATH MEGABYTES``.  Requests come as lines
of JSON on the standard input; each is answered on the standard output by frames: a kind (one byte), a
length (four bytes, big-endian), and so much text.  Kinds are ``D`` a piece of the answer, ``E`` its end
(``+`` where this process goes on, ``-`` where it ends), ``Q`` a fault of the query, ``C`` a graph that
cannot be read, ``N`` no graph yet, ``L`` the limit of the answer's bytes, ``M`` that of memory.

Computing is limited by a timer of the CPU time that the process uses (setitimer(2), ITIMER_PROF), whose
signal ends it; memory by RLIMIT_AS, at which allocations fail and the process aborts.
"""

from __future__ import annotations

import contextlib
import io
import os
import resource
import select
import signal
import sys
from pathlib import Path
from typing import IO, Any

import orjson
import pyoxigraph as ox

from catalogue.errors import GraphCorrupt
from catalogue.graph_snapshots import Snapshots

_PIECE = 65536
_LOOKS_AFTER = 20.0
"""Seconds without a query after which a state that is no longer in use is let go."""
_GIVES_UP_AFTER = 600.0
"""Seconds without a query after which the process ends."""
_GROWN = 200_000_000
"""Bytes that may stay behind when a query is done."""


class TooMany(Exception):
    """The answer is longer than it may be."""


class Answer(io.RawIOBase):
    """Sends what is written in frames, up to a number of bytes."""

    def __init__(self, limit: int) -> None:
        self._left = limit

    @property
    def is_too_long(self) -> bool:
        """Whether more was to be written than may be."""
        return self._left < 0

    def writable(self) -> bool:
        """It is."""
        return True

    def write(self, data: Any) -> int:
        """Send a piece; raises `TooMany`."""
        self._left -= len(data)
        if self._left < 0:
            raise TooMany
        send(b"D", bytes(data))
        return len(data)


def send(kind: bytes, data: bytes) -> None:
    """Write a frame to the standard output."""
    frame = memoryview(kind + len(data).to_bytes(4, "big") + data)
    while frame:
        frame = frame[os.write(1, frame) :]


class Reader:
    """The state in use, opened."""

    def __init__(self, path: Path) -> None:
        self._snapshots = Snapshots(path)
        self._state: Path | None = None
        self._store: ox.Store | None = None
        self._held = contextlib.ExitStack()

    def store(self) -> ox.Store | None:
        """The store of the state in use; ``None`` when there is none yet; raises `GraphCorrupt`."""
        self.let_go_of_old()
        while self._store is None:
            state = self._snapshots.current()
            if state is None:
                return None
            try:
                self._held.enter_context(self._snapshots.reading(state))
            except FileNotFoundError:
                if state == self._snapshots.current():
                    raise GraphCorrupt(f"{state} is not complete") from None
                continue
            self._store, self._state = ox.Store.read_only(str(state / "store")), state
        return self._store

    def let_go_of_old(self) -> None:
        """Close a state that is no longer in use."""
        if self._state is not None and self._state != self._snapshots.current():
            self._store = self._state = None
            self._held.close()


def answer(store: ox.Store, request: dict[str, Any]) -> None:
    """Answer one request in frames, all but the last."""
    pieces = Answer(request["bytes"])
    output: IO[bytes] = io.BufferedWriter(pieces, _PIECE)
    try:
        if request["kind"] == "size":
            output.write(str(len(store)).encode())
        else:
            _query(store, request, output)
        output.flush()
    except Exception:
        # The engine makes another exception of what it meets while it writes.
        if pieces.is_too_long:
            raise TooMany from None
        raise


def _query(store: ox.Store, request: dict[str, Any], output: IO[bytes]) -> None:
    options: dict[str, Any] = {"use_default_graph_as_union": request["union"]}
    if request["default_graphs"] or request["named_graphs"]:
        options = {
            "default_graph": [ox.NamedNode(name) for name in request["default_graphs"]],
            "named_graphs": [ox.NamedNode(name) for name in request["named_graphs"]],
        }
    found = store.query(request["text"], **options)
    media_type = request["media_type"]
    if isinstance(found, ox.QueryTriples):
        syntax = ox.RdfFormat.from_media_type(media_type)
        if syntax is None:
            raise ValueError(f"There is no way to write statements as {media_type}.")
        ox.serialize(found, output, syntax, prefixes=request["prefixes"])
    else:
        results = ox.QueryResultsFormat.from_media_type(media_type)
        if results is None:
            raise ValueError(f"There is no way to write a table as {media_type}.")
        found.serialize(output, results)


def serve(path: Path, memory: int) -> None:
    """Answer requests until there are no more."""
    reader, requests, idle = Reader(path), b"", 0.0
    while True:
        ready = select.select([0], [], [], _LOOKS_AFTER)[0]
        if not ready:
            idle += _LOOKS_AFTER
            if idle >= _GIVES_UP_AFTER:
                return
            reader.let_go_of_old()
            continue
        piece = os.read(0, _PIECE)
        if not piece:
            return
        idle, requests = 0.0, requests + piece
        if requests.endswith(b"\n"):
            request, requests = orjson.loads(requests), b""
            if not _done(reader, request, memory):
                return


def _done(reader: Reader, request: dict[str, Any], memory: int) -> bool:
    """Answer a request whatever comes; whether the process is still fit for the next."""
    goes_on = False
    try:
        store = reader.store()
        if store is None:
            send(b"N", b"")
            return True
        before = _limit_memory(memory)
        signal.setitimer(signal.ITIMER_PROF, request["seconds"])
        answer(store, request)
        signal.setitimer(signal.ITIMER_PROF, 0)
        goes_on = _address_space() < before + _GROWN
        send(b"E", b"+" if goes_on else b"-")
    except TooMany:
        send(b"L", b"")
    except MemoryError:
        send(b"M", b"")
    except GraphCorrupt as error:
        send(b"C", str(error).encode())
    except (SyntaxError, ValueError) as error:
        send(b"Q", str(error).encode())
        goes_on = True
    except (OSError, RuntimeError) as error:
        send(b"C", str(error).encode())
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
    return goes_on


def _limit_memory(memory: int) -> int:
    """Let the process grow by so many bytes from here; its size now."""
    size = _address_space()
    if size:
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (size + memory, hard))
    return size


def _address_space() -> int:
    """Bytes of address space that the process has; 0 where the system does not tell."""
    try:
        pages = Path("/proc/self/statm").read_text("ascii").split()[0]
    except OSError:
        return 0
    return int(pages) * resource.getpagesize()


def main() -> None:
    """Take the directory of the graph and the megabytes that a query may take."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with contextlib.suppress(BrokenPipeError):
        serve(Path(sys.argv[1]), int(sys.argv[2]) * 1_000_000)
    # Python's own end would wait for the engine's.
    os._exit(0)


if __name__ == "__main__":
    main()
