"""How FAIR the records of a source are together, and which mending would lift them most."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from catalogue.fair import Assessment, Marks, Metric, assessment_of
from catalogue.fair_rules import LETTERS, METRICS, RULES, Rule

STEPS = 10
"""Into so many equal parts the totals of records are counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricSummary:
    """How many records fulfil a metric wholly, partly, not at all; to how many it does not apply.

    ``mean`` is the mean share of its points, over those to which it applies; 0 where there are none.
    """

    id: str
    letter: str
    name: str
    wholly: int
    partly: int
    none: int
    inapplicable: int
    mean: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """What some records lack: ``records`` of them, and by how much the mean total would rise (0 to 1)."""

    rule: Rule
    records: int
    lift: float

    @property
    def metric(self) -> str:
        """The name of the metric in our words."""
        return METRICS[self.rule.metric]


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """The assessments of ``records`` records together.

    ``scores`` and ``total`` are means over the records, ``steps`` counts them by their totals in `STEPS`
    equal parts, ``gaps`` come with the one first whose mending lifts most.
    """

    records: int
    total: float
    scores: dict[str, float]
    steps: tuple[int, ...]
    metrics: tuple[MetricSummary, ...]
    gaps: tuple[Gap, ...]


def summary_of(marks: Sequence[tuple[Marks, int]]) -> Summary:
    """The summary of records by their marks, each with how many have them."""
    assessed = [(assessment_of(one), count) for one, count in marks]
    records = sum(count for _, count in assessed)
    steps: Counter[int] = Counter()
    for one, count in assessed:
        steps[min(int(one.total * STEPS), STEPS - 1)] += count
    return Summary(
        records=records,
        total=_mean([(one.total, count) for one, count in assessed]),
        scores={
            letter: _mean([(one.scores[letter], count) for one, count in assessed]) for letter in LETTERS
        },
        steps=tuple(steps[step] for step in range(STEPS)),
        metrics=tuple(_metric(id, place, assessed) for place, id in enumerate(METRICS)),
        gaps=_gaps(assessed, records),
    )


def _metric(id: str, place: int, assessed: Sequence[tuple[Assessment, int]]) -> MetricSummary:
    found: Counter[str] = Counter()
    shares = []
    for assessment, count in assessed:
        metric = assessment.metrics[place]
        found[_how(metric)] += count
        if metric.maximum:
            shares.append((metric.score / metric.maximum, count))
    return MetricSummary(
        id=id,
        letter=id[4],
        name=METRICS[id],
        wholly=found["wholly"],
        partly=found["partly"],
        none=found["none"],
        inapplicable=found["inapplicable"],
        mean=_mean(shares),
    )


def _how(metric: Metric) -> str:
    if not metric.maximum:
        return "inapplicable"
    if not metric.score:
        return "none"
    return "wholly" if metric.score >= metric.maximum - 1e-9 else "partly"


def _gaps(assessed: Sequence[tuple[Assessment, int]], records: int) -> tuple[Gap, ...]:
    lacking: Counter[str] = Counter()
    lifts: defaultdict[str, float] = defaultdict(float)
    for assessment, count in assessed:
        maximum = sum(metric.maximum for metric in assessment.metrics)
        for gap, points in assessment.gaps.items():
            lacking[gap] += count
            lifts[gap] += count * points / maximum
    gaps = [
        Gap(rule=rule, records=lacking[rule.id], lift=lifts[rule.id] / records)
        for rule in RULES
        if lacking[rule.id]
    ]
    return tuple(sorted(gaps, key=lambda gap: (-gap.lift, -gap.records)))


def _mean(values: Sequence[tuple[float, int]]) -> float:
    total = sum(count for _, count in values)
    return sum(value * count for value, count in values) / total if total else 0.0
