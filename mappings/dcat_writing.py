"""A record as DCAT 3 in RDF/XML, valid by DCAT-AP 3, by template.

Which class
    a service with an endpoint is a ``dcat:DataService``; repositories are ``dcat:Catalog``;
    instruments, facilities, samples, projects, organisations and events ``dcat:Resource``; all else
    ``dcat:Dataset``, with its type beside.
Names
    the node is called by the record's identifier; what has none that is an IRI, by the address of
    its page (`with_page`); otherwise it is a blank node.
What is demanded and unknown
    the title stands in for a description, «:unav» for the publisher of a catalogue.
What is lost
    the order of people and of all else, as a graph has none; sky and energy, parameters, tables,
    techniques, facilities, samples, proposals, targets, experiments, environment, messengers; types of
    descriptions and titles, holders of rights; files that have no address.
"""

from __future__ import annotations

from catalogue.record import Agent, Record, Text
from mappings.dcat_parts_writing import (
    about,
    agent,
    attribution,
    concept,
    dates,
    distribution,
    endpoints,
    grant,
    instrument,
    label,
    language,
    licence,
    literal,
    node,
    period,
    place,
    relation,
    rights_statement,
    standards,
    subject,
)
from mappings.dcat_words import NAMESPACES
from mappings.links import iri_of, record_iri, web_address
from mappings.terms import is_language_tag, written_type

_START = "<rdf:RDF" + "".join(f' xmlns:{name}="{uri}"' for name, uri in NAMESPACES.items()) + ">"
_THINGS = frozenset({"instrument", "facility", "sample", "project", "organisation", "event"})


def write(record: Record) -> bytes:
    """One ``rdf:RDF`` element with the record as its first node."""
    kind = class_of(record)
    parts = [
        *_names(record, kind),
        *_words(record, kind),
        *_people(record, kind),
        *dates(record.dates),
        *_description(record, kind),
        *_rights(record, kind),
        *[grant(one) for one in record.funding],
        *[relation(one, is_plain=kind != "dcat:Catalog") for one in record.relations],
        *_data(record, kind),
    ]
    inside = "".join(dict.fromkeys(part for part in parts if part))
    return f"{_START}<{kind}{about(record_iri(record))}>{inside}</{kind}></rdf:RDF>".encode()


def class_of(record: Record) -> str:
    """The class of DCAT that a record belongs to."""
    if record.kind == "service" and endpoints(record):
        return "dcat:DataService"
    if record.kind == "repository":
        return "dcat:Catalog"
    return "dcat:Resource" if record.kind in _THINGS else "dcat:Dataset"


def _names(record: Record, kind: str) -> list[str]:
    """Identifiers: our own as ``dct:identifier``, what others call it as ``adms:identifier``."""
    own, other, name = [], [], record_iri(record)
    for one in record.identifiers:
        written = iri_of(one.scheme, one.value) or one.value
        if one.role == "own":
            own.append(literal("dct:identifier", written))
        elif one.role == "version-of-concept":
            other.append(node("dct:isVersionOf", "rdfs:Resource", iri_of(one.scheme, one.value)))
        elif kind != "dcat:DataService":
            notation = literal("skos:notation", written) + literal("dct:creator", one.scheme)
            other.append(f"<adms:identifier><adms:Identifier>{notation}</adms:Identifier></adms:identifier>")
    page = web_address(name) or web_address(record.provenance.url)
    landing = node("dcat:landingPage", "foaf:Document", page) if page and kind != "dcat:Catalog" else ""
    return [*own, *other, landing]


def _words(record: Record, kind: str) -> list[str]:
    titles = [
        _text("dct:alternative" if number else "dct:title", one) for number, one in enumerate(record.titles)
    ]
    descriptions = [_text("dct:description", one) for one in record.descriptions]
    if not descriptions and kind != "dcat:Resource":
        descriptions = [_text("dct:description", record.titles[0])]
    return [*titles, *descriptions]


def _text(name: str, text: Text) -> str:
    return literal(name, text.value, text.language if is_language_tag(text.language) else None)


def _people(record: Record, kind: str) -> list[str]:
    creators = record.creators if kind != "dcat:Catalog" else record.creators[:1]
    publisher = record.publisher
    if publisher is None and kind == "dcat:Catalog":
        publisher = Agent(name=":unav")
    return [
        *[agent("dct:creator", one) for one in creators],
        *[
            attribution(one) if one.role is not None else agent("dct:contributor", one)
            for one in record.contributors
        ],
        agent("dct:publisher", publisher) if publisher is not None else "",
    ]


def _description(record: Record, kind: str) -> list[str]:
    """Type, subjects, languages, version, extent, and where and when."""
    type, words = written_type(record.kind, record.type_label)
    coverage = record.coverage
    found = [
        concept("dct:type", type.label, _uri_of(type.alternatives)),
        *([concept("dct:type", words)] if words else []),
    ]
    found += [subject(one) for one in record.subjects]
    found += [language(one) for one in record.languages]
    if record.version is not None:
        found.append(literal("dcat:version", record.version))
    if kind != "dcat:DataService":
        found += [label("dct:extent", "dct:SizeOrDuration", one) for one in record.sizes]
    found += [label("dct:format", "dct:MediaTypeOrExtent", one) for one in record.formats]
    found += period(record)
    if coverage is not None:
        found += [place(one) for one in coverage.places]
    return found


def _uri_of(names: tuple[str, ...]) -> str | None:
    """COAR's or DCMI's term for a type."""
    for start in ("http://purl.org/coar/", "http://purl.org/dc/dcmitype/", "https://schema.org/"):
        for name in names:
            if name.startswith(start):
                return name
    return None


def _rights(record: Record, kind: str) -> list[str]:
    """Licences and access; services and catalogues may have one licence only (DCAT-AP 3)."""
    is_single = kind in ("dcat:DataService", "dcat:Catalog")
    licences = [licence(one) for one in record.rights]
    found = licences[:1] if is_single else licences
    if record.access is not None and kind != "dcat:Catalog":
        found.append(rights_statement(record.access))
    return found


def _data(record: Record, kind: str) -> list[str]:
    """Files and endpoints, and the instruments that made them."""
    if kind == "dcat:DataService":
        return [
            *[node("dcat:endpointURL", "rdfs:Resource", url) for url in endpoints(record)],
            *[node("dct:conformsTo", "dct:Standard", one) for one in standards(record.capabilities)],
        ]
    if kind == "dcat:Catalog":
        return []
    made = "".join(instrument(one) for one in record.instruments)
    licences = [web_address(one.url) or (one.licence.uri if one.licence else None) for one in record.rights]
    terms = next((one for one in licences if one is not None), None)
    found = [distribution(one, terms) for one in record.distributions]
    if made:
        found.append(f"<prov:wasGeneratedBy><prov:Activity>{made}</prov:Activity></prov:wasGeneratedBy>")
    return found
