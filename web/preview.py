"""A first look at a source: what its endpoint says of itself, and its records mapped but not stored."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from catalogue.json_form import as_json
from catalogue.outcome import Outcome, Reader, apply_crosswalk, provenance_of
from catalogue.record import Issue, RawRecord
from catalogue.rules import Rules
from catalogue.runs import now
from catalogue.settings import Settings
from catalogue.sources import Source
from harvesters.base import Harvester, Probe, harvester_of
from harvesters.transport import Transport
from harvesters.watchdog import Watchdog
from mappings.base import read


@dataclass(frozen=True, slots=True)
class Preview:
    """What the endpoint says, and a line for each record as it comes."""

    probe: Probe
    lines: Iterator[dict[str, Any]]


@contextmanager
def preview(settings: Settings, source: Source) -> Iterator[Preview]:
    """Probe a source and look at its records; raises `SourceError` where it does not answer.

    A line has ``identifier, status (mapped|refused|excluded|deleted), path, reason`` and, where it
    was mapped, ``record`` and ``issues``.
    """
    with Transport(source, settings) as transport:
        harvester = harvester_of(source, transport)
        said = harvester.probe()
        yield Preview(probe=said, lines=previewed(source, harvester))


def previewed(source: Source, harvester: Harvester) -> Generator[dict[str, Any], None, None]:
    """A line for each record of a harvester, as it comes; raises `SourceError`."""
    rules = Rules(source.name, source.options)
    with Watchdog(read, source.record_timeout) as reader:
        for page in harvester.pages(None, None):
            for issue in page.issues:
                yield _refused(issue)
            for raw in page.records:
                yield _line(source, raw, reader, rules)


def probe(settings: Settings, source: Source) -> Probe:
    """What the endpoint says of itself; raises `SourceError` where it does not answer."""
    with Transport(source, settings) as transport:
        return harvester_of(source, transport).probe()


def _line(source: Source, raw: RawRecord, reader: Reader, rules: Rules) -> dict[str, Any]:
    """The same as a harvest would make of the record."""
    outcome = Outcome("", raw, provenance_of(source.name, raw, now()), known=None, hash=b"")
    if not raw.deleted:
        apply_crosswalk(outcome, reader, rules)
    if raw.deleted or outcome.state == "deleted":
        return _told(raw.identifier, "deleted")
    if outcome.state == "excluded":
        return _told(raw.identifier, "excluded", reason=f"By rule {outcome.excluded_by}.")
    if outcome.record is None:
        return _refused(outcome.issues[0])
    return {
        **_told(raw.identifier, "mapped"),
        "issues": as_json(outcome.issues),
        "record": as_json(outcome.record),
    }


def _refused(issue: Issue) -> dict[str, Any]:
    return _told(issue.identifier, "refused", path=issue.path, reason=issue.reason)


def _told(
    identifier: str, status: str, *, path: str | None = None, reason: str | None = None
) -> dict[str, Any]:
    return {"identifier": identifier, "status": status, "path": path, "reason": reason}
