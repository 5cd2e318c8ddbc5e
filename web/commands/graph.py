"""`almagest graph`: the RDF graph, a projection of the database."""

from __future__ import annotations

import time

import click

from catalogue.errors import GraphError
from catalogue.opening import Catalogue
from web.commands.bars import Bars, adding
from web.commands.opening import opened
from web.commands.terminal import json_line, json_option, say
from web.doctor import public_url
from web.graph_follower import following


@click.group()
def graph() -> None:
    """Tells of the RDF graph that SPARQL asks, updates or rebuilds it."""


@graph.command()
@click.option("--count", is_flag=True, help="Count the statements too.")
@json_option
@click.pass_context
def status(context: click.Context, count: bool, as_json: bool) -> None:
    """Tells how far the graph has followed the database.

    \b
    Examples:
      almagest graph status --count
      almagest graph status --json | jq .behind
    """
    with opened() as catalogue:
        newest = catalogue.store.last_sequence()
        position, size, fault = None, None, None
        if not catalogue.settings.has_graph:
            _tell_off(as_json)
            return
        try:
            position = catalogue.graph.position()
            size = catalogue.graph.size() if count else None
        except GraphError as error:
            fault = str(error)
    url = public_url(catalogue.settings.graph_url)
    behind = None if position is None else max(0, newest - position)
    if as_json:
        told = {"graph": url, "position": position, "newest": newest, "behind": behind}
        json_line(told | {"statements": size, "error": fault})
    elif fault is not None:
        say(fault)
    else:
        statements = "" if size is None else f" It has {size:,} statements."
        click.echo(f"{url} has applied change {position} of {newest}; {behind} are waiting.{statements}")
    if fault is not None:
        context.exit(1)


def _tell_off(as_json: bool) -> None:
    if as_json:
        json_line({"graph": None})
    else:
        click.echo("The graph is switched off: ALMAGEST_GRAPH_URL is none.")


@graph.command()
@json_option
def sync(as_json: bool) -> None:
    """Applies what the graph has not seen yet: changed records, sources and vocabularies.

    The first time, and after an update of Almagest that says more about records, or another base URL, it
    is built anew.

    \b
    Examples:
      almagest graph sync
    """
    with opened() as catalogue:
        begun = time.monotonic()
        waiting = catalogue.store.last_sequence() - catalogue.graph.position()
        with Bars("changes") as bars:
            told = adding(bars, "graph", max(waiting, 0))
            if catalogue.graph.edition():
                applied = following(catalogue).follow(progress=told)
            else:
                # Of an empty catalogue too, which has vocabularies; a service waits for its first records.
                applied = following(catalogue).rebuild(told)
        _tell(catalogue, applied, time.monotonic() - begun, as_json)


@graph.command()
@json_option
def rebuild(as_json: bool) -> None:
    """Builds a fresh graph from the database beside the present one and swaps them.

    On a SPARQL server, which has but one place, the records are replaced one after the other.

    \b
    Examples:
      almagest graph rebuild
    """
    with opened() as catalogue:
        begun = time.monotonic()
        with Bars("changes") as bars:
            applied = following(catalogue).rebuild(adding(bars, "graph", None))
        _tell(catalogue, applied, time.monotonic() - begun, as_json)


def _tell(catalogue: Catalogue, applied: int, seconds: float, as_json: bool) -> None:
    position = catalogue.graph.position()
    if as_json:
        json_line({"applied": applied, "position": position, "seconds": round(seconds, 3)})
    else:
        say(f"{applied:,} changes are applied in {seconds:.1f} s; the graph is at change {position}.")
