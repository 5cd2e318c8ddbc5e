"""Our own classes and properties, for what no standard vocabulary has a word, as one table.

The same table makes the ontology that is given out at ``BASE/terms`` (OWL 2, RDF Schema).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from catalogue.graph import NamedGraph
from mappings.dcat_words import RELATIONS
from mappings.graph_quality import METRICS
from mappings.graph_syntax import Statements, literal
from vocab.base import vocabulary

ONTOLOGY_VERSION = "1.0"


@dataclass(frozen=True, slots=True)
class OwnClass:
    """A class: what it is, and the standard class that it is one of."""

    name: str
    label: str
    comment: str
    above: str


@dataclass(frozen=True, slots=True)
class OwnProperty:
    """A property: what it says, of what (``domain``), with which values (``range``).

    ``above`` is the standard property that says the same less exactly, ``inverse`` one of ours.
    """

    name: str
    label: str
    comment: str
    domain: str
    range: str
    above: str | None = None
    inverse: str | None = None

    @property
    def is_of_data(self) -> bool:
        """Whether its values are literals."""
        return self.range.startswith("xsd:") or self.range in ("rdfs:Literal", "geo:wktLiteral")


CLASSES = (
    OwnClass("Workflow", "Workflow", "Steps of a computation that can be run again.", "schema:CreativeWork"),
    OwnClass(
        "Publication", "Publication", "An article, a thesis, a book or another text that is published.",
        "schema:CreativeWork",
    ),
    OwnClass("Instrument", "Instrument", "A device with which data are taken.", "prov:Entity"),
    OwnClass(
        "Facility", "Facility", "A laboratory, an observatory, an accelerator or a mission.", "prov:Entity"
    ),
    OwnClass("Sample", "Sample", "A piece of material that is looked at.", "prov:Entity"),
    OwnClass("SkyRegion", "Region of the sky", "What of the celestial sphere is covered.", "dct:Location"),
)  # fmt: skip

_THING = "dcat:Resource"
PROPERTIES = (
    OwnProperty(
        "facility", "facility", "Where it was made.", _THING, "rdfs:Resource", "prov:wasInfluencedBy"
    ),
    OwnProperty(
        "instrument", "instrument", "With what it was made.", _THING, "rdfs:Resource", "prov:wasInfluencedBy"
    ),
    OwnProperty(
        "technique", "technique", "The experimental technique (PaNET where known).", _THING, "skos:Concept",
        "dct:subject",
    ),
    OwnProperty(
        "experiment", "experiment", "The experiment or collaboration that took the data.", _THING,
        "rdfs:Resource", "prov:wasInfluencedBy",
    ),
    OwnProperty("sample", "sample", "What was looked at.", _THING, "rdfs:Resource", "prov:wasInfluencedBy"),
    OwnProperty(
        "proposal", "proposal", "The proposal for time at a facility that led to it.", _THING,
        "rdfs:Resource", "prov:wasInfluencedBy",
    ),
    OwnProperty("target", "target", "What was observed or aimed at.", _THING, "rdfs:Resource", "dct:subject"),
    OwnProperty(
        "messenger", "messenger", "The carrier of information (IVOA vocabulary where known).", _THING,
        "skos:Concept", "dct:subject",
    ),
    OwnProperty(
        "energyBand", "band of energy", "A named part of the spectrum.", _THING, "skos:Concept", "dct:subject"
    ),
    OwnProperty(
        "energy", "energy", "An interval of energy per particle, in joule.", _THING,
        "schema:QuantitativeValue",
    ),
    OwnProperty(
        "sky", "sky", "The region of the sky that is covered.", _THING, "alm:SkyRegion", "dct:spatial"
    ),
    OwnProperty(
        "moc", "MOC", "The region as MOC in ASCII (IVOA MOC 2.0, section 4.3.2), in ICRS.", "alm:SkyRegion",
        "xsd:string",
    ),
    OwnProperty(
        "frame", "frame", "The reference frame of the source's own form.", "alm:SkyRegion", "xsd:string"
    ),
    OwnProperty(
        "skyFraction", "share of the sky", "The area over that of the whole sky, 0 to 1.", "alm:SkyRegion",
        "xsd:double",
    ),
    OwnProperty(
        "centreRA", "right ascension of the centre", "In degrees (ICRS), 0 to 360; not where the region has "
        "no centre, as the whole sky.", "alm:SkyRegion", "xsd:double",
    ),
    OwnProperty(
        "centreDec", "declination of the centre", "In degrees (ICRS), -90 to 90.", "alm:SkyRegion",
        "xsd:double",
    ),
    OwnProperty(
        "startMJD", "start (MJD)", "The begin of a period as Modified Julian Date.", "dct:PeriodOfTime",
        "xsd:double",
    ),
    OwnProperty(
        "endMJD", "end (MJD)", "The end of a period as Modified Julian Date; 100000 and more: it goes on.",
        "dct:PeriodOfTime", "xsd:double",
    ),
    OwnProperty("timeScale", "time scale", "UTC, TT, TDB …", "dct:PeriodOfTime", "xsd:string"),
    OwnProperty("siValue", "value in SI", "The value in the SI unit.", "schema:PropertyValue", "xsd:double"),
    OwnProperty(
        "siMinValue", "lowest value in SI", "The lower limit in the SI unit.", "schema:PropertyValue",
        "xsd:double",
    ),
    OwnProperty(
        "siMaxValue", "highest value in SI", "The upper limit in the SI unit.", "schema:PropertyValue",
        "xsd:double",
    ),
    OwnProperty("siUnit", "SI unit", "The SI unit of these.", "schema:PropertyValue", "xsd:string"),
    OwnProperty(
        "service", "service", "An interface at which one can ask for it.", _THING, "dcat:DataService",
        "dct:relation",
    ),
    OwnProperty(
        "standardVersion", "version of the standard", "The version of the standard that a service follows.",
        "dcat:DataService", "xsd:string",
    ),
    OwnProperty(
        "interfaceType", "type of interface", "As VOResource 1.1 calls it, section 2.2.2.",
        "dcat:DataService", "xsd:string",
    ),
    OwnProperty("table", "table", "A table that it holds.", _THING, "csvw:Table", "dct:hasPart"),
    OwnProperty(
        "ucd", "UCD", "What a column holds, as Unified Content Descriptor (IVOA UCD1+).", "csvw:Column",
        "xsd:string",
    ),
    OwnProperty(
        "key", "key", "A name in normal form, «scheme:value»: a relation leads to what has the key of its "
        "target.", "rdfs:Resource", "xsd:string", "dct:identifier",
    ),
    OwnProperty("fileCount", "number of files", "Files and other ways to the bytes.", _THING, "xsd:integer"),
    OwnProperty(
        "totalBytes", "bytes in all", "The sizes of those files that have one.", _THING, "xsd:integer"
    ),
    OwnProperty(
        "access", "access", "open, embargoed, restricted, closed or metadata-only.", _THING, "xsd:string"
    ),
    OwnProperty(
        "accessRight", "access right", "The same as concept of COAR.", _THING, "skos:Concept", "dct:relation"
    ),
    OwnProperty(
        "embargoedUntil", "embargoed until", "The day from which it is open.", _THING, "rdfs:Literal",
        "dct:available",
    ),
    OwnProperty("accessFor", "access for", "Who may have it.", _THING, "xsd:string"),
    OwnProperty(
        "protocol", "protocol", "How a file is fetched.", "dcat:Distribution", "xsd:string"
    ),
    OwnProperty(
        "group", "group", "The group of parameters in which the source has it.", "schema:PropertyValue",
        "xsd:string",
    ),
    OwnProperty("howToAccess", "how to get access", "Whom to ask, and how.", _THING, "xsd:string"),
    OwnProperty("rightsHolder", "holder of the rights", "By name.", _THING, "xsd:string"),
    OwnProperty(
        "typeLabel", "type in the source's words", "What the source calls it, beside its type.", _THING,
        "xsd:string",
    ),
    OwnProperty(
        "processingLevel", "processing level", "How far data are processed.", _THING, "xsd:string"
    ),
    OwnProperty(
        "byline", "byline", "The creators in their order, the names separated by semicolons.", _THING,
        "xsd:string",
    ),
    OwnProperty(
        "methods", "methods", "How it was made.", _THING, "rdfs:Literal", "dct:description"
    ),
    OwnProperty("withdrawn", "withdrawn", "When it was withdrawn.", _THING, "rdfs:Literal", "dct:date"),
    OwnProperty("container", "container", "The image in which it runs.", _THING, "xsd:string"),
    OwnProperty("entryPoint", "entry point", "What is called to run it.", _THING, "xsd:string"),
    OwnProperty(
        "workflowSpecification", "workflow specification", "The file that says how it runs (REANA, CWL …).",
        _THING, "xsd:string",
    ),
    OwnProperty(
        "gaveField", "gave field", "A field of the unified model that this record of a source has supplied.",
        "prov:Entity", "xsd:string",
    ),
    OwnProperty(
        "correctedField", "corrected field", "A field in which curators have put a value of their own.",
        "prov:Activity", "xsd:string",
    ),
    OwnProperty(
        "recordCount", "number of records", "Records that are live.", "dcat:Catalog", "xsd:integer"
    ),
    OwnProperty(
        "lastHarvest", "last harvest", "When a harvest of the source last succeeded.", "dcat:Catalog",
        "xsd:dateTime",
    ),
)  # fmt: skip


def metrics() -> Iterator[tuple[str, str]]:
    """The metrics by which descriptions are measured: name and what it measures."""
    yield "fairness", "How FAIR the description is after the FsF metrics: the share of all points, 0 to 1."
    for name, comment in METRICS.values():
        yield name, f"{comment}, after the FsF metrics: the share of the points, 0 to 1."


def relation_properties() -> Iterator[OwnProperty]:
    """A property for each type of relation of DataCite and of the IVOA."""
    for concept in vocabulary("relation_types"):
        standard = RELATIONS.get(concept.code)
        inverse = concept.values.get("inverse")
        yield OwnProperty(
            relation_name(concept.code),
            concept.label[:1].lower() + concept.label[1:],
            f"The relation «{concept.code}» to something that is identified elsewhere.",
            _THING,
            "rdfs:Resource",
            "dct:relation" if standard in (None, "owl:sameAs") else standard,
            relation_name(inverse) if inverse else None,
        )


def relation_name(code: str) -> str:
    """The name of our property for a type of relation."""
    return code[0].lower() + code[1:]


def ontology(base_url: str) -> NamedGraph:
    """The ontology of all of them."""
    document = f"{base_url}/terms"
    out = Statements(document, base_url)
    out.classes(out.document, "owl:Ontology")
    out.say(out.document, "dct:title", literal("Terms of the catalogue", "en"))
    about = "Classes and properties for what the standard vocabularies of catalogues have no word for."
    out.say(out.document, "dct:description", literal(about, "en"))
    out.label(out.document, "owl:versionInfo", ONTOLOGY_VERSION)
    out.label(out.document, "vann:preferredNamespacePrefix", "alm")
    out.label(out.document, "vann:preferredNamespaceUri", f"{document}#")
    for one in CLASSES:
        _say(out, one, "owl:Class")
        out.say(out.words[f"alm:{one.name}"], "rdfs:subClassOf", out.words[one.above])
    for found in (*PROPERTIES, *relation_properties()):
        _say(out, found, "owl:DatatypeProperty" if found.is_of_data else "owl:ObjectProperty")
        named = out.words[f"alm:{found.name}"]
        out.say(named, "rdfs:domain", out.words[found.domain])
        out.say(named, "rdfs:range", out.words[found.range])
        if found.above is not None:
            out.say(named, "rdfs:subPropertyOf", out.words[found.above])
        if found.inverse is not None:
            out.say(named, "owl:inverseOf", out.words[f"alm:{found.inverse}"])
    for name, comment in metrics():
        _say(out, OwnClass(name, name, comment, ""), "dqv:Metric")
        out.say(out.words[f"alm:{name}"], "dqv:expectedDataType", out.words["xsd:double"])
    return NamedGraph(name=document, statements=out.written())


def _say(out: Statements, one: OwnClass | OwnProperty, kind: str) -> None:
    named = out.words[f"alm:{one.name}"]
    out.classes(named, kind)
    out.say(named, "rdfs:label", literal(one.label, "en"))
    out.say(named, "rdfs:comment", literal(one.comment, "en"))
    out.say(named, "rdfs:isDefinedBy", out.document)
