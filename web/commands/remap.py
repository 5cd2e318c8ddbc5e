"""`almagest remap`: maps the stored raw records again."""

from __future__ import annotations

import threading
import time
from collections import Counter
from typing import Any

import click

from catalogue.errors import SettingsError
from catalogue.opening import Catalogue
from web.commands.bars import Bars
from web.commands.harvesting import follow_and_tell, stopped_by_signals
from web.commands.opening import opened
from web.commands.terminal import json_line, json_option, say
from web.jobs import REMAP_COUNTS, Halted, check_remap, remap_records


@click.command()
@click.argument("names", nargs=-1, metavar="[NAME ...]")
@click.option("--queue", "queued", is_flag=True, help="Let the workers share it (needs PostgreSQL).")
@click.option("--yes", is_flag=True, help="Withdraw what the rules exclude, however much it is.")
@json_option
@click.pass_context
def remap(context: click.Context, names: tuple[str, ...], queued: bool, yes: bool, as_json: bool) -> None:
    """Maps the stored raw records again (none named: of all sources), without the network.

    To be used after crosswalks, vocabularies or the rules of a source have changed; what maps to the
    same stays as it is.  Where rules would withdraw more than the source's option shrink allows,
    nothing is mapped unless you say --yes.

    \b
    Examples:
      almagest remap
      almagest remap zenodo --json
      almagest remap --queue
    """
    quarantined = 0
    with opened() as catalogue:
        chosen = [catalogue.sources.get(name).name for name in names]
        if not names:
            chosen = [source.name for source in catalogue.sources.all()]
        if not chosen:
            raise SettingsError("No source is registered, so nothing is stored that could be mapped.")
        if not yes:
            for name in chosen:
                check_remap(catalogue, name)
        if queued:
            _put(catalogue, chosen, as_json)
            return
        with stopped_by_signals() as stop, Bars() as bars:
            for name in chosen:
                counts, is_whole = _remap(catalogue, name, stop, bars)
                quarantined += counts["quarantined"]
                _tell(counts, as_json)
                if not is_whole or stop.is_set():
                    say("Stopped; run the command again to map the rest.")
                    context.exit(130)
        follow_and_tell(catalogue)
    if quarantined:
        context.exit(1)


def _put(catalogue: Catalogue, names: list[str], as_json: bool) -> None:
    from web.queue import Queue

    with Queue(catalogue) as queue:
        for name in names:
            job = queue.put_remap(name)
            if as_json:
                json_line({"source": name, "job": job})
            elif job is None:
                say(f"{name}: the workers are at it already; see: almagest queue")
            else:
                say(f"{name}: waits for the workers as job {job}.")


def _remap(catalogue: Catalogue, name: str, stop: threading.Event, bars: Bars) -> tuple[dict[str, Any], bool]:
    """The counts, and whether all was mapped."""
    begun = time.monotonic()
    counts: Counter[str] = Counter()
    total = len(catalogue.store.live_ids(name))

    def show(so_far: Counter[str]) -> None:
        counts.update({key: so_far[key] - counts[key] for key in REMAP_COUNTS})
        bars.show(name, sum(counts[key] for key in REMAP_COUNTS), total)

    is_whole = True
    try:
        remap_records(catalogue, name, stop, progress=show)
    except Halted:
        is_whole = False
    seconds = round(time.monotonic() - begun, 3)
    return {"source": name, **{key: counts[key] for key in REMAP_COUNTS}, "seconds": seconds}, is_whole


def _tell(counts: dict[str, Any], as_json: bool) -> None:
    if as_json:
        json_line(counts)
    else:
        parts = ", ".join(f"{counts[key]:,} {key}" for key in REMAP_COUNTS if counts[key]) or "nothing stored"
        say(f"{counts['source']}: {parts}, in {counts['seconds']:.1f} s")
