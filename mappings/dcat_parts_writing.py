"""Parts of DCAT in RDF/XML: every node with its class, as the shapes of DCAT-AP demand it."""

from __future__ import annotations

import functools
import re

from catalogue.days import ONGOING
from catalogue.record import (
    Access,
    Agent,
    Capability,
    Date,
    Distribution,
    Funding,
    Place,
    Record,
    Reference,
    Relation,
    Rights,
    Term,
)
from mappings.datacite_terms import ACCESS
from mappings.dates import OF_DESCRIPTION, mjd_to_date
from mappings.dcat_words import (
    CHECKSUM_ALGORITHMS,
    CHECKSUMS,
    DATES,
    HEX_BINARY,
    LANGUAGES,
    MEDIA_TYPE,
    MEDIA_TYPES,
    NAMESPACES,
    RELATION_TERMS,
    RELATIONS,
    WKT,
)
from mappings.links import iri, iri_of, web_address
from mappings.terms import DEFAULT_TYPE
from mappings.xml_writing import attribute, content
from vocab.base import vocabulary

_XSD = NAMESPACES["xsd"]
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)?")
_ONCE = frozenset({"dct:issued", "dct:modified"})


def about(name: str | None) -> str:
    """What a node is called."""
    return f' rdf:about="{attribute(iri(name))}"' if name is not None else ""


def literal(name: str, text: str, language: str | None = None, datatype: str | None = None) -> str:
    """A property with a text."""
    said = f' xml:lang="{language}"' if language else f' rdf:datatype="{datatype}"' if datatype else ""
    return f"<{name}{said}>{content(text)}</{name}>"


def node(name: str, kind: str, target: str | None, inside: str = "") -> str:
    """A property with a node of a class; nothing where there is neither a name nor anything inside."""
    if target is None and not inside:
        return ""
    return f"<{name}><{kind}{about(target)}>{inside}</{kind}></{name}>"


def label(name: str, kind: str, text: str) -> str:
    """A property with a node that is only called in words."""
    return node(name, kind, None, literal("rdfs:label", text))


def concept(name: str, words: str, uri: str | None = None, scheme: str | None = None) -> str:
    """A term of a vocabulary."""
    inside = literal("skos:prefLabel", words)
    if scheme is not None:
        inside += node("skos:inScheme", "skos:ConceptScheme", None, literal("dct:title", scheme))
    return node(name, "skos:Concept", iri(uri) if uri is not None else None, inside)


@functools.lru_cache(maxsize=32768)
def subject(term: Term) -> str:
    """A keyword, or a theme where a vocabulary or its name is known."""
    if term.uri is None and term.scheme is None:
        return literal("dcat:keyword", term.label)
    return concept("dcat:theme", term.label, term.uri, term.scheme)


@functools.lru_cache(maxsize=8192)
def agent(name: str, one: Agent) -> str:
    """A person or an organisation."""
    return node(name, "foaf:Agent", *_agent(one))


def _agent(one: Agent) -> tuple[str | None, str]:
    names = [named for held in one.identifiers if (named := iri_of(held.scheme, held.value))]
    parts = [literal("foaf:name", one.name)]
    if one.kind is not None:
        kind = NAMESPACES["foaf"] + ("Person" if one.kind == "person" else "Organization")
        parts.append(f'<rdf:type rdf:resource="{kind}"/>')
    if one.given is not None:
        parts.append(literal("foaf:givenName", one.given))
    if one.family is not None:
        parts.append(literal("foaf:familyName", one.family))
    parts += [
        literal("dct:identifier", iri_of(held.scheme, held.value) or f"{held.scheme}:{held.value}")
        for held in one.identifiers
    ]
    for place in one.affiliations:
        uri = iri_of(place.scheme or "", place.identifier) if place.identifier is not None else None
        parts.append(node("org:memberOf", "foaf:Agent", uri, literal("foaf:name", place.name)))
    return (names[0] if names else None), "".join(parts)


@functools.lru_cache(maxsize=8192)
def attribution(one: Agent) -> str:
    """Who contributed in which role."""
    role = node("dcat:hadRole", "dcat:Role", None, literal("rdfs:label", one.role or "Other"))
    return node("prov:qualifiedAttribution", "prov:Attribution", None, agent("prov:agent", one) + role)


