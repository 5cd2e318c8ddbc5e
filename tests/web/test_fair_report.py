"""What is said of an assessment in words."""

from __future__ import annotations

import pytest

from catalogue.assessments import Assessments
from catalogue.fair_rules import OF_FILES, RULES
from catalogue.fair_summary import Gap
from catalogue.opening import Catalogue
from tests.web.observatory import harvest, record
from web import fair_report
from web.app import create_app
from web.fair_report import lifted, source_report


@pytest.mark.parametrize(
    ("lift", "told"),
    [(0.0, "good practice"), (0.0004, "by less than 0.1 points"), (0.0005, "by 0.1 points"),
     (0.0424, "by 4.2 points")],
)  # fmt: skip
def test_what_a_mended_gap_brings_is_never_nothing(lift: float, told: str) -> None:
    assert told in lifted(Gap(rule=RULES[0], records=1, lift=lift))


def test_records_without_files_lack_them_once(empty: Catalogue) -> None:
    harvest(empty, "lab", [record(str(n), f"Muon {n}") for n in range(3)])
    Assessments(empty.database).follow()
    summary = source_report(empty, "lab").summary
    rules = [gap.rule.id for gap in summary.gaps]
    assert rules.count("names-data") == 1 and not OF_FILES.intersection(rules)
    gap = next(gap for gap in summary.gaps if gap.rule.id == "names-data")
    assert gap.records == 3 and gap.lift > RULES[8].points / 20
    page = create_app(empty).test_client().get("/sources/lab/fair").text
    assert page.count("It leads to no file") == 1 and "Not every file has a size" not in page


def test_sums_are_kept_until_more_is_assessed(empty: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    counted = []
    summed = fair_report._summed
    monkeypatch.setattr(fair_report, "_summed", lambda *given: counted.append(given) or summed(*given))
    harvest(empty, "lab", [record("1", "Muon")])
    Assessments(empty.database).follow()
    assert source_report(empty, "lab") == source_report(empty, "lab")
    assert len(counted) == 1
    harvest(empty, "lab", [record("2", "Muon too")])
    assert source_report(empty, "lab").behind > 0 and len(counted) == 1
    Assessments(empty.database).follow()
    report = source_report(empty, "lab")
    assert (report.behind, report.summary.records, len(counted)) == (0, 2, 2)
