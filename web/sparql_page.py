"""The page on which people ask SPARQL: the editor, the gallery of questions, answers, and what went wrong."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import render_template, request, url_for

from catalogue.errors import AlmagestError, QueryError
from catalogue.graph import Asked
from catalogue.sparql_text import LONGEST, SparqlText
from catalogue.sparql_tokens import place
from mappings.graph_syntax import prefixes
from web.context import base_url, catalogue
from web.languages import said_by
from web.sparql_formats import LABELS
from web.sparql_questions import TOPICS, Question, questions
from web.sparql_request import MOST_SECONDS, SparqlRequest
from web.sparql_table import MOST_ROWS, Table, table

MOST_BYTES = 20_000_000
"""Bytes of an answer out of which a page is made."""
MOST_TEXT = 200_000
"""Characters of an answer in Turtle that are shown."""
LONGEST_ADDRESS = 6000
"""Characters of an address that servers and mail still take."""

FIRST = """
SELECT DISTINCT ?title ?date ?record WHERE {
  ?record a dcat:Dataset ;
    dct:title ?title ;
    dct:issued ?date .
}
ORDER BY DESC(?date)
LIMIT 20
"""
"""What stands in the editor of somebody who has not asked yet."""
_FIRST_PREFIXES = ("dcat", "dct")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A table, a truth or a text in Turtle, and where it is had in other forms."""

    table: Table | None = None
    truth: bool | None = None
    turtle: str | None = None
    is_cut: bool = False
    seconds: float
    downloads: tuple[tuple[str, str, str | None], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Why there is no answer; ``line``, ``before`` and ``after`` are the place in the text,
    ``lacking`` the declaration of a prefix that would mend it."""

    status: int
    text: str
    line: int | None = None
    before: str = ""
    after: str = ""
    position: int | None = None
    lacking: str | None = None


def empty_page() -> str:
    """The page of somebody who has not asked yet."""
    known = prefixes(base_url())
    head = "".join(f"PREFIX {prefix}: <{known[prefix]}>\n" for prefix in _FIRST_PREFIXES)
    return _page(head + FIRST)


def answered_page(asked: SparqlRequest, looked_at: SparqlText, began: float) -> str:
    """The page with the answer; raises what `Graph.query` does."""
    is_graph = looked_at.form in {"CONSTRUCT", "DESCRIBE"}
    data = b"".join(
        catalogue().graph.query(
            Asked(
                text=looked_at.text,
                media_type="text/turtle" if is_graph else looked_at.media_types[0],
                default_graphs=asked.default_graphs,
                named_graphs=asked.named_graphs,
                seconds=asked.seconds,
                bytes=MOST_BYTES,
            )
        )
    )
    shown: dict[str, Any] = {}
    if is_graph:
        turtle = data.decode()
        shown = {"turtle": turtle[:MOST_TEXT], "is_cut": len(turtle) > MOST_TEXT}
    else:
        found = table(data, prefixes(base_url()), base_url())
        shown = {"truth": found} if isinstance(found, bool) else {"table": found}
    answer = Answer(seconds=time.monotonic() - began, downloads=_downloads(asked, looked_at), **shown)
    return _page(asked.query or "", asked=asked, answer=answer)


def refused_page(error: AlmagestError, status: int, asked: SparqlRequest | None) -> str:
    """The page with what is wrong, and where in the text."""
    text = (asked.query or "") if asked is not None else ""
    fault = Fault(status=status, text=said_by(error))
    if isinstance(error, QueryError) and error.parameter == "query" and error.position is not None:
        line, column = place(text, error.position)
        whole = text.split("\n")[line - 1].rstrip("\r")[:1000]
        fault = Fault(
            status=status,
            text=said_by(error),
            line=line,
            before=whole[: column - 1],
            after=whole[column - 1 :],
            # A text area has its lines apart by one sign only.
            position=error.position - text[: error.position].count("\r\n"),
            lacking=_declaration(text[error.position :]) if "is not declared" in str(error) else None,
        )
    return _page(text[:LONGEST], asked=asked, fault=fault)


def _declaration(text: str) -> str | None:
    """The declaration of the prefix with which a text begins, where it is one of ours."""
    prefix = text.partition(":")[0]
    namespace = prefixes(base_url()).get(prefix)
    return f"PREFIX {prefix}: <{namespace}>" if namespace is not None else None


def address_of(query: str, **more: str) -> str | None:
    """The address that asks a query, where that is not too long for one."""
    path = url_for("sparql.sparql")
    address = f"{path}?{urlencode({'query': query, **more})}"
    return address if len(address) <= LONGEST_ADDRESS else None


def _downloads(asked: SparqlRequest, looked_at: SparqlText) -> tuple[tuple[str, str, str | None], ...]:
    """Name, media type and address of each form of the answer; long queries have no address."""
    pairs = [("query", asked.query or "")]
    pairs += [("default-graph-uri", one) for one in asked.default_graphs]
    pairs += [("named-graph-uri", one) for one in asked.named_graphs]
    addresses = ((one, urlencode([*pairs, ("format", one)])) for one in looked_at.media_types)
    path = url_for("sparql.sparql")
    return tuple(
        (LABELS[one], one, f"{path}?{query}" if len(query) <= LONGEST_ADDRESS else None)
        for one, query in addresses
    )


def _page(
    text: str, *, asked: SparqlRequest | None = None, answer: Answer | None = None, fault: Fault | None = None
) -> str:
    base = base_url()
    gallery: dict[str, list[Question]] = {topic: [] for topic in TOPICS}
    for one in questions(base):
        gallery[one.topic].append(one)
    return render_template(
        "sparql.html",
        text=text,
        asked=asked,
        answer=answer,
        fault=fault,
        gallery={topic: found for topic, found in gallery.items() if found},
        known_prefixes=prefixes(base),
        address_of=address_of,
        most_rows=MOST_ROWS,
        most_seconds=MOST_SECONDS,
        longest=LONGEST,
        endpoint=f"{base}/sparql",
        is_get=request.method == "GET",
    )
