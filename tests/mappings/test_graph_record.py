"""What the graph says of records: read by strict parsers, true to DCAT-AP 3, named as ADR 0019 says."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import pyoxigraph
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rdflib import (
    DCAT,
    DCTERMS,
    FOAF,
    OWL,
    PROV,
    RDF,
    RDFS,
    SDO,
    SKOS,
    TIME,
    XSD,
    Graph,
    Literal,
    Namespace,
    URIRef,
)
from rdflib.compare import to_isomorphic

from catalogue.index import Change
from catalogue.product import Correction, Member, joined_product
from catalogue.record import (
    Affiliation,
    Agent,
    AgentIdentifier,
    Capability,
    Checksum,
    Coverage,
    Date,
    Distribution,
    Energy,
    Identifier,
    Interface,
    Interval,
    Parameter,
    Place,
    Point,
    Record,
    Relation,
    Rights,
    Sky,
    Term,
    Text,
    TimeCoverage,
)
from mappings import graph_record
from mappings.graph_record import KINDS, describe, described
from mappings.graph_terms import ontology
from mappings.matching import matched
from tests.full_record import full_record
from tests.mappings.corpus_records import every_record
from tests.mappings.dcat_shapes import faults
from tests.mappings.strategies import PROVENANCE, datacite_records
from tests.mappings.test_round_trips import slow

BASE = "https://catalogue.example.org"
ALM = Namespace(f"{BASE}/terms#")
GEO = Namespace("http://www.opengis.net/ont/geosparql#")
EVERY = 8
"""Of the corpus one record in so many is validated in the everyday test; all are parsed."""
AT_ONCE = 40


def change_of(record: Record, **given: object) -> Change:
    stamp = "2026-03-01T00:00:00Z"
    change = Change(sequence=1, id=record.id, source="zenodo", datestamp=stamp, record=record)
    return dataclasses.replace(change, **given)  # type: ignore[arg-type]


def a_record(**given: object) -> Record:
    values = {"id": "a1", "kind": "dataset", "titles": (Text(value="Spectra"),), "provenance": PROVENANCE}
    return Record(**{**values, **given})  # type: ignore[arg-type]


def strictly(statements: bytes) -> set[pyoxigraph.Triple]:
    """The statements as a parser reads them that refuses what is no IRI or no literal."""
    quads = list(pyoxigraph.parse(statements, format=pyoxigraph.RdfFormat.N_TRIPLES, lenient=False))
    assert len(quads) == statements.count(b"\n"), "each statement once, on a line of its own"
    return {quad.triple for quad in quads}


def graph_of(record: Record, **given: object) -> Graph:
    statements = describe(change_of(record, **given), BASE).statements
    strictly(statements)
    return Graph().parse(data=statements, format="nt")


THING = URIRef(f"{BASE}/id/records/a1")
DOCUMENT = URIRef(f"{BASE}/records/a1")


def test_names_are_those_of_the_decision() -> None:
    own = Identifier(scheme="doi", value="10.1234/x")
    alternate = Identifier(scheme="handle", value="20.1000/5", role="alternate")
    graph = graph_of(a_record(identifiers=(own, alternate)))
    assert describe(change_of(a_record()), BASE).name == str(DOCUMENT)
    assert (DOCUMENT, FOAF.primaryTopic, THING) in graph
    assert (DOCUMENT, RDF.type, DCAT.CatalogRecord) in graph
    assert list(graph.objects(THING, OWL.sameAs)) == [URIRef("https://doi.org/10.1234/x")]
    assert (URIRef(f"{BASE}/id/sources/zenodo"), DCAT.dataset, THING) in graph
    assert (THING, RDF.type, DCAT.Dataset) in graph
    assert not [one for triple in graph for one in triple if one.n3().startswith("_:")]


def test_a_tombstone_says_nothing() -> None:
    gone = describe(dataclasses.replace(change_of(a_record()), record=None), BASE)
    assert (gone.name, gone.statements) == (str(DOCUMENT), b"")


def test_one_record_does_not_keep_the_others_out(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    one = change_of(full_record())
    assert described(one, BASE) == describe(one, BASE)

    def fails(*_: object) -> None:
        raise ValueError("a fault of ours")

    monkeypatch.setattr(graph_record, "_say_thing", fails)
    assert described(one, BASE).statements == b""
    assert one.id in caplog.text
    with pytest.raises(ValueError, match="a fault of ours"):
        describe(one, BASE)


def test_people_are_called_by_their_orcid_and_organisations_by_their_ror() -> None:
    place = Affiliation(name="CERN", identifier="01ggx4157", scheme="ror")
    orcid = AgentIdentifier(scheme="orcid", value="0000-0002-1825-0097")
    known = Agent(name="Carberry, J", kind="person", identifiers=(orcid,), affiliations=(place,))
    graph = graph_of(a_record(creators=(known, Agent(name="Nobody")), publisher=Agent(name="Zenodo")))
    person = URIRef("https://orcid.org/0000-0002-1825-0097")
    assert set(graph.objects(THING, DCTERMS.creator)) == {person, URIRef(f"{DOCUMENT}#creator-2")}
    assert (person, RDF.type, FOAF.Person) in graph
    member = URIRef("http://www.w3.org/ns/org#memberOf")
    assert list(graph.objects(person, member)) == [URIRef("https://ror.org/01ggx4157")]
    assert graph.value(THING, ALM.byline) == Literal("Carberry, J; Nobody")


def test_relations_lead_to_identifiers() -> None:
    relations = (
        Relation(type="IsSupplementTo", scheme="doi", value="10.1/paper", title="The paper"),
        Relation(type="IsDerivedFrom", scheme="almagest", value="b2"),
        Relation(type="References", scheme="local", value="notes 17"),
        Relation(type="Invented", scheme="url", value="javascript:alert(1)"),
    )
    graph = graph_of(a_record(relations=relations))
    paper = URIRef("https://doi.org/10.1/paper")
    assert (THING, ALM.isSupplementTo, paper) in graph
    assert (paper, DCTERMS.title, Literal("The paper")) in graph
    assert (THING, PROV.wasDerivedFrom, URIRef(f"{BASE}/id/records/b2")) in graph
    noted = graph.value(THING, DCTERMS.references)
    assert graph.value(noted, DCTERMS.identifier) == Literal("local:notes 17")
    assert not [one for one in graph.all_nodes() if isinstance(one, URIRef) and "javascript" in one]


def test_a_relation_finds_by_its_key_what_the_catalogue_itself_would_find() -> None:
    """The tag of a repository, a number within one source, the DOI of a paper of arXiv."""
    code = Record(
        id="c3", kind="software", titles=(Text(value="Code"),), provenance=PROVENANCE,
        identifiers=(
            Identifier(scheme="url", value="http://www.github.com/lab/code/"),
            Identifier(scheme="scicat-pid", value="20.500/i17"),
            Identifier(scheme="arxiv", value="2101.00001"),
        ),
    )  # fmt: skip
    relations = (
        Relation(type="IsSupplementTo", scheme="url", value="https://github.com/lab/code/tree/v1.0"),
        Relation(type="IsCollectedBy", scheme="scicat-pid", value="20.500/i17"),
        Relation(type="References", scheme="doi", value="10.48550/arxiv.2101.00001"),
        Relation(type="Cites", scheme="url", value=f"{BASE}/records/{'0a' * 10}"),
    )
    graph = graph_of(a_record(relations=relations)) + graph_of(code)
    query = """SELECT ?word ?other WHERE {
        <%s> ?word ?target . ?target alm:key ?key . ?other alm:key ?key ; a dcat:Resource }"""
    found = graph.query(query % THING, initNs={"alm": ALM, "dcat": DCAT})
    other = f"{BASE}/id/records/c3"
    assert {(str(word).rpartition("/")[2].rpartition("#")[2], str(one)) for word, one in found} == {
        ("isSupplementTo", other),
        ("isCollectedBy", other),
        ("references", other),
    }
    assert (THING, ALM.cites, URIRef(f"{BASE}/id/records/{'0a' * 10}")) in graph


def test_a_box_across_the_antimeridian_is_in_two_parts_and_rings_are_closed() -> None:
    corners = tuple(Point(longitude=x, latitude=y) for x, y in ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0)))
    nowhere = Point(longitude=float("nan"), latitude=1.0)
    places = (
        Place(box=(170.0, -10.0, -170.0, 10.0)),
        Place(polygon=corners),
        Place(name="Nowhere", point=nowhere),
    )
    shapes = sorted(map(str, graph_of(a_record(coverage=Coverage(places=places))).objects(None, GEO.asWKT)))
    assert shapes[0].startswith("MULTIPOLYGON(((170.0 -10.0, 180.0 -10.0,")
    assert shapes[1:] == ["POLYGON((0.0 0.0, 1.0 0.0, 1.0 1.0, 0.0 0.0))"]


def test_coverage() -> None:
    coverage = Coverage(
        sky=Sky(moc="6/12-15"),
        time=TimeCoverage(intervals=(Interval(low=58849.0, high=58850.5),), scale="UTC"),
        energy=Energy(intervals=(Interval(low=1e-15, high=2e-15),)),
        places=(Place(name="Geneva", point=Point(longitude=6.1, latitude=46.2)),),
    )
    graph = graph_of(a_record(coverage=coverage))
    sky = graph.value(THING, ALM.sky)
    assert graph.value(sky, ALM.moc) == Literal("6/12-15")
    assert float(graph.value(sky, ALM.skyFraction)) == pytest.approx(4 / (12 << 12))  # type: ignore[arg-type]
    assert 0 <= float(graph.value(sky, ALM.centreRA)) < 360  # type: ignore[arg-type]
    period = graph.value(THING, DCTERMS.temporal)
    assert str(graph.value(period, DCAT.startDate)) == "2020-01-01"
    assert float(graph.value(period, ALM.endMJD)) == 58850.5  # type: ignore[arg-type]
    assert (period, RDF.type, TIME.Interval) in graph
    first, last = graph.value(period, TIME.hasBeginning), graph.value(period, TIME.hasEnd)
    assert (first, RDF.type, TIME.Instant) in graph and (last, RDF.type, TIME.Instant) in graph
    assert graph.value(first, TIME.inXSDDate) == Literal("2020-01-01", datatype=XSD.date)
    assert graph.value(last, TIME.inXSDDate) == Literal("2020-01-02", datatype=XSD.date)
    energy = graph.value(THING, ALM.energy)
    assert float(graph.value(energy, SDO.minValue) or graph.value(energy, _schema("minValue"))) == 1e-15  # type: ignore[arg-type]
    place = graph.value(THING, DCTERMS.spatial)
    assert str(graph.value(graph.value(place, GEO.hasGeometry), GEO.asWKT)) == "POINT(6.1 46.2)"


def _schema(word: str) -> URIRef:
    return URIRef(f"http://schema.org/{word}")


def test_files_services_and_parameters() -> None:
    checksum = Checksum(algorithm="md5", value="0a" * 16)
    files = (
        Distribution(url="root://eos.example.org//a/b.root", size=5, checksum=checksum, protocol="root"),
        Distribution(url="raw/run1.h5", size=7, media_type="application/x-hdf5"),
    )
    tap = Capability(
        standard="ivo://ivoa.net/std/TAP",
        interfaces=(Interface(url="https://example.org/tap", type="vs:ParamHTTP"),),
    )
    temperature = Parameter(name="T", value=4.0, unit="degC", si_value=277.15, si_unit="K", path="sample")
    graph = graph_of(a_record(distributions=files, capabilities=(tap,), parameters=(temperature,)))
    assert graph.value(THING, ALM.totalBytes) == Literal(12)
    ways = {str(one) for one in graph.objects(None, DCAT.accessURL)}
    assert ways == {"root://eos.example.org//a/b.root", str(DOCUMENT)}
    service = graph.value(THING, ALM.service)
    assert graph.value(service, DCAT.endpointURL) == URIRef("https://example.org/tap")
    assert graph.value(service, DCTERMS.conformsTo) == URIRef("ivo://ivoa.net/std/TAP")
    value = graph.value(THING, _schema("variableMeasured"))
    assert float(graph.value(value, ALM.siValue)) == 277.15  # type: ignore[arg-type]


def test_a_licence_is_called_as_spdx_calls_it() -> None:
    spdx = Term(label="CC-BY-4.0", uri="https://spdx.org/licenses/CC-BY-4.0")
    named = Rights(text="CC BY 4.0", url="https://creativecommons.org/licenses/by/4.0/", licence=spdx)
    worded = Rights(text="Ask us before you use figure 3.", licence=spdx)
    graph = graph_of(a_record(rights=(named, worded, Rights(text="All rights reserved", holder="The lab"))))
    [licence] = graph.objects(THING, DCTERMS.license)
    assert str(licence) == spdx.uri
    assert set(map(str, graph.objects(licence, RDFS.label))) == {
        "Creative Commons Attribution 4.0 International"
    }
    assert graph.value(licence, RDFS.seeAlso) == URIRef(str(named.url))
    words = {str(graph.value(one, RDFS.label)) for one in graph.objects(THING, DCTERMS.rights)}
    assert words == {"Ask us before you use figure 3.", "All rights reserved"}
    assert graph.value(THING, ALM.rightsHolder) == Literal("The lab")


def test_a_term_is_called_as_its_vocabulary_calls_it() -> None:
    record = matched(a_record(subjects=(Term(label="cosmology"), Term(label="my own words"))))
    graph = graph_of(record)
    [concept] = graph.objects(THING, DCAT.theme)
    assert str(concept).startswith("http://www.ivoa.net/rdf/uat#")
    assert graph.value(concept, SKOS.prefLabel) == Literal("Cosmology")
    assert list(graph.objects(THING, DCAT.keyword)) == [Literal("my own words")]


def test_dates_are_of_the_precision_that_they_have() -> None:
    points = ["2019", "2019-03", "2019-03-01", "2019-03-01T10:00:00Z", "2019-02-31", "soon", "-0320"]
    found = []
    for point in points:
        graph = graph_of(a_record(dates=(Date(kind="issued", start=point, end=point),)))
        issued = graph.value(THING, DCTERMS.issued)
        assert isinstance(issued, Literal)
        assert not issued.ill_typed
        found.append(str(issued.datatype).rpartition("#")[2])
    assert found == ["gYear", "gYearMonth", "date", "dateTime", "None", "None", "None"]


def test_a_product_says_which_record_gave_what() -> None:
    first = a_record(id="r1", descriptions=(Text(value="From one."),))
    file = Distribution(url="https://example.org/a.dat")
    second = a_record(id="r2", version="3", distributions=(file,))
    product = joined_product("a1", (first, second))
    members = (
        Member(id="r1", source="zenodo", identifier="oai:1"),
        Member(id="r2", source="hepdata", identifier="ins17"),
    )
    by_hand = Correction(field="titles", decision=4, by="curator@example.org", at="2026-01-02T03:04:05Z")
    graph = graph_of(product.record, members=members, said=product.said, corrections=(by_hand,))
    origins = sorted(graph.objects(DOCUMENT, PROV.wasDerivedFrom))
    assert [str(graph.value(one, DCTERMS.identifier)) for one in origins] == ["oai:1", "ins17"]
    assert (origins[1], ALM.gaveField, Literal("version")) in graph
    assert (origins[0], ALM.gaveField, Literal("version")) not in graph
    assert list(graph.objects(URIRef(f"{DOCUMENT}#file-1"), PROV.hadPrimarySource)) == [origins[1]]
    assert graph.value(origins[1], RDFS.seeAlso) == URIRef(f"{BASE}/api/v1/records/r2/source")
    assert {str(one) for one in graph.objects(THING, OWL.sameAs)} == {
        f"{BASE}/id/records/r{n}" for n in (1, 2)
    }
    assert {str(one) for one in graph.subjects(DCAT.record, DOCUMENT)} == {
        f"{BASE}/id/sources/zenodo",
        f"{BASE}/id/sources/hepdata",
    }
    assert b"curator@" not in describe(change_of(product.record, corrections=(by_hand,)), BASE).statements
    assert Literal("titles") in set(graph.objects(None, ALM.correctedField))


def test_every_word_of_ours_is_in_the_ontology() -> None:
    known = {str(one) for one in Graph().parse(data=ontology(BASE).statements, format="nt").subjects()}
    used: set[str] = set()
    for kind in (*KINDS, "other"):
        record = full_record(id="a1", kind=kind)
        member = Member(id="r1", source="s", identifier="x")
        correction = Correction(field="titles", decision=4, by="x", at="2026-01-02T03:04:05Z")
        roles = (Agent(name="A", role="ContactPerson"),)
        dates = (Date(kind="withdrawn", start="2020", end="2020"),)
        coverage = dataclasses.replace(record.coverage or Coverage(), sky=Sky(moc="6/12-15", frame="ICRS"))
        record = dataclasses.replace(record, contributors=roles, dates=dates, coverage=coverage)
        graph = graph_of(
            record, members=(member, member), said={"titles": ((0,),)}, corrections=(correction,)
        )
        used |= {str(one) for one in graph.all_nodes() | set(graph.predicates()) if str(one).startswith(ALM)}
    assert len(used) > 50
    assert used - known == set()


# --- what others send ---------------------------------------------------------------

_ANY = st.text(st.characters(), max_size=12) | st.sampled_from(
    [
        "javascript:alert(1)", "data:text/html,x", "http://[::1", "http://a:b@c/",
        "<>\"{}|\\^`", "http://h/%zz",
        "a\ud800b", "\x00\x0b", "\ufffe\uffff", "urn:x:[1]", "https://é.example/ü?q=ö#ß", "//x", "http:///",
        "https://example.org/a b", "ivo://a/b?c#d#e", "x" * 5000, "\u202ehttp://x",
        "..", "2019-13-45", "_:b0",
    ]
)  # fmt: skip


@slow
@given(st.lists(_ANY, min_size=1, max_size=40), st.sampled_from([*KINDS, "other"]))
def test_hostile_records(texts: list[str], kind: str) -> None:
    """Whatever the texts are: strict parsers read what is written, and nothing in it can be run."""
    numbers = iter(range(10**9))
    record = full_record(lambda path: texts[next(numbers) % len(texts)], id="a1", kind=kind)
    triples = strictly(describe(change_of(record), BASE).statements)
    names = [one.value for triple in triples for one in triple if isinstance(one, pyoxigraph.NamedNode)]
    assert not [one for one in names if re.match(r"(?i)(javascript|data|file|mailto|vbscript):", one)]
    assert not [one for triple in triples for one in triple if isinstance(one, pyoxigraph.BlankNode)]


@slow
@given(datacite_records())
def test_any_record_is_read_alike_by_rdflib_and_oxigraph(record: Record) -> None:
    statements = describe(change_of(record), BASE).statements
    assert same(statements, Graph().parse(data=statements, format="nt"))


def same(statements: bytes, graph: Graph) -> bool:
    """Whether rdflib's statements are those of Oxigraph."""
    ours = Graph()
    for triple in strictly(statements):
        ours.add(tuple(_rdflib(one) for one in triple))  # type: ignore[arg-type]
    return to_isomorphic(ours) == to_isomorphic(graph)


