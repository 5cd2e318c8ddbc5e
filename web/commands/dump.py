"""`almagest dump`: all statements of the graph as files."""

from __future__ import annotations

import click

from catalogue.json_form import as_json as plain
from web.commands.bars import Bars, adding
from web.commands.opening import opened
from web.commands.terminal import json_line, json_option, say, table
from web.dumps import Dump, Dumps


@click.command()
@click.option("--list", "listed", is_flag=True, help="Only list the dumps that are there.")
@json_option
def dump(listed: bool, as_json: bool) -> None:
    """Writes all statements of the graph into files for others: N-Quads and TriG, compressed.

    They are served at /dumps; the running service makes them each night. What is written is one state of
    the catalogue, while harvests go on.

    \b
    Examples:
      almagest dump
      almagest dump --list
      zstdcat data/dumps/*/almagest.nq.zst | head
    """
    with opened() as catalogue:
        dumps = Dumps(catalogue.settings.home)
        if listed:
            found = dumps.all()
        else:
            with Bars("graphs") as bars:
                found = [dumps.write(catalogue, adding(bars, "dump", None))]
    for one in found if as_json else ():
        json_line(plain(one))
    if as_json:
        return
    if listed:
        table(("dump", "statements", "graphs", "bytes"), [_row(one) for one in found])
    else:
        say(f"{found[0].triples:,} statements are in {dumps.folder / found[0].name}.")


def _row(one: Dump) -> list[object]:
    return [one.name, one.triples, one.graphs, sum(file.size for file in one.files)]
