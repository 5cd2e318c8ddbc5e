"""The page of one harvest, while it runs and afterwards."""

from __future__ import annotations

from dataclasses import replace

import pytest

from catalogue.opening import Catalogue
from catalogue.runs import Run
from catalogue.sources import Source
from tests.web.observatory import harvest, record
from tests.web.page import read_page
from web.app import create_app
from web.pages_run import duration, progress_of
from web.queue_state import QueueState, Running

RUN = Run(number=7, source="lab", source_number=1, started="2024-01-01T00:00:00Z", full=True)
WORKING = QueueState(
    workers=(), running=(Running(source="lab", since="2024-01-01T00:00:00Z"),), waiting=(), planned=()
)


@pytest.fixture
def running(empty: Catalogue) -> Run:
    """A run that has just begun, of a source whose server is slow."""
    empty.sources.add(Source(name="lab", kind="oai-pmh", url="https://lab.example.org/oai"))
    return empty.sources.begin_run("lab")


def test_a_run_that_has_ended_stays_readable(empty: Catalogue) -> None:
    harvest(empty, "lab", [record(str(number), "Muon lifetime") for number in range(3)])
    (run,) = empty.sources.runs("lab")
    client = create_app(empty).test_client()
    answer = client.get(f"/sources/lab/runs/{run.number}")
    page = read_page(answer.text)
    assert page.errors == []
    assert "in order" in page.text_of("sentence") and "3 records were fetched" in page.text_of("sentence")
    assert "run.js" not in answer.text and "Look again" not in answer.text
    assert client.get(page.link("This run as JSON")).json["number"] == run.number


def test_a_run_at_work_can_be_followed_without_a_script(empty: Catalogue, running: Run) -> None:
    client = create_app(empty).test_client()
    with empty.database.source_lock("lab"):
        answer = client.get(f"/sources/lab/runs/{running.number}")
        part = client.get(f"/sources/lab/runs/{running.number}?part=live")
    page = read_page(answer.text)
    assert page.errors == [] and page.link("Look again") == f"/sources/lab/runs/{running.number}"
    assert '<noscript><meta http-equiv="refresh"' in answer.text
    assert "script-src 'self'; connect-src 'self'" in answer.headers["Content-Security-Policy"]
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "no-cache"
    assert part.text.lstrip().startswith('<div id="live"') and "<html" not in part.text
    assert 'data-live="yes"' in part.text


def test_a_run_whose_process_is_gone_says_so(empty: Catalogue, running: Run) -> None:
    text = create_app(empty).test_client().get(f"/sources/lab/runs/{running.number}").text
    assert "nobody works on it" in text and "goes on where it was" in text


def test_an_error_is_told_as_text(empty: Catalogue, running: Run) -> None:
    empty.sources.finish_run(running, "failed", error="It said <script>alert(1)</script>.")
    text = create_app(empty).test_client().get(f"/sources/lab/runs/{running.number}").text
    assert "Why it failed" in text and "&lt;script&gt;alert" in text and "<script>" not in text


def test_unknown_runs(empty: Catalogue, running: Run) -> None:
    client = create_app(empty).test_client()
    assert client.get("/sources/lab/runs/999").status_code == 404
    assert client.get("/sources/nowhere/runs/1").status_code == 404
    assert client.get("/sources/lab/runs/one").status_code == 404


@pytest.mark.parametrize(
    ("values", "step", "share", "says"),
    [
        ({}, "connecting", None, "It asks the source what it is."),
        ({"phase": "connecting"}, "connecting", None, "It asks the source what it is."),
        (
            {"phase": "fetching", "expected": 5000, "fetched": 1000, "seconds": 60.0},
            "fetching",
            0.2,
            "1\u202f000 of 5\u202f000 records are fetched, about 4 minutes left.",
        ),
        ({"phase": "fetching", "fetched": 1000}, "fetching", None, "1\u202f000 records are fetched."),
        (
            {"phase": "fetching", "expected": 10, "fetched": 12, "seconds": 1.0},
            "fetching",
            1.0,
            "12 of 10 records are fetched, a few seconds left.",
        ),
        (
            {"phase": "fetching", "expected": 100, "fetched": 10, "fetched_before": 40},
            "fetching",
            0.5,
            "50 of 100 records are fetched.",
        ),
        ({"phase": "reconciling", "expected": 5}, "reconciling", None, "All pages are read; "),
    ],
)
def test_phases(values: dict[str, object], step: str, share: float | None, says: str) -> None:
    progress = progress_of(replace(RUN, **values), WORKING)  # type: ignore[arg-type]
    assert (progress.step, progress.share, progress.is_live) == (step, share, True)
    assert progress.says.startswith(says)


def test_a_stalled_worker_is_nobody() -> None:
    stalled = replace(WORKING, running=(replace(WORKING.running[0], stalled=True),))
    assert not progress_of(RUN, stalled).is_live
    assert progress_of(replace(RUN, status="partial"), None).step == "ended"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(3, "a few seconds"), (40, "less than a minute"), (60, "about 1 minute"), (7000, "about 2 hours"),
     (200_000, "about 2 days")],
)  # fmt: skip
def test_spans_of_time(seconds: float, words: str) -> None:
    assert duration(seconds) == words
