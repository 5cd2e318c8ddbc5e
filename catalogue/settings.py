"""The settings: environment over almagest.toml over defaults that need nothing installed."""

from __future__ import annotations

import difflib
import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from catalogue import cluster
from catalogue.errors import SettingsError
from catalogue.sources import check_recipients, recipients

PREFIX = "ALMAGEST_"
_LONGEST_WAIT = 60
"""Seconds for which somebody who searches may be let wait for other services."""
ADDRESS = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252}[A-Za-z0-9])?", re.ASCII
)
"""An e-mail address as digests take it: the plain form of RFC 5321, section 4.1.2."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How one installation runs; each field is the environment variable ``ALMAGEST_<FIELD>``.

    ``guest_addresses`` are the private HOST:PORT that visitors may let us ask none the less: the
    demo's own sample server, and nothing else.
    """

    home: Path
    database_url: str
    index_url: str
    graph_url: str
    base_url: str
    repository_id: str
    repository_name: str
    admin_email: str
    contact: str
    secret: str
    token: str
    resolver_url: str
    allow_private: bool
    log_format: str
    workers: int
    oai_page_size: int
    smtp_url: str
    mail_from: str
    remote_seconds: float
    notify: tuple[str, ...]
    file: Mapping[str, Any]
    guest_addresses: tuple[str, ...] = ()
    index_api_key: str = field(default="", repr=False)
    index_ca: str = ""
    index_certificate: str = ""
    index_fingerprint: str = ""
    index_shards: int = 1
    index_replicas: str = "0-1"
    index_routing: str = ""
    graph_update_url: str = ""
    graph_token: str = field(default="", repr=False)
    graph_queries: int = 2
    graph_memory: int = 1000
    dump_hour: int | None = 2
    dumps_kept: int = 3

    @property
    def has_graph(self) -> bool:
        """Whether the graph is kept at all: ``graph_url`` may be «none»."""
        return self.graph_url != "none"


def load_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """The settings in force; raises `SettingsError` that names what is wrong and where."""
    environ = os.environ if environ is None else environ
    home = Path(environ.get(PREFIX + "HOME") or "data").expanduser().absolute()
    file = _read_file(home / "almagest.toml")

    def value(name: str, default: str) -> str:
        given = environ.get(PREFIX + name.upper())
        if given is None or given == "":
            given = file.get(name, default)
        if isinstance(given, bool):
            return "yes" if given else "no"
        if not isinstance(given, str | int | float):
            raise SettingsError(f"{home / 'almagest.toml'}: «{name}» must be a text or a number.")
        return str(given)

    base_url = value("base_url", "http://localhost:8080").rstrip("/")
    host = urlsplit(base_url).hostname
    if urlsplit(base_url).scheme not in {"http", "https"} or not host:
        raise SettingsError(f"ALMAGEST_BASE_URL must be an http(s) address, not «{base_url}».")
    repository_id = value("repository_id", host)
    return Settings(
        home=home,
        database_url=value("database_url", f"sqlite:///{home}/catalogue.db"),
        index_url=value("index_url", f"embedded:{home}/index"),
        graph_url=value("graph_url", f"embedded:{home}/graph"),
        base_url=base_url,
        repository_id=repository_id,
        repository_name=value("repository_name", "Almagest"),
        admin_email=value("admin_email", f"admin@{host if '.' in host else 'example.org'}"),
        contact=value("contact", ""),
        secret=value("secret", ""),
        token=value("token", ""),
        resolver_url=_address("resolver_url", value("resolver_url", "")),
        allow_private=_switch("allow_private", value("allow_private", "no")),
        log_format=_choice("log_format", value("log_format", "text"), ("text", "json")),
        workers=_positive("workers", value("workers", "4")),
        oai_page_size=_positive("oai_page_size", value("oai_page_size", "100")),
        smtp_url=_mail_server(value("smtp_url", "")),
        mail_from=_sender(value("mail_from", "")),
        remote_seconds=_seconds("remote_seconds", value("remote_seconds", "5")),
        notify=_recipients(value("notify", "")),
        file=file,
        guest_addresses=_host_ports(value("guest_addresses", "")),
        index_api_key=cluster.api_key(value("index_api_key", "")),
        index_ca=cluster.pem_file("index_ca", value("index_ca", "")),
        index_certificate=cluster.pem_file("index_certificate", value("index_certificate", "")),
        index_fingerprint=cluster.fingerprint(value("index_fingerprint", "")),
        index_shards=cluster.shards(_positive("index_shards", value("index_shards", "1"))),
        index_replicas=cluster.replicas(value("index_replicas", "0-1")),
        index_routing=cluster.routing(value("index_routing", "")),
        graph_update_url=_address("graph_update_url", value("graph_update_url", "")),
        graph_token=_bearer("graph_token", value("graph_token", "")),
        graph_queries=_positive("graph_queries", value("graph_queries", "2")),
        graph_memory=_positive("graph_memory", value("graph_memory", "1000")),
        dump_hour=_hour("dump_hour", value("dump_hour", "2")),
        dumps_kept=_positive("dumps_kept", value("dumps_kept", "3")),
    )


