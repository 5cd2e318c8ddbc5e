"""A first look at a source: what its endpoint says of itself, and its records mapped but not stored."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from catalogue.errors import RecordRefused
from catalogue.json_form import as_json
from catalogue.record import Page, Provenance, RawRecord
from catalogue.rules import Rules
from catalogue.runs import now
from catalogue.settings import Settings
from catalogue.sources import Source
from harvesters.base import Harvester, Probe, harvester_of
from harvesters.transport import Transport
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


def previewed(source: Source, harvester: Harvester) -> Iterator[dict[str, Any]]:
    """A line for each record of a harvester, as it comes; raises `SourceError`."""
    rules = Rules(source.name, source.options)
    return (line for page in harvester.pages(None, None) for line in _page_lines(source, page, rules))


def probe(settings: Settings, source: Source) -> Probe:
    """What the endpoint says of itself; raises `SourceError` where it does not answer."""
    with Transport(source, settings) as transport:
        return harvester_of(source, transport).probe()


def _page_lines(source: Source, page: Page, rules: Rules) -> Iterator[dict[str, Any]]:
    for issue in page.issues:
        yield _refused(issue.identifier, issue.path, issue.reason)
    for raw in page.records:
        yield _line(source, raw, rules)


def _line(source: Source, raw: RawRecord, rules: Rules) -> dict[str, Any]:
    if raw.deleted:
        return {"identifier": raw.identifier, "status": "deleted", "path": None, "reason": None}
    provenance = Provenance(
        source=source.name,
        identifier=raw.identifier,
        datestamp=raw.datestamp,
        url=raw.url,
        format=raw.format,
        harvested=now(),
        sets=raw.sets,
        chain=raw.chain,
    )
    try:
        mapped = read(raw, provenance)
        why = rules.against_sets(raw.sets) or rules.against(mapped.record)
    except RecordRefused as refusal:
        return _refused(raw.identifier, refusal.path, refusal.reason)
    if why is not None:
        return {"identifier": raw.identifier, "status": "excluded", "path": None, "reason": f"By rule {why}."}
    return {
        "identifier": raw.identifier,
        "status": "mapped",
        "path": None,
        "reason": None,
        "issues": as_json(mapped.issues),
        "record": as_json(rules.completed(mapped.record)),
    }


def _refused(identifier: str, path: str, reason: str) -> dict[str, Any]:
    return {"identifier": identifier, "status": "refused", "path": path, "reason": reason}
