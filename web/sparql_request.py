"""What a client of `/sparql` asks, read from its request (SPARQL 1.1 Protocol, section 2.1)."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl

from flask import Request
from werkzeug.exceptions import RequestEntityTooLarge, UnsupportedMediaType

from catalogue.errors import QueryError
from catalogue.said import Figures, said
from catalogue.sparql_text import LONGEST
from web.posted_search import TooLarge

FORM = "application/x-www-form-urlencoded"
DIRECT = "application/sparql-query"
UPDATE = "application/sparql-update"

MOST_GRAPHS = 100
"""Graphs that one request may name."""
MOST_SECONDS = 10.0
"""Seconds of computing that a query may take; «timeout» can only lower it."""

_MOST_PARAMETERS = 500
_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>\"{}|\\^`]{0,2000}")
_UTF8 = frozenset({"", "utf-8", "utf8"})
_DATASET_OF_UPDATES = ("using-graph-uri", "using-named-graph-uri")


@dataclass(frozen=True, slots=True, kw_only=True)
class SparqlRequest:
    """``query`` is ``None`` where the request asks none; ``format`` is as the client wrote it."""

    query: str | None
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()
    format: str | None = None
    seconds: float = MOST_SECONDS


def read_request(request: Request) -> SparqlRequest:
    """Read a request; raises `QueryError`, `UnsupportedMediaType`, `TooLarge`."""
    given = _pairs(request.query_string, "The address")
    if request.method == "POST":
        kind, body = request.mimetype, _body(request)
        if request.mimetype_params.get("charset", "").lower() not in _UTF8:
            raise UnsupportedMediaType("The body must be UTF-8.")
        if kind == FORM:
            given += _pairs(body, "The form")
        elif kind == DIRECT:
            given.append(("query", _decoded(body, "The query")))
        else:
            raise UnsupportedMediaType(_says_of(kind))
        if all(name != "query" for name, _ in given) and all(name != "update" for name, _ in given):
            raise QueryError(said("The request has no query: send it as «query»."), parameter="query")
    return _read(given)


def _body(request: Request) -> bytes:
    try:
        return request.get_data(cache=False, parse_form_data=False)
    except RequestEntityTooLarge:
        raise TooLarge(
            said("The request is larger than a megabyte; a query may have %(most)s characters.", most=LONGEST)
        ) from None


def _says_of(kind: str) -> str:
    if kind == UPDATE:
        return said("Nothing can be changed here: updates are not taken.")
    return f"A body of type «{kind[:60] or 'none told'}» is not read; send {FORM} or {DIRECT}."


def _pairs(data: bytes, what: str) -> list[tuple[str, str]]:
    try:
        text = _decoded(data, what)
        return parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=_MOST_PARAMETERS)
    except UnicodeDecodeError:
        raise QueryError(f"{what} is not UTF-8.", parameter="query") from None
    except ValueError:
        raise QueryError(f"{what} has more than {_MOST_PARAMETERS} parameters.", parameter="query") from None


def _decoded(data: bytes, what: str) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError:
        raise QueryError(f"{what} is not UTF-8.", parameter="query") from None


def _read(given: Sequence[tuple[str, str]]) -> SparqlRequest:
    def all_of(*names: str) -> list[str]:
        return [value for name, value in given if name in names]

    if all_of("update") or all_of(*_DATASET_OF_UPDATES):
        raise QueryError(said("Nothing can be changed here: updates are not taken."), parameter="update")
    queries = all_of("query")
    if len(queries) > 1:
        raise QueryError(said("There is more than one «query» in the request; send one."), parameter="query")
    named = [value for value in all_of("format", "output") if value]
    return SparqlRequest(
        query=queries[0] if queries else None,
        default_graphs=_graphs("default-graph-uri", all_of("default-graph-uri")),
        named_graphs=_graphs("named-graph-uri", all_of("named-graph-uri")),
        format=named[0] if named else None,
        seconds=_seconds(all_of("timeout")),
    )


def _graphs(name: str, values: Sequence[str]) -> tuple[str, ...]:
    if len(values) > MOST_GRAPHS:
        message = said(
            "At most %(most)s graphs can be named; %(count)s are.", most=MOST_GRAPHS, count=len(values)
        )
        raise QueryError(message, parameter=name)
    for value in values:
        if not _IRI.fullmatch(value):
            raise QueryError(said("«%(text)s» is no absolute IRI.", text=value[:100]), parameter=name)
    return tuple(dict.fromkeys(values))


def _seconds(values: Sequence[str]) -> float:
    """The last «timeout», no more than `MOST_SECONDS`."""
    if not values or not values[-1]:
        return MOST_SECONDS
    try:
        wanted = float(values[-1])
    except ValueError:
        wanted = math.nan
    if not wanted > 0:
        raise QueryError(
            said(
                "«timeout» is a number of seconds up to %(most)s, not «%(text)s».",
                most=Figures(f"{MOST_SECONDS:g}"),
                text=values[-1][:40],
            ),
            parameter="timeout",
        )
    return min(wanted, MOST_SECONDS)
