"""How FAIR a record is, after the FsF metrics: what it fulfils, and what would have to be mended.

The metrics are those of FAIRsFAIR (Data Object Assessment Metrics v0.5 and v0.8, which F-UJI measures),
as far as a record alone can show them.  It cannot show whether an address answers, whether a file is
what the record says of it, or what the source's own pages tell programs; what the catalogue itself does
for every record (it gives each out as RDF, over HTTP) counts, and is marked as its work.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

from catalogue.fair_rules import LETTERS, METRICS, NO_FILES, OF_FILES, RULES, Rule
from catalogue.record import Record
from catalogue.said import said

LIMITS = said(
    "Seen in the records alone: whether addresses answer, whether files are what the records say of them, "
    "and what the pages of the source tell programs, this cannot show."
)
"""What is said beside every assessment."""

_INAPPLICABLE = said("This does not apply to things of this kind.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One rule, and whether the record holds it; ``None``: the rule is not for things of this kind."""

    rule: Rule
    holds: bool | None

    @property
    def found(self) -> str:
        """What was found, as a sentence."""
        if self.holds is None:
            return _INAPPLICABLE
        return self.rule.found if self.holds else self.rule.lacking

    @property
    def mend(self) -> str | None:
        """What to do about it, as a sentence; ``None`` where nothing is to be done."""
        return self.rule.mend if self.holds is False else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """One metric as a record fulfils it.

    ``maximum`` is 0 where the metric does not apply.  ``maturity`` is 0 (incomplete) to 3 (advanced): the
    highest level of which, and of those below, every rule holds.
    """

    id: str
    letter: str
    name: str
    checks: tuple[Check, ...]

    @property
    def score(self) -> float:
        """The points it has."""
        return sum(check.rule.points for check in self.checks if check.holds)

    @property
    def maximum(self) -> float:
        """The points it could have."""
        return sum(check.rule.points for check in self.checks if check.holds is not None)

    @property
    def maturity(self) -> int:
        """0, 1, 2 or 3."""
        reached = 0
        for level in sorted({check.rule.level for check in self.checks if _counts(check)}):
            if not all(check.holds for check in self.checks if _counts(check) and check.rule.level == level):
                return reached
            reached = level
        return reached

    @property
    def mend(self) -> str | None:
        """What to do first, as a sentence."""
        return next((check.mend for check in self.checks if check.mend), None)

    @property
    def by_catalogue(self) -> bool:
        """Whether it is the catalogue alone that fulfils it, for every record."""
        return all(check.rule.by_catalogue for check in self.checks)


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """All metrics in the order of the four letters, and what they come to."""

    metrics: tuple[Metric, ...]

    @property
    def scores(self) -> dict[str, float]:
        """F, A, I and R → share of the points that could be had, 0 to 1."""
        return {letter: _share([one for one in self.metrics if one.letter == letter]) for letter in LETTERS}

    @property
    def total(self) -> float:
        """The share of all points, 0 to 1."""
        return _share(self.metrics)

    @property
    def lacking(self) -> tuple[Check, ...]:
        """The rules that do not hold, in the order of the letters."""
        return tuple(check for one in self.metrics for check in one.checks if check.holds is False)

    @property
    def gaps(self) -> dict[str, float]:
        """The rules to be mended, and the points that this would bring.

        Without any file no rule of files can hold: that is one gap, with the points of all of them.
        """
        found: dict[str, float] = {}
        lacking = self.lacking
        has_none = any(check.rule.id == NO_FILES for check in lacking)
        for check in lacking:
            gap = NO_FILES if has_none and check.rule.id in OF_FILES else check.rule.id
            found[gap] = found.get(gap, 0.0) + check.rule.points
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """Which rules apply and which of them hold: bit n is that of ``RULES[n]``.  Both fit in 63 bits."""

    applies: int
    holds: int


def assess(record: Record) -> Assessment:
    """How a record fares by each metric; needs nothing but the record."""
    return assessment_of(marks_of(record))


def marks_of(record: Record) -> Marks:
    """The assessment of a record in its shortest form."""
    applies = holds = 0
    for bit, rule in enumerate(RULES):
        if rule.applies(record):
            applies |= 1 << bit
            if rule.holds(record):
                holds |= 1 << bit
    return Marks(applies=applies, holds=holds)


@lru_cache(maxsize=4096)
def assessment_of(marks: Marks) -> Assessment:
    """What the marks say at length."""
    checks = [
        Check(rule=rule, holds=bool(marks.holds >> bit & 1) if marks.applies >> bit & 1 else None)
        for bit, rule in enumerate(RULES)
    ]
    return Assessment(
        metrics=tuple(
            Metric(id=id, letter=id[4], name=METRICS[id], checks=tuple(of_metric))
            for id, of_metric in groupby(checks, key=lambda check: check.rule.metric)
        )
    )


def _counts(check: Check) -> bool:
    return check.holds is not None and check.rule.points > 0


def _share(metrics: Sequence[Metric]) -> float:
    maximum = sum(metric.maximum for metric in metrics)
    return sum(metric.score for metric in metrics) / maximum if maximum else 0.0
