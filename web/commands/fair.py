"""`almagest fair`: how FAIR records are, and what to mend first."""

from __future__ import annotations

import click

from catalogue.assessments import Assessments
from catalogue.errors import SettingsError
from catalogue.fair import LIMITS, assess
from catalogue.fair_rules import LETTERS
from catalogue.opening import Catalogue
from web.commands.opening import opened
from web.commands.terminal import json_line, json_option, say, table
from web.fair_report import (
    assessment_json,
    csv_report,
    lifted,
    markdown_report,
    percent,
    report_json,
    source_report,
)


@click.command()
@click.argument("record", required=False)
@click.option("--source", metavar="NAME", help="The records of this source together, and what to mend first.")
@click.option(
    "--report",
    type=click.Choice(["csv", "md"]),
    help="With --source: what to mend as a table, or a report for the provider as Markdown.",
)
@json_option
def fair(record: str | None, source: str | None, report: str | None, as_json: bool) -> None:
    """Tells how FAIR a record, the records of a source, or of each source are, after the FsF metrics.

    It sees what records say, not whether their addresses answer.

    \b
    Examples:
      almagest fair
      almagest fair --source zenodo
      almagest fair --source zenodo --report md > letter.md
      almagest fair 3f1c9e0a5b7d2c4e6f80 --json
    """
    if (record and source) or (report and not source) or (report and as_json):
        raise SettingsError("Say RECORD, or --source NAME with one of --report and --json, or neither.")
    with opened() as catalogue:
        if record is not None:
            _tell_record(catalogue, record, as_json)
            return
        # What a running service has already followed costs nothing here.
        Assessments(catalogue.database).follow()
        if source is not None:
            _tell_source(catalogue, source, report, as_json)
        else:
            _tell_all(catalogue, as_json)


def _tell_record(catalogue: Catalogue, id: str, as_json: bool) -> None:
    # A record that is part of a product is assessed with what all its sources tell, as on its page.
    id = catalogue.store.change(id).joined or id
    assessed = assess(catalogue.store.get(id))
    if as_json:
        json_line({"id": id, **assessment_json(assessed)})
        return
    _tell_letters(assessed.scores, assessed.total)
    for check in assessed.lacking:
        click.echo(f"{check.rule.metric:13} {check.found} {check.mend}")
    say(LIMITS)


def _tell_letters(scores: dict[str, float], total: float) -> None:
    table([*LETTERS.values(), "Together"], [[*(percent(scores[one]) for one in LETTERS), percent(total)]])


def _tell_source(catalogue: Catalogue, source: str, form: str | None, as_json: bool) -> None:
    report, base = source_report(catalogue, source), catalogue.settings.base_url
    if as_json:
        json_line(report_json(report, base))
    elif form is not None:
        lines = csv_report(report) if form == "csv" else markdown_report(report, base)
        click.echo("".join(lines), nl=False)
    else:
        _tell_letters(report.summary.scores, report.summary.total)
        for gap in report.summary.gaps:
            click.echo(f"\n{gap.records:,} of {report.summary.records:,}: {gap.rule.lacking} {gap.rule.mend}")
            examples = ", ".join(one.identifier for one in report.examples[gap.rule.id])
            click.echo(f"    {gap.rule.metric}; {lifted(gap)}; for example {examples}")
        say(LIMITS)


def _tell_all(catalogue: Catalogue, as_json: bool) -> None:
    reports = [source_report(catalogue, one.name) for one in catalogue.sources.all()]
    if as_json:
        for one in reports:
            json_line(report_json(one, catalogue.settings.base_url))
        return
    rows = [
        [
            one.source,
            one.summary.records,
            *(percent(one.summary.scores[letter]) for letter in LETTERS),
            percent(one.summary.total),
            one.summary.gaps[0].rule.lacking if one.summary.gaps else None,
        ]
        for one in reports
    ]
    table(["source", "records", *LETTERS.values(), "together", "worst gap"], rows)
