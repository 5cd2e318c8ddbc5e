"""`almagest queue`: what runs, what waits and what has failed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from catalogue.errors import NotFound
from catalogue.json_form import as_json as plain
from web.commands.opening import opened
from web.commands.terminal import json_line, json_option, say, table

if TYPE_CHECKING:
    from web.queue_state import Running, Waiting


@click.group(invoke_without_command=True)
@json_option
@click.pass_context
def queue(context: click.Context, as_json: bool) -> None:
    """Tells which workers there are, what they do, what waits and what has failed.

    \b
    Examples:
      almagest queue
      almagest queue --json | jq -r 'select(.state == "waiting") | .source'
      almagest queue cancel 17
    """
    if context.invoked_subcommand is None:
        _show(as_json)


def _show(as_json: bool) -> None:
    from web.queue_state import queue_state

    with opened() as catalogue:
        state = queue_state(catalogue)
    groups = {
        "worker": state.workers,
        "running": state.running,
        "waiting": state.waiting,
        "failed": state.failed,
        "planned": state.planned,
    }
    if as_json:
        for name, group in groups.items():
            for one in group:
                json_line({"state": name, **plain(one)})
        return
    alive = [worker for worker in state.workers if worker.alive]
    if alive:
        say("1 worker is alive." if len(alive) == 1 else f"{len(alive)} workers are alive.")
    else:
        say("No worker is alive; start one with: almagest work")
    heads = ("job", "what", "source", "state", "since", "worker", "why")
    rows: list[list[object]] = [
        [job.job, job.task, job.source, _how(job), job.since, job.worker, None] for job in state.running
    ]
    rows += [
        [job.job, job.task, job.source, f"waiting, {job.position}.", job.since, None, _for(job)]
        for job in state.waiting
    ]
    rows += [[job.job, job.task, job.source, "failed", job.since, None, job.reason] for job in state.failed]
    if rows:
        table(heads, rows)
    elif state.planned:
        say(f"Nothing runs or waits; next is {state.planned[0].source} at {state.planned[0].at}.")
    else:
        say("Nothing runs or waits, and no source has a schedule.")


def _how(job: Running) -> str:
    if job.stalled:
        return "stalled, cancelled" if job.cancelled else "stalled"
    return "ending" if job.cancelled else "running"


def _for(job: Waiting) -> str | None:
    return None if job.waits_for is None else f"waits for {job.waits_for}"


@queue.command()
@click.argument("job", type=int)
def cancel(job: int) -> None:
    """Takes a waiting job out of the queue, or lets a running one end after the page in work.

    \b
    Examples:
      almagest queue cancel 17
    """
    from web.queue import Queue

    with opened() as catalogue, Queue(catalogue) as jobs:
        if not jobs.cancel(job):
            raise NotFound(f"No job {job} waits or runs; see: almagest queue")
    say(f"Job {job} is cancelled; a harvest under way ends after the page in work and keeps its place.")
