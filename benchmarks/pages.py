"""What each page costs: the time until it is there, and the CPU time in it, in one process on one core.

``python -m benchmarks.pages [--records 100000] [--home DIRECTORY]``

Every kind of page is asked for with many addresses (other searches, other records), each first of all by
nobody before, then again twice: *first* is what who comes first waits, *again* what the next ones wait.
Answers are compressed, as browsers ask for them.  ``--home`` keeps the catalogue for the next run.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import statistics
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from flask.testing import FlaskClient

from benchmarks.http import asked, fill, opened
from benchmarks.search import CONES, COVERED, percentile
from catalogue.index import FACETS, Query
from catalogue.indexing import sync
from catalogue.opening import Catalogue
from catalogue.record import (
    Distribution,
    Mapped,
    Page,
    Parameter,
    Provenance,
    RawRecord,
    Record,
    Text,
    record_id,
)
from catalogue.sources import Source
from web.app import create_app
from web.pages_browse import TREES
from web.search_parameters import address

LIMIT = 200.0
"""Milliseconds within which 95 of 100 pages are to be there."""
EXTREME = "odd"
MOST_FILES = 3000
SAMPLE = 40
"""Records and searches that are asked for of a kind."""
AGAIN = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Milliseconds of a kind of page: of each first answer, of each later one, and CPU of the later ones."""

    name: str
    first: Sequence[float]
    again: Sequence[float]
    cpu: Sequence[float]
    bytes: int

    def line(self) -> dict[str, object]:
        """The figures as they are kept."""
        return {
            "benchmark": "pages",
            "name": self.name,
            "pages": len(self.first),
            "first_p50_ms": round(statistics.median(self.first), 1),
            "first_p95_ms": round(percentile(self.first, 0.95), 1),
            "again_p50_ms": round(statistics.median(self.again), 1),
            "again_p95_ms": round(percentile(self.again, 0.95), 1),
            "cpu_ms": round(statistics.median(self.cpu), 1),
            "bytes": self.bytes,
        }


def addresses(catalogue: Catalogue) -> Mapping[str, Sequence[str]]:
    """The addresses that are asked for, by the kind of page."""
    hits = catalogue.search(Query(size=SAMPLE, sort="title")).hits
    names = catalogue.store.get_many([hit.id for hit in hits])
    searches = [query for query in asked() if query != Query()]
    covered = [Query(**values) for values in (*CONES, *COVERED)]
    return {
        "the first page": ["/"],
        "searches by words, facets, years": [address("/", query) for query in searches],
        "searches by sky, time, energy, parameters": [address("/", query) for query in covered],
        "the statistics": ["/statistics"],
        "browsing": ["/browse", *(f"/browse/{name}" for name in TREES)],
        "values of a facet": [f"/facets/{name}" for name in FACETS],
        "values of a facet that contain": [f"/facets/{name}?contains=a&order=name" for name in FACETS],
        "the sources": ["/sources"],
        "a source": ["/sources/bench", f"/sources/{EXTREME}"],
        "records": [f"/records/{id}" for id in names],
        f"a record of {MOST_FILES:,} files": [f"/records/{record_id(EXTREME, 'files')}"],
        "relations of a record": [f"/records/{id}/relations" for id in names],
        "the basket": ["/basket"],
        "help": ["/help", "/help/search", "/help/api", "/help/oai", "/help/cite", "/help/source"],
        "the API's page": ["/api/v1/docs"],
        "the sitemap": ["/sitemap.xml", "/sitemap-1.xml", "/robots.txt"],
    }


def measure(client: FlaskClient, name: str, paths: Sequence[str]) -> Figures:
    """Ask for the pages of a kind; those that are not here are left out."""
    there, first, again, cpu, sizes = [], [], [], [], [0]
    for path in paths:
        milliseconds, _, size = _asked(client, path)
        if size:
            there.append(path)
            first.append(milliseconds)
            sizes.append(size)
    for path in there * AGAIN:
        milliseconds, spent, _ = _asked(client, path)
        again.append(milliseconds)
        cpu.append(spent)
    return Figures(name=name, first=first, again=again, cpu=cpu, bytes=max(sizes))


