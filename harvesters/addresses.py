"""URLs, and which network addresses a source may lead us to (protection against SSRF)."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Collection, Sequence
from urllib.parse import SplitResult, urlencode, urlsplit

from catalogue.errors import SourceForbidden, SourceUnreachable

Resolver = Callable[[str, int], Sequence[str]]
"""(host, port) -> its IP addresses; raises `OSError`."""

_NAT64 = ipaddress.ip_network("64:ff9b::/96")


def resolve(host: str, port: int) -> Sequence[str]:
    """All IP addresses of a host, in the order in which they should be tried."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def is_public(address: str) -> bool:
    """Whether an IP address belongs to the public internet, whatever IPv6 form it hides in."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if inner is None and ip in _NAT64:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
    return ip.is_global and not ip.is_multicast


def parts_of(url: str) -> tuple[SplitResult, str, int]:
    """An http(s) URL with its host and port; raises `SourceForbidden` for any other."""
    try:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        host = parts.hostname or ""
    except ValueError:
        parts, host, port = SplitResult("", "", "", "", ""), "", 0
    if parts.scheme not in {"http", "https"} or not host:
        raise SourceForbidden(f"«{url}» may not be asked: only http and https addresses may.")
    return parts, host, port


def with_parameters(url: str, parameters: Sequence[tuple[str, str]]) -> str:
    """The URL with these query parameters, each percent-encoded (RFC 3986, section 2.1)."""
    base = url.partition("#")[0]
    if not parameters:
        return base
    return base.rstrip("?&") + ("&" if "?" in base.rstrip("?&") else "?") + urlencode(parameters)


def shown(url: str) -> str:
    """The URL as messages may show it: without credentials and query."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


class Guard:
    """Says which addresses of a host may be connected to.

    ``homes`` are the source's own hosts: what the operator registered may be private, and
    so may a redirect to the same addresses.  Nothing else may, unless ``allow_private``.
    With ``trust_homes`` off the source itself must be public too.
    """

    def __init__(
        self,
        homes: Collection[str],
        *,
        trust_homes: bool = True,
        allow_private: bool = False,
        resolver: Resolver = resolve,
    ) -> None:
        self._homes = frozenset(home.lower() for home in homes)
        self._trust_homes = trust_homes
        self._allow_private = allow_private
        self._resolver = resolver
        self._at_home: dict[str, frozenset[str]] = {}

    def addresses(self, host: str, port: int, *, redirected: bool = False) -> Sequence[str]:
        """The checked addresses of a host; connect to no other, lest its name changes meanwhile.

        Raises `SourceForbidden` for private ones, `SourceUnreachable` for a name nobody knows.
        """
        try:
            found = self._resolver(host, port)
        except (OSError, UnicodeError):
            found = ()
        if not found:
            raise SourceUnreachable(f"The host {host} is not known; check the address of the source.")
        home = host.lower()
        if self._trust_homes and not redirected and home in self._homes and home not in self._at_home:
            self._at_home[home] = frozenset(found)
        if not self._allow_private:
            for address in found:
                self._check(host, address, redirected)
        return found

    def _check(self, host: str, address: str, redirected: bool) -> None:
        if is_public(address) or any(address in known for known in self._at_home.values()):
            return
        # A private home, say a container, may move; a public one may not become private.
        at_home = self._at_home.get(host.lower(), frozenset())
        if not redirected and any(not is_public(one) for one in at_home):
            return
        if not self._trust_homes:
            raise SourceForbidden(
                f"{host} has a private address, and only public ones are asked for visitors; whoever runs a "
                "catalogue in its network can ask it by: almagest source test NAME"
            )
        raise SourceForbidden(
            f"{host} has the private address {address}, to which this source may not lead us; "
            "set ALMAGEST_ALLOW_PRIVATE=yes if it is meant."
        )
