"""Sources made of what is known already: a preset, or a record that describes a repository."""

from __future__ import annotations

import re
import shlex
import unicodedata
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import replace

from catalogue.errors import NotFound, SettingsError
from catalogue.opening import Catalogue
from catalogue.record import Record
from catalogue.sources import Source
from harvesters.endpoints import Endpoint, endpoints_of

LONGEST_NAME = 40
"""Letters of a name that is made of a title."""


def changed(
    source: Source,
    *,
    name: str | None = None,
    kind: str | None = None,
    url: str | None = None,
    prefix: str | None = None,
    sets: Sequence[str] = (),
    schedule: str | None = None,
    options: Mapping[str, str] | None = None,
) -> Source:
    """The source with what was given in place of its own; options are added to its own.

    Another kind takes along neither prefix nor sets nor options, which belong to the old one.
    """
    if kind is not None and kind != source.kind:
        source = replace(source, kind=kind, prefix=None, sets=(), options={})
    return replace(
        source,
        name=name or source.name,
        url=url or source.url,
        prefix=prefix or source.prefix,
        sets=tuple(sets) or source.sets,
        schedule=schedule or source.schedule,
        options={**source.options, **(options or {})},
    )


def nightly(name: str) -> str:
    """A schedule once a night (0 to 5 h UTC) at a time made of the name, so that not all begin at once."""
    hour, minute = divmod(zlib.crc32(name.encode()) % 300, 60)
    return f"{minute} {hour} * * *"


def described(catalogue: Catalogue, id: str) -> Record:
    """The live record of this id; raises `NotFound` and `Gone`."""
    change = catalogue.store.change(id)
    if change.record is None:
        raise NotFound(f"The record {id} is withdrawn; no source can be made of it.")
    return change.record


def offered(record: Record) -> tuple[Endpoint, ...]:
    """What can be harvested of the repository that a record describes; raises `NotFound` for nothing."""
    endpoints = endpoints_of(record)
    if not endpoints:
        raise NotFound(
            f"The record {record.id} names no endpoint that can be harvested; "
            "if you know one, give it with --kind and --url."
        )
    return endpoints


def source_of(record: Record, number: int = 1) -> Source:
    """The source of a described repository's endpoint, counted from 1, under a name made of its title.

    Raises `NotFound` where the record names none, `SettingsError` for a number that is too high.
    """
    endpoints = offered(record)
    if not 1 <= number <= len(endpoints):
        raise SettingsError(f"The record {record.id} names {len(endpoints)} endpoints, not {number}.")
    endpoint = endpoints[number - 1]
    name = suggested_name(record.title)
    return Source(name=name, kind=endpoint.kind, url=endpoint.url, prefix=endpoint.prefix)


def suggested_name(title: str) -> str:
    """A name as sources have it, made of a title: its words in lower case without marks and accents."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    words = re.findall(r"[a-z0-9]+", plain)
    name = words[0] if words else "source"
    for word in words[1:]:
        if len(name) + 1 + len(word) > LONGEST_NAME:
            break
        name += "-" + word
    return name[:LONGEST_NAME]


def command_line(source: Source, *, record: str | None = None, number: int = 1) -> str:
    """The command that registers a source as given, or of a record; without any credential."""
    words = ["almagest", "source", "add", source.name]
    if record is not None:
        words += ["--from-record", record]
        if number > 1:
            words += ["--endpoint", str(number)]
    else:
        words += ["--kind", source.kind, "--url", source.url]
        if source.prefix:
            words += ["--prefix", source.prefix]
    for spec in source.sets:
        words += ["--set", spec]
    if source.schedule:
        words += ["--schedule", source.schedule]
    for option, value in source.options.items():
        if option != "token":
            words += ["--option", f"{option}={value}"]
    return shlex.join(words)
