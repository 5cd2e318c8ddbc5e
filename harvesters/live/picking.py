"""Taking in single records of a source that is asked while somebody searches."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import mappings.base
from catalogue.errors import NotFound, SourceProtocolError
from catalogue.outcome import Outcome
from catalogue.picking import put_picked
from catalogue.record import Issue, Page, RawRecord
from catalogue.runs import now
from catalogue.sources import Source
from harvesters.base import Harvester, Probe, harvester_of
from harvesters.json_client import issue_of
from harvesters.live.base import live_search
from harvesters.run import Connect, Opened
from harvesters.transport import HostFailing, Transport
from harvesters.watchdog import Watchdog

_AT_ONCE = 50


def pick(catalogue: Opened, name: str, identifier: str, connect: Connect = Transport) -> Outcome:
    """Fetch one record of a source and store it as a harvest of it would; what it came to.

    Raises `NotFound`, `SourceBusy` while the source is harvested, `SourceError`, `SettingsError`.
    """
    source = catalogue.sources.get(name)
    with catalogue.database.source_lock(name):
        with connect(source, catalogue.settings) as transport:
            raw = live_search(source, transport).one(identifier)
        with Watchdog(mappings.base.read, source.record_timeout) as read:
            return put_picked(catalogue.store, name, raw, read)


class Picked(Harvester):
    """In place of the harvester of a source with ``live=only``: each record that was picked, once more.

    One that the source no longer has is withdrawn; nothing else is asked for.
    """

    kind = "picked"
    title = "Records that were picked"
    deletes_by_absence = False
    when_empty = "nothing was picked of it yet"

    def __init__(self, source: Source, transport: Transport, identifiers: Sequence[str] = ()) -> None:
        super().__init__(source, transport)
        self._identifiers = identifiers
        self._began = now()

    def probe(self) -> Probe:
        """That of the source's own harvester."""
        return harvester_of(self.source, self.transport).probe()

    @property
    def started(self) -> str | None:
        """Our own time, as there is no list of changes."""
        return self._began

    def pages(self, since: str | None, checkpoint: dict[str, Any] | None) -> Iterator[Page]:
        """All picked records, one by one."""
        del since
        search = live_search(self.source, self.transport)
        begin = int((checkpoint or {}).get("at", 0))
        asked = self.transport.requests
        for at in range(begin, len(self._identifiers), _AT_ONCE):
            raws: list[RawRecord] = []
            issues: list[Issue] = []
            for identifier in self._identifiers[at : at + _AT_ONCE]:
                try:
                    raws.append(search.one(identifier))
                except NotFound:
                    raws.append(RawRecord(identifier=identifier, format="", data=b"", deleted=True))
                except (HostFailing, SourceProtocolError) as error:
                    issues.append(issue_of(identifier, "/", str(error)))
            asked, before = self.transport.requests, asked
            yield Page(
                records=tuple(raws),
                issues=tuple(issues),
                checkpoint={"at": at + _AT_ONCE},
                expected=len(self._identifiers),
                requests=asked - before,
            )
