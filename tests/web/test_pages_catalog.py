"""The catalogue and its sources as DCAT, page by page: all of it, each page alike, nothing lost."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient
from rdflib import DCAT, DCTERMS, FOAF, RDF, Graph, Literal, Namespace, URIRef

from catalogue.opening import Catalogue
from catalogue.record import Identifier
from tests.web.observatory import harvest, record
from tests.web.page import read_page
from web import pages_catalog
from web.app import create_app

BASE = "http://localhost:8080"
CATALOG = URIRef(f"{BASE}/id/catalog")
HYDRA = Namespace("http://www.w3.org/ns/hydra/core#")


def pages(client: FlaskClient, path: str) -> list[Graph]:
    """The pages of a list as a harvester follows them."""
    found = []
    following: Any = URIRef(BASE + path)
    while following is not None:
        answer = client.get(str(following).removeprefix(BASE))
        assert (answer.status_code, answer.mimetype) == (200, "text/turtle")
        graph = Graph().parse(data=answer.data)
        assert (graph.value(following, HYDRA.first)) == URIRef(BASE + path)
        after = graph.value(following, HYDRA.next)
        assert (f'<{after}>; rel="next"' in answer.headers["Link"]) == (after is not None)
        found.append(graph)
        following = after
    return found


def test_a_harvester_gets_all(empty: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages_catalog, "RECORDS", 3)
    harvest(empty, "lab", [record(str(number), f"Muon {number}") for number in range(8)])
    harvest(empty, "lab", [], deleted=["5"])
    client = create_app(empty).test_client()
    found = pages(client, "/catalog.ttl")
    assert [len(set(graph.objects(CATALOG, HYDRA.member))) for graph in found] == [3, 3, 1]
    members = {str(member) for graph in found for member in graph.objects(CATALOG, HYDRA.member)}
    assert members == {f"{BASE}/id/records/{change.id}" for change in empty.store.walk()}
    assert found[0].value(CATALOG, HYDRA.totalItems) == Literal(7)
    for graph in found:
        assert (CATALOG, RDF.type, DCAT.Catalog) in graph
        # DCAT-AP demands these once of each catalogue, and a title of each dataset.
        for word in (DCTERMS.title, DCTERMS.description, DCTERMS.publisher):
            assert len(set(graph.objects(CATALOG, word))) == 1, word
        for dataset in graph.objects(CATALOG, DCAT.dataset):
            assert graph.value(dataset, DCTERMS.title) is not None


def test_what_changes_meanwhile_comes_again_and_nothing_is_lost(
    empty: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages_catalog, "RECORDS", 3)
    harvest(empty, "lab", [record(str(number), f"Muon {number}") for number in range(8)])
    client = create_app(empty).test_client()
    first = Graph().parse(data=client.get("/catalog.ttl").data)
    following = str(first.value(URIRef(f"{BASE}/catalog.ttl"), HYDRA.next))
    changed = [record(str(number), f"Muon {number}", version="2") for number in (0, 4)]
    harvest(empty, "lab", changed)
    seen = set(first.objects(CATALOG, HYDRA.member))
    while following:
        graph = Graph().parse(data=client.get(following.removeprefix(BASE)).data)
        seen |= set(graph.objects(CATALOG, HYDRA.member))
        following = str(graph.value(URIRef(following), HYDRA.next) or "")
    assert seen == {URIRef(f"{BASE}/id/records/{change.id}") for change in empty.store.walk()}


def test_of_a_source_records_that_are_joined_come_as_the_product(empty: Catalogue) -> None:
    same = (Identifier(scheme="doi", value="10.5072/1"),)
    harvest(empty, "lab", [record("1", "Muon lifetime", identifiers=same), record("2", "Muon mass")])
    harvest(empty, "archive", [record("9", "Muon lifetime", identifiers=same)])
    client = create_app(empty).test_client()
    (graph,) = pages(client, "/sources/archive.ttl")
    source = URIRef(f"{BASE}/id/sources/archive")
    (member,) = graph.objects(source, HYDRA.member)
    document = graph.value(predicate=FOAF.primaryTopic, object=member)
    assert client.get(str(document).removeprefix(BASE)).status_code == 200
    assert graph.value(member, DCTERMS.title) == Literal("Muon lifetime", lang="en")
    (other,) = pages(client, "/sources/lab.ttl")
    assert len(set(other.objects(URIRef(f"{BASE}/id/sources/lab"), HYDRA.member))) == 2


@pytest.mark.parametrize("path", ["/catalog", "/sources/observatory", "/terms"])
def test_the_page_and_the_rdf_are_one_address(client: FlaskClient, path: str) -> None:
    page = client.get(path, headers={"Accept": "text/html,*/*;q=0.8"})
    assert page.mimetype == "text/html" and "Accept" in page.headers["Vary"]
    assert read_page(page.text).errors == []
    for kind, suffix in (
        ("text/turtle", "ttl"),
        ("application/rdf+xml", "rdf"),
        ("application/ld+json", "jsonld"),
    ):
        answer = client.get(path, headers={"Accept": kind})
        assert answer.mimetype == kind and answer.data == client.get(f"{path}.{suffix}").data
        again = client.get(path, headers={"Accept": kind, "If-None-Match": answer.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")
        assert client.head(path, headers={"Accept": kind}).headers["ETag"] == answer.headers["ETag"]
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert f'<{BASE}{path}.{suffix}>; rel="describedby"; type="{kind}"' in page.headers["Link"]
    assert client.get(path, headers={"Accept": "audio/midi"}).status_code == 406


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/catalog.exe", 404),
        ("/terms.exe", 404),
        ("/catalog.ttl?page=-1", 400),
        ("/catalog.ttl?page=x", 400),
        ("/catalog.ttl?page=99999999999999999999", 400),
        ("/catalog.ttl?page=999999", 200),
        ("/sources/nothing.ttl", 404),
    ],
)
def test_what_is_wrong_is_told(client: FlaskClient, path: str, status: int) -> None:
    assert client.get(path).status_code == status


def test_the_terms_are_where_their_names_lead(client: FlaskClient) -> None:
    page = read_page(client.get("/terms").text)
    graph = Graph().parse(data=client.get("/terms.ttl").data)
    ours = {str(one).partition("#")[2] for one in graph.subjects() if str(one).startswith(f"{BASE}/terms#")}
    assert len(ours) > 50
    assert [name for name in ours if page.by_id(name) is None] == []
    assert page.repeated_ids() == []
