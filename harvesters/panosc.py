"""PaNOSC search API: datasets, documents and instruments of a facility, or of a federation."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar
from urllib.parse import quote, urlsplit

from catalogue.errors import SettingsError, SourceError, SourceProtocolError, SourceUnreachable
from catalogue.record import Page, RawRecord
from catalogue.sources import Source
from harvesters.addresses import shown
from harvesters.base import Probe
from harvesters.json_client import JsonAnswer, JsonClient, Refusal, Unreadable, count_in
from harvesters.panosc_filters import KINDS, SearchList, candidates, roots
from harvesters.scicat_listing import FilteredListing, member_of
from harvesters.transport import HostFailing, Transport

log = logging.getLogger(__name__)

_FORMAT = "panosc"
_ATTEMPTS = 3
_FAILED = "!"


class Panosc(FilteredListing):
    """The lists of a search API; a part is «host kind variant address», or «host kind ! reason».

    The API has no time of change, so every harvest reads its full lists and compares contents.
    Identifiers are «kind/pid»; of a federated record «provider/kind/pid», of a further address
    «host/kind/pid».
    """

    kind = "panosc"
    title = "PaNOSC search API"
    options: ClassVar[Mapping[str, str]] = {
        "kinds": "which lists are read, separated by spaces (datasets documents instruments)",
        "count": "whether the counts of the API are believed (yes)",
    }
    reads_all = True
    page_size = 100

    def __init__(self, source: Source, transport: Transport) -> None:
        super().__init__(source, transport)
        self._hosts = _named(source.urls)
        self._first = next(iter(self._hosts))

    def parts(self, since: str | None) -> Sequence[str]:
        """The lists of each address, with all relations that it lets one include."""
        found: list[str] = []
        for host, url in self._hosts.items():
            try:
                lists, closed = self._lists(host, url)
            except SourceError as error:
                log.warning("%s %s", self.transport.whose, error)
                found.append(f"{host} * {_FAILED} {error}")
                continue
            found += [one.part for one in lists]
            for kind, why in closed.items():
                known = f"{host}/{kind}" in self.memory.get("public", ())
                log.info("%s %s/%s is not there: %s", self.transport.whose, host, kind, why)
                if known or isinstance(why, SourceUnreachable):
                    found.append(f"{host} {kind} {_FAILED} {why}")
        return found

    @classmethod
    def check(cls, source: Source) -> None:
        """The option kinds names lists that there are."""
        for kind in _wanted(source):
            if kind not in KINDS:
                raise SettingsError(
                    f"Option kinds of source {source.name} knows no «{kind}», only {', '.join(KINDS)}."
                )

    def kinds(self) -> list[str]:
        """The kinds of lists that are read."""
        self.check(self.source)
        wanted = _wanted(self.source)
        return [kind for kind in KINDS if kind in wanted]

    def _lists(
        self, host: str, url: str, kinds: Sequence[str] | None = None
    ) -> tuple[list[SearchList], dict[str, SourceError]]:
        """Raises `SourceError` where an address has none of the lists."""
        found: list[SearchList] = []
        closed: dict[str, SourceError] = {}
        for kind in self.kinds() if kinds is None else kinds:
            why: list[SourceError] = []
            near = [found[0].root] if found else roots(url)
            try:
                one = next((c for c in candidates(host, near, kind) if _answers(self.client, c, why)), None)
            except SourceUnreachable as silent:
                if not found:
                    raise
                closed[kind] = silent
                continue
            if one is not None:
                found.append(one)
            else:
                closed[kind] = next((error for error in why if isinstance(error, HostFailing)), why[0])
        if not found:
            raise SourceProtocolError(
                f"{shown(url)} gives no list of the PaNOSC search API: "
                + " ".join(dict.fromkeys(map(str, closed.values())))
            )
        return found, closed

    def list_of(self, kind: str) -> SearchList:
        """The list of a kind at the first address; raises `SourceError` where it has none."""
        host, url = next(iter(self._hosts.items()))
        return self._lists(host, url, [kind])[0][0]

    def label(self, part: str) -> str:
        """«host/kind», or «host» where nothing there can be asked."""
        host, kind, *_ = part.split(" ", 3)
        return host if kind == "*" else f"{host}/{kind}"

    def pages(self, since: str | None, checkpoint: dict[str, Any] | None) -> Iterator[Page]:
        """All lists; afterwards it is remembered which of them were there."""
        yield from super().pages(since, checkpoint)
        if self._walk is not None:
            now = {self.label(part) for part in self._walk.parts if f" {_FAILED} " not in part}
            known = {one for one in self.memory.get("public", ()) if one.rpartition("/")[0] in self._hosts}
            self.memory["public"] = sorted(now | known)

    def ask(self, part: str, since: str | None, skip: int, limit: int) -> JsonAnswer:
        """A page with all that can be included."""
        del since
        one = self._list(part)
        return self.client.get(one.url, one.page(skip, limit))

    def ask_identifier(self, part: str, since: str | None, skip: int) -> str | None:
        """By a list of one record without what can be included."""
        del since
        one = self._list(part)
        found = self.client.get(one.url, one.page(skip, 1, bare=True)).value()
        document = found[0] if isinstance(found, list) and found else None
        pid = document.get("pid") if isinstance(document, dict) else None
        return self._identifier(one, pid, document) if isinstance(pid, str) and pid else None

    def count(self, part: str, since: str | None) -> int | None:
        """By the count endpoint."""
        del since
        return _count(self.client, self._list(part))

    def record(self, part: str, data: bytes, document: dict[str, Any]) -> RawRecord | None:
        """A raw record; the API tells no time of change."""
        one = self._list(part)
        pid = document.get("pid")
        if not isinstance(pid, str) or not pid:
            return None
        return RawRecord(
            identifier=self._identifier(one, pid, document),
            format=_FORMAT,
            data=data,
            url=f"{one.url}/{quote(pid, safe='')}",
            sets=(one.host, f"{one.host}/{one.kind}"),
            document=document,
        )

    def read_identifier(self, part: str, data: bytes) -> str | None:
        """The pid of a record whose rest is too large or broken."""
        pid = member_of(data, "pid")
        document = {"provider": member_of(data, "provider")}
        return self._identifier(self._list(part), pid, document) if pid is not None else None

    def again(self, identifiers: Sequence[str]) -> Iterator[Page]:
        """Nothing: every harvest reads the full lists, so what did not come is asked for anyway."""
        del identifiers
        return iter(())

    def _list(self, part: str) -> SearchList:
        """Raises `SourceUnreachable` for what stands for a list that cannot be read."""
        host, kind, variant, rest = part.split(" ", 3)
        if variant == _FAILED:
            raise SourceUnreachable(rest)
        return SearchList(host=host, kind=kind, variant=int(variant), url=rest)

    def _identifier(self, one: SearchList, pid: str, document: dict[str, Any] | None) -> str:
        own = f"{one.kind}/{pid}"
        provider = (document or {}).get("provider")
        if isinstance(provider, str) and provider:
            own = f"{_host(provider)}/{own}"
        return own if one.host == self._first else f"{one.host}/{own}"

    def probe(self) -> Probe:
        """Which lists there are, how long they are, and what is wrong."""
        faults: list[str] = []
        lists: list[SearchList] = []
        for host, url in self._hosts.items():
            try:
                found, closed = self._lists(host, url)
            except SourceError as error:
                faults.append(str(error))
                continue
            lists += found
            faults += [f"It has no list of {kind}: {why}" for kind, why in closed.items()]
            faults += [
                f"Its {one.kind} cannot be asked for with all that belongs to them."
                for one in found
                if one.variant
            ]
        if not lists:
            raise SourceProtocolError(" ".join(faults))
        counts = [_count(self.client, one) for one in lists]
        faults += [
            f"It does not say how many {one.kind} it has; nobody can check that all came."
            for one, count in zip(lists, counts, strict=True)
            if count is None
        ]
        return Probe(
            name=self.source.name,
            protocol="PaNOSC search API",
            formats=(_FORMAT,),
            chosen_format=_FORMAT,
            sets=tuple(f"{one.host}/{one.kind}" for one in lists),
            deletion="by absence from the full list",
            records=None if None in counts else sum(one for one in counts if one is not None),
            faults=tuple(dict.fromkeys(faults)),
        )


def _answers(client: JsonClient, one: SearchList, why: list[SourceError]) -> bool:
    try:
        answer = client.get(one.url, one.page(0, 1), attempts=_ATTEMPTS)
        if not answer.body.lstrip().startswith(b"["):
            raise Unreadable(f"{shown(one.url)} answers with no list.")
    except (Refusal, Unreadable, HostFailing) as error:
        why.append(error)
        return False
    return True


def _count(client: JsonClient, one: SearchList) -> int | None:
    try:
        answer = client.get(f"{one.url}/count", attempts=_ATTEMPTS).value()
    except (Refusal, Unreadable, HostFailing):
        return None
    return count_in(answer.get("count")) if isinstance(answer, dict) else None


def _named(urls: Sequence[str]) -> dict[str, str]:
    """The addresses by their short names; a further one at the same host has its path in its name."""
    found: dict[str, str] = {}
    for url in dict.fromkeys(urls):
        name = _host(url)
        path = urlsplit(roots(url)[0]).path.strip("/")
        found[name if name not in found else f"{name}/{quote(path)}"] = url
    return found


def _host(url: str) -> str:
    """The short name of an address: its host, without what all search APIs have behind it."""
    return roots(url)[0].partition("://")[2].rpartition("@")[2].partition("/")[0].lower() or url


def _wanted(source: Source) -> list[str]:
    return source.options.get("kinds", "").lower().replace(",", " ").split() or list(KINDS[:3])
