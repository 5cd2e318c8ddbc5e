"""One installation of SciCat: which lists it has, and in which dialect, found out by asking."""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

from catalogue.errors import SourceError, SourceProtocolError, SourceUnreachable
from harvesters.addresses import shown
from harvesters.json_client import JsonClient, Refusal, Unreadable, count_in, credential_hint
from harvesters.scicat_filters import Route, candidates, either_limit
from harvesters.transport import HostFailing

log = logging.getLogger(__name__)

_API = re.compile(
    r"(?:/(?:api|explorer))?(?:/(v\d+))?"
    r"(?:/(?:datasets|publisheddata|publisheddatasets|instruments|proposals|samples)(?:/public)?)?/*$",
    re.IGNORECASE,
)
_NOT_PUBLIC = frozenset({401, 403})
_UNAUTHORIZED = 401
_ATTEMPTS = 3
_EMPTY = (b"[]", b"")


@dataclass(slots=True)
class Found:
    """What asking has shown: the lists by kind, and why others are not public or fail."""

    routes: dict[str, Route] = field(default_factory=dict)
    closed: dict[str, str] = field(default_factory=dict)
    failing: dict[str, str] = field(default_factory=dict)


class Installation:
    """An installation by the address that the operator gave: site, /api, /api/v3, /api/v4 …

    ``host`` is its short name in sets and identifiers, ``origin`` where requests go;
    ``site`` the web frontend, where that is known.
    """

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        bare = parts._replace(query="", fragment="").geturl().rstrip("/")
        match = _API.search(bare)
        assert match is not None  # the pattern matches the empty end of every text
        self.url = url
        self.root = bare[: match.start()].rstrip("/")
        self.named = bare[match.start() :].lower()
        self.version = match[1].lower() if match[1] else None
        self.host = self.root.partition("://")[2].rpartition("@")[2].lower()
        self.origin = parts.netloc.rpartition("@")[2].lower()
        self.site = self.root if not self.named else None

    def apis(self) -> list[str]:
        """Where its API may be; what the operator has named comes first."""
        versions = ["v4", "v3"]
        if self.version is not None:
            versions = [self.version, *(one for one in versions if one != self.version)]
        found = [f"{self.root}/api/{version}" for version in versions]
        found += [f"{self.root}/api", self.root]
        return found

    def find(self, client: JsonClient, kinds: Sequence[str], *, with_token: bool) -> Found:
        """Its lists of these kinds; raises `SourceError` where it is down or no SciCat at all."""
        found = Found()
        for kind in kinds:
            try:
                if self._is_shut(client, kind, found, with_token):
                    break
            except SourceUnreachable as silent:
                if not found.routes:
                    raise
                found.failing[kind] = str(silent)
        if not found.routes:
            every = [*found.failing.values(), *found.closed.values()]
            # The same said of one address after the other is told once.
            reasons = {why.partition(" answers ")[2] or why: why for why in reversed(every)}
            raise SourceProtocolError(
                f"{shown(self.url)} gives no list of SciCat (v4, v3 or LoopBack): "
                f"{' '.join(reversed(reasons.values()))}"
            )
        return found

    def _is_shut(self, client: JsonClient, kind: str, found: Found, with_token: bool) -> bool:
        """Look for the list of a kind; whether the whole host lets nobody in: no other kind need be tried."""
        why: list[SourceError] = []
        known = next((route.url for route in found.routes.values()), None)
        apis = [api for api in self.apis() if known is None or known.startswith(f"{self.root}/api")]
        for api in apis or [self.root]:
            refused_at: set[str] = set()
            for route in candidates(self.host, api, kind, with_token=with_token):
                if route.url in refused_at:
                    continue
                answered = _asked(client, route, why)
                refused = why[-1] if why else None
                if with_token and isinstance(refused, Refusal) and refused.status == _UNAUTHORIZED:
                    # What anybody may see is less, and the rest would pass for withdrawn.
                    found.failing[kind] = f"{refused} Its token is not accepted; renew it."
                    return False
                if answered is not None:
                    found.routes[kind] = answered
                    return False
                if isinstance(refused, Refusal) and refused.status in _NOT_PUBLIC:
                    # It would refuse the other dialect just so.
                    refused_at.add(route.url)
        failing = next((one for one in why if isinstance(one, HostFailing)), None)
        # «Not allowed» says more than «not there», which all the other addresses answer.
        forbidden = (one for one in why if isinstance(one, Refusal) and one.status in _NOT_PUBLIC)
        closed = next(forbidden, why[0])
        if failing is not None and closed is why[0]:
            found.failing[kind] = str(failing)
        else:
            found.closed[kind] = str(closed)
        # A SciCat itself answers «not found» to most of these addresses.
        if found.routes or not all(isinstance(one, Refusal) and one.status in _NOT_PUBLIC for one in why):
            return False
        assert isinstance(closed, Refusal)
        found.closed[kind] = f"{closed}{credential_hint(closed, client.transport.source)}"
        return True


def _asked(client: JsonClient, route: Route, why: list[SourceError]) -> Route | None:
    """The route, in the dialect that it really speaks; ``None`` where no list is there."""
    asked = either_limit() if route.dialect in {"v3", "loopback"} else route.page(None, 0, 1)
    try:
        answer = client.get(route.url, asked, attempts=_ATTEMPTS)
        if not answer.body.lstrip().startswith(b"["):
            raise Unreadable(f"{shown(route.url)} answers with no list.")
    except (Refusal, Unreadable, HostFailing) as error:
        why.append(error)
        return None
    try:
        records = answer.shell()[1]
    except Unreadable:
        # A list whose first record is broken.
        return route
    has_version = route.url.rpartition("/")[0].endswith("/v3")
    if route.dialect == "v3" and len(records) > 1:
        return replace(route, dialect="loopback")
    if route.dialect == "loopback" and len(records) == 1 and has_version:
        return replace(route, dialect="v3")
    return route


def filters_by_date(client: JsonClient, route: Route) -> bool:
    """Whether a list can be asked for changes: it has some since 1970, and none since 9999."""
    try:
        ever, never = (client.get(route.url, asked).body.strip() for asked in (route.ever(), route.never()))
    except (Refusal, Unreadable, HostFailing):
        return False
    return ever not in _EMPTY and never in _EMPTY


def count_of(client: JsonClient, route: Route, since: str | None) -> int | None:
    """How many records a list has by its count endpoint; ``None`` where that does not say."""
    try:
        answer = client.get(f"{route.url}/count", route.count(since), attempts=2).value()
    except (Refusal, Unreadable, HostFailing):
        return None if since is not None and route.dated else _faceted(client, route)
    return count_in(answer.get("count")) if isinstance(answer, dict) else None


def _faceted(client: JsonClient, route: Route) -> int | None:
    """The same by the facets of datasets, which some installations let anybody ask."""
    if route.kind != "datasets":
        return None
    try:
        asked = [("fields", '{"isPublished":true}'), ("facets", "[]")]
        answer = client.get(f"{route.url}/fullfacet", asked, attempts=2).value()
        return count_in(answer[0]["all"][0]["totalSets"])
    except (SourceError, LookupError, TypeError):
        return None
