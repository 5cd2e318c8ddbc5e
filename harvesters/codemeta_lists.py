"""The repositories and descriptions that a list names, one after the other."""

from __future__ import annotations

import logging
from collections import Counter
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from catalogue.errors import SourceError, SourceUnreachable
from catalogue.record import Issue, RawRecord
from harvesters.addresses import shown
from harvesters.git_hosts import GitHost, host_at
from harvesters.json_client import Refusal, issue_of
from harvesters.listing import Batch
from harvesters.repository_files import Found, read_repository, text_in
from harvesters.repository_lists import Listed, raw_address
from harvesters.transport import HostFailing

if TYPE_CHECKING:
    from harvesters.codemeta import CodeMeta

log = logging.getLogger(__name__)

_AT_ONCE = 20
_ATTEMPTS = 3
_FORMATS = {".cff": "cff", ".yaml": "reana", ".yml": "reana"}


class ListReading:
    """A list while it is read; a host that is not reached is not asked for its other repositories.

    ETags of what has not changed stay in the harvester's memory, so that an incremental run asks
    «If-None-Match» (RFC 9110, section 13.1.2).
    """

    faults: tuple[str, ...] = ()

    def __init__(self, harvester: CodeMeta, part: str, entries: list[Listed]) -> None:
        self._harvester = harvester
        self._part = part
        self._entries = entries
        self.listed: int | None = len(entries)
        self._hosts: dict[str, tuple[GitHost, str]] = {}
        self._dead: dict[str, str] = {}
        self._tags: dict[str, str] = harvester.memory.setdefault("etags", {})
        self.counts: Counter[str] = Counter()
        self.name = shown(part) if "://" in part else part
        self.protocol = f"A list of {len(entries)} repositories and descriptions"

    def batch(self, since: str | None, position: Any) -> Batch:
        """The next entries."""
        start = position if isinstance(position, int) else 0
        if not start:
            self.counts = Counter()
        records: list[RawRecord] = []
        issues: list[Issue] = []
        for entry in self._entries[start : start + _AT_ONCE]:
            found = self._entry(entry, since)
            if found.record is not None:
                records.append(found.record)
            if found.issue is not None:
                issues.append(found.issue)
        after = start + _AT_ONCE
        return Batch(
            records=tuple(records),
            issues=tuple(issues),
            next=after if after < len(self._entries) else None,
        )

    def _entry(self, entry: Listed, since: str | None) -> Found:
        origin = urlsplit(entry.address).netloc
        if entry.document is None and origin in self._dead:
            return Found(issue=issue_of(entry.address, "/", self._dead[origin]))
        try:
            return self._document(entry, since) if entry.is_document else self._repository(entry, since)
        except (Refusal, HostFailing) as refused:
            return Found(issue=issue_of(entry.address, "/", str(refused)))
        except SourceUnreachable as silent:
            self._dead[origin] = str(silent)
            return Found(issue=issue_of(entry.address, "/", str(silent)))
        except (SourceError, ValueError) as wrong:
            return Found(issue=issue_of(entry.address, "/", str(wrong)))

    def _document(self, entry: Listed, since: str | None) -> Found:
        data, tag = entry.document, None
        url = raw_address(entry.address)
        if data is None:
            answer = self._harvester.transport.get(url, headers=self._known(url, since), attempts=_ATTEMPTS)
            if answer.status == 304:
                self.counts["unchanged"] += 1
                return Found()
            if answer.status >= 400:
                raise Refusal(f"{shown(url)} answers «{answer.status} {answer.reason}».", answer.status)
            data, tag = answer.body, answer.headers.get("etag")
            data = text_in(data).encode()
        ending = "." + urlsplit(entry.address).path.casefold().rpartition(".")[2]
        record = RawRecord(
            identifier=entry.address,
            format=_FORMATS.get(ending, "codemeta"),
            data=data,
            url=entry.address if "://" in entry.address else None,
            sets=self._harvester.sets_of(self._part),
        )
        self._note(url, tag)
        return Found(record=record)

    def _repository(self, entry: Listed, since: str | None) -> Found:
        host, path = self._host_of(entry.address)
        url = host.project_url(path)
        answer = host.client.get(url, headers=self._known(url, since), attempts=_ATTEMPTS)
        if answer.is_unchanged:
            self.counts["unchanged"] += 1
            return Found()
        repository = host.repository(answer.value())
        if repository is None:
            raise ValueError(f"{shown(url)} answers with something that is no repository.")
        if repository.is_private and not self._harvester.takes("private"):
            self.counts["private"] += 1
            return Found()
        found = read_repository(
            host,
            repository,
            identifier=entry.address,
            ref=self._harvester.source.options.get("ref"),
            all_=self._harvester.takes("all"),
            sets=self._harvester.sets_of(self._part, repository.namespace),
        )
        if found.issue is None:
            self._note(url, answer.headers.get("etag"))
        if found.record is None and found.issue is None:
            self.counts["described by nothing"] += 1
        return found

    def _host_of(self, address: str) -> tuple[GitHost, str]:
        """The host of a repository, which is found out once, and the repository's path in it."""
        parts = urlsplit(address)
        origin = f"{parts.scheme}://{parts.netloc}"
        known = self._hosts.get(origin)
        if known is None:
            host, inside = host_at(self._harvester.client, address, _ATTEMPTS)
            before = address[: -len(inside)].rstrip("/") if inside and address.endswith(inside) else origin
            self._hosts[origin] = host, before
            return host, inside
        host, before = known
        inside = address.removeprefix(before).strip("/").split("/-/")[0].split("/tree/")[0]
        return host, inside.removesuffix(".git")

    def _known(self, url: str, since: str | None) -> dict[str, str]:
        tag = self._tags.get(url) if since else None
        return {"If-None-Match": tag} if tag else {}

    def _note(self, url: str, tag: str | None) -> None:
        if tag and len(tag) < 300:
            self._tags[url] = tag
        else:
            self._tags.pop(url, None)

    def again(self, identifier: str) -> Batch | None:
        """One entry of the list."""
        for entry in self._entries:
            if entry.address == identifier:
                found = self._entry(entry, None)
                return Batch(
                    records=(found.record,) if found.record else (),
                    issues=(found.issue,) if found.issue else (),
                )
        return None

    def tell(self, whose: str) -> None:
        """One line about the repositories that are not taken."""
        told = ", ".join(f"{count} {why}" for why, count in sorted(self.counts.items()))
        if told:
            log.info("%s entries of %s that are not taken: %s", whose, self.name, told)
