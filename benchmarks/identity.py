"""What identity costs: records that share identifiers with earlier ones, beside the same records alone.

``python -m benchmarks.identity [--records 1000000] [--duplicates 0.1]``

Two sources bring records page by page, each with a DOI and two relations.  In *joined* a tenth
of them has the DOI of a record that came before, anywhere in what is stored; in *alone*, the
floor of the same run, none has.  Each variant runs in a process of its own.  The cost per record of the
last tenth beside that of the first tells whether it grows with what is stored.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.measure import Measurement, emit, measured, table

PAGE = 500
PARTS = 10
VARIANTS = ("alone", "joined")


def fill(home: Path, variant: str, count: int, duplicates: float) -> None:
    """Store so many records and print what each tenth cost, then how many products there are."""
    from catalogue.database import Database
    from catalogue.record import (
        Identifier,
        Mapped,
        Page,
        Provenance,
        RawRecord,
        Record,
        Relation,
        Text,
        record_id,
    )
    from catalogue.runs import Sources
    from catalogue.sources import Source
    from catalogue.store import Store

    def read(raw: RawRecord, provenance: Provenance) -> Mapped:
        doi, first, second = raw.data.decode().split()
        record = Record(
            id=record_id(provenance.source, raw.identifier),
            kind="dataset",
            titles=(Text(value=f"Observation {raw.identifier} of a source in the sky", type="main"),),
            identifiers=(Identifier(scheme="doi", value=doi),),
            relations=(
                Relation(type="Cites", scheme="doi", value=first),
                Relation(type="IsPartOf", scheme="doi", value=second),
            ),
            provenance=provenance,
        )
        return Mapped(record=record)

    chance = random.Random(7)
    database = Database(f"sqlite:///{home}/catalogue.db")
    store, sources = Store(database), Sources(database)
    for name in ("first", "second"):
        sources.add(Source(name=name, kind="oai-pmh", url="http://localhost/oai"))
    runs = {name: sources.begin_run(name) for name in ("first", "second")}
    number = 0
    for part in range(PARTS):
        with measured("identity", f"{variant}, {part + 1}/{PARTS}", count // PARTS) as measurement:
            while number < count * (part + 1) // PARTS:
                name = ("first", "second")[number // PAGE % 2]
                raws = []
                for _ in range(min(PAGE, count * (part + 1) // PARTS - number)):
                    is_second = variant == "joined" and number and chance.random() < duplicates
                    own = chance.randrange(number) if is_second else number
                    cited = f"10.5072/{chance.randrange(count)} 10.5072/set.{number // 1000}"
                    data = f"10.5072/{own} {cited}".encode()
                    raws.append(RawRecord(identifier=str(number), format="test", data=data))
                    number += 1
                runs[name] = store.put_page(runs[name], Page(records=tuple(raws)), read)
        emit(measurement)
    products = sum(bool(change.members) for change in store.walk())
    print(json.dumps({"variant": variant, "products": products}), flush=True)
    database.close()


def main() -> None:
    """Fill a catalogue in each way, and print how the cost has grown."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--records", type=int, default=1_000_000)
    parser.add_argument("--duplicates", type=float, default=0.1)
    parser.add_argument("--variant", choices=VARIANTS)
    options = parser.parse_args()
    if options.variant:
        with tempfile.TemporaryDirectory() as home:
            fill(Path(home), options.variant, options.records, options.duplicates)
        return
    found: list[Measurement] = []
    products = {}
    for variant in VARIANTS:
        numbers = ["--records", str(options.records), "--duplicates", str(options.duplicates)]
        command = [sys.executable, "-m", "benchmarks.identity", *numbers, "--variant", variant]
        output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        print(output, end="", flush=True)
        for line in map(json.loads, output.splitlines()):
            if "products" in line:
                products[variant] = line["products"]
            else:
                del line["per_cpu_second"]
                found.append(Measurement(**line))
    ends = [one for one in found if one.name.endswith((f", 1/{PARTS}", f", {PARTS}/{PARTS}"))]
    totals = [_total(variant, found) for variant in VARIANTS]
    print("\n" + table([*totals, *ends], "alone"))
    growth = {v: found[i + PARTS - 1].cpu_seconds / found[i].cpu_seconds for v, i in _starts().items()}
    told = ", ".join(f"{variant} {ratio:.2f}" for variant, ratio in growth.items())
    print(f"\nCPU time of the last tenth ÷ the first: {told}. Products: {products['joined']:,}.")


def _starts() -> dict[str, int]:
    return {variant: place * PARTS for place, variant in enumerate(VARIANTS)}


def _total(variant: str, found: list[Measurement]) -> Measurement:
    mine = [one for one in found if one.name.startswith(f"{variant}, ")]
    return Measurement(
        "identity",
        variant,
        sum(one.records for one in mine),
        sum(one.cpu_seconds for one in mine),
        sum(one.wall_seconds for one in mine),
        max(one.peak_megabytes for one in mine),
    )


if __name__ == "__main__":
    main()
