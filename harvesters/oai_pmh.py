"""OAI-PMH 2.0, the protocol that most repositories speak, as its servers really speak it."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from catalogue.errors import SourceProtocolError
from catalogue.record import Issue, Page, RawRecord
from catalogue.runs import now
from catalogue.sources import Source
from harvesters.addresses import shown
from harvesters.base import Harvester, Probe
from harvesters.oai_client import BrokenPage, HttpRefusal, OaiClient, Refusal
from harvesters.oai_formats import choose_format
from harvesters.oai_probe import probe
from harvesters.oai_progress import Progress, Window
from harvesters.oai_reply import Asked, Header, Reply, is_unnamed, moment
from harvesters.oai_trail import Trail
from harvesters.transport import HostFailing, Transport

log = logging.getLogger(__name__)

RECORDS_AT_ONCE = 1000
BYTES_AT_ONCE = 4_000_000
"""A response with more is stored in several pages."""
ONE_BY_ONE_BELOW = 500
"""A list of no more records is read one by one when a page of it is broken; a longer one is divided."""
_ONE_BY_ONE_AT_MOST = 20_000
_BATCH = 50
_EXPIRED = {"badResumptionToken", "badArgument", "400", "404", "410", "422"}
_BAD_DATE = {"badArgument", "400", "422"}

Parts = Iterator[tuple[list[RawRecord], list[Issue]]]


class OaiPmh(Harvester):
    """Reads a repository by Identify, ListMetadataFormats and ListRecords.

    Where a page of records can't be had at all, the span of time around it is divided, and
    the last piece is read by ListIdentifiers and GetRecord.  ``attempts`` is how often a request
    is made, where that is not the transport's own number.
    """

    kind = "oai-pmh"
    title = "OAI-PMH 2.0"

    def __init__(self, source: Source, transport: Transport, *, attempts: int | None = None) -> None:
        super().__init__(source, transport)
        self._client = OaiClient(transport, source.url, attempts=attempts)
        self._progress: Progress | None = None
        self._trail = Trail()
        self._counted = 0
        self._expected: int | None = None

    @property
    def started(self) -> str | None:
        """The responseDate of the first answer; our own time where that is none or far ahead."""
        return None if self._progress is None else self._progress.started

    @property
    def missing(self) -> int:
        """Records that the server announced and did not give."""
        return 0 if self._progress is None else self._progress.missing

    def probe(self) -> Probe:
        """Ask Identify, ListMetadataFormats, ListSets and a page of records."""
        return probe(self.source, self._client)

    def pages(self, since: str | None, checkpoint: dict[str, Any] | None) -> Iterator[Page]:
        """The pages of all sets and windows; the last one's checkpoint says ``done``."""
        progress = Progress.read(checkpoint) if checkpoint else self._begin(since)
        self._progress = progress
        while not progress.done:
            try:
                reply = self._list(progress)
            except Refusal as refusal:
                self._after_refusal(progress, refusal)
            except (BrokenPage, HostFailing) as broken:
                yield from self._around(progress, broken)
            else:
                yield from self._stored_in_parts(progress, reply)

    def _begin(self, since: str | None) -> Progress:
        date = granularity = earliest = None
        try:
            identity = self._client.ask("Identify")
        except HttpRefusal:
            raise
        except Refusal as refusal:
            # A server that cannot identify itself may have records all the same.
            log.warning("%s %s", self.transport.whose, refusal)
        else:
            date, granularity = identity.date, identity.text("granularity")
            earliest = moment(identity.text("earliestDatestamp"))
        prefix, form = self._format()
        tomorrow = (datetime.now(UTC) + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
        by_day = granularity == "YYYY-MM-DD"
        return Progress(
            started=date if date is not None and date < tomorrow else now(),
            prefix=prefix,
            format=form,
            dates=["day", "seconds", "none"] if by_day else ["seconds", "day", "none"],
            sets=list(self.source.sets) or [None],
            whole=Window(begin=since),
            earliest=earliest,
        )

    def _format(self) -> tuple[str, str]:
        try:
            offers = self._client.ask("ListMetadataFormats").offers()
        except Refusal as refusal:
            log.warning("%s %s", self.transport.whose, refusal)
            offers = ()
        return choose_format(offers, self.source.prefix)

    def _list(self, progress: Progress) -> Reply:
        """The next part of the present window; with a token, nothing else is sent (section 3.5)."""
        if progress.token:
            return self._client.ask("ListRecords", ("resumptionToken", progress.token))
        return self._client.ask("ListRecords", *self._arguments(progress))

    @staticmethod
    def _arguments(progress: Progress) -> list[tuple[str, str]]:
        arguments = [("metadataPrefix", progress.prefix), *progress.dates_of(progress.window)]
        if progress.sets[0] is not None:
            arguments.append(("set", progress.sets[0]))
        return arguments

    def _after_refusal(self, progress: Progress, refusal: Refusal) -> None:
        """Go back when a token has expired, write dates otherwise when they are refused; or raise."""
        self._trail = Trail()
        if progress.token and refusal.code in _EXPIRED:
            log.warning("%s its resumption token has expired; going back", self.transport.whose)
            if not progress.restart():
                raise SourceProtocolError(
                    f"{shown(self.source.url)} forgets its resumption tokens before its list ends, each "
                    f"time after about {progress.furthest} records; ask its operator, or harvest it by sets."
                ) from refusal
        elif progress.dates_of(progress.window) and not progress.token and refusal.code in _BAD_DATE:
            log.warning("%s it refuses dates written by %s", self.transport.whose, progress.dates[0])
            progress.other_dates()
        else:
            raise refusal

    def _stored_in_parts(self, progress: Progress, reply: Reply) -> Iterator[Page]:
        """A response as pages of bounded size; only the last one moves the checkpoint on."""
        before = progress.checkpoint()
        held: tuple[list[RawRecord], list[Issue]] = ([], [])
        identifiers: list[str] = []
        stamps: list[str] = []
        for raws, issues in in_parts(reply.records(self._asked(progress))):
            if held[0] or held[1]:
                yield self._page(*held, before, None)
            held = raws, issues
            identifiers += [raw.identifier for raw in raws] + [issue.identifier for issue in issues]
            stamps += [raw.datestamp or "" for raw in raws]
            progress.missing += sum(map(is_unnamed, issues))
        honoured = not progress.ignores_dates
        progress.note(stamps, len(identifiers), reply.size)
        if honoured and progress.ignores_dates:
            log.warning("%s it ignores from and until; comparing its whole list", self.transport.whose)
        # A list that ends without a count has as many records as came.
        expected = progress.expected if reply.token or progress.size else progress.before + progress.count
        self._expected = expected
        loops = self._advance(progress, reply.token, identifiers)
        yield self._page(*held, progress.checkpoint(), expected)
        if loops:
            raise SourceProtocolError(
                f"{shown(self.source.url)} gives the same resumption token or page again and would never "
                "come to an end; ask its operator."
            )

    def _advance(self, progress: Progress, token: str | None, identifiers: list[str]) -> bool:
        """Move on to the next part of the list; ``True`` when the list runs in a circle."""
        if token and not progress.has_enough:
            if not self._trail.circles(token, identifiers):
                progress.token = token
                return False
            is_all_there = progress.size is not None and progress.count >= progress.size
            if self._trail.repeats_pages or not is_all_there:
                progress.begin_window()
                self._trail = Trail()
                return True
        progress.next_window()
        self._trail = Trail()
        return False

    def _around(self, progress: Progress, error: BrokenPage | HostFailing) -> Iterator[Page]:
        """Get past a page that can't be had: divide the window, or read its records one by one."""
        self._trail = Trail()
        log.warning("%s %s Going around that page.", self.transport.whose, error)
        try:
            reply = self._client.ask("ListIdentifiers", *self._arguments(progress))
        except (Refusal, BrokenPage, HostFailing):
            raise error from None
        size = reply.size if reply.token else len(reply.headers())
        if (size is None or size > ONE_BY_ONE_BELOW) and progress.divide():
            return
        if size is not None and size > _ONE_BY_ONE_AT_MOST:
            raise error
        yield from self._one_by_one(progress, reply)

    def _one_by_one(self, progress: Progress, reply: Reply) -> Iterator[Page]:
        """The present window by GetRecord: only the broken records of it are lost."""
        progress.begin_window()
        headers = reply.headers()
        trail = Trail()
        while reply.token and not trail.circles(reply.token, [one.identifier for one in reply.headers()]):
            reply = self._client.ask("ListIdentifiers", ("resumptionToken", reply.token))
            headers += reply.headers()
        yield from self._singly(progress, headers)
        progress.count = len(headers)
        progress.next_window()
        yield self._page([], [], progress.checkpoint(), None)

    def again(self, identifiers: Sequence[str]) -> Iterator[Page]:
        """Records that earlier runs could not get, by GetRecord."""
        if self._progress is None:
            return
        expected = self._expected
        for page in self._singly(self._progress, [Header(identifier=one) for one in identifiers]):
            # The list's own count does not hold them: it is raised, so that it can't hide what is missing.
            expected = None if expected is None else expected + len(page.records) + len(page.issues)
            yield replace(page, expected=expected)

    def _singly(self, progress: Progress, headers: Sequence[Header]) -> Iterator[Page]:
        for start in range(0, len(headers), _BATCH):
            batch = headers[start : start + _BATCH]
            found = [self._single(progress, header) for header in batch]
            raws = [one for one in found if isinstance(one, RawRecord)]
            issues = [one for one in found if isinstance(one, Issue)]
            yield self._page(raws, issues, progress.checkpoint(), None)

    def _single(self, progress: Progress, header: Header) -> RawRecord | Issue:
        if header.deleted:
            return RawRecord(
                identifier=header.identifier,
                format=progress.format,
                data=b"",
                datestamp=header.datestamp,
                deleted=True,
                sets=header.sets,
            )
        reason = "GetRecord gives no such record."
        arguments = (("identifier", header.identifier), ("metadataPrefix", progress.prefix))
        try:
            reply = self._client.ask("GetRecord", *arguments, attempts=2)
            for one in reply.records(self._asked(progress)):
                if isinstance(one, RawRecord) or not is_unnamed(one):
                    return one
                reason = one.reason
        except (Refusal, BrokenPage, HostFailing) as error:
            reason = str(error)
        return Issue(identifier=header.identifier, path="/record", reason=reason, rule="unreadable")

    def _asked(self, progress: Progress) -> Asked:
        return Asked(format=progress.format, prefix=progress.prefix, base_url=self.source.url)

    def _page(
        self, raws: list[RawRecord], issues: list[Issue], checkpoint: dict[str, Any], expected: int | None
    ) -> Page:
        requests, self._counted = self.transport.requests - self._counted, self.transport.requests
        return Page(
            records=tuple(raws),
            issues=tuple(issues),
            checkpoint=checkpoint,
            expected=expected,
            requests=requests,
        )


def in_parts(records: Iterator[RawRecord | Issue]) -> Parts:
    """The records and issues in portions of bounded number and size."""
    raws: list[RawRecord] = []
    issues: list[Issue] = []
    size = 0
    for one in records:
        if isinstance(one, Issue):
            issues.append(one)
        else:
            raws.append(one)
            size += len(one.data)
        if len(raws) + len(issues) >= RECORDS_AT_ONCE or size >= BYTES_AT_ONCE:
            yield raws, issues
            raws, issues, size = [], [], 0
    if raws or issues:
        yield raws, issues
