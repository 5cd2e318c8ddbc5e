"""In which form a SPARQL query is answered: by «format» (or «output»), else by ``Accept``."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Request

from catalogue.errors import QueryError
from catalogue.sparql_text import GRAPHS, RESULTS, SparqlText
from web.errors import NotAcceptable

HTML = "text/html"

NAMES: Mapping[str, tuple[str, ...]] = {
    "json": (RESULTS[0], "application/ld+json"),
    "xml": (RESULTS[1], "application/rdf+xml"),
    "csv": ("text/csv",),
    "tsv": ("text/tab-separated-values",),
    "turtle": ("text/turtle",),
    "ttl": ("text/turtle",),
    "n3": ("text/turtle",),
    "ntriples": ("application/n-triples",),
    "nt": ("application/n-triples",),
    "rdf": ("application/rdf+xml",),
    "rdfxml": ("application/rdf+xml",),
    "rdf+xml": ("application/rdf+xml",),
    "jsonld": ("application/ld+json",),
    "json-ld": ("application/ld+json",),
    "nquads": ("application/n-quads",),
    "nq": ("application/n-quads",),
    "trig": ("application/trig",),
    "html": (HTML,),
}
"""What «format» may be beside a media type; where there are two, the form of the query decides."""

SUFFIXES: Mapping[str, str] = {
    RESULTS[0]: "srj",
    RESULTS[1]: "srx",
    "text/csv": "csv",
    "text/tab-separated-values": "tsv",
    "text/turtle": "ttl",
    "application/n-triples": "nt",
    "application/rdf+xml": "rdf",
    "application/ld+json": "jsonld",
    "application/n-quads": "nq",
    "application/trig": "trig",
}

LABELS: Mapping[str, str] = {
    RESULTS[0]: "JSON",
    RESULTS[1]: "XML",
    "text/csv": "CSV",
    "text/tab-separated-values": "TSV",
    "text/turtle": "Turtle",
    "application/n-triples": "N-Triples",
    "application/rdf+xml": "RDF/XML",
    "application/ld+json": "JSON-LD",
    "application/n-quads": "N-Quads",
    "application/trig": "TriG",
}
"""What people call the media types."""

_OTHER_NAMES: Mapping[str, str] = {
    "application/json": RESULTS[0],
    "application/xml": RESULTS[1],
    "text/xml": RESULTS[1],
}
_OTHER_NAMES_OF_GRAPHS: Mapping[str, str] = {
    "application/json": "application/ld+json",
    "application/xml": "application/rdf+xml",
    "text/xml": "application/rdf+xml",
    "text/n3": "text/turtle",
    "text/rdf+n3": "text/turtle",
    "application/x-turtle": "text/turtle",
    "text/plain": "application/n-triples",
}
"""What older clients accept, and what they get under the name that they know."""


def chosen(request: Request, asked: SparqlText, name: str | None) -> tuple[str, str]:
    """The media type that the engine writes, and that under which it is sent (`HTML` for the page).

    Raises `QueryError` for a «format» that nobody knows, `NotAcceptable` for what this query has no
    answer in.
    """
    if name:
        return _named(asked, name)
    others = _OTHER_NAMES_OF_GRAPHS if asked.form in {"CONSTRUCT", "DESCRIBE"} else _OTHER_NAMES
    offered = {**{one: one for one in asked.media_types}, HTML: HTML}
    offered |= {other: one for other, one in others.items() if one in asked.media_types}
    accept = request.accept_mimetypes
    best = accept.best_match(list(offered)) if accept else asked.media_types[0]
    if best is None:
        raise _not_acceptable(asked, accept.to_header())
    return offered[best], best


def _named(asked: SparqlText, name: str) -> tuple[str, str]:
    # A plus sign that was not escaped in the address has come as a space.
    plain = name.lower().replace(" ", "+")
    wanted = NAMES.get(plain) or ((plain,) if plain in (*RESULTS, *GRAPHS, HTML) else ())
    if not wanted:
        raise QueryError(
            f"There is no format «{name[:60]}»; there are {', '.join(NAMES)} and media types.",
            parameter="format",
        )
    for one in wanted:
        if one in (*asked.media_types, HTML):
            return one, one
    raise _not_acceptable(asked, name[:60])


def _not_acceptable(asked: SparqlText, wanted: str) -> NotAcceptable:
    return NotAcceptable(
        f"{asked.form} is not answered as {wanted[:300]}; the alternatives are listed.",
        alternatives=tuple({"media_type": one, "format": SUFFIXES[one]} for one in asked.media_types),
    )
