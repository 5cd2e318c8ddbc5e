"""How fast a search is: 32 mixed queries with 8 facets on both engines.

``python -m benchmarks.search [--records 100000] [--elasticsearch URL]``

Every query is asked three times, each for a page of another size, so that nothing but the counts
of its facets is kept; the first answers tell what a visitor meets, the best ones what the engine can do.
*asked again* is the same page a second time.  The floor, measured in the same run, are the same queries
without facets.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from lxml import etree

from benchmarks.generate import coverage, oai_dc, records
from benchmarks.measure import Measurement, emit
from catalogue.index import Change, Index, Query
from catalogue.indexing import BATCH, open_index
from catalogue.record import Provenance, record_id
from mappings.base import format_of

FACETS = ("type", "source", "subject", "creator", "publisher", "licence", "access", "year")
QUERIES: tuple[dict[str, Any], ...] = (
    {},
    {"sort": "title"},
    {"sort": "newest"},
    {"words": "galaxy"},
    {"words": "detector"},
    {"words": "neutron scattering"},
    {"words": '"neutron scattering"'},
    {"words": "detector OR collision OR hadron"},
    {"words": "detector collision hadron lepton"},
    {"words": "galaxy", "facets": {"type": ("dataset",)}},
    {"words": "galaxy", "facets": {"type": ("dataset",), "year": ("2019", "2020")}},
    {"facets": {"subject": ("galaxy",)}},
    {"facets": {"type": ("software", "image")}},
    {"words": "creator:garcia"},
    {"words": 'creator:"García, Anna"'},
    {"words": "year:2010..2015 photon"},
    {"published": ("2015", "2016")},
    {"words": "muon -tau"},
    {"words": "quark", "sort": "newest"},
    {"words": "gluon", "sort": "oldest"},
    {"words": "boson", "sort": "title"},
    {"words": "10.5072/bench.00001234"},
    {"words": "https://doi.org/10.5072/BENCH.00004321"},
    {"words": "superconduct*"},
    {"words": "title:pulsar"},
    {"words": "subject:redshift survey"},
    {"words": "gravitational wave merger"},
    {"words": "tokamak plasma laser cavity"},
    {"words": "lattice-QCD"},
    {"words": "the detector of the collision"},
    {"words": "xyzzy"},
    {"words": "isotope decay fission fusion"},
)
CONES: tuple[dict[str, Any], ...] = tuple(
    {"sky": f"{37 * n % 360},{(53 * n) % 160 - 80},{radius}"}
    for n, radius in enumerate((0, 0.01, 0.1, 0.5, 1, 1, 2, 3, 5, 10, 20, 45) * 2)
)
COVERED: tuple[dict[str, Any], ...] = (
    {"time": "2010-03/2010-04"},
    {"time": "2005/2015", "words": "galaxy"},
    {"time": "55000.5"},
    {"energy": "1 keV/10 keV"},
    {"energy": "X-ray", "time": "2012/"},
    {"energy": "400 nm/700 nm", "sky": "120,10,20"},
    {"parameters": ("photon_energy > 50 keV",)},
    {"parameters": ("temperature 4..10 K",)},
    {"parameters": ("sample_temperature < 77 K", "photon_energy 8..12 keV")},
    {"words": "crystal", "parameters": ("temperature < 4.2 K",)},
)
ROUNDS = 3


def changes(count: int) -> Iterator[list[Change]]:
    """The synthetic records as changes, read by the real crosswalk, in the batches of a follower."""
    read = format_of("oai_dc").read
    assert read is not None
    batch: list[Change] = []
    for sequence, one in enumerate(records(count), 1):
        id = record_id("bench", one.identifier)
        provenance = Provenance(source="bench", identifier=one.identifier, datestamp=one.datestamp)
        record = None if one.deleted else read(etree.fromstring(oai_dc(one)), provenance).record
        if record is not None:
            covered, parameters = coverage(sequence)
            record = replace(record, coverage=covered, parameters=parameters)
        batch.append(Change(sequence=sequence, id=id, source="bench", datestamp=one.datestamp, record=record))
        if len(batch) == BATCH or sequence == count:
            yield batch
            batch = []


def fill(index: Index, engine: str, count: int) -> None:
    """Bring all records into the index; measures the indexing alone."""
    cpu = wall = 0.0
    for batch in changes(count):
        before = time.process_time(), time.perf_counter()
        index.apply(batch)
        cpu, wall = cpu + time.process_time() - before[0], wall + time.perf_counter() - before[1]
    before = time.process_time(), time.perf_counter()
    index.settle()
    cpu, wall = cpu + time.process_time() - before[0], wall + time.perf_counter() - before[1]
    emit(Measurement("search", f"{engine}: index", count, cpu_seconds=cpu, wall_seconds=wall))


def ask(
    index: Index,
    facets: tuple[str, ...] = FACETS,
    queries: Sequence[dict[str, Any]] = QUERIES,
    size: int = Query().size,
) -> tuple[list[float], list[float]]:
    """Milliseconds of every query: the first answers, and the best of `ROUNDS` pages from a size on."""
    first, best = [], []
    for values in queries:
        times = []
        for turn in range(ROUNDS):
            begun = time.perf_counter()
            index.search(Query(**values, counts=facets, size=size + turn))
            times.append((time.perf_counter() - begun) * 1000)
        first.append(times[0])
        best.append(min(times))
    return first, best


def again(index: Index) -> list[float]:
    """Milliseconds of every query that was asked just before."""
    times = []
    for values in QUERIES:
        begun = time.perf_counter()
        index.search(Query(**values, counts=FACETS))
        times.append((time.perf_counter() - begun) * 1000)
    return times


def suggest(index: Index) -> list[float]:
    """Milliseconds of suggestions for beginnings of words."""
    times = []
    for prefix in ("g", "ga", "gal", "gala", "neu", "neutron sca", "Gar", "superc", "x", "qu"):
        begun = time.perf_counter()
        index.suggest(prefix)
        times.append((time.perf_counter() - begun) * 1000)
    return times


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which that share of the values lies."""
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def report(engine: str, count: int, name: str, times: Sequence[float]) -> str:
    """One line of JSON, and one row of the table."""
    middle, high = statistics.median(times), percentile(times, 0.95)
    line = {"benchmark": "search", "name": f"{engine}: {name}", "records": count}
    print(
        json.dumps(
            line | {"p50_ms": round(middle, 2), "p95_ms": round(high, 2), "max_ms": round(max(times), 2)}
        )
    )
    return f"| {engine} | {count:,} | {name} | {middle:.1f} | {high:.1f} | {max(times):.1f} |"


