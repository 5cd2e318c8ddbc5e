"""All benchmarks with one command; their figures go to docs/performance.md and .json.

``python -m benchmarks [--records 100000] [--only harvest] [--elasticsearch] [--fuseki]``

Each benchmark prints JSON lines and then tables; the tables replace its section of the
page, so that runs of other sizes stay beside it.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import platform
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

DOCS = Path(__file__).resolve().parent.parent / "docs"
BENCHMARKS = (
    "harvest",
    "serve",
    "search",
    "graph",
    "http",
    "pages",
    "ogc",
    "odd",
    "footprints",
    "ivoa",
    "scicat",
    "crosswalks",
    "identity",
)
SIZES = {"footprints": 300, "ivoa": 30_000, "crosswalks": 3_000, "identity": 1_000_000}
"""Records of a benchmark where it is not 100,000."""
KEPT = ("http", "pages", "ogc", "odd")


def run(name: str, count: int, more: list[str]) -> tuple[list[dict[str, object]], str]:
    """One benchmark in a process of its own: its JSON lines, and its tables."""
    command = [sys.executable, "-m", f"benchmarks.{name}", "--records", str(count), *more]
    print("$", " ".join(["python", *command[1:]]), flush=True)
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    figures, tables = [], []
    for line in process.stdout:
        print(line, end="", flush=True)
        if line.startswith("{"):
            figures.append(json.loads(line))
        else:
            tables.append(line)
    if process.wait():
        raise SystemExit(f"benchmarks.{name} ended with exit code {process.returncode}; nothing was written.")
    return figures, "".join(tables).strip()


def write(name: str, count: int, figures: list[dict[str, object]], tables: str) -> None:
    """Put the figures into docs/performance.json and the tables into docs/performance.md."""
    key = f"{name} {count}"
    path = DOCS / "performance.json"
    known = json.loads(path.read_text("utf-8")) if path.exists() else {}
    known[key] = {
        "measured": datetime.now(UTC).strftime("%Y-%m-%d"),
        "machine": machine(),
        "figures": figures,
    }
    path.write_text(json.dumps(known, indent=1, ensure_ascii=False) + "\n", "utf-8")
    page = DOCS / "performance.md"
    text = page.read_text("utf-8")
    head = f"### {name}, {count:,} records\n\nMeasured {known[key]['measured']} on {machine()}."
    section = f"<!-- {key} -->\n{head}\n\n{tables}\n<!-- end -->"
    old = re.compile(rf"<!-- {key} -->.*?<!-- end -->", re.DOTALL)
    text = old.sub(lambda _: section, text) if old.search(text) else f"{text.rstrip()}\n\n{section}\n"
    page.write_text(text, "utf-8")


def machine() -> str:
    """What the figures were measured on, in a few words."""
    python = platform.python_version()
    return f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python {python}"


@contextlib.contextmanager
def elasticsearch() -> Iterator[str]:
    """A real Elasticsearch for as long as the block runs, as the tests start it."""
    from tests import services

    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield services.share("elasticsearch", Path(folder), os.getpid())


@contextlib.contextmanager
def fuseki() -> Iterator[str]:
    """A dataset on disk of a real Fuseki for as long as the block runs, as the tests start it."""
    from tests import services

    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield f"{services.share('fuseki', Path(folder), os.getpid())}/disk"


def main() -> None:
    """Run what is asked for, all by default."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--records", type=int, help="100,000 where the benchmark has no size of its own")
    parser.add_argument("--only", choices=BENCHMARKS, action="append")
    parser.add_argument("--home", help="where http, pages, ogc and odd keep their catalogue for the next run")
    parser.add_argument("--elasticsearch", action="store_true", help="measure search on Elasticsearch too")
    parser.add_argument("--fuseki", action="store_true", help="measure the graph on Fuseki too")
    options = parser.parse_args()
    with contextlib.ExitStack() as stack:
        for name in options.only or BENCHMARKS:
            more: list[str] = []
            if name == "search" and options.elasticsearch:
                more = ["--elasticsearch", stack.enter_context(elasticsearch())]
            if name == "graph" and options.fuseki:
                more = ["--fuseki", stack.enter_context(fuseki())]
            if name in KEPT and options.home:
                more = ["--home", options.home]
            count = options.records or SIZES.get(name, 100_000)
            write(name, count, *run(name, count, more))


if __name__ == "__main__":
    main()
