"""Searches as feeds: Atom and JSON Feed over a real database and index, read by a real reader of feeds."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import feedparser
import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from catalogue import errors
from catalogue.index import FACETS
from catalogue.opening import Catalogue
from catalogue.record import Agent, Distribution, Record, Term, Text, record_id
from catalogue.settings import load_settings
from tests.web.observatory import harvest, observatory, record
from web.app import create_app
from web.feeds import ENTRIES
from web.search_parameters import COVERED

BASE = "http://localhost:8080"
SURVEY = record_id("observatory", "survey:1")
NASTY = '<script>alert(1)</script>&]]>"\u0001\ufffe'


def atom(client: FlaskClient, query: str = "") -> Any:
    answer = client.get(f"/feed.atom?{query}")
    assert answer.status_code == 200, answer.text
    assert answer.content_type == "application/atom+xml; charset=utf-8"
    parsed = feedparser.parse(answer.data)
    assert not parsed.bozo, parsed
    return parsed


def as_json(client: FlaskClient, query: str = "") -> Any:
    answer = client.get(f"/feed.json?{query}")
    assert (answer.status_code, answer.content_type) == (200, "application/feed+json"), answer.text
    return answer.json


def links(parsed: Any) -> dict[tuple[str, str], str]:
    return {(link.rel, link.type): link.href for link in parsed.feed.links}


def test_an_atom_feed_says_what_it_is(client: FlaskClient) -> None:
    parsed = atom(client, "q=weak+lensing&type=dataset&sort=title&size=3")
    assert parsed.version == "atom10"
    assert parsed.feed.title == "Almagest: weak lensing, Dataset"
    assert parsed.feed.id == f"{BASE}/feed.atom?q=weak+lensing&type=dataset"
    assert links(parsed)["self", "application/atom+xml"] == parsed.feed.id
    assert links(parsed)["alternate", "text/html"] == f"{BASE}/?q=weak+lensing&type=dataset"
    assert links(parsed)["alternate", "application/feed+json"].startswith(f"{BASE}/feed.json?q=weak")
    assert links(parsed)["search", "application/opensearchdescription+xml"] == f"{BASE}/opensearch.xml"
    (entry,) = parsed.entries
    assert entry.id == entry.link == f"{BASE}/records/{SURVEY}"
    assert entry.title.startswith("Weak lensing shear catalogue")
    assert [author.name for author in entry.authors] == ["Okafor, Ngozi", "Lindqvist, Åsa"]
    assert entry.summary.startswith("Shapes of 1.2 × 10⁸ galaxies")
    changed = client.get(f"/api/v1/records/{SURVEY}/history").json["versions"][0]["datestamp"]
    assert entry.updated == parsed.feed.updated == changed


def test_an_atom_feed_has_what_rfc_4287_demands(client: FlaskClient) -> None:
    root = etree.fromstring(client.get("/feed.atom").data)
    assert root.tag == "{http://www.w3.org/2005/Atom}feed"
    assert len(root.findall("{*}entry")) == len(observatory())
    for part in (root, *root.iterfind("{*}entry")):
        for name in ("id", "title", "updated"):
            assert len(part.findall(f"{{*}}{name}")) == 1, name
        assert part.findall("{*}author/{*}name")
        alternates = [link for link in part.iterfind("{*}link") if link.get("rel") == "alternate"]
        kinds = [(link.get("type"), link.get("hreflang")) for link in alternates]
        assert kinds and len(kinds) == len(set(kinds))


def test_a_json_feed_says_the_same(client: FlaskClient) -> None:
    feed = as_json(client, "q=lensing")
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["title"] == "Almagest: lensing"
    assert feed["home_page_url"] == f"{BASE}/?q=lensing"
    assert feed["feed_url"] == f"{BASE}/feed.json?q=lensing"
    (item,) = feed["items"]
    (entry,) = atom(client, "q=lensing").entries
    assert item["id"] == item["url"] == entry.id
    assert item["date_modified"] == entry.updated
    assert item["authors"][0] == {"name": "Okafor, Ngozi"}
    assert item["tags"] == ["dataset", "Weak gravitational lensing", "Cosmology"]
    for other in as_json(client)["items"]:
        assert other["content_text"] and all(isinstance(value, str | list) for value in other.values())


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("messenger=neutrino", 1),
        ("messenger=neutrino&messenger=photon", 3),
        ("published=2022/", 3),
        ("sky=0,0,180", 1),
        ("parameter=temperature+%3C+2+K", 1),
        ("q=unobtainium", 0),
    ],
)
def test_all_parameters_of_a_search_narrow_a_feed(client: FlaskClient, query: str, found: int) -> None:
    assert len(atom(client, query).entries) == len(as_json(client, query)["items"]) == found
    assert client.get(f"/api/v1/records?{query}").json["total"] == found


# --- what changes ------------------------------------------------------------------------


@pytest.fixture
def lab(empty: Catalogue) -> Catalogue:
    """More records than a feed has entries."""
    harvest(empty, "lab", [record(str(number), f"Muon run {number}") for number in range(ENTRIES + 5)])
    return empty


def test_the_newest_change_comes_first_and_pages_follow(lab: Catalogue) -> None:
    client = create_app(lab).test_client()
    first = atom(client, "q=muon")
    following = links(first)["next", "application/atom+xml"].removeprefix(f"{BASE}/feed.atom?")
    second = atom(client, following)
    assert [len(first.entries), len(second.entries)] == [ENTRIES, 5]
    assert len({entry.id for entry in first.entries + second.entries}) == ENTRIES + 5
    assert second.feed.id == first.feed.id and ("next", "application/atom+xml") not in links(second)
    assert as_json(client, "q=muon")["next_url"].startswith(f"{BASE}/feed.json?q=muon&cursor=")
    harvest(lab, "lab", [record("3", "Muon run 3, corrected")])
    assert atom(client, "q=muon").entries[0].title == "Muon run 3, corrected"


@pytest.mark.parametrize("path", ["/feed.atom", "/feed.json"])
def test_a_reader_that_has_it_already_gets_nothing(lab: Catalogue, path: str) -> None:
    client = create_app(lab).test_client()
    answer = client.get(path)
    known = {"If-None-Match": answer.headers["ETag"]}
    again = client.get(path, headers=known)
    assert (again.status_code, again.data) == (304, b"")
    since = {"If-Modified-Since": answer.headers["Last-Modified"]}
    assert client.get(path, headers=since).status_code == 304
    harvest(lab, "lab", [record("new", "Muon run of today")], deleted=["3"])
    assert client.get(path, headers=known).status_code == 200
    assert client.get(path).headers["Access-Control-Allow-Origin"] == "*"


# --- hostile input -----------------------------------------------------------------------


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    """A record whose every text is hostile, and one that has much of everything."""
    opened = Catalogue(load_settings({"ALMAGEST_HOME": str(tmp_path_factory.mktemp("odd"))}))
    harvest(opened, "lab", [_nasty(), _huge()])
    yield create_app(opened).test_client()
    opened.close()


def _nasty() -> Record:
    return record(
        "nasty",
        NASTY,
        titles=(Text(value=NASTY, language='en" onload="x'),),
        descriptions=(Text(value=NASTY, type="abstract"),),
        creators=(Agent(name=NASTY),),
        subjects=(Term(label=NASTY, uri="javascript:alert(1)"),),
        distributions=(Distribution(url="javascript:alert(1)", title=NASTY, media_type='a/b"'),),
    )


def _huge() -> Record:
    return record(
        "huge",
        "Huge",
        descriptions=(Text(value="x" * 90_000, type="abstract"),),
        creators=tuple(Agent(name=f"Person {number}") for number in range(4000)),
        distributions=tuple(
            Distribution(url=f"https://data.example.org/{number}") for number in range(10_000)
        ),
    )


def test_what_a_source_wrote_does_no_harm(odd: FlaskClient) -> None:
    root = etree.fromstring(odd.get("/feed.atom").data)
    nasty = next(one for one in root.iterfind("{*}entry") if "script" in one.findtext("{*}title", ""))
    assert nasty.findtext("{*}title") == NASTY.replace("\u0001", "").replace("\ufffe", "")
    assert not [link for link in nasty.iterfind("{*}link") if link.get("href", "").startswith("javascript")]
    item = next(one for one in odd.get("/feed.json").json["items"] if "script" in one["title"])
    assert "content_html" not in item and item["content_text"] == NASTY
    assert "language" not in item


def test_an_entry_has_a_size(odd: FlaskClient) -> None:
    assert len(odd.get("/feed.atom").data) < 60_000
    assert len(odd.get("/feed.json").data) < 60_000


def test_what_was_asked_is_written_safely_into_a_feed(odd: FlaskClient) -> None:
    for words in (NASTY.replace('"', ""), "a" * 1000, "ü & <b>", "x \u202e\ufffe"):
        for path in ("/feed.atom", "/feed.json"):
            answer = odd.get(path, query_string={"q": words})
            assert answer.status_code == 200, answer.text
            title = (
                etree.fromstring(answer.data).findtext("{*}title", "")
                if path == "/feed.atom"
                else answer.json["title"]
            )
            assert len(title) <= 200


@pytest.mark.parametrize("path", ["/feed.atom", "/feed.json"])
def test_what_is_wrong_is_a_problem(odd: FlaskClient, path: str) -> None:
    for query, parameter in [
        ("colour=red", "colour"),
        ("q=(title:", "q"),
        ("cursor=abc", "cursor"),
        ("q=a&q=b", "q"),
        *((f"{name}=nonsense", name) for name in COVERED if name != "place"),
    ]:
        answer = odd.get(f"{path}?{query}", headers={"Accept": "text/html"})
        assert (answer.status_code, answer.content_type) == (400, "application/problem+json")
        assert json.loads(answer.data)["parameter"] == parameter


def test_an_index_that_is_down_is_told(empty: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    def down(query: object) -> None:
        raise errors.IndexUnavailable("The index does not answer.")

    monkeypatch.setattr(empty.index, "search", down)
    answer = create_app(empty).test_client().get("/feed.atom")
    assert answer.status_code == 503 and int(answer.headers["Retry-After"]) > 0


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["q", "published", "cursor", "size", *FACETS, *COVERED]) | st.text(max_size=8),
            st.text(max_size=40) | st.sampled_from(["1", '"', "a:b", "6/1", "1,2,3"]),
        ),
        max_size=4,
    )
)
def test_nothing_that_is_asked_is_a_fault(client: FlaskClient, pairs: list[tuple[str, str]]) -> None:
    answer = client.get("/feed.atom", query_string=pairs)
    assert answer.status_code in (200, 400)
    if answer.status_code == 200:
        etree.fromstring(answer.data)