def dates(known: tuple[Date, ...]) -> list[str]:
    """Dates of the thing; of those that may be there once only the first (DCAT-AP)."""
    found: dict[str, list[str]] = {}
    for one in known:
        name = DATES.get(one.kind)
        if name is None or one.text == OF_DESCRIPTION or not (one.start or one.end):
            continue
        if name in _ONCE and name in found:
            continue
        found.setdefault(name, []).append(_date(name, one))
    return [part for parts in found.values() for part in parts]


def _date(name: str, one: Date) -> str:
    if one.start != one.end or one.start is None:
        return literal(name, f"{one.start or ''}/{one.end or ''}")
    return literal(name, one.start, datatype=_datatype(one.start))


def _datatype(point: str) -> str | None:
    if not point[:4].isdigit():
        return None
    kind = {4: "gYear", 7: "gYearMonth", 10: "date"}.get(len(point))
    if kind is None:
        kind = "dateTime" if _MOMENT.fullmatch(point) else None
    return _XSD + kind if kind is not None else None


def period(record: Record) -> list[str]:
    """The time that is covered."""
    spans = [(one.start, one.end) for one in record.dates if one.kind == "collected"]
    time = record.coverage.time if record.coverage is not None else None
    if not any(start or end for start, end in spans) and time is not None:
        spans = [
            (
                mjd_to_date(one.low) if one.low is not None else None,
                mjd_to_date(one.high) if one.high is not None and one.high < ONGOING else None,
            )
            for one in time.intervals
        ]
    found = []
    for start, end in spans:
        inside = literal("dcat:startDate", start, datatype=_datatype(start)) if start else ""
        inside += literal("dcat:endDate", end, datatype=_datatype(end)) if end else ""
        found.append(node("dct:temporal", "dct:PeriodOfTime", None, inside))
    return found


@functools.lru_cache(maxsize=256)
def language(tag: str) -> str:
    """A language by the code list of the Library of Congress, as DCAT recommends."""
    code = tag.partition("-")[0].lower()
    if not (code.isascii() and code.isalpha() and len(code) in (2, 3)):
        return ""
    return node("dct:language", "dct:LinguisticSystem", LANGUAGES[len(code) - 2] + code)


@functools.lru_cache(maxsize=8192)
def licence(rights: Rights) -> str:
    """A licence by its address, or a statement in words."""
    name = web_address(rights.url) or (rights.licence.uri if rights.licence is not None else None)
    words = literal("rdfs:label", rights.text) if rights.text else ""
    if rights.licence is not None:
        words += literal("dct:identifier", rights.licence.label)
    if name is None and rights.licence is None:
        said = words or literal("rdfs:label", rights.holder or ":unav")
        return node("dct:rights", "dct:RightsStatement", None, said)
    return node("dct:license", "dct:LicenseDocument", name, words)


@functools.lru_cache(maxsize=1024)
def rights_statement(access: Access) -> str:
    """Who may have it, by the access rights of the EU's vocabularies or of COAR."""
    known = vocabulary("access_rights").lookup(ACCESS[access.right])
    uri = next(iter(known.matches), known.uri) if known is not None else None
    inside = literal("dct:available", access.until, datatype=_datatype(access.until)) if access.until else ""
    inside += literal("rdfs:label", access.how) if access.how else ""
    return node("dct:accessRights", "dct:RightsStatement", uri or ACCESS[access.right], inside)


@functools.lru_cache(maxsize=4096)
def grant(one: Funding) -> str:
    """Who paid, in schema.org's words, as DCAT has none."""
    funder = literal("schema:name", one.funder)
    address = web_address(one.funder_identifier)
    if one.funder_identifier is not None and address is None:
        funder += literal("schema:identifier", one.funder_identifier)
    inside = node("schema:funder", "schema:Organization", address, funder)
    inside += literal("schema:identifier", one.award) if one.award else ""
    inside += literal("schema:name", one.award_title) if one.award_title else ""
    inside += literal("schema:url", one.award_url) if one.award_url else ""
    return node("schema:funding", "schema:Grant", None, inside)


