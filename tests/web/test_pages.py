"""The search page without a browser: states, links, forms, valid HTML."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from catalogue.opening import Catalogue
from catalogue.record import Text, record_id
from catalogue.settings import load_settings
from tests.web.observatory import harvest, record
from tests.web.page import Page, foreign, read_page
from tests.web.test_rest_records import counted
from web.app import create_app


def get(client: FlaskClient, url: str, status: int = 200) -> Page:
    answer = client.get(url)
    assert answer.status_code == status, answer.text
    return read_page(answer.text)


def test_the_first_page_shows_everything(client: FlaskClient) -> None:
    page = get(client, "/")
    assert page.text_of("total") == "7 records"
    assert len(page.all("card")) == 7
    assert page.first("chosen") is None


def test_words_find_and_stay_in_the_box(client: FlaskClient) -> None:
    page = get(client, "/?q=gravitational+lensing")
    assert page.text_of("total") == "1 record"
    assert page.by_id("q").get("value") == "gravitational lensing"
    (link,) = page.links_in("card")
    assert get(client, link)


def test_a_facet_value_is_a_link_that_chooses_it_and_takes_it_back(client: FlaskClient) -> None:
    page = get(client, "/?q=southern+OR+neutrino")
    url = page.link("Embargoed") or page.link("Open")
    chosen = get(client, url)
    assert len(chosen.all("card")) < 7
    assert [chip for chip in chosen.links_in("chips") if "access" not in chip]
    back = get(client, chosen.links_in("chips")[0])
    assert back.text_of("total") == page.text_of("total")


def test_several_values_of_a_facet_are_alternatives(client: FlaskClient) -> None:
    photon = get(client, "/?messenger=photon")
    both = get(client, photon.link("Neutrino"))
    assert both.text_of("total") == "3 records"
    assert {chip.split(" ")[1] for chip in both.texts_in("chips", "a") if chip.startswith("Remove Messenger")}
    assert len([chip for chip in both.texts_in("chips", "a") if "Messenger" in chip]) == 2


def test_paging_goes_on_and_back_to_the_start(client: FlaskClient) -> None:
    first = get(client, "/?size=3&sort=title")
    second = get(client, first.link("Next page"))
    third = get(client, second.link("Next page"))
    titles = [title for page in (first, second, third) for title in page.texts_in("card", "h2")]
    assert len(titles) == len(set(titles)) == 7
    assert third.find_link("Next page") is None
    assert get(client, second.link("First page")).texts_in("card", "h2") == first.texts_in("card", "h2")


def test_the_order_keeps_words_and_facets(client: FlaskClient) -> None:
    page = get(client, "/?q=southern+sky&type=dataset&type=service")
    oldest = page.link("oldest")
    assert "sort=oldest" in oldest and "type=dataset" in oldest and "q=southern" in oldest
    assert page.find_link("best match") is not None
    assert get(client, "/").find_link("best match") is None


def test_dates_from_two_fields_become_one_address(client: FlaskClient) -> None:
    answer = client.get("/?q=&type=dataset&published-from=2020&published-to=2021-11")
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/?type=dataset&published=2020/2021-11"
    page = get(client, answer.headers["Location"])
    assert page.text_of("total") == "2 records"
    assert "2020 – 2021-11" in page.text_of("chips")
    assert client.get("/?published-from=&published-to=").headers["Location"] == "/"
    assert client.get("/?published-from=soon&published-to=").status_code == 400


def test_what_is_empty_is_not_in_the_address(client: FlaskClient) -> None:
    answer = client.get("/?q=&type=&type=dataset&sky=&utm_source=mail")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/?type=dataset")
    assert client.get("/?type=dataset").status_code == 200
    assert client.get("/?q=").headers["Location"] == "/"
    assert client.get("/?utm_source=mail&published-from=2020").headers["Location"] == "/?published-from=2020"


def test_a_query_that_is_not_understood_points_at_the_place(client: FlaskClient) -> None:
    page = get(client, "/?q=sun+(title:", 400)
    assert page.first("mark").text_content() == "title:"
    assert page.by_id("q").get("aria-invalid") == "true"
    assert page.by_id("q").get("value") == "sun (title:"


@pytest.mark.parametrize("query", ["colour=red", "size=x", "q=a&q=b", "sky=1,2", "cursor=x", "sort=best"])
def test_a_bad_parameter_is_named_on_the_page(client: FlaskClient, query: str) -> None:
    page = get(client, f"/?{query}", 400)
    assert query.split("=")[0] in page.text_of("fault")
    assert page.by_id("q") is not None


def test_nothing_found_offers_what_would_widen_it(client: FlaskClient) -> None:
    page = get(client, "/?q=lensing&type=service&access=open")
    assert page.text_of("total") == "0 records"
    offers = page.links_in("empty")
    assert offers
    for offer in offers:
        assert get(client, offer).all("card")
    assert not get(client, "/?q=unheardof").links_in("empty")[1:]


def test_an_empty_catalogue_says_what_to_do(empty: Catalogue) -> None:
    page = get(create_app(empty).test_client(), "/")
    assert "almagest source add" in page.text_of("empty")


def test_a_search_page_costs_one_query(client: FlaskClient, shared_catalogue: Catalogue) -> None:
    client.get("/")
    with counted(shared_catalogue) as asked:
        get(client, "/?q=southern&type=dataset")
    assert len(asked) == 1, asked


def test_without_an_index_everything_but_search_works(tmp_path: Path) -> None:
    environ = {"ALMAGEST_HOME": str(tmp_path)}
    catalogue = Catalogue(load_settings(environ))
    harvest(catalogue, "lab", [record("1", "Muon lifetime")])
    catalogue.close()
    without = Catalogue(load_settings(environ | {"ALMAGEST_INDEX_URL": "http://127.0.0.1:9/"}))
    client, id = create_app(without).test_client(), record_id("lab", "1")
    for url in ("/?q=muon", "/api/v1/records?q=muon", "/api/v1/suggest?q=mu"):
        answer = client.get(url)
        assert answer.status_code == 503, url
        assert int(answer.headers["Retry-After"]) > 0
    page = get(client, "/?q=muon", 503)
    assert page.by_id("q").get("value") == "muon"
    for url in (f"/records/{id}", f"/api/v1/records/{id}", "/sources", "/sources/lab", "/metrics"):
        assert client.get(url).status_code == 200, url
    assert client.get("/health/ready").json["status"] == "degraded"
    without.close()


def test_text_of_another_language_says_so(client: FlaskClient) -> None:
    page = get(client, "/?q=Kosmologische")
    (title,) = page.all("card")
    assert title.find("h2").get("lang") == "de"


@pytest.mark.parametrize(
    "url",
    [
        *("/", "/?q=lensing&type=dataset", "/?q=%22%3Cb%3E", "/?size=x", "/?q=nothingatall", "/sources"),
        *("/sources/observatory", "/api/v1/docs", "/nowhere", "/records/none"),
        *(f"/records/{record_id('observatory', name)}" for name in ("survey:1", "code:shear", "service:tap")),
    ],
)
def test_pages_are_valid_html(client: FlaskClient, url: str) -> None:
    page = read_page(client.get(url).text)
    assert page.errors == []
    assert page.repeated_ids() == []
    assert len(page.all("h1", tag=True)) == 1


def test_words_are_escaped_everywhere(client: FlaskClient) -> None:
    evil = '"><script>alert(1)</script>'
    for given in (
        {"q": evil},
        {"creator": evil},
        {"published": evil},
        {evil: "x"},
        {"q": evil, "size": evil},
    ):
        answer = client.get("/", query_string=given)
        assert "<script" not in foreign(answer.text)
        assert html.escape("<script>") in answer.text


def test_tombstones_vanish_from_the_results(empty: Catalogue) -> None:
    harvest(empty, "lab", [record("1", "Muon lifetime"), record("2", "Muon decay")])
    harvest(empty, "lab", [], deleted=["1"])
    page = get(create_app(empty).test_client(), "/?q=muon")
    assert page.texts_in("card", "h2") == ["Muon decay"]


def test_a_very_long_title_and_abstract_are_cut_on_the_card(empty: Catalogue) -> None:
    long = "muon " * 400
    harvest(empty, "lab", [record("1", long.strip(), descriptions=(Text(value=long),))])
    page = get(create_app(empty).test_client(), "/?q=muon")
    assert len(page.texts_in("card", "h2")[0]) <= 310
    assert re.search(r"\.\.\.|…", page.text_of("card"))


# --- feeds and downloads ---------------------------------------------------------------


def test_the_page_links_feeds_and_downloads_of_what_it_shows(client: FlaskClient) -> None:
    page = read_page(client.get("/?q=photon+OR+lensing&type=dataset&sort=title&size=1&sky=0,0,180").text)
    assert not page.errors
    asked = "q=photon+OR+lensing&type=dataset&sky=0%2C0%2C180"
    heads = {link.get("type"): link.get("href") for link in page.all("link", tag=True)}
    assert heads["application/atom+xml"] == page.link("Feed") == f"/feed.atom?{asked}"
    assert heads["application/feed+json"] == f"/feed.json?{asked}"
    downloads = page.links_in("menu")
    assert f"/api/v1/export?format=bibtex&{asked}" in downloads and len(downloads) >= 5
    for link in [page.link("Feed"), *downloads]:
        assert client.get(link).status_code == 200, link


def test_there_is_nothing_to_download_where_nothing_is_found(client: FlaskClient) -> None:
    page = read_page(client.get("/?q=unobtainium").text)
    assert page.find_link("Feed") == "/feed.atom?q=unobtainium"
    assert page.all("menu") == []
    wrong = read_page(client.get("/?q=(title:").text)
    assert wrong.find_link("Feed") is None and wrong.all("menu") == []


def test_what_mail_adds_to_an_address_is_no_fault(client: FlaskClient) -> None:
    answer = client.get("/?utm_source=mail&q=lensing&type=dataset&fbclid=x")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/?q=lensing&type=dataset")
    assert client.get("/?nonsense=x").status_code == 400
