"""What is answered for a record that was withdrawn: 410 with a page, RDF or a problem that says so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from flask import Response, request

from catalogue.index import Change
from catalogue.rdf_syntax import written
from catalogue.record import Record
from mappings.graph_syntax import prefixes
from mappings.graph_tombstone import describe_tombstone
from web.accept import Offer, choose
from web.context import base_url
from web.errors import PROBLEM, problem
from web.negotiation import HTML, JSON
from web.rdf_documents import SYNTAXES, Syntax
from web.signposting import Link, cited_as, header


@dataclass(frozen=True, slots=True, kw_only=True)
class Tombstone:
    """A withdrawn record: its last change, what it was, the ids of what has taken its place."""

    change: Change
    last: Record | None
    successors: Sequence[str]

    @property
    def page(self) -> str:
        """The address of its page."""
        return f"{base_url()}/records/{self.change.id}"


def form_wanted(suffix: str) -> Syntax | str:
    """A syntax of RDF, `HTML` or `JSON`: by suffix, else by ``Accept``; anything else is told in JSON."""
    if suffix:
        return next((one for one in SYNTAXES if one.suffix == suffix), JSON)
    offers = [Offer(media_type=HTML), *(Offer(media_type=one.media_type) for one in SYNTAXES)]
    chosen = choose([*offers, Offer(media_type=JSON, aliases=(PROBLEM,))], request.accept_mimetypes)
    if chosen is None or chosen.place > len(SYNTAXES):
        return JSON
    return SYNTAXES[chosen.place - 1] if chosen.place else HTML


def as_rdf(found: Tombstone, syntax: Syntax) -> Response:
    """The document as RDF."""
    graph = describe_tombstone(found.change, found.last, found.successors, base_url())
    body = written(graph.statements, syntax.media_type, prefixes(base_url()), graph.name)
    kind = syntax.media_type
    return signposted(
        Response(body, 410, content_type=f"{kind}; charset=utf-8" if kind.startswith("text/") else kind),
        found,
    )


def as_problem(found: Tombstone, text: str, records: Sequence[dict[str, str]]) -> Response:
    """The document as a problem (RFC 9457) with what is known of the thing."""
    more: dict[str, Any] = {"id": found.change.id, "deleted": True, "since": found.change.datestamp}
    more["source"] = found.change.source
    if records:
        more["records"] = records
    if found.last is not None:
        more["title"] = found.last.title
        more["cite_as"] = cited_as(found.last)
    title = more.pop("title", None)
    answer = problem(HTTPStatus.GONE, text, **more, **({"record_title": title} if title else {}))
    return signposted(answer, found)


def signposted(answer: Response, found: Tombstone) -> Response:
    """The answer with links to what names the thing, to the RDF, and to where to go on."""
    links = [Link(rel="type", href="https://schema.org/AboutPage")]
    if found.last is not None:
        links.insert(0, Link(rel="cite-as", href=cited_as(found.last)))
    links += [
        Link(rel="describedby", href=f"{found.page}.{one.suffix}", type=one.media_type) for one in SYNTAXES
    ]
    links += [
        Link(rel="successor-version", href=f"{base_url()}/records/{id}", type=HTML)
        for id in found.successors[:10]
    ]
    answer.headers["Link"] = header(links)
    answer.headers["Cache-Control"] = "no-cache"
    answer.vary.add("Accept")
    return answer
