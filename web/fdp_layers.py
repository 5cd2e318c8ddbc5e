"""The layers of a FAIR Data Point (specification 1.2) as statements: itself, catalogues, things, files.

Clients of FAIR Data Points take the address that they have asked for as the name of what it tells of, so
each thing has such a name here, which is ``owl:sameAs`` that of ADR 0019.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from urllib.parse import quote

import catalogue as package
from catalogue.index import Change
from catalogue.runs import SourceState
from catalogue.settings import Settings
from mappings.dcat_writing import class_of
from mappings.graph_provenance import source_of
from mappings.graph_record import describe, document_of, thing_of
from mappings.graph_syntax import Statements, literal, typed, words
from web.graph_catalog import catalog_of

SPECIFICATION = "https://specs.fairdatapoint.org/fdp-specs-v1.2.html"
_ENGLISH = "<http://id.loc.gov/vocabulary/iso639-1/en>"
_DATE_TIME = "http://www.w3.org/2001/XMLSchema#dateTime"

LAYERS: Mapping[str, tuple[str, str, str]] = {
    "dataset": ("dcat:Dataset", "dcat:dataset", "Datasets"),
    "dataservice": ("dcat:DataService", "dcat:service", "Data services"),
    "resource": ("dcat:Resource", "dcat:resource", "Other resources"),
}
"""Name of a layer below catalogues → class of its things, property that ties them, title."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """Since when there is a description, and when it last changed (ISO 8601, UTC)."""

    issued: str
    modified: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Members:
    """A page of the things of a catalogue by layer; ``next`` is the sequence number to go on after."""

    by_layer: Mapping[str, tuple[str, ...]]
    next: int | None


def layer_of(change: Change) -> str:
    """The layer of a live record."""
    assert change.record is not None
    kind = class_of(change.record)
    return next((name for name, (known, _, _) in LAYERS.items() if known == kind), "resource")


def fair_data_point(settings: Settings, states: Iterable[SourceState], dates: Issued) -> bytes:
    """The FAIR Data Point itself, with its catalogues."""
    base = settings.base_url
    out = Statements(f"{base}/fdp", base)
    point = out.document
    out.classes(point, "fdp:FAIRDataPoint", "fdp:MetadataService", "dcat:DataService", "dcat:Resource")
    out.classes(point, "r3d:Repository")
    about = f"{settings.repository_name}: metadata of fundamental physics, harvested from their sources."
    _say_described(out, point, settings, settings.repository_name, about, package.__version__)
    _say_metadata(out, point, dates, "service")
    out.say(point, "fdp:conformsToFdpSpec", f"<{SPECIFICATION}>")
    out.say(point, "dcat:endpointURL", point)
    out.say(point, "dcat:endpointDescription", f"<{base}/api/v1/openapi.json>")
    out.say(point, "dcat:servesDataset", catalog_of(base))
    out.say(point, "dcat:contactPoint", contact := out.below("contact"))
    out.classes(contact, "vcard:Kind")
    out.say(contact, "vcard:hasEmail", f"<mailto:{quote(settings.admin_email, safe='@.+-_')}>")
    out.label(contact, "vcard:fn", settings.repository_name)
    addresses = [f"<{base}/fdp/catalog/{quote(state.source.name)}>" for state in states]
    _say_container(out, f"<{base}/fdp/catalog>", point, "fdp:metadataCatalog", "Catalogues", addresses)
    return out.written()


def catalog(settings: Settings, state: SourceState, dates: Issued, members: Members) -> bytes:
    """A source as a catalogue, with a page of what is in it."""
    base, source = settings.base_url, state.source
    address = f"{base}/fdp/catalog/{quote(source.name)}"
    out = Statements(address, base)
    thing = out.document
    out.classes(thing, "dcat:Catalog", "dcat:Resource")
    title = source.options.get("title") or source.name
    about = f"The records of {title} as {settings.repository_name} has harvested them."
    _say_described(out, thing, settings, title, about, dates.modified)
    _say_metadata(out, thing, dates, "catalog")
    out.say(thing, "owl:sameAs", source_of(source.name, base))
    out.say(thing, "dct:isPartOf", f"<{base}/fdp>")
    out.say(thing, "foaf:homepage", f"<{base}/sources/{quote(source.name)}>")
    out.number(thing, "alm:recordCount", state.records)
    for layer in LAYERS:
        say_members(out, f"<{address}/{layer}>", thing, layer, members)
    return out.written()


def container(settings: Settings, source: str, layer: str, members: Members) -> bytes:
    """A page of the container of one layer of a catalogue (LDP 1.0, section 5.4)."""
    address = f"{settings.base_url}/fdp/catalog/{quote(source)}"
    out = Statements(f"{address}/{layer}", settings.base_url)
    say_members(out, out.document, f"<{address}>", layer, members)
    return out.written()


def say_members(out: Statements, container: str, catalog: str, layer: str, members: Members) -> None:
    """The things of one layer that are on this page."""
    _, relation, title = LAYERS[layer]
    found = [f"<{out.base_url}/fdp/{layer}/{id}>" for id in members.by_layer.get(layer, ())]
    _say_container(out, container, catalog, relation, title, found)


def thing(settings: Settings, change: Change, source_title: str, created: str) -> bytes:
    """A record or product in its layer: all that the graph says of it, by the names of this exit."""
    base, record = settings.base_url, change.record
    assert record is not None
    layer = layer_of(change)
    address = f"{base}/fdp/{layer}/{change.id}"
    out = Statements(address, base)
    out.say(out.document, "owl:sameAs", f"<{thing_of(change.id, base)}>")
    out.label(out.document, "dct:hasVersion", record.version or change.datestamp)
    _say_metadata(out, out.document, Issued(issued=created, modified=change.datestamp), layer)
    for source in change.sources:
        out.say(out.document, "dct:isPartOf", f"<{base}/fdp/catalog/{quote(source)}>")
    out.say(out.document, "foaf:page", f"<{document_of(change.id, base)}>")
    if record.publisher is None:
        _say_publisher(out, out.document, source_title)
    statements = _renamed(describe(_without_versions(change), base).statements, change.id, address, base)
    return out.written() + statements


def distribution(settings: Settings, change: Change, number: int, created: str) -> bytes | None:
    """One file of a dataset, from 1; ``None`` where there is no such file."""
    base = settings.base_url
    layer = layer_of(change)
    dataset = f"{base}/fdp/{layer}/{change.id}"
    out = Statements(f"{base}/fdp/distribution/{change.id}/{number}", base)
    said = _renamed(describe(change, base).statements, change.id, dataset, base)
    mine = _about(said, out.document, f"<{dataset}>")
    if not mine:
        return None
    assert change.record is not None
    if f"{out.document} {words(base)['dct:title']} ".encode() not in mine:
        out.say(out.document, "dct:title", literal(f"File {number} of {change.record.title}"))
    out.say(out.document, "dct:isPartOf", f"<{dataset}>")
    out.label(out.document, "dct:hasVersion", change.record.version or change.datestamp)
    _say_metadata(out, out.document, Issued(issued=created, modified=change.datestamp), "distribution")
    return out.written() + mine


def _say_described(
    out: Statements, thing: str, settings: Settings, title: str, about: str, version: str
) -> None:
    out.say(thing, "dct:title", literal(title, "en"))
    out.say(thing, "dct:description", literal(about, "en"))
    out.label(thing, "dct:hasVersion", version)
    out.say(thing, "dct:language", _ENGLISH)
    out.classes(_ENGLISH, "dct:LinguisticSystem")
    licence = f"<{settings.base_url}/fdp/licence>"
    out.say(thing, "dct:license", licence)
    out.classes(licence, "dct:LicenseDocument")
    _say_publisher(out, thing, settings.repository_name)


def _say_publisher(out: Statements, thing: str, title: str) -> None:
    publisher = out.below("publisher")
    out.say(thing, "dct:publisher", publisher)
    out.classes(publisher, "foaf:Agent")
    out.label(publisher, "foaf:name", title)


def _say_metadata(out: Statements, thing: str, dates: Issued, profile: str) -> None:
    """What the specification wants to be said of each description."""
    out.say(thing, "fdp:metadataIdentifier", thing)
    out.say(thing, "fdp:metadataIssued", typed(dates.issued, _DATE_TIME))
    out.say(thing, "fdp:metadataModified", typed(dates.modified, _DATE_TIME))
    named = f"<{out.base_url}/fdp/profile/{profile}>"
    out.say(thing, "dct:conformsTo", named)
    out.classes(named, "prof:Profile", "dct:Standard")


def _say_container(
    out: Statements, container: str, of: str, relation: str, title: str, members: Iterable[str]
) -> None:
    out.classes(container, "ldp:DirectContainer")
    out.say(container, "dct:title", literal(title, "en"))
    out.say(container, "ldp:membershipResource", of)
    out.say(container, "ldp:hasMemberRelation", out.words[relation])
    for member in members:
        out.say(container, "ldp:contains", member)
        out.say(of, relation, member)


def _without_versions(change: Change) -> Change:
    """A change whose record names no other versions: here ``dct:hasVersion`` is the number of this one."""
    assert change.record is not None
    kept = tuple(one for one in change.record.relations if one.type != "HasVersion")
    return replace(change, record=replace(change.record, relations=kept))


def _renamed(statements: bytes, id: str, address: str, base: str) -> bytes:
    """Statements by the names that clients of FAIR Data Points expect."""
    said = statements.replace(f"<{thing_of(id, base)}>".encode(), f"<{address}>".encode())
    file = re.compile(re.escape(f"<{document_of(id, base)}#file-".encode()) + rb"(\d+)>")
    return file.sub(f"<{base}/fdp/distribution/{id}/".encode() + rb"\1>", said)


def _about(statements: bytes, subject: str, but: str) -> bytes:
    """The statements about one thing and about what they lead to, without those about another."""
    lines: dict[bytes, list[bytes]] = {}
    for line in statements.splitlines(keepends=True):
        lines.setdefault(line.partition(b" ")[0], []).append(line)
    wanted, taken = [subject.encode()], {but.encode()}
    found: list[bytes] = []
    while wanted:
        one = wanted.pop()
        if one in taken:
            continue
        taken.add(one)
        for line in lines.get(one, ()):
            found.append(line)
            wanted.append(line.rstrip(b" .\n").rpartition(b" ")[2])
    return b"".join(found)


def licence(settings: Settings) -> bytes:
    """What is known of the licence of the descriptions: that it is for each source to say."""
    out = Statements(f"{settings.base_url}/fdp/licence", settings.base_url)
    out.classes(out.document, "dct:LicenseDocument")
    out.label(out.document, "dct:title", "Licence of the descriptions", "en")
    text = (
        "The descriptions come from the sources that each names, on whose conditions they may be used; "
        f"{settings.repository_name} adds no conditions of its own."
    )
    out.label(out.document, "dct:description", text, "en")
    return out.written()
