"""Where a description comes from, as statements (DCAT's ``CatalogRecord``, PROV-O)."""

from __future__ import annotations

from catalogue.index import Change
from catalogue.record import Hop, Provenance
from catalogue.related import members_of
from mappings.graph_data import MOST_FILES
from mappings.graph_syntax import Statements, literal, moment, name


def source_of(source: str, base_url: str) -> str | None:
    """The name of a source, which is a ``dcat:Catalog``."""
    return name(f"{base_url}/id/sources/{source}")


def say_provenance(out: Statements, thing: str, change: Change, base_url: str, membership: str) -> None:
    """The document, what it tells of, when we changed it, and the sources' records that it is made of.

    ``membership`` is the property that ties a catalogue to such a thing.
    """
    document, record = out.document, change.record
    assert record is not None
    out.classes(document, "dcat:CatalogRecord", "prov:Entity")
    out.say(document, "foaf:primaryTopic", thing)
    out.say(document, "dct:modified", moment(change.datestamp))
    for source in change.sources:
        catalog = source_of(source, base_url)
        if catalog is not None:
            out.say(catalog, membership, thing)
            out.say(catalog, "dcat:record", document)
    for number, member in enumerate(members_of(change), 1):
        origin = out.below(f"origin-{number}")
        out.say(document, "prov:wasDerivedFrom", origin)
        out.classes(origin, "prov:Entity")
        out.label(origin, "dct:identifier", member.identifier)
        out.say(origin, "dct:isPartOf", source_of(member.source, base_url))
        if change.members:
            out.say(origin, "rdfs:seeAlso", name(f"{base_url}/api/v1/records/{member.id}/source"))
    _say_origin(out, document, out.below("origin-1"), record.provenance)
    _say_who_said(out, change)


def _say_origin(out: Statements, document: str, origin: str, provenance: Provenance) -> None:
    """What is known of the first of the sources' records: datestamp, format, harvest, earlier stations."""
    if provenance.datestamp is not None:
        out.say(origin, "dct:modified", moment(provenance.datestamp))
    out.label(origin, "dct:format", provenance.format)
    out.say(origin, "dct:source", name(provenance.url))
    if provenance.harvested is not None:
        harvest = out.below("harvest")
        out.say(document, "prov:wasGeneratedBy", harvest)
        out.classes(harvest, "prov:Activity")
        out.say(harvest, "prov:used", origin)
        out.say(harvest, "prov:endedAtTime", moment(provenance.harvested))
    for hop in provenance.chain:
        origin = _say_hop(out, origin, hop)


def _say_hop(out: Statements, origin: str, hop: Hop) -> str:
    """An earlier station of the record (OAI-PMH, originDescription)."""
    earlier = out.part("station")
    out.say(origin, "prov:wasDerivedFrom", earlier)
    out.classes(earlier, "prov:Entity")
    out.say(earlier, "dct:source", name(hop.base_url) or literal(hop.base_url))
    out.label(earlier, "dct:identifier", hop.identifier)
    if hop.datestamp is not None:
        out.say(earlier, "dct:modified", moment(hop.datestamp))
    return earlier


def _say_who_said(out: Statements, change: Change) -> None:
    """Of a product: which of its records gave which fields, and what curators have put in their place."""
    if len(change.members) > 1:
        for field, values in change.said.items():
            for place in sorted({place for places in values for place in places}):
                out.label(out.below(f"origin-{place + 1}"), "alm:gaveField", field)
    for correction in change.corrections:
        named = out.part("correction")
        out.say(out.document, "prov:wasInfluencedBy", named)
        out.classes(named, "prov:Activity")
        out.label(named, "alm:correctedField", correction.field)
        out.say(named, "prov:endedAtTime", moment(correction.at))


def say_sources_of_files(out: Statements, change: Change) -> None:
    """Of a product: which of its records tell of each file."""
    if len(change.members) > 1:
        for index, places in enumerate(change.said.get("distributions", ())[:MOST_FILES], 1):
            for place in places:
                source = out.below(f"origin-{place + 1}")
                out.say(out.below(f"file-{index}"), "prov:hadPrimarySource", source)
