"""How fast the OAI-PMH provider is: whole ListRecords walks, beside a floor and a peer in one run.

``python -m benchmarks.serve [--records 100000] [--home DIR]``

- *floor*: the same payloads by raw sqlite3, keyset paging, each page joined to one body
- *provider*: the whole application in process (WSGI), page 100 and 1000, plain and gzip
- *provider over HTTP*: `almagest web` with one worker, CPU seconds of the server's processes
- *oaipmh*: the batching server of the library on 10,000 records in memory, page 100

With ``--home`` the catalogue is made there (once) and kept.  CPU seconds are the server's
alone: what the reader of the walk does is not counted.  Above 100,000 records the others
are copies of these under further numbers, which a list reads like any other.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import io
import json
import os
import re
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from isal import igzip

from benchmarks.generate import Synthetic, oai_dc, records
from benchmarks.measure import Measurement, emit, measured, table
from catalogue.opening import Catalogue
from catalogue.record import Page, RawRecord
from catalogue.representations import Representations
from catalogue.sequence import KEY_SHIFT
from catalogue.settings import load_settings
from catalogue.sources import Source
from mappings.base import read
from web.app import create_app
from web.oai_records import Records

FLOOR = "floor, page 100"
PEER_RECORDS = 10_000
MAPPED = 100_000
REPEATS = 200
_TOKEN = re.compile(rb">([^<]+)</resumptionToken>")
_START = "verb=ListRecords&metadataPrefix=oai_dc"

Ask = Callable[[str], bytes]


def opened(home: Path, page: int = 100) -> Catalogue:
    """The catalogue in a directory, with this page size."""
    return Catalogue(load_settings({"ALMAGEST_HOME": str(home), "ALMAGEST_OAI_PAGE_SIZE": str(page)}))


def fill(home: Path, count: int) -> list[Measurement]:
    """Put synthetic records into the store, as a harvest does, and let the representations follow."""
    catalogue = opened(home)
    made: list[Measurement] = []
    mapped = min(count, MAPPED)
    if not catalogue.store.last_sequence():
        harvest(catalogue, mapped)
    with measured("serve", "rendering two formats and the sets, once", mapped) as rendering:
        followed = Representations(catalogue.database, Records(catalogue.settings)).follow()
    if followed:
        made.append(rendering)
    catalogue.close()
    multiply(home / "catalogue.db", mapped, count)
    return made


def harvest(catalogue: Catalogue, count: int) -> None:
    """Synthetic records through the crosswalk into the store."""
    catalogue.sources.add(Source(name="bench", kind="oai-pmh", url="http://bench.example.org/oai"))
    run = catalogue.sources.begin_run("bench", full=True)
    batch: list[RawRecord] = []
    for record in records(count):
        batch.append(
            RawRecord(
                identifier=record.identifier,
                format="oai_dc",
                data=b"" if record.deleted else oai_dc(record).encode(),
                datestamp=record.datestamp,
                deleted=record.deleted,
            )
        )
        if len(batch) == 1000 or record.number == count - 1:
            run = catalogue.store.put_page(run, Page(records=tuple(batch)), read)
            batch.clear()
    catalogue.sources.finish_run(run, "succeeded", since=run.started)


def multiply(path: Path, mapped: int, count: int) -> None:
    """More records of the same kind, as copies of all rows that a list is made from."""
    connection = sqlite3.connect(path)
    for pragma in ("cache_size=-1000000", "synchronous=OFF"):
        connection.execute(f"PRAGMA {pragma}")
    (have,) = connection.execute("SELECT value FROM counter WHERE name = 'change'").fetchone()
    for shift in range(have, count, mapped):
        values = {"shift": shift, "mapped": min(mapped, count - shift), "mark": f"{shift // mapped:06}"}
        connection.execute(
            "INSERT INTO record SELECT sequence + :shift, :mark || substr(id, 7), source, "
            "(SELECT datestamp FROM counter), created, deleted, hash, provenance, body "
            "FROM record WHERE sequence <= :mapped",
            values,
        )
        connection.execute(
            "INSERT INTO membership SELECT oai_set, sequence + :shift FROM membership "
            "WHERE sequence <= :mapped",
            values,
        )
        editions = connection.execute("SELECT number FROM dissemination WHERE position > 0").fetchall()
        for (number,) in editions:
            connection.execute(
                "INSERT INTO representation SELECT key + :shift, payload FROM representation "
                "WHERE key > :base AND key <= :base + :mapped",
                values | {"base": number << KEY_SHIFT},
            )
        total = {"total": shift + values["mapped"]}
        connection.execute("UPDATE counter SET value = :total WHERE name = 'change'", total)
        connection.execute("UPDATE dissemination SET position = :total WHERE position > 0", total)
        connection.commit()
    connection.close()


def floor(home: Path, page: int, count: int) -> Measurement:
    """Read the same payloads by hand."""
    connection = sqlite3.connect(home / "catalogue.db")
    connection.execute("PRAGMA mmap_size=1073741824")
    query = "SELECT number FROM dissemination WHERE prefix LIKE 'oai\\_dc@%' ESCAPE '\\' AND position > 0"
    (number,) = connection.execute(query).fetchone()
    query = "SELECT key, payload FROM representation WHERE key > ? AND key < ? ORDER BY key LIMIT ?"
    key, end, seen = number << KEY_SHIFT, (number + 1) << KEY_SHIFT, 0
    with measured("serve", f"floor, page {page}", count) as measurement:
        while rows := connection.execute(query, (key, end, page)).fetchall():
            b"".join([payload for _, payload in rows])
            key = rows[-1][0]
            seen += len(rows)
    connection.close()
    check(seen, count)
    return measurement


def check(seen: int, count: int) -> None:
    """A walk that gives another number of records measures something else."""
    if seen != count:
        raise SystemExit(f"the walk gave {seen} of {count} records")


class InProcess:
    """The application, asked as a WSGI server asks it; counts its own CPU seconds."""

    def __init__(self, application: Callable[..., Any], *, gzip: bool = False) -> None:
        self.seconds = 0.0
        self.bytes = 0
        self._application = application
        self._environ = {
            "REQUEST_METHOD": "GET",
            "PATH_INFO": "/oai",
            "SCRIPT_NAME": "",
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "80",
            "HTTP_HOST": "localhost",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": False,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }
        if gzip:
            self._environ["HTTP_ACCEPT_ENCODING"] = "gzip"

    def __call__(self, query: str) -> bytes:
        environ = {**self._environ, "QUERY_STRING": query, "wsgi.input": io.BytesIO()}
        before = time.process_time()
        answer = self._application(environ, lambda *_: None)
        body = b"".join(answer)
        answer.close()
        self.seconds += time.process_time() - before
        self.bytes += len(body)
        return igzip.decompress(body) if body.startswith(b"\x1f\x8b") else body


def walk(ask: Ask) -> tuple[int, list[str]]:
    """All pages of a list: how many records, and the queries in their order."""
    queries, seen = [_START], 0
    while True:
        body = ask(queries[-1])
        seen += body.count(b"<record>")
        token = _TOKEN.search(body, len(body) - 1000)
        if token is None:
            return seen, queries
        queries.append("verb=ListRecords&resumptionToken=" + token[1].decode())


def provider(home: Path, page: int, count: int, *, gzip: bool) -> tuple[Measurement, dict[str, float]]:
    """A walk through the application in process, and what its pages cost where."""
    catalogue = opened(home, page)
    ask = InProcess(create_app(catalogue).wsgi_app, gzip=gzip)
    ask("verb=Identify")
    ask.seconds, ask.bytes = 0.0, 0
    name = f"provider, page {page}" + (", gzip" if gzip else "")
    with measured("serve", name, count) as measurement:
        seen, queries = walk(ask)
    measurement.cpu_seconds = ask.seconds
    measurement.note = f"{ask.bytes / seen:.0f} bytes a record"
    check(seen, count)
    whole = queries[1:-1]
    places = {"first": queries[0], "second": whole[0], "middle": whole[len(whole) // 2], "last": whole[-1]}
    costs = {place: cost_of(ask, query) for place, query in places.items()}
    catalogue.close()
    return measurement, costs


def cost_of(ask: InProcess, query: str) -> float:
    """Milliseconds of CPU that one page costs: the median of many."""
    times = []
    for _ in range(REPEATS):
        ask.seconds = 0.0
        ask(query)
        times.append(ask.seconds * 1000)
    return statistics.median(times)


def over_http(home: Path, count: int, page: int) -> Measurement | None:
    """A walk over a socket; the CPU seconds of the server's processes, where /proc tells them."""
    if not Path("/proc/self/stat").exists():
        return None
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environ = os.environ | {
        "ALMAGEST_HOME": str(home),
        "ALMAGEST_OAI_PAGE_SIZE": str(page),
        "ALMAGEST_WORKERS": "1",
    }
    command = [sys.executable, "-m", "web.cli", "web", "--port", str(port)]
    process = subprocess.Popen(command, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        connection = waited_for(port)

        def ask(query: str) -> bytes:
            connection.request("GET", f"/oai?{query}")
            return connection.getresponse().read()

        ask("verb=Identify")
        before = cpu_of(process.pid)
        with measured("serve", f"provider over HTTP, page {page}", count) as measurement:
            seen, _ = walk(ask)
        measurement.cpu_seconds = cpu_of(process.pid) - before
        check(seen, count)
        return measurement
    finally:
        process.terminate()
        process.wait()


def waited_for(port: int) -> http.client.HTTPConnection:
    """A connection to a server that is just starting."""
    for _ in range(1200):
        with contextlib.suppress(OSError):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
            connection.connect()
            return connection
        time.sleep(0.1)
    raise SystemExit("the web server did not start")


def cpu_of(pid: int) -> float:
    """CPU seconds that a process and its children have used (proc(5), stat)."""
    total = 0.0
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            fields = path.read_text().rpartition(")")[2].split()
            if pid in (int(path.parent.name), int(fields[1])):
                total += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return total


def peer(count: int) -> Measurement:
    """The library's own batching server, on records in memory."""
    from oaipmh import common, metadata, server

    kept = []
    for record in records(count):
        stamp = datetime.fromisoformat(record.datestamp).replace(tzinfo=None)
        head = common.Header(None, record.identifier, stamp, [record.set], record.deleted)
        kept.append((head, common.Metadata(None, fields_of(record)), None))

    class Repository:
        def identify(self) -> Any:
            url, granularity = "http://localhost/oai", "YYYY-MM-DDThh:mm:ssZ"
            start = datetime(2020, 1, 1)
            return common.Identify(
                "Peer", url, "2.0", ["a@b.org"], start, "persistent", granularity, ["identity"]
            )

        def listRecords(self, *, cursor: int = 0, batch_size: int = 10, **_: Any) -> list[Any]:
            return kept[cursor : cursor + batch_size]

    registry = metadata.MetadataRegistry()
    registry.registerWriter("oai_dc", server.oai_dc_writer)
    answering = server.BatchingServer(Repository(), registry, resumption_batch_size=100)
    arguments = {"verb": "ListRecords", "metadataPrefix": "oai_dc"}
    seen = 0
    with measured("serve", "oaipmh, page 100", count) as measurement:
        while arguments:
            body = answering.handleRequest(dict(arguments))
            seen += body.count(b"<record>")
            token = _TOKEN.search(body, len(body) - 1000)
            arguments = {"verb": "ListRecords", "resumptionToken": token[1].decode()} if token else {}
    check(seen, count)
    return measurement


def fields_of(record: Synthetic) -> dict[str, list[str]]:
    """The record as the library's Dublin Core fields."""
    return {
        "title": [record.title],
        "creator": list(record.creators),
        "subject": list(record.subjects),
        "description": [record.description],
        "publisher": [record.publisher],
        "date": [record.date],
        "type": [record.type],
        "identifier": [f"https://doi.org/{record.doi}"],
        "language": [record.language],
        "relation": list(record.related),
        "rights": [record.licence],
    }


def measure(home: Path, count: int) -> None:
    """Everything, in one run on one catalogue."""
    measurements = fill(home, count)
    for one in measurements:
        emit(one)
    costs: dict[str, dict[str, float]] = {}

    def add(one: Measurement | None) -> None:
        if one is not None:
            emit(one)
            measurements.append(one)

    for page in (100, 1000):
        add(floor(home, page, count))
        for gzip in (False, True):
            measurement, places = provider(home, page, count, gzip=gzip)
            add(measurement)
            costs[measurement.name] = places
        add(over_http(home, count, page))
    add(peer(min(count, PEER_RECORDS)))
    for name, places in costs.items():
        print(json.dumps({"benchmark": "serve", "name": name, "records": count, "milliseconds": places}))
    print(table(measurements, FLOOR), end="\n\n")
    print(
        "| CPU ms a page | first (counts the list) | second | middle | last | last ÷ first | last ÷ second |"
    )
    print("|---|---:|---:|---:|---:|---:|---:|")
    for name, places in costs.items():
        first, second, middle, last = places.values()
        print(
            f"| {name} | {first:.2f} | {second:.2f} | {middle:.2f} | {last:.2f} "
            f"| {last / first:.2f} | {last / second:.2f} |"
        )


def main() -> None:
    """Measure and print the tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--home", type=Path, help="where the catalogue is made and kept")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        measure(options.home or Path(folder), options.records)


if __name__ == "__main__":
    main()
