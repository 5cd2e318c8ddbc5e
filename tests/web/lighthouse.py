"""Lighthouse on pages that are served here: its scores, and what it finds wanting."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests import services

CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
ON_PURPOSE = ("is-crawlable",)
"""Searches and baskets are not to be indexed, and say so."""
LONGEST = 120
ATTEMPTS = 3
"""On a busy machine it misses the beginning of a page, and asks to be run again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """From 0 to 100 by category; ``wanting`` are the audits that took something away."""

    scores: Mapping[str, int]
    wanting: Sequence[str]


def lighthouse(url: str, categories: Sequence[str] = CATEGORIES) -> Scores:
    """The scores of a page on a telephone with a slow line, as Lighthouse has it; raises `Unavailable`."""
    command = [
        str(services.find_lighthouse()),
        url,
        "--quiet",
        "--output=json",
        f"--only-categories={','.join(categories)}",
        f"--skip-audits={','.join(ON_PURPOSE)}",
        "--chrome-flags=--headless --no-sandbox --disable-gpu",
    ]
    environ = {"CHROME_PATH": str(services.find_chromium())}
    for _ in range(ATTEMPTS):
        done = subprocess.run(
            command, env=os.environ | environ, capture_output=True, text=True, timeout=LONGEST, check=False
        )
        if done.returncode == 0:
            break
    else:
        raise AssertionError(f"Lighthouse cannot look at {url}: {done.stderr[-500:]}")
    found = json.loads(done.stdout)
    return Scores(
        scores={name: round(100 * (one["score"] or 0)) for name, one in found["categories"].items()},
        wanting=[_said(found["audits"][id]) for id in _lost(found)],
    )


def _lost(found: Any) -> list[str]:
    audits = [audit for one in found["categories"].values() for audit in one["auditRefs"] if audit["weight"]]
    ids = dict.fromkeys(audit["id"] for audit in audits)
    return [id for id in ids if (found["audits"][id]["score"] or 0) < 0.9 and _counts(found["audits"][id])]


def _counts(audit: Any) -> bool:
    return audit["scoreDisplayMode"] not in {"notApplicable", "manual", "informative"}


def _said(audit: Any) -> str:
    items = (audit.get("details") or {}).get("items", [])[:3]
    nodes = [node["snippet"][:100] for item in items if (node := item.get("node"))]
    return " ".join([audit["id"], audit.get("displayValue", ""), *nodes]).strip()
