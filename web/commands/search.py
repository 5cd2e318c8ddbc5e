"""`almagest search`: the search of the page and of REST, with the same parameters."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
from marshmallow import ValidationError, fields

from catalogue.absences import notes
from catalogue.errors import QueryError, SettingsError
from catalogue.index import Hits, Query
from catalogue.opening import Catalogue
from catalogue.sky import use_names
from catalogue.spelling import did_you_mean
from harvesters.name_resolver import names
from mappings.region_files import MAXIMUM_FILE
from web.commands.opening import opened
from web.commands.records import output_option, output_stream
from web.commands.terminal import json_line, json_option, say
from web.exports import export_of, exports
from web.pages_text import people, published
from web.posted_search import with_region
from web.record_stream import Tally
from web.search_help import short
from web.search_parameters import SearchParameters, arguments, read_query
from web.whole_result import whole_result

Command = Callable[..., Any]
MOST_ELSEWHERE = 50


def _search_options(command: Command) -> Command:
    """An option for each parameter of a search but the words; which are the argument."""
    for name, field in reversed(SearchParameters().fields.items()):
        if name not in {"q", "region"}:
            help = str(field.metadata.get("description", ""))
            several = isinstance(field, fields.List)
            kind = click.INT if isinstance(field, fields.Integer) else click.STRING
            command = click.option(f"--{name}", name, type=kind, multiple=several, help=help)(command)
    return command


@click.command(
    epilog=f"\b\nQuery language:\n{short()}\n\nAll of it: docs/search.md, or the page /help/search."
)
@click.argument("words", nargs=-1)
@_search_options
@click.option(
    "--moc-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="A region: a MOC in ASCII, JSON or FITS, or a VOTable of positions with --radius.",
)
@click.option("--radius", type=click.FloatRange(0, 180), help="Degrees around the positions of a VOTable.")
@json_option
@click.option("--format", "form", metavar="NAME", help="Write the whole result in this form.")
@output_option
@click.option("--remote", is_flag=True, help="Ask the sources with the option live in place of the index.")
@click.pass_context
def search(
    context: click.Context,
    /,
    words: tuple[str, ...],
    moc_file: Path | None,
    radius: float | None,
    as_json: bool,
    form: str | None,
    output: Path | None,
    remote: bool,
    **values: Any,
) -> None:
    """Finds records by words, facets, dates, sky, time, energy and parameters.

    WORDS are words, "phrases", -exclusions and field:value, as in the page; quote them as one argument,
    and put -- before one that begins with a dash. Without --format a page of hits is listed; with it
    the whole result is written, the newest change first, or as much of it as --size says. The forms are
    jsonl, csv, votable, parquet and those of `almagest export`.

    \b
    Examples:
      almagest search dark matter --type dataset --sort newest
      almagest search 'neutrino -solar' --published 2015/ --size 100
      almagest search --sky 10.68,41.27,0.5 --time 2015-03/57100.5 --energy X-ray
      almagest search --moc-file footprint.fits --place Grenoble
      almagest search --moc 6/12-15 --sort fit
      almagest search --parameter 'photon_energy > 10 keV' --parameter 'temperature 4..10 K'
      almagest search pulsar --json | jq -r .id
      almagest search pulsar --format bibtex -o pulsars.bib
      almagest search --moc 6/12-15 --format votable -o region.vot
      almagest search neutron reflectometry --remote
    """
    if form is not None and as_json:
        raise SettingsError("Say one of --json and --format; --format jsonl writes the whole result as JSON.")
    if remote and form is not None:
        raise SettingsError("What is elsewhere is listed, or written with --json; --format is for our own.")
    if form is None and output is not None:
        raise SettingsError(f"Say with --format how {output} is to be written: {', '.join(exports())}.")
    most = values.pop("size") if form is not None else None
    if most is not None and most < 1:
        raise SettingsError("--size is 1 at least; without it the whole result is written.")
    query = _asked(" ".join(words), values)
    if moc_file is not None:
        with moc_file.open("rb") as file:
            query = with_region(query, file.read(MAXIMUM_FILE + 1), radius)
    with opened() as catalogue:
        use_names(names(catalogue.settings))
        if remote:
            context.exit(_tell_remote(catalogue, query, as_json))
        if form is not None:
            context.exit(_write(catalogue, query, most, form, output))
        _tell(catalogue, query, catalogue.search(replace(query, counts=())), as_json)


def _asked(words: str, values: dict[str, Any]) -> Query:
    """The query, checked as REST does; raises `QueryError` that names the option."""
    given = {"q": words, **{name: list(value) if isinstance(value, tuple) else value
             for name, value in values.items()}}  # fmt: skip
    schema = SearchParameters()
    try:
        loaded = schema.load({name: value for name, value in given.items() if value not in (None, "", [])})
    except ValidationError as error:
        arguments.handle_error(error, None, schema)
    return read_query(loaded)


def _write(catalogue: Catalogue, query: Query, most: int | None, form: str, output: Path | None) -> int:
    export, tally = export_of(form), Tally()
    if query.cursor is not None:
        raise QueryError("A cursor belongs to a page of hits, not to a file.", parameter="cursor")
    _, changes = whole_result(catalogue, query, most)
    chunks = export.write(changes, catalogue.settings, tally)
    with ExitStack() as stack:
        stream = output_stream(stack, output)
        stream.writelines(chunks)
        stream.flush()
    if output is not None:
        say(f"{tally.written} records are in {output}.")
    if tally.failed:
        say(f"{tally.failed} records have no form in {form} and are left out.")
    return 1 if tally.failed else 0


def _tell(catalogue: Catalogue, query: Query, found: Hits, as_json: bool) -> None:
    changes = catalogue.store.get_many([hit.id for hit in found.hits])
    records = [change.record for change in changes.values() if change.record is not None]
    for record in records:
        if as_json:
            json_line(record)
        else:
            by = f"  ({people(record.creators)})" if record.creators else ""
            click.echo(f"{record.id}  {record.kind:12}  {published(record) or '    '}  {record.title}{by}")
    noun = "record is" if found.total == 1 else "records are"
    say(f"{found.total:,} {noun} found, {len(records)} listed here.")
    if query.words and found.understood != query.words:
        say(f"Understood as: {found.understood}")
    if found.unrefined:
        say(f"Of up to {found.unrefined:,} only the outline was looked at; they may lie beside the region.")
    if found.unfitted:
        say(
            "Those whose area is nearest to that of the region were compared with it; "
            f"{found.unfitted:,} others come behind them."
        )
    for what, count in found.uncovered.items():
        if count:
            say(f"{count:,} more say nothing of their {what}.")
    for note in notes(catalogue.index, query, found):
        say(note.text)
    if not found.total and query.words and (meant := did_you_mean(catalogue.index, query)):
        say(f"Did you mean «{meant}»?")
    if found.cursor is not None:
        say(f"Further ones: the same with --cursor {found.cursor}")


def _tell_remote(catalogue: Catalogue, query: Query, as_json: bool) -> int:
    """What the sources with the option live answer; 1 where one of them did not."""
    from web.remote import search_elsewhere
    from web.remote_json import remote_json

    found = search_elsewhere(catalogue, query, None, size=min(query.size, MOST_ELSEWHERE))
    for answer in found.answers:
        if as_json:
            json_line(remote_json(answer, found, catalogue.settings.base_url))
            continue
        for hit in answer.hits:
            here = f"  (here: {held})" if (held := found.held.get(hit.record.id)) else ""
            click.echo(f"{answer.source}  {hit.identifier}  {hit.record.kind}  {hit.record.title}{here}")
        total = "" if answer.total is None else f" {answer.total:,} found,"
        told = answer.error or f"{len(answer.hits)} listed here."
        say(f"{answer.title}: {answer.status} in {answer.seconds:.1f} s;{total} {told}")
        if answer.not_asked:
            say(f"{answer.title} could not be asked for: {', '.join(answer.not_asked)}.")
        for sentence in answer.told:
            say(f"{answer.title}: {sentence}")
    if not found.answers:
        say("No source may be asked; give one the option live=yes.")
    return 1 if any(answer.status != "answered" for answer in found.answers) else 0
