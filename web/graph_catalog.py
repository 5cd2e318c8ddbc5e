"""What the graph says beside the records: the catalogue, its sources, its vocabularies and its own terms."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import quote

from catalogue.graph import NamedGraph
from catalogue.opening import Catalogue
from catalogue.reports import Reports
from catalogue.runs import SourceState
from catalogue.settings import Settings
from mappings.graph_provenance import source_of
from mappings.graph_record import VERSION
from mappings.graph_syntax import Statements, literal, moment, name
from mappings.graph_terms import ontology
from mappings.graph_vocabulary import describe_vocabulary, fingerprint, scheme_name
from vocab.base import vocabularies, vocabulary
from web.languages import N_

SERVICES = (
    ("sparql", N_("SPARQL endpoint"), "/sparql", "http://www.w3.org/TR/sparql11-protocol/", "/sparql"),
    ("oai", "OAI-PMH", "/oai", "http://www.openarchives.org/OAI/2.0/", "/oai?verb=Identify"),
    ("rest", N_("REST interface"), "/api/v1", "https://spec.openapis.org/oas/v3.0.3", "/api/v1/openapi.json"),
    ("ogc", "OGC API Records", "/ogc", "http://www.opengis.net/spec/ogcapi-records-1/1.0", "/ogc/api"),
    ("sru", "SRU", "/sru", "http://docs.oasis-open.org/ns/search-ws/sru-2-0-response", "/sru"),
)
"""Name, title, path, standard and description of each service of the catalogue."""


def services(settings: Settings) -> list[tuple[str, str, str, str, str]]:
    """Those that this installation has."""
    return [one for one in SERVICES if one[0] != "sparql" or settings.has_graph]


@dataclass(frozen=True, slots=True)
class Standing:
    """A named graph that hangs on no record; ``fingerprint`` is another one when it says something else."""

    name: str
    fingerprint: str
    make: Callable[[], NamedGraph]


def standing(catalogue: Catalogue) -> Iterator[NamedGraph]:
    """All graphs that hang on no record: about 200,000 statements, most of them of vocabularies."""
    for one in standing_parts(catalogue):
        yield one.make()


def standing_parts(catalogue: Catalogue) -> Iterator[Standing]:
    """The same, each to be made only where its fingerprint is not the one of before.

    Counts the records of each source.  A graph of which nothing comes any more (a source that was
    forgotten) is to be taken away by who has put it there.
    """
    settings = catalogue.settings
    base = settings.base_url
    states = Reports(catalogue.database).states()
    made = describe_catalog(settings, states)
    yield Standing(made.name, _hash(made.statements), lambda: made)
    for state in states:
        graph = describe_source(settings, state)
        yield Standing(graph.name, _hash(graph.statements), functools.partial(_itself, graph))
    terms = ontology(base)
    yield Standing(terms.name, _hash(terms.statements), lambda: terms)
    for known in map(vocabulary, vocabularies()):
        make = functools.partial(describe_vocabulary, known, base)
        yield Standing(f"{base}/vocabularies/{known.name}", f"{VERSION}:{fingerprint(known)}", make)


def catalog_of(base_url: str) -> str:
    """The name of the whole catalogue."""
    return f"<{base_url}/id/catalog>"


def describe_catalog(settings: Settings, states: list[SourceState]) -> NamedGraph:
    """The whole catalogue as ``dcat:Catalog``: its sources, its services, the vocabularies of its themes."""
    base = settings.base_url
    document = f"{base}/catalog"
    out = Statements(document, base)
    catalog = catalog_of(base)
    out.say(out.document, "foaf:primaryTopic", catalog)
    about = (
        f"{settings.repository_name}: metadata of fundamental physics, harvested from {len(states)} sources."
    )
    _say_catalog(out, catalog, settings.repository_name, about)
    _say_publisher(out, catalog, settings.repository_name)
    out.say(catalog, "foaf:homepage", home := f"<{base}/>")
    out.classes(home, "foaf:Document")
    out.number(catalog, "alm:recordCount", sum(state.records for state in states))
    for state in states:
        out.say(catalog, "dcat:catalog", source_of(state.source.name, base))
    for service in services(settings):
        _say_service(out, catalog, base, *service)
    for known in map(vocabulary, vocabularies()):
        scheme = scheme_name(known, base)
        out.say(catalog, "dcat:themeTaxonomy", scheme)
        out.classes(scheme, "skos:ConceptScheme")
        out.label(scheme, "dct:title", known.about.get("title", known.name))
    return NamedGraph(name=document, statements=out.written())


def _say_catalog(out: Statements, catalog: str, title: str, about: str) -> None:
    out.classes(catalog, "dcat:Resource", "dcat:Catalog")
    out.say(catalog, "dct:title", literal(title))
    out.say(catalog, "dct:description", literal(about))


def _say_publisher(out: Statements, catalog: str, title: str) -> None:
    publisher = out.below("publisher")
    out.say(catalog, "dct:publisher", publisher)
    out.classes(publisher, "foaf:Agent")
    out.label(publisher, "foaf:name", title)


def _say_service(
    out: Statements, catalog: str, base: str, part: str, title: str, path: str, standard: str, about: str
) -> None:
    service, endpoint = out.below(part), f"<{base}{path}>"
    out.say(catalog, "dcat:service", service)
    out.classes(service, "dcat:Resource", "dcat:DataService")
    out.label(service, "dct:title", title)
    out.say(service, "dcat:endpointURL", endpoint)
    out.say(service, "dct:conformsTo", kind := f"<{standard}>")
    out.say(service, "dcat:endpointDescription", description := f"<{base}{about}>")
    out.classes(kind, "dct:Standard")
    out.classes(endpoint, "rdfs:Resource")
    out.classes(description, "rdfs:Resource")


def describe_source(settings: Settings, state: SourceState) -> NamedGraph:
    """A source as ``dcat:Catalog``: where it is, how many records it has, when it was last harvested."""
    base, source = settings.base_url, state.source
    document = f"{base}/sources/{quote(source.name)}"
    out = Statements(document, base)
    catalog = source_of(source.name, base)
    if catalog is None:
        return NamedGraph(name=document, statements=b"")
    title = source.options.get("title") or source.name
    out.say(out.document, "foaf:primaryTopic", catalog)
    _say_catalog(
        out, catalog, title, f"The records of {title} as {settings.repository_name} has harvested them."
    )
    _say_publisher(out, catalog, title)
    out.label(catalog, "dct:identifier", source.name)
    out.say(catalog, "dct:isPartOf", catalog_of(base))
    out.say(catalog, "foaf:homepage", page := f"<{document}>")
    out.classes(page, "foaf:Document")
    out.number(catalog, "alm:recordCount", state.records)
    if state.last_success is not None:
        out.say(catalog, "alm:lastHarvest", moment(state.last_success))
    address = name(source.url) if "://" in source.url else None
    out.say(catalog, "dct:source", address)
    listing = f"{base}/oai?verb=ListRecords&metadataPrefix=oai_dc&set=source:{quote(source.name)}"
    out.say(catalog, "rdfs:seeAlso", name(listing))
    return NamedGraph(name=document, statements=out.written())


def _itself(graph: NamedGraph) -> NamedGraph:
    return graph


def _hash(statements: bytes) -> str:
    return hashlib.blake2b(statements, digest_size=8).hexdigest()
