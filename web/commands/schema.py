"""`almagest schema`: the JSON Schema of a unified record."""

from __future__ import annotations

import click

from catalogue.schema import json_schema_text


@click.command()
def schema() -> None:
    """Prints the JSON Schema of a unified record.

    \b
    Examples:
      almagest schema > record.schema.json
    """
    click.echo(json_schema_text().rstrip("\n"))
