"""How fast records are translated, format by format, beside commonmeta-py on what both read and write.

``python -m benchmarks.crosswalks [--records 3000] [--peer PYTHON]``

The documents are those of the corpus beside the project (../shared/corpus), in files of one record.
``--peer`` (or the variable ``COMMONMETA_PYTHON``) names a Python in whose environment commonmeta-py is
installed; it is no dependency of ours, so that it runs in a process of its own, in the same run, reading
without its validation.  Ratios are those on the files from which it gets a title at all.  The documents
are read over and over, so that the caches of both are warm.  CPU time is that of reading a file, parsing
and mapping it; of what is written, that of the bytes of one record.
"""

from __future__ import annotations

import argparse
import functools
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from catalogue.errors import RecordRefused
from catalogue.record import Provenance, Record
from mappings.base import Format, format_of, formats, written_at
from mappings.documents import documents

CORPUS = Path(__file__).resolve().parent.parent.parent / "shared" / "corpus"
FOLDERS = {
    "datacite": "datacite-xml",
    "datacite_json": "datacite-json",
    "oai_dc": "oai-dc",
    "oai_datacite": "oai-datacite",
    "ivo_vor": "ivoa-voresource",
    "marcxml": "marcxml",
    "inveniordm": "inveniordm-json",
    "schema_org": "schema-org",
    "codemeta": "codemeta",
    "scicat": "scicat",
    "panosc": "panosc",
    "cernopendata": "cernopendata",
    "hepdata": "hepdata",
    "re3data": "re3data",
    "dcat": "dcat",
}
PEER_READERS = {"datacite": "datacite_xml", "datacite_json": "datacite", "schema_org": "schema_org",
                "codemeta": "codemeta", "inveniordm": "inveniordm"}  # fmt: skip
PEER_WRITERS = {"bibtex": "bibtex", "ris": "ris", "csl": "csl", "schema_org": "schema_org",
                "datacite_json": "datacite", "inveniordm": "inveniordm"}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Figure:
    """What was done to how many documents; of one pass those managed, and those refused, empty or crashed."""

    program: str
    what: str
    records: int
    cpu_seconds: float
    managed: int
    failed: int
    common: bool = False

    @property
    def speed(self) -> float:
        """Documents per CPU second."""
        return self.records / self.cpu_seconds if self.cpu_seconds else 0.0


