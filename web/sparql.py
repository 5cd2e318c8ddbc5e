"""`/sparql`: the SPARQL 1.1 Protocol for queries, its service description, and the page to ask on."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from flask import Blueprint, Response, request

from catalogue.errors import AlmagestError, QueryError
from catalogue.graph import Asked
from catalogue.json_form import content_hash
from catalogue.sparql_text import SparqlText, located, read_sparql
from catalogue.sparql_tokens import place
from web.context import catalogue
from web.errors import RETRY_AFTER, NotAcceptable, problem, status_of
from web.outages import words_of
from web.rate_limit import RateLimit, TooMany, client_of
from web.serving import THREADS
from web.sparql_description import DESCRIBED, description
from web.sparql_formats import HTML, SUFFIXES, chosen
from web.sparql_page import answered_page, empty_page, refused_page
from web.sparql_request import SparqlRequest, read_request

PATH = "/sparql"
WINDOW = 60.0
LIMITS = {"client": 120, "all": 1200}
"""Queries within `WINDOW` seconds: of one client, altogether."""
AT_ONCE = max(THREADS - 1, 1)
"""Queries that a process of the web server has in hand at once, so that a thread is left for pages."""
MOST_BYTES = 100_000_000
"""Bytes of an answer."""

_AT_HAND = 1_000_000
_METHODS = "GET, HEAD, POST, OPTIONS"
_CROSS_ORIGIN = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "Content-Disposition, ETag, Link, Retry-After",
}
_PREFLIGHT = {
    "Access-Control-Allow-Methods": _METHODS,
    "Access-Control-Allow-Headers": "Accept, Content-Type, If-None-Match, User-Agent, X-Requested-With",
    "Access-Control-Max-Age": "86400",
}

blueprint = Blueprint("sparql", __name__)
_places = threading.BoundedSemaphore(AT_ONCE)


@blueprint.route(PATH, methods=["OPTIONS"])
def preflight() -> Response:
    """What a script of another origin may send (Fetch Standard, CORS protocol)."""
    return Response(status=204, headers={"Allow": _METHODS, **_PREFLIGHT})


@blueprint.route(PATH, methods=["GET", "POST"])
def sparql() -> Response:
    """The answer to a query; without one the page, or the service description, by ``Accept``."""
    if not catalogue().settings.has_graph:
        _ = catalogue().graph  # raises `GraphOff`, which is told as for any address that is not there
    asked = None
    try:
        asked = read_request(request)
        if asked.query is None:
            return _without_query()
        return _answered(asked)
    except QueryError as error:
        if asked is None or asked.query is None or error.parameter != "query":
            return _refused(error, asked)
        return _refused(located(error, asked.query), asked)
    except AlmagestError as error:
        return _refused(error, asked)


@blueprint.app_context_processor
def _for_templates() -> dict[str, bool]:
    return {"has_graph": catalogue().settings.has_graph}


@blueprint.after_request
def _for_every_origin(answer: Response) -> Response:
    answer.headers.update(_CROSS_ORIGIN)
    answer.vary.add("Accept")
    return answer


def _without_query() -> Response:
    """SPARQL 1.1 Service Description, section 2: what the address of the service itself leads to."""
    wanted = request.accept_mimetypes.best_match([HTML, *DESCRIBED]) if request.accept_mimetypes else None
    if wanted == HTML:
        return _conditional(Response(empty_page(), content_type="text/html; charset=utf-8"))
    return _conditional(Response(description(wanted or DESCRIBED[0]), content_type=wanted or DESCRIBED[0]))


def _answered(asked: SparqlRequest) -> Response:
    assert asked.query is not None
    with _admitted():
        looked_at = read_sparql(asked.query)
        media_type, sent_as = chosen(request, looked_at, asked.format)
        if media_type == HTML:
            page = answered_page(asked, looked_at, time.monotonic())
            return Response(page, headers={"Cache-Control": "no-store"}, mimetype=HTML)
        pieces = catalogue().graph.query(
            Asked(
                text=looked_at.text,
                media_type=media_type,
                default_graphs=asked.default_graphs,
                named_graphs=asked.named_graphs,
                seconds=asked.seconds,
                bytes=MOST_BYTES,
            )
        )
        return _sent(pieces, looked_at, media_type, sent_as)


@contextmanager
def _admitted() -> Iterator[None]:
    """Counts a query of this client, also one that will be refused; raises `TooMany`."""
    home = catalogue().settings.home
    keys = {client_of(request): LIMITS["client"], "all": LIMITS["all"]}
    RateLimit(home / "sparql-askings", WINDOW).take(keys)
    if not _places.acquire(timeout=1):
        raise TooMany(
            "Many queries are being answered just now; please ask again in a minute.", retry_after=10
        )
    try:
        yield
    finally:
        _places.release()


def _sent(pieces: Iterator[bytes], looked_at: SparqlText, media_type: str, sent_as: str) -> Response:
    """An answer of moderate length with its ETag, a longer one as a stream."""
    held, length = [], 0
    for piece in pieces:
        held.append(piece)
        length += len(piece)
        if length > _AT_HAND:
            break
    content_type = sent_as if sent_as.endswith("json") else f"{sent_as}; charset=utf-8"
    headers = {"Content-Disposition": f'inline; filename="answer.{SUFFIXES[media_type]}"'}
    if length > _AT_HAND:
        answer = Response(itertools.chain(held, pieces), headers=headers, content_type=content_type)
        answer.headers["Cache-Control"] = "no-store"
        return answer
    return _conditional(Response(b"".join(held), headers=headers, content_type=content_type), looked_at)


def _conditional(answer: Response, looked_at: SparqlText | None = None) -> Response:
    """With an ETag of its bytes where asking again gives the same; else nothing may keep it."""
    if request.method == "POST" or (looked_at is not None and not looked_at.steady):
        answer.headers["Cache-Control"] = "no-store"
        return answer
    answer.set_etag(content_hash(answer.get_data()).hex())
    answer.headers["Cache-Control"] = "no-cache"
    made = answer.make_conditional(request)
    assert isinstance(made, Response)
    return made


def _refused(error: AlmagestError, asked: SparqlRequest | None) -> Response:
    """A problem (RFC 9457) for machines; for people the page with what they wrote."""
    status = status_of(error)
    if request.accept_mimetypes.accept_html and _prefers_html(asked):
        answer = Response(refused_page(error, status, asked), status, content_type="text/html; charset=utf-8")
    else:
        answer = problem(status, words_of(error), **_more(error, asked))
    if status == 503:
        answer.headers["Retry-After"] = str(RETRY_AFTER)
    if isinstance(error, TooMany):
        answer.headers["Retry-After"] = str(error.retry_after)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _prefers_html(asked: SparqlRequest | None) -> bool:
    if asked is not None and asked.format:
        return asked.format == "html"
    return any(kind == HTML for kind, _ in request.accept_mimetypes)


def _more(error: AlmagestError, asked: SparqlRequest | None) -> Mapping[str, object]:
    more: dict[str, object] = {}
    if isinstance(error, NotAcceptable):
        more["alternatives"] = error.alternatives
    if isinstance(error, QueryError):
        more["parameter"] = error.parameter
        if error.position is not None and asked is not None and asked.query is not None:
            line, column = place(asked.query, error.position)
            more |= {"position": error.position, "line": line, "column": column}
    return more
