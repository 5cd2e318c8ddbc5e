"""`almagest source presets`: the community's endpoints that are ready to be registered."""

from __future__ import annotations

import click

from harvesters.presets import Preset, presets
from web.commands.terminal import json_line, json_option, say, table


@click.command("presets")
@json_option
def presets_command(as_json: bool) -> None:
    """Lists the community's endpoints that are ready to be registered.

    \b
    Examples:
      almagest source presets
      almagest source presets --json | jq -r 'select(.community == "IVOA") | .name'
    """
    found = list(presets().values())
    if as_json:
        for one in found:
            json_line(preset_json(one))
        return
    heads = ("name", "title", "kind", "community", "url")
    table(heads, [(one.name, one.title, one.kind, one.community, one.url) for one in found])
    unreached = sum(not one.reached for one in found)
    if unreached:
        say(
            f"{unreached} of these addresses come from documents and were not asked by us: --json tells "
            "which. Register one and try it: almagest source add --preset NAME; almagest source test NAME"
        )


def preset_json(one: Preset) -> dict[str, object]:
    """A preset as plain JSON, with where its address comes from."""
    return {
        "name": one.name,
        "title": one.title,
        "kind": one.kind,
        "community": one.community,
        "url": one.url,
        "prefix": one.prefix,
        "sets": list(one.sets),
        "options": dict(one.options),
        "origin": one.origin,
        "reached": one.reached,
        "note": one.note,
    }
