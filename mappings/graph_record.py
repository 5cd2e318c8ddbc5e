"""What the graph says of one record or product: DCAT 3 with DCAT-AP 3, and what physics adds.

Names are those of ADR 0019: the thing is ``BASE/id/records/ID``, the document about it, which is the
named graph as well, ``BASE/records/ID``.  There are no blank nodes.
"""

from __future__ import annotations

import logging

from catalogue.fair_rules import VERSION as FAIR_VERSION
from catalogue.graph import NamedGraph
from catalogue.index import Change
from catalogue.record import Date, Kind, Record, Text
from mappings.dates import OF_DESCRIPTION
from mappings.dcat_parts_writing import endpoints
from mappings.dcat_words import DATES, LANGUAGES
from mappings.dcat_writing import class_of
from mappings.graph_concepts import name_of_reference, say_concept, say_reference, say_subjects
from mappings.graph_coverage import say_coverage
from mappings.graph_data import (
    say_environment,
    say_files,
    say_format,
    say_parameters,
    say_rights,
    say_services,
    say_tables,
)
from mappings.graph_names import document_of as document_of
from mappings.graph_names import thing_of as thing_of
from mappings.graph_people import say_funding, say_people
from mappings.graph_provenance import say_provenance, say_sources_of_files
from mappings.graph_quality import say_quality
from mappings.graph_relations import say_names, say_relations
from mappings.graph_syntax import Statements, literal, moment, name
from mappings.graph_vocabulary import concept_name
from mappings.terms import written_type
from vocab.base import concluded, vocabulary

log = logging.getLogger(__name__)

VERSION = f"6.{FAIR_VERSION}"
"""Another one with every change of what is said: the graph is then built anew."""

KINDS = {
    "dataset": "schema:Dataset",
    "collection": "dcat:DatasetSeries",
    "service": "schema:WebAPI",
    "software": "schema:SoftwareSourceCode",
    "workflow": "alm:Workflow",
    "publication": "alm:Publication",
    "instrument": "alm:Instrument",
    "facility": "alm:Facility",
    "sample": "alm:Sample",
    "project": "schema:ResearchProject",
    "organisation": "schema:Organization",
    "repository": "schema:DataCatalog",
    "standard": "dct:Standard",
    "event": "schema:Event",
    "image": "schema:ImageObject",
    "lesson": "schema:LearningResource",
    "document": "schema:CreativeWork",
}
"""The class that tells of which kind a thing is, beside that of DCAT."""

MEMBERSHIP = {
    "dcat:Dataset": "dcat:dataset",
    "dcat:DataService": "dcat:service",
    "dcat:Catalog": "dcat:catalog",
}
_REFERENCES = (
    ("facilities", "alm:facility", "facility"),
    ("instruments", "alm:instrument", "instrument"),
    ("experiments", "alm:experiment", "experiment"),
    ("samples", "alm:sample", "sample"),
    ("proposals", "alm:proposal", "proposal"),
    ("targets", "alm:target", "target"),
)
_ONCE = frozenset({"dct:issued", "dct:modified"})
_TEXTS = {"table of contents": "dct:tableOfContents", "methods": "alm:methods"}


def describe(change: Change, base_url: str) -> NamedGraph:
    """What is said of the latest state of a record or product; of a tombstone nothing."""
    graph = document_of(change.id, base_url)
    if change.record is None:
        return NamedGraph(name=graph, statements=b"")
    out = Statements(graph, base_url)
    thing = f"<{thing_of(change.id, base_url)}>"
    kind = class_of(change.record)
    say_provenance(out, thing, change, base_url, MEMBERSHIP.get(kind, "dcat:resource"))
    _say_thing(out, thing, change, kind)
    return NamedGraph(name=graph, statements=out.written())


def described(change: Change, base_url: str) -> NamedGraph:
    """As `describe`, for what tells of many records at once, which one of them must not stop.

    Of a record that a fault of ours keeps from being described nothing is said, but in the log.
    """
    try:
        return describe(change, base_url)
    except Exception:
        log.exception("record %s cannot be described and is left out of the graph", change.id)
        return NamedGraph(name=document_of(change.id, base_url), statements=b"")


