"""Vocabularies as SKOS: hierarchies, matches, and names that are the vocabulary's own."""

from __future__ import annotations

import pyoxigraph
import pytest
from rdflib import SKOS, Graph, Literal, URIRef

from catalogue.graph import NamedGraph
from mappings.graph_vocabulary import (
    concept_name,
    describe_vocabulary,
    fingerprint,
    scheme_name,
    without_concepts,
)
from vocab.base import Concept, Vocabulary, vocabularies, vocabulary

BASE = "https://catalogue.example.org"


@pytest.mark.parametrize("known", vocabularies())
def test_every_vocabulary_is_read_by_a_strict_parser(known: str) -> None:
    graph = describe_vocabulary(vocabulary(known), BASE)
    assert graph.name == f"{BASE}/vocabularies/{known}"
    triples = list(pyoxigraph.parse(graph.statements, format=pyoxigraph.RdfFormat.N_TRIPLES, lenient=False))
    assert len(triples) == graph.statements.count(b"\n")
    labels = [one for one in triples if one.predicate.value == str(SKOS.prefLabel)]
    assert len(labels) >= len({concept_name(vocabulary(known), one, BASE) for one in vocabulary(known)})


def test_hierarchy_in_both_directions() -> None:
    graph = Graph().parse(data=describe_vocabulary(vocabulary("messengers"), BASE).statements, format="nt")
    radio, photon = (URIRef(f"http://www.ivoa.net/rdf/messenger#{name}") for name in ("Radio", "Photon"))
    assert (radio, SKOS.broader, photon) in graph
    assert (photon, SKOS.narrower, radio) in graph
    assert (radio, SKOS.inScheme, URIRef("http://www.ivoa.net/rdf/messenger")) in graph
    assert (photon, SKOS.topConceptOf, URIRef("http://www.ivoa.net/rdf/messenger")) in graph
    assert (radio, SKOS.notation, Literal("Radio")) in graph


def test_vocabularies_are_tied_by_their_matches() -> None:
    graph = Graph().parse(data=describe_vocabulary(vocabulary("disciplines"), BASE).statements, format="nt")
    matches = {str(one) for one in graph.objects(None, SKOS.exactMatch)}
    assert any(one.startswith("https://www.dfg.de/") for one in matches)


def test_a_concept_without_a_uri_has_a_name_of_ours() -> None:
    roles = vocabulary("contributor_roles")
    editor = roles["Editor"]
    assert concept_name(roles, editor, BASE) == f"<{BASE}/vocabularies/contributor_roles#Editor>"
    assert scheme_name(roles, BASE) == f"<{BASE}/vocabularies/contributor_roles#scheme>"


def test_the_fingerprint_tells_of_what_has_changed() -> None:
    def made(label: str) -> Vocabulary:
        return Vocabulary("x", {"title": "X"}, [Concept(code="a", label=label)])

    assert fingerprint(made("One")) == fingerprint(made("One"))
    assert fingerprint(made("One")) != fingerprint(made("Two"))


def test_beside_the_vocabularies_a_record_does_not_repeat_them() -> None:
    radio = b"<http://www.ivoa.net/rdf/messenger#Radio>"
    label = b"<http://www.w3.org/2004/02/skos/core#prefLabel>"
    thing = b"<https://catalogue.example.org/id/records/1> <https://catalogue.example.org/terms#messenger> "
    theirs = b"<http://example.org/own> " + label + b' "of their own" .\n'
    graph = NamedGraph(
        name="x", statements=thing + radio + b" .\n" + radio + b" " + label + b' "r" .\n' + theirs
    )
    assert without_concepts(graph, BASE).statements == thing + radio + b" .\n" + theirs
    alone = NamedGraph(name="x", statements=theirs)
    assert without_concepts(alone, BASE) is alone
