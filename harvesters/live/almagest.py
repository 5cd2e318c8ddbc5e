"""Another Almagest: searched by its REST API, harvested by its OAI-PMH."""

from __future__ import annotations

import re
from typing import Any, ClassVar
from urllib.parse import urlsplit, urlunsplit

import orjson

from catalogue.errors import NotFound, RecordRefused
from catalogue.index import FACETS
from catalogue.json_form import read_record
from catalogue.record import RawRecord, Record
from harvesters.json_client import JsonClient, Unreadable, count_in
from harvesters.live.base import COVERED, REMEMBERED, Ask, Found, LiveHit, LiveSearch
from harvesters.oai_client import OaiClient, Refusal
from harvesters.oai_formats import choose_format
from harvesters.oai_reply import Asked

_ID = re.compile(r"[0-9a-f]{20}")
_REPOSITORY = re.compile(rb"<(?:\w+:)?repositoryIdentifier>\s*([A-Za-z0-9.-]{1,200})\s*<")
_OWN = frozenset({"links", "product", "highlights", "remote", "held"})


class LiveAlmagest(LiveSearch):
    """An OAI-PMH source at ``…/oai`` with its REST API at ``…/api/v1``; it knows all that we know."""

    kind = "oai-pmh"
    asks: ClassVar[frozenset[str]] = frozenset({"q", "published", "parameter", *COVERED, *FACETS})

    def search(self, ask: Ask) -> Found:
        """The first page of its search, in the unified model as it writes it."""
        parts = urlsplit(self.source.url)
        path = parts.path.rstrip("/").removesuffix("/oai") + "/api/v1/records"
        url = urlunsplit((parts.scheme, parts.netloc, path, "", ""))
        parameters = [pair for pair in ask.parameters if pair[0] not in {"size", "cursor"}]
        answer = JsonClient(self.transport).get(url, [*parameters, ("size", str(ask.size))], attempts=1)
        outer, elements = answer.shell("hits")
        repository = self._repository()
        found = [record for data in elements[: ask.size] if (record := _record(data)) is not None]
        if elements and not found:
            raise Unreadable(f"{url} answers with records that are none of Almagest's.")
        return Found(
            hits=tuple(LiveHit(identifier=f"oai:{repository}:{one.id}", record=one) for one in found),
            total=count_in(outer.get("total")),
        )

    def one(self, identifier: str) -> RawRecord:
        """By GetRecord, in the format in which a harvest has it; of the sets of the source only."""
        client = OaiClient(self.transport, self.source.url, attempts=1)
        prefix, form = choose_format(client.ask("ListMetadataFormats").offers(), self.source.prefix)
        asked = Asked(format=form, prefix=prefix, base_url=self.source.url)
        try:
            reply = client.ask("GetRecord", ("identifier", identifier), ("metadataPrefix", prefix))
        except Refusal as refusal:
            if refusal.code not in {"idDoesNotExist", "cannotDisseminateFormat"}:
                raise
        else:
            for one in reply.records(asked):
                if isinstance(one, RawRecord) and one.identifier == identifier and not one.deleted:
                    self._check_sets(one)
                    return one
        raise NotFound(f"The source {self.source.name} has no record «{identifier[:200]}».")

    def _check_sets(self, raw: RawRecord) -> None:
        """What lies outside of the sets that are harvested would be withdrawn by the next harvest."""
        mine = self.source.sets
        if mine and not any(one == own or one.startswith(f"{own}:") for one in raw.sets for own in mine):
            raise NotFound(
                f"«{raw.identifier[:200]}» is in none of the sets that {self.source.name} is harvested for; "
                "register the same service once more, without sets and with the option live=only."
            )

    def _repository(self) -> str:
        """What the identifiers of its OAI-PMH begin with (oai-identifier guideline, section 2.2)."""

        def asked() -> str:
            found = _REPOSITORY.search(
                self.transport.get(self.source.url, [("verb", "Identify")], attempts=1).body
            )
            if found is None:
                raise Unreadable(
                    f"{self.source.url} is no Almagest, or one whose ALMAGEST_REPOSITORY_ID is no domain "
                    "name: its Identify names no repositoryIdentifier."
                )
            return found[1].decode()

        name: str = REMEMBERED.get((self.kind, self.source.url), asked)
        return name


def _record(data: bytes) -> Record | None:
    """A record as another Almagest writes it, be it of a later version that says more."""
    try:
        document: dict[str, Any] = orjson.loads(data)
        kept = {name: value for name, value in document.items() if name not in _OWN}
        record = read_record(orjson.dumps(kept))
    except (orjson.JSONDecodeError, AttributeError, TypeError, RecordRefused, RecursionError):
        return None
    return record if _ID.fullmatch(record.id) and record.titles else None
