"""A record by suffix and ``Accept``: aliases, profiles, parameters, conditional requests."""

from __future__ import annotations

import json

import pytest
from flask.testing import FlaskClient
from rdflib import DCTERMS, Graph, URIRef

from catalogue.opening import Catalogue
from catalogue.record import Identifier, record_id
from tests.web.observatory import harvest, record
from web.app import create_app
from web.negotiation import LINK_BYTES, representations

SURVEY = record_id("observatory", "survey:1")
PAGE = f"/records/{SURVEY}"
BASE = "http://localhost:8080"


def asked(client: FlaskClient, accept: str) -> str:
    """The type of what one gets, as a client of a DOI resolver would: from the name on."""
    answer = client.get(f"/id{PAGE}", headers={"Accept": accept}, follow_redirects=True)
    assert answer.status_code == 200, accept
    return str(answer.mimetype)


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("application/vnd.datacite.datacite+xml", "application/vnd.datacite.datacite+xml"),
        ("application/vnd.datacite.datacite+json", "application/vnd.datacite.datacite+json"),
        ("application/x-datacite+xml", "application/vnd.datacite.datacite+xml"),
        ("application/vnd.citationstyles.csl+json", "application/vnd.citationstyles.csl+json"),
        ("application/citeproc+json", "application/vnd.citationstyles.csl+json"),
        ("application/vnd.schemaorg.ld+json", "application/ld+json"),
        ("application/x-bibtex", "application/x-bibtex"),
        ("application/x-research-info-systems", "application/x-research-info-systems"),
        ("text/x-bibliography; style=apa; locale=en-GB", "text/x-bibliography"),
        ("application/rdf+xml", "application/rdf+xml"),
        ("text/turtle;q=0.9, application/rdf+xml;q=0.8, */*;q=0.1", "text/turtle"),
        ("application/n-triples, text/html;q=0.5", "application/n-triples"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "text/html"),
        ("*/*", "text/html"),
        ("text/html;q=0, */*", "application/json"),
    ],
)
def test_what_clients_ask_for(client: FlaskClient, accept: str, media_type: str) -> None:
    assert asked(client, accept) == media_type


def test_profiles_tell_kinds_of_json_ld_apart(client: FlaskClient) -> None:
    def context(accept: str) -> object:
        return json.loads(client.get(PAGE, headers={"Accept": accept}).data)["@context"]

    assert context("application/ld+json") == context('application/ld+json;profile="https://schema.org"')
    assert context("application/ld+json") == "https://schema.org/"
    graph = context('application/ld+json; profile="http://www.w3.org/ns/dcat#"')
    assert isinstance(graph, dict) and graph["dcat"] == "http://www.w3.org/ns/dcat#"


def test_a_style_is_taken_from_accept_where_we_have_it(client: FlaskClient) -> None:
    def cited(parameters: str) -> bytes:
        return client.get(PAGE, headers={"Accept": f"text/x-bibliography{parameters}"}).data

    assert cited("; style=numeric; locale=de-DE") == client.get(f"{PAGE}.citation.txt?style=numeric").data
    assert cited("; style=apa") == cited("") != cited("; style=numeric")


def test_each_form_is_conditional_on_its_own(client: FlaskClient) -> None:
    tags = {}
    for form in representations():
        answer = client.get(f"{PAGE}.{form.suffix}")
        etag = tags[form.name] = answer.headers["ETag"]
        assert etag.startswith('"') and "Accept" in answer.headers["Vary"]
        again = client.get(f"{PAGE}.{form.suffix}", headers={"If-None-Match": etag})
        assert (again.status_code, again.data) == (304, b"") and again.headers["ETag"] == etag
        head = client.head(f"{PAGE}.{form.suffix}")
        assert (head.data, head.headers["ETag"]) == (b"", etag)
        since = {"If-Modified-Since": answer.headers["Last-Modified"]}
        assert client.get(f"{PAGE}.{form.suffix}", headers=since).status_code == 304
        assert len(answer.headers["Link"]) <= LINK_BYTES
    assert len(set(tags.values())) == len(tags)
    # Who has one form and asks for another gets it.
    other = {"Accept": "text/turtle", "If-None-Match": tags["json"]}
    assert client.get(PAGE, headers=other).status_code == 200


def test_the_page_is_conditional_too(client: FlaskClient) -> None:
    first = client.get(PAGE)
    again = client.get(PAGE, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert {"Accept", "Cookie"} <= {name.strip() for name in first.headers["Vary"].split(",")}
    changed = client.get(PAGE, headers={"If-None-Match": first.headers["ETag"], "Accept": "application/json"})
    assert changed.status_code == 200


def test_what_is_not_there_leads_to_what_is(client: FlaskClient) -> None:
    answer = client.get(PAGE, headers={"Accept": "audio/midi, application/problem+json"})
    assert answer.status_code == 406
    assert len(answer.get_json(force=True)["alternatives"]) == len(representations())


def test_a_record_within_a_product_leads_there_in_each_form(empty: Catalogue) -> None:
    same = (Identifier(scheme="doi", value="10.5072/1"),)
    harvest(empty, "lab", [record("1", "Muon lifetime", identifiers=same)])
    harvest(empty, "archive", [record("9", "Muon lifetime", identifiers=same)])
    client = create_app(empty).test_client()
    for path in (f"/id/records/{record_id('lab', '1')}", f"/records/{record_id('archive', '9')}"):
        answer = client.get(path, headers={"Accept": "text/turtle"}, follow_redirects=True)
        assert (answer.status_code, answer.mimetype) == (200, "text/turtle")
        graph = Graph().parse(data=answer.data)
        things = [one for one in graph.subjects(DCTERMS.title) if "/id/records/" in str(one)]
        assert things == [URIRef(f"http://localhost:8080/id{answer.request.path.removesuffix('.ttl')}")]


def test_headers_name_both_kinds_of_json_ld(client: FlaskClient) -> None:
    kinds = {
        "https://schema.org/": f"{BASE}{PAGE}.schema_org.jsonld",
        "http://www.w3.org/ns/dcat#": f"{BASE}{PAGE}.jsonld",
    }
    for path in (f"{PAGE}", f"{PAGE}.ttl", f"{PAGE}.json"):
        header = client.get(path).headers["Link"]
        assert len(header) <= LINK_BYTES
        for profile, address in kinds.items():
            (link,) = [one for one in header.split(", <") if one.lstrip("<").startswith(f"{address}>")]
            assert 'type="application/ld+json"' in link and f'profile="{profile}"' in link
    mine = client.get(f"{PAGE}.jsonld").headers["Link"]
    assert kinds["https://schema.org/"] in mine and f"<{kinds['http://www.w3.org/ns/dcat#']}>" not in mine
