"""A target and how the targets are found.

A new target is ONE file in this package that holds ``TARGET``: the record's page, REST and the
docs find it here.  Which instances of it exist (a REANA, a JupyterHub …) say the ``[[target]]`` tables
of almagest.toml; where they say nothing, the target's own public ones are offered.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import web.targets
from catalogue.discovery import held_in
from catalogue.errors import NotFound, SettingsError
from catalogue.record import Distribution, Record
from mappings.links import web_address
from web.languages import N_

Kind = Literal["fetch", "run", "open"]

KINDS: Mapping[Kind, str] = {"fetch": N_("Fetch it"), "run": N_("Run it"), "open": N_("Open it")}
"""What targets are for, in the order in which the page shows them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """One installation of a target: its name, its address, and what else was set for it."""

    title: str
    url: str
    options: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """What a target is asked about.

    ``page`` is the public address of the record's page here; ``instances`` are those of the target.
    """

    record: Record
    page: str
    instances: tuple[Instance, ...] = ()

    def file(self, target: str, name: str) -> str:
        """The address of a file that a target makes for the record."""
        return f"{self.page}/use/{target}/{name}"

    def option(self, name: str) -> str | None:
        """What the first instance that says anything of it has set."""
        return option_of(self.instances, name)


@dataclass(frozen=True, slots=True)
class Sending:
    """What a program on the visitor's machine is to load: a message type of SAMP, an address, a name."""

    mtype: str
    url: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """One way that a target offers.

    ``url``      an address that opens it
    ``made``     the name of a file that the target makes for it, beside ``url`` or instead of it
    ``command``  lines for a shell, with everything from outside quoted
    ``python``   lines of Python, likewise
    ``send``     an address that a program on the visitor's machine is to load, and as what (SAMP)
    ``needs``    which token or login it takes; ``None``: none
    ``of``       the file that it concerns; ``None``: the whole record
    ``leads``    whether it stands on the record's own page too, as addresses of the whole record do
    """

    label: str
    url: str | None = None
    made: str | None = None
    command: str | None = None
    python: str | None = None
    send: Sending | None = None
    needs: str | None = None
    note: str | None = None
    of: Distribution | None = None
    leads: bool = False


@dataclass(frozen=True, slots=True)
class Made:
    """A file that a target makes for a record: its media type, and how its bytes are made."""

    media_type: str
    make: Callable[[Use], bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A place or tool that turns a record into work.

    ``offers`` gives no offers for records that it can do nothing with; ``files`` are those that it makes,
    by name; ``instances`` are the public ones that are offered where settings name none; ``rank`` says
    where it stands among those of its kind, the smallest first.
    """

    name: str
    title: str
    kind: Kind
    offers: Callable[[Use], Iterable[Offer]]
    files: Mapping[str, Made] = field(default_factory=dict)
    instances: tuple[Instance, ...] = ()
    rank: int = 50


@functools.cache
def targets() -> Mapping[str, Target]:
    """All targets by name, in the order of their kinds, ranks and names."""
    order = list(KINDS)
    found: list[Target] = sorted(
        held_in(web.targets, "TARGET"),
        key=lambda target: (order.index(target.kind), target.rank, target.name),
    )
    return {target.name: target for target in found}


def target_of(name: str) -> Target:
    """The target of this name; raises `NotFound` that names the known ones."""
    try:
        return targets()[name]
    except KeyError:
        raise NotFound(f"There is no target «{name}»; known are {', '.join(targets())}.") from None


def use_of(target: Target, record: Record, page: str, file: Mapping[str, Any]) -> Use:
    """What a target is asked about; ``file`` is almagest.toml."""
    return Use(record=record, page=page, instances=instances_of(target, file))


def instances_of(target: Target, file: Mapping[str, Any]) -> tuple[Instance, ...]:
    """The instances that settings name, else the public ones; raises `SettingsError`."""
    tables = [one for one in configured(file) if one["kind"] == target.name]
    if not tables:
        return target.instances
    return tuple(
        Instance(
            title=str(one.get("title") or one["url"]),
            url=str(one["url"]).rstrip("/"),
            options={key: str(value) for key, value in one.items() if key not in {"kind", "title", "url"}},
        )
        for one in tables
        if one.get("url")
    )


def option_of(instances: Iterable[Instance], name: str) -> str | None:
    """What the first instance that says anything of an option has set."""
    return next((one.options[name] for one in instances if one.options.get(name)), None)


def configured(file: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The ``[[target]]`` tables of almagest.toml; an empty ``url`` means: none; raises `SettingsError`."""
    tables = file.get("target", [])
    if not isinstance(tables, list) or not all(isinstance(one, dict) for one in tables):
        raise SettingsError("almagest.toml: targets are written as [[target]] tables.")
    for one in tables:
        if one.get("kind") not in targets():
            raise SettingsError(
                f"almagest.toml: there is no target «{one.get('kind')}»; known are {', '.join(targets())}."
            )
        url = one.get("url")
        if not isinstance(url, str) or (url and web_address(url) is None):
            raise SettingsError(
                f"almagest.toml: the target «{one['kind']}» needs «url», an http(s) address; "
                "an empty one takes it off the pages."
            )
    return tables
