"""What a harvest of tests/harvesters/misbehaving.py has brought."""

from __future__ import annotations

from collections.abc import Callable

from catalogue.opening import Catalogue
from catalogue.record import record_id
from catalogue.runs import Run
from harvesters.transport import Transport

RunOnce = Callable[..., Run]
Connect = Callable[..., Transport]


def live(catalogue: Catalogue) -> list[str]:
    """Our ids of all live records."""
    return sorted(change.id for change in catalogue.store.walk())


def ids(*numbers: int) -> list[str]:
    return sorted(record_id("test", f"oai:test:{number:04d}") for number in numbers)


def counts(run: Run) -> dict[str, int]:
    names = ("fetched", "created", "updated", "unchanged", "deleted", "quarantined")
    return {name: getattr(run, name) for name in names if getattr(run, name)}
