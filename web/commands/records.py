"""`almagest records`, `issues` and `export`: what the catalogue holds, and what is wrong with it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO

import click

from catalogue.errors import SettingsError
from catalogue.index import Change
from catalogue.issues import IssueGroup, SourceIssue
from catalogue.json_form import as_json, dumps
from catalogue.store import Store
from mappings import bibliography
from mappings.base import Format, format_of, formats, written_at
from web.commands.opening import opened
from web.commands.terminal import json_line, json_option, say, table, write_line
from web.issue_tables import csv_lines
from web.record_stream import Tally, documents

source_option = click.option("--source", "source", metavar="NAME", help="Only the records of this source.")
output_option = click.option(
    "-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="A file, not the output."
)


@click.command()
@source_option
@click.option("--deleted", is_flag=True, help="Tombstones too.")
@json_option
def records(source: str | None, deleted: bool, as_json: bool) -> None:
    """Prints the unified records, oldest change first.

    \b
    Examples:
      almagest records
      almagest records --source zenodo --json > zenodo.jsonl
      almagest records --deleted --json | jq -r 'select(.deleted) | .id'
    """
    with opened() as catalogue:
        if source is not None:
            catalogue.store.source_number(source)
        for change in catalogue.store.walk(source=source, deleted=deleted):
            if as_json:
                write_line(_record_line(catalogue.store, change))
            elif change.record is None:
                click.echo(f"{change.id}  {'deleted':12}  {change.source}")
            else:
                click.echo(f"{change.id}  {change.record.kind:12}  {change.record.title}")


def _record_line(store: Store, change: Change) -> bytes:
    if change.record is not None:
        if not change.members:
            return dumps(change.record)
        product = {"members": change.members, "said": change.said, "corrections": change.corrections}
        return dumps({**as_json(change.record), "product": product})
    tombstone = {"id": change.id, "deleted": True, "datestamp": change.datestamp}
    if change.joined is not None:
        tombstone["joined"] = change.joined
    return dumps({**tombstone, "provenance": store.provenance(change.id)})


@click.command()
@click.argument("name")
@click.option("--group", "grouped", is_flag=True, help="By rule, reason and place, the most frequent first.")
@click.option("--csv", "as_csv", is_flag=True, help="Print a table as comma-separated values.")
@json_option
def issues(name: str, grouped: bool, as_csv: bool, as_json: bool) -> None:
    """Tells what went wrong with a source, record by record: where, by which rule, why, since when.

    \b
    Examples:
      almagest issues zenodo
      almagest issues zenodo --group
      almagest issues zenodo --csv > issues.csv
      almagest issues zenodo --json | jq -r .reason | sort | uniq -c
    """
    if as_csv and (grouped or as_json):
        raise SettingsError("Say one of --csv, --json and --group; --group and --json go together.")
    with opened() as catalogue:
        if grouped:
            found = _tell_groups(catalogue.sources.issue_groups(name), as_json)
        elif as_csv:
            found = _write_csv(catalogue.sources.all_issues(name))
        else:
            found = _tell_issues(catalogue.sources.all_issues(name), as_json)
    if not found:
        say(f"Source {name} has no issues.")


def _tell_issues(issues: Iterator[SourceIssue], as_json: bool) -> int:
    found = 0
    for issue in issues:
        found += 1
        if as_json:
            json_line(_issue_json(issue))
        else:
            value = f" ({issue.value})" if issue.value else ""
            seen = f"since {issue.since}, last seen {issue.seen}"
            where = f"{issue.path}: " if issue.path else ""
            click.echo(f"{issue.identifier}  {where}{issue.reason}{value}  {seen}")
    return found


def _tell_groups(groups: list[IssueGroup], as_json: bool) -> int:
    for group in groups:
        if as_json:
            write_line(dumps(group))
        else:
            times = f", {group.issues:,} times" if group.issues != group.records else ""
            noun = "record" if group.records == 1 else "records"
            click.echo(f"{group.records:,} {noun}{times}: {group.reason}")
            click.echo(
                f"    at {group.path or 'the whole record'} ({group.rule}), {group.first} to {group.last}"
            )
            click.echo(f"    for example {', '.join(group.examples)}")
    return len(groups)


def _write_csv(issues: Iterator[SourceIssue]) -> int:
    lines = 0
    for line in csv_lines(issues):
        sys.stdout.buffer.write(line)
        lines += 1
    sys.stdout.buffer.flush()
    return lines - 1


def _issue_json(issue: SourceIssue) -> dict[str, object]:
    return {
        "identifier": issue.identifier,
        "path": issue.path,
        "reason": issue.reason,
        "since": issue.since,
        "seen": issue.seen,
        "rule": issue.rule,
        "value": issue.value,
        "id": issue.id,
    }


@click.command()
@click.option(
    "--format", "prefix", metavar="PREFIX", help="The metadata format; without it the list of them."
)
@source_option
@output_option
@click.option("--style", metavar="NAME", help=f"The style of citations: {', '.join(bibliography.styles())}.")
@click.pass_context
def export(
    context: click.Context, prefix: str | None, source: str | None, output: Path | None, style: str | None
) -> None:
    """Writes the records in a metadata format: one XML document, one JSON document a line, or a text.

    \b
    Examples:
      almagest export
      almagest export --format oai_datacite -o records.xml
      almagest export --format bibtex -o records.bib
      almagest export --format citation --style numeric
      almagest export --format oai_dc --source zenodo | xmllint --format -
    """
    if prefix is None:
        writable = [form for form in formats().values() if form.write is not None]
        table(("prefix", "title", "media type"), [(f.prefix, f.title, f.media_type) for f in writable])
        return
    form = format_of(prefix)
    if form.write is None:
        known = ", ".join(one.prefix for one in formats().values() if one.write is not None)
        raise SettingsError(f"The format «{prefix}» is read, not written; written are {known}.")
    if style is not None:
        if form.prefix != bibliography.FORMAT.prefix:
            raise SettingsError("Only citations have a style: --format citation --style NAME.")
        form = bibliography.in_style(form, style)
    with opened() as catalogue, ExitStack() as stack:
        if source is not None:
            catalogue.store.source_number(source)
        changes = catalogue.store.walk(source=source)
        stream = output_stream(stack, output)
        form = written_at(form, catalogue.settings.repository_id, catalogue.settings.base_url)
        written, failed = write_records(form, changes, stream)
    if output is not None:
        say(f"{written} records are in {output}.")
    if failed:
        say(f"{failed} records have no form in {prefix} and are left out.")
        context.exit(1)


def output_stream(stack: ExitStack, output: Path | None) -> BinaryIO:
    """The file, opened as long as the stack is, or standard output."""
    if output is None:
        return sys.stdout.buffer
    try:
        return stack.enter_context(output.open("wb"))
    except OSError as error:
        raise SettingsError(f"{output} cannot be written: {error.strerror}.") from None


def write_records(form: Format, changes: Iterator[Change], stream: BinaryIO) -> tuple[int, int]:
    """Write live records one after the other: (written, those that the format has no form for)."""
    tally = Tally()
    stream.writelines(documents(form, changes, tally))
    stream.flush()
    return tally.written, tally.failed
