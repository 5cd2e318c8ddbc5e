"""Where a cluster of Elasticsearch is, how one proves who one is, how an index is spread over it.

::

    https://es1.example.org:9200,es2.example.org:9200/ALIAS

Several hosts are nodes of one cluster: what one does not answer is asked of the next.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from catalogue.errors import SettingsError

if TYPE_CHECKING:
    from catalogue.settings import Settings

DEFAULT_ALIAS = "almagest"
MOST_SHARDS = 1024

_ALIAS = re.compile(r"(?!.*-v[0-9]+$)[a-z0-9][a-z0-9_.-]{0,199}")
_API_KEY = re.compile(r"[A-Za-z0-9+/=_-]{8,}(?::[A-Za-z0-9+/=_-]+)?")
_ROUTING = re.compile(r"allocation\.[A-Za-z0-9_.-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """How each index lies on the nodes: shards, copies of each, and where these may be.

    ``replicas`` is a number, or a range ``0-1`` that follows the number of nodes; ``routing`` are
    settings below ``index.routing``.
    """

    shards: int = 1
    replicas: str = "0-1"
    routing: Mapping[str, str] = field(default_factory=dict)

    def settings(self) -> dict[str, Any]:
        """The settings of an index."""
        copies = "auto_expand_replicas" if "-" in self.replicas else "number_of_replicas"
        routing = {f"routing.{name}": value for name, value in self.routing.items()}
        return {"number_of_shards": self.shards, copies: self.replicas, **routing}


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """What opens a cluster to us; ``certificate`` is our own, with its key in the same PEM file.

    ``fingerprint`` is the SHA-256 of the certificate of the cluster, where it is of no known authority.
    """

    api_key: str = field(default="", repr=False)
    authority: Path | None = None
    certificate: Path | None = None
    fingerprint: str = ""


PUBLIC = Access()
SMALL = Spread()


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """The nodes of a cluster as addresses without account, and the name that all aliases begin with."""

    nodes: tuple[str, ...]
    alias: str
    account: tuple[str, str] | None = field(default=None, repr=False)
    access: Access = PUBLIC
    spread: Spread = SMALL

    @property
    def where(self) -> str:
        """The beginning of a sentence on this cluster; without secrets."""
        hosts = [urlsplit(node).hostname for node in self.nodes]
        return f"The Elasticsearch at {', '.join(dict.fromkeys(str(host) for host in hosts))}"


def cluster_of(url: str, access: Access = PUBLIC, spread: Spread = SMALL) -> Cluster:
    """The cluster at ``http(s)://[USER:PASSWORD@]HOST:PORT[,HOST:PORT…][/ALIAS]``; raises `SettingsError`."""
    wrong = SettingsError(
        "ALMAGEST_INDEX_URL must be http(s)://HOST:PORT or …/ALIAS (several HOST:PORT by commas; an alias of "
        f"small letters, digits, «-», «_» and «.»), not «{_public(url)}»."
    )
    scheme, _, rest = url.partition("://")
    netloc, _, path = rest.partition("/")
    account, _, hosts = netloc.rpartition("@")
    alias = path.strip("/").lower() or DEFAULT_ALIAS
    if scheme not in {"http", "https"} or not _ALIAS.fullmatch(alias):
        raise wrong
    try:
        nodes = tuple(_node(scheme, host) for host in hosts.split(","))
    except ValueError:
        raise wrong from None
    if account and access.api_key:
        raise SettingsError("Give an account in ALMAGEST_INDEX_URL or ALMAGEST_INDEX_API_KEY, not both.")
    if scheme == "http" and (access.authority or access.certificate or access.fingerprint):
        raise SettingsError("Certificates need an ALMAGEST_INDEX_URL that begins with https://.")
    user, _, password = account.partition(":")
    known = (unquote(user), unquote(password)) if account else None
    return Cluster(nodes=nodes, alias=alias, account=known, access=access, spread=spread)


def _node(scheme: str, host: str) -> str:
    parts = urlsplit(f"{scheme}://{host.strip()}")
    if not parts.hostname or parts.path or parts.query or parts.fragment:
        raise ValueError(host)
    name = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{scheme}://{name}:{parts.port or (443 if scheme == 'https' else 80)}"


def _public(url: str) -> str:
    """The URL without account."""
    scheme, _, rest = url.partition("://")
    netloc, slash, path = rest.partition("/")
    return f"{scheme}://{netloc.rpartition('@')[2]}{slash}{path}"


# --- from the settings ------------------------------------------------------------------------------


def access_of(settings: Settings) -> Access:
    """What the settings say of keys and certificates."""
    return Access(
        api_key=settings.index_api_key,
        authority=Path(settings.index_ca) if settings.index_ca else None,
        certificate=Path(settings.index_certificate) if settings.index_certificate else None,
        fingerprint=settings.index_fingerprint,
    )


def spread_of(settings: Settings) -> Spread:
    """What the settings say of shards, replicas and routing."""
    routing = dict(part.split("=", 1) for part in settings.index_routing.split())
    return Spread(shards=settings.index_shards, replicas=settings.index_replicas, routing=routing)


def api_key(text: str) -> str:
    """An API key, encoded or as ID:KEY; no message may show it."""
    if text and not _API_KEY.fullmatch(text):
        raise SettingsError(
            "ALMAGEST_INDEX_API_KEY must be the «encoded» key that Elasticsearch gives out, or ID:KEY."
        )
    return text


def pem_file(name: str, text: str) -> str:
    """The path of a file of certificates that can be read."""
    if text and not Path(text).is_file():
        raise SettingsError(f"ALMAGEST_{name.upper()}: there is no file «{text}».")
    return text


def fingerprint(text: str) -> str:
    """A SHA-256 fingerprint as 64 small hexadecimal digits; colons may stand between."""
    plain = text.replace(":", "").strip().lower()
    if plain and not re.fullmatch("[0-9a-f]{64}", plain):
        raise SettingsError(
            "ALMAGEST_INDEX_FINGERPRINT must be a SHA-256 fingerprint (64 hexadecimal digits), as written by "
            "openssl x509 -fingerprint -sha256."
        )
    return plain


def shards(number: int) -> int:
    """A number of shards that Elasticsearch takes."""
    if number > MOST_SHARDS:
        raise SettingsError(f"ALMAGEST_INDEX_SHARDS is at most {MOST_SHARDS}, not {number}.")
    return number


def replicas(text: str) -> str:
    """A number of copies beside each primary shard, or a range that follows the number of nodes."""
    if not re.fullmatch(r"\d{1,2}|\d{1,2}-(?:\d{1,2}|all)", text):
        raise SettingsError(
            f"ALMAGEST_INDEX_REPLICAS must be a number or a range as 0-1 or 0-all, not «{text}»."
        )
    return text


def routing(text: str) -> str:
    """Settings below ``index.routing`` as ``allocation.NAME=VALUE``, separated by spaces."""
    for part in text.split():
        name, _, value = part.partition("=")
        if not _ROUTING.fullmatch(name) or not value:
            raise SettingsError(
                f"ALMAGEST_INDEX_ROUTING: «{part}» is not allocation.NAME=VALUE, as "
                "allocation.total_shards_per_node=2 or allocation.require.rack=a."
            )
    return text
