"""`almagest crosswalk report`: what becomes of each value that comes in one format."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from catalogue.errors import NotFound, RecordRefused, SettingsError
from catalogue.opening import Catalogue
from mappings.base import Format, format_of, formats, parse
from mappings.documents import documents
from mappings.loss import FATES, Examination
from mappings.loss_report import GOAL, FieldLoss, Loss
from web.commands.opening import opened
from web.commands.terminal import json_line, json_option, say, table

_ALL = "all"
_REASONS = 20


@click.command("report")
@click.argument("prefix")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.option("--by-file", is_flag=True, help="One report for each file or source.")
@json_option
@click.pass_context
def report(
    context: click.Context, prefix: str, files: tuple[Path, ...], by_file: bool, as_json: bool
) -> None:
    """Counts what becomes of the values in each field of one format: loss is measured, not declared.

    Reads files and folders; without any, the originals of this format that the catalogue has stored.
    A value is mapped (the record says it), kept as it is (among the values without a place), left aside
    on purpose, or lost, and then for the reason that is told.  Documents that are no records (error
    answers, deleted records, lists) are counted apart.

    Exit code 1 says that some record was refused.

    \b
    Examples:
      almagest crosswalk report scicat dataset.json
      almagest crosswalk report datacite records/ --by-file
      almagest crosswalk report oai_dc --json | jq 'select(.lost > 0)'
    """
    form = readable(prefix)
    losses: dict[str, Loss] = {}
    examination = Examination(form)
    for place, found in _files(form, files) if files else _stored(form):
        loss = losses.setdefault(place if by_file else _ALL, Loss(form.prefix))
        if isinstance(found, RecordRefused):
            loss.refuse(found)
        else:
            loss.add(examination, *found)
    if not losses:
        raise NotFound(f"Nothing in the format «{prefix}» is there; name files, or harvest such a source.")
    for place, loss in losses.items():
        loss.settle()
        (_print_json if as_json else _print)(place if by_file else None, loss)
    if any(loss.refused for loss in losses.values()):
        context.exit(1)


def readable(prefix: str) -> Format:
    """The format with this prefix, if there is a reader of it; raises `SettingsError`, `NotFound`."""
    form = format_of(prefix)
    if form.read is None:
        known = ", ".join(one.prefix for one in formats().values() if one.read is not None)
        raise SettingsError(f"The format «{prefix}» is written, not read; read are {known}.")
    return form


_Found = tuple[str, tuple[Any, str] | RecordRefused]


def _files(form: Format, paths: tuple[Path, ...]) -> Iterator[_Found]:
    """Each document with its file, in which it has the name that it gives itself."""
    for path in paths:
        inside = sorted(one for one in path.rglob("*") if one.is_file()) if path.is_dir() else [path]
        for one in inside:
            try:
                data = one.read_bytes()
            except OSError as error:
                raise SettingsError(f"{one} cannot be read: {error.strerror}.") from None
            yield from _documents(form, one, data)


def _documents(form: Format, path: Path, data: bytes) -> Iterator[_Found]:
    found = documents(form, data)
    while True:
        try:
            identifier, document = next(found)
        except StopIteration:
            return
        except RecordRefused as refusal:
            yield str(path), refusal
            return
        yield str(path), (document, identifier or path.name)


def _stored(form: Format) -> Iterator[_Found]:
    with opened() as catalogue:
        for source in catalogue.sources.all():
            for id in catalogue.store.live_ids(source.name):
                yield from _original(form, catalogue, source.name, id)


def _original(form: Format, catalogue: Catalogue, source: str, id: str) -> Iterator[_Found]:
    raw = catalogue.store.raw(id)
    if raw.provenance.format != form.prefix or not raw.data:
        return
    try:
        document = parse(form, raw.data)
    except RecordRefused as refusal:
        yield source, refusal
        return
    # Of a format whose documents come in lists the reader takes the first.
    is_list = form.stored is not None and isinstance(document, list) and document
    yield source, (document[0] if is_list else document, raw.provenance.identifier)


def _print_json(place: str | None, loss: Loss) -> None:
    where = {} if place is None else {"file": place}
    for name, one in sorted(loss.fields.items()):
        json_line({**where, "field": name, **_counts(one), "to": one.main_targets, "reasons": _reasons(one)})
    json_line(
        {
            **where,
            "field": None,
            **_counts(loss.total()),
            "records": loss.records,
            "records_mapped": loss.mapped,
            "share": None if loss.share is None else round(loss.share, 4),
            "refused": dict(loss.refused.most_common()),
            "no_records": dict(loss.others.most_common()),
        }
    )


def _counts(one: FieldLoss) -> dict[str, int]:
    return {"came": one.came, **{fate: one.fates[fate] for fate in FATES}}


def _reasons(one: FieldLoss) -> list[dict[str, Any]]:
    return [
        {"fate": fate, "reason": reason, "count": count}
        for (fate, reason), count in one.reasons.most_common()
    ]


def _print(place: str | None, loss: Loss) -> None:
    if place is not None:
        click.echo(f"\n{place}")
    if loss.fields:
        rows: list[list[object]] = [_row(name, one) for name, one in sorted(loss.fields.items())]
        rows.append(_row("total", loss.total(), is_total=True))
        table(("field", "came", "mapped", "kept", "aside", "lost", "to"), rows)
    lost = [
        (count, name, fate, reason)
        for name, one in loss.fields.items()
        for (fate, reason), count in one.reasons.items()
        if fate == "lost"
    ]
    for count, name, fate, reason in sorted(lost, reverse=True)[:_REASONS]:
        click.echo(f"{fate}  {count} × {name}: {reason}")
    if len(lost) > _REASONS:
        click.echo(f"… and {len(lost) - _REASONS} fields more; --json lists all.")
    for reason, count in loss.refused.most_common(_REASONS):
        click.echo(f"refused  {count} × {reason}")
    for reason, count in loss.others.most_common(_REASONS):
        click.echo(f"no record  {count} × {reason}")
    if loss.share is None:
        say(f"There is no record of «{loss.prefix}» here of which a share could be mapped.")
    else:
        say(f"{loss.mapped} of {loss.records} records are mapped ({loss.share:.1%}; the goal is {GOAL:.0%}).")


def _row(name: str, one: FieldLoss, *, is_total: bool = False) -> list[object]:
    counts = [one.fates[fate] or None for fate in FATES]
    return [name, one.came, *counts, None if is_total else ", ".join(one.main_targets[:3]) or None]
