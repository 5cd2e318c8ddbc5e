"""The event stream: a whole catalogue is mirrored with updates and deletions, and is the same there."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask.testing import FlaskClient
from pyoxigraph import RdfFormat, parse
from rdflib import RDF, Dataset, Graph, Namespace, URIRef

from catalogue.opening import Catalogue
from catalogue.record import Identifier, Text, record_id
from mappings.graph_record import describe
from tests.web.mirror import Mirror
from tests.web.observatory import harvest, observatory, record
from web import ldes
from web.app import create_app
from web.dumps import Dumps
from web.graph_catalog import standing

BASE = "http://localhost:8080"
LDES, TREE = Namespace("https://w3id.org/ldes#"), Namespace("https://w3id.org/tree#")
DCT = Namespace("http://purl.org/dc/terms/")


def expected(catalogue: Catalogue) -> dict[str, set[str]]:
    """What the records say now."""
    found = {}
    for change in catalogue.store.walk():
        graph = describe(change, BASE)
        found[graph.name] = {str(one.triple) for one in parse(graph.statements, format=RdfFormat.N_TRIPLES)}
    return found


def of_records(mirror: Mirror) -> dict[str, set[str]]:
    return {name: said for name, said in mirror.graphs.items() if name.startswith(f"{BASE}/records/")}


def change_everything(catalogue: Catalogue) -> None:
    """Updates, deletions, a record that comes back, records that become a product and part again."""
    doi = (Identifier(scheme="doi", value="10.5072/one"),)
    first = [record(f"r:{n}", f"Record {n}") for n in range(12)]
    harvest(
        catalogue, "lab", [replace(first[0], titles=(Text(value="Changed"),)), *first[10:]], deleted=["r:1"]
    )
    harvest(catalogue, "lab", [first[2]], deleted=["r:2"])
    harvest(catalogue, "lab", [replace(first[2], titles=(Text(value="Back"),))])
    harvest(catalogue, "lab", [replace(first[3], identifiers=doi)])
    harvest(catalogue, "other", [record("same", "Same", identifiers=doi)])
    harvest(catalogue, "lab", [replace(first[4], identifiers=doi)])
    harvest(catalogue, "lab", [first[4]], deleted=["r:3"])


@pytest.mark.parametrize("media_type", ["application/trig", "application/n-quads"])
@pytest.mark.parametrize("file", ["almagest.nq.zst", "almagest.trig.zst"])
def test_a_mirror_is_the_same_after_updates_and_deletions(
    empty: Catalogue, monkeypatch: pytest.MonkeyPatch, file: str, media_type: str
) -> None:
    monkeypatch.setattr(ldes, "PAGE", 4)
    harvest(empty, "observatory", observatory())
    harvest(empty, "lab", [record(f"r:{n}", f"Record {n}") for n in range(10)])
    Dumps(empty.settings.home).write(empty)
    client = create_app(empty).test_client()
    mirror = Mirror(client)
    mirror.load(file)
    assert of_records(mirror) == expected(empty)
    assert mirror.follow(media_type) == 0
    change_everything(empty)
    assert mirror.follow(media_type) > 5
    assert of_records(mirror) == expected(empty)
    assert mirror.sequence == empty.store.last_sequence()


def test_the_stream_alone_brings_everything(empty: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ldes, "PAGE", 3)
    harvest(empty, "observatory", observatory())
    change_everything(empty)
    mirror = Mirror(create_app(empty).test_client())
    mirror.follow()
    assert of_records(mirror) == expected(empty)
    assert mirror.pages > 3


def test_the_stream_says_what_it_is_and_what_it_keeps(client: FlaskClient) -> None:
    answer = client.get("/ldes")
    assert answer.mimetype == "application/trig" and answer.headers["Cache-Control"] == "public, max-age=5"
    said = Graph().parse(data=answer.text, format="turtle")
    stream, root = URIRef(f"{BASE}/ldes#stream"), URIRef(f"{BASE}/ldes")
    assert (stream, RDF.type, LDES.EventStream) in said and (stream, TREE.view, root) in said
    for path in (LDES.timestampPath, LDES.versionOfPath):
        assert said.value(stream, path) is not None
    policy = said.value(root, LDES.retentionPolicy)
    assert (policy, RDF.type, LDES.LatestVersionSubset) in said
    relation = said.value(root, TREE.relation)
    assert str(said.value(relation, TREE.node)) == f"{BASE}/ldes?after=0"


def test_each_member_is_a_version_with_a_time_in_a_graph_of_its_own(client: FlaskClient) -> None:
    said = Dataset()
    said.parse(data=client.get("/ldes?after=0").text, format="trig")
    stream = URIRef(f"{BASE}/ldes#stream")
    members = list(said.objects(stream, TREE.member))
    assert len(members) == 7
    for member in members:
        graph = said.graph(URIRef(str(member)))
        assert graph.value(member, DCT.isVersionOf) is not None
        assert graph.value(member, DCT.modified) is not None
        assert len(graph) > 10


def test_pages_that_are_full_may_be_kept(empty: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ldes, "PAGE", 5)
    harvest(empty, "lab", [record(f"r:{n}", f"Record {n}") for n in range(12)])
    client = create_app(empty).test_client()
    assert client.get("/ldes?after=0").headers["Cache-Control"] == "public, max-age=3600"
    last = client.get("/ldes?after=10")
    assert last.headers["Cache-Control"] == "public, max-age=5" and "tree:relation" not in last.text
    etag = last.headers["ETag"]
    assert client.get("/ldes?after=10", headers={"If-None-Match": etag}).status_code == 304
    before = set(parse(client.get("/ldes?after=0").data, format=RdfFormat.TRIG))
    harvest(empty, "lab", [record("r:0", "Changed")], deleted=["r:13"])
    after = set(parse(client.get("/ldes?after=0").data, format=RdfFormat.TRIG))
    assert after < before, "what is in an old page becomes less, never other"


def test_gaps_in_the_sequence_are_jumped_over(empty: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ldes, "PAGE", 2)
    for number in range(20):
        harvest(empty, "lab", [record("r:0", f"Version {number}")])
    mirror = Mirror(create_app(empty).test_client())
    assert mirror.follow() == 1 and mirror.pages <= 3
    assert of_records(mirror) == expected(empty)


def test_what_is_long_goes_on_on_the_next_page(empty: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ldes, "MOST_BYTES", 5000)
    harvest(empty, "observatory", observatory())
    mirror = Mirror(create_app(empty).test_client())
    assert mirror.follow() == 7 and mirror.pages > 3
    assert of_records(mirror) == expected(empty)


def test_wrong_questions(client: FlaskClient) -> None:
    assert client.get("/ldes?after=-1").status_code == 400
    assert client.get("/ldes?after=x").status_code == 400
    assert client.get("/ldes", headers={"Accept": "image/png"}).status_code == 406
    beyond = client.get("/ldes?after=99999999")
    assert beyond.status_code == 200 and "tree:member" not in beyond.text


def test_a_tombstone_is_a_deletion_without_words(empty: Catalogue) -> None:
    harvest(empty, "lab", [record("r:0", "Secret title")])
    harvest(empty, "lab", [], deleted=["r:0"])
    text = create_app(empty).test_client().get("/ldes?after=0").text
    assert "activitystreams#Delete" in text and "Secret" not in text
    assert f"{BASE}/records/{record_id('lab', 'r:0')}" in text
    assert list(standing(empty))


@pytest.mark.parametrize("path", ["/ldes", "/ldes?after=0", "/fdp", "/dumps"])
def test_programs_in_browsers_read_it_too_and_it_comes_compressed(client: FlaskClient, path: str) -> None:
    accept = "application/json" if path == "/dumps" else "application/trig, text/turtle"
    answer = client.get(path, headers={"Accept": accept, "Accept-Encoding": "gzip"})
    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert {"accept", "accept-encoding"} <= {name.lower() for name in answer.vary}
    assert answer.headers.get("Content-Encoding") == ("gzip" if path != "/dumps" else None)
