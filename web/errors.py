"""What a client sees when something goes wrong: one table from error class to HTTP status.

Machines get a problem (RFC 9457), people a page.  Neither ever sees a stack trace.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import orjson
from flask import Flask, Response, render_template, request
from werkzeug.exceptions import HTTPException
from werkzeug.http import parse_options_header

from catalogue import errors
from catalogue.errors import AlmagestError, Gone, QueryError
from catalogue.said import said
from harvesters.mail import MailUnavailable
from web.accept import Offer, choose
from web.context import base_url
from web.languages import N_, translated
from web.operators import NotOperator, OtherOrigin
from web.outages import words_of
from web.posted_search import TooLarge
from web.rate_limit import TooMany

log = logging.getLogger(__name__)

STATUS: Mapping[type[AlmagestError], int] = {
    errors.SettingsError: 500,
    errors.NotFound: 404,
    errors.Gone: 410,
    errors.Conflict: 409,
    errors.QueryError: 400,
    errors.RecordRefused: 422,
    errors.SourceError: 502,
    errors.SourceForbidden: 403,
    errors.SourceBusy: 409,
    errors.StoreError: 500,
    errors.StoreUnavailable: 503,
    errors.StoreFull: 507,
    errors.StoreTooNew: 503,
    errors.IndexError_: 503,
    errors.GraphError: 503,
    errors.GraphOff: 404,
    errors.GraphTooCostly: 422,
}
"""HTTP status of each error; a class that is not here has that of the class above it."""

RETRY_AFTER = 30
"""Seconds after which a client may ask again what was not available."""

PROBLEM = "application/problem+json"
_FOR_MACHINES = (
    "application/json", "application/ld+json", "text/turtle", "application/x-turtle", "text/n3",
    "application/rdf+xml", "application/n-triples", "application/n-quads", "application/trig",
    "application/xml", "text/xml", "text/csv", "application/jsonl",
)  # fmt: skip
_ANSWERS = (
    Offer(media_type="text/html", aliases=("application/xhtml+xml",)),
    Offer(media_type=PROBLEM, aliases=_FOR_MACHINES),
)
"""A page, and a problem for those who rather have one of these."""
_PAGES = {"text/html", "application/xhtml+xml", "text/*", "*/*", "*"}

BUG = N_("Almagest has met a fault of its own. It is logged; please tell the operator when it happened.")
_TITLES = (
    N_("Bad Request"), N_("Unauthorized"), N_("Forbidden"), N_("Not Found"), N_("Method Not Allowed"),
    N_("Not Acceptable"), N_("Conflict"), N_("Gone"), N_("Too Many Requests"), N_("Internal Server Error"),
    N_("Bad Gateway"), N_("Service Unavailable"),
)  # fmt: skip


class NotAcceptable(AlmagestError):
    """None of the media types that the client accepts can be given; ``alternatives`` can."""

    def __init__(self, message: str, *, alternatives: tuple[Mapping[str, str], ...]) -> None:
        super().__init__(message)
        self.alternatives = alternatives


class Forbidden(AlmagestError):
    """It is there, but may not be passed on."""


class NotInstalled(errors.SettingsError):
    """It needs a package that this installation does not have."""


_HERE: Mapping[type[AlmagestError], int] = {
    NotAcceptable: 406,
    Forbidden: 403,
    NotOperator: 401,
    OtherOrigin: 403,
    TooLarge: 413,
    TooMany: 429,
    MailUnavailable: 503,
    NotInstalled: 501,
}


def status_of(error: AlmagestError) -> int:
    """The HTTP status of an error, by its class or the nearest class above."""
    table = {**STATUS, **_HERE}
    return next((table[kind] for kind in type(error).__mro__ if kind in table), 500)


def wants_problem() -> bool:
    """Whether the client is a machine: under /api, at feeds, at /sparql, and whoever rather has no HTML.

    Who asks for RDF, XML or anything that is no page is no person, and can read a problem at least.
    """
    if request.path.startswith(("/api/", "/feed.", "/opensearch")):
        return True
    if request.path == "/sparql" and all(kind != "text/html" for kind, _ in request.accept_mimetypes):
        return True
    chosen = choose(_ANSWERS, request.accept_mimetypes)
    return chosen is None or chosen.place > 0 or not _takes_page_first()


def _takes_page_first() -> bool:
    """Whether one of the ranges of highest quality may be a page; those of pictures are of browsers."""
    ranges = list(request.accept_mimetypes)
    highest = max((quality for _, quality in ranges), default=0)
    first = [parse_options_header(kind)[0].lower() for kind, quality in ranges if quality == highest]
    return not first or any(kind in _PAGES or kind.startswith("image/") for kind in first)


def problem(status: int, detail: str, **more: Any) -> Response:
    """A problem as RFC 9457 has it; ``more`` are extension members."""
    title = HTTPStatus(status).phrase
    body = {
        "type": f"{request.root_path}/api/v1/docs#status-{status}",
        "title": title,
        "status": status,
        "detail": detail,
        "instance": request.path,
        **more,
    }
    return Response(orjson.dumps(body), status, mimetype=PROBLEM)


def install(app: Flask) -> None:
    """Register the handlers that turn every error into an answer."""
    app.register_error_handler(AlmagestError, _expected)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _bug)


def _expected(error: AlmagestError) -> Response:
    status = status_of(error)
    if status >= 500:
        log.error("%s answered with %d: %s", request.path, status, error)
    more: dict[str, Any] = {}
    if isinstance(error, QueryError):
        more["parameter"] = error.parameter
        if error.position is not None:
            more["position"] = error.position + _indentation(error.parameter)
            if error.near:
                more["near"] = error.near
    if isinstance(error, Gone):
        more["since"] = error.since
        if error.records:
            more["records"] = [record_address(id) for id in error.records]
    if isinstance(error, NotAcceptable):
        more["alternatives"] = error.alternatives
    answer = _answer(status, words_of(error), more)
    if isinstance(error, TooMany):
        answer.headers["Retry-After"] = str(error.retry_after)
    if isinstance(error, NotOperator):
        answer.headers["WWW-Authenticate"] = 'Bearer realm="almagest"'
    return answer


def _indentation(parameter: str) -> int:
    """Spaces before a parameter, which are gone when it is read."""
    given = request.args.get(parameter, "")
    return len(given) - len(given.lstrip())


def record_address(id: str) -> dict[str, str]:
    """Where a record is found: its id, its REST address and its page."""
    return {"id": id, "record": f"{base_url()}/api/v1/records/{id}", "html": f"{base_url()}/records/{id}"}


def _http(error: HTTPException) -> Response:
    if error.response is not None or error.code is None or error.code < 400:
        return error.get_response()  # type: ignore[return-value]
    details = {
        404: said("There is nothing at %(path)s.", path=request.path),
        405: said("%(path)s does not answer %(method)s.", path=request.path, method=request.method),
    }
    answer = _answer(error.code, details.get(error.code) or error.description or "", {})
    for name, value in error.get_headers(request.environ):
        if name.lower() not in {"content-type", "content-length"}:
            answer.headers[name] = value
    return answer


def _bug(error: Exception) -> Response:
    log.exception("%s %s failed", request.method, request.path, exc_info=error)
    return _answer(500, BUG, {})


def _answer(status: int, detail: str, more: Mapping[str, Any]) -> Response:
    if wants_problem():
        answer = problem(status, detail, **more)
    else:
        title = translated(HTTPStatus(status).phrase)
        page = render_template("error.html", status=status, title=title, detail=translated(detail), **more)
        answer = Response(page, status, mimetype="text/html")
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        answer.headers["Retry-After"] = str(RETRY_AFTER)
    answer.headers["Cache-Control"] = "no-store"
    return answer
