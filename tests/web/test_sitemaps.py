"""What crawlers are told: robots.txt, sitemaps, and the catalogue of interfaces."""

from __future__ import annotations

import gzip
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient
from lxml import etree

from catalogue import reports
from catalogue.opening import Catalogue
from catalogue.record import Identifier
from tests.web.observatory import harvest, record
from web.app import create_app

SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def test_robots_find_the_sitemap(empty: Catalogue) -> None:
    client = create_app(empty).test_client()
    text = client.get("/robots.txt").text
    assert "Disallow: /?" in text and "Disallow: /api/" in text
    url = text.split("Sitemap: ")[1].strip()
    assert client.get(urlsplit(url).path).status_code == 200


def test_sitemaps_name_every_live_record(empty: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reports, "SITEMAP_SIZE", 3)
    harvest(empty, "lab", [record(str(number), f"Muon {number}") for number in range(8)])
    harvest(empty, "lab", [], deleted=["0"])
    client = create_app(empty).test_client()
    index = etree.fromstring(client.get("/sitemap.xml").data)
    assert index.tag == SITEMAP + "sitemapindex"
    pages = {}
    for part in list(index.iter(SITEMAP + "loc"))[1:]:
        answer = client.get(urlsplit(part.text).path)
        assert answer.mimetype == "application/xml"
        found = etree.fromstring(answer.data)
        for url in found:
            pages[url.findtext(SITEMAP + "loc")] = url.findtext(SITEMAP + "lastmod")
    expected = {f"http://localhost:8080/records/{c.id}": c.datestamp for c in empty.store.walk()}
    assert pages == expected and len(pages) == 7
    for url in pages:
        assert client.get(urlsplit(url).path).status_code == 200
    assert client.get("/sitemap-99999999999999999999.xml").status_code == 404


def test_of_a_product_only_the_product_is_named(empty: Catalogue) -> None:
    same = (Identifier(scheme="doi", value="10.5072/1"),)
    harvest(empty, "lab", [record("1", "Muon lifetime", identifiers=same)])
    harvest(empty, "archive", [record("9", "Muon lifetime", identifiers=same)])
    client = create_app(empty).test_client()
    found = etree.fromstring(client.get("/sitemap-0.xml").data)
    (url,) = [node.text for node in found.iter(SITEMAP + "loc")]
    assert client.get(urlsplit(url).path).status_code == 200
    assert [url] == [f"http://localhost:8080/records/{change.id}" for change in empty.store.walk()]


def test_a_sitemap_of_pages_travels_compressed(client: FlaskClient) -> None:
    answer = client.get("/sitemap-pages.xml", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"
    pages = [node.text for node in etree.fromstring(gzip.decompress(answer.data)).iter(SITEMAP + "loc")]
    assert "http://localhost:8080/sources/observatory" in pages
    for url in pages:
        found = client.get(urlsplit(url).path, headers={"Accept": "text/html"})
        assert (found.status_code, found.mimetype) == (200, "text/html"), url


def test_interfaces_are_listed(client: FlaskClient) -> None:
    answer = client.get("/.well-known/api-catalog")
    assert answer.content_type.startswith("application/linkset+json; profile=")
    first, *services = answer.get_json(force=True)["linkset"]
    assert [item["href"] for item in first["item"]] == [service["anchor"] for service in services]
    for service in services:
        for link in service["service-desc"]:
            address = urlsplit(link["href"])
            assert client.get(f"{address.path}?{address.query}").status_code == 200, link
