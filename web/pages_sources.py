"""The pages of the sources: what is harvested, how it went, what is wrong with records."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from flask import Blueprint, Response, render_template, request

from catalogue.reports import Reports
from catalogue.runs import SourceState
from web.advice import advice
from web.context import base_url, catalogue
from web.languages import N_, _, ngettext
from web.pages_catalog import source_json_ld, source_rdf
from web.pages_text import number
from web.queue_state import QueueState, queue_state
from web.rdf_documents import accepted, forms, of_name, page_answer
from web.security import without_credentials

RUNS_SHOWN = 20
ISSUES_SHOWN = 50

blueprint = Blueprint("source_pages", __name__)

MEANINGS = {
    "running": N_("harvest running"),
    "succeeded": N_("in order"),
    "partial": N_("some records were lost"),
    "failed": N_("last harvest failed"),
    "interrupted": N_("last harvest was cut off"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """When a source is harvested next: ``position`` in the queue where it waits, else ``at`` (UTC)."""

    position: int | None = None
    at: str | None = None
    is_running: bool = False


@blueprint.get("/sources")
def sources_page() -> str:
    """All sources in one table, and who works."""
    states = Reports(catalogue().database).states()
    queue = queue_state(catalogue())
    turns = turns_of(queue)
    return render_template(
        "sources.html",
        states=states,
        condition=condition,
        turns=turns,
        queue=queue,
        needed=[state for state in states if must_act(state)],
        is_idle=not any(worker.alive for worker in queue.workers)
        and any(state.source.plan for state in states),
    )


@blueprint.get("/sources/<name>")
def source_page(name: str) -> Response:
    """One source with its runs and its issues; as RDF the source and its records."""
    name, syntax = of_name(name)
    path = f"/sources/{quote(name)}"
    if syntax is None:
        syntax = accepted(path)
    if syntax is not None:
        return source_rdf(name, syntax)
    state = catalogue().sources.state(name)
    reports = Reports(catalogue().database)
    page = render_template(
        "source.html",
        state=state,
        condition=condition(state),
        urls=[without_credentials(url) for url in state.source.urls],
        turn=turns_of(queue_state(catalogue())).get(name),
        runs=reports.runs(name, limit=RUNS_SHOWN),
        groups=reports.issue_groups(name),
        issues=[issue for __, issue in catalogue().sources.issues(name, limit=ISSUES_SHOWN)],
        meanings=MEANINGS,
        advice=advice,
        forms=[(one, request.root_path + where) for one, where in forms(path)],
        canonical=base_url() + path,
        json_ld=source_json_ld(name, state.source.options.get("title")),
    )
    return page_answer(page, path)


def condition(state: SourceState) -> tuple[str, str]:
    """How a source is, as a word for its mark and one for people."""
    if state.last_run is None:
        return "new", _("not harvested yet")
    if state.last_run.status == "succeeded" and state.quarantined:
        said = ngettext("%(count)s record not readable", "%(count)s records not readable",
                        state.quarantined, count=number(state.quarantined))  # fmt: skip
        return "partial", said
    return state.last_run.status, _(MEANINGS[state.last_run.status])


def must_act(state: SourceState) -> bool:
    """Whether a source will not come right by itself: its last harvest has failed."""
    return state.last_run is not None and state.last_run.status == "failed"


def turns_of(queue: QueueState) -> dict[str, Turn]:
    """When each source comes next: at work, waiting, or planned."""
    turns = {planned.source: Turn(at=planned.at) for planned in queue.planned}
    for job in queue.waiting:
        if job.source is not None:
            turns[job.source] = Turn(position=job.position)
    for running in queue.running:
        if running.source is not None and running.task == "harvest":
            turns[running.source] = Turn(is_running=True)
    return turns
