"""What the graph of this catalogue is, for machines: VoID and DCAT at ``/.well-known/void``."""

from __future__ import annotations

from flask import Blueprint, Response, request
from werkzeug.wrappers import Response as Answer

from catalogue.rdf_syntax import FORMATS, written
from catalogue.settings import Settings
from mappings.graph_syntax import Statements, literal, moment, name, prefixes, typed
from web.accept import Offer, choose
from web.context import base_url, catalogue
from web.dump_writing import LINKED, MEDIA_TYPE, SYNTAXES, Written
from web.dumps import Dump, Dumps
from web.errors import NotAcceptable
from web.graph_catalog import catalog_of
from web.negotiation import conditional

blueprint = Blueprint("void", __name__)

_TYPES = ("text/turtle", "application/n-triples", "application/ld+json", "application/rdf+xml")
_MEDIA_TYPES = "https://www.iana.org/assignments/media-types/"
_SYNTAXES = ("Turtle", "N-Triples", "JSON-LD", "RDF_XML", "N-Quads", "TriG")
_VOCABULARIES = ("dcat", "dct", "foaf", "prov", "skos", "schema", "org", "adms", "spdx", "time", "dqv")
_MOST_CLASSES = 200
_XSD = "http://www.w3.org/2001/XMLSchema#"


@blueprint.get("/.well-known/void")
def well_known() -> Answer:
    """The description of the dataset, in the syntax that ``Accept`` asks for."""
    offers = [Offer(media_type=one) for one in _TYPES]
    chosen = choose(offers, request.accept_mimetypes)
    if chosen is None:
        raise NotAcceptable(
            f"This is not available as {request.accept_mimetypes.to_header()}; the alternatives are listed.",
            alternatives=tuple({"media_type": one} for one in _TYPES),
        )
    return _answer(_TYPES[chosen.place])


@blueprint.get("/dumps.ttl")
def as_turtle() -> Answer:
    """The same as Turtle."""
    return _answer("text/turtle")


def _answer(media_type: str) -> Answer:
    settings = catalogue().settings
    said = described(settings, Dumps(settings.home).all())
    assert media_type in FORMATS
    return conditional(Response(written(said, media_type, prefixes(base_url())), content_type=media_type))


def described(settings: Settings, dumps: list[Dump]) -> bytes:
    """The dataset as VoID (W3C note of 2011) and as DCAT 3, with its dumps, as N-Triples."""
    base = settings.base_url
    out = Statements(f"{base}/.well-known/void", base)
    dataset = out.below("dataset")
    out.classes(out.document, "void:DatasetDescription")
    out.say(out.document, "foaf:primaryTopic", dataset)
    out.classes(dataset, "void:Dataset", "dcat:Dataset")
    out.label(dataset, "dct:title", f"{settings.repository_name}: all statements", "en")
    about = "What the catalogue says of its records, sources and vocabularies, a named graph for each."
    out.label(dataset, "dct:description", about, "en")
    out.say(dataset, "foaf:homepage", f"<{base}/>")
    out.say(dataset, "dct:isPartOf", catalog_of(base))
    if settings.has_graph:
        out.say(dataset, "void:sparqlEndpoint", f"<{base}/sparql>")
    out.say(dataset, "void:uriSpace", literal(f"{base}/id/"))
    out.say(dataset, "void:uriSpace", literal(f"{base}/records/"))
    out.say(dataset, "void:openSearchDescription", f"<{base}/opensearch.xml>")
    for syntax in _SYNTAXES:
        out.say(dataset, "void:feature", f"<http://www.w3.org/ns/formats/{syntax}>")
    for prefix in _VOCABULARIES:
        out.say(dataset, "void:vocabulary", f"<{prefixes(base)[prefix]}>")
    if dumps:
        _say_counts(out, dataset, dumps[0])
        for dump in dumps:
            _say_dump(out, dataset, dump, is_newest=dump is dumps[0])
    return out.written()


def _say_counts(out: Statements, dataset: str, dump: Dump) -> None:
    """How much there was when the newest dump was made."""
    out.number(dataset, "void:triples", dump.triples)
    out.number(dataset, "void:entities", dump.entities)
    out.number(dataset, "void:classes", len(dump.classes))
    out.say(dataset, "dct:modified", moment(dump.at))
    for kind, count in list(dump.classes.items())[:_MOST_CLASSES]:
        if (named := name(kind)) is not None:
            out.say(dataset, "void:classPartition", part := out.part("class"))
            out.classes(part, "void:Dataset")
            out.say(part, "void:class", named)
            out.number(part, "void:entities", count)
    for place, count in dump.links.items():
        start, title = LINKED[place]
        other, links = out.below(place), out.below(f"links-{place}")
        out.classes(other, "void:Dataset")
        out.label(other, "dct:title", title)
        out.say(other, "void:uriSpace", literal(start))
        out.say(dataset, "void:subset", links)
        out.classes(links, "void:Linkset")
        out.say(links, "void:subjectsTarget", dataset)
        out.say(links, "void:objectsTarget", other)
        out.number(links, "void:triples", count)


def _say_dump(out: Statements, dataset: str, dump: Dump, *, is_newest: bool) -> None:
    for file in dump.files:
        address = f"<{out.base_url}/dumps/{dump.name}/{file.name}>"
        out.classes(address, "dcat:Distribution")
        out.say(dataset, "dcat:distribution", address)
        if is_newest:
            out.say(dataset, "void:dataDump", address)
        _say_file(out, address, file, dump)


def _say_file(out: Statements, address: str, file: Written, dump: Dump) -> None:
    packed, syntax = SYNTAXES[file.name]
    out.label(address, "dct:title", f"{file.name} of {dump.at}")
    out.say(address, "dcat:accessURL", f"<{out.base_url}/dumps/{dump.name}/>")
    out.say(address, "dcat:downloadURL", address)
    out.say(address, "dcat:mediaType", f"<{_MEDIA_TYPES}{packed}>")
    out.say(address, "dcat:compressFormat", f"<{_MEDIA_TYPES}{MEDIA_TYPE}>")
    out.say(address, "dct:conformsTo", f"<{syntax}>")
    out.say(address, "dcat:byteSize", typed(str(file.size), f"{_XSD}nonNegativeInteger"))
    out.say(address, "dct:issued", moment(dump.at))
    checksum = f"<{out.address}#sha256-{file.sha256}>"
    out.say(address, "spdx:checksum", checksum)
    out.classes(checksum, "spdx:Checksum")
    out.say(checksum, "spdx:algorithm", "<http://spdx.org/rdf/terms#checksumAlgorithm_sha256>")
    out.say(checksum, "spdx:checksumValue", typed(file.sha256, f"{_XSD}hexBinary"))
