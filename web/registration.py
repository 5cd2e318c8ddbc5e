"""Registering sources: what an operator gives is checked before it is stored."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from catalogue.errors import SettingsError, SourceBusy
from catalogue.opening import Catalogue
from catalogue.rules import OPTIONS as RULES
from catalogue.settings import Settings
from catalogue.sources import OPTIONS, SECRET_OPTIONS, Source, check_source
from harvesters.base import harvester_kinds
from harvesters.live import live_kinds

log = logging.getLogger(__name__)

RESERVED = frozenset({"new", "test"})
"""Names that no source can have, as pages have them: /sources/new, /sources/test."""
HIDDEN = "…"
FILE = "almagest.toml"
"""Who changes the sources that stand there."""
_WEB = ("http://", "https://")


def checked(source: Source, folder: Path | None = None) -> Source:
    """The source, its path made absolute; raises `SettingsError` with one sentence that names what is known.

    A path of this machine is taken from ``folder``, or from where the command runs: later the
    harvest may run elsewhere.
    """
    kinds = harvester_kinds()
    if source.name in RESERVED:
        raise SettingsError(f"A source cannot be called «{source.name}»; choose another name.")
    if source.kind not in kinds:
        raise SettingsError(
            f"There is no kind of source «{source.kind}»; known are {', '.join(sorted(kinds))}."
        )
    kind = kinds[source.kind]
    if kind.local and not source.url.startswith(_WEB):
        path = (folder or Path.cwd()) / Path(source.url).expanduser()
        source = replace(source, url=str(path.absolute()))
    for url in source.urls:
        if not kind.local or url.startswith(_WEB):
            _check_address(url)
    known = {**OPTIONS, **kind.options}
    for name in source.options:
        if name not in known:
            raise SettingsError(
                f"There is no option «{name}» of a source of kind {source.kind}; "
                f"known are {', '.join(sorted(known))}."
            )
    check_source(source)
    if source.live != "no" and source.kind not in live_kinds():
        raise SettingsError(
            f"Sources of kind {source.kind} cannot be asked while somebody searches (option live); "
            f"known are {', '.join(live_kinds())}."
        )
    kind.check(source)
    if source.schedule is not None:
        from web.scheduler import check_schedule

        check_schedule(source.schedule)
    return source


def _check_address(url: str) -> None:
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise SettingsError(f"«{url}» is not an address: give one like https://example.org/oai.") from None
    if parts.scheme not in {"http", "https"} or not host or any(mark.isspace() for mark in url):
        raise SettingsError(f"«{url}» is not an http(s) address: give one like https://example.org/oai.")
    if parts.username or parts.password:
        raise SettingsError(
            "An address must not hold a password; give the credential with --option token-env=VARIABLE."
        )
    if parts.fragment or "verb=" in parts.query:
        raise SettingsError(
            f"«{url}» must end before «?verb=» or «#»: prefix and sets have options of their own."
        )


def parsed_options(pairs: Sequence[str]) -> dict[str, str]:
    """Options from ``name=value`` texts; raises `SettingsError`."""
    options = {}
    for pair in pairs:
        name, sign, value = pair.partition("=")
        if not sign or not name:
            raise SettingsError(f"An option is written NAME=VALUE, not «{pair}».")
        options[name.strip()] = value.strip()
    return options


def notice_fault(source: Source, settings: Settings) -> str | None:
    """Why nobody would be told of the source's failures although somebody is to be, and what to do."""
    addresses = settings.notify if source.notify is None else source.notify
    if settings.smtp_url or not any(address.startswith("mailto:") for address in addresses):
        return None
    return (
        f"Nobody would get the e-mail that tells of failures of {source.name}: no mail server is known; "
        "set ALMAGEST_SMTP_URL."
    )


def public_options(source: Source) -> dict[str, str]:
    """The options without credentials."""
    return {name: HIDDEN if name in SECRET_OPTIONS else value for name, value in source.options.items()}


def register_configured(catalogue: Catalogue) -> None:
    """Register or update the sources of the [[source]] tables; raises `SettingsError`."""
    tables = catalogue.settings.file.get("source", [])
    if not isinstance(tables, list) or not all(isinstance(table, Mapping) for table in tables):
        raise SettingsError("almagest.toml: sources are written as [[source]] tables.")
    if not tables:
        return
    present = {source.name: source for source in catalogue.sources.all()}
    for number, table in enumerate(tables, 1):
        source = _configured(table, number, catalogue.settings.home)
        if source.name not in present:
            catalogue.sources.add(source, by=FILE)
        elif source != present[source.name]:
            _change(catalogue, source)


def _change(catalogue: Catalogue, source: Source) -> None:
    try:
        with catalogue.database.source_lock(source.name):
            before = catalogue.sources.get(source.name)
            catalogue.sources.change(source, by=FILE)
        if any(before.options.get(name) != source.options.get(name) for name in RULES):
            log.warning(
                "its rules have changed; what is stored follows them after: almagest remap %s",
                source.name,
                extra={"source": source.name},
            )
    except SourceBusy:
        # A harvest that ends later would put down that it has read the list that is no more.
        log.warning("it is being harvested; its new settings wait until then", extra={"source": source.name})


def _configured(table: Mapping[str, Any], number: int, home: Path) -> Source:
    where = f"almagest.toml, [[source]] {number}"
    known = {part.name for part in fields(Source)} - {"sets"} | {"sets", "set"}
    for key in table:
        if key not in known:
            raise SettingsError(f"{where}: there is no key «{key}»; known are {', '.join(sorted(known))}.")
    for key in ("name", "kind", "url"):
        if not isinstance(table.get(key), str):
            raise SettingsError(f"{where}: «{key}» is missing; a source needs name, kind and url.")
    sets = table.get("sets", table.get("set", []))
    options = table.get("options", {})
    if not isinstance(options, Mapping):
        raise SettingsError(f"{where}: options are a table, options = {{grace = 7}}.")
    try:
        return checked(
            Source(
                name=table["name"],
                kind=table["kind"],
                url=table["url"],
                prefix=_text(table.get("prefix")),
                sets=(sets,) if isinstance(sets, str) else tuple(str(one) for one in sets),
                schedule=_text(table.get("schedule")),
                options={name: _option(value) for name, value in options.items()},
            ),
            home,
        )
    except SettingsError as wrong:
        raise SettingsError(f"{where}: {wrong}") from None


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


def _option(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
