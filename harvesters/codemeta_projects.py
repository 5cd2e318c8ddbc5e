"""The repositories that a Git host lists, page by page."""

from __future__ import annotations

import logging
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from catalogue.errors import SourceProtocolError
from catalogue.record import Issue, RawRecord
from harvesters.addresses import shown
from harvesters.git_hosts import GitHost, GitHub, Projects, Repository
from harvesters.json_client import Refusal, unnamed
from harvesters.listing import Batch
from harvesters.repository_files import read_repository

if TYPE_CHECKING:
    from harvesters.codemeta import CodeMeta

log = logging.getLogger(__name__)

_PAGE = 20
_LAG = timedelta(hours=2)
"""GitLab notes an activity at most once an hour."""


class HostReading:
    """One host, or a group of it, while it is read; ``counts`` are the repositories passed over, by why."""

    def __init__(self, harvester: CodeMeta, part: str, host: GitHost, group: str | None) -> None:
        self._harvester = harvester
        self._part = part
        self._host = host
        self._group = group
        self._known: set[str] = set()
        self._is_whole = False
        self.listed: int | None = None
        self.counts: Counter[str] = Counter()
        self.name = group or shown(part)
        self.protocol = f"{host.title} API, {shown(host.root)}"

    @property
    def faults(self) -> tuple[str, ...]:
        """What the operator of the source should know."""
        home = shown(self._part).split("/")[2]
        if self._harvester.source.token and self._host.root.split("/")[2] != home:
            return (
                f"The token is only sent to {home}, but the API is at {self._host.root}: "
                "give that address for the source.",
            )
        return ()

    def batch(self, since: str | None, position: Any) -> Batch:
        """The repositories of one page of the host's list."""
        if position is None:
            self._is_whole, self.counts = True, Counter()
            self._known.clear()
            page = self._first(since)
        else:
            page = self._host.projects(str(position))
        self.listed = page.total if page.total is not None else self.listed
        before = len(self._known)
        self._known.update(one.api for one in page.repositories)
        if page.next is not None and page.repositories and len(self._known) == before:
            raise SourceProtocolError(
                f"{shown(self._part)} lists the same repositories again and would never come to an end; "
                "ask its operator."
            )
        records, issues = self._read(page, since)
        total = None
        if page.total is not None and page.next is None and self._is_whole:
            # Only now it is known how many of them are passed over.
            total = page.total - sum(self.counts.values())
        return Batch(records=tuple(records), issues=tuple(issues), next=page.next, total=total)

    def _first(self, since: str | None) -> Projects:
        """The first page of whatever the path names: a group, a user, or a single repository."""
        options, group = self._harvester.source.options, self._group
        size = min(self._harvester.source.page_size or _PAGE, 100)
        is_repository = isinstance(self._host, GitHub) and group is not None and "/" in group
        refused: Refusal | None = None
        if not is_repository:
            moment = _before(since) if since else None
            for url in self._host.listings(group, options.get("topic"), moment, size):
                try:
                    return self._host.projects(url)
                except Refusal as refusal:
                    if refusal.status != 404:
                        raise
                    refused = refusal
        if group is not None:
            one = self._host.client.get(self._host.project_url(group)).value()
            repository = self._host.repository(one)
            if repository is not None:
                return Projects(repositories=(repository,))
        raise refused or SourceProtocolError(f"{shown(self._part)} names no group and no repository.")

    def _read(self, page: Projects, since: str | None) -> tuple[list[RawRecord], list[Issue]]:
        records: list[RawRecord] = []
        issues = [unnamed(place, "The host lists something that is no repository.") for place in page.broken]
        for repository in page.repositories:
            why = self._passed_over(repository, since)
            if why is None:
                found = read_repository(
                    self._host,
                    repository,
                    identifier=repository.api,
                    ref=self._harvester.source.options.get("ref"),
                    all_=self._harvester.takes("all"),
                    sets=self._harvester.sets_of(self._part, repository.namespace),
                )
                if found.record is not None:
                    records.append(found.record)
                elif found.issue is not None:
                    issues.append(found.issue)
                else:
                    why = "described by nothing"
            if why is not None:
                self.counts[why] += 1
        return records, issues

    def _passed_over(self, repository: Repository, since: str | None) -> str | None:
        if repository.is_private and not self._harvester.takes("private"):
            return "private"
        if repository.is_fork and not self._harvester.takes("forks"):
            return "forks"
        topic = self._harvester.source.options.get("topic")
        topics = repository.facts.get("topics") or repository.facts.get("tag_list") or ()
        if topic and topic.casefold() not in [str(one).casefold() for one in topics]:
            return "without the topic"
        if since and repository.changed and _is_earlier(repository.changed, _before(since)):
            return "unchanged"
        return None

    def again(self, identifier: str) -> Batch | None:
        """One repository by the address that it has in the host's API."""
        if not identifier.startswith(self._host.root + "/"):
            return None
        try:
            repository = self._host.repository(self._host.client.get(identifier).value())
        except Refusal:
            return None
        if repository is None:
            return None
        records, issues = self._read(Projects(repositories=(repository,)), None)
        return Batch(records=tuple(records), issues=tuple(issues))

    def tell(self, whose: str) -> None:
        """One line about the repositories that are not taken."""
        told = ", ".join(f"{count} {why}" for why, count in sorted(self.counts.items()))
        if told:
            log.info("%s repositories of %s that are not taken: %s", whose, shown(self._part), told)


def _is_earlier(stamp: str, moment: str) -> bool:
    """Whether a host's time, which may be a local one with its offset, is before one of ours in UTC."""
    try:
        told = datetime.fromisoformat(stamp)
    except ValueError:
        return False
    told = told if told.tzinfo else told.replace(tzinfo=UTC)
    return told < datetime.fromisoformat(moment)


def _before(since: str) -> str:
    """A little earlier, in the form of the host."""
    moment = datetime.fromisoformat(since).replace(tzinfo=None) - _LAG
    return moment.isoformat(timespec="seconds") + "Z"
