"""Our own terms as an ontology: each with label, comment, domain and range, below a standard one."""

from __future__ import annotations

import pyoxigraph
from rdflib import OWL, RDF, RDFS, Graph, Namespace, URIRef

from mappings.graph_terms import CLASSES, PROPERTIES, metrics, ontology, relation_properties
from vocab.base import vocabulary

BASE = "https://catalogue.example.org"
ALM = Namespace(f"{BASE}/terms#")


def graph() -> Graph:
    return Graph().parse(data=ontology(BASE).statements, format="nt")


def test_it_is_rdf_of_its_document() -> None:
    made = ontology(BASE)
    assert made.name == f"{BASE}/terms"
    assert list(pyoxigraph.parse(made.statements, format=pyoxigraph.RdfFormat.N_TRIPLES, lenient=False))
    assert (URIRef(made.name), RDF.type, OWL.Ontology) in graph()


def test_each_term_says_what_it_is() -> None:
    found = graph()
    names = [one.name for one in (*CLASSES, *PROPERTIES, *relation_properties())]
    names += [name for name, _ in metrics()]
    assert len(names) == len(set(names)), "no name stands for two things"
    for name in names:
        for word in (RDFS.label, RDFS.comment, RDFS.isDefinedBy):
            assert (ALM[name], word, None) in found, name
    for one in (*PROPERTIES, *relation_properties()):
        kind = OWL.DatatypeProperty if one.is_of_data else OWL.ObjectProperty
        assert (ALM[one.name], RDF.type, kind) in found
        assert (ALM[one.name], RDFS.domain, None) in found
        assert (ALM[one.name], RDFS.range, None) in found


def test_relations_are_those_of_the_vocabulary_with_their_inverses() -> None:
    found = graph()
    assert len(list(relation_properties())) == len(vocabulary("relation_types"))
    assert (ALM.isSupplementTo, OWL.inverseOf, ALM.isSupplementedBy) in found
    dct = Namespace("http://purl.org/dc/terms/")
    assert (ALM.isSupplementTo, RDFS.subPropertyOf, dct.relation) in found
    assert (ALM.hasPart, RDFS.subPropertyOf, dct.hasPart) in found