def _asked(client: FlaskClient, path: str) -> tuple[float, float, int]:
    """Milliseconds and CPU milliseconds of an answer, and its bytes; none of a page that there is not."""
    begun, spent = time.perf_counter(), time.process_time()
    answer = client.get(path, headers={"Accept-Encoding": "gzip", "Accept": "text/html,*/*;q=0.5"})
    body = answer.get_data()
    milliseconds, cpu = (time.perf_counter() - begun) * 1000, (time.process_time() - spent) * 1000
    if answer.status_code == 404:
        return milliseconds, cpu, 0
    if answer.status_code != 200:
        raise SystemExit(f"{path} was answered with {answer.status_code}: {body[:300]!r}")
    return milliseconds, cpu, len(body)


def fill_extreme(home: Path) -> None:
    """Put a record of very many files and parameters beside the others, once."""
    catalogue = opened(home)
    if EXTREME not in {source.name for source in catalogue.sources.all()}:
        catalogue.sources.add(Source(name=EXTREME, kind="oai-pmh", url="http://odd.example.org/oai"))
        run = catalogue.sources.begin_run(EXTREME, full=True)
        page = Page(records=(RawRecord(identifier="files", format="oai_dc", data=b"<odd/>"),))
        catalogue.sources.finish_run(
            catalogue.store.put_page(run, page, _extreme), "succeeded", since=run.started
        )
        sync(catalogue.store, catalogue.index)
    catalogue.close()


def _extreme(raw: RawRecord, provenance: Provenance) -> Mapped:
    names = [f"run-{number:05d}/events.root" for number in range(MOST_FILES)]
    return Mapped(
        record=Record(
            id=record_id(EXTREME, raw.identifier),
            kind="dataset",
            titles=(Text(value="All runs of a long campaign"),),
            provenance=provenance,
            distributions=tuple(
                Distribution(
                    url=f"root://store.example.org//{name}",
                    title=name,
                    size=10**9 + number,
                    protocol="XRootD",
                )
                for number, name in enumerate(names)
            ),
            parameters=tuple(Parameter(name=f"p{number}", value=number * 0.1) for number in range(200)),
        )
    )


def table(figures: Sequence[Figures], count: int) -> str:
    """The figures as Markdown; those beyond `LIMIT` are bold."""
    rows = [
        f"| page, {count:,} records | addresses | first p50 ms | first p95 ms | again p50 ms | again p95 ms "
        "| CPU ms | bytes |",
        "|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for one in figures:
        line = one.line()
        times = [
            float(str(line[f"{when}_{which}_ms"])) for when in ("first", "again") for which in ("p50", "p95")
        ]
        shown = " | ".join(f"**{value:.1f}**" if value > LIMIT else f"{value:.1f}" for value in times)
        rows.append(f"| {one.name} | {len(one.first)} | {shown} | {line['cpu_ms']} | {one.bytes:,} |")
    return "\n".join(rows)


def run(home: Path, count: int) -> None:
    """Fill, ask, and print lines and the table."""
    fill(home, count)
    fill_extreme(home)
    catalogue = opened(home)
    client = create_app(catalogue).test_client()
    figures = []
    for name, paths in addresses(catalogue).items():
        gc.collect()
        found = measure(client, name, paths)
        if found.first:
            figures.append(found)
            print(json.dumps(found.line()), flush=True)
    catalogue.close()
    print(table(figures, count))
    print(f"\nOne-minute load of the machine at the end: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores.")


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--home", type=Path, help="where the catalogue is kept for the next run")
    options = parser.parse_args()
    if options.home:
        run(options.home, options.records)
    else:
        with tempfile.TemporaryDirectory() as home:
            run(Path(home), options.records)


if __name__ == "__main__":
    main()
