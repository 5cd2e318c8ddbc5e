"""`almagest curate`: what people decide on records, and how it is taken back."""

from __future__ import annotations

import getpass
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import orjson

from catalogue.claims import open_claims
from catalogue.curation import Curation
from catalogue.decisions import Decision
from catalogue.errors import SettingsError
from catalogue.opening import Catalogue
from catalogue.product import CORRECTABLE
from mappings.text import shorten
from web.commands.harvesting import follow_and_tell
from web.commands.opening import opened
from web.commands.terminal import json_line, json_option, say
from web.decision_json import as_value, decision_json

_AT_ONCE = 200
_SHOWN = 60
"""Characters of the value of a correction in the log."""

by_option = click.option("--by", metavar="NAME", help="Who decides; public where it shows (you).")
note_option = click.option("--note", metavar="TEXT", help="Why; only operators see it.")


@click.group()
def curate() -> None:
    """Joins, splits and corrects records; every step is kept and can be undone."""


@curate.command()
@click.argument("ids", nargs=-1, required=True, metavar="ID ID ...")
@by_option
@note_option
@json_option
def join(ids: tuple[str, ...], by: str | None, note: str | None, as_json: bool) -> None:
    """Says that records, or products with all their records, are one thing.

    \b
    Examples:
      almagest curate join 0123456789abcdef0123 456789abcdef01234567
      almagest curate join 0123456789abcdef0123 456789abcdef01234567 --note "the same run, see logbook"
    """
    with opened() as catalogue:
        decision = Curation(catalogue.database).join(ids, by=by or getpass.getuser(), note=note)
        _told(catalogue, decision, as_json)


@curate.command()
@click.argument("ids", nargs=-1, required=True, metavar="ID ...")
@by_option
@note_option
@json_option
def split(ids: tuple[str, ...], by: str | None, note: str | None, as_json: bool) -> None:
    """Says that records of a product are not the same thing as the rest of it.

    Those named together stay together where they share an identifier.

    \b
    Examples:
      almagest records --json | jq -r '.product.members[].id'
      almagest curate split 0123456789abcdef0123
    """
    with opened() as catalogue:
        decision = Curation(catalogue.database).split(ids, by=by or getpass.getuser(), note=note)
        _told(catalogue, decision, as_json)


@curate.command()
@click.argument("id")
@click.argument("field", type=click.Choice(CORRECTABLE), metavar="FIELD")
@click.argument("value", required=False)
@click.option(
    "--file",
    "file",
    type=click.Path(path_type=Path, allow_dash=True),
    help="The JSON of the value from a file (- is standard input).",
)
@click.option("--nothing", "is_nothing", is_flag=True, help="The field says nothing.")
@by_option
@note_option
@json_option
def correct(
    id: str,
    field: str,
    value: str | None,
    file: Path | None,
    is_nothing: bool,
    by: str | None,
    note: str | None,
    as_json: bool,
) -> None:
    """Says what a field of a record or product says, in place of all sources.

    VALUE is JSON as in `almagest records --json`, or a plain text for titles, descriptions,
    terms such as subjects, and fields that are texts.  It stays through harvests until it is undone.

    \b
    Examples:
      almagest curate correct 0123456789abcdef0123 titles "Pulsars of the southern sky"
      almagest curate correct 0123456789abcdef0123 languages '["de", "en"]'
      almagest curate correct 0123456789abcdef0123 coverage.energy '{"intervals": [{"low": 1e-15}]}'
      almagest curate correct 0123456789abcdef0123 rights --nothing --note "the licence is of another file"
    """
    if sum((value is not None, file is not None, is_nothing)) != 1:
        raise SettingsError("Give a VALUE, or --file, or --nothing.")
    found = None if is_nothing else _from_file(file) if file is not None else as_value(field, value or "")
    with opened() as catalogue:
        curation = Curation(catalogue.database)
        decision = curation.correct(id, field, found, by=by or getpass.getuser(), note=note)
        _told(catalogue, decision, as_json)


