"""What the commands print: JSON Lines, tables, and a progress bar where a person looks on."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Sequence
from typing import Any

import click

from catalogue.json_form import dumps

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON Lines.")
yes_option = click.option("--yes", is_flag=True, help="Do not ask.")


def write_line(line: bytes) -> None:
    """A line of bytes on standard output."""
    sys.stdout.buffer.write(line + b"\n")


def json_line(value: Any) -> None:
    """A value of plain JSON or of the model as one line; what is ``None`` is written as null."""
    write_line(dumps(value))


def say(sentence: str) -> None:
    """A sentence for a person, on standard error, so that pipes stay clean."""
    click.echo(sentence, err=True)


def table(heads: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Rows in aligned columns under their heads; numbers to the right."""
    cells = [[_cell(value) for value in row] for row in rows]
    widths = [max(len(row[column]) for row in [list(heads), *cells]) for column in range(len(heads))]
    numeric = [bool(rows) and all(isinstance(row[c], int | float) for row in rows) for c in range(len(heads))]
    for line in [list(heads), *cells]:
        parts = [
            text.rjust(width) if right else text.ljust(width)
            for text, width, right in zip(line, widths, numeric, strict=True)
        ]
        click.echo("  ".join(parts).rstrip())


def _cell(value: object) -> str:
    if value is None:
        return "–"
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}".replace(",", "\u202f")
    return str(value)


def login() -> str:
    """The login name of whoever runs the command; empty where the machine knows none."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return ""


def is_terminal() -> bool:
    """Whether a person watches standard error."""
    return sys.stderr.isatty()
