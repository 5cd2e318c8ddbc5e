"""`almagest remap`: maps the stored raw records again."""

from __future__ import annotations

import threading
import time
from collections import Counter
from typing import Any

import click

from catalogue.errors import SettingsError
from catalogue.opening import Catalogue
from mappings.base import read
from web.commands.bars import Bars
from web.commands.harvesting import follow_and_tell, stopped_by_signals
from web.commands.opening import opened
from web.commands.terminal import json_line, json_option, say

_COUNTS = ("created", "updated", "unchanged", "deleted", "quarantined", "excluded")


@click.command()
@click.argument("names", nargs=-1, metavar="[NAME ...]")
@json_option
@click.pass_context
def remap(context: click.Context, names: tuple[str, ...], as_json: bool) -> None:
    """Maps the stored raw records again (none named: of all sources), without the network.

    To be used after crosswalks or vocabularies have changed; what maps to the same stays as it is.

    \b
    Examples:
      almagest remap
      almagest remap zenodo --json
    """
    quarantined = 0
    with opened() as catalogue:
        chosen = [catalogue.sources.get(name).name for name in names]
        if not names:
            chosen = [source.name for source in catalogue.sources.all()]
        if not chosen:
            raise SettingsError("No source is registered, so nothing is stored that could be mapped.")
        with stopped_by_signals() as stop, Bars() as bars:
            for name in chosen:
                counts = _remap(catalogue, name, stop, bars)
                quarantined += counts["quarantined"]
                _tell(counts, as_json)
                if stop.is_set():
                    say("Stopped; run the command again to map the rest.")
                    context.exit(130)
        follow_and_tell(catalogue)
    if quarantined:
        context.exit(1)


def _remap(catalogue: Catalogue, name: str, stop: threading.Event, bars: Bars) -> dict[str, Any]:
    begun = time.monotonic()
    counts: Counter[str] = Counter()
    after: int | None = None
    with catalogue.database.source_lock(name):
        total = len(catalogue.store.live_ids(name))
        while after != 0 and not stop.is_set():
            after, batch = catalogue.store.remap(name, read, after=after or 0)
            counts.update(batch)
            bars.show(name, sum(counts[key] for key in _COUNTS), total)
    return {
        "source": name,
        **{key: counts[key] for key in _COUNTS},
        "seconds": round(time.monotonic() - begun, 3),
    }


def _tell(counts: dict[str, Any], as_json: bool) -> None:
    if as_json:
        json_line(counts)
    else:
        parts = ", ".join(f"{counts[key]:,} {key}" for key in _COUNTS if counts[key]) or "nothing stored"
        say(f"{counts['source']}: {parts}, in {counts['seconds']:.1f} s")
