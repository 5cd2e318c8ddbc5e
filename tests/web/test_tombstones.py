"""A withdrawn record answers 410 in every form: that it is withdrawn, since when, what took its place."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient
from rdflib import DCTERMS, FOAF, OWL, PROV, RDF, XSD, Graph, Literal, Namespace, URIRef
from signposting.linkheader import find_signposting_http_link

from catalogue.opening import Catalogue
from catalogue.record import Identifier, Relation, record_id
from catalogue.settings import load_settings
from tests.web.observatory import harvest, record
from web.app import create_app

ADMS = Namespace("http://www.w3.org/ns/adms#")
BASE = "http://localhost:8080"
OLD, NEW = record_id("lab", "1"), record_id("lab", "2")
FORMS = {
    "text/turtle": "ttl",
    "application/ld+json": "jsonld",
    "application/rdf+xml": "rdf",
    "application/n-triples": "nt",
}


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalogue]:
    opened = Catalogue(load_settings({"ALMAGEST_HOME": str(tmp_path_factory.mktemp("home"))}))
    old = record(
        "1",
        "Muon lifetime",
        identifiers=(Identifier(scheme="doi", value="10.5072/1"),),
        relations=(Relation(type="IsObsoletedBy", scheme="doi", value="10.5072/2"),),
    )
    new = record("2", "Muon lifetime, again", identifiers=(Identifier(scheme="doi", value="10.5072/2"),))
    harvest(opened, "lab", [old, new])
    harvest(opened, "lab", [], deleted=["1"])
    yield opened
    opened.close()


@pytest.fixture
def client(catalogue: Catalogue) -> FlaskClient:
    return create_app(catalogue).test_client()


@pytest.mark.parametrize("media_type", FORMS)
def test_rdf_says_it(client: FlaskClient, catalogue: Catalogue, media_type: str) -> None:
    by_suffix = client.get(f"/records/{OLD}.{FORMS[media_type]}")
    answer = client.get(f"/records/{OLD}", headers={"Accept": media_type})
    assert answer.status_code == by_suffix.status_code == 410
    assert answer.mimetype == by_suffix.mimetype == media_type
    assert answer.data == by_suffix.data
    form = {"application/ld+json": "json-ld", "application/rdf+xml": "xml"}.get(media_type, FORMS[media_type])
    graph = Graph().parse(data=answer.data, format=form)
    document, thing = URIRef(f"{BASE}/records/{OLD}"), URIRef(f"{BASE}/id/records/{OLD}")
    assert (document, FOAF.primaryTopic, thing) in graph
    status = URIRef("http://publications.europa.eu/resource/authority/dataset-status/WITHDRAWN")
    assert (document, ADMS.status, status) in graph
    when = graph.value(document, PROV.invalidatedAtTime)
    assert when == Literal(catalogue.store.change(OLD).datestamp, datatype=XSD.dateTime)
    assert (thing, OWL.sameAs, URIRef("https://doi.org/10.5072/1")) in graph
    assert (thing, DCTERMS.isReplacedBy, URIRef(f"{BASE}/id/records/{NEW}")) in graph
    assert not set(graph.subjects(RDF.type, URIRef("http://www.w3.org/ns/dcat#Dataset")))


def test_json_says_it(client: FlaskClient, catalogue: Catalogue) -> None:
    for answer in (
        client.get(f"/records/{OLD}", headers={"Accept": "application/json"}),
        client.get(f"/records/{OLD}.json", headers={"Accept": "application/json"}),
    ):
        assert (answer.status_code, answer.mimetype) == (410, "application/problem+json")
        said = answer.get_json(force=True)
        assert said["since"] == catalogue.store.change(OLD).datestamp and said["deleted"] is True
        assert said["record_title"] == "Muon lifetime" and said["cite_as"] == "https://doi.org/10.5072/1"
        assert said["source"] == "lab"


@pytest.mark.parametrize("accept", ["text/html", "text/turtle", "application/json", "audio/midi"])
def test_links_stay_useful(client: FlaskClient, accept: str) -> None:
    answer = client.get(f"/records/{OLD}", headers={"Accept": accept})
    assert answer.status_code == 410
    found = find_signposting_http_link([answer.headers["Link"]], f"{BASE}/records/{OLD}")
    assert str(found.citeAs.target) == "https://doi.org/10.5072/1"
    assert len(found.describedBy) == 4
    for one in found.describedBy:
        assert client.get(str(one.target).removeprefix(BASE)).status_code == 410
    assert f'<{BASE}/records/{NEW}>; rel="successor-version"' in answer.headers["Link"]
    assert "Accept" in answer.headers["Vary"]


def test_other_forms_and_the_link_set_are_gone_too(client: FlaskClient) -> None:
    for path in (f"/records/{OLD}.datacite.xml", f"/records/{OLD}/linkset", f"/records/{OLD}/linkset.json"):
        assert client.get(path).status_code == 410, path
    assert client.get(f"/records/{OLD}.exe").status_code == 404
