"""`almagest source`: registers, lists, shows, tests and removes sources."""

from __future__ import annotations

import sys
from dataclasses import replace
from itertools import islice
from typing import Any

import click

from catalogue.errors import SettingsError
from catalogue.json_form import as_json
from catalogue.runs import Run, SourceState
from catalogue.sources import Source
from harvesters import presets
from harvesters.faults import hint_of
from web.commands.opening import opened
from web.commands.presets import presets_command
from web.commands.source_change import change_command
from web.commands.source_options import WithOptions
from web.commands.terminal import json_line, json_option, login, say, table, yes_option
from web.new_sources import changed, described, nightly, source_of
from web.preview import Preview, preview
from web.registration import notice_fault, parsed_options, public_options
from web.source_changes import add_source, remove_source, stop_harvest


@click.group()
def source() -> None:
    """Registers, lists, tests and removes sources."""


source.add_command(presets_command)
source.add_command(change_command)


@source.command(cls=WithOptions)
@click.argument("name", required=False)
@click.option("--preset", help="An endpoint of the community: almagest source presets lists them.")
@click.option("--from-record", "record", metavar="ID", help="The repository that this record describes.")
@click.option(
    "--endpoint", default=1, show_default=True, help="Which of the endpoints that the record names."
)
@click.option("--kind", help="The protocol: one of the kinds below.")
@click.option("--url", help="The base URL of the endpoint.")
@click.option("--prefix", help="The metadata format to ask for; by default the richest we can read.")
@click.option("--set", "sets", multiple=True, help="Only this set, repeatable.")
@click.option("--schedule", help="When to harvest, as five cron fields in UTC.")
@click.option(
    "--option", "options", multiple=True, metavar="NAME=VALUE", help="An option of those below, repeatable."
)
def add(
    name: str | None,
    preset: str | None,
    record: str | None,
    endpoint: int,
    options: tuple[str, ...],
    **given: Any,
) -> None:
    """Registers a source; nothing is fetched yet.

    With a preset or a record only what shall be different need be given.

    \b
    Examples:
      almagest source add --preset escape-ossr
      almagest source add zenodo --kind oai-pmh --url https://zenodo.org/oai2d \\
          --set user-ossr --schedule "15 3 * * *" --option max-requests-per-minute=30
      almagest source add heasarc --kind oai-pmh --url https://heasarc.gsfc.nasa.gov/oai \\
          --prefix ivo_vor --set ivo_managed
    """
    if preset and record:
        raise click.UsageError("Give --preset or --from-record, not both.")
    values = {**given, "options": parsed_options(options)}
    known = presets.preset(preset) if preset else None
    with opened() as catalogue:
        if known:
            new = changed(known.source(), name=name, **values)
            if given["schedule"] is None:
                new = replace(new, schedule=nightly(new.name))
        elif record:
            new = changed(source_of(described(catalogue, record), endpoint), name=name, **values)
        else:
            missing = [one for one in ("kind", "url") if not given[one]]
            if name is None or missing:
                raise click.UsageError(
                    "A source needs NAME, --kind and --url; or give --preset or --from-record."
                )
            new = Source(name=name, **values)
        new = add_source(catalogue, new, by=login())
    say(f"Source {new.name} is registered; try it with: almagest source test {new.name}")
    if new.schedule is None:
        say(f"It has no --schedule: it is only harvested when you say so, almagest harvest {new.name}")
    elif known and given["schedule"] is None:
        say(
            f"«almagest serve» harvests it each night by the schedule «{new.schedule}» (UTC); another one: "
            f'almagest source change {new.name} --schedule "…"'
        )
    if fault := notice_fault(new, catalogue.settings):
        say(fault)
    if known and known.note:
        say(f"Note: {known.note}")
    if known and not known.reached:
        say(f"Nobody of us has asked this address; it comes from: {known.origin}")


@source.command("list")
@json_option
def list_(as_json: bool) -> None:
    """Lists the sources with their last run.

    \b
    Examples:
      almagest source list
      almagest source list --json | jq -r 'select(.issues > 0) | .name'
    """
    with opened(configured=True) as catalogue:
        states = [catalogue.sources.state(one.name) for one in catalogue.sources.all()]
    if as_json:
        for state in states:
            json_line(state_json(state))
    elif not states:
        say("No source is registered yet; add one with: almagest source add NAME --kind KIND --url URL")
    else:
        heads = ("name", "kind", "records", "issues", "last run", "status", "schedule", "url")
        table(heads, [_row(state) for state in states])


@source.command()
@click.argument("name")
@json_option
def show(name: str, as_json: bool) -> None:
    """Shows a source: how it is registered, what it holds, how its last runs went.

    \b
    Examples:
      almagest source show zenodo
      almagest source show zenodo --json
    """
    with opened(configured=True) as catalogue:
        state = catalogue.sources.state(name)
        runs = catalogue.sources.runs(name, 10)
    if as_json:
        json_line({**state_json(state), "runs": [run_json(run) for run in runs]})
        return
    for key, value in state_json(state).items():
        if key not in {"last_run", "options"} and value not in (None, []):
            click.echo(f"{key:14}{', '.join(value) if isinstance(value, list) else value}")
    for key, value in public_options(state.source).items():
        click.echo(f"{'option':14}{key}={value}")
    if runs and runs[0].status == "running":
        click.echo(f"{'now':14}{_progress(runs[0])}")
    if runs:
        click.echo()
        heads = (
            "run",
            "started",
            "status",
            "fetched",
            "created",
            "updated",
            "deleted",
            "quarantined",
            "excluded",
            "error",
        )
        table(heads, [[getattr(run, {"run": "number"}.get(head, head)) for head in heads] for run in runs])


