"""OpenSearch: the description, and suggestions as browsers take them."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from catalogue.opening import Catalogue
from catalogue.settings import load_settings
from tests.web.page import read_page
from web.app import create_app

NAMESPACE = {"o": "http://a9.com/-/spec/opensearch/1.1/"}


def test_the_description_has_what_the_specification_demands(client: FlaskClient) -> None:
    answer = client.get("/opensearch.xml")
    assert answer.content_type == "application/opensearchdescription+xml; charset=utf-8"
    root = etree.fromstring(answer.data)
    assert root.tag == "{http://a9.com/-/spec/opensearch/1.1/}OpenSearchDescription"
    assert root.findtext("o:ShortName", namespaces=NAMESPACE) == "Almagest"
    assert 0 < len(root.findtext("o:Description", "", NAMESPACE)) <= 1024
    kinds = {(url.get("rel"), url.get("type")) for url in root.iterfind("o:Url", NAMESPACE)}
    assert ("results", "text/html") in kinds
    assert ("suggestions", "application/x-suggestions+json") in kinds


def test_every_template_leads_somewhere(client: FlaskClient) -> None:
    root = etree.fromstring(client.get("/opensearch.xml").data)
    for url in root.iterfind("o:Url", NAMESPACE):
        template = url.get("template", "")
        assert template.startswith("http://localhost:8080/")
        path = template.removeprefix("http://localhost:8080")
        asked = path.replace("{searchTerms}", quote("weak lensing")).replace("{count?}", "")
        assert "{" not in asked
        answer = client.get(asked)
        assert (answer.status_code, answer.mimetype) == (200, url.get("type")), path


def test_a_long_name_is_cut_to_what_browsers_take(tmp_path: Path) -> None:
    name = "Observatory <of> Everything & More, Southern Section and Archive"
    values = {"ALMAGEST_HOME": str(tmp_path), "ALMAGEST_REPOSITORY_NAME": name}
    opened = Catalogue(load_settings({**values, "ALMAGEST_BASE_URL": "https://x.example.org/sky"}))
    client = create_app(opened).test_client()
    root = etree.fromstring(client.get("/sky/opensearch.xml").data)
    assert root.findtext("o:ShortName", namespaces=NAMESPACE) == "Observatory <of>"
    assert root.findtext("o:LongName", namespaces=NAMESPACE) == name[:48].strip()
    templates = [url.get("template", "") for url in root.iterfind("o:Url", NAMESPACE)]
    assert all(template.startswith("https://x.example.org/sky/") for template in templates)
    page = read_page(client.get("/sky/").text)
    found = [link.get("href") for link in page.all("link", tag=True) if link.get("rel") == "search"]
    assert found == ["/sky/opensearch.xml"]
    assert "/sky/feed.atom" in [link.get("href") for link in page.all("link", tag=True)]
    opened.close()


@pytest.mark.parametrize("path", ["/", "/sources", "/api/v1/docs", "/nothing-here"])
def test_every_page_links_the_description(client: FlaskClient, path: str) -> None:
    page = read_page(client.get(path, headers={"Accept": "text/html"}).text)
    found = [link for link in page.all("link", tag=True) if link.get("rel") == "search"]
    assert [link.get("type") for link in found] == ["application/opensearchdescription+xml"]
    assert client.get(found[0].get("href") or "").status_code == 200


def test_suggestions_are_those_of_rest(client: FlaskClient) -> None:
    answer = client.get("/opensearch/suggestions?q=weak+neut")
    assert answer.content_type == "application/x-suggestions+json"
    typed, completions, counts, addresses = answer.json
    known = client.get("/api/v1/suggest?q=weak+neut").json["suggestions"]
    assert typed == "weak neut"
    assert completions == [one["value"] for one in known] and len(completions) == 2
    assert counts == ["1 record", "1 record"] and addresses == []


def test_nothing_typed_suggests_nothing(client: FlaskClient) -> None:
    for query in ("", "q=", "q=%20"):
        answer = client.get(f"/opensearch/suggestions?{query}")
        assert answer.status_code == 200 and answer.json[1:] == [[], [], []]
    assert client.get("/opensearch/suggestions?q=" + "a" * 1001).status_code == 400
    assert client.get("/opensearch/suggestions?p=a").content_type == "application/problem+json"


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=60))
def test_nothing_that_is_typed_is_a_fault(client: FlaskClient, typed: str) -> None:
    answer = client.get("/opensearch/suggestions", query_string={"q": typed})
    assert answer.status_code in (200, 400)
    if answer.status_code == 200:
        assert answer.json[0] == typed