def main() -> None:
    """Measure, print JSON lines, and two tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--records", type=int, default=3000, help="so many documents at least of each format")
    parser.add_argument(
        "--peer", default=os.environ.get("COMMONMETA_PYTHON"), help="a Python with commonmeta-py"
    )
    options = parser.parse_args()
    if not CORPUS.is_dir():
        sys.exit(f"There is no corpus at {CORPUS}.")
    figures = list(reading(options.records, options.peer))
    figures += list(writing(options.records, options.peer))
    for one in figures:
        print(json.dumps(one.__dict__ | {"per_cpu_second": round(one.speed)}), flush=True)
    print(table([one for one in figures if one.what.startswith("read")]))
    print()
    print(table([one for one in figures if one.what.startswith("write")]))


def files_of(prefix: str) -> list[Path]:
    """The files of a format that hold one document each, so that both programs have as many."""
    form = format_of(prefix)
    found = []
    for path in sorted((CORPUS / FOLDERS[prefix]).iterdir()):
        try:
            single = sum(1 for _ in documents(form, path.read_bytes())) == 1
        except RecordRefused:
            single = True
        if single:
            found.append(path)
    return found


def read_file(form: Format, path: Path) -> Record:
    """The record in a file."""
    assert form.read is not None
    [(identifier, document)] = documents(form, path.read_bytes())
    return form.read(document, Provenance(source="corpus", identifier=identifier or path.name)).record


def reading(least: int, peer: str | None) -> Iterator[Figure]:
    """Every format that the corpus has, and the peer on those that it reads."""
    for prefix in FOLDERS:
        form, files = format_of(prefix), files_of(prefix)
        if form.read is None or not files:
            continue
        work = functools.partial(read_file, form)
        yield measured(f"read {prefix}", files, max(1, least // len(files)), work)
        if peer and prefix in PEER_READERS:
            names, figures = asked(peer, PEER_READERS[prefix], files, least, [])
            if names:
                known = [Path(name) for name in names]
                ours = measured(f"read {prefix}", known, max(1, least // len(known)), work)
                yield replace(ours, common=True)
            yield from (replace(one, what=f"read {prefix}") for one in figures)


def writing(least: int, peer: str | None) -> Iterator[Figure]:
    """The records of DataCite's XML in every format that is written."""
    form, files = format_of("datacite"), files_of("datacite")
    records = []
    for path in files:
        try:
            records.append(read_file(form, path))
        except RecordRefused:
            continue
    for prefix, known in formats().items():
        # As a repository writes it, with what it adds (names under its own authority).
        own = written_at(known, "catalogue.example.org", "https://catalogue.example.org")
        if own.write is not None:
            figure = measured(f"write {prefix}", records, max(1, least // len(records)), own.write)
            yield from (figure, replace(figure, common=True))
    if peer:
        names = {name: prefix for prefix, name in PEER_WRITERS.items()}
        for figure in asked(peer, "datacite_xml", files, least, list(names))[1]:
            word, _, name = figure.what.partition(" ")
            if word == "write":
                yield replace(figure, what=f"write {names[name]}")


def measured(what: str, values: list[Any], passes: int, work: Callable[[Any], object]) -> Figure:
    """Do it to all, once to load what is loaded once, and then so often."""
    managed = failed = 0
    start = 0.0
    for number in range(passes + 1):
        if number == 1:
            start = time.process_time()
        managed = failed = 0
        for one in values:
            try:
                work(one)
                managed += 1
            except RecordRefused:
                failed += 1
    cpu = time.process_time() - start
    return Figure(
        program="almagest",
        what=what,
        records=len(values) * passes,
        cpu_seconds=cpu,
        managed=managed,
        failed=failed,
    )


def asked(
    peer: str, reader: str, files: list[Path], least: int, writers: list[str]
) -> tuple[list[str], list[Figure]]:
    """The files that commonmeta-py can read, and its figures on them."""
    script = Path(__file__).with_name("crosswalks_peer.py")
    passes = max(1, least // len(files) // 3)
    answer = subprocess.run(
        [peer, str(script), reader, str(passes), *writers],
        input="\n".join(map(str, files)),
        capture_output=True,
        text=True,
        check=False,
        timeout=1800,
    )
    if answer.returncode:
        print(f"commonmeta-py cannot be run: {answer.stderr.strip().splitlines()[-1:]}", file=sys.stderr)
    said = [json.loads(line) for line in answer.stdout.splitlines() if line.startswith("{")]
    names = next((one["files"] for one in said if "files" in one), [])
    return names, [Figure(program="commonmeta-py", **one) for one in said if "what" in one]


def table(figures: list[Figure]) -> str:
    """One line a format, the peer beside where it does the same."""
    peers = {one.what: one for one in figures if one.program != "almagest"}
    common = {one.what: one for one in figures if one.common}
    lines = [
        "| what | files | managed | records per CPU s "
        "| commonmeta-py manages | on these | commonmeta-py | ratio |",
        "|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for one in figures:
        if one.program != "almagest" or one.common:
            continue
        other, ours = peers.get(one.what), common.get(one.what)
        beside = "| | |"
        if other is not None and ours is not None and other.records:
            ratio = ours.speed / other.speed
            beside = f"{other.managed} | {ours.speed:,.0f} | {other.speed:,.0f} | {ratio:.1f} ×"
        total = one.managed + one.failed
        lines.append(f"| {one.what} | {total} | {one.managed} | {one.speed:,.0f} | {beside} |")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
