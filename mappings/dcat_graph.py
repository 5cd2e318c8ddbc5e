"""RDF in any syntax as trees of plain values, one for each thing that a catalogue describes.

The only place where graphs are handled: rdflib reads RDF/XML, Turtle, N-Triples and JSON-LD; what comes
out is a dict for each dataset, service or catalogue, its properties by short names («dct:title»),
everything that it names inside it.  Nothing is fetched: for a JSON-LD context that is but an address
`mappings.dcat_context` stands in.
"""

from __future__ import annotations

import re
from typing import Any

import orjson
from lxml import etree
from rdflib import RDF, BNode, Graph, Literal, URIRef

from catalogue.errors import NotARecord, RecordRefused
from mappings.dcat_context import stand_in
from mappings.dcat_words import NAMESPACES

Tree = dict[str, Any]

_MAIN = (
    "dcat:Dataset",
    "dcat:DatasetSeries",
    "dcat:DataService",
    "dcat:Catalog",
    "dcat:Catalogue",
    "dcat:Resource",
)
_DEEPEST = 8
_MOST_TRIPLES = 2_000_000
_MOST_NODES = 200_000
_SHORT = sorted(((uri, name) for name, uri in NAMESPACES.items()), key=lambda pair: -len(pair[0]))
_XML = re.compile(rb"\A[\xef\xbb\xbf\s]*<\?xml|<rdf:|<(?:[\w.-]+:)?RDF[\s>]")
_RDF = f"{{{NAMESPACES['rdf']}}}RDF"


def parse(data: bytes) -> list[Any]:
    """The things that a document describes, those that others are part of first.

    Of several ``rdf:RDF`` elements in one document (an answer of OAI-PMH) one that cannot be read stays
    an element, which costs the others nothing.
    Raises `RecordRefused` for what is no RDF, or describes nothing of DCAT.
    """
    start = data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    if start == b"<" and _XML.search(data[:100_000]) is not None:
        return _trees_in(etree.fromstring(data, _xml_parser()))
    graph, foreign = Graph(), ""
    try:
        if start == b"{" or (start == b"[" and _is_json(data)):
            value = orjson.loads(data)
            foreign = _foreign(value)
            graph.parse(data=_local(_with_prefixes(value)), format="json-ld")
        else:
            graph.parse(data=data, format="turtle")
    except RecursionError:
        raise RecordRefused("The document is nested too deeply to be read.") from None
    except orjson.JSONDecodeError as error:
        raise RecordRefused(f"Not JSON: {error}", path=f"line {error.lineno}, column {error.colno}") from None
    except Exception as error:
        # Each of rdflib's parsers has errors of its own, and some raise what Python raises.
        reason = " ".join(str(error).split())[:200] or type(error).__name__
        raise RecordRefused(f"Not RDF: {reason}") from None
    return _trees(graph, foreign)


def _is_json(data: bytes) -> bool:
    """Whether what begins with a bracket is no Turtle, where it may stand for a nameless thing."""
    return re.match(rb"[\xef\xbb\xbf\s]*\[\s*(?:[{\[]|\]\s*$)", data) is not None


def trees_of_xml(element: Any) -> list[Tree]:
    """The same of an ``rdf:RDF`` element that has been parsed."""
    graph = Graph()
    try:
        # What lxml writes again has no entities and no document type any more.
        graph.parse(data=etree.tostring(element), format="xml")
    except Exception as error:
        reason = str(error).splitlines()[0][:200] if str(error) else type(error).__name__
        raise RecordRefused(f"Not RDF/XML: {reason}") from None
    return _trees(graph)


def _trees_in(root: Any) -> list[Any]:
    inner = list(root.iter(_RDF))
    if root.tag == _RDF or not inner:
        return list(trees_of_xml(root))
    found: list[Any] = []
    for element in inner:
        try:
            found.extend(trees_of_xml(element))
        except RecordRefused:
            found.append(element)
    return found


def _xml_parser() -> Any:
    return etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)


def _local(value: Any) -> bytes:
    """JSON-LD without addresses of contexts, which would be fetched."""
    waiting = [value]
    count = 0
    while waiting:
        one = waiting.pop()
        count += 1
        if count > _MOST_TRIPLES:
            raise RecordRefused(f"The document has more than {_MOST_TRIPLES} values.")
        if isinstance(one, list):
            waiting.extend(one)
        elif isinstance(one, dict):
            if "@context" in one:
                one["@context"] = _context(one["@context"])
            waiting.extend(inner for name, inner in one.items() if name != "@context")
    return orjson.dumps(value)


def _with_prefixes(value: Any) -> Any:
    """A tree that was stored before `stored` wrote its context has none; its names are ours."""
    has_own = not isinstance(value, dict) or "@context" in value
    return value if has_own else {"@context": NAMESPACES, **value}


