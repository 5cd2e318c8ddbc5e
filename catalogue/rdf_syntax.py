"""RDF in the syntaxes in which it is asked for: N-Triples in, Turtle, RDF/XML, JSON-LD and others out.

The same statements give the same bytes each time, so that they can be compared and kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import orjson
import pyoxigraph
from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat

from catalogue.errors import NotFound

JSON_LD = "application/ld+json"
FORMATS: Mapping[str, Any] = {
    "text/turtle": RdfFormat.TURTLE,
    "application/n-triples": RdfFormat.N_TRIPLES,
    JSON_LD: RdfFormat.JSON_LD,
    "application/rdf+xml": RdfFormat.RDF_XML,
    "application/n-quads": RdfFormat.N_QUADS,
    "application/trig": RdfFormat.TRIG,
}
"""The media types that are written, the one that people read best first."""

_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
_STRING = "http://www.w3.org/2001/XMLSchema#string"
_LOCAL = re.compile(r"[A-Za-z][A-Za-z0-9_\-]*", re.ASCII)
_HEAD = re.compile(rb"(?:@prefix [^\n]*\n)+")
_ROOT = re.compile(rb"<rdf:RDF((?: [\w:]+=\"[^\"]*\")*)>")


def written(
    statements: bytes, media_type: str, prefixes: Mapping[str, str] | None = None, graph: str | None = None
) -> bytes:
    """N-Triples in another syntax of RDF; media types may have parameters.

    ``prefixes`` (prefix → namespace) make it short where the syntax has them; ``graph`` is the name of
    the graph in which the statements stand, where the syntax tells of graphs (N-Quads, TriG).
    Raises `NotFound` for a media type that is none of `FORMATS`, ``SyntaxError`` for what is no N-Triples.
    """
    plain = media_type.partition(";")[0].strip().lower()
    format = FORMATS.get(plain)
    if format is None:
        raise NotFound(f"There is no RDF as «{media_type}»; there is {', '.join(FORMATS)}.")
    if format == RdfFormat.N_TRIPLES:
        return statements
    known = {name: uri for name, uri in (prefixes or {}).items() if b"<" + uri.encode() in statements}
    if format == RdfFormat.JSON_LD:
        # There «geo:48,16», which is an IRI of its own, would be read as a short one of our prefix «geo».
        known = {name: uri for name, uri in known.items() if f"<{name}:".encode() not in statements}
    quads = pyoxigraph.parse(_by_subject(statements), format=RdfFormat.N_TRIPLES)
    if format == RdfFormat.JSON_LD:
        return _json_ld(quads, known)
    place = NamedNode(graph) if graph is not None and format.supports_datasets else None
    made: Any = (one.triple if place is None else _quad(one, place) for one in quads)
    result = pyoxigraph.serialize(made, format=format, prefixes=known)
    assert result is not None
    return _ordered(result)


def _quad(one: Any, place: NamedNode) -> pyoxigraph.Quad:
    return pyoxigraph.Quad(one.subject, one.predicate, one.object, place)


def _by_subject(statements: bytes) -> bytes:
    """The lines of each subject together, in the order in which the subjects come."""
    found: dict[bytes, list[bytes]] = {}
    for line in statements.splitlines():
        if line:
            found.setdefault(line.partition(b" ")[0], []).append(line)
    return b"\n".join(line for lines in found.values() for line in lines) + b"\n"


def _ordered(document: bytes) -> bytes:
    """The document with its declarations of prefixes in order, which the serialiser has in none."""
    if head := _HEAD.match(document):
        return b"".join(sorted(head[0].splitlines(keepends=True))) + document[head.end() :]
    if root := _ROOT.search(document, 0, 100_000):
        return document[: root.start(1)] + b" ".join(sorted(root[1].split(b" "))) + document[root.end(1) :]
    return document


def _json_ld(quads: Iterator[Any], prefixes: Mapping[str, str]) -> bytes:
    """JSON-LD 1.1 with a context of prefixes, a node for each subject."""
    nodes: dict[str, dict[str, Any]] = {}
    namespaces = sorted(prefixes.items(), key=lambda pair: -len(pair[1]))

    def short(uri: str) -> str:
        for name, start in namespaces:
            if uri.startswith(start) and _LOCAL.fullmatch(uri, len(start)):
                return f"{name}:{uri[len(start) :]}"
        return uri

    for one in quads:
        name = _id(one.subject)
        node = nodes.setdefault(name, {"@id": name})
        if one.predicate.value == _TYPE:
            node.setdefault("@type", []).append(short(_id(one.object)))
        else:
            node.setdefault(short(one.predicate.value), []).append(_value(one.object, short))
    return orjson.dumps({"@context": dict(sorted(prefixes.items())), "@graph": list(nodes.values())})


def _id(node: Any) -> str:
    return f"_:{node.value}" if isinstance(node, BlankNode) else str(node.value)


def _value(value: Any, short: Any) -> Any:
    if not isinstance(value, Literal):
        return {"@id": _id(value)}
    if value.language is not None:
        return {"@value": value.value, "@language": value.language}
    if value.datatype.value == _STRING:
        return value.value
    return {"@value": value.value, "@type": short(value.datatype.value)}
