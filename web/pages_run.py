"""The page of one harvest: how far it is while it runs, what it counted when it has ended."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, Response, render_template, request

from catalogue.runs import Run
from web.context import catalogue
from web.languages import N_, _, ngettext
from web.pages_text import number
from web.queue_state import QueueState, queue_state

EVERY = 2
"""Seconds between two looks at a run that is going on."""

STEPS = (
    ("connecting", N_("Connecting")),
    ("fetching", N_("Fetching")),
    ("reconciling", N_("Reconciling")),
    ("ended", N_("Ended")),
)
MEANINGS = {
    "running": N_("harvest running"),
    "succeeded": N_("in order"),
    "partial": N_("some records were lost"),
    "failed": N_("harvest failed"),
    "interrupted": N_("harvest was cut off"),
}

blueprint = Blueprint("run_page", __name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Where a run is: ``step`` of `STEPS`, ``share`` from 0 to 1 where the source says how much there is.

    ``is_live`` tells that a process works on it; ``says`` is the whole in one sentence.
    """

    step: str
    is_live: bool
    share: float | None
    left: str | None
    says: str


@blueprint.get("/sources/<name>/runs/<int:number>")
def run_page(name: str, number: int) -> Response:
    """One run; with «?part=live» only what moves, for the page's own script."""
    run = catalogue().sources.run(name, number)
    progress = progress_of(run, queue_state(catalogue()) if run.status == "running" else None)
    template = "_run.html" if request.args.get("part") == "live" else "run.html"
    page = render_template(
        template,
        run=run,
        progress=progress,
        steps=[(name, _(label)) for name, label in STEPS],
        meaning=_(MEANINGS[run.status]),
        every=EVERY,
    )
    headers = {"Cache-Control": "no-cache"}
    return Response(page, 200, headers, content_type="text/html; charset=utf-8")


def progress_of(run: Run, queue: QueueState | None) -> Progress:
    """Where a run is, by what it has put down itself and by whether somebody works on it."""
    if run.status != "running":
        return Progress(step="ended", is_live=False, share=None, left=None, says=_ended(run))
    working = next((job for job in queue.running if job.source == run.source), None) if queue else None
    is_live = working is not None and not working.stalled
    step = run.phase or "connecting"
    done = run.fetched_before + run.fetched
    share = min(done / run.expected, 1.0) if run.expected and step == "fetching" else None
    left = duration(run.eta) if run.eta is not None and step == "fetching" and is_live else None
    if not is_live:
        says = _("Its process has ended before it; the next harvest of the source goes on where it was.")
    elif step == "connecting":
        says = _("It asks the source what it is.")
    elif step == "reconciling":
        says = _("All pages are read; what is missing in the list is compared with what is stored.")
    else:
        says = _fetching(done, run.expected, left)
    return Progress(step=step, is_live=is_live, share=share, left=left, says=says)


def _fetching(done: int, expected: int | None, left: str | None) -> str:
    if expected:
        said = _("%(done)s of %(all)s records are fetched", done=number(done), all=number(expected))
    else:
        said = _("%(done)s records are fetched", done=number(done))
    return _("%(said)s, %(time)s left.", said=said, time=left) if left else f"{said}."


def _ended(run: Run) -> str:
    told = _("The harvest has ended: %(meaning)s.", meaning=_(MEANINGS[run.status]))
    return told + " " + _("%(count)s records were fetched.", count=number(run.fetched))


def duration(seconds: float) -> str:
    """A span of time as people say it: «about 3 minutes»."""
    for unit, length in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if seconds >= length * 0.95:
            number = max(round(seconds / length), 1)
            return {
                "day": ngettext("about %(num)s day", "about %(num)s days", number),
                "hour": ngettext("about %(num)s hour", "about %(num)s hours", number),
                "minute": ngettext("about %(num)s minute", "about %(num)s minutes", number),
            }[unit]
    return _("less than a minute") if seconds > 10 else _("a few seconds")
