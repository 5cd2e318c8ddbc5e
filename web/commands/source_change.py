"""`almagest source change`: gives a registered source other options, rules or a schedule."""

from __future__ import annotations

from dataclasses import replace

import click

from catalogue import rules
from catalogue.errors import SettingsError
from catalogue.sources import OPTIONS, Source
from harvesters.base import harvester_kinds
from web.commands.opening import opened
from web.commands.source_options import WithOptions
from web.commands.terminal import say
from web.registration import checked, notice_fault, parsed_options


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
        if any(
            isinstance(one, dict) and one.get("name") == name for one in _configured(catalogue.settings.file)
        ):
            raise SettingsError(f"Source {name} stands in almagest.toml; change it there.")
        for option in without:
            if option not in before.options:
                raise SettingsError(f"Source {name} has no option «{option}» that could be taken away.")
        after = _changed(before, {**given}, sets, parsed_options(options), without)
        after = checked(after)
        with catalogue.database.source_lock(name):
            catalogue.sources.change(after)
        stored = catalogue.sources.state(name)
    say(f"Source {name} is changed.")
    if fault := notice_fault(after, catalogue.settings):
        say(fault)
    if stored.records and _asked(before) != _asked(after):
        say(
            f"Its next harvest reads the full list: of the {stored.records} records those that are not in it "
            f"are withdrawn after {after.grace:g} days of grace; if that were more than the share of "
            f"{after.shrink:g}, the harvest fails and keeps them."
        )
    if _identity(before) != _identity(after) and stored.records:
        say(f"What is joined and who is believed follows after: almagest remap {name}")
    elif _rules(before) != _rules(after) and (stored.records or stored.excluded or stored.quarantined):
        say(f"The records that are stored follow its new rules after: almagest remap {name}")


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
        own = harvester_kinds().get(kind)
        kept = {
            name: value for name, value in kept.items() if name in {**OPTIONS, **(own.options if own else {})}
        }
    return replace(
        before,
        kind=kind,
        url=given["url"] or before.url,
        prefix=before.prefix if given["prefix"] is None else given["prefix"] or None,
        sets=tuple(filter(None, sets)) if sets else before.sets,
        schedule=before.schedule if given["schedule"] is None else given["schedule"] or None,
        options={**kept, **options},
    )


def _asked(source: Source) -> tuple[object, ...]:
    return source.kind, source.urls, source.prefix, source.sets


def _configured(file: object) -> list[object]:
    tables = file.get("source", []) if isinstance(file, dict) else []
    return tables if isinstance(tables, list) else []


def _identity(source: Source) -> dict[str, str]:
    """The options that say what is one thing, and who is believed of it."""
    named = ("priority", "field-priority", "claims")
    return {name: source.options[name] for name in named if name in source.options}


def _rules(source: Source) -> dict[str, str]:
    return {name: value for name, value in source.options.items() if name in rules.OPTIONS}
