"""The oddest questions that anybody may ask of our web server: none may hold a worker for over two seconds.

``python -m benchmarks.odd [--records 100000] [--home DIRECTORY]``

Every question is asked once, its answer not known before, in one process; the time until the first bytes
of the answer counts, and the CPU time of the process in it, which tells more where a machine is shared.
Questions that are refused with a sentence (400, 414) count as answered; one that fails ends the run.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import tempfile
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from urllib.parse import quote, urlencode

from benchmarks.generate import PHYSICS
from benchmarks.http import fill, opened
from catalogue.index import FACETS
from web.app import create_app
from web.search_parameters import MAXIMUM_WORDS

LIMIT = 2.0
"""CPU seconds of one question."""

_chance = random.Random(1)
_PAIRS = [f"{one}{two}" for one in "bcdfghklmnps" for two in "aeiou"]


def _cells(order: int) -> str:
    return f"{order}/" + ",".join(map(str, sorted(_chance.sample(range(12 * 4**order), 5000))))


def _joined(words: Iterable[str], between: str = " OR ") -> str:
    """As many words as a query may hold characters."""
    found = ""
    for word in words:
        if len(found) + len(between) + len(word) > MAXIMUM_WORDS:
            break
        found += f"{between}{word}" if found else word
    return found


WORDS: Mapping[str, str] = {
    "*a*": "*a*",
    "a*": "a*",
    "every three letters with *": _joined(f"{pair}{last}*" for last in "bdkl" for pair in _PAIRS),
    "nested 100 deep": "(" * 100 + "galaxy" + ")" * 100,
    "AND within OR, 40 deep": "galaxy" + " OR (quark AND (muon" * 40 + "))" * 40,
    "unknown words with OR": _joined(f"w{number}" for number in range(1000)),
    "real words with OR": _joined(PHYSICS),
    "all but common words": _joined((f"-{word}" for word in PHYSICS), " "),
    "a phrase of stop words": '"the of and in to for with on from by at as an is are"',
    "short phrases of stop words": '"of the" OR "in the" OR "to the" OR "on the"',
    "stop words": "the of and in to for with on from by at as an is are",
    "a word 100 times": "detector " * 100,
    "a misspelt word": "detectorr galaxyy neutronn scatteringg superconductorr",
    "Unicode": "\u202e\U0001f600 \u0301" * 50,
    "a bomb of regular expressions": "(a+)+$ .*.*.* [a-z]*{1000}",
}
COVERED: Mapping[str, list[tuple[str, str]]] = {
    "a MOC of 5,000 large cells": [("moc", _cells(5))],
    "a MOC of 5,000 small cells": [("moc", _cells(9))],
    "the whole sky": [("sky", "0,0,180")],
    "half the sky": [("sky", "10,20,90")],
    "all times and energies": [("time", "0001/9999"), ("energy", "radio")],
    "sky, time, energy and 10 parameters": [
        ("sky", "10,10,40"),
        ("time", "2000/2020"),
        ("energy", "1 eV/1 MeV"),
        *(("parameter", f"photon_energy > {number} keV") for number in range(10)),
    ],
    "100 values of a facet": [("subject", word) for word in (PHYSICS * 2)[:100]],
    "values of all facets": [(facet, "galaxy") for facet in FACETS],
    "1,000 hits": [("q", "detector"), ("size", "1000")],
    "all years": [("published", "0001/9999"), ("sort", "title")],
}
PATHS: Mapping[str, str] = {
    "SRU: CQL, 100 clauses": "/sru?"
    + urlencode({"query": " or ".join(f'title any "{word}"' for word in (PHYSICS * 2)[:100])}),
    "OGC: bbox of the Earth": "/ogc/collections/records/items?bbox=-180,-90,180,90&limit=1000",
    "feed of everything": "/feed.atom",
    "export of everything, first bytes": "/api/v1/export?format=csv",
    "suggestions for a letter": "/api/v1/suggest?q=s&size=100",
}


def questions() -> dict[str, str]:
    """What is asked, by name: an address each."""
    found = {name: f"/?{urlencode({'q': words}, errors='replace')}" for name, words in WORDS.items()}
    found |= {name: f"/?{urlencode(pairs, quote_via=quote)}" for name, pairs in COVERED.items()}
    return found | dict(PATHS)


def run(home: Path, count: int) -> None:
    """Fill, ask, print lines and the table of the slowest; ends with an error where one takes too long."""
    fill(home, count)
    catalogue = opened(home)
    client = create_app(catalogue).test_client()
    client.get("/?sky=1,1,1")  # loads vocabularies, and what reads cones
    rows: list[tuple[float, float, str, int]] = []
    for name, url in questions().items():
        wall, cpu = time.perf_counter(), time.process_time()
        answer = client.get(url, buffered=False)
        next(iter(answer.response), b"")
        rows.append((time.process_time() - cpu, time.perf_counter() - wall, name, answer.status_code))
        answer.close()
    catalogue.close()
    rows.sort(reverse=True)
    for cpu, wall, name, status in rows:
        line = {"benchmark": "odd", "name": name, "records": count, "status": status}
        print(json.dumps(line | {"cpu_ms": round(cpu * 1000, 1), "wall_ms": round(wall * 1000, 1)}))
    print("| question | records | status | CPU ms | wall ms |\n|---|---:|---:|---:|---:|")
    for cpu, wall, name, status in rows[:12]:
        shown = name.replace("|", "\\|").replace("*", "\\*")
        print(f"| {shown} | {count:,} | {status} | {cpu * 1000:.0f} | {wall * 1000:.0f} |")
    print(
        f"\n{len(rows)} questions; the slowest twelve are shown. One-minute load: {os.getloadavg()[0]:.1f}."
    )
    if failed := [name for _, _, name, status in rows if status >= 500]:
        raise SystemExit(f"failed: {', '.join(failed)}")
    if rows[0][0] > LIMIT:
        raise SystemExit(f"«{rows[0][2]}» took {rows[0][0]:.1f} s of CPU time, more than {LIMIT:g}")


def main() -> None:
    """Ask everything of a catalogue that is kept, or of a fresh one."""
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
