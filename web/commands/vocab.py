"""`almagest vocab`: the controlled vocabularies."""

from __future__ import annotations

from typing import Any

import click

from catalogue.errors import NotFound
from vocab.base import Concept, Vocabulary, fold, folder, vocabularies, vocabulary
from vocab.hierarchy import related
from web.commands.opening import settings_in_force
from web.commands.terminal import json_line, json_option, say, table
from web.commands.vocab_changes import import_command, update_command
from web.commands.vocab_terms import alias_command, unknown_command
from web.vocabulary_json import concept_json
from web.vocabulary_update import known_vocabulary

_MOST_SHOWN = 40


@click.group()
def vocab() -> None:
    """Vocabularies, and the terms that none of them knows.

    An installation's own state of a vocabulary is ALMAGEST_HOME/vocab/NAME.tsv and goes before the one
    that came with the program.  Every process sees a change within 5 seconds.  Records that are stored
    follow with `almagest remap`, the search for broader terms with `almagest index rebuild`.
    """


@vocab.command("list")
@json_option
def list_command(as_json: bool) -> None:
    """Lists the vocabularies.

    \b
    Examples:
      almagest vocab list
      almagest vocab list --json | jq -r 'select(.updatable) | .name'
    """
    _open()
    found = [_about(vocabulary(name)) for name in vocabularies()]
    if as_json:
        for one in found:
            json_line(one)
        return
    heads = ("name", "title", "concepts", "version", "licence", "date")
    table(heads, [tuple(one.get(head) for head in heads) for one in found])
    say("«almagest vocab show NAME» tells more; --json gives origin and address.")


def _open() -> None:
    """The folder of the installation's own vocabularies is used from here on."""
    settings_in_force()


def _about(known: Vocabulary) -> dict[str, Any]:
    place = folder()
    keys = ("title", "uri", "origin", "version", "licence", "date", "form", "address")
    return {
        "name": known.name,
        **{key: known.about[key] for key in keys if key in known.about},
        "concepts": len(known),
        "updatable": "address" in known.about,
        "own": place is not None and (place / f"{known.name}.tsv").is_file(),
    }


@vocab.command("show")
@click.argument("name")
@click.argument("code", required=False)
@click.option("--search", metavar="WORDS", help="The concepts whose labels hold these words.")
@json_option
def show_command(name: str, code: str | None, search: str | None, as_json: bool) -> None:
    """Shows a vocabulary, or a concept (its URI, code or label) with what is above, below and equal.

    \b
    Examples:
      almagest vocab show techniques
      almagest vocab show techniques PaNET01129
      almagest vocab show uat "dark matter" --json
      almagest vocab show uat --search supernova
    """
    _open()
    known = known_vocabulary(name)
    if search is not None:
        _tell_list(known, _holding(known, search), as_json)
    elif code is None:
        _tell_vocabulary(known, as_json)
    else:
        concept = known.lookup(code)
        if concept is None:
            raise NotFound(
                f"«{name}» has no concept «{code}»; look for it: almagest vocab show {name} --search WORDS"
            )
        _tell_concept(known, concept, as_json)


def _holding(known: Vocabulary, search: str) -> list[Concept]:
    words = fold(search).split()
    texts = ((one, fold(" ".join((one.code, one.label, *one.alternatives)))) for one in known)
    return [one for one, text in texts if all(word in text for word in words)]


def _tell_vocabulary(known: Vocabulary, as_json: bool) -> None:
    if as_json:
        json_line({**_about(known), "items": [concept_json(known, one) for one in known]})
        return
    for key, value in known.about.items():
        click.echo(f"{key + ':':9} {value}")
    click.echo(f"concepts: {len(known):,}\n")
    tops = [one for one in known if not one.broader]
    if len(tops) == len(known):
        _tell_list(known, list(known), False)
        return
    for top in tops[:_MOST_SHOWN]:
        below = known.narrower(top.code)
        click.echo(f"{top.code}  {top.label}  ({len(below)} below)" if below else f"{top.code}  {top.label}")
    if len(tops) > _MOST_SHOWN:
        say(f"and {len(tops) - _MOST_SHOWN:,} more at the top; --json prints all.")


def _tell_list(known: Vocabulary, concepts: list[Concept], as_json: bool) -> None:
    if as_json:
        for one in concepts:
            json_line(concept_json(known, one))
        return
    for one in concepts[:_MOST_SHOWN]:
        click.echo(f"{one.code}  {one.label}")
    if len(concepts) > _MOST_SHOWN:
        say(f"and {len(concepts) - _MOST_SHOWN:,} more; --json prints all.")
    elif not concepts:
        say("No concept holds these words.")


def _tell_concept(known: Vocabulary, concept: Concept, as_json: bool) -> None:
    if as_json:
        json_line(concept_json(known, concept, whole=True))
        return
    click.echo(f"{concept.label}  ({known.name} {concept.code})")
    for key, value in (("uri", known.uri_of(concept)), *concept.values.items()):
        if value:
            click.echo(f"{key}: {value}")
    _lines("above", (f"{one.code}  {one.label}" for one in known.ancestors(concept.code)))
    _lines("below", (f"{one.code}  {one.label}" for one in known.narrower(concept.code)))
    _lines("also called", concept.alternatives)
    _lines("matches", concept.matches)
    others = related(known.name, concept)
    _lines(
        "elsewhere",
        (f"{one.relation}: {one.vocabulary} {one.concept.code}  {one.concept.label}" for one in others),
    )


def _lines(head: str, lines: Any) -> None:
    found = list(lines)
    if found:
        click.echo(f"{head}:")
        for line in found[:_MOST_SHOWN]:
            click.echo(f"  {line}")
        if len(found) > _MOST_SHOWN:
            click.echo(f"  and {len(found) - _MOST_SHOWN:,} more")


for command in (update_command, import_command, unknown_command, alias_command):
    vocab.add_command(command)
