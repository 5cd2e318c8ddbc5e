"""commonmeta-py on the same files, run by the Python that has it.

It imports nothing of this project: ``python crosswalks_peer.py READER``.  It is asked line by line, and
answers likewise, in JSON: first the paths, then ["read", passes] or [writer, passes] for each round.

A file counts as read where there is a title afterwards: what is not of the form that a reader of it
expects gives no error, but a record with nothing in it.
"""

from __future__ import annotations

import contextlib
import functools
import gc
import io
import json
import sys
import time
from collections.abc import Callable
from typing import Any

ROUNDS = 5
SECONDS = 0.3
SETTINGS = frozenset(
    {"via", "_validate", "_no_network", "entity_type", "state", "test_mode", "is_valid", "provider"}
    | {"depositor", "email", "registrant", "login_id", "login_passwd", "host", "token", "legacy_conn"}
    | {"errors", "write_errors"}
)


def main() -> None:
    """Find the files that it can read, and then read or write them as often as is asked for."""
    reader = sys.argv[1]
    managed, failed = [], 0
    for path in json.loads(sys.stdin.readline()):
        try:
            one = read(path, reader)
        except Exception:
            failed += 1
            continue
        if getattr(one, "titles", None) or getattr(one, "title", None):
            managed.append(path)
        else:
            failed += 1
    print(json.dumps({"files": managed}), flush=True)
    found = [read(path, reader) for path in managed]
    for line in sys.stdin:
        task, passes = json.loads(line)
        if task == "read":
            done, cpu, last = timed(passes, lambda: [read(path, reader) for path in managed])
            tell(done, cpu, [values_of(one) for one in last], failed, 0)
        else:
            done, cpu, last = timed(passes, functools.partial(write_all, found, task))
            counted = [values_written(one) for one in last if one]
            tell(done, cpu, counted, len(found) - len(counted), len(found) - len(counted))


def read(path: str, reader: str) -> Any:
    """A file as commonmeta-py has it, without its validation and without the network."""
    from commonmeta import Metadata  # type: ignore[import-not-found]

    with contextlib.redirect_stdout(io.StringIO()):
        return Metadata(path, via=reader, no_network=True, validate=False)


def write(one: Any, writer: str) -> Any:
    """What is written; nothing where it cannot be."""
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            return one.write(to=writer)
    except Exception:
        return None


def write_all(found: list[Any], writer: str) -> list[Any]:
    """All that was read, written once."""
    return [write(one, writer) for one in found]


def timed(passes: int, work: Callable[[], Any]) -> tuple[int, float, Any]:
    """How many passes a round had, its CPU seconds, and what the last pass gave.

    It has so many passes at least, and goes on for `SECONDS`, as whoever works for a moment only, after
    another has had the processor, works with cold caches.  What stays in memory is no work of the garbage
    collector, as in a harvest of ours.
    """
    gc.collect()
    gc.freeze()
    done, cpu, last = 0, 0.0, None
    start = time.process_time()
    while done < passes or cpu < SECONDS:
        last = work()
        done += 1
        cpu = time.process_time() - start
    gc.unfreeze()
    return done, cpu, last


def values_of(one: Any) -> int:
    """How many values were read, but for what is a setting or true of any document."""
    return values_in({name: value for name, value in vars(one).items() if name not in SETTINGS})


def values_written(text: Any) -> int:
    """How many values a written JSON document has; none of what is no JSON."""
    try:
        return values_in(json.loads(text))
    except (TypeError, ValueError):
        return 0


def values_in(value: Any) -> int:
    """The texts and numbers in a nested value; what is empty is none."""
    if isinstance(value, dict):
        return sum(map(values_in, value.values()))
    if isinstance(value, (list, tuple)):
        return sum(map(values_in, value))
    return int(value is not None and value != "")


def tell(passes: int, cpu: float, counted: list[int], failed: int, tried: int) -> None:
    """One round: what was managed with so many values each, what failed, and how many of those were tried."""
    said = {"records": (len(counted) + tried) * passes, "cpu_seconds": cpu, "managed": len(counted)}
    print(json.dumps({**said, "failed": failed, "values": sum(counted)}), flush=True)


if __name__ == "__main__":
    main()
