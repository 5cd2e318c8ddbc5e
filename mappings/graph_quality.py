"""How FAIR a description is, as measurements (DQV), after the FsF metrics (`catalogue.fair`)."""

from __future__ import annotations

import functools

from catalogue.fair import Marks, assessment_of, marks_of
from catalogue.record import Record
from mappings.graph_syntax import Statements, number

METRICS = {
    "F": ("findability", "How far it can be found"),
    "A": ("accessibility", "How far it can be had"),
    "I": ("interoperability", "How far it can be understood by machines"),
    "R": ("reusability", "How far it can be used again"),
}
"""Letter → name of our metric, and what it measures; all of them together are «fairness»."""


def say_quality(out: Statements, thing: str, record: Record) -> None:
    """The share of the points that could be had, for each letter and in all, 0 to 1."""
    for metric, score in _scores(marks_of(record)):
        measured = out.below(metric)
        out.say(thing, "dqv:hasQualityMeasurement", measured)
        out.classes(measured, "dqv:QualityMeasurement")
        out.say(measured, "dqv:isMeasurementOf", out.words[f"alm:{metric}"])
        out.say(measured, "dqv:value", score)


@functools.lru_cache(maxsize=4096)
def _scores(marks: Marks) -> tuple[tuple[str, str], ...]:
    """The metrics, each with its score as literal."""
    assessment = assessment_of(marks)
    letters = [(METRICS[letter][0], score) for letter, score in assessment.scores.items()]
    return tuple(
        (name, number(round(score, 4))) for name, score in (("fairness", assessment.total), *letters)
    )
