"""What is said of an assessment in words."""

from __future__ import annotations

import pytest

from catalogue.fair_rules import RULES
from catalogue.fair_summary import Gap
from web.fair_report import lifted


@pytest.mark.parametrize(
    ("lift", "told"),
    [(0.0, "good practice"), (0.0004, "by less than 0.1 points"), (0.0005, "by 0.1 points"),
     (0.0424, "by 4.2 points")],
)  # fmt: skip
def test_what_a_mended_gap_brings_is_never_nothing(lift: float, told: str) -> None:
    assert told in lifted(Gap(rule=RULES[0], records=1, lift=lift))
