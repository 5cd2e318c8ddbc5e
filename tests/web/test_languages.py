"""Which language a page is in, and how a visitor changes it."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from tests.web.page import read_page
from web import languages


def language_of(client: FlaskClient, path: str = "/", accept: str = "") -> str | None:
    """The language that a page says it is in, in its head as in its header."""
    answer = client.get(path, headers={"Accept-Language": accept} if accept else {})
    found = read_page(answer.text).first("html").get("lang")
    assert found == answer.headers["Content-Language"]
    assert {"Accept-Language", "Cookie"} <= set(answer.vary)
    return str(found)


@pytest.mark.parametrize(
    ("accept", "expected"),
    [("", "en"), ("de", "de"), ("de-AT,en;q=0.5", "de"), ("fr,en;q=0.5,de;q=0.3", "en"), ("fr", "en"),
     ("de;q=0,en", "en"), ("*", "en"), ("\x7f;;q=", "en")],
)  # fmt: skip
def test_the_browser_says_what_its_visitor_reads(client: FlaskClient, accept: str, expected: str) -> None:
    assert language_of(client, accept=accept) == expected


def test_the_parameter_wins_and_is_no_part_of_a_search(client: FlaskClient) -> None:
    assert language_of(client, "/?q=star&lang=de", accept="en") == "de"
    page = read_page(client.get("/?q=star&lang=de").text)
    assert page.errors == []
    assert not [link.get("href") for link in page.all("a", tag=True) if "lang=" in (link.get("href") or "")]


def test_an_unknown_language_is_no_fault(client: FlaskClient) -> None:
    assert language_of(client, "/?lang=xx", accept="de") == "de"
    assert client.get("/?lang=xx").status_code == 200


def test_who_comes_by_an_address_with_a_language_goes_on_in_it(client: FlaskClient) -> None:
    assert language_of(client, "/?lang=de") == "de"
    assert language_of(client, "/help", accept="en") == "de"


def test_what_was_chosen_stays_though_an_address_names_another(client: FlaskClient) -> None:
    client.post("/language", data={"language": "en"})
    assert language_of(client, "/?lang=de") == "de"
    assert language_of(client, "/", accept="de") == "en"


def test_the_switch_leads_back_to_the_page_in_the_other_language(client: FlaskClient) -> None:
    page = read_page(client.get("/?q=star&sort=newest").text)
    form = page.first("languages")
    button = form.find("button")
    assert (button.get("value"), button.get("lang"), button.text_content()) == ("de", "de", "Deutsch")
    came_from = {"Referer": "http://localhost/?q=star&lang=en&sort=newest"}
    answer = client.post(form.get("action"), data={"language": "de"}, headers=came_from)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/?q=star&sort=newest")
    assert language_of(client, answer.headers["Location"]) == "de"


@pytest.mark.parametrize(
    "page",
    ["https://evil.example/", "http://localhost//evil.example/", "http://localhost/basket/change", "x", ""],
)
def test_the_switch_leads_nowhere_else(client: FlaskClient, page: str) -> None:
    answer = client.post("/language", data={"language": "de"}, headers={"Referer": page})
    assert answer.headers["Location"] == "/"


def test_a_language_that_is_not_there_is_not_remembered(client: FlaskClient) -> None:
    answer = client.post("/language", data={"language": "de; Path=/x"})
    assert "Set-Cookie" not in answer.headers


def test_a_page_names_its_translations(client: FlaskClient) -> None:
    page = read_page(client.get("/help").text)
    links = {link.get("hreflang"): link.get("href") for link in page.all("link", tag=True)}
    assert links["de"].endswith("/help?lang=de")
    assert links["x-default"].endswith("/help")
    assert set(languages.languages()) < set(links)


def test_machines_are_answered_in_english(client: FlaskClient) -> None:
    headers = {"Accept-Language": "de", "Cookie": f"{languages.COOKIE}=de"}
    answer = client.get("/api/v1/records?sort=luck", headers=headers)
    assert answer.status_code == 400
    assert answer.json == client.get("/api/v1/records?sort=luck").json
    assert "Accept-Language" not in answer.vary
    assert client.get("/api/v1/records?lang=de").status_code == 400


def test_outside_of_a_request_it_is_english() -> None:
    assert languages.language() == "en"
    assert languages._("Search") == "Search"


def test_the_page_of_the_api_is_in_english_in_a_frame_of_the_language_of_the_visitor(
    client: FlaskClient,
) -> None:
    assert language_of(client, "/api/v1/docs", accept="de") == "de"
    page = client.get("/api/v1/docs", headers={"Accept-Language": "de"}).text
    assert ">Korb" in page
    assert 'lang="en"><p>Search and read' in page