def stored(tree: Tree) -> bytes:
    """One thing out of a document as JSON-LD of its own, which `parse` reads again as the same."""
    return orjson.dumps({"@context": NAMESPACES, **tree})


def _context(value: Any) -> Any:
    if isinstance(value, str):
        return stand_in(value)
    if isinstance(value, list):
        return [_context(one) for one in value]
    if isinstance(value, dict):
        found = {name: inner for name, inner in value.items() if name != "@import"}
        return {
            name: {key: part for key, part in inner.items() if key != "@context"}
            if isinstance(inner, dict)
            else inner
            for name, inner in found.items()
        }
    return value


def _foreign(value: Any) -> str:
    """What is to be said of a context that is but an address."""
    context = value.get("@context") if isinstance(value, dict) else None
    addresses = [one for one in (context if isinstance(context, list) else [context]) if isinstance(one, str)]
    return f" The context {addresses[0][:200]} is not fetched." if addresses else ""


def _trees(graph: Graph, foreign: str = "") -> list[Tree]:
    if len(graph) > _MOST_TRIPLES:
        raise RecordRefused(f"The document has more than {_MOST_TRIPLES} statements.")
    mains = _mains(graph)
    if not mains:
        reason = (
            "There is no dcat:Dataset, dcat:DataService or dcat:Catalog with a title or properties in it."
        )
        if foreign:
            raise RecordRefused(reason + foreign)
        raise NotARecord(reason)
    return [_Tree(graph, frozenset(mains)).of(one) for one in mains]


def _mains(graph: Graph) -> list[Any]:
    """What is described by itself: with a title, and not only as a part without a name of its own.

    Where nothing has a title, everything that has a name and at least one property.
    """
    found = [one for one in _described(graph) if not (isinstance(one, BNode) and (None, None, one) in graph)]
    if not found:
        found = [one for one in _of_main_type(graph) if isinstance(one, URIRef) and _has_property(graph, one)]
    unique = list(dict.fromkeys(sorted(found, key=str)))
    return sorted(unique, key=lambda one: (None, None, one) in graph)


def _described(graph: Graph) -> list[Any]:
    names = [URIRef(_long(name)) for name in ("dct:title", "dct:description")]
    return [one for one in _of_main_type(graph) if any((one, name, None) in graph for name in names)]


def _of_main_type(graph: Graph) -> list[Any]:
    return [one for name in _MAIN for one in graph.subjects(RDF.type, URIRef(_long(name)))]


def _has_property(graph: Graph, one: URIRef) -> bool:
    return any(predicate != RDF.type for predicate in graph.predicates(one))


class _Tree:
    """One thing with everything that it names."""

    def __init__(self, graph: Graph, mains: frozenset[Any]) -> None:
        self._graph = graph
        self._mains = mains
        self._nodes = 0

    def of(self, main: Any) -> Tree:
        return self._node(main, (main,))

    def _node(self, one: Any, above: tuple[Any, ...]) -> Tree:
        self._nodes += 1
        found: Tree = {"@id": str(one)} if isinstance(one, URIRef) else {}
        if len(above) > _DEEPEST or self._nodes > _MOST_NODES:
            return found
        for predicate, value in sorted(self._graph.predicate_objects(one)):
            if predicate == RDF.type:
                found.setdefault("@type", []).append(short(str(value)))
            else:
                found.setdefault(short(str(predicate)), []).append(self._value(value, above))
        for values in found.values():
            if isinstance(values, list):
                values.sort(key=_place)
        return found

    def _value(self, value: Any, above: tuple[Any, ...]) -> Any:
        if isinstance(value, Literal):
            # A plain text is a text; with a language it is an object of both.
            return {"@value": str(value), "@language": value.language} if value.language else str(value)
        if value in above:
            return {"@id": str(value)}
        if value in self._mains:
            # What is described by itself is only named here.
            titles = [str(one) for one in self._graph.objects(value, URIRef(_long("dct:title")))]
            return {"@id": str(value), "dct:title": titles[:1]}
        return self._node(value, (*above, value))


def _place(value: Any) -> tuple[int, bytes]:
    """Where a value stands among others: the nameless by what they say, as their labels change.

    Then what has a name, then texts, so that the same statements give the same tree each time.
    """
    rank = 2 if isinstance(value, str) or "@value" in value else int("@id" in value)
    return rank, orjson.dumps(value)


def short(uri: str) -> str:
    """«dct:title» for the full name."""
    for start, name in _SHORT:
        if uri.startswith(start):
            return f"{name}:{uri[len(start) :]}"
    return uri


def _long(name: str) -> str:
    prefix, _, rest = name.partition(":")
    return NAMESPACES[prefix] + rest
