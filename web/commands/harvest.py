"""`almagest harvest`: fetches what is new at the sources."""

from __future__ import annotations

from typing import Any

import click

from catalogue.errors import SettingsError
from catalogue.opening import Catalogue
from catalogue.runs import Run
from harvesters.run import harvest as run_harvest
from web.commands.bars import Bars
from web.commands.harvesting import follow_and_tell, stopped_by_signals
from web.commands.opening import opened
from web.commands.terminal import json_line, json_option, say

_COUNTS = (
    "fetched",
    "created",
    "updated",
    "unchanged",
    "deleted",
    "quarantined",
    "excluded",
    "pages",
    "requests",
)


@click.command()
@click.argument("names", nargs=-1, metavar="[NAME ...]")
@click.option(
    "--full",
    is_flag=True,
    help="Read the full list from its beginning, to find what has vanished without a word.",
)
@click.option("--queue", "queued", is_flag=True, help="Let the workers do it (needs PostgreSQL).")
@json_option
@click.pass_context
def harvest(context: click.Context, names: tuple[str, ...], full: bool, queued: bool, as_json: bool) -> None:
    """Fetches what is new at the sources (none named: all that are not paused) and stores it.

    A harvest that was cut off (by Ctrl-C, a fault, the option run-timeout) goes on where it was by
    itself.  With --full it does so only if it was reading the full list, was stopped or killed, and
    that less than a day ago; a full list that has failed is read anew (without --full, the next
    harvest goes on with it).  Exit code 1 says that some source failed or that some of its records
    could not be read (see: almagest issues NAME).  With --queue the sources are put into the queue
    of the workers, where each waits only once.

    \b
    Examples:
      almagest harvest
      almagest harvest zenodo heasarc
      almagest harvest zenodo --full --json | jq .status
      almagest harvest zenodo --queue
    """
    with opened(configured=True) as catalogue:
        if not names and not catalogue.sources.all():
            raise SettingsError(
                "No source is registered; add one with: almagest source add NAME --kind KIND --url URL"
            )
        if queued:
            _put(catalogue, list(dict.fromkeys(names)), full, as_json)
            return
        with stopped_by_signals() as stop, Bars() as bars:
            runs = run_harvest(
                catalogue, list(dict.fromkeys(names)), full=full, progress=bars.show_run, stop=stop, told=True
            )
        for run in runs:
            if as_json:
                json_line(outcome(run))
            else:
                say(sentence(run))
        if stop.is_set() and any(run.status == "interrupted" for run in runs):
            say("Stopped; the next harvest goes on where this one was.")
            context.exit(130)
        follow_and_tell(catalogue)
    if any(run.status != "succeeded" for run in runs):
        context.exit(1)


def _put(catalogue: Catalogue, names: list[str], full: bool, as_json: bool) -> None:
    from web.queue import Queue

    sources = (
        [catalogue.sources.get(name) for name in names]
        if names
        else [source for source in catalogue.sources.all() if not source.is_paused]
    )
    with Queue(catalogue) as queue:
        for source in sources:
            job = queue.put_harvest(source, full=full)
            if as_json:
                json_line({"source": source.name, "job": job})
            elif job is None:
                say(f"{source.name}: waits or is being harvested already; see: almagest queue")
            else:
                say(f"{source.name}: waits for a worker as job {job}.")


def outcome(run: Run) -> dict[str, Any]:
    """A run as the command line prints it: exactly these keys."""
    counts = {name: getattr(run, name) for name in _COUNTS}
    status = "failed" if run.status in {"interrupted", "running"} else run.status
    return {
        "source": run.source,
        "status": status,
        **counts,
        "seconds": round(run.seconds, 3),
        "error": run.error,
    }


def sentence(run: Run) -> str:
    """A run in words."""
    parts = [f"{getattr(run, name):,} {name}" for name in _COUNTS[1:7] if getattr(run, name)]
    text = f"{run.source}: {run.status}, {run.fetched:,} records fetched in {run.seconds:.1f} s"
    if parts:
        text += f" ({', '.join(parts)})"
    if run.fetched_before:
        text += f", going on after {run.fetched_before:,} of an earlier run"
    if run.error:
        text += f". {run.error}"
    elif run.quarantined:
        text += f"; see: almagest issues {run.source}"
    return text
