"""Signposting as the library reads it, over records of every kind; headers that proxies let through."""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterator
from typing import Any, get_args

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from signposting import find_signposting_html, find_signposting_http, find_signposting_linkset
from signposting.linkheader import find_signposting_http_link

from catalogue.opening import Catalogue
from catalogue.record import (
    Agent,
    AgentIdentifier,
    Distribution,
    Identifier,
    Kind,
    Record,
    Relation,
    Rights,
    Term,
    record_id,
)
from catalogue.settings import load_settings
from mappings.base import formats
from tests.full_record import full_record
from tests.web.conftest import served
from tests.web.observatory import harvest, record
from web.app import create_app
from web.negotiation import LINK_BYTES
from web.signposting import Link, header, linkset_json, linkset_text

BASE = "http://localhost:8080"
MANY = "many"
PLAIN = "plain"
KINDS: tuple[str, ...] = get_args(Kind)


def whole(kind: str) -> Record:
    """A record with something for each relation."""
    return record(
        kind,
        f"A {kind}",
        kind=kind,
        identifiers=(Identifier(scheme="doi", value=f"10.5072/{kind}"),),
        creators=(
            Agent(name="A", identifiers=(AgentIdentifier(scheme="orcid", value="0000-0002-1825-0097"),)),
        ),
        rights=(
            Rights(licence=Term(label="CC-BY-4.0", uri="https://spdx.org/licenses/CC-BY-4.0", scheme="SPDX")),
        ),
        relations=(Relation(type="IsPartOf", scheme="doi", value="10.5072/collection"),),
        distributions=(
            Distribution(url="https://example.org/data.csv", media_type="text/csv"),
            Distribution(url="javascript:alert(1)", media_type="text/csv"),
            Distribution(url="https://example.org/a,b>;x", media_type='text/csv", <https://evil.example>'),
        ),
    )


def long() -> Record:
    return record(
        MANY,
        "Many files",
        distributions=tuple(
            Distribution(url=f"https://example.org/archive/of/files/{number}.h5") for number in range(3000)
        ),
        creators=tuple(
            Agent(name=f"A {n}", identifiers=(AgentIdentifier(scheme="isni", value=f"000000012146{n:04d}"),))
            for n in range(500)
        ),
    )


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalogue]:
    opened = Catalogue(load_settings({"ALMAGEST_HOME": str(tmp_path_factory.mktemp("home"))}))
    harvest(opened, "lab", [*(whole(kind) for kind in KINDS), long(), record(PLAIN, "Plain"), full_record()])
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def address(catalogue: Catalogue) -> Iterator[str]:
    with served(create_app(catalogue)) as base:
        yield base


@pytest.fixture
def client(catalogue: Catalogue) -> FlaskClient:
    return create_app(catalogue).test_client()


def page_of(identifier: str) -> str:
    return f"/records/{record_id('lab', identifier)}"


def targets(signposts: Any) -> set[str]:
    return {str(one.target) for one in signposts}


@pytest.mark.parametrize("kind", KINDS)
def test_the_library_finds_the_way(address: str, kind: str) -> None:
    path = page_of(kind)
    level1 = find_signposting_http(address + path)
    assert str(level1.citeAs.target) == f"https://doi.org/10.5072/{kind}"
    assert len(level1.types) == 2 and "https://schema.org/AboutPage" in targets(level1.types)
    assert targets(level1.authors) == {"https://orcid.org/0000-0002-1825-0097"}
    assert str(level1.license.target) == "https://spdx.org/licenses/CC-BY-4.0"
    assert targets(level1.items) == {"https://example.org/data.csv", "https://example.org/a,b%3E;x"}
    assert str(level1.collection.target) == "https://doi.org/10.5072/collection"
    assert {str(one.type) for one in level1.linksets} == {"application/linkset", "application/linkset+json"}
    in_page = find_signposting_html(address + path)
    assert targets(in_page.items) == targets(level1.items)
    assert str(in_page.citeAs.target) == str(level1.citeAs.target)
    writable = [form for form in formats().values() if form.write is not None]
    assert len(in_page.describedBy) == len(writable) + 1 >= len(level1.describedBy) >= 6


