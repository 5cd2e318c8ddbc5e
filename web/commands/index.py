"""`almagest index`: the search index, a projection of the database."""

from __future__ import annotations

import time

import click

from catalogue.errors import IndexError_
from catalogue.index import SharedIndex
from catalogue.indexing import rebuild as rebuild_index
from catalogue.indexing import sync as sync_index
from catalogue.opening import Catalogue
from web.commands.bars import Bars, adding
from web.commands.opening import opened
from web.commands.terminal import json_line, json_option, say
from web.doctor import public_url


@click.group()
def index() -> None:
    """Tells of the search index, updates or rebuilds it."""


@index.command()
@json_option
@click.pass_context
def status(context: click.Context, as_json: bool) -> None:
    """Tells how far the index has followed the database.

    \b
    Examples:
      almagest index status
      almagest index status --json | jq .behind
    """
    with opened() as catalogue:
        newest = catalogue.store.last_sequence()
        position, fault = None, None
        try:
            position = catalogue.index.position()
        except IndexError_ as error:
            fault = str(error)
    url = public_url(catalogue.settings.index_url)
    behind = None if position is None else max(0, newest - position)
    if as_json:
        json_line({"index": url, "position": position, "newest": newest, "behind": behind, "error": fault})
    elif fault is not None:
        say(fault)
    else:
        click.echo(f"{url} has applied change {position} of {newest}; {behind} are waiting.")
    if fault is not None:
        context.exit(1)


@index.command()
@json_option
def sync(as_json: bool) -> None:
    """Applies the changes that the index has not seen yet.

    \b
    Examples:
      almagest index sync
    """
    with opened() as catalogue:
        begun = time.monotonic()
        waiting = catalogue.store.last_sequence() - catalogue.index.position()
        with Bars("changes") as bars:
            applied = sync_index(catalogue.store, catalogue.index, progress=adding(bars, "index", waiting))
        _tell(applied, catalogue.index.position(), time.monotonic() - begun, as_json)


@index.command()
@click.option("--queue", "queued", is_flag=True, help="Let the workers share it (needs PostgreSQL).")
@json_option
def rebuild(queued: bool, as_json: bool) -> None:
    """Builds a fresh index from the database beside the present one and swaps them.

    \b
    Examples:
      almagest index rebuild
      almagest index rebuild --queue
    """
    with opened() as catalogue:
        if queued:
            _put(catalogue, as_json)
            return
        begun = time.monotonic()
        with Bars("changes") as bars:
            applied = rebuild_index(catalogue.store, catalogue.index, progress=adding(bars, "index", None))
        _tell(applied, catalogue.index.position(), time.monotonic() - begun, as_json)


@index.command("drop-older")
@json_option
def drop_older(as_json: bool) -> None:
    """Deletes the indices that older versions of Almagest left on an Elasticsearch.

    They serve processes of those versions as long as there are any; end these first.

    \b
    Examples:
      almagest index drop-older
    """
    with opened() as catalogue:
        found = catalogue.index
        dropped = found.drop_older() if isinstance(found, SharedIndex) else ()
    if as_json:
        json_line({"dropped": list(dropped)})
    else:
        say(f"Deleted {', '.join(dropped)}." if dropped else "There is no index of an older version.")


def _put(catalogue: Catalogue, as_json: bool) -> None:
    from web.queue import Queue

    with Queue(catalogue) as queue:
        job = queue.put_reindex()
    if as_json:
        json_line({"job": job})
    elif job is None:
        say("The workers are at it already; see: almagest queue")
    else:
        say(f"The index waits for the workers as job {job}; searches go on meanwhile.")


def _tell(applied: int, position: int, seconds: float, as_json: bool) -> None:
    if as_json:
        json_line({"applied": applied, "position": position, "seconds": round(seconds, 3)})
    else:
        say(f"{applied:,} changes are applied in {seconds:.1f} s; the index is at change {position}.")
