"""What the document about a person or an organisation says."""

from __future__ import annotations

from rdflib import DCTERMS, FOAF, ORG, RDF, Graph, Literal, URIRef

from mappings.graph_agents import Described, describe_agent
from tests.full_record import full_record

BASE = "https://catalogue.example.org"
WHO = URIRef("https://orcid.org/0000-0002-1825-0097")
DOCUMENT = f"{BASE}/people/0000-0002-1825-0097"


def graph_of(*roles: str, **given: object) -> Graph:
    values = {
        "uri": str(WHO),
        "is_person": True,
        "names": ("Curie, Marie", 'M. "C" \\ Curie'),
        "affiliations": (("Institute", "05a28rw58"), ("Elsewhere\n", None)),
        "works": [(full_record(id="abc"), roles)],
        **given,
    }
    graph = describe_agent(DOCUMENT, Described(**values), BASE)  # type: ignore[arg-type]
    assert graph.name == DOCUMENT
    return Graph().parse(data=graph.statements, format="nt")


def test_names_and_affiliations() -> None:
    graph = graph_of("creator")
    assert set(graph.objects(WHO, FOAF.name)) == {Literal("Curie, Marie"), Literal('M. "C" \\ Curie')}
    places = {str(graph.value(place, FOAF.name)): place for place in graph.objects(WHO, ORG.memberOf)}
    assert places["Institute"] == URIRef("https://ror.org/05a28rw58")
    assert str(places["Elsewhere\n"]).startswith(f"{DOCUMENT}#organisation-")
    assert (WHO, RDF.type, FOAF.Person) in graph


def test_each_role_is_told_by_its_word() -> None:
    thing = URIRef(f"{BASE}/id/records/abc")
    graph = graph_of("creator", "publisher", "Editor", "funder", "affiliation")
    words = {str(word).rpartition("/")[2] for word in graph.predicates(thing, WHO)}
    assert words == {"creator", "publisher", "contributor", "funder", "relation"}
    assert (URIRef(DOCUMENT), FOAF.primaryTopic, WHO) in graph
    assert graph.value(thing, DCTERMS.title) is not None


def test_what_is_no_name_has_no_document() -> None:
    described = Described(uri="javascript:1", is_person=True, names=(), affiliations=(), works=())
    assert describe_agent(DOCUMENT, described, BASE).statements == b""