def relation(one: Relation, *, is_plain: bool) -> str:
    """A relation by its own property, or qualified by the DataCite Ontology's term."""
    target = iri_of(one.scheme, one.value)
    inside = literal("dct:title", one.title) if one.title else ""
    inside += "" if target is not None else literal("dct:identifier", f"{one.scheme}:{one.value}")
    kind = DEFAULT_TYPE.get(one.target_kind or "")  # type: ignore[call-overload]
    inside += concept("dct:type", kind) if kind else ""
    name = RELATIONS.get(one.type) if is_plain else None
    if name is not None:
        return node(name, "rdfs:Resource", target, inside)
    known = vocabulary("relation_types").lookup(one.type)
    role = node("dcat:hadRole", "dcat:Role", RELATION_TERMS + known.code if known is not None else None,
                literal("rdfs:label", one.type))  # fmt: skip
    inside = node("dct:relation", "rdfs:Resource", target, inside) + role
    return f"<dcat:qualifiedRelation><dcat:Relationship>{inside}</dcat:Relationship></dcat:qualifiedRelation>"


def place(one: Place) -> str:
    """A place on Earth in WKT: longitude before latitude (GeoSPARQL 1.1, CRS84)."""
    inside = literal("skos:prefLabel", one.name) if one.name else ""
    if one.point is not None:
        at = f"POINT({one.point.longitude!r} {one.point.latitude!r})"
        inside += literal("dcat:centroid", at, datatype=WKT)
    if one.box is not None:
        west, south, east, north = one.box
        corners = ((west, south), (east, south), (east, north), (west, north), (west, south))
        inside += literal("dcat:bbox", _polygon(corners), datatype=WKT)
    if one.polygon:
        ring = tuple((corner.longitude, corner.latitude) for corner in one.polygon)
        inside += node(
            "locn:geometry", "locn:Geometry", None, literal("geo:asWKT", _polygon(ring), datatype=WKT)
        )
    return node("dct:spatial", "dct:Location", None, inside)


def _polygon(ring: tuple[tuple[float, float], ...]) -> str:
    return f"POLYGON(({', '.join(f'{x!r} {y!r}' for x, y in ring)}))"


def distribution(one: Distribution, terms: str | None) -> str:
    """A file that has an address."""
    address = web_address(one.url) or (iri(one.url) if "://" in one.url else None)
    if address is None:
        return ""
    parts = [
        node("dcat:accessURL", "rdfs:Resource", address),
        node("dcat:downloadURL", "rdfs:Resource", address),
        literal("dct:title", one.title) if one.title else "",
        _format(one.media_type) if one.media_type else "",
        literal("dcat:byteSize", str(one.size), datatype=_XSD + "nonNegativeInteger")
        if one.size is not None
        else "",
        _checksum(one),
        node("dct:license", "dct:LicenseDocument", terms),
    ]
    return f"<dcat:distribution><dcat:Distribution>{''.join(parts)}</dcat:Distribution></dcat:distribution>"


def _format(media_type: str) -> str:
    if MEDIA_TYPE.fullmatch(media_type):
        return node("dcat:mediaType", "dct:MediaType", iri(MEDIA_TYPES + media_type))
    return label("dct:format", "dct:MediaTypeOrExtent", media_type)


def _checksum(one: Distribution) -> str:
    checksum = one.checksum
    algorithm = CHECKSUM_ALGORITHMS.get(checksum.algorithm) if checksum is not None else None
    if checksum is None or algorithm is None or not HEX_BINARY.fullmatch(checksum.value):
        return ""
    inside = node("spdx:algorithm", "spdx:ChecksumAlgorithm", CHECKSUMS + algorithm)
    inside += literal("spdx:checksumValue", checksum.value, datatype=_XSD + "hexBinary")
    return node("spdx:checksum", "spdx:Checksum", None, inside)


def endpoints(record: Record) -> list[str]:
    """The addresses at which a service answers."""
    urls = [one.url for held in record.capabilities for one in held.interfaces]
    urls += [one.url for one in record.distributions] if not any(urls) else []
    return list(dict.fromkeys(address for url in urls if (address := web_address(url)) is not None))


def standards(capabilities: tuple[Capability, ...]) -> list[str]:
    """What a service conforms to, where that has a name that is an IRI."""
    names = [iri_of("uri", one.standard) for one in capabilities if one.standard is not None]
    return list(dict.fromkeys(name for name in names if name is not None))


def instrument(one: Reference) -> str:
    """What the data were taken with."""
    name = web_address(one.uri) or (iri_of(one.scheme or "", one.identifier) if one.identifier else None)
    return node("prov:used", "prov:Entity", name, literal("rdfs:label", one.label))
