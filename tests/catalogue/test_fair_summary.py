"""Summaries: means over records, distributions by metric, gaps with what mending them would bring."""

from __future__ import annotations

from dataclasses import replace

import pytest

from catalogue.fair import assess, marks_of
from catalogue.fair_summary import summary_of
from tests.catalogue.test_fair import BARE, FULL


def test_means_and_distributions() -> None:
    facility = replace(BARE, kind="facility")
    found = summary_of([(marks_of(FULL), 3), (marks_of(BARE), 1), (marks_of(facility), 1)])
    assert found.records == 5 and sum(found.steps) == 5 and found.steps[9] == 3
    totals = [1.0] * 3 + [assess(BARE).total, assess(facility).total]
    assert found.total == pytest.approx(sum(totals) / 5)
    assert found.scores["F"] == pytest.approx(
        (3 + assess(BARE).scores["F"] + assess(facility).scores["F"]) / 5
    )
    licence = next(one for one in found.metrics if one.id == "FsF-R1.1-01M")
    assert (licence.wholly, licence.partly, licence.none, licence.inapplicable) == (3, 0, 1, 1)
    assert licence.mean == 0.75


def test_mending_a_gap_lifts_the_mean_by_what_it_said() -> None:
    without = replace(FULL, rights=())
    before = summary_of([(marks_of(without), 2), (marks_of(BARE), 1), (marks_of(FULL), 1)])
    gap = next(gap for gap in before.gaps if gap.rule.id == "licence")
    assert gap.records == 3
    # Mended in all three: each has one point of its 24 more.
    assert gap.lift == pytest.approx(3 / 4 / 24)
    assert list(before.gaps) == sorted(before.gaps, key=lambda one: -one.lift)
    assert summary_of([(marks_of(FULL), 7)]).gaps == ()


def test_nothing_is_summed_up_to_nothing() -> None:
    found = summary_of([])
    assert found.records == 0 and found.total == 0 and found.gaps == () and sum(found.steps) == 0
