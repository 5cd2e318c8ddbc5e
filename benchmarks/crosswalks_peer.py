"""commonmeta-py on the same files, run by the Python that has it; prints JSON lines.

It imports nothing of this project: ``python crosswalks_peer.py READER PASSES [WRITER …] < names``

A file counts as read where there is a title afterwards: what is not of the form that a reader of it
expects gives no error, but a record with nothing in it.
"""

from __future__ import annotations

import contextlib
import io
import json
import sys
import time
from typing import Any


def main() -> None:
    """Find the files that it can read, read them so often, then write what was read in every format."""
    reader, passes, writers = sys.argv[1], int(sys.argv[2]), sys.argv[3:]
    managed, crashed, empty = [], 0, 0
    for path in sys.stdin.read().splitlines():
        try:
            one = read(path, reader)
        except Exception:
            crashed += 1
            continue
        if getattr(one, "titles", None) or getattr(one, "title", None):
            managed.append(path)
        else:
            empty += 1
    print(json.dumps({"files": managed}), flush=True)
    start = time.process_time()
    for _ in range(passes):
        found = [read(path, reader) for path in managed]
    tell("read", len(managed) * passes, start, len(managed), crashed + empty)
    for writer in writers:
        start = time.process_time()
        for _ in range(passes):
            written = sum(write(one, writer) for one in found)
        tell(f"write {writer}", len(found) * passes, start, written, len(found) - written)


def read(path: str, reader: str) -> Any:
    """A file as commonmeta-py has it, without its validation and without the network."""
    from commonmeta import Metadata  # type: ignore[import-not-found]

    with contextlib.redirect_stdout(io.StringIO()):
        return Metadata(path, via=reader, no_network=True, validate=False)


def write(one: Any, writer: str) -> bool:
    """Whether it can be written."""
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            return bool(one.write(to=writer))
    except Exception:
        return False


def tell(what: str, records: int, start: float, managed: int, failed: int) -> None:
    """One figure."""
    cpu = time.process_time() - start
    said = {"what": what, "records": records, "cpu_seconds": cpu, "managed": managed, "failed": failed}
    print(json.dumps(said), flush=True)


if __name__ == "__main__":
    main()
