"""ResourceSync: its documents as the standard has them, and a mirror made from nothing but them."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from lxml import etree

from catalogue import change_lists
from catalogue.change_lists import ChangeLists
from catalogue.opening import Catalogue
from catalogue.record import record_id
from tests.web.observatory import harvest, record
from tests.web.test_ldes import change_everything
from web import resourcesync
from web.app import create_app

BASE = "http://localhost:8080"
S = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
RS = "{http://www.openarchives.org/rs/terms/}"


def read(client: FlaskClient, address: str) -> etree._Element:
    answer = client.get(address.removeprefix(BASE))
    assert answer.status_code == 200 and answer.mimetype == "application/xml"
    return etree.fromstring(answer.data)


def capability(document: etree._Element) -> str:
    (md,) = document.findall(f"{RS}md")
    return str(md.get("capability"))


def find(client: FlaskClient, wanted: str) -> etree._Element:
    """The document of a capability, found from the well-known address as clients do."""
    description = read(client, "/.well-known/resourcesync")
    assert capability(description) == "description"
    listed = read(client, description.findtext(f"{S}url/{S}loc") or "")
    assert capability(listed) == "capabilitylist"
    entry = next(one for one in listed.findall(f"{S}url") if about(one, "capability") == wanted)
    found = read(client, loc(entry))
    assert capability(found) == wanted
    return found


def entries(client: FlaskClient, index: etree._Element) -> list[etree._Element]:
    assert index.tag == f"{S}sitemapindex"
    found = []
    for part in index.findall(f"{S}sitemap"):
        document = read(client, loc(part))
        assert capability(document) == capability(index)
        found += document.findall(f"{S}url")
    return found


def about(entry: etree._Element, name: str) -> str | None:
    """What ``rs:md`` says of an entry."""
    (md,) = entry.findall(f"{RS}md")
    value = md.get(name)
    return None if value is None else str(value)


def loc(entry: etree._Element) -> str:
    return str(entry.findtext(f"{S}loc"))


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lists of four changes."""
    monkeypatch.setattr(resourcesync, "ChangeLists", lambda database: ChangeLists(database, 4))


@pytest.mark.usefixtures("small")
def test_a_mirror_by_lists_is_the_same_after_updates_and_deletions(empty: Catalogue) -> None:
    harvest(empty, "lab", [record(f"r:{n}", f"Record {n}") for n in range(10)])
    client = create_app(empty).test_client()
    held = {loc(one): fetched(client, loc(one)) for one in entries(client, find(client, "resourcelist"))}
    since = empty.store.change(record_id("lab", "r:9")).datestamp
    change_everything(empty)
    for one in entries(client, find(client, "changelist")):
        moment = about(one, "datetime")
        assert moment is not None and moment == one.findtext(f"{S}lastmod")
        if moment < since:
            continue
        if about(one, "change") == "deleted":
            held.pop(loc(one), None)
            assert client.get(loc(one).removeprefix(BASE)).status_code in {307, 410}
        else:
            held[loc(one)] = fetched(client, loc(one))
    live = [f"{BASE}/records/{change.id}.nt" for change in empty.store.walk()]
    assert held == {address: fetched(client, address) for address in live}


def fetched(client: FlaskClient, address: str) -> bytes:
    answer = client.get(address.removeprefix(BASE))
    assert answer.status_code == 200 and answer.mimetype == "application/n-triples"
    return bytes(answer.data)


@pytest.mark.usefixtures("small")
def test_lists_of_changes_are_in_order_and_closed_but_the_last(empty: Catalogue) -> None:
    harvest(empty, "lab", [record(f"r:{n}", f"Record {n}") for n in range(10)])
    harvest(empty, "lab", [record("r:0", "Changed")], deleted=["r:1"])
    client = create_app(empty).test_client()
    index = find(client, "changelist")
    parts = index.findall(f"{S}sitemap")
    assert [about(part, "until") is None for part in parts] == [False] * (len(parts) - 1) + [True]
    found = entries(client, index)
    times = [about(one, "datetime") or "" for one in found]
    assert times == sorted(times) and len({loc(one) for one in found}) == len(found) == 10
    kinds = {loc(one): about(one, "change") for one in found}
    assert kinds[f"{BASE}/records/{record_id('lab', 'r:1')}.nt"] == "deleted"
    assert kinds[f"{BASE}/records/{record_id('lab', 'r:5')}.nt"] == "created"


def test_one_list_of_changes_needs_no_index(client: FlaskClient) -> None:
    found = find(client, "changelist")
    assert found.tag == f"{S}urlset" and len(found.findall(f"{S}url")) == 7
    assert [link.get("rel") for link in found.findall(f"{RS}ln")] == ["up"]


def test_what_is_not_there(client: FlaskClient, empty: Catalogue) -> None:
    for path in ("changelist-7.xml", "changelist-99999999999.xml", "resourcelist-99999999999.xml", "x.xml"):
        assert client.get(f"/resourcesync/{path}").status_code == 404, path
    bare = create_app(empty).test_client()
    for wanted in ("resourcelist", "changelist"):
        assert entries(bare, find(bare, wanted)) == []


def test_lists_are_sent_only_when_changed(client: FlaskClient) -> None:
    first = client.get("/resourcesync/changelist-0.xml")
    again = client.get("/resourcesync/changelist-0.xml", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert change_lists.RANGE == 50_000
