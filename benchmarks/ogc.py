"""Our OGC API – Records beside pycsw's: the same records, the same questions, the same number of answers.

``python -m benchmarks.ogc [--records 100000] [--home DIRECTORY] [--peer DIRECTORY]``

pycsw (the beta of 3 that GeoNode publishes; the last release knows no OGC API) is installed into an
environment of its own and keeps the records in its SQLite.  Both run under gunicorn with two workers.
One client asks by words, by words and bbox, and by bbox, each question once for ten hits before the clock
runs and then three times for one hit more each, as a page that was asked for before is kept here; without
facets.  pycsw looks for words as parts of any text; ours stems
and ranks, and finds by bbox what it indexes.  ``--home`` and ``--peer`` keep both for the next run.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import urlencode

from benchmarks.generate import oai_dc, place, records
from benchmarks.http import WORKERS, fetched, fill, serving
from benchmarks.search import percentile
from benchmarks.serve import cpu_of, waited_for

WORDS = (
    "galaxy",
    "detector",
    "neutron",
    "superconductor",
    "tokamak",
    "pulsar",
    "hadron",
    "diffraction",
    "xyzzy",
    "photometry",
)
BOXES = tuple(f"{west},{south},{west + 4},{south + 4}" for west, south in ((-120, -40), (5, 45), (60, 0)))
QUESTIONS: dict[str, tuple[dict[str, str], ...]] = {
    "words": tuple({"q": word} for word in WORDS),
    "words and bbox": tuple({"q": word, "bbox": box} for word in WORDS[:5] for box in BOXES),
    "bbox": tuple({"bbox": box} for box in BOXES),
}
HITS = 10
ROUNDS = 3
PATHS = {"almagest": "/ogc/collections/records/items", "pycsw": "/collections/metadata:main/items"}
PEER = ("geonode-pycsw==3.0.0b2", "SQLAlchemy<2", "Flask", "pygeofilter==0.2.1", "gunicorn<24")


def rows(count: int, path: Path) -> None:
    """The records as rows of pycsw's table, in JSON lines."""
    with path.open("w") as file:
        for one in records(count):
            if one.deleted:
                continue
            west, south, east, north = place(one.number).box or (0, 0, 0, 0)
            ring = ((west, south), (west, north), (east, north), (east, south), (west, south))
            corners = ", ".join(f"{x:.4f} {y:.4f}" for x, y in ring)
            row = {
                "identifier": one.identifier,
                "typename": "csw:Record",
                "schema": "http://www.opengis.net/cat/csw/2.0.2",
                "mdsource": "local",
                "insert_date": one.datestamp,
                "xml": oai_dc(one),
                "metadata_type": "application/xml",
                "anytext": " ".join((one.title, one.description, *one.creators, *one.subjects)),
                "title": one.title,
                "abstract": one.description,
                "keywords": ",".join(one.subjects),
                "creator": "; ".join(one.creators),
                "publisher": one.publisher,
                "type": one.type,
                "date": one.date,
                "wkt_geometry": f"POLYGON(({corners}))",
            }
            file.write(json.dumps(row) + "\n")


def prepare(peer: Path, count: int) -> None:
    """Install pycsw and fill its repository; what is there stays."""
    python = peer / "venv" / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(peer / "venv")], check=True)
        subprocess.run([str(python), "-m", "pip", "install", "-q", *PEER], check=True)
    if not (peer / "pycsw.yml").exists():
        rows(count, peer / "rows.jsonl")
        script = Path(__file__).with_name("pycsw_peer.py")
        subprocess.run([str(python), "-P", str(script), str(peer / "rows.jsonl"), str(peer)], check=True)


@contextlib.contextmanager
def pycsw(peer: Path) -> Iterator[tuple[int, int]]:
    """Port and process number of pycsw under gunicorn."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    python = str(peer / "venv" / "bin" / "python")
    how = ["-w", str(WORKERS), "-k", "sync", "--timeout", "300", "-b", f"127.0.0.1:{port}"]
    command = [python, "-m", "gunicorn", *how, "pycsw.wsgi_flask:APP"]
    environ = os.environ | {"PYCSW_CONFIG": str(peer / "pycsw.yml")}
    process = subprocess.Popen(command, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        waited_for(port).close()
        yield port, process.pid
    finally:
        process.terminate()
        process.wait()


def ask(
    port: int, pid: int, path: str, questions: Sequence[dict[str, str]]
) -> tuple[list[float], float, int]:
    """Milliseconds of the answers, CPU milliseconds of one, and the sum of the totals."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=300)
    first, *rounds = (
        [f"{path}?{urlencode({**one, 'limit': HITS + turn, 'f': 'json'})}" for one in questions]
        for turn in range(1 + ROUNDS)
    )
    matched = sum(json.loads(fetched(connection, url))["numberMatched"] for url in first)
    times = []
    before = cpu_of(pid)
    for urls in rounds:
        for url in urls:
            begun = time.perf_counter()
            fetched(connection, url)
            times.append((time.perf_counter() - begun) * 1000)
    cpu = (cpu_of(pid) - before) * 1000 / len(times)
    connection.close()
    return times, cpu, matched


def run(home: Path, peer: Path, count: int) -> None:
    """Fill both, ask both, print lines and the table."""
    fill(home, count)
    prepare(peer, count)
    table = [
        "| questions | server | records | found | p50 ms | p95 ms | CPU ms an answer | p50 ÷ almagest |",
        "|---|---|---:|---:|---:|---:|---:|---:|",
    ]
    with serving(home) as ours, pycsw(peer) as theirs:
        for kind, questions in QUESTIONS.items():
            first = 0.0
            for name, (port, pid) in (("almagest", ours), ("pycsw", theirs)):
                times, cpu, matched = ask(port, pid, PATHS[name], questions)
                middle, high = statistics.median(times), percentile(times, 0.95)
                first = first or middle
                line = {"benchmark": "ogc", "name": f"{name}: {kind}", "records": count, "found": matched}
                figures = {"p50_ms": round(middle, 2), "p95_ms": round(high, 2), "cpu_ms": round(cpu, 2)}
                print(json.dumps(line | figures), flush=True)
                table.append(
                    f"| {kind} | {name} | {count:,} | {matched:,} | {middle:.1f} | {high:.1f} | {cpu:.1f} "
                    f"| {middle / first:.1f} |"
                )
    print("\n".join(table))
    load = os.getloadavg()[0]
    print(f"\nOne-minute load of the machine at the end: {load:.1f} on {os.cpu_count()} cores.")


def main() -> None:
    """Measure both servers."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--home", type=Path, help="where our catalogue is kept for the next run")
    parser.add_argument("--peer", type=Path, help="where pycsw and its records are kept for the next run")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home, peer = options.home or Path(folder) / "home", options.peer or Path(folder) / "peer"
        for one in (home, peer):
            one.mkdir(exist_ok=True)
        run(home.resolve(), peer.resolve(), options.records)


if __name__ == "__main__":
    main()