def size_of(path: Path) -> int:
    """Bytes of all files below a directory."""
    return sum(part.stat().st_size for part in path.rglob("*") if part.is_file())


def main() -> None:
    """Fill, ask, and print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument(
        "--elasticsearch", metavar="URL", help="an Elasticsearch to measure beside the embedded index"
    )
    options = parser.parse_args()
    rows = ["| engine | records | what | p50 ms | p95 ms | max ms |", "|---|---:|---|---:|---:|---:|"]
    with tempfile.TemporaryDirectory() as folder:
        engines = {"embedded": f"embedded:{folder}/index"}
        if options.elasticsearch:
            engines["elasticsearch"] = options.elasticsearch
        for engine, url in engines.items():
            index = open_index(url)
            fill(index, engine, options.records)
            index.search(Query(words="xyzzy"))  # loads the vocabularies, as a worker does when it starts
            first, best = ask(index)
            rows.append(report(engine, options.records, "first answer, 8 facets", first))
            rows.append(report(engine, options.records, "best of three, 8 facets", best))
            rows.append(report(engine, options.records, "asked again, 8 facets", again(index)))
            rows.append(
                report(
                    engine,
                    options.records,
                    "best of three, no facets",
                    ask(index, (), size=Query().size + ROUNDS)[1],
                )
            )
            rows.append(report(engine, options.records, "suggestions", suggest(index)))
            index.search(Query(sky="1,1,1"))  # loads what reads cones
            for name, queries in (("cones on the sky", CONES), ("time, energy, parameters", COVERED)):
                first, best = ask(index, (), queries)
                rows.append(report(engine, options.records, f"{name}, first answer", first))
                rows.append(report(engine, options.records, f"{name}, best of three", best))
            index.close()
        size = size_of(Path(folder)) / options.records
        line = {"benchmark": "search", "name": "embedded: size", "records": options.records}
        print(json.dumps(line | {"bytes_per_record": round(size)}))
    print("\n".join(rows))


if __name__ == "__main__":
    main()
