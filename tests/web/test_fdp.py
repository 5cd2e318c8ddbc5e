"""The FAIR Data Point as its clients walk it: each address is the name of what it tells of."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient
from pyshacl import validate
from rdflib import RDF, Graph, Literal, Namespace, URIRef
from werkzeug.test import TestResponse

from catalogue.opening import Catalogue
from catalogue.record import Identifier, record_id
from catalogue.settings import load_settings
from tests.web.observatory import harvest, observatory, record
from web import fdp
from web.app import create_app

BASE = "http://localhost:8080"
DCAT, DCT = Namespace("http://www.w3.org/ns/dcat#"), Namespace("http://purl.org/dc/terms/")
FDP, LDP = Namespace("https://w3id.org/fdp/fdp-o#"), Namespace("http://www.w3.org/ns/ldp#")
SAME = URIRef("http://www.w3.org/2002/07/owl#sameAs")
PARSERS = {
    "text/turtle": "turtle",
    "application/n-triples": "nt",
    "application/rdf+xml": "xml",
    "application/ld+json": "json-ld",
}


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalogue]:
    """The observatory, a laboratory that shares a product with it, and one source without records."""
    opened = Catalogue(load_settings({"ALMAGEST_HOME": str(tmp_path_factory.mktemp("home"))}))
    harvest(opened, "observatory", observatory())
    shared = (Identifier(scheme="doi", value="10.5072/shear.3"),)
    things = [record(f"r:{n}", f"Record {n}") for n in range(30)]
    harvest(opened, "lab", [record("same", "Shear", identifiers=shared), *things], deleted=[])
    harvest(opened, "lab", [], deleted=["r:0"])
    harvest(opened, "bare", [])
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def client(catalogue: Catalogue) -> FlaskClient:
    return create_app(catalogue).test_client()


def get(client: FlaskClient, address: object, accept: str = "text/turtle") -> TestResponse:
    parts = urlsplit(str(address))
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    return client.get(path, headers={"Accept": accept}, follow_redirects=True)


def graph(client: FlaskClient, address: object) -> Graph:
    answer = get(client, address)
    assert answer.status_code == 200, answer.text
    return Graph().parse(data=answer.text, format="turtle", publicID=str(address))


def pages(client: FlaskClient, address: object) -> Iterator[Graph]:
    """All pages of a catalogue or container, by the link to the next."""
    following: str | None = str(address)
    while following is not None:
        answer = get(client, following)
        yield Graph().parse(data=answer.text, format="turtle")
        links = [part for part in answer.headers.get_all("Link")[0].split(", ") if 'rel="next"' in part]
        following = links[0].split(">")[0].strip("<") if links else None


def assert_conforms(client: FlaskClient, address: URIRef, said: Graph) -> None:
    """That a description is as the profile wants that it says to conform to."""
    (profile,) = [one for one in said.objects(address, DCT.conformsTo) if "/fdp/profile/" in str(one)]
    assert set(said.subject_objects(FDP.metadataIdentifier)) == {(address, address)}
    conforms, _, told = validate(said, shacl_graph=graph(client, profile), advanced=False)
    assert conforms, told


def test_a_client_walks_from_the_point_to_every_file(client: FlaskClient, catalogue: Catalogue) -> None:
    root = URIRef(f"{BASE}/fdp")
    point = graph(client, root)
    assert_conforms(client, root, point)
    assert (root, RDF.type, FDP.FAIRDataPoint) in point
    catalogs = set(point.objects(root, FDP.metadataCatalog))
    assert catalogs == {URIRef(f"{BASE}/fdp/catalog/{name}") for name in ("bare", "lab", "observatory")}
    assert catalogs == set(point.objects(None, LDP.contains))
    walked, files = set(), 0
    for one in catalogs:
        for page in pages(client, one):
            assert_conforms(client, URIRef(str(one)), page)
            for relation in (DCAT.dataset, DCAT.service, DCAT.resource):
                for thing in page.objects(one, relation):
                    walked.add(thing)
                    files += walk_thing(client, URIRef(str(thing)))
    live = {change.id for change in catalogue.store.walk()}
    assert {str(one).rpartition("/")[2] for one in walked} == live and len(live) > 30
    assert files > 3


def walk_thing(client: FlaskClient, thing: URIRef) -> int:
    """One thing of a catalogue and its files; how many files it has."""
    said = graph(client, thing)
    assert_conforms(client, thing, said)
    id = str(thing).rpartition("/")[2]
    assert (thing, SAME, URIRef(f"{BASE}/id/records/{id}")) in said
    assert not any(said.triples((URIRef(f"{BASE}/id/records/{id}"), None, None)))
    files = list(said.objects(thing, DCAT.distribution))
    for file in files:
        described = graph(client, file)
        assert_conforms(client, URIRef(str(file)), described)
        kept = {(word, value) for word, value in said.predicate_objects(file)}
        assert kept <= set(described.predicate_objects(file))
        assert not any(described.triples((thing, None, None)))
    return len(files)


def test_pages_of_a_container_bring_everything_once(
    client: FlaskClient, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fdp, "PAGE", 7)
    container = URIRef(f"{BASE}/fdp/catalog/lab/dataset")
    found = [set(page.objects(container, LDP.contains)) for page in pages(client, container)]
    assert len(found) == 5 and sum(map(len, found)) == 30 == len(set().union(*found))
    first = next(pages(client, container))
    assert (container, RDF.type, LDP.DirectContainer) in first
    assert (container, LDP.membershipResource, URIRef(f"{BASE}/fdp/catalog/lab")) in first
    assert (container, LDP.hasMemberRelation, DCAT.dataset) in first
    assert 'rel="type"' in get(client, container).headers["Link"]
    assert get(client, f"{container}?after=x").status_code == 400


@pytest.mark.parametrize("media_type", PARSERS)
def test_every_syntax_says_the_same(client: FlaskClient, media_type: str) -> None:
    for path in ("/fdp", "/fdp/catalog/observatory", f"/fdp/dataset/{record_id('lab', 'r:1')}"):
        answer = get(client, path, media_type)
        assert answer.mimetype == media_type and "Accept" in answer.headers["Vary"]
        found = Graph().parse(data=answer.text, format=PARSERS[media_type])
        assert set(found) == set(graph(client, path))


def test_people_are_sent_to_pages_and_others_told_what_there_is(client: FlaskClient) -> None:
    id = record_id("lab", "r:1")
    for path, page in {
        "/fdp": "/",
        "/fdp/catalog/lab": "/sources/lab",
        f"/fdp/dataset/{id}": f"/records/{id}",
    }.items():
        answer = client.get(path, headers={"Accept": "text/html,*/*;q=0.8"})
        assert answer.status_code == 303 and answer.headers["Location"] == BASE + page
        assert client.get(path, headers={"Accept": "image/png"}).status_code == 406
        assert client.get(path).mimetype == "text/turtle"
        assert client.get(f"{path}?format=jsonld").mimetype == "application/ld+json"
        assert client.get(f"{path}?format=pdf").status_code == 404
        etag = client.get(path).headers["ETag"]
        assert client.get(path, headers={"If-None-Match": etag}).status_code == 304


def test_what_is_not_here_says_so(client: FlaskClient, catalogue: Catalogue) -> None:
    gone, unknown = record_id("lab", "r:0"), "0" * 20
    assert get(client, f"/fdp/dataset/{gone}").status_code == 410
    assert get(client, f"/fdp/distribution/{gone}/1").status_code == 410
    for path in (
        f"/fdp/dataset/{unknown}",
        "/fdp/catalog/nobody",
        "/fdp/catalog/lab/people",
        "/fdp/profile/nothing",
        "/fdp/profile/..",
        f"/fdp/distribution/{record_id('lab', 'r:1')}/1",
    ):
        assert get(client, path).status_code == 404, path
    parts = [record_id("lab", "same"), record_id("observatory", "survey:1")]
    product = next(change.joined for id in parts if (change := catalogue.store.change(id)).joined)
    for id in parts:
        if id != product:
            answer = client.get(f"/fdp/dataset/{id}", headers={"Accept": "text/turtle"})
            assert answer.status_code == 307 and answer.headers["Location"].endswith(str(product))
    wrong = client.get(f"/fdp/resource/{record_id('lab', 'r:1')}")
    assert wrong.headers["Location"] == f"{BASE}/fdp/dataset/{record_id('lab', 'r:1')}"


def test_dates_of_descriptions_are_those_of_our_copies(client: FlaskClient, catalogue: Catalogue) -> None:
    id = record_id("lab", "r:1")
    thing = URIRef(f"{BASE}/fdp/dataset/{id}")
    said = graph(client, thing)
    assert str(said.value(thing, FDP.metadataModified)).startswith(catalogue.store.change(id).datestamp[:19])
    title = said.value(thing, DCT.title)
    assert isinstance(title, Literal) and str(title) == "Record 1"
