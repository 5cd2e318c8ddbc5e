"""The overview for operators, and the audit log."""

from __future__ import annotations

from flask import Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from catalogue.audit import Audit, Step
from catalogue.errors import AlmagestError, QueryError, SettingsError
from catalogue.reports import Reports
from web.admin import admin_blueprint, done, operator, page, said_whole_by
from web.context import catalogue
from web.doctor import free_space, index_state
from web.languages import translated
from web.pages_sources import condition, must_act
from web.queue_state import QueueState, queue_state
from web.unknown import most_frequent

blueprint = admin_blueprint("admin", __name__)

STEPS_SHOWN = 15
STEPS_OF_A_PAGE = 100
SUBJECTS = ("source", "decision", "group", "alias", "session")


@blueprint.get("")
def overview_page() -> Response:
    """What goes on, what has failed, what waits for somebody."""
    states = Reports(catalogue().database).states()
    queue, queue_fault = _queue()
    terms, terms_fault = most_frequent(catalogue(), 10)
    return page(
        "admin_overview.html",
        findings=[index_state(catalogue()), free_space(catalogue().settings.home)],
        queue=queue,
        queue_fault=queue_fault,
        is_idle=queue is not None and not any(worker.alive for worker in queue.workers),
        running=[state for state in states if state.last_run and state.last_run.status == "running"],
        needed=[state for state in states if must_act(state)],
        unread=[state for state in states if state.quarantined],
        condition=condition,
        terms=terms,
        terms_fault=terms_fault,
        steps=[(step, address_of(step)) for step in Audit(catalogue().database).steps(limit=STEPS_SHOWN)],
        counts={"sources": len(states), "records": sum(state.records for state in states)},
    )


@blueprint.post("/jobs/<int:job>/cancel")
def cancel_job(job: int) -> AnyResponse:
    """Take a job out of the queue of the workers."""
    if catalogue().database.is_sqlite:
        raise SettingsError(
            translated("Without PostgreSQL there is no queue; stop the harvest on the page of the sources.")
        )
    from web.queue import shared_queue

    if not shared_queue(catalogue()).cancel(job):
        raise QueryError(translated("No job %(job)s waits or runs any more.", job=job), parameter="job")
    Audit(catalogue().database).note(by=operator().name, subject="job", name=str(job), action="cancelled")
    told = translated(
        "Job %(job)s is cancelled; a harvest under way ends after the page in work and keeps its place.",
        job=job,
    )
    return done(told, url_for("admin.overview_page"))


@blueprint.get("/log")
def log_page() -> AnyResponse:
    """Who has done what and when, newest first."""
    subject = request.args.get("subject", "")
    before = request.args.get("before", "")
    if subject not in ("", *SUBJECTS) or (before and not (before.isascii() and before.isdigit())):
        return redirect(url_for("admin.log_page"), 303)
    found = Audit(catalogue().database).steps(
        subject=subject or None,
        name=request.args.get("name") or None,
        before=int(before[:18]) if before else None,
        limit=STEPS_OF_A_PAGE + 1,
    )
    steps = found[:STEPS_OF_A_PAGE]
    return page(
        "admin_log.html",
        steps=[(step, address_of(step)) for step in steps],
        subjects=SUBJECTS,
        chosen=subject,
        name=request.args.get("name", "")[:100],
        following=steps[-1].number if len(found) > len(steps) else None,
    )


def address_of(step: Step) -> str | None:
    """Where the thing that a step is about can be seen."""
    if step.subject == "source" and step.action != "removed":
        return url_for("source_pages.source_page", name=step.name)
    if step.subject == "decision":
        return url_for("admin_records.decisions_page") + f"#decision-{step.name}"
    if step.subject == "group":
        return url_for("admin_groups.group_page", name=step.name)
    return None


def _queue() -> tuple[QueueState | None, str | None]:
    try:
        return queue_state(catalogue()), None
    except AlmagestError as error:
        return None, said_whole_by(error)
