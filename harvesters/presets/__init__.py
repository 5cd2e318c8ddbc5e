"""Presets: endpoints that the community runs, ready to be registered; one small TOML file each.

A new one is ONE file ``<name>.toml`` in this package: ``title, community, kind, url, origin,
reached`` and, where needed, ``prefix, sets, note`` and a table ``options``.
"""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from importlib import resources
from typing import Any

from catalogue.errors import NotFound, SettingsError
from catalogue.sources import Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """An endpoint of the community with the settings that suit it.

    ``origin``   where its address comes from
    ``reached``  whether whoever wrote it down has had an answer from there
    ``note``     what its operator or ours should know
    """

    name: str
    title: str
    community: str
    kind: str
    url: str
    origin: str
    reached: bool
    prefix: str | None = None
    sets: tuple[str, ...] = ()
    options: Mapping[str, str] = field(default_factory=dict)
    note: str | None = None

    def source(self, name: str | None = None) -> Source:
        """The source that it describes, under its own name or another one; not yet registered."""
        return Source(
            name=name or self.name,
            kind=self.kind,
            url=self.url,
            prefix=self.prefix,
            sets=self.sets,
            options={"title": self.title, **self.options},
        )


@functools.cache
def presets() -> Mapping[str, Preset]:
    """All presets by name; raises `SettingsError` for a file that is none."""
    files = (file for file in resources.files(__name__).iterdir() if file.name.endswith(".toml"))
    found = [read_preset(file.name.removesuffix(".toml"), file.read_text(encoding="utf-8")) for file in files]
    return {preset.name: preset for preset in sorted(found, key=lambda preset: preset.name)}


def preset(name: str) -> Preset:
    """The preset of this name; raises `NotFound` that says which there are."""
    try:
        return presets()[name]
    except KeyError:
        raise NotFound(f"There is no preset «{name}»; known are {', '.join(presets())}.") from None


def read_preset(name: str, text: str) -> Preset:
    """A preset from its file; raises `SettingsError` that names the file and what is wrong with it."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"The preset «{name}» is not valid TOML: {error}.") from None
    known = {part.name for part in fields(Preset)} - {"name"}
    unknown = sorted(set(table) - known)
    missing = [key for key in ("title", "community", "kind", "url", "origin", "reached") if key not in table]
    if unknown or missing:
        wrong = f"has the unknown key «{unknown[0]}»" if unknown else f"lacks «{missing[0]}»"
        raise SettingsError(f"The preset «{name}» {wrong}.")
    if not isinstance(table["reached"], bool):
        raise SettingsError(f"The preset «{name}» must say reached = true or false.")
    options = {key: _option(value) for key, value in table.pop("options", {}).items()}
    return Preset(name=name, sets=tuple(table.pop("sets", ())), options=options, **table)


def _option(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
