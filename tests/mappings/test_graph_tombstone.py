"""What the document about a withdrawn record says."""

from __future__ import annotations

from rdflib import DCTERMS, OWL, PROV, XSD, Graph, Literal, Namespace, URIRef

from catalogue.index import Change
from catalogue.record import Identifier
from mappings.graph_tombstone import WITHDRAWN, describe_tombstone
from tests.full_record import full_record

BASE = "https://catalogue.example.org"
ADMS = Namespace("http://www.w3.org/ns/adms#")
GONE = Change(sequence=3, id="abc", source="lab", datestamp="2024-02-29T12:00:00Z", record=None)
DOCUMENT, THING = URIRef(f"{BASE}/records/abc"), URIRef(f"{BASE}/id/records/abc")


def test_it_is_withdrawn_since_when_and_what_is_in_its_place() -> None:
    own = (
        Identifier(scheme="doi", value="10.5072/1"),
        Identifier(scheme="doi", value="10.5072/2", role="alternate"),
    )
    last = full_record(id="abc", identifiers=own)
    made = describe_tombstone(GONE, last, ["def"], BASE)
    graph = Graph().parse(data=made.statements, format="nt")
    assert made.name == str(DOCUMENT)
    assert (DOCUMENT, ADMS.status, URIRef(WITHDRAWN.strip("<>"))) in graph
    assert (DOCUMENT, PROV.invalidatedAtTime, Literal(GONE.datestamp, datatype=XSD.dateTime)) in graph
    assert list(graph.objects(THING, OWL.sameAs)) == [URIRef("https://doi.org/10.5072/1")]
    assert (THING, DCTERMS.isReplacedBy, URIRef(f"{BASE}/id/records/def")) in graph


def test_of_what_was_never_read_little_is_said() -> None:
    graph = Graph().parse(data=describe_tombstone(GONE, None, [], BASE).statements, format="nt")
    assert not set(graph.objects(THING)) and len(graph) == 6