def _say_thing(out: Statements, thing: str, change: Change, kind: str) -> None:
    """What the sources say of the thing."""
    record = change.record
    assert record is not None
    is_catalog, is_service = kind == "dcat:Catalog", kind == "dcat:DataService"
    out.classes(thing, "dcat:Resource")
    if kind != "dcat:Resource":
        out.classes(thing, kind)
    if record.kind in KINDS:
        out.classes(thing, KINDS[record.kind])
    say_names(out, thing, change)
    _say_words(out, thing, record)
    say_people(out, thing, record, one_creator=is_catalog)
    if is_catalog and record.publisher is None:
        out.say(thing, "dct:publisher", publisher := out.below("publisher"))
        out.classes(publisher, "foaf:Agent")
        out.label(publisher, "foaf:name", ":unav")
    _say_dates(out, thing, record.dates)
    _say_description(out, thing, record)
    say_rights(out, thing, record, is_single=is_catalog or is_service)
    say_funding(out, thing, record.funding)
    say_relations(out, thing, change, kind)
    say_coverage(out, thing, record)
    for field, word, part in _REFERENCES:
        for reference in getattr(record, field):
            say_reference(out, thing, word, reference, part)
    _say_making(out, thing, record)
    for technique in record.techniques:
        say_concept(out, thing, "alm:technique", technique, "technique")
    if is_service:
        for url in endpoints(record):
            if (address := name(url)) is not None:
                out.say(thing, "dcat:endpointURL", address)
                out.classes(address, "rdfs:Resource")
    else:
        say_files(out, thing, record)
        say_sources_of_files(out, change)
    say_services(out, thing, record)
    say_tables(out, thing, record)
    say_parameters(out, thing, record.parameters)
    if record.environment is not None:
        say_environment(out, thing, record.environment)
    say_quality(out, thing, record)


def _say_making(out: Statements, thing: str, record: Record) -> None:
    """The activity that made the thing, with what it used (PROV-O)."""
    if record.instruments or record.samples:
        making = out.below("making")
        out.say(thing, "prov:wasGeneratedBy", making)
        out.classes(making, "prov:Activity")
        for part, references in (("instrument", record.instruments), ("sample", record.samples)):
            for reference in references:
                out.say(making, "prov:used", name_of_reference(out, reference, part))


def _say_words(out: Statements, thing: str, record: Record) -> None:
    for index, title in enumerate(record.titles):
        _say_text(out, thing, "dct:alternative" if index else "dct:title", title)
    is_described = False
    for text in record.descriptions:
        word = _TEXTS.get(text.type or "", "dct:description")
        is_described = is_described or word == "dct:description"
        _say_text(out, thing, word, text)
    if not is_described:
        _say_text(out, thing, "dct:description", record.titles[0])


def _say_text(out: Statements, thing: str, word: str, text: Text) -> None:
    out.say(thing, word, literal(text.value, text.language))


def _say_dates(out: Statements, thing: str, dates: tuple[Date, ...]) -> None:
    """Dates of the thing; of those that may be there once only the first (DCAT-AP)."""
    said: set[str] = set()
    for one in dates:
        word = "alm:withdrawn" if one.kind == "withdrawn" else DATES.get(one.kind)
        if word is None or one.text == OF_DESCRIPTION or not (one.start or one.end):
            continue
        if word in _ONCE and word in said:
            continue
        said.add(word)
        if one.start is not None and one.start == one.end:
            out.say(thing, word, moment(one.start))
        else:
            out.say(thing, word, literal(f"{one.start or ''}/{one.end or ''}"))


def _say_description(out: Statements, thing: str, record: Record) -> None:
    """Type, subjects, languages, version, extent and formats."""
    named, label, further = resource_type(record.kind, record.type_label, out.base_url)
    out.say(thing, "dct:type", named)
    out.classes(named, "skos:Concept")
    out.label(named, "skos:prefLabel", label)
    out.label(thing, "alm:typeLabel", further)
    say_subjects(out, thing, record.subjects)
    for tag in record.languages:
        code = tag.partition("-")[0].lower()
        if code.isascii() and code.isalpha() and len(code) in (2, 3):
            language = f"<{LANGUAGES[len(code) - 2]}{code}>"
            out.say(thing, "dct:language", language)
            out.classes(language, "dct:LinguisticSystem")
    out.label(thing, "dcat:version", record.version)
    for size in record.sizes:
        extent = out.part("extent")
        out.say(thing, "dct:extent", extent)
        out.classes(extent, "dct:SizeOrDuration")
        out.label(extent, "rdfs:label", size)
    for text in record.formats:
        say_format(out, thing, text)
    out.label(thing, "alm:processingLevel", record.processing_level)


@concluded(4096)
def resource_type(kind: Kind, label: str | None, base_url: str) -> tuple[str, str, str | None]:
    """The name of a type (COAR's or DCMI's, else ours), its label, and the source's further words."""
    concept, further = written_type(kind, label)
    for start in ("http://purl.org/coar/", "http://purl.org/dc/dcmitype/"):
        for other in concept.alternatives:
            if other.startswith(start) and (named := name(other)) is not None:
                return named, concept.label, further
    return concept_name(vocabulary("resource_types"), concept, base_url), concept.label, further
