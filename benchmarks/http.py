"""How many searches a second our web server answers, and how long one takes, with 16 clients at once.

``python -m benchmarks.http [--records 100000] [--home DIRECTORY]``

The server is gunicorn as ``almagest web`` starts it, with two worker processes; the clients are threads
of a process of their own, each with a connection that it keeps, and ask the 32 queries of
`benchmarks.search` with all facets, in an order of their own.  Every query is asked once
before the clock runs; what a first answer costs is in `benchmarks.search`.  What was asked before is kept,
so that each kind is also asked for pages of sizes that nobody had before: *anew*.

- *floor*: an answer of the same size, ready made, by the same gunicorn
- *REST*: ``/api/v1/records``;  *page*: ``/``

Beside it the CPU time of an answer in the process, and that of the search itself: the store
asked for the records of the hits included.  ``--home`` keeps the catalogue for the next run.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import itertools
import json
import os
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from lxml import etree

from benchmarks.generate import coverage, oai_dc, place, records
from benchmarks.search import QUERIES, percentile
from benchmarks.serve import cpu_of, waited_for
from catalogue.index import Query
from catalogue.indexing import sync
from catalogue.opening import Catalogue
from catalogue.record import Coverage, Mapped, Page, Provenance, RawRecord
from catalogue.settings import load_settings
from catalogue.sources import Source
from mappings.base import format_of
from web.search_parameters import address

CLIENTS = 16
WORKERS = 2
ROUNDS = 3
KINDS = {"REST": "/api/v1/records", "page": "/"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What 16 clients met: searches a second, milliseconds of an answer, and CPU of the server."""

    name: str
    asked: int
    wall_seconds: float
    cpu_seconds: float
    times: Sequence[float]
    bytes: float

    @property
    def cpu_milliseconds(self) -> float:
        """CPU time of the server for one answer."""
        return self.cpu_seconds / self.asked * 1000

    def line(self) -> dict[str, object]:
        """The figures as they are kept."""
        return {
            "benchmark": "http",
            "name": self.name,
            "searches": self.asked,
            "per_second": round(self.asked / self.wall_seconds, 1),
            "p50_ms": round(statistics.median(self.times), 2),
            "p95_ms": round(percentile(self.times, 0.95), 2),
            "cpu_ms": round(self.cpu_milliseconds, 2),
            "bytes": round(self.bytes),
        }


def opened(home: Path) -> Catalogue:
    """The catalogue in a directory."""
    return Catalogue(load_settings({"ALMAGEST_HOME": str(home)}))


def fill(home: Path, count: int) -> None:
    """Put synthetic records with coverage into store and index, as a harvest does; what is there stays."""
    catalogue = opened(home)
    if not catalogue.store.last_sequence():
        catalogue.sources.add(Source(name="bench", kind="oai-pmh", url="http://bench.example.org/oai"))
        run = catalogue.sources.begin_run("bench", full=True)
        batch: list[RawRecord] = []
        for one in records(count):
            data = b"" if one.deleted else oai_dc(one).encode()
            batch.append(
                RawRecord(
                    identifier=one.identifier,
                    format="oai_dc",
                    data=data,
                    datestamp=one.datestamp,
                    deleted=one.deleted,
                )
            )
            if len(batch) == 1000 or one.number == count - 1:
                run = catalogue.store.put_page(run, Page(records=tuple(batch)), _read)
                batch.clear()
        catalogue.sources.finish_run(run, "succeeded", since=run.started)
    sync(catalogue.store, catalogue.index)
    catalogue.close()


def _read(raw: RawRecord, provenance: Provenance) -> Mapped:
    """The real crosswalk, and what `generate` says that the record covers."""
    read = format_of("oai_dc").read
    assert read is not None
    mapped = read(etree.fromstring(raw.data), provenance)
    number = int(raw.identifier.rpartition(":")[2])
    covered, parameters = coverage(number + 1)
    covered = replace(covered or Coverage(), places=(place(number),))
    assert mapped.record is not None
    return replace(mapped, record=replace(mapped.record, coverage=covered, parameters=parameters))


# --- the server -----------------------------------------------------------------


