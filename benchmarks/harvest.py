"""How fast a harvest is: ours beside sickle → SQLAlchemy Core and beside the floor, in one run.

``python -m benchmarks.harvest [--records 100000] [--page 1000] [--only NAME]``

Each variant runs in a process of its own against the same local provider:

- *floor*: download, parse each page with lxml, take each record's texts; nothing stored
- *sickle*: sickle → SQLAlchemy Core, a toy mapping of Dublin Core, one commit a page
- *almagest*: the whole pipeline (raw kept, mapped, hashed, committed), index excluded
- *almagest+index*: the same and the embedded index brought up to date
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.measure import Measurement, emit, measured, table

PEER = "sickle"


def floor(url: str, home: Path) -> int:
    """Download and parse."""
    import httpx
    from lxml import etree

    del home
    count, token = 0, "0"
    with httpx.Client() as client:
        while token:
            answer = client.get(url, params={"verb": "ListRecords", "resumptionToken": token})
            root = etree.fromstring(answer.content)
            for record in root.iter("{http://www.openarchives.org/OAI/2.0/}record"):
                count += bool([element.text for element in record.iter()])
            token = root.findtext(".//{http://www.openarchives.org/OAI/2.0/}resumptionToken") or ""
    return count


def sickle(url: str, home: Path) -> int:
    """sickle → SQLAlchemy Core: what one would write in an afternoon."""
    import sqlalchemy as sa
    from sickle import Sickle

    engine = sa.create_engine(f"sqlite:///{home}/toy.db")
    metadata = sa.MetaData()
    table = sa.Table(
        "record",
        metadata,
        sa.Column("identifier", sa.Text, primary_key=True),
        sa.Column("datestamp", sa.Text),
        sa.Column("deleted", sa.Boolean),
        sa.Column("title", sa.Text),
        sa.Column("doc", sa.Text),
    )
    metadata.create_all(engine)
    rows: list[dict[str, object]] = []
    count = 0
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA journal_mode=WAL")
        for record in Sickle(url).ListRecords(metadataPrefix="oai_dc"):
            fields = {} if record.deleted else record.metadata
            rows.append(
                {
                    "identifier": record.header.identifier,
                    "datestamp": record.header.datestamp,
                    "deleted": record.deleted,
                    "title": (fields.get("title") or [None])[0],
                    "doc": json.dumps(fields),
                }
            )
            count += 1
            if len(rows) == 1000:
                connection.execute(sa.insert(table), rows)
                connection.commit()
                rows.clear()
        if rows:
            connection.execute(sa.insert(table), rows)
            connection.commit()
    return count


def almagest(url: str, home: Path, *, indexed: bool = False) -> int:
    """Our own pipeline to a committed store."""
    from catalogue.opening import Catalogue
    from catalogue.settings import load_settings
    from catalogue.sources import Source
    from harvesters.run import harvest

    catalogue = Catalogue(load_settings({"ALMAGEST_HOME": str(home)}))
    catalogue.sources.add(Source(name="bench", kind="oai-pmh", url=url, prefix="oai_dc"))
    (run,) = harvest(catalogue, ["bench"])
    if run.status != "succeeded":
        raise SystemExit(f"the harvest ended as {run.status}: {run.error}")
    if indexed:
        from catalogue.indexing import sync

        sync(catalogue.store, catalogue.index)
    catalogue.close()
    return run.fetched


VARIANTS: dict[str, Callable[[str, Path], int]] = {
    "floor": floor,
    PEER: sickle,
    "almagest": almagest,
    "almagest+index": lambda url, home: almagest(url, home, indexed=True),
}


@contextmanager
def provider(count: int, page: int, folder: Path) -> Iterator[str]:
    """The provider in a process of its own; its base URL."""
    command = [sys.executable, "-m", "benchmarks.provider", "--records", str(count), "--page", str(page)]
    process = subprocess.Popen([*command, "--file", str(folder / "pages")], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield f"http://127.0.0.1:{int(process.stdout.readline())}/oai"
    finally:
        process.terminate()
        process.wait()


def run_variant(name: str, url: str, count: int) -> Measurement:
    """One variant in a process of its own."""
    command = [
        sys.executable,
        "-m",
        "benchmarks.harvest",
        "--variant",
        name,
        "--url",
        url,
        "--records",
        str(count),
    ]
    answer = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout
    values = json.loads(answer.strip().splitlines()[-1])
    values.pop("per_cpu_second")
    return Measurement(**values)


def main() -> None:
    """Measure all variants and print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--page", type=int, default=1000)
    parser.add_argument("--only", choices=VARIANTS, action="append")
    parser.add_argument("--variant", choices=VARIANTS, help=argparse.SUPPRESS)
    parser.add_argument("--url", help=argparse.SUPPRESS)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if options.variant:
            with measured("harvest", options.variant, options.records) as measurement:
                fetched = VARIANTS[options.variant](options.url, folder)
            if fetched != options.records:
                raise SystemExit(f"{options.variant} fetched {fetched} of {options.records} records")
            emit(measurement)
            return
        with provider(options.records, options.page, folder) as url:
            measurements = []
            for variant in options.only or VARIANTS:
                measurements.append(run_variant(variant, url, options.records))
                emit(measurements[-1])
                time.sleep(0.5)
    reference = PEER if not options.only or PEER in options.only else options.only[0]
    print(table(measurements, reference))


if __name__ == "__main__":
    main()
