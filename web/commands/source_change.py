"""`almagest source change`: gives a registered source other options, rules or a schedule."""

from __future__ import annotations

from dataclasses import replace

import click

from catalogue import rules
from catalogue.errors import SettingsError
from catalogue.sources import Source
from web.commands.opening import opened
from web.commands.source_options import WithOptions
from web.commands.terminal import say
from web.registration import checked, parsed_options


@click.command("change", cls=WithOptions)
@click.argument("name")
@click.option("--option", "options", multiple=True, metavar="NAME=VALUE", help="Set this option, repeatable.")
@click.option("--without", multiple=True, metavar="NAME", help="Take this option away, repeatable.")
@click.option("--url", help="Another base URL.")
@click.option("--schedule", help="When to harvest, as five cron fields in UTC; empty for never.")
def change_command(
    name: str, options: tuple[str, ...], without: tuple[str, ...], url: str | None, schedule: str | None
) -> None:
    """Changes the options, the rules, the address or the schedule of a source.

    A source that stands in almagest.toml is changed there.  New rules hold for what is new or changed at
    the source from now on; what is stored follows them after: almagest remap NAME.  Kind, format and
    sets cannot be changed: register another source and remove this one.

    \b
    Examples:
      almagest source change zenodo --option "exclude-type=poster;presentation"
      almagest source change zenodo --without exclude-type --schedule "15 3 * * *"
    """
    if not options and not without and url is None and schedule is None:
        raise click.UsageError("Say what to change: --option, --without, --url or --schedule.")
    with opened() as catalogue:
        before = catalogue.sources.get(name)
        if any(
            isinstance(one, dict) and one.get("name") == name for one in _configured(catalogue.settings.file)
        ):
            raise SettingsError(f"Source {name} stands in almagest.toml; change it there.")
        for option in without:
            if option not in before.options:
                raise SettingsError(f"Source {name} has no option «{option}» that could be taken away.")
        kept = {key: value for key, value in before.options.items() if key not in without}
        after = replace(
            before,
            options={**kept, **parsed_options(options)},
            url=before.url if url is None else url,
            schedule=before.schedule if schedule is None else schedule or None,
        )
        after = checked(after)
        with catalogue.database.source_lock(name):
            catalogue.sources.change(after)
        stored = catalogue.sources.state(name)
    say(f"Source {name} is changed.")
    if _rules(before) != _rules(after) and (stored.records or stored.excluded or stored.quarantined):
        say(f"The records that are stored follow its new rules after: almagest remap {name}")


def _configured(file: object) -> list[object]:
    tables = file.get("source", []) if isinstance(file, dict) else []
    return tables if isinstance(tables, list) else []


def _rules(source: Source) -> dict[str, str]:
    return {name: value for name, value in source.options.items() if name in rules.OPTIONS}