@curate.command()
@click.argument("number", type=click.IntRange(1))
@by_option
@json_option
def undo(number: int, by: str | None, as_json: bool) -> None:
    """Takes back a decision by its number, whatever was decided after it.

    \b
    Examples:
      almagest curate log
      almagest curate undo 12
    """
    with opened() as catalogue:
        decision = Curation(catalogue.database).undo(number, by=by or getpass.getuser())
        _told(catalogue, decision, as_json)


@curate.command("log")
@click.argument("id", required=False)
@click.option("--standing", is_flag=True, help="Only what was not undone.")
@json_option
def log_command(id: str | None, standing: bool, as_json: bool) -> None:
    """Tells what was decided, newest first: on all records, or on those of one record or product.

    \b
    Examples:
      almagest curate log
      almagest curate log 0123456789abcdef0123
      almagest curate log --standing --json | jq -r .by | sort | uniq -c
    """
    found = 0
    with opened() as catalogue:
        if id is not None:
            catalogue.store.change(id)
        for decision in _decisions(Curation(catalogue.database), id, standing):
            found += 1
            if as_json:
                json_line(decision_json(decision))
            else:
                click.echo(_line(decision))
    if not found:
        say("Nothing was decided.")


@curate.command()
@click.option("--source", metavar="NAME", help="Only the claims of this source.")
@json_option
def claims(source: str | None, as_json: bool) -> None:
    """Lists what records say to be, and is here as something else.

    Alternate identifiers and the relation IsIdenticalTo are claims: they join when you say so,
    record by record with `join`, or for all of a source with its option claims.

    \b
    Examples:
      almagest curate claims
      almagest curate claims --source ivoa --json
      almagest source change ivoa --option claims=alternate && almagest remap ivoa
    """
    found = 0
    with opened() as catalogue:
        if source is not None:
            catalogue.store.source_number(source)
        for claim in open_claims(catalogue.database, source=source):
            found += 1
            if as_json:
                json_line(claim)
            else:
                click.echo(f"{claim.id}  {claim.title}")
                click.echo(
                    f"    says ({claim.kind}) to be {claim.identifier}: {claim.target}  {claim.target_title}"
                )
    if not found:
        say("There are no open claims.")


def _from_file(file: Path) -> Any:
    try:
        with click.open_file(str(file), "rb") as stream:
            return orjson.loads(stream.read())
    except OSError as error:
        raise SettingsError(f"{file} cannot be read: {error.strerror}.") from None
    except orjson.JSONDecodeError as error:
        raise SettingsError(f"{file} is not JSON: {error}.") from None


def _decisions(curation: Curation, id: str | None, standing: bool) -> Iterator[Decision]:
    before: int | None = None
    while found := curation.decisions(id=id, standing=standing, before=before, limit=_AT_ONCE):
        yield from found
        before = found[-1].number


def _told(catalogue: Catalogue, decision: Decision, as_json: bool) -> None:
    """Tell what was decided, what came of it, and bring the index up to date."""
    if as_json:
        json_line(decision_json(decision))
    else:
        say(_line(decision))
        for id in dict.fromkeys(catalogue.store.change(id).joined or id for id in decision.records):
            change = catalogue.store.change(id)
            if change.record is not None:
                parts = f", of {len(change.members)} records" if len(change.members) > 1 else ""
                say(f"    {id}  {change.record.title}{parts}")
    follow_and_tell(catalogue)


def _line(decision: Decision) -> str:
    verb = {"join": "joined", "split": "split off", "correct": f"corrected {decision.field} of"}[
        decision.kind
    ]
    records = ", ".join(decision.records[:3]) + (", …" if len(decision.records) > 3 else "")
    value = (decision.value or b"").decode()
    says = f" to {shorten(value, _SHOWN)}" if decision.kind == "correct" else ""
    note = f": {decision.note}" if decision.note else ""
    undone = f"; undone by {decision.undone_by} on {decision.undone_at}" if not decision.stands else ""
    return f"{decision.number}  {decision.at}  {decision.by} {verb} {records}{says}{note}{undone}"
