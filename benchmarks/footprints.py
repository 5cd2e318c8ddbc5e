"""Searches on the sky over footprints finer than an index keeps them, which are looked at one by one.

``python -m benchmarks.footprints [--records 300]``

Each record has 20,000 cells of order 12 scattered over the same window of some 50 by 50 degrees, so that
the index finds all of them wherever one looks in it.  A search reads for a second at most
(`catalogue/refining.py`), and in the order of fit for 0.5 s more; how many regions it came to look at is
counted; where it looked at all, the total must be that of `moc.overlap`.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import tempfile
import time
from pathlib import Path

from benchmarks.http import opened
from catalogue import moc
from catalogue.index import Query
from catalogue.opening import Catalogue
from catalogue.record import Coverage, Sky
from tests.web.observatory import harvest, record

CELLS = 20_000
ORDER = 12
_WINDOW = 12 * 4**ORDER // 16
QUESTIONS = {
    "a position": Query(moc=f"29/{5 << 2 * 27}"),
    "a MOC of 200 cells": Query(moc=f"12/{_WINDOW // 3}-{_WINDOW // 3 + 199}"),
    "the 200 cells, by fit": Query(moc=f"12/{_WINDOW // 3}-{_WINDOW // 3 + 199}", sort="fit"),
    "a MOC of 5,000 cells": Query(moc="12/" + ",".join(str(200 * n) for n in range(5000))),
    "the 5,000 cells, by fit": Query(moc="12/" + ",".join(str(200 * n) for n in range(5000)), sort="fit"),
    "a cone of 10 degrees": Query(sky="45,15,10"),
    "words and a cone": Query(words="footprint", sky="45,15,1"),
}
"""What is asked, by name."""


def footprint(number: int) -> str:
    """A MOC of `CELLS` cells, of which no two are one larger cell."""
    cells = random.Random(number).sample(range(_WINDOW // 2), CELLS)
    return f"{ORDER}/" + " ".join(str(2 * cell) for cell in sorted(cells))


def fill(catalogue: Catalogue, count: int) -> None:
    """Put the footprints into store and index, as a harvest does."""
    for start in range(0, count, 50):
        batch = [
            record(f"footprint{n}", f"Footprint {n}", coverage=Coverage(sky=Sky(moc=footprint(n))))
            for n in range(start, min(start + 50, count))
        ]
        harvest(catalogue, "bench", batch)


def run(home: Path, count: int) -> None:
    """Fill, ask each question three times, print lines and a table."""
    catalogue = opened(home)
    fill(catalogue, count)
    rows = []
    for name, query in QUESTIONS.items():
        for turn in ("first", "second", "third"):
            wall, cpu = time.perf_counter(), time.process_time()
            found = catalogue.search(query)
            cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
            rough = catalogue.index.search(Query(moc=query.moc, sky=query.sky, rough=True, counts=())).total
            looked = rough - found.unrefined
            if query.moc and looked == rough and found.total != true_total(query, count):
                raise SystemExit(f"{name}: {found.total} found of {true_total(query, count)}")
            rows.append((name, turn, rough, looked, found.total, found.unfitted, cpu, wall))
    catalogue.close()
    for name, turn, rough, looked, total, unfitted, cpu, wall in rows:
        figures = {"rough": rough, "looked_at": looked, "total": total, "unfitted": unfitted}
        times = {"cpu_ms": round(cpu * 1000, 1), "wall_ms": round(wall * 1000, 1)}
        print(json.dumps({"benchmark": "footprints", "name": name, "turn": turn, **figures, **times}))
    print("| asked for | time | regions in question | looked at | found | not fitted | CPU ms | wall ms |")
    print("|---|---|---:|---:|---:|---:|---:|---:|")
    for name, turn, rough, looked, total, unfitted, cpu, wall in rows:
        print(
            f"| {name} | {turn} | {rough} | {looked} | {total} | {unfitted} "
            f"| {cpu * 1000:.0f} | {wall * 1000:.0f} |"
        )
    print(f"\nOne-minute load of the machine: {os.getloadavg()[0]:.1f}.")


def true_total(query: Query, count: int) -> int:
    """How many footprints overlap what is asked for."""
    asked = moc.region_of(query.moc)
    return sum(moc.overlap(moc.region_of(footprint(n)), asked) for n in range(count))


def main() -> None:
    """Measure on a fresh catalogue."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--records", type=int, default=300)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        run(Path(home), options.records)


if __name__ == "__main__":
    main()
