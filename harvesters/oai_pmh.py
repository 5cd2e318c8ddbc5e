"""OAI-PMH 2.0: the protocol that most repositories speak."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from typing import Any

from lxml import etree

from catalogue.errors import SourceProtocolError
from catalogue.record import Page
from catalogue.runs import now
from catalogue.sources import Source
from harvesters.base import Harvester, Probe
from harvesters.oai_progress import Progress
from harvesters.oai_reply import Offer, Reply, page_parser
from harvesters.transport import Answer, Transport, shown
from mappings.base import formats

log = logging.getLogger(__name__)


class OaiPmh(Harvester):
    """Reads a repository by Identify, ListMetadataFormats and ListRecords."""

    kind = "oai-pmh"
    title = "OAI-PMH 2.0"

    def __init__(self, source: Source, transport: Transport) -> None:
        super().__init__(source, transport)
        self._progress: Progress | None = None
        self._parser = page_parser()

    @property
    def started(self) -> str | None:
        """The responseDate of the first answer."""
        return None if self._progress is None else self._progress.started

    @property
    def missing(self) -> int:
        """Records that the server announced and did not give."""
        return 0 if self._progress is None else self._progress.missing

    def probe(self) -> Probe:
        """Ask Identify, ListMetadataFormats and ListSets."""
        identity = self._ask("Identify")
        offers = self._ask("ListMetadataFormats").offers()
        prefix, _ = choose_format(offers, self.source.prefix)
        return Probe(
            name=identity.text("repositoryName") or self.source.name,
            protocol="OAI-PMH 2.0",
            formats=tuple(offer.prefix for offer in offers),
            chosen_format=prefix,
            granularity=identity.text("granularity"),
            deletion=identity.text("deletedRecord"),
            earliest=identity.text("earliestDatestamp"),
        )

    def pages(self, since: str | None, checkpoint: dict[str, Any] | None) -> Iterator[Page]:
        """The pages of all sets and windows; the last one's checkpoint says ``done``."""
        progress = Progress.read(checkpoint) if checkpoint else self._begin(since)
        self._progress = progress
        asked = self.transport.requests if checkpoint else 0
        while not progress.done:
            reply = self._list(progress)
            raws, issues = reply.records(progress.format, progress.prefix, self.source.url)
            progress.count += len(raws) + len(issues)
            progress.size = reply.size or progress.size
            expected = None if progress.size is None else progress.before + progress.size
            progress.token = reply.token
            if not reply.token:
                progress.next_window()
            requests, asked = self.transport.requests - asked, self.transport.requests
            yield Page(
                records=tuple(raws),
                issues=tuple(issues),
                checkpoint=progress.checkpoint(),
                expected=expected,
                requests=requests,
            )

    def _begin(self, since: str | None) -> Progress:
        identity = self._ask("Identify")
        offers = () if self.source.prefix else self._ask("ListMetadataFormats").offers()
        prefix, form = choose_format(offers, self.source.prefix)
        by_day = identity.text("granularity") == "YYYY-MM-DD"
        windows: list[list[Any]] = [[since, None, 0]]
        return Progress(
            started=identity.date or now(),
            prefix=prefix,
            format=form,
            by_day=by_day,
            sets=list(self.source.sets) or [None],
            windows=windows,
            first=windows,
        )

    def _list(self, progress: Progress) -> Reply:
        if progress.token:
            return self._ask("ListRecords", ("resumptionToken", progress.token))
        arguments = [("metadataPrefix", progress.prefix)]
        if progress.sets[0] is not None:
            arguments.append(("set", progress.sets[0]))
        begin, end, _ = progress.windows[0]
        length = 10 if progress.by_day else 20
        if begin:
            arguments.append(("from", begin[:length]))
        if end:
            arguments.append(("until", end[:length]))
        return self._ask("ListRecords", *arguments)

    def _ask(self, verb: str, *arguments: tuple[str, str]) -> Reply:
        answer = self.transport.get(
            self.source.url, [("verb", verb), *arguments], accept="text/xml, application/xml"
        )
        reply = self._parsed(answer)
        for code, text in reply.errors:
            if code != "noRecordsMatch":
                raise SourceProtocolError(
                    f"{shown(self.source.url)} answers {verb} with «{code}: {text}».", code=code
                )
        return reply

    def _parsed(self, answer: Answer) -> Reply:
        try:
            root = etree.fromstring(answer.body, self._parser)
        except etree.XMLSyntaxError as error:
            raise SourceProtocolError(f"{shown(answer.url)} answers with broken XML: {error.msg}.") from None
        return Reply(root)


def choose_format(offers: Sequence[Offer], wanted: str | None) -> tuple[str, str]:
    """(metadataPrefix to ask for, our name of that format): the richest that we can read.

    Formats are recognised by their prefix, else by their namespace.  Raises
    `SourceProtocolError` when none can be read.
    """
    by_namespace = {offer.namespace: offer.prefix for offer in reversed(offers) if offer.namespace}
    prefixes = {offer.prefix for offer in offers}
    readable = [form for form in formats().values() if form.read is not None and form.is_xml]
    if wanted:
        namespaces = {offer.namespace for offer in offers if offer.prefix == wanted}
        for form in readable:
            if form.prefix == wanted:
                return wanted, wanted
        for form in readable:
            if form.namespace in namespaces:
                return wanted, form.prefix
        return wanted, wanted
    for form in readable:
        if form.prefix in prefixes:
            return form.prefix, form.prefix
        if form.namespace is not None and form.namespace in by_namespace:
            return by_namespace[form.namespace], form.prefix
    raise SourceProtocolError(
        f"The source offers {', '.join(sorted(prefixes)) or 'no formats'}; "
        f"Almagest reads {', '.join(form.prefix for form in readable)}."
    )