def _rdflib(node: object) -> URIRef | Literal:
    if isinstance(node, pyoxigraph.NamedNode):
        return URIRef(node.value)
    assert isinstance(node, pyoxigraph.Literal)
    if node.language:
        return Literal(node.value, lang=node.language)
    datatype = URIRef(node.datatype.value)
    is_plain = str(datatype).endswith("#string")
    return Literal(node.value, datatype=None if is_plain else datatype)


@pytest.mark.corpus
@pytest.mark.timeout(600)
def test_the_corpus_conforms(shared: Path) -> None:
    """All records in a strict parser and in rdflib; of every eighth the shapes find nothing wrong."""
    unique = {record.id: matched(record) for record in every_record(shared)}
    count, validated = 0, Graph()
    for number, record in enumerate(unique.values()):
        statements = describe(change_of(record), BASE).statements
        count += len(strictly(statements))
        if number % EVERY == 0:
            graph = Graph().parse(data=statements, format="nt")
            assert len(graph) == statements.count(b"\n")
            validated += graph
            if number % (EVERY * AT_ONCE) == 0:
                assert faults(validated, shared) == []
                validated = Graph()
    assert faults(validated, shared) == []
    assert count > 50 * len(unique)


@pytest.mark.corpus
@pytest.mark.parametrize("kind", [*KINDS, "other"])
def test_full_records_conform(shared: Path, kind: str) -> None:
    assert faults(graph_of(full_record(id="a1", kind=kind)), shared) == []
