"""What a raw record of a page comes to, decided before anything is written."""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row

from catalogue.errors import RecordRefused, RecordWithdrawn, SettingsError
from catalogue.json_form import body_of, content_hash, dumps
from catalogue.record import Issue, Mapped, Page, Provenance, RawRecord, Record
from catalogue.rules import NO_RULES, Rules

log = logging.getLogger(__name__)

Reader = Callable[[RawRecord, Provenance], Mapped]


@dataclass
class Outcome:
    """A raw record beside what is stored of it (``known``), and what has to change.

    ``state`` is «live», «deleted», «quarantined» or «excluded» (``excluded_by`` a rule of
    its source); ``mapped`` tells that its crosswalk was run, ``raw_changed`` and ``record_changed``
    which of its rows are to be written.
    """

    id: str
    raw: RawRecord
    provenance: Provenance
    known: Row[Any] | None
    hash: bytes
    state: str = "live"
    mapped: bool = False
    raw_changed: bool = False
    record_changed: bool = False
    record: Record | None = None
    body: bytes = b""
    issues: tuple[Issue, ...] = ()
    excluded_by: str | None = None

    @functools.cached_property
    def provenance_json(self) -> bytes:
        """The provenance as it is stored, with the raw record and with the record."""
        return dumps(self.provenance)

    @property
    def was_live(self) -> bool:
        """Whether the record was live before."""
        return self.known is not None and self.known.sequence is not None and not self.known.deleted


def provenance_of(source: str, raw: RawRecord, harvested: str) -> Provenance:
    """Where a raw record comes from; ``harvested`` is when (UTC)."""
    return Provenance(
        source=source,
        identifier=raw.identifier,
        datestamp=raw.datestamp,
        url=raw.url,
        format=raw.format,
        harvested=harvested,
        sets=raw.sets,
        chain=raw.chain,
    )


def decide(
    id: str,
    raw: RawRecord,
    provenance: Provenance,
    known: Row[Any] | None,
    read: Reader,
    rules: Rules = NO_RULES,
) -> Outcome:
    """Compare a raw record with what is stored, and map it when it is new or changed."""
    told = f"{raw.format}\n{raw.datestamp}\n{' '.join(raw.sets)}\n"
    outcome = Outcome(id, raw, provenance, known, content_hash(told.encode() + raw.data))
    if raw.deleted:
        outcome.state = "deleted"
        outcome.raw_changed = known is None or known.state != "deleted"
        outcome.record_changed = known is None or outcome.was_live
    elif known is not None and known.raw_hash == outcome.hash and known.state == "excluded":
        # The rule that did it may be gone.
        apply_crosswalk(outcome, read, rules)
        outcome.raw_changed = outcome.state != "excluded"
    elif known is not None and known.raw_hash == outcome.hash and known.state != "deleted":
        outcome.state = known.state
    else:
        outcome.raw_changed = True
        apply_crosswalk(outcome, read, rules)
    return outcome


def apply_crosswalk(outcome: Outcome, read: Reader, rules: Rules = NO_RULES) -> None:
    """Put the raw record through its crosswalk and the rules of its source.

    What the crosswalk refuses is quarantined with an issue; what a rule excludes is kept raw.
    """
    raw = outcome.raw
    outcome.mapped = True
    excluded = rules.against_sets(raw.sets)
    if excluded is not None:
        _exclude(outcome, excluded)
        return
    try:
        mapped = read(raw, outcome.provenance)
        excluded = rules.against(mapped.record)
    except RecordWithdrawn:
        outcome.state = "deleted"
        outcome.record_changed = outcome.known is None or outcome.was_live
        return
    except RecordRefused as refusal:
        _quarantine(outcome, refusal.path, refusal.reason, refusal.rule, refusal.value)
        return
    except SettingsError:
        raise
    except Exception as bug:
        # One record that meets a bug of ours must not cost its neighbours; the log has the trace.
        log.exception("crosswalk %s failed on %s", raw.format, raw.identifier)
        reason = f"Almagest's crosswalk for {raw.format} has a bug ({type(bug).__name__}); please report it."
        _quarantine(outcome, "/", reason, "bug")
        return
    if excluded is not None:
        _exclude(outcome, excluded)
        return
    outcome.state = "live"
    outcome.record = rules.completed(mapped.record)
    outcome.issues = mapped.issues
    outcome.body = body_of(outcome.record)
    outcome.record_changed = not outcome.was_live or (
        outcome.known is not None and outcome.known.hash != content_hash(outcome.body)
    )


def _exclude(outcome: Outcome, rule: str) -> None:
    """A record that was live becomes a tombstone; one that never was leaves none."""
    outcome.state = "excluded"
    outcome.excluded_by = rule
    outcome.record_changed = outcome.was_live


def _quarantine(outcome: Outcome, path: str, reason: str, rule: str, value: str | None = None) -> None:
    outcome.state = "quarantined"
    identifier = outcome.raw.identifier
    outcome.issues = (Issue(identifier=identifier, path=path, reason=reason, rule=rule, value=value),)


def tally(outcomes: Sequence[Outcome], page: Page) -> tuple[int, ...]:
    """The counts of a page in the order of `catalogue.runs.COUNTS`."""
    created = updated = unchanged = deleted = quarantined = excluded = 0
    for outcome in outcomes:
        if outcome.state == "quarantined":
            quarantined += 1
        elif outcome.state == "excluded":
            excluded += 1
        elif not outcome.record_changed:
            unchanged += 1
        elif outcome.state == "deleted":
            deleted += 1
        elif outcome.was_live:
            updated += 1
        else:
            created += 1
    unchanged += len(page.records) - len(outcomes)
    fetched = len(page.records) + len(page.issues)
    quarantined += len(page.issues)
    return fetched, created, updated, unchanged, deleted, quarantined, excluded, 1, page.requests
