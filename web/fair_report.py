"""How FAIR records and sources are, in the forms that are given out: plain values, CSV, Markdown."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from catalogue.assessments import Assessments, Example, lacking
from catalogue.fair import LIMITS, Assessment, Check
from catalogue.fair_rules import LETTERS
from catalogue.fair_summary import Gap, Summary, summary_of
from catalogue.kept_counts import Kept
from catalogue.opening import Catalogue
from web.issue_tables import cell
from web.languages import N_, _
from web.pages_text import decimals

EXAMPLES = 3
"""Records shown of each gap."""

MATURITIES = (N_("incomplete"), N_("initial"), N_("moderate"), N_("advanced"))
"""The levels of maturity 0 to 3, as F-UJI calls them."""

_HEADS = ("rule", "metric", "principle", "records", "of", "lift", "lacking", "mend", "examples")


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceReport:
    """What is known of a source: the summary, examples by rule, and how many changes are not in it yet."""

    source: str
    summary: Summary
    examples: dict[str, list[Example]]
    behind: int


_Sums = tuple[Summary, dict[str, list[Example]]]
_sums: WeakKeyDictionary[Catalogue, Kept[tuple[str, int], _Sums]] = WeakKeyDictionary()
_MOST_SUMS = 1000


def source_report(opened: Catalogue, name: str) -> SourceReport:
    """The report of a source; raises `NotFound`.  What it sums up is kept until more is assessed."""
    opened.sources.get(name)
    assessments = Assessments(opened.database)
    position = assessments.position()
    kept = _sums.setdefault(opened, Kept(_MOST_SUMS))
    sums = kept.get((name, position))
    if sums is None:
        sums = _summed(assessments, name)
        # What was assessed meanwhile is in it: it must not stand for the position before.
        if assessments.position() == position:
            kept.put((name, position), sums)
    summary, examples = sums
    behind = max(opened.store.last_sequence() - position, 0)
    return SourceReport(source=name, summary=summary, examples=examples, behind=behind)


def _summed(assessments: Assessments, name: str) -> _Sums:
    marks = assessments.marks(name)
    summary = summary_of(marks)
    return summary, {
        gap.rule.id: assessments.examples(name, lacking(marks, gap.rule.id), EXAMPLES) for gap in summary.gaps
    }


def assessment_json(assessed: Assessment) -> dict[str, Any]:
    """An assessment as plain values; shares are rounded to four places."""
    return {
        "total": round(assessed.total, 4),
        "scores": _rounded(assessed.scores),
        "metrics": [
            {
                "id": one.id,
                "principle": LETTERS[one.letter],
                "name": one.name,
                "score": round(one.score, 4),
                "maximum": round(one.maximum, 4),
                "maturity": one.maturity,
                "by_catalogue": one.by_catalogue,
                "mend": one.mend,
                "checks": [_check_json(check) for check in one.checks],
            }
            for one in assessed.metrics
        ],
        "limits": LIMITS,
    }


def _check_json(check: Check) -> dict[str, Any]:
    return {
        "rule": check.rule.id,
        "points": check.rule.points,
        "holds": check.holds,
        "found": check.found,
        "mend": check.mend,
    }


def report_json(report: SourceReport, base_url: str) -> dict[str, Any]:
    """A report as plain values."""
    summary = report.summary
    return {
        "source": report.source,
        "records": summary.records,
        "behind": report.behind,
        "total": round(summary.total, 4),
        "scores": _rounded(summary.scores),
        "steps": list(summary.steps),
        "metrics": [
            {
                "id": one.id,
                "principle": LETTERS[one.letter],
                "name": one.name,
                "wholly": one.wholly,
                "partly": one.partly,
                "none": one.none,
                "inapplicable": one.inapplicable,
                "mean": round(one.mean, 4),
            }
            for one in summary.metrics
        ],
        "gaps": [_gap_json(gap, report, base_url) for gap in summary.gaps],
        "limits": LIMITS,
    }


def _gap_json(gap: Gap, report: SourceReport, base_url: str) -> dict[str, Any]:
    examples = report.examples[gap.rule.id]
    return {
        "rule": gap.rule.id,
        "metric": gap.rule.metric,
        "principle": LETTERS[gap.rule.metric[4]],
        "records": gap.records,
        "lift": round(gap.lift, 4),
        "lacking": gap.rule.lacking,
        "mend": gap.rule.mend,
        "examples": [
            {"identifier": one.identifier, "record": f"{base_url}/records/{one.id}"} for one in examples
        ],
    }


def _rounded(scores: dict[str, float]) -> dict[str, float]:
    return {letter: round(score, 4) for letter, score in scores.items()}


def csv_report(report: SourceReport) -> Iterator[str]:
    """The gaps of a source as comma-separated values (RFC 4180), the worst first."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(_HEADS)
    for gap in report.summary.gaps:
        examples = " ".join(one.identifier for one in report.examples[gap.rule.id])
        of, principle = report.summary.records, LETTERS[gap.rule.metric[4]]
        told = (gap.rule.lacking, gap.rule.mend, cell(examples))
        writer.writerow((gap.rule.id, gap.rule.metric, principle, gap.records, of, f"{gap.lift:.4f}", *told))
    yield text.getvalue()