@contextlib.contextmanager
def serving(home: Path, *, static: Path | None = None) -> Iterator[tuple[int, int]]:
    """Port and process number of a server: ours, or one that gives out the files of a directory."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environ = os.environ | {"ALMAGEST_HOME": str(home), "ALMAGEST_WORKERS": str(WORKERS)}
    if static is None:
        command = [sys.executable, "-m", "web.cli", "web", "--port", str(port)]
    else:
        command = [sys.executable, "-m", "benchmarks.http", "--static", str(static), "--port", str(port)]
    process = subprocess.Popen(command, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        waited_for(port).close()
        yield port, process.pid
    finally:
        process.terminate()
        process.wait()


def serve_static(directory: Path, port: int) -> None:
    """Ready-made answers by the gunicorn that serves our pages: the floor."""
    from web.serving import Web

    class Static(Web):
        def load(self) -> Any:
            bodies = {f"/{path.name}": path.read_bytes() for path in directory.iterdir()}

            def application(environ: dict[str, Any], start_response: Any) -> list[bytes]:
                body = bodies[environ["PATH_INFO"]]
                headers = [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
                start_response("200 OK", headers)
                return [body]

            return application

    Static(load_settings({}), "127.0.0.1", port).run()


# --- the clients ----------------------------------------------------------------


def ask_all(port: int, rounds: Sequence[Sequence[str]]) -> None:
    """The clients: a process of its own; prints the milliseconds of every answer as JSON.

    Each round of a client takes the next of the lists of paths.
    """
    times: list[float] = []
    sizes: list[int] = []
    ready = threading.Barrier(CLIENTS + 1)

    def client(number: int) -> None:
        mine = range(number * ROUNDS, (number + 1) * ROUNDS)
        order = [path for turn in mine for path in rounds[turn % len(rounds)]]
        random.Random(number).shuffle(order)
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=300)
        ready.wait()
        for path in order:
            begun = time.perf_counter()
            answer = fetched(connection, path)
            times.append((time.perf_counter() - begun) * 1000)
            sizes.append(len(answer))

    threads = [threading.Thread(target=client, args=(number,)) for number in range(CLIENTS)]
    for thread in threads:
        thread.start()
    ready.wait()
    begun = time.perf_counter()
    for thread in threads:
        thread.join()
    wall = time.perf_counter() - begun
    if len(times) != CLIENTS * ROUNDS * len(rounds[0]):
        raise SystemExit("not every search was answered")
    print(json.dumps({"wall": wall, "times": times, "bytes": statistics.mean(sizes)}))


def fetched(connection: http.client.HTTPConnection, path: str) -> bytes:
    """An answer; on a new connection where the server has closed this one, as it may when it was idle."""
    for attempt in range(2):
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
        except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError):
            connection.close()
            if attempt:
                raise
            continue
        body = answer.read()
        if answer.status != http.HTTPStatus.OK:
            raise SystemExit(f"{path} was answered with {answer.status}: {body[:300]!r}")
        return body
    raise AssertionError


def measure(name: str, port: int, pid: int, rounds: Sequence[Sequence[str]]) -> Figures:
    """Let the clients run."""
    before = cpu_of(pid)
    command = [sys.executable, "-m", "benchmarks.http", "--ask", "--port", str(port)]
    output = subprocess.run(command, input=json.dumps(rounds), check=True, stdout=subprocess.PIPE, text=True)
    found = json.loads(output.stdout)
    return Figures(
        name=name,
        asked=len(found["times"]),
        wall_seconds=found["wall"],
        cpu_seconds=cpu_of(pid) - before,
        times=found["times"],
        bytes=found["bytes"],
    )


def warm(port: int, paths: Sequence[str]) -> None:
    """Ask everything on so many connections that each worker most likely sees it."""
    for _ in range(2 * WORKERS):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=300)
        for path in paths:
            fetched(connection, path)
        connection.close()


# --- in the process -------------------------------------------------------------


def beside_search(home: Path) -> dict[str, tuple[float, float]]:
    """CPU milliseconds of an answer, and of the search in it, for each kind; medians of the queries."""
    from web.app import create_app

    catalogue = opened(home)
    client = create_app(catalogue).test_client()
    found = {}
    sizes = itertools.count(Query().size + 1)
    for kind, path in KINDS.items():
        pairs = []
        own, alone = (tuple(itertools.islice(sizes, ROUNDS)) for _ in range(2))
        for query in asked():
            catalogue.search(query)
            whole = _best(own, lambda size: client.get(address(path, replace(query, size=size))))  # noqa: B023
            search = _best(alone, lambda size: _searched(catalogue, replace(query, size=size)))  # noqa: B023
            pairs.append((whole, search))
        found[kind] = (
            statistics.median(whole for whole, _ in pairs),
            statistics.median(search for _, search in pairs),
        )
    catalogue.close()
    return found


def anew(path: str) -> list[list[str]]:
    """Every query with as many sizes of a page as there are rounds of clients, and never the usual one."""
    sizes = [size for size in range(1, CLIENTS * ROUNDS + 2) if size != Query().size]
    return [[address(path, replace(query, size=size)) for query in asked()] for size in sizes]


def _searched(catalogue: Catalogue, query: Query) -> None:
    hits = catalogue.search(query).hits
    catalogue.store.get_many([hit.id for hit in hits])


def _best(sizes: Sequence[int], done: Callable[[int], object]) -> float:
    """CPU milliseconds, the best of rounds that each ask for a page of a size that nobody had before."""
    times = []
    for size in sizes:
        begun = time.thread_time()
        done(size)
        times.append((time.thread_time() - begun) * 1000)
    return min(times)


def asked() -> list[Query]:
    """The queries, as a page asks them: with all facets."""
    return [Query(**values) for values in QUERIES]


def table(figures: Sequence[Figures], count: int) -> str:
    """The figures with their ratio to the floor of the same size, which stands before each."""
    rows = [
        "| what | records | searches/s | p50 ms | p95 ms | CPU ms an answer | bytes | CPU ÷ floor |",
        "|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    floor = figures[0]
    for one in figures:
        floor = one if one.name.startswith("floor") else floor
        rows.append(
            f"| {one.name} | {count:,} | {one.asked / one.wall_seconds:,.0f} "
            f"| {statistics.median(one.times):.1f} | {percentile(one.times, 0.95):.1f} "
            f"| {one.cpu_milliseconds:.2f} | {one.bytes:,.0f} "
            f"| {one.cpu_milliseconds / floor.cpu_milliseconds:.1f} |"
        )
    return "\n".join(rows)


def run(home: Path, count: int) -> None:
    """Fill, serve, ask, and print lines and tables."""
    fill(home, count)
    figures: list[Figures] = []
    with tempfile.TemporaryDirectory() as folder:
        for kind, path in KINDS.items():
            paths = [address(path, query) for query in asked()]
            with serving(home) as (port, pid):
                warm(port, paths)
                own = measure(kind, port, pid, [paths])
                found = measure(f"{kind}, anew", port, pid, anew(path))
            (Path(folder) / kind).write_bytes(b"x" * round(own.bytes))
            with serving(home, static=Path(folder)) as (port, pid):
                floor = measure(f"floor of the {kind}", port, pid, [[f"/{kind}"] * len(paths)])
            figures += [floor, own, found]
    for one in figures:
        print(json.dumps(one.line()), flush=True)
    print(table(figures, count) + "\n")
    print("| CPU ms in the process, median | answer | search in it | ratio |\n|---|---:|---:|---:|")
    for kind, (whole, search) in beside_search(home).items():
        print(f"| {kind} | {whole:.2f} | {search:.2f} | {whole / search:.2f} |")
    load = os.getloadavg()[0]
    print(f"\nOne-minute load of the machine at the end: {load:.1f} on {os.cpu_count()} cores.")


def main() -> None:
    """Measure, or be one of the processes that are measured."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--home", type=Path, help="where the catalogue is kept for the next run")
    parser.add_argument("--static", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--ask", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--port", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.static:
        serve_static(options.static, options.port)
    elif options.ask:
        ask_all(options.port, json.load(sys.stdin))
    elif options.home:
        run(options.home, options.records)
    else:
        with tempfile.TemporaryDirectory() as home:
            run(Path(home), options.records)


if __name__ == "__main__":
    main()
