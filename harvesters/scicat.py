"""SciCat: datasets, published data, instruments, proposals and samples of one or more installations."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar

from catalogue.errors import SettingsError, SourceError, SourceProtocolError, SourceUnreachable
from catalogue.record import Issue, Page, RawRecord
from catalogue.sources import Source
from harvesters.base import Probe
from harvesters.json_client import JsonAnswer, Refusal, Unreadable, issue_of, loaded
from harvesters.scicat_filters import FAILED, KINDS, Route, landing
from harvesters.scicat_installation import Found, Installation, count_of, filters_by_date
from harvesters.scicat_listing import FilteredListing, member_of
from harvesters.transport import HostFailing, Transport

log = logging.getLogger(__name__)

_FORMAT = "scicat"
_BATCH = 50
_WHOLE = "*"


class SciCat(FilteredListing):
    """The public lists of SciCat installations.

    A part is a list: «host kind dialect address», or what stands for a list that cannot be read now:
    «host kind ! reason» («*»: all kinds of a host).  Identifiers are «kind/pid», those of further
    installations «host/kind/pid».
    """

    kind = "scicat"
    title = "SciCat (API v4, v3 and LoopBack)"
    options: ClassVar[Mapping[str, str]] = {
        "kinds": "which lists are read, separated by spaces (datasets publisheddata instruments "
        "proposals samples)",
        "files": "whether the lists of files are read with the datasets (no)",
        "site": "address of the web frontend, where it is another than that of the API",
        "count": "whether the counts of the installation are believed (yes)",
    }

    def __init__(self, source: Source, transport: Transport) -> None:
        super().__init__(source, transport)
        self._installations = {one.host: one for one in map(Installation, source.urls)}
        self._first, self._origin = next((one.host, one.origin) for one in self._installations.values())

    def parts(self, since: str | None) -> Sequence[str]:
        """The lists of all installations, found out by asking them; one that is down fails alone."""
        found: list[str] = []
        for installation in self._installations.values():
            try:
                found += self._parts_of(installation, since)
            except SourceError as error:
                log.warning("%s %s", self.transport.whose, error)
                found.append(f"{installation.host} {_WHOLE} {FAILED} {error}")
        return found

    def _parts_of(self, installation: Installation, since: str | None) -> Iterator[str]:
        found = self._found(installation)
        for route in found.routes.values():
            if since is not None and not filters_by_date(self.client, route):
                whose = self.transport.whose
                log.warning("%s %s does not filter by date; its full list is read", whose, route.label)
                route = replace(route, dated=False)
            yield route.part
        for kind, why in found.failing.items():
            yield f"{installation.host} {kind} {FAILED} {why}"
        for kind, why in found.closed.items():
            label = f"{installation.host}/{kind}"
            log.info("%s no public %s: %s", self.transport.whose, label, why)
            if label in self._public:
                # What was public once is not withdrawn because nobody may see the list any more.
                reason = (
                    f"It was public before; leave it out by the option kinds to give up its records. {why}"
                )
                yield f"{installation.host} {kind} {FAILED} {reason}"

    def _found(self, installation: Installation) -> Found:
        """Its lists; only the host of the source itself is sent the token."""
        with_token = self.source.token is not None and installation.origin == self._origin
        return installation.find(self.client, self._kinds(), with_token=with_token)

    def route(self, kind: str) -> Route | None:
        """The list of a kind at the first installation, where the options do not leave it out.

        Raises `SourceError` where it is down or has none.
        """
        if kind not in self._kinds():
            return None
        first = next(iter(self._installations.values()))
        return first.find(self.client, (kind,), with_token=self.source.token is not None).routes[kind]

    @classmethod
    def check(cls, source: Source) -> None:
        """The option kinds names lists that there are."""
        for kind in _wanted(source):
            if kind not in KINDS:
                raise SettingsError(
                    f"Option kinds of source {source.name} knows no «{kind}», only {', '.join(KINDS)}."
                )

    def _kinds(self) -> list[str]:
        self.check(self.source)
        wanted = _wanted(self.source)
        return [kind for kind in KINDS if kind in wanted]

    def label(self, part: str) -> str:
        """«host/kind», or «host» where the whole installation cannot be asked."""
        host, kind, *_ = part.split(" ", 3)
        return host if kind == _WHOLE else f"{host}/{kind}"

    def since_of(self, part: str, since: str | None) -> str | None:
        """All of a list that was not public before; earlier where a whole installation was not there."""
        host, label = part.partition(" ")[0], self.label(part)
        if since is None or label not in self._public:
            return None
        return min(super().since_of(part, since) or "", self._behind.get(host, since) or "") or None

    @property
    def _public(self) -> list[str]:
        """The lists that were public in earlier runs."""
        found = self.memory.get("public")
        return [one for one in found if isinstance(one, str)] if isinstance(found, list) else []

    def pages(self, since: str | None, checkpoint: dict[str, Any] | None) -> Iterator[Page]:
        """All lists; afterwards it is remembered which of them were public."""
        yield from super().pages(since, checkpoint)
        walk = self._walk
        if walk is not None:
            routes = list(filter(None, map(Route.of, walk.parts)))
            now = {route.label for route in routes}
            self.whole = {route.label for route in routes if not route.dated}
            known = {one for one in self._public if one.rpartition("/")[0] in self._installations}
            self.memory["public"] = sorted(now | known)

    def ask(self, part: str, since: str | None, skip: int, limit: int) -> JsonAnswer:
        """A page of a list, without what was not changed where the list can be asked so."""
        route = self._route(part)
        wants_files = route.kind == "datasets" and self.source.is_on("files")
        include = ("origdatablocks",) if wants_files else ()
        return self.client.get(route.url, route.page(since, skip, limit, include=include))

    def count(self, part: str, since: str | None) -> int | None:
        """By the count endpoint, or by facets."""
        return count_of(self.client, self._route(part), since)

    def ask_identifier(self, part: str, since: str | None, skip: int) -> str | None:
        """By a list of one record with one field."""
        route = self._route(part)
        found = self.client.get(route.url, route.page(since, skip, 1, fields=(route.identifier,))).value()
        one = found[0] if isinstance(found, list) and found else None
        name = one.get(route.identifier) if isinstance(one, dict) else None
        return self._identifier(route, name) if isinstance(name, str) and name else None

    def record(self, part: str, data: bytes, document: dict[str, Any]) -> RawRecord | None:
        """A raw record with the time of its last change."""
        route = self._route(part)
        names = (document.get(name) for name in (route.identifier, "_id", "id"))
        name = next((one for one in names if isinstance(one, str) and one), None)
        if name is None:
            return None
        stamp = document.get("updatedAt")
        stamp = stamp.get("$date") if isinstance(stamp, dict) else stamp
        stamp = stamp if isinstance(stamp, str) and stamp else None
        return RawRecord(
            identifier=self._identifier(route, name),
            format=_FORMAT,
            data=data,
            datestamp=stamp,
            url=self._landing(route, name),
            sets=(route.host, route.label),
            document=document,
        )

    def read_identifier(self, part: str, data: bytes) -> str | None:
        """The identifier of a record whose rest is too large or broken."""
        route = self._route(part)
        name = member_of(data, route.identifier)
        return self._identifier(route, name) if name is not None else None

    def again(self, identifiers: Sequence[str]) -> Iterator[Page]:
        """Records that earlier runs could not get, each by its own address."""
        walk = self._walk
        if walk is None:
            return
        routes = {self._identifier(route, ""): route for part in walk.parts if (route := Route.of(part))}
        for start in range(0, len(identifiers), _BATCH):
            found: list[RawRecord | Issue] = []
            for identifier in identifiers[start : start + _BATCH]:
                prefix = next((one for one in routes if identifier.startswith(one)), None)
                if prefix is not None:
                    found.append(self._single(routes[prefix], identifier, identifier[len(prefix) :]))
            raws = tuple(one for one in found if isinstance(one, RawRecord))
            issues = tuple(one for one in found if isinstance(one, Issue))
            page = self._page(walk, raws, issues)
            # The list's own count does not hold them: it is raised, so that it can't hide what is missing.
            yield replace(page, expected=(page.expected or 0) + len(found))

    def _single(self, route: Route, identifier: str, name: str) -> RawRecord | Issue:
        try:
            data = self.client.get(route.record_url(name)).body
            document = loaded(data)
        except (Refusal, Unreadable, HostFailing, ValueError) as error:
            return issue_of(identifier, "/", f"Asked for by itself it does not come either: {error}")
        record = self.record(route.part, data, document) if isinstance(document, dict) else None
        if record is None or record.identifier != identifier:
            return issue_of(identifier, "/", "Asked for by itself it does not come either.")
        return record

    def _route(self, part: str) -> Route:
        """Raises `SourceUnreachable` for what stands for a list that cannot be read."""
        route = Route.of(part)
        if route is None:
            raise SourceUnreachable(part.split(" ", 3)[3])
        return route

    def _identifier(self, route: Route, name: str) -> str:
        own = f"{route.kind}/{name}"
        return own if route.host == self._first else f"{route.host}/{own}"

    def _landing(self, route: Route, name: str) -> str:
        """The page in the web frontend, where that is known; else the record in the API."""
        installation = self._installations.get(route.host)
        site = self.source.options.get("site") if route.host == self._first else None
        site = site or (installation.site if installation is not None else None)
        return landing(site.rstrip("/"), route.kind, name) if site else route.record_url(name)

    def probe(self) -> Probe:
        """Which lists there are, how long they are, and what is wrong with each installation."""
        faults: list[str] = []
        routes: list[Route] = []
        for installation in self._installations.values():
            try:
                found = self._found(installation)
            except SourceError as error:
                faults.append(str(error))
                continue
            routes += found.routes.values()
            faults += found.failing.values()
            faults += [f"It has no public {kind}: {why}" for kind, why in found.closed.items()]
        if not routes:
            raise SourceProtocolError(" ".join(faults))
        counts = [self._probed(route, faults) for route in routes]
        return Probe(
            name=self.source.name,
            protocol="SciCat " + ", ".join(dict.fromkeys(_VERSIONS[route.dialect] for route in routes)),
            formats=(_FORMAT,),
            chosen_format=_FORMAT,
            sets=tuple(route.label for route in routes),
            deletion="by absence from the full list",
            records=None if None in counts else sum(one for one in counts if one is not None),
            faults=tuple(dict.fromkeys(faults)),
        )

    def _probed(self, route: Route, faults: list[str]) -> int | None:
        number = count_of(self.client, route, None)
        if number is None:
            faults.append(f"It does not say how many {route.kind} it has; nobody can check that all came.")
        if number != 0 and not filters_by_date(self.client, route):
            faults.append(
                f"It does not filter {route.kind} by updatedAt: every harvest reads the full list of them."
            )
        return number


def _wanted(source: Source) -> list[str]:
    return source.options.get("kinds", "").lower().replace(",", " ").split() or list(KINDS)


_VERSIONS = {"v4": "API v4", "v4-order": "API v4", "v3": "API v3", "loopback": "LoopBack"}
