"""What an OAI-PMH endpoint says of itself, and where it departs from the standard."""

from __future__ import annotations

import time
from collections.abc import Collection

from catalogue.errors import SourceError
from catalogue.sources import Source
from harvesters.base import Probe
from harvesters.faults import Fault
from harvesters.oai_client import BrokenPage, HttpRefusal, OaiClient, Refusal
from harvesters.oai_faults import (
    faults_of_dates,
    faults_of_identity,
    faults_of_next_page,
    faults_of_offers,
    faults_of_records,
    faults_of_sets,
    future,
    hinted,
)
from harvesters.oai_formats import choose_format
from harvesters.oai_reply import Asked, Reply
from harvesters.transport import HostFailing

SLOW = 10.0
"""Seconds after which an answer is called slow: many harvesters give up after thirty."""
SET_PAGES = 20
"""So many pages of ListSets are read at most."""


def probe(source: Source, client: OaiClient) -> Probe:
    """Eight requests, more for many sets; raises `SourceError` where it does not speak OAI-PMH at all."""
    return _Probing(source, client).all()


class _Probing:
    """One look at an endpoint: its answers one after the other, and the faults found so far."""

    def __init__(self, source: Source, client: OaiClient) -> None:
        self._source = source
        self._client = client
        self._faults: list[str] = []
        self._slowest = (0.0, "")

    def all(self) -> Probe:
        """Ask for everything."""
        identity = self._try("Identify")
        if identity is not None:
            self._faults += faults_of_identity(identity, self._client.base_url)
        offers_reply = self._try("ListMetadataFormats")
        offers = offers_reply.offers() if offers_reply else ()
        if offers_reply is not None:
            self._faults += faults_of_offers(offers)
        sets = self._sets()
        if sets is not None:
            self._faults += faults_of_sets(sets, self._source.sets, offers)
        prefix, form = choose_format(offers, self._source.prefix)
        arguments = [("metadataPrefix", prefix)]
        arguments += [("set", self._source.sets[0])] if self._source.sets else []
        asked = Asked(format=form, prefix=prefix, base_url=self._source.url)
        first = self._try("ListRecords", *arguments)
        if first is not None:
            self._faults += faults_of_records(first, asked, identity)
            self._next_page(first, asked)
            self._dates(arguments, identity)
        self._unknown_verb()
        return Probe(
            name=(identity.text("repositoryName") if identity else None) or self._source.name,
            protocol="OAI-PMH 2.0",
            formats=tuple(offer.prefix for offer in offers),
            chosen_format=prefix,
            sets=sets or (),
            granularity=identity.text("granularity") if identity else None,
            deletion=identity.text("deletedRecord") if identity else None,
            earliest=identity.text("earliestDatestamp") if identity else None,
            records=_size(first),
            faults=tuple(self._told()),
        )

    def _told(self) -> list[str]:
        """All faults, each once; those that the client met on the way come last."""
        seconds, verb = self._slowest
        if seconds >= SLOW:
            self._faults.append(
                Fault(
                    f"{verb} was answered only after {seconds:.0f} seconds.",
                    "Index the datestamps, or give smaller pages: harvesters give up on slow answers.",
                )
            )
        return list(dict.fromkeys([*self._faults, *(hinted(fault) for fault in self._client.faults)]))

    def _try(self, verb: str, *arguments: tuple[str, str], quiet: Collection[str] = ()) -> Reply | None:
        """The response, or ``None`` with a fault for what the server refuses."""
        begun = time.monotonic()
        try:
            return self._client.ask(verb, *arguments)
        except HttpRefusal:
            if verb == "Identify":
                raise
            self._faults.append(
                Fault(
                    f"{verb} is answered with an HTTP error.",
                    "Answer every verb with an OAI-PMH document, also where there is nothing to give "
                    "(section 3.1.2).",
                )
            )
        except Refusal as refusal:
            if refusal.code not in quiet:
                self._faults.append(Fault(str(refusal), "See the error conditions in section 3.6."))
        except (BrokenPage, HostFailing) as broken:
            self._faults.append(Fault(str(broken), "Look into the server's log at the time of this test."))
        finally:
            self._slowest = max(self._slowest, (time.monotonic() - begun, verb))
        return None

    def _sets(self) -> tuple[str, ...] | None:
        """All sets, page by page; ``None`` where they can't be listed, and nothing is said of them."""
        quiet = {"noSetHierarchy", "badVerb"}
        reply = self._try("ListSets", quiet=quiet)
        if reply is None:
            return None
        found = list(reply.sets())
        seen: set[str] = set()
        while reply.token:
            if reply.token in seen or len(seen) + 1 >= SET_PAGES:
                self._faults.append(_unending(reply.token in seen, len(seen) + 1))
                break
            seen.add(reply.token)
            reply = self._try("ListSets", ("resumptionToken", reply.token))
            if reply is None:
                break
            found += reply.sets()
        return tuple(dict.fromkeys(found))

    def _next_page(self, first: Reply, asked: Asked) -> None:
        if not first.token:
            return
        begun = time.monotonic()
        try:
            second = self._client.ask("ListRecords", ("resumptionToken", first.token))
        except Refusal as refusal:
            self._faults.append(
                Fault(
                    f"It refuses its own resumptionToken as soon as it has given it: {refusal}",
                    "A token must work for the request that follows; check how long it lives, and that "
                    "it is decoded when it comes back percent-encoded (section 3.5).",
                )
            )
        except SourceError as error:
            self._faults.append(Fault(str(error), "The second page of a list must work as the first does."))
        else:
            self._faults += faults_of_next_page(first, second, asked)
        finally:
            self._slowest = max(self._slowest, (time.monotonic() - begun, "A resumptionToken"))

    def _dates(self, arguments: list[tuple[str, str]], identity: Reply | None) -> None:
        """Ask for what will change the day after tomorrow: there cannot be any."""
        after = future(identity)
        try:
            reply = self._client.ask("ListRecords", *arguments, ("from", after))
        except Refusal as refusal:
            self._faults.append(
                Fault(
                    f"It refuses from={after}, which is in its own granularity: {refusal}",
                    "Accept dates in the granularity that Identify names, and days always (section 2.7.1).",
                )
            )
        except SourceError as error:
            self._faults.append(str(error))
        else:
            self._faults += faults_of_dates(reply)

    def _unknown_verb(self) -> None:
        try:
            self._client.ask("Nonsense", attempts=1)
        except HttpRefusal as refusal:
            said = f"with HTTP status {refusal.code}"
        except Refusal as refusal:
            if refusal.code == "badVerb":
                return
            said = f"with «{refusal.code or 'an error without a code'}»"
        except SourceError:
            said = "with something that is no OAI-PMH"
        else:
            said = "as if it were a verb"
        self._faults.append(
            Fault(
                f"It answers a verb that does not exist {said}, not with badVerb.",
                "Errors of the protocol are OAI-PMH documents with an error element (section 3.6).",
            )
        )


def _unending(is_same: bool, pages: int) -> Fault:
    what = "gives the same resumptionToken again" if is_same else f"does not end within {pages} pages"
    return Fault(
        f"ListSets {what}.",
        "The last page of a list has an empty resumptionToken or none (section 3.5).",
    )


def _size(reply: Reply | None) -> int | None:
    if reply is None or reply.errors:
        return None if reply is None else 0
    if reply.size is not None:
        return reply.size
    return None if reply.token else sum(1 for _ in reply.records(Asked(format="", prefix="", base_url="")))
