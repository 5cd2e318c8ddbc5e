"""`almagest source change`: gives a registered source other options, rules or a schedule."""

from __future__ import annotations

from dataclasses import replace

import click

from catalogue.errors import SettingsError
from catalogue.sources import Source
from web.commands.opening import opened
from web.commands.source_options import WithOptions
from web.commands.terminal import login, say
from web.registration import parsed_options
from web.source_changes import change_source, check_changeable, options_of


@click.command("change", cls=WithOptions)
@click.argument("name")
@click.option("--option", "options", multiple=True, metavar="NAME=VALUE", help="Set this option, repeatable.")
@click.option("--without", multiple=True, metavar="NAME", help="Take this option away, repeatable.")
@click.option("--kind", help="Another protocol, of those below; options that it does not know go.")
@click.option("--url", help="Another base URL.")
@click.option("--prefix", help="Another metadata format; empty for the richest we can read.")
@click.option(
    "--set", "sets", multiple=True, help="These sets in place of all others; empty for all records."
)
@click.option("--schedule", help="When to harvest, as five cron fields in UTC; empty for never.")
def change_command(
    name: str, options: tuple[str, ...], without: tuple[str, ...], sets: tuple[str, ...], **given: str | None
) -> None:
    """Changes the options, the rules, the schedule of a source, or what is asked for and where.

    A source that stands in almagest.toml is changed there.  New rules hold for what is new or changed at
    the source from now on; what is stored follows them after: almagest remap NAME.  After a change of
    kind, address, format or sets the next harvest reads the full list, and records that are not in it
    are withdrawn after the days of the option grace, unless they are more than its shrink allows.

    \b
    Examples:
      almagest source change zenodo --option "exclude-type=poster;presentation"
      almagest source change zenodo --without exclude-type --schedule "15 3 * * *"
      almagest source change zenodo --set user-ossr --set user-ctao --prefix oai_datacite
    """
    if not (options or without or sets or any(value is not None for value in given.values())):
        raise click.UsageError(
            "Say what to change: --option, --without, --kind, --url, --prefix, --set or --schedule."
        )
    with opened() as catalogue:
        before = catalogue.sources.get(name)
        check_changeable(catalogue, name)
        for option in without:
            if option not in before.options:
                raise SettingsError(f"Source {name} has no option «{option}» that could be taken away.")
        after = _changed(before, {**given}, sets, parsed_options(options), without)
        told = change_source(catalogue, after, by=login())
    say(f"Source {name} is changed.")
    for sentence in told:
        say(sentence)


def _changed(
    before: Source,
    given: dict[str, str | None],
    sets: tuple[str, ...],
    options: dict[str, str],
    without: tuple[str, ...],
) -> Source:
    """The source with what was given in place of its own; an empty text takes something away."""
    kind = given["kind"] or before.kind
    kept = {name: value for name, value in before.options.items() if name not in without}
    if kind != before.kind:
        kept = {name: value for name, value in kept.items() if name in options_of(kind)}
    return replace(
        before,
        kind=kind,
        url=given["url"] or before.url,
        prefix=before.prefix if given["prefix"] is None else given["prefix"] or None,
        sets=tuple(filter(None, sets)) if sets else before.sets,
        schedule=before.schedule if given["schedule"] is None else given["schedule"] or None,
        options={**kept, **options},
    )
