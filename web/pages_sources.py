"""The pages of the sources: what is harvested, how it went, what is wrong with records."""

from __future__ import annotations

from flask import Blueprint, render_template

from catalogue.reports import Reports
from catalogue.runs import SourceState
from web.context import catalogue
from web.security import without_credentials

RUNS_SHOWN = 20
ISSUES_SHOWN = 50

blueprint = Blueprint("source_pages", __name__)

MEANINGS = {
    "running": "harvest running",
    "succeeded": "in order",
    "partial": "some records were lost",
    "failed": "last harvest failed",
    "interrupted": "last harvest was cut off",
}


@blueprint.get("/sources")
def sources_page() -> str:
    """All sources in one table."""
    states = Reports(catalogue().database).states()
    return render_template("sources.html", states=states, condition=condition)


@blueprint.get("/sources/<name>")
def source_page(name: str) -> str:
    """One source with its runs and its issues."""
    state = catalogue().sources.state(name)
    reports = Reports(catalogue().database)
    return render_template(
        "source.html",
        state=state,
        condition=condition(state),
        url=without_credentials(state.source.url),
        runs=reports.runs(name, limit=RUNS_SHOWN),
        groups=reports.issue_groups(name),
        issues=[issue for _, issue in catalogue().sources.issues(name, limit=ISSUES_SHOWN)],
        meanings=MEANINGS,
    )


def condition(state: SourceState) -> tuple[str, str]:
    """How a source is, as a word for its mark and one for people."""
    if state.last_run is None:
        return "new", "not harvested yet"
    return state.last_run.status, MEANINGS[state.last_run.status]
