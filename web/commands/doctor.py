"""`almagest doctor`: checks the installation."""

from __future__ import annotations

import click

from catalogue.json_form import as_json as plain
from web.commands.opening import settings_in_force
from web.commands.terminal import json_line, json_option
from web.doctor import Finding, examine


@click.command()
@click.option("--online", is_flag=True, help="Ask the sources too whether they answer.")
@json_option
@click.pass_context
def doctor(context: click.Context, online: bool, as_json: bool) -> None:
    """Checks settings, database, index and sources, and says what to do about each fault.

    Exit code 1 says that there is a fault.

    \b
    Examples:
      almagest doctor
      almagest doctor --online --json | jq 'select(.ok | not)'
    """
    faults = 0
    for finding in examine(settings_in_force(), online=online):
        faults += not finding.ok
        if as_json:
            json_line({"remedy": None, **plain(finding)})
        else:
            _tell(finding)
    if faults:
        context.exit(1)


def _tell(finding: Finding) -> None:
    mark = click.style("ok   ", fg="green") if finding.ok else click.style("FAULT", fg="red")
    click.echo(f"{mark}  {finding.check:10}{finding.found}")
    if finding.remedy:
        click.echo(f"{'':17}→ {finding.remedy}")
