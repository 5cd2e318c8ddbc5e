"""`almagest crosswalk`: tries the crosswalks on files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from catalogue.errors import RecordRefused, SettingsError
from catalogue.json_form import as_json as plain
from catalogue.record import Mapped, Provenance
from mappings.base import Format
from mappings.documents import documents
from web.commands.crosswalk_report import readable, report
from web.commands.terminal import json_line, json_option, say

_SOURCE = "file"


@click.group()
def crosswalk() -> None:
    """Tries the crosswalks on files."""


crosswalk.add_command(report)


@crosswalk.command("read")
@click.argument("prefix")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@json_option
@click.pass_context
def read_(context: click.Context, prefix: str, files: tuple[Path, ...], as_json: bool) -> None:
    """Reads files of one format, single records or lists, and tells what becomes of each record.

    Exit code 1 says that some record was refused.

    \b
    Examples:
      almagest crosswalk read oai_dc record.xml
      almagest crosswalk read ivo_vor *.xml --json | jq -r 'select(.status == "refused") | .reason'
    """
    form = readable(prefix)
    count = refused = 0
    for path in files:
        for line in _lines(form, path):
            count += 1
            refused += line["status"] == "refused"
            if as_json:
                json_line(line)
            else:
                _tell(line)
    say(f"{count - refused} of {count} records are mapped, {refused} refused.")
    if refused:
        context.exit(1)


def _lines(form: Format, path: Path) -> Iterator[dict[str, Any]]:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror}.") from None
    found = documents(form, data)
    while True:
        identifier = None
        try:
            identifier, document = next(found)
            yield _mapped(path, identifier, _read(form, document, identifier or path.name))
        except StopIteration:
            return
        except RecordRefused as refusal:
            yield _refused(path, identifier, refusal)


def _read(form: Format, document: Any, identifier: str) -> Mapped:
    assert form.read is not None
    return form.read(document, Provenance(source=_SOURCE, identifier=identifier, format=form.prefix))


def _mapped(path: Path, identifier: str | None, mapped: Mapped) -> dict[str, Any]:
    return {
        "file": str(path),
        "identifier": identifier,
        "status": "mapped",
        "path": None,
        "reason": None,
        "record": plain(mapped.record),
        "issues": plain(mapped.issues),
    }


def _refused(path: Path, identifier: str | None, refusal: RecordRefused) -> dict[str, Any]:
    return {
        "file": str(path),
        "identifier": identifier,
        "status": "refused",
        "path": refusal.path,
        "reason": refusal.reason,
        "record": None,
        "issues": [],
    }


def _tell(line: dict[str, Any]) -> None:
    where = line["file"] + (f" {line['identifier']}" if line["identifier"] else "")
    if line["status"] == "refused":
        click.echo(f"refused  {where}  {line['path']}: {line['reason']}")
        return
    record = line["record"]
    click.echo(f"mapped   {where}  {record['kind']}: {record['titles'][0]['value']}")
    for issue in line["issues"]:
        click.echo(f"         {issue['path']}: {issue['reason']}")
