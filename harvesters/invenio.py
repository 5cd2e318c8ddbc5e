"""InvenioRDM and Zenodo by their REST API: communities, queries, all versions, slices of time."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from catalogue.errors import SettingsError, SourceError, SourceUnreachable
from catalogue.record import Issue, Page, RawRecord
from catalogue.sources import Source
from harvesters.base import Probe
from harvesters.invenio_api import ANONYMOUS_SIZE, TOKEN_SIZE, WINDOW, InvenioApi, community_of
from harvesters.invenio_beside import Beside
from harvesters.invenio_oai import OaiWay, as_rest
from harvesters.invenio_probe import probe_rest
from harvesters.invenio_records import number_of, raw_of
from harvesters.json_client import Refusal, Unreadable, issue_of
from harvesters.listing import Batch
from harvesters.offset_listing import OffsetListing, Slice
from harvesters.transport import Transport

log = logging.getLogger(__name__)

_FIRST = datetime(2000, 1, 1, tzinfo=UTC)
_SHORTEST = timedelta(seconds=2)
_NEVER = "created:[1900-01-01T00:00:00 TO 1900-01-02T00:00:00]"
_GONE = 410
"""For a deleted record; «404 Not Found» is only an absence, which the next full list confirms."""
_AGAIN = 100
"""So many incomplete records are remembered for the next run."""


class Invenio(OffsetListing):
    """Reads the communities of a site, or all of it, oldest record first.

    A part of a run is a community and a span of the time in which its records were made: that never
    changes, so that a list stays the same while its records are worked on.  Identifiers are those of
    the site's OAI-PMH, by which the harvest goes where the REST API is closed.
    """

    kind = "invenio"
    title = "InvenioRDM and Zenodo (REST)"
    options: ClassVar[Mapping[str, str]] = {
        "query": "search query that the records must match, in the syntax of the site",
        "allversions": "whether all versions of a record are harvested (yes), or only the latest (no)",
        "files": "«ask»: ask for each record's list of files where the search does not give it (no)",
        "codemeta": "whether the codemeta.json of software is read too (no)",
        "way": "«rest» or «oai» (OAI-PMH): the only way by which it is harvested (REST; where the first "
        "harvest finds that closed, OAI-PMH until it opens)",
    }
    fails_alone = True
    window = WINDOW - 1

    @classmethod
    def check(cls, source: Source) -> None:
        """The option way is one of the known words."""
        if source.options.get("way", "rest") not in {"rest", "oai"}:
            raise SettingsError(
                f"Option way of source {source.name} is rest or oai, not «{source.options['way']}»."
            )

    def __init__(self, source: Source, transport: Transport) -> None:
        super().__init__(source, transport)
        self._api = InvenioApi(source, transport)
        self._beside = Beside(source, self._api)
        self._oai: OaiWay | None = None
        self._honours_dates: bool | None = None
        self._incomplete: list[str] = []

    @property
    def communities(self) -> tuple[str, ...]:
        """The slugs of the source's sets, else the community whose page its address is."""
        named = community_of(self.source.url)
        return self.source.sets or ((named,) if named else ())

    @property
    def started(self) -> str | None:
        """The clock of the way that was gone."""
        return super().started if self._oai is None else self._oai.harvester.started

    @property
    def missing(self) -> int:
        """What was announced and did not come."""
        return super().missing if self._oai is None else self._oai.harvester.missing

    def probe(self) -> Probe:
        """Ask for one record of each community; by OAI-PMH where the REST API is closed."""
        self._oai = self._other_way()
        if self._oai is not None:
            found = self._oai.harvester.probe()
            fault = f"Its REST API is closed, so it is harvested by OAI-PMH at {self._oai.url}."
            return replace(found, faults=(fault, *found.faults))
        return probe_rest(self._api, self.communities or ("",), self._query(None, "", ""))

    def pages(self, since: str | None, checkpoint: dict[str, Any] | None) -> Iterator[Page]:
        """All communities to their ends; by OAI-PMH where the REST API cannot be asked."""
        if checkpoint is None:
            self._oai = self._other_way()
        elif "oai" in checkpoint:
            self._oai = self._way_of_oai()
            checkpoint = checkpoint["oai"]
        if self._oai is not None:
            yield from self._oai.pages(since, checkpoint)
        else:
            yield from super().pages(since, checkpoint)
            self._remember()
        self.memory["way"] = "rest" if self._oai is None else "oai"

    def _way_of_oai(self) -> OaiWay:
        return OaiWay(self.source, self.transport, self._api.site, self.communities)

    def _other_way(self) -> OaiWay | None:
        """OAI-PMH, where the first question to the REST API shows that it is not to be had.

        Not where a token is refused: OAI-PMH would give less, and the rest would look deleted.  And not
        where the last harvest went by REST: what is closed for a moment is no reason to go elsewhere.
        """
        self.check(self.source)
        if self.source.options.get("way") == "oai":
            return self._way_of_oai()
        try:
            self._api.search("", "", 0, 1)
        except (Refusal, Unreadable) as closed:
            status = closed.status if isinstance(closed, Refusal) else None
            if status not in {None, 401, 403, 404, 405, 410}:
                raise
            if status in {401, 403} and self.source.token:
                raise SourceError(f"{closed} Its token is not accepted; renew it.") from None
            if "rest" in {self.memory.get("way"), self.source.options.get("way")}:
                raise SourceUnreachable(
                    f"{closed} It is harvested by its REST API; if that is closed for good, set the option "
                    "way=oai."
                ) from None
            way = self._way_of_oai()
            way.check(closed)
            log.warning("%s %s Harvesting by OAI-PMH at %s.", self.transport.whose, closed, way.url)
            return way
        return None

    def _remember(self) -> None:
        """What is to be found beside a record and was not is looked for by the next run."""
        self._incomplete = [one for one in self.memory.get("incomplete", ()) if isinstance(one, str)]
        self.memory["incomplete"] = self._beside.incomplete[:_AGAIN]

    def parts(self, since: str | None) -> Sequence[str]:
        """One part a community; without any, the whole site is one."""
        return [_part(slug, "", "") for slug in self.communities or ("",)]

    def label(self, part: str) -> str:
        """The community."""
        return str(json.loads(part)[0])

    def size(self, part: str) -> int:
        """What the option says, else as many as the site gives to us at most."""
        return self.source.page_size or (TOKEN_SIZE if self.source.token else ANONYMOUS_SIZE)

    def slice(self, part: str, since: str | None, skip: int, limit: int) -> Slice:
        """The records of one stretch, with what belongs to them."""
        community, low, high = json.loads(part)
        if skip + limit > WINDOW:
            # Its list cannot be divided: what is beyond the window is told as missing.
            return Slice(records=())
        query = self._query(since, low, high)
        try:
            found = self._api.search(community, query, skip, limit)
        except Refusal as refusal:
            if refusal.status in {401, 403} and self.source.token:
                raise Refusal(
                    f"{refusal} Its token is no longer accepted; renew it.", refusal.status
                ) from None
            raise
        records: list[RawRecord] = []
        issues: list[Issue] = []
        for at, data in enumerate(found.records, skip + 1):
            one = self._raw(data, community, f"({community or self._api.host}, record {at} of the list)")
            if isinstance(one, RawRecord):
                records.append(one)
            else:
                issues.append(one)
        total = found.total
        if total is not None and skip + len(found.records) > total:
            log.warning("%s it gives more records than the %d that it counts", self.transport.whose, total)
            total = None
        return Slice(records=tuple(records), issues=tuple(issues), total=total)

    def around(self, part: str, since: str | None, position: Any) -> Iterator[Batch]:
        """The page in pieces; none where nothing of it can be had: then it is the site that fails."""
        pieces = list(super().around(part, since, position))
        if any(piece.records or not piece.issues for piece in pieces):
            yield from pieces

    def _raw(self, data: bytes, community: str, place: str) -> RawRecord | Issue:
        api = self._api
        one = raw_of(data, site=api.site, host=api.host, community=community, place=place)
        return self._beside.completed(one, number_of(one.identifier)) if isinstance(one, RawRecord) else one

    def _query(self, since: str | None, low: str, high: str) -> str:
        given = self.source.options.get("query", "").strip()
        terms = [f"({given})"] if given else []
        if since is not None:
            terms.append(f"updated:[{since.removesuffix('Z')} TO *]")
        if low or high:
            terms.append(f"created:[{low or '*'} TO {high or '*'}" + ("}" if high else "]"))
        return " AND ".join(terms)

    def divided(self, part: str, since: str | None, total: int) -> Sequence[str]:
        """Two halves of the part's span of time; a half that is still too long is divided again."""
        community, low, high = json.loads(part)
        first = datetime.fromisoformat(low + "+00:00") if low else _FIRST
        last = datetime.fromisoformat(high + "+00:00") if high else datetime.now(UTC)
        if last - first < _SHORTEST or not self._can_divide(community):
            log.warning("%s %d records cannot be divided by their dates", self.transport.whose, total)
            return ()
        middle = (first + (last - first) / 2).strftime("%Y-%m-%dT%H:%M:%S")
        return _part(community, low, middle), _part(community, middle, high)

    def _can_divide(self, community: str) -> bool:
        """Whether the site searches by dates: there is nothing of the year 1900."""
        if self._honours_dates is None:
            self._honours_dates = not self._api.search(community, _NEVER, 0, 1).total
        return self._honours_dates

    def again(self, identifiers: Sequence[str]) -> Iterator[Page]:
        """Records that earlier runs could not get, or not complete, asked for one by one."""
        if self._oai is not None:
            yield from map(as_rest, self._oai.harvester.again(identifiers))
            return
        identifiers = list(dict.fromkeys([*identifiers, *self._incomplete]))
        yield from self.one_by_one(identifiers, self._single)
        self.memory["incomplete"] = self._beside.incomplete[:_AGAIN]

    def _single(self, identifier: str) -> RawRecord | Issue:
        try:
            answer = self._api.record(number_of(identifier))
            one = self._raw(answer.body, "", identifier)
        except Refusal as refusal:
            if refusal.status == _GONE:
                return RawRecord(identifier=identifier, format="inveniordm", data=b"", deleted=True)
            return issue_of(identifier, "/", str(refusal))
        except SourceError as error:
            return issue_of(identifier, "/", str(error))
        if isinstance(one, RawRecord) and one.identifier == identifier:
            return one
        reason = one.reason if isinstance(one, Issue) else f"The site gives the record {one.identifier}."
        return issue_of(identifier, "/", reason)


def _part(community: str, low: str, high: str) -> str:
    return json.dumps([community, low, high])