def unknown_variables(environ: Mapping[str, str] | None = None) -> dict[str, str | None]:
    """Environment variables that look like settings and are none, each with the one that may be meant."""
    environ = os.environ if environ is None else environ
    known = {PREFIX + part.name.upper() for part in fields(Settings)} - {PREFIX + "FILE"}
    unknown = sorted(name for name in environ if name.startswith(PREFIX) and name not in known)
    return {name: next(iter(difflib.get_close_matches(name, known, 1)), None) for name in unknown}


def _address(name: str, text: str) -> str:
    try:
        parts = urlsplit(text)
        is_good = not text or (parts.scheme in {"http", "https"} and bool(parts.hostname) and not parts.query)
    except ValueError:
        is_good = False
    if not is_good:
        raise SettingsError(
            f"{PREFIX}{name.upper()} must be an http(s) address without a query, not «{text}»."
        )
    return text


def _bearer(name: str, text: str) -> str:
    """A token as HTTP takes it (RFC 6750, section 2.1), which no message may show."""
    if text and not re.fullmatch(r"[A-Za-z0-9._~+/-]+=*", text):
        raise SettingsError(
            f"{PREFIX}{name.upper()} must be a bearer token: letters, digits and ._~+/-= only."
        )
    return text


def _mail_server(text: str) -> str:
    """The address of a mail server, whose password no message may show."""
    if not text:
        return text
    try:
        parts = urlsplit(text)
        is_good = parts.scheme in {"smtp", "smtps"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_good = False
    if not is_good or parts.query not in {"", "tls=starttls"}:
        raise SettingsError(
            "ALMAGEST_SMTP_URL must be smtp://USER:PASSWORD@HOST:PORT, with «?tls=starttls» where the "
            "server wants it, or smtps://…"
        )
    return text


def _sender(text: str) -> str:
    """The address that digests come from; empty where nobody is to get any."""
    if text and not ADDRESS.fullmatch(text):
        raise SettingsError(f"ALMAGEST_MAIL_FROM must be an e-mail address, NAME@HOST, not «{text[:80]}».")
    return text


def _seconds(name: str, text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value <= _LONGEST_WAIT:
        raise SettingsError(
            f"{PREFIX}{name.upper()} must be a number of seconds up to {_LONGEST_WAIT}, not «{text[:40]}»."
        )
    return value


def _recipients(text: str) -> tuple[str, ...]:
    found = recipients(text)
    check_recipients(found, "ALMAGEST_NOTIFY")
    return found


def _host_ports(text: str) -> tuple[str, ...]:
    for one in text.split():
        host, _, port = one.rpartition(":")
        if not host or not port.isdecimal() or not 0 < int(port) < 65536:
            raise SettingsError(f"ALMAGEST_GUEST_ADDRESSES: «{one}» is not HOST:PORT.")
    return tuple(text.lower().split())


def _read_file(path: Path) -> Mapping[str, Any]:
    try:
        with path.open("rb") as stream:
            table = tomllib.load(stream)
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} is not valid TOML: {error}.") from None
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror}.") from None
    known = {part.name for part in fields(Settings)} - {"home", "file"} | {"source", "set", "target"}
    unknown = sorted(set(table) - known)
    if unknown:
        raise SettingsError(
            f"{path}: there is no setting «{unknown[0]}»; known are {', '.join(sorted(known))}."
        )
    return table


def _switch(name: str, text: str) -> bool:
    return _choice(name, text.lower(), ("yes", "no", "true", "false", "1", "0")) in {"yes", "true", "1"}


def _choice(name: str, text: str, allowed: tuple[str, ...]) -> str:
    if text not in allowed:
        raise SettingsError(f"{PREFIX}{name.upper()} must be one of {', '.join(allowed)}, not «{text}».")
    return text


def _hour(name: str, text: str) -> int | None:
    """An hour of the day, 0 to 23; ``None`` for «no»."""
    if text.lower() in {"no", "false"}:
        return None
    if not text.isdecimal() or int(text) > 23:
        raise SettingsError(
            f"{PREFIX}{name.upper()} must be an hour of the day in UTC, 0 to 23, or «no», not «{text[:40]}»."
        )
    return int(text)


def _positive(name: str, text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise SettingsError(f"{PREFIX}{name.upper()} must be a whole number from 1 up, not «{text}».")
    return int(text)