def markdown_report(report: SourceReport, base_url: str) -> Iterator[str]:
    """A letter to the provider of a source: how its records fare, and what to mend first."""
    summary = report.summary
    yield f"# How FAIR the records of {report.source} are\n\n"
    yield f"{summary.records} records, assessed after the FsF metrics of FAIRsFAIR: "
    yield f"**{percent(summary.total)}** of all points.\n\n"
    yield "| | share of points |\n|---|---:|\n"
    for letter, word in LETTERS.items():
        yield f"| {word} | {percent(summary.scores[letter])} |\n"
    yield f"\n{LIMITS}\n"
    if report.behind:
        yield f"\n{report.behind} changes of the catalogue are not in this report yet.\n"
    if summary.gaps:
        yield "\n## What to mend, that which lifts most first\n"
    for number, gap in enumerate(summary.gaps, 1):
        yield f"\n{number}. **{gap.rule.lacking}** {gap.rule.mend}\n"
        yield f"   {gap.records} of {summary.records} records ({gap.rule.metric}); {lifted(gap)}.\n"
        for example in report.examples[gap.rule.id]:
            yield f"   - [{_plain(example.identifier)}]({base_url}/records/{example.id})\n"
    yield "\n## Metric by metric\n\n| metric | wholly | partly | not | does not apply | mean |\n"
    yield "|---|---:|---:|---:|---:|---:|\n"
    for one in summary.metrics:
        counts = f"{one.wholly} | {one.partly} | {one.none} | {one.inapplicable}"
        mean = percent(one.mean) if one.wholly + one.partly + one.none else "–"
        yield f"| {one.name} ({one.id}) | {counts} | {mean} |\n"


def percent(share: float) -> str:
    """A share as whole per cent; all only where nothing is missing, none only where nothing is there."""
    whole = round(share * 100)
    if whole == 100 and share < 1 - 1e-9:
        whole = 99
    if whole == 0 and share > 1e-9:
        whole = 1
    return f"{whole}\u202f%"


def lifted(gap: Gap) -> str:
    """What mending a gap would bring, in words."""
    if gap.lift <= 0:
        return _("good practice beyond the metrics")
    if gap.lift < 0.0005:
        return _("mended everywhere, the mean rises by less than 0.1 points of 100")
    return _(
        "mended everywhere, the mean rises by %(points)s points of 100", points=decimals(gap.lift * 100, 1)
    )


def _plain(text: str) -> str:
    """Foreign text inside the words of a link of Markdown."""
    return "".join(f"\\{sign}" if sign in "\\`*_[]<>|" else sign for sign in " ".join(text.split()))
