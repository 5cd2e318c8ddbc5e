"""Vocabularies and concepts as documents: pages, and SKOS that agrees with the graph."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from rdflib import RDF, SKOS, Graph, Literal, URIRef

from tests.web.page import read_page
from vocab.base import vocabularies

LENSING = "http://astrothesaurus.org/uat/1797"
SAXS = "http://purl.org/pan-science/PaNET/PaNET01188"


@pytest.mark.parametrize("name", vocabularies())
def test_every_vocabulary_has_a_page(client: FlaskClient, name: str) -> None:
    answer = client.get(f"/vocabularies/{name}")
    page = read_page(answer.text)
    assert answer.status_code == 200 and page.errors == [] and page.repeated_ids() == []
    first = page.first("columns-of-words")
    path = next(node.get("href") for node in first if node.element.tag == "a")
    concept = client.get(path)
    assert concept.status_code == 200 and read_page(concept.text).errors == []
    assert client.get(path, headers={"Accept": "text/turtle"}).mimetype == "text/turtle"


def test_a_concept_has_a_page(client: FlaskClient) -> None:
    page = read_page(client.get("/vocabularies/techniques", query_string={"uri": SAXS}).text)
    assert page.first("h1").text_content() == "small angle x-ray scattering"
    assert page.link("small angle scattering").endswith("PaNET01124")
    assert client.get(page.link("small angle scattering")).status_code == 200


def test_the_records_of_a_concept_are_found(client: FlaskClient) -> None:
    page = read_page(client.get("/vocabularies/uat", query_string={"uri": LENSING}).text)
    found = read_page(client.get(page.link("record")).text)
    assert any("shear catalogue" in title for title in found.texts_in("card", "h2"))


def test_a_concept_in_rdf_is_the_part_of_the_whole(client: FlaskClient) -> None:
    whole = Graph().parse(data=client.get("/vocabularies/techniques.nt").data, format="nt")
    part = Graph().parse(
        data=client.get("/vocabularies/techniques.nt", query_string={"uri": SAXS}).data, format="nt"
    )
    named = URIRef(SAXS)
    assert set(part) <= set(whole) and set(part.triples((named, None, None))) == set(
        whole.triples((named, None, None))
    )
    assert (named, SKOS.prefLabel, Literal("small angle x-ray scattering")) in part
    for other in part.objects(named, SKOS.broader):
        assert part.value(other, SKOS.prefLabel) is not None
    assert len(set(whole.subjects(RDF.type, SKOS.Concept))) > 300 > len(part)


@pytest.mark.parametrize(
    "path",
    ["/vocabularies/nothing", "/vocabularies/uat?uri=http://example.org/none", "/vocabularies/uat?code=none"],
)
def test_what_is_not_there(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404
    assert client.get(path, headers={"Accept": "text/turtle"}).status_code == 404


def test_all_vocabularies_have_a_page(client: FlaskClient) -> None:
    page = read_page(client.get("/vocabularies").text)
    assert page.errors == [] and page.repeated_ids() == []
    addresses = {node.get("href") for node in page.all("a", tag=True)}
    assert {f"/vocabularies/{name}" for name in vocabularies()} <= addresses
    assert client.get(page.link("JSON")).mimetype == "application/json"