@pytest.mark.parametrize("accept", ["application/linkset", "application/linkset+json"])
@pytest.mark.parametrize("kind", ["dataset", MANY])
def test_both_link_sets_say_the_same(address: str, kind: str, accept: str) -> None:
    path = page_of(kind)
    found = find_signposting_linkset(f"{address}{path}/linkset", accept)
    mine = found.for_context(BASE + path)
    assert len(mine.items) == (3000 if kind == MANY else 2)
    assert len(mine.describedBy) > 15 and mine.citeAs is not None
    profiles = {str(profile) for one in mine.describedBy for profile in one.profiles}
    assert {"https://schema.org/", "http://datacite.org/schema/kernel-4"} <= profiles
    for one in mine.describedBy:
        back = found.for_context(str(one.target))
        assert [str(link.target) for link in back if str(link.rel) == "describes"] == [BASE + path]


def test_every_form_leads_back(client: FlaskClient) -> None:
    path = page_of("dataset")
    for link in linkset(client, path)["describedby"]:
        answer = client.get(link["href"].removeprefix(BASE))
        assert (answer.status_code, answer.mimetype) == (200, link["type"])
        assert f'<{BASE}{path}>; rel="describes"; type="text/html"' in answer.headers["Link"]
        assert len(answer.headers["Link"]) <= LINK_BYTES


def linkset(client: FlaskClient, path: str) -> Any:
    document = json.loads(client.get(f"{path}/linkset.json").data)["linkset"]
    assert all(context["anchor"].startswith(BASE + path) for context in document)
    return document[0]


@pytest.mark.parametrize("name", [*KINDS, MANY, PLAIN, full_record().provenance.identifier])
def test_headers_pass_through_proxies(client: FlaskClient, name: str) -> None:
    answer = client.get(page_of(name), headers={"Accept-Encoding": "gzip"})
    assert answer.status_code == 200
    # nginx takes 4,096 bytes for the status line and all headers unless told otherwise.
    assert len(answer.headers["Link"]) <= LINK_BYTES
    assert sum(len(name) + len(value) + 4 for name, value in answer.headers) + 20 < 4096
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = find_signposting_http_link([answer.headers["Link"]], BASE + page_of(name))
    assert found.citeAs is not None and found.linksets


def test_what_has_no_persistent_identifier_is_cited_by_our_name(client: FlaskClient) -> None:
    found = find_signposting_http_link([client.get(page_of(PLAIN)).headers["Link"]], BASE)
    assert str(found.citeAs.target) == f"{BASE}/id/records/{record_id('lab', PLAIN)}"


def test_a_long_list_leaves_room_for_the_others(client: FlaskClient) -> None:
    found = find_signposting_http_link([client.get(page_of(MANY)).headers["Link"]], BASE)
    assert len(found.items) >= 5 and len(found.authors) >= 5 and len(found.describedBy) >= 6


LINKS = st.builds(
    Link,
    rel=st.sampled_from(["item", "author", "describedby"]),
    href=st.text(max_size=12).map(lambda text: f"https://example.org/{text}"),
    type=st.sampled_from([None, "text/csv"]),
    profile=st.sampled_from([None, "https://example.org/§"]),
)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.lists(LINKS, max_size=20))
def test_whatever_an_address_holds_it_ends_nothing(links: list[Link]) -> None:
    text = header(links)
    assert text.isascii() and text.isprintable() and len(text) <= LINK_BYTES
    found = find_signposting_http_link([text], BASE)
    shown = {one.href for one in links}
    assert len(targets(found.signposts)) <= len(shown)
    assert all(one.startswith("https://example.org/") for one in targets(found.signposts))
    contexts = [(BASE, links)]
    written = "".join(linkset_text(contexts))
    assert written.count("anchor=") == len(links)
    (document,) = linkset_json(contexts)["linkset"]  # type: ignore[misc]
    assert sum(len(values) for rel, values in document.items() if rel != "anchor") == len(links)
