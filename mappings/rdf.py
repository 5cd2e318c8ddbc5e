"""The graph of a record as a file: Turtle, N-Triples, JSON-LD and RDF/XML say the same, in all its depth.

What is lost: the order of all but the creators, and what is in `extra`.
"""

from __future__ import annotations

from functools import partial

from catalogue.index import Change
from catalogue.rdf_syntax import written
from catalogue.record import Record
from mappings.base import NOWHERE, Format, change_of
from mappings.dcat_words import NAMESPACES
from mappings.graph_record import describe
from mappings.graph_syntax import prefixes

_DECLARATION = b'<?xml version="1.0" encoding="UTF-8"?>\n'


def whole(media_type: str, change: Change, base_url: str) -> bytes:
    """What the graph says of a live record or product, in a syntax of RDF."""
    graph = describe(change, base_url)
    return written(graph.statements, media_type, prefixes(base_url), graph.name).removeprefix(_DECLARATION)


def _format(
    prefix: str, title: str, media_type: str, suffix: str, rank: int = 0, namespace: str | None = None
) -> Format:
    def write(record: Record) -> bytes:
        return whole(media_type, change_of(record), NOWHERE)

    return Format(
        prefix=prefix,
        title=title,
        media_type=media_type,
        suffix=suffix,
        rank=rank,
        namespace=namespace,
        write=write,
        whole=partial(whole, media_type),
    )


FORMATS = (
    _format("turtle", "RDF in Turtle (DCAT, PROV-O, SKOS …)", "text/turtle", "ttl"),
    _format("ntriples", "RDF in N-Triples", "application/n-triples", "nt"),
    # A client that asks for RDF/XML without more gets all that is known, not what OAI-PMH gives out.
    _format("rdfxml", "RDF/XML", "application/rdf+xml", "rdf", rank=55),
    _format(
        "jsonld", "JSON-LD (DCAT, PROV-O, SKOS …)", "application/ld+json", "jsonld",
        namespace=NAMESPACES["dcat"],
    ),
)  # fmt: skip