@source.command()
@click.argument("name")
@yes_option
@click.pass_context
def remove(context: click.Context, name: str, yes: bool) -> None:
    """Removes a source and withdraws its records; their tombstones stay.

    \b
    Examples:
      almagest source remove zenodo
      almagest source remove zenodo --yes
    """
    with opened() as catalogue:
        records = catalogue.sources.state(name).records
        if not yes:
            if not sys.stdin.isatty():
                raise SettingsError(f"This withdraws {records} records of {name}; say --yes to do it.")
            question = f"Withdraw the {records} records of {name} and remove it?"
            if not click.confirm(question, err=True):
                say("Nothing is removed.")
                context.exit(1)
        withdrawn = remove_source(catalogue, name, by=login())
        say(f"Source {name} is removed; {withdrawn} records are withdrawn and stay as tombstones.")
        # Imported here only, as it brings half of the web along.
        from web.commands.harvesting import follow_and_tell

        follow_and_tell(catalogue)


@source.command()
@click.argument("name")
def stop(name: str) -> None:
    """Ends the harvest of a source after the page in work; the next one goes on from there.

    A harvest that waits in the queue is taken out of it.  The schedule of the source stays.

    \b
    Examples:
      almagest source stop zenodo
    """
    with opened() as catalogue:
        say(stop_harvest(catalogue, name, by=login()))


def _progress(run: Run) -> str:
    """How far a run is that is going on, in words."""
    parts = [run.phase or "running", f"{run.fetched_before + run.fetched:,} records"]
    if run.expected:
        parts[-1] = f"{run.fetched_before + run.fetched:,} of {run.expected:,} records"
    if run.rate is not None:
        parts.append(f"{run.rate:,.0f} a second")
    if run.eta is not None:
        parts.append(f"{run.eta:,.0f} s to go")
    return ", ".join([*parts, f"last page at {run.beat}"])


@source.command()
@click.argument("name")
@click.option(
    "--limit", default=20, show_default=True, type=click.IntRange(1, 1000), help="Records to preview."
)
@json_option
@click.pass_context
def test(context: click.Context, name: str, limit: int, as_json: bool) -> None:
    """Probes the endpoint of a source and previews its records; writes nothing.

    \b
    Examples:
      almagest source test zenodo
      almagest source test zenodo --limit 5 --json | jq .record.titles
    """
    refused = 0
    with opened(configured=True) as catalogue:
        one, settings = catalogue.sources.get(name), catalogue.settings
    with preview(settings, one) as seen:
        if not as_json:
            _tell_probe(seen)
        for line in islice(seen.lines, limit):
            refused += line["status"] == "refused"
            if as_json:
                json_line(line)
            else:
                _tell_line(line)
    if refused:
        say(f"{refused} of the previewed records cannot be read.")
        context.exit(1)


def _tell_probe(seen: Preview) -> None:
    probe = seen.probe
    pairs = (
        ("name", probe.name),
        ("protocol", probe.protocol),
        ("formats", ", ".join(probe.formats)),
        ("chosen", probe.chosen_format),
        ("sets", f"{len(probe.sets)}: {', '.join(probe.sets[:12])}" if probe.sets else None),
        ("granularity", probe.granularity),
        ("deletions", probe.deletion),
        ("earliest", probe.earliest),
        ("records", probe.records),
    )
    for key, value in pairs:
        if value not in (None, ""):
            click.echo(f"{key:14}{value}")
    for fault in probe.faults:
        click.echo(f"{'fault':14}{fault}")
        if hint := hint_of(fault):
            click.echo(f"{'  to do':14}{hint}")
    click.echo()


def _tell_line(line: dict[str, Any]) -> None:
    if line["status"] == "mapped":
        record = line["record"]
        click.echo(f"{record['kind']:14}{record['titles'][0]['value']}  ({line['identifier']})")
    elif line["status"] == "deleted":
        click.echo(f"{'deleted':14}{line['identifier']}")
    elif line["status"] == "excluded":
        click.echo(f"{'excluded':14}{line['identifier']}  {line['reason']}")
    else:
        where = f"{line['path']}: " if line["path"] else ""
        click.echo(f"{'refused':14}{line['identifier']}  {where}{line['reason']}")
    for issue in line.get("issues", ()):
        click.echo(f"{'':14}{issue['path']}: {issue['reason']}")


def state_json(state: SourceState) -> dict[str, Any]:
    """A source with what is known of it, as plain JSON without credentials."""
    one = state.source
    return {
        "name": one.name,
        "kind": one.kind,
        "url": one.url,
        "prefix": one.prefix,
        "sets": list(one.sets),
        "schedule": one.schedule,
        "priority": one.priority,
        "options": public_options(one),
        "records": state.records,
        "tombstones": state.tombstones,
        "quarantined": state.quarantined,
        "excluded": state.excluded,
        "issues": state.issues,
        "since": state.since,
        "last_success": state.last_success,
        "last_run": run_json(state.last_run) if state.last_run else None,
    }


def run_json(run: Run) -> dict[str, Any]:
    """A run as plain JSON, without what only the harvest itself needs."""
    values: dict[str, Any] = as_json(run)
    for name in ("checkpoint", "resumed", "source_number", "transient"):
        values.pop(name, None)
    return {**values, "rate": run.rate, "eta": run.eta}


def _row(state: SourceState) -> tuple[object, ...]:
    one, run = state.source, state.last_run
    return (
        one.name,
        one.kind,
        state.records,
        state.issues,
        run.started if run else "never",
        run.status if run else None,
        one.schedule,
        one.url,
    )
