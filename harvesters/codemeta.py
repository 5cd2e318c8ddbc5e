"""Software from Git hosts, lists of repositories and single codemeta.json files."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import urlsplit

from catalogue.errors import SettingsError, SourceProtocolError
from catalogue.record import Page
from catalogue.sources import Source
from harvesters.addresses import shown
from harvesters.base import Probe
from harvesters.codemeta_lists import ListReading
from harvesters.codemeta_projects import HostReading
from harvesters.git_hosts import GITHUB, host_at
from harvesters.json_client import JsonClient
from harvesters.listing import Batch, Listing
from harvesters.repository_files import text_in
from harvesters.repository_lists import Listed, is_document_address, listed_in
from harvesters.transport import Transport

log = logging.getLogger(__name__)

_LISTS = (".txt", ".lst", ".csv", ".md")
_MAXIMUM_LIST = 20_000_000


class CodeMeta(Listing):
    """Repositories with a codemeta.json, a CITATION.cff or a reana.yaml in their root folder."""

    kind = "codemeta"
    title = "Software repositories (CodeMeta, CFF, REANA)"
    local = True
    fails_alone = True
    options: ClassVar[dict[str, str]] = {
        "group": "group, organisation or user whose repositories are taken (all that the host lists)",
        "topic": "only repositories with this topic",
        "ref": "branch or tag that is read (each repository's own default)",
        "all": "take repositories without any description too, with the host's words (no)",
        "forks": "take forks too (no)",
        "private": "take repositories that only the token sees too (no)",
    }

    def __init__(self, source: Source, transport: Transport) -> None:
        super().__init__(source, transport)
        self._readings: dict[str, HostReading | ListReading] = {}
        self.client = JsonClient(transport)

    @classmethod
    def check(cls, source: Source) -> None:
        """GitHub has no list of everything that would end."""
        for url in source.urls:
            parts = urlsplit(url)
            is_all = parts.hostname in GITHUB and not parts.path.strip("/")
            if is_all and not source.options.get("group", "").strip():
                raise SettingsError(
                    f"The source {source.name} would be all of GitHub; name an organisation or a user, "
                    "--option group=X."
                )

    def parts(self, since: str | None) -> Sequence[str]:
        """The addresses that the operator gave."""
        del since
        return self.source.urls

    def batch(self, part: str, since: str | None, position: Any) -> Batch:
        """Some repositories of one address."""
        return self._reading(part).batch(since, position)

    def pages(self, since: str | None, checkpoint: dict[str, Any] | None) -> Iterator[Page]:
        """All repositories; at the end how many had nothing that describes them."""
        yield from super().pages(since, checkpoint)
        for reading in self._readings.values():
            reading.tell(self.transport.whose)

    def again(self, identifiers: Sequence[str]) -> Iterator[Page]:
        """Repositories that earlier runs could not read."""
        for identifier in identifiers:
            for part in self.source.urls:
                batch = self._reading(part).again(identifier)
                if batch is not None:
                    yield Page(records=batch.records, issues=batch.issues, requests=1)
                    break

    def _reading(self, part: str) -> HostReading | ListReading:
        if part not in self._readings:
            self._readings[part] = self._opened(part)
        return self._readings[part]

    def _opened(self, part: str) -> HostReading | ListReading:
        """What an address is: a file or list, or a host; raises `SourceError`."""
        if "://" not in part:
            return ListReading(self, part, _of_this_machine(part))
        path = part.partition("?")[0].casefold()
        if is_document_address(part) or path.endswith(_LISTS):
            return ListReading(self, part, self._downloaded(part))
        host, inside = host_at(self.client, part)
        group = self.source.options.get("group") or inside or None
        return HostReading(self, part, host, group)

    def _downloaded(self, url: str) -> list[Listed]:
        answer = self.transport.get(url)
        if answer.status >= 400:
            raise SourceProtocolError(
                f"{shown(url)} answers «{answer.status} {answer.reason}»; check the address of the source."
            )
        try:
            return listed_in(text_in(answer.body, _MAXIMUM_LIST), url)
        except ValueError as error:
            raise SourceProtocolError(f"{shown(url)} is no list of repositories: {error}.") from None

    def probe(self) -> Probe:
        """What the first address is, and how many repositories it lists."""
        part = self.source.url
        reading = self._reading(part)
        batch = reading.batch(None, None)
        faults = tuple(issue.reason for issue in batch.issues[:5])
        return Probe(
            name=reading.name,
            protocol=reading.protocol,
            formats=("codemeta", "cff", "reana"),
            chosen_format="software_repository",
            deletion="by absence from the full list",
            granularity="seconds" if isinstance(reading, HostReading) else None,
            records=reading.listed,
            faults=(*reading.faults, *faults),
        )

    def takes(self, name: str) -> bool:
        """Whether an option that is off by default was switched on."""
        return self.source.is_on(name)

    def sets_of(self, part: str, *more: str | None) -> tuple[str, ...]:
        """The sets of a record: the address where there are several, and the group."""
        own = (part,) if len(self.source.urls) > 1 else ()
        return (*own, *(one for one in more if one))


def _of_this_machine(path: str) -> list[Listed]:
    place = Path(path).expanduser()
    try:
        if not place.is_file():
            raise SourceProtocolError(f"«{path}» is no file; give a list of repositories or a codemeta.json.")
        with place.open("rb") as file:
            data = file.read(_MAXIMUM_LIST + 1)
        return listed_in(text_in(data, _MAXIMUM_LIST), path)
    except OSError as error:
        raise SourceProtocolError(f"«{path}» cannot be read: {error.strerror}.") from None
    except ValueError as error:
        raise SourceProtocolError(f"«{path}» is no list of repositories: {error}.") from None
