"""The scores that Lighthouse gives to the main pages of the demo, in all four parts.

``python -m benchmarks.lighthouse`` (``make lighthouse``)

Lighthouse plays a telephone with a slow line; below 95 it is told what took the points.  It needs
what ``make services`` installs, and a machine that does nothing else.
"""

from __future__ import annotations

import contextlib
import json
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator

from tests.services import Unavailable
from tests.web.lighthouse import CATEGORIES, Scores, lighthouse

ENOUGH = 95
PATIENCE = 180.0
"""Seconds until the demo is there."""
PAGES = {
    "first page": "/",
    "results": "/?q=gamma",
    "record": "",
    "sources": "/sources",
    "a source": "/sources/rhone",
    "browse": "/browse",
    "statistics": "/statistics",
    "help": "/help",
    "search help": "/help/search",
    "basket": "/basket",
    "SPARQL": "/sparql",
    "API": "/api/v1/docs",
}


@contextlib.contextmanager
def demo() -> Iterator[str]:
    """The address of a demo that is harvested and served."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "web.cli", "demo", "--port", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    base, end = f"http://127.0.0.1:{port}", time.monotonic() + PATIENCE
    try:
        while time.monotonic() < end:
            with contextlib.suppress(urllib.error.URLError, OSError):
                urllib.request.urlopen(f"{base}/health/live", timeout=5).close()
                break
            time.sleep(0.5)
        yield base
    finally:
        process.terminate()
        process.wait()


def record_of(base: str) -> str:
    """The path of a record that says much."""
    with urllib.request.urlopen(f"{base}/api/v1/records?q=gamma&size=1", timeout=30) as answer:
        return f"/records/{json.load(answer)['hits'][0]['id']}"


def row(name: str, found: Scores) -> str:
    """A line of the table."""
    shown = " | ".join(f"{found.scores[one]}" for one in CATEGORIES)
    wanting = "; ".join(found.wanting) if min(found.scores.values()) < ENOUGH else ""
    return f"| {name} | {shown} | {wanting} |"


def main() -> None:
    """Measure; the exit code is 1 where a page has less than `ENOUGH`."""
    print(f"| page | {' | '.join(CATEGORIES)} | wanting |\n|---|{'---:|' * len(CATEGORIES)}---|", flush=True)
    worst = 100
    try:
        with demo() as base:
            for name, path in PAGES.items():
                found = lighthouse(base + (path or record_of(base)))
                worst = min(worst, *found.scores.values())
                print(row(name, found), flush=True)
    except Unavailable as error:
        raise SystemExit(str(error)) from None
    raise SystemExit(worst < ENOUGH)


if __name__ == "__main__":
    main()
