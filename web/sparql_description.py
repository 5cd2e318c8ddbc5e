"""What the SPARQL endpoint can do, for machines (SPARQL 1.1 Service Description), in any syntax of RDF."""

from __future__ import annotations

from collections.abc import Iterator

from catalogue.rdf_syntax import FORMATS, written
from catalogue.sparql_text import GRAPHS, RESULTS
from mappings.dcat_words import NAMESPACES
from mappings.graph_syntax import literal, name
from vocab.base import vocabularies, vocabulary
from web.context import base_url, catalogue
from web.sparql_request import MOST_SECONDS

DESCRIBED = tuple(FORMATS)
"""Media types of the description, the preferred one first."""

FUNCTIONS = ("sfContains", "sfCrosses", "sfDisjoint", "sfEquals", "sfIntersects", "sfOverlaps", "sfTouches",
             "sfWithin")  # fmt: skip
"""Functions of GeoSPARQL 1.0 that the embedded engine has."""

_SD = "http://www.w3.org/ns/sparql-service-description#"
_FORMATS = "http://www.w3.org/ns/formats/"
_VOID = "http://rdfs.org/ns/void#"
_FUNCTIONS = "http://www.opengis.net/def/function/geosparql/"
_PREFIXES = {
    "sd": _SD,
    "formats": _FORMATS,
    "void": _VOID,
    "geof": _FUNCTIONS,
    **{prefix: NAMESPACES[prefix] for prefix in ("dct", "rdf")},
}
_NAMES = {
    "application/sparql-results+json": "SPARQL_Results_JSON",
    "application/sparql-results+xml": "SPARQL_Results_XML",
    "text/csv": "SPARQL_Results_CSV",
    "text/tab-separated-values": "SPARQL_Results_TSV",
    "text/turtle": "Turtle",
    "application/n-triples": "N-Triples",
    "application/rdf+xml": "RDF_XML",
    "application/ld+json": "JSON-LD",
    "application/n-quads": "N-Quads",
    "application/trig": "TriG",
}
"""What Unique URIs for File Formats (W3C) calls them."""

_LIMITS = (
    f"It only reads: updates and SERVICE are refused. A query may compute for {MOST_SECONDS:g} seconds. "
    "The default graph is the union of all named graphs; each record, vocabulary and source is a graph of "
    "its own, whose name is the address of its page."
)


def description(media_type: str) -> bytes:
    """The description of this endpoint in a media type of `DESCRIBED`."""
    lines = dict.fromkeys(f"{subject} {word} {value} .\n" for subject, word, value in _statements())
    return written("".join(lines).encode(), media_type, _PREFIXES)


def _statements() -> Iterator[tuple[str, str, str]]:
    endpoint = f"{base_url()}/sparql"
    service, dataset, union = (f"<{endpoint}#{part}>" for part in ("service", "dataset", "union"))
    type, title = f"<{NAMESPACES['rdf']}type>", f"<{NAMESPACES['dct']}title>"

    def sd(term: str) -> str:
        return f"<{_SD}{term}>"

    yield service, type, sd("Service")
    yield service, title, literal(f"SPARQL endpoint of {catalogue().settings.repository_name}")
    yield service, f"<{NAMESPACES['dct']}description>", literal(_LIMITS)
    yield service, sd("endpoint"), f"<{endpoint}>"
    yield service, sd("supportedLanguage"), sd("SPARQL11Query")
    for feature in ("UnionDefaultGraph", "EmptyGraphs"):
        yield service, sd("feature"), sd(feature)
    for media_type in (*RESULTS, *GRAPHS):
        yield service, sd("resultFormat"), f"<{_FORMATS}{_NAMES[media_type]}>"
    yield service, sd("defaultEntailmentRegime"), "<http://www.w3.org/ns/entailment/Simple>"
    if catalogue().settings.graph_url.startswith("embedded:"):
        for function in FUNCTIONS:
            yield service, sd("extensionFunction"), f"<{_FUNCTIONS}{function}>"
            yield f"<{_FUNCTIONS}{function}>", type, sd("Function")
    yield service, sd("defaultDataset"), dataset
    yield service, sd("availableGraphs"), dataset
    yield dataset, type, sd("Dataset")
    yield dataset, type, sd("GraphCollection")
    yield dataset, sd("defaultGraph"), union
    yield union, type, sd("Graph")
    yield union, type, f"<{_VOID}Dataset>"
    yield union, f"<{_VOID}uriSpace>", literal(f"{base_url()}/")
    for title_of, graph in _graphs():
        named = f"<{endpoint}#graph-{title_of}>"
        yield dataset, sd("namedGraph"), named
        yield named, type, sd("NamedGraph")
        yield named, sd("name"), graph
        yield named, title, literal(vocabulary(title_of).about.get("title", title_of))


def _graphs() -> Iterator[tuple[str, str]]:
    """The graphs of vocabularies with their names; those of records are too many to be listed."""
    for one in vocabularies():
        if (graph := name(f"{base_url()}/vocabularies/{one}")) is not None:
            yield one, graph
