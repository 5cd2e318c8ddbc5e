"""How fast records are translated, format by format, beside commonmeta-py on what both read and write.

``python -m benchmarks.crosswalks [--records 3000] [--peer PYTHON]``

The documents are those of the corpus beside the project (../shared/corpus), in files of one record.
``--peer`` (or the variable ``COMMONMETA_PYTHON``) names a Python in whose environment commonmeta-py is
installed; it is no dependency of ours, so that it runs in a process of its own, in the same run, reading
without its validation.  Ratios are those on the files from which it gets a title at all.  The documents
are read over and over, so that the caches of both are warm.  Both work by turns, and of five rounds of each
the one counts that the other work of the machine disturbs least.  CPU time is that of reading a file, parsing
and mapping it; of what is written, that of the bytes of one record.

Both do not do the same: where one takes five values of a document and the other fifty, records per second
compare nothing.  Therefore the values are counted too, which are the texts and numbers in the record that
was read, or in the JSON that was written (``crosswalks_peer.values_in``), and set against the CPU time.
"""

from __future__ import annotations

import argparse
import contextlib
import functools
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import orjson

from benchmarks.crosswalks_peer import ROUNDS, timed, values_in, values_written
from catalogue.errors import RecordRefused
from catalogue.json_form import dumps
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
    """What was done to how many documents; of one pass those managed, and those refused, empty or crashed,
    and the values that came out."""

    program: str
    what: str
    records: int
    cpu_seconds: float
    managed: int
    failed: int
    values: int = 0
    common: bool = False

    @property
    def speed(self) -> float:
        """Documents per CPU second."""
        return self.records / self.cpu_seconds if self.cpu_seconds else 0.0

    @property
    def values_a_record(self) -> float:
        """Values that come out of one that is managed."""
        return self.values / self.managed if self.managed else 0.0


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
        work, what = functools.partial(read_file, form), f"read {prefix}"
        yield from measured(what, files, least, work, values_of)
        if peer and prefix in PEER_READERS:
            with Peer(peer, PEER_READERS[prefix], files) as other:
                if other.files:
                    beside = functools.partial(other.round, what, "read")
                    ours, theirs = measured(what, other.files, least, work, values_of, beside)
                    yield from (replace(ours, common=True), theirs)


def writing(least: int, peer: str | None) -> Iterator[Figure]:
    """The records of DataCite's XML in every format that is written."""
    form, files = format_of("datacite"), files_of("datacite")
    records = []
    for path in files:
        with contextlib.suppress(RecordRefused):
            records.append(read_file(form, path))
    with Peer(peer, "datacite_xml", files) if peer else contextlib.nullcontext() as other:
        for prefix, known in formats().items():
            # As a repository writes it, with what it adds (names under its own authority).
            own = written_at(known, "catalogue.example.org", "https://catalogue.example.org")
            if own.write is None:
                continue
            what = f"write {prefix}"
            beside = None
            if other is not None and prefix in PEER_WRITERS:
                beside = functools.partial(other.round, what, PEER_WRITERS[prefix])
            ours, *theirs = measured(what, records, least, own.write, values_written, beside)
            yield from (ours, replace(ours, common=True), *theirs)


def values_of(record: Record) -> int:
    """How many values were read, but for what we know of the record without reading it."""
    known = orjson.loads(dumps(record))
    return values_in({name: value for name, value in known.items() if name not in ("id", "provenance")})


def measured(
    what: str,
    values: list[Any],
    least: int,
    work: Callable[[Any], Any],
    count: Callable[[Any], int],
    beside: Callable[[int], Figure] | None = None,
) -> list[Figure]:
    """Do it to all: once to load what is loaded once and to count what comes out, and then in rounds.

    ``beside`` is a round of the peer, of so many passes, which takes turns with ours.
    """
    managed = failed = counted = 0
    for one in values:
        try:
            counted += count(work(one))
            managed += 1
        except RecordRefused:
            failed += 1
    passes = max(1, least // len(values) // ROUNDS)
    ours, theirs = [], []
    for _ in range(ROUNDS):
        done, cpu, _last = timed(passes, functools.partial(all_done, values, work))
        ours.append(
            Figure(
                program="almagest",
                what=what,
                records=len(values) * done,
                cpu_seconds=cpu,
                managed=managed,
                failed=failed,
                values=counted,
            )
        )
        if beside is not None:
            theirs.append(beside(passes))
    return [max(rounds, key=lambda one: one.speed) for rounds in (ours, theirs) if rounds]


def all_done(values: list[Any], work: Callable[[Any], Any]) -> None:
    """One pass."""
    for one in values:
        with contextlib.suppress(RecordRefused):
            work(one)


class Peer:
    """commonmeta-py in a process of its own, which works when it is told to; ``files`` it can read."""

    def __init__(self, python: str, reader: str, files: list[Path]) -> None:
        self._process = subprocess.Popen(
            [python, str(Path(__file__).with_name("crosswalks_peer.py")), reader],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self.files = [Path(name) for name in self._ask(list(map(str, files)))["files"]]

    def __enter__(self) -> Peer:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate(timeout=60)

    def round(self, what: str, task: str, passes: int) -> Figure:
        """So many passes of reading, or of writing in the format that the task names."""
        return Figure(program="commonmeta-py", what=what, **self._ask([task, passes]))

    def _ask(self, question: list[Any]) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with contextlib.suppress(BrokenPipeError):
            print(json.dumps(question), file=self._process.stdin, flush=True)
        answer = self._process.stdout.readline()
        if not answer:
            sys.exit("commonmeta-py cannot be run: is it installed where COMMONMETA_PYTHON says?")
        found: dict[str, Any] = json.loads(answer)
        return found


def table(figures: list[Figure]) -> str:
    """One line a format, the peer beside where it does the same."""
    peers = {one.what: one for one in figures if one.program != "almagest"}
    common = {one.what: one for one in figures if one.common}
    lines = [
        "| what | files | managed | records per CPU s | commonmeta-py manages | on these | commonmeta-py "
        "| ratio | values a record | commonmeta-py | ratio of values per CPU s |",
        f"|---|{'---:|' * 10}",
    ]
    for one in figures:
        if one.program != "almagest" or one.common:
            continue
        other, ours = peers.get(one.what), common.get(one.what)
        beside = "| | | | | |"
        if other is not None and ours is not None and other.records:
            ratio = ours.speed / other.speed
            beside = f"{other.managed} | {ours.speed:,.0f} | {other.speed:,.0f} | {ratio:.1f} × "
            if other.values and ours.values:
                of_values = ratio * ours.values_a_record / other.values_a_record
                beside += f"| {ours.values_a_record:.0f} | {other.values_a_record:.0f} | {of_values:.1f} ×"
            else:
                beside += "| | |"
        total = one.managed + one.failed
        lines.append(f"| {one.what} | {total} | {one.managed} | {one.speed:,.0f} | {beside} |")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
