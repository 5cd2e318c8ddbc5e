"""The same records by OAI-PMH, where the REST API of an InvenioRDM site is closed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from catalogue.errors import SourceError, SourceProtocolError
from catalogue.record import Page
from catalogue.sources import Source
from harvesters.addresses import shown
from harvesters.oai_client import OaiClient, Refusal
from harvesters.oai_pmh import OaiPmh
from harvesters.transport import Transport

_SET_PREFIXES = ("community-", "user-")
"""A community's set in the OAI-PMH of InvenioRDM, and in that of Zenodo."""


class OaiWay:
    """Harvests by ``/oai2d``; identifiers and sets of the records are those of the REST way."""

    def __init__(self, source: Source, transport: Transport, site: str, communities: Sequence[str]) -> None:
        self.url = f"{site}/oai2d"
        self.harvester = OaiPmh(replace(source, url=self.url, sets=()), transport)
        self._source = source
        self._transport = transport
        self._client = OaiClient(transport, self.url, attempts=2)
        self._communities = communities

    def check(self, closed: SourceError) -> None:
        """Raises an error that tells both ways where this one is no way either."""
        if self._source.options.get("query"):
            raise SourceProtocolError(
                f"{closed} OAI-PMH, which could take its place, knows no option query: leave it out."
            )
        try:
            self._client.ask("Identify")
        except SourceError as error:
            raise SourceProtocolError(f"{closed} OAI-PMH is no way round: {error}") from None

    def pages(self, since: str | None, checkpoint: dict[str, Any] | None) -> Iterator[Page]:
        """All pages; their checkpoints say that this way was gone."""
        if checkpoint is None:
            sets = tuple(self._set_of(community) for community in self._communities)
            self.harvester.source = replace(self.harvester.source, sets=sets)
        for page in self.harvester.pages(since, checkpoint):
            yield as_rest(page)

    def _set_of(self, community: str) -> str:
        for prefix in _SET_PREFIXES:
            spec = prefix + community
            try:
                reply = self._client.ask("ListIdentifiers", ("metadataPrefix", "oai_dc"), ("set", spec))
            except Refusal:
                continue
            if reply.headers():
                return spec
        raise SourceProtocolError(
            f"{shown(self.url)} has no set of the community «{community}»; check the sets of the source."
        )


def as_rest(page: Page) -> Page:
    """A page whose records are in communities rather than in sets, and whose checkpoint tells the way."""
    records = tuple(
        replace(raw, sets=tuple(dict.fromkeys(_community(spec) for spec in raw.sets))) for raw in page.records
    )
    checkpoint = None if page.checkpoint is None else {"oai": page.checkpoint}
    return replace(page, records=records, checkpoint=checkpoint)


def _community(spec: str) -> str:
    for prefix in _SET_PREFIXES:
        if spec.startswith(prefix):
            return spec.removeprefix(prefix)
    return spec
