"""`almagest vocab unknown` and `alias`: terms that no vocabulary knows, and what a curator says they mean."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

import click

from catalogue.errors import SettingsError
from catalogue.opening import Catalogue
from catalogue.record import Record
from mappings.matching import FIELDS
from mappings.unknown_terms import Unknown, unknown_terms
from vocab.base import aliases
from vocab.nearest import Guess, Nearest
from web.aliases import say_alias
from web.commands.opening import opened, settings_in_force
from web.commands.terminal import json_line, json_option, login, say


@click.command("unknown")
@click.option("--field", "fields", multiple=True, type=click.Choice(tuple(FIELDS)), help="Only this field.")
@click.option("--source", metavar="NAME", help="Only the records of this source.")
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True, help="So many terms.")
@json_option
def unknown_command(fields: tuple[str, ...], source: str | None, limit: int, as_json: bool) -> None:
    """Lists the terms without URI by how often they occur, with the concepts that look most like them.

    The concepts are guesses: nothing takes them over but you, with `almagest vocab alias`.

    \b
    Examples:
      almagest vocab unknown
      almagest vocab unknown --field techniques --json
    """
    with opened() as catalogue:
        if source is not None:
            catalogue.store.source_number(source)
        found = unknown_terms(_records(catalogue, source), fields or tuple(FIELDS))
    nearest: dict[str, Nearest] = {}
    for one in found[:limit]:
        if one.field not in nearest:
            nearest[one.field] = Nearest(FIELDS[one.field])
        guesses = nearest[one.field].to(one.term)
        if as_json:
            json_line(_as_json(one, guesses))
        else:
            _tell(one, guesses)
    if len(found) > limit and not as_json:
        say(f"{len(found) - limit:,} more terms occur less often; --limit {len(found)} lists them all.")
    elif not found:
        say("Every term has a URI.")


def _records(catalogue: Catalogue, source: str | None) -> Iterator[Record]:
    for change in catalogue.store.walk(source=source):
        if change.record is not None:
            yield change.record


def _as_json(one: Unknown, guesses: list[Guess]) -> dict[str, object]:
    return {
        "field": one.field,
        "term": one.term,
        "count": one.count,
        "sources": dict(one.sources.most_common()),
        "guesses": [
            {
                "vocabulary": guess.vocabulary,
                "code": guess.concept.code,
                "label": guess.label,
                "likeness": guess.likeness,
            }
            for guess in guesses
        ],
    }


def _tell(one: Unknown, guesses: list[Guess]) -> None:
    sources = ", ".join(name for name, _ in one.sources.most_common(3))
    click.echo(f"{one.count:>7,}  {one.field}  {one.term}  ({sources})")
    for guess in guesses:
        words = shlex.join((guess.vocabulary, one.term, guess.concept.code))
        click.echo(f"         {guess.likeness:.0%} like «{guess.label}»: almagest vocab alias {words}")


@click.command("alias")
@click.argument("name", required=False)
@click.argument("term", required=False)
@click.argument("code", required=False)
@click.option("--source", metavar="NAME", default="", help="Only in the records of this source.")
@click.option("--remove", is_flag=True, help="Take the alias out again.")
@json_option
def alias_command(
    name: str | None, term: str | None, code: str | None, source: str, remove: bool, as_json: bool
) -> None:
    """Says that a TERM means the concept CODE of the vocabulary NAME; alone it lists what was said.

    The code «-» says that the term means nothing of that vocabulary.  `almagest remap` applies it to the
    records that are stored.

    \b
    Examples:
      almagest vocab alias uat "dark energy survey" dark-energy
      almagest vocab alias uat jets - --source cernopendata
      almagest vocab alias uat "dark energy survey" --remove
      almagest vocab alias --json
    """
    if name is None:
        settings_in_force()
        _list(as_json)
        return
    if term is None or (code is None) != remove:
        raise SettingsError("Say NAME TERM CODE, or NAME TERM --remove, or nothing to list the aliases.")
    with opened() as catalogue:
        changed = say_alias(catalogue, name, term, code, source=source, by=login())
    if as_json:
        json_line({"source": source, "vocabulary": name, "term": term, "code": code, "changed": changed})
    elif not changed:
        say("That was said already." if code is not None else "There is no such alias.")
    else:
        say("Done; `almagest remap` applies it to the records that are stored.")


def _list(as_json: bool) -> None:
    for source, name, term, code in aliases():
        if as_json:
            json_line({"source": source, "vocabulary": name, "term": term, "code": code})
        else:
            click.echo(f"{name}  {code}  {term}" + (f"  (only {source})" if source else ""))
    if not aliases() and not as_json:
        say("There are no aliases yet; `almagest vocab unknown` tells which would help.")
