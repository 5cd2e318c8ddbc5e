"""Search elsewhere over REST and on the page, and one record taken in by an operator."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from catalogue.opening import Catalogue
from catalogue.record import Page
from catalogue.settings import load_settings
from catalogue.sources import Source
from harvesters.live.base import REMEMBERED
from harvesters.run import harvest
from mappings.base import read
from tests.harvesters.misbehaving import Server
from tests.harvesters.panosc_server import PanoscServer, found, searching
from tests.web import observatory
from tests.web.conftest import served
from tests.web.page import foreign
from web import remote
from web.app import create_app

TOKEN = {"Authorization": "Bearer sesame"}
HOSTILE = '<script>alert(1)</script> "neutron" &amp; <img src=x onerror=y>'


@pytest.fixture(autouse=True)
def nothing_remembered() -> None:
    REMEMBERED._kept.clear()
    remote._CACHE._kept.clear()


@pytest.fixture
def api() -> PanoscServer:
    records: list[Any] = found(12)
    records[3]["title"] = "Neutron reflectometry of water"
    records[4]["title"] = HOSTILE
    return PanoscServer({"datasets": records})


@pytest.fixture
def server(api: PanoscServer) -> Iterator[Server]:
    with searching(api) as running:
        yield running


@pytest.fixture
def here(tmp_path: Path, server: Server) -> Iterator[Catalogue]:
    opened = Catalogue(load_settings({"ALMAGEST_HOME": str(tmp_path), "ALMAGEST_TOKEN": "sesame"}))
    opened.sources.add(
        Source(
            name="facility",
            kind="panosc",
            url=server.url,
            options={"live": "yes", "grace": "0", "kinds": "datasets"},
        )
    )
    yield opened
    opened.close()


@pytest.fixture
def client(here: Catalogue) -> FlaskClient:
    return create_app(here).test_client()


def asked(client: FlaskClient, query: str) -> dict[str, Any]:
    answer = client.get(f"/api/v1/remote?{query}")
    assert answer.status_code == 200, answer.text
    (one,) = answer.json["remotes"]
    return dict(one)


def take(client: FlaskClient, identifier: str, source: str = "facility", **more: Any) -> Any:
    body = {"source": source, "identifier": identifier}
    return client.post("/api/v1/remote/harvest", json=body, headers=TOKEN, **more)


def test_rest_tells_what_is_elsewhere_and_what_is_here_already(client: FlaskClient) -> None:
    one = asked(client, "q=water+neutron&type=dataset")
    assert (one["source"], one["status"], one["not_asked"], one["error"]) == (
        "facility",
        "answered",
        ["type"],
        None,
    )
    hit = one["hits"][0]
    assert hit["titles"][0]["value"] == "Neutron reflectometry of water"
    assert (hit["remote"], hit["held"]) == (True, None)
    assert hit["provenance"]["identifier"] == "datasets/20.500.12269/0003"
    taken = take(client, hit["provenance"]["identifier"])
    assert (taken.status_code, taken.json["status"], taken.json["id"]) == (201, "created", hit["id"])
    assert client.get(f"/api/v1/records/{hit['id']}").json["titles"] == hit["titles"]
    assert client.get(f"/api/v1/records/{hit['id']}/raw").json["pid"] == "20.500.12269/0003"
    again = asked(client, "q=water+neutron&type=dataset")["hits"][0]
    assert again["held"] == f"http://localhost:8080/api/v1/records/{hit['id']}"
    assert take(client, hit["provenance"]["identifier"]).json["status"] == "unchanged"


def test_the_same_is_not_asked_twice_within_a_minute(client: FlaskClient, server: Server) -> None:
    asked(client, "q=water")
    number = len(server.asked)
    asked(client, "q=water")
    assert len(server.asked) == number
    asked(client, "q=neutron")
    assert len(server.asked) == number + 1


def test_only_the_operator_takes_records_in(client: FlaskClient, here: Catalogue) -> None:
    body = {"source": "facility", "identifier": "datasets/20.500.12269/0003"}
    assert client.post("/api/v1/remote/harvest", json=body).status_code == 401
    wrong = client.post("/api/v1/remote/harvest", json=body, headers={"Authorization": "Bearer x"})
    assert wrong.status_code == 401
    form = {"pick": "facility datasets/20.500.12269/0003", "token": "sesame"}
    assert client.post("/remote/harvest", data=form).status_code == 403
    foreign = {"Origin": "https://evil.example.org", "Sec-Fetch-Site": "cross-site"}
    assert client.post("/remote/harvest", data=form, headers=foreign).status_code == 403
    ours = {"Origin": "http://localhost:8080", "Sec-Fetch-Site": "same-origin"}
    assert client.post("/remote/harvest", data={**form, "token": "x"}, headers=ours).status_code == 401
    assert here.store.last_sequence() == 0
    done = client.post("/remote/harvest", data=form, headers=ours)
    assert done.status_code == 303 and here.store.last_sequence() == 1
    assert client.get(done.headers["Location"]).status_code == 200


def test_what_was_taken_in_is_neither_doubled_nor_lost_by_a_harvest(
    client: FlaskClient, here: Catalogue, api: PanoscServer
) -> None:
    id = take(client, "datasets/20.500.12269/0003").json["id"]
    sequence = here.store.last_sequence()
    (run,) = harvest(here, ["facility"])
    assert (run.status, run.created, run.unchanged, run.deleted) == ("succeeded", 11, 1, 0)
    assert here.store.change(id).sequence == sequence
    del api.records["datasets"][3]
    (run,) = harvest(here, ["facility"])
    assert (run.status, run.deleted) == ("succeeded", 1)
    assert here.store.change(id).record is None


def test_a_run_that_was_cut_off_still_goes_on_after_a_record_was_taken_in(
    client: FlaskClient, here: Catalogue
) -> None:
    run = here.sources.begin_run("facility", full=True)
    run = here.store.put_page(run, Page(records=(), checkpoint={"at": 7}), read)
    here.sources.finish_run(run, "failed", error="cut off")
    before = here.sources.runs("facility")
    assert take(client, "datasets/20.500.12269/0003").status_code == 201
    assert here.sources.runs("facility") == before
    on = here.sources.begin_run("facility", full=True)
    assert (on.resumed, on.checkpoint) == (True, {"at": 7})


def test_a_source_that_is_only_asked_is_never_harvested_as_a_whole(
    client: FlaskClient, here: Catalogue, api: PanoscServer, server: Server
) -> None:
    options = {"live": "only", "kinds": "datasets"}
    here.sources.add(Source(name="picked", kind="panosc", url=server.url, options=options))
    ids = [take(client, f"datasets/20.500.12269/000{number}", "picked").json["id"] for number in (3, 5)]
    api.records["datasets"][3]["title"] = "Neutron reflectometry of heavy water"  # type: ignore[index]
    del api.records["datasets"][5]
    (run,) = harvest(here, ["picked"])
    assert (run.status, run.fetched, run.updated, run.deleted) == ("succeeded", 2, 1, 1)
    assert here.store.get(ids[0]).title == "Neutron reflectometry of heavy water"
    assert here.store.change(ids[1]).record is None
    (run,) = harvest(here, ["picked"], full=True)
    assert (run.fetched, run.unchanged) == (1, 1)


def test_what_is_not_there_and_what_may_not_be_asked_is_said(client: FlaskClient, here: Catalogue) -> None:
    gone = take(client, "datasets/none")
    assert (gone.status_code, "has no record «datasets/none»" in gone.json["detail"]) == (404, True)
    here.sources.add(Source(name="quiet", kind="oai-pmh", url="http://127.0.0.1:9/oai"))
    assert take(client, "x", "quiet").status_code == 404
    assert client.get("/api/v1/remote?q=x&remote=quiet").status_code == 404
    assert client.get("/api/v1/remote?q=a*").status_code == 400
    assert client.get("/api/v1/remote?q=x&size=1000").status_code == 400
    with here.database.source_lock("facility"):
        busy = take(client, "datasets/20.500.12269/0003")
    assert busy.status_code == 409 and "being harvested" in busy.json["detail"]


def test_the_page_shows_what_is_elsewhere_and_trusts_none_of_it(client: FlaskClient) -> None:
    page = client.get("/remote?q=neutron")
    assert page.status_code == 200 and page.headers["Cache-Control"] == "no-store"
    assert "<script" not in foreign(page.text) and "<img" not in page.text
    assert "Neutron reflectometry of water" in page.text and "· remote" in re.sub(r"<[^>]+>", "", page.text)
    assert "<button" not in page.text.partition("<main")[2].partition("</main>")[0]
    page = client.get("/remote?q=neutron&operator=yes")
    assert page.text.count('name="pick"') == 2
    assert 'value="facility datasets/20.500.12269/0003"' in page.text


def test_the_search_page_links_there_and_asks_nobody(client: FlaskClient, server: Server) -> None:
    page = client.get("/?q=neutron&type=dataset")
    assert 'href="/remote?q=neutron&amp;type=dataset"' in page.text
    assert server.asked == []
    here = client.get("/?q=neutron&cursor=", follow_redirects=True).text
    assert "/remote?q=neutron" in here


def test_one_visitor_cannot_ask_for_ever(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(remote.LIMITS, "client", 2)
    assert [client.get(f"/api/v1/remote?q=x{n}").status_code for n in range(3)] == [200, 200, 429]
    page = client.get("/remote?q=another")
    assert page.status_code == 429 and "Nobody was asked" in page.text


def test_a_remote_is_asked_no_oftener_than_its_source_says(client: FlaskClient, here: Catalogue) -> None:
    source = here.sources.get("facility")
    options = {**source.options, "max-requests-per-minute": "1"}
    here.sources.change(Source(name="facility", kind="panosc", url=source.url, options=options))
    assert asked(client, "q=water")["status"] == "answered"
    second = asked(client, "q=neutron")
    assert second["status"] == "failed" and "as often as it may be" in second["error"]


def test_another_almagest_is_searched_and_harvested(
    tmp_path: Path, client: FlaskClient, here: Catalogue
) -> None:
    base = {"ALMAGEST_HOME": str(tmp_path / "other"), "ALMAGEST_REPOSITORY_ID": "other.example.org"}
    other = Catalogue(load_settings(base))
    try:
        observatory.harvest(other, "observatory", observatory.observatory())
        with served(create_app(other)) as url:
            here.sources.add(Source(name="other", kind="oai-pmh", url=f"{url}/oai", options={"live": "only"}))
            theirs = client.get("/api/v1/remote?remote=other&type=dataset&size=50").json["remotes"][0]
            local = create_app(other).test_client().get("/api/v1/records?type=dataset&size=50").json
            assert theirs["status"] == "answered", theirs["error"]
            assert theirs["not_asked"] == [] and theirs["total"] == local["total"] > 0
            assert [hit["titles"] for hit in theirs["hits"]] == [hit["titles"] for hit in local["hits"]]
            hit = theirs["hits"][0]
            assert hit["provenance"]["identifier"] == f"oai:other.example.org:{local['hits'][0]['id']}"
            taken = take(client, hit["provenance"]["identifier"], "other")
            assert (taken.status_code, taken.json["id"]) == (201, hit["id"])
            assert here.store.get(hit["id"]).title == hit["titles"][0]["value"]
            (run,) = harvest(here, ["other"])
            assert (run.status, run.fetched, run.unchanged) == ("succeeded", 1, 1)
    finally:
        other.close()


def test_a_long_region_is_sent_elsewhere_as_it_is(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    asks: list[Any] = []

    def ask_all(settings: Any, sources: Any, ask: Any, *, at_end: Any, **_: Any) -> list[Any]:
        asks.append(ask)
        at_end()
        return []

    monkeypatch.setattr(remote, "ask_all", ask_all)
    moc = "10/" + ",".join(map(str, range(0, 1200, 2)))
    assert client.get("/api/v1/remote", query_string={"moc": moc, "q": "far"}).status_code == 200
    assert asks[0].parameters == [("q", "far"), ("moc", asks[0].query.moc)] and len(asks[0].query.moc) > 1500
