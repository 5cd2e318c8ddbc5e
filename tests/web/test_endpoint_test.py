"""«Test my endpoint»: the page and REST, for honest providers and for everybody else."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from html import escape
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from catalogue.errors import SettingsError
from catalogue.opening import Catalogue
from catalogue.record import Mapped, Provenance, RawRecord
from catalogue.settings import Settings, load_settings
from catalogue.sources import Source
from harvesters.base import Harvester, harvester_kinds
from mappings.base import read
from tests.harvesters.misbehaving import Item, Repository, Sent, Server, some
from tests.web.command_line import Home
from tests.web.page import foreign, read_page
from web import endpoint_test, preview
from web.app import create_app
from web.endpoint_test import RECORDS, asked_source, run_test, testable_kinds

ATTACK = "</title></textarea><script>window.hacked=1</script><img src=x onerror='window.hacked=1'>\"'"


@pytest.fixture
def server() -> Iterator[Server]:
    """An OAI-PMH server with 25 records."""
    with Server(Repository(some(25, sets=("a",)))) as running:
        yield running


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    """An empty catalogue that may ask private addresses."""
    opened = Catalogue(load_settings({"ALMAGEST_HOME": str(tmp_path), "ALMAGEST_ALLOW_PRIVATE": "yes"}))
    yield opened
    opened.close()


@pytest.fixture
def client(catalogue: Catalogue) -> FlaskClient:
    return create_app(catalogue).test_client()


def asked(client: FlaskClient, **values: str) -> Any:
    """What REST answers."""
    return client.get("/api/v1/sources/test", query_string=values)


def test_an_endpoint_is_told_and_previewed(client: FlaskClient, server: Server, catalogue: Catalogue) -> None:
    answer = asked(client, url=server.url)
    assert answer.status_code == 200 and answer.headers["Cache-Control"] == "no-store"
    told = answer.json
    assert (told["kind"], told["error"], told["faults"]) == ("oai-pmh", None, [])
    assert told["tried"] == [{"kind": "oai-pmh", "title": "OAI-PMH 2.0"}]
    assert told["endpoint"]["records"] == 25 and told["endpoint"]["sets"] == ["a"]
    assert len(told["records"]) == RECORDS and told["records"][0]["status"] == "mapped"
    assert told["records"][0]["record"]["titles"][0]["value"]
    assert told["requests"] == len(server.asked)
    assert catalogue.sources.all() == []


def test_the_page_shows_the_same(client: FlaskClient, server: Server) -> None:
    server.repository.honours_dates = False
    text = client.get("/sources/test", query_string={"url": server.url}).text
    page = read_page(text)
    assert page.errors == []
    for part in (
        "It works, with 1 fault",
        "Test repository",
        "It ignores from",
        "To do:",
        "20 of 20 can be read",
    ):
        assert part in text, part
    assert client.get(page.link("JSON")).json["endpoint"]["name"] == "Test repository"


def test_the_form_alone(client: FlaskClient) -> None:
    page = read_page(client.get("/sources/test").text)
    assert page.errors == [] and page.by_id("url").get("value") == ""
    assert "OAI-PMH 2.0" in client.get("/sources/test").text


def test_a_whole_request_is_taken_for_its_base_url(client: FlaskClient, server: Server) -> None:
    assert asked(client, url=server.url + "?verb=Identify").json["kind"] == "oai-pmh"


def test_set_and_format_are_asked_for(client: FlaskClient, server: Server) -> None:
    told = asked(client, url=server.url, set="b", prefix="oai_dc", kind="oai-pmh").json
    assert told["endpoint"]["records"] == 0 and "It lists no set «b»" in told["faults"][0]["fault"]


def test_records_that_cannot_be_read_do_not_hide_the_others(client: FlaskClient, server: Server) -> None:
    broken = Item(identifier="broken", metadata="<x xmlns='urn:x'>no record</x>")
    server.repository.items = [*some(2), broken, Item(identifier="gone", deleted=True)]
    told = asked(client, url=server.url).json
    assert [line["status"] for line in told["records"]] == ["mapped", "mapped", "refused", "deleted"]
    assert "cannot be read" in client.get("/sources/test", query_string={"url": server.url}).text


def test_a_crosswalk_that_hangs_or_breaks_costs_one_record(
    client: FlaskClient, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.repository.items = some(4)

    def slow(raw: RawRecord, provenance: Provenance) -> Mapped:
        if raw.identifier == server.repository.items[1].identifier:
            raise ZeroDivisionError
        while raw.identifier == server.repository.items[2].identifier:
            time.sleep(0.01)
        return read(raw, provenance)

    monkeypatch.setattr(preview, "read", slow)
    monkeypatch.setattr(Source, "record_timeout", 0.5)
    told = asked(client, url=server.url, kind="oai-pmh").json
    assert told["error"] is None
    assert [line["status"] for line in told["records"]] == ["mapped", "refused", "refused", "mapped"]
    assert "has a bug" in told["records"][1]["reason"] and "took longer" in told["records"][2]["reason"]


def test_what_is_none_of_the_protocols_says_what_was_tried(client: FlaskClient, server: Server) -> None:
    server.script = lambda asked, sent: Sent(
        body=b"<html>Hello</html>", headers={"Content-Type": "text/html"}
    )
    told = asked(client, url=server.url).json
    assert told["kind"] is None and told["endpoint"] is None
    assert {one["kind"] for one in told["tried"]} >= {"oai-pmh"}
    assert all(one["why_not"] for one in told["tried"])
    assert told["error"].startswith("It speaks none of the protocols that were tried")
    text = client.get("/sources/test", query_string={"url": server.url}).text
    assert "No harvest is possible" in text and "What was tried" in text


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:8009/oai",
        "http://169.254.169.254/latest/meta-data",
        "http://[::1]:8009/oai",
        "http://localhost:8009/oai",
        "http://2130706433/",
    ],
)
def test_private_addresses_are_refused(tmp_path: Path, url: str) -> None:
    catalogue = Catalogue(load_settings({"ALMAGEST_HOME": str(tmp_path)}))
    try:
        client = create_app(catalogue).test_client()
        told = asked(client, url=url).json
        assert "private address" in told["error"] and told["requests"] == 0 and told["records"] == []
    finally:
        catalogue.close()


def test_names_that_resolve_to_private_addresses_are_refused(tmp_path: Path) -> None:
    settings = load_settings({"ALMAGEST_HOME": str(tmp_path)})
    source = asked_source("https://rebound.example/oai", None)
    found = run_test(settings, source, guess=True, resolver=lambda host, port: ["10.0.0.7"])
    assert "private address" in (found.error or "") and found.requests == 0


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "gopher://127.0.0.1:6379/_INFO",
        "javascript:alert(1)",
        "/etc/passwd",
        "http://user:secret@example.org/oai",
        "http://",
        "http://[broken",
        "http://exa mple.org/oai",
        "https://example.org/" + "x" * 1000,
    ],
)
def test_what_is_no_public_address_is_a_wrong_call(client: FlaskClient, url: str) -> None:
    answer = asked(client, url=url)
    assert answer.status_code == 400 and answer.json["detail"]
    page = client.get("/sources/test", query_string={"url": url})
    assert page.status_code == 400 and read_page(page.text).errors == []
    assert "This cannot be tested" in page.text


def test_no_url_no_test(client: FlaskClient) -> None:
    assert asked(client).status_code == 400
    assert asked(client, url="").status_code == 400
    assert client.get("/sources/test?url=").status_code == 200


class Folder(Harvester):
    """A kind whose addresses are folders of this machine."""

    kind = "folder"
    title = "A folder"
    local = True


def test_local_kinds_are_not_tested(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    kinds = {**harvester_kinds(), "folder": Folder}
    monkeypatch.setattr(endpoint_test, "harvester_kinds", lambda: kinds)
    assert "folder" not in testable_kinds()
    assert all(not harvester_kinds()[kind].local for kind in testable_kinds() if kind in harvester_kinds())
    answer = asked(client, url="/etc", kind="folder")
    assert answer.status_code == 400 and "«folder» cannot be tested" in answer.json["detail"]
    for local in ("file", "nonsense"):
        with pytest.raises(SettingsError, match="cannot be tested"):
            asked_source("/etc/passwd", local)


def test_a_tested_source_has_no_secrets() -> None:
    source = asked_source("https://example.org/oai", "oai-pmh")
    assert source.token is None and set(source.options) == {"timeout"}


def test_hostile_texts_stay_texts(client: FlaskClient, server: Server) -> None:
    server.repository.items = [Item(identifier=ATTACK, title=ATTACK, sets=(escape(ATTACK),))]
    attack = escape(ATTACK).encode()
    server.script = lambda asked, sent: replace(sent, body=sent.body.replace(b"Test repository", attack))
    text = client.get("/sources/test", query_string={"url": server.url, "prefix": "oai_dc"}).text
    assert "<script" not in foreign(text) and "onerror='" not in text and read_page(text).errors == []
    assert "&lt;script&gt;" in text
    given = client.get("/sources/test", query_string={"url": f"http://x/{ATTACK}", "set": ATTACK})
    assert "<script" not in foreign(given.text) and read_page(given.text).errors == []


def test_a_client_has_so_many_tests(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(endpoint_test, "LIMITS", {"client": 2, "host": 5, "all": 9})
    wrong = {"url": "http://127.0.0.1:1/oai", "kind": "oai-pmh"}
    assert [asked(client, **wrong).status_code for _ in range(2)] == [200, 200]
    often = asked(client, **wrong)
    assert often.status_code == 429 and 0 < int(often.headers["Retry-After"]) <= 601
    page = client.get("/sources/test", query_string=wrong)
    assert page.status_code == 429 and "come again in" in page.text and page.headers["Retry-After"]
    other = client.get("/api/v1/sources/test", query_string=wrong, environ_base={"REMOTE_ADDR": "8.8.8.8"})
    assert other.status_code == 200


def test_a_host_is_tested_so_many_times_by_everybody(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(endpoint_test, "LIMITS", {"client": 9, "host": 2, "all": 9})
    wrong = {"url": "http://127.0.0.1:1/oai", "kind": "oai-pmh"}
    statuses = [
        client.get("/api/v1/sources/test", query_string=wrong, environ_base={"REMOTE_ADDR": f"8.8.8.{n}"})
        for n in range(3)
    ]
    assert [answer.status_code for answer in statuses] == [200, 200, 429]


@contextmanager
def silent() -> Iterator[str]:
    """A server that takes requests and says one byte of a header every fifth of a second."""
    listener = socket.create_server(("127.0.0.1", 0))
    ended = threading.Event()

    def serve(connection: socket.socket) -> None:
        with connection:
            try:
                connection.recv(4096)
                connection.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
                while not ended.wait(0.2):
                    connection.sendall(b"x")
            except OSError:
                return

    def accept() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=serve, args=(connection,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/oai"
    finally:
        ended.set()
        listener.close()


def test_a_test_ends_when_its_time_is_up(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(endpoint_test, "SECONDS", 1.0)
    with silent() as url:
        begun = time.monotonic()
        told = asked(client, url=url, kind="oai-pmh").json
        assert time.monotonic() - begun < 4
        assert "within 1 seconds" in told["error"]
        deadline = time.monotonic() + 10
        while [one for one in threading.enumerate() if one.name == "endpoint test"]:
            assert time.monotonic() < deadline, "its thread is left behind"
            time.sleep(0.05)


def test_what_was_found_before_the_time_was_up_is_told(catalogue: Catalogue, server: Server) -> None:
    source = asked_source(server.url, "oai-pmh")

    def script(asked: Any, sent: Sent) -> Sent:
        if len(server.lists()) > 4:
            time.sleep(2)
        return sent

    server.repository.page_size = 5
    server.script = script
    found = run_test(catalogue.settings, source, guess=False, seconds=1.0)
    assert found.probe is not None and found.probe.name == "Test repository"
    assert found.error is not None and found.kind == "oai-pmh"


def test_so_many_at_a_time(
    catalogue: Catalogue, client: FlaskClient, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, ended = threading.Event(), threading.Event()

    def wait(settings: Settings, source: Source, **more: Any) -> Any:
        begun.set()
        ended.wait(20)
        more["at_end"]()
        return endpoint_test.EndpointTest(url=source.url)

    monkeypatch.setattr(endpoint_test, "run_test", wait)
    places = catalogue.settings.workers
    threads = [
        threading.Thread(target=lambda: asked(client, url=server.url), daemon=True) for _ in range(places)
    ]
    for thread in threads:
        thread.start()
    deadline = time.monotonic() + 10
    answer = None
    while time.monotonic() < deadline:
        time.sleep(0.3)
        if sum(thread.is_alive() for thread in threads) == places and begun.is_set():
            answer = (
                create_app(catalogue)
                .test_client()
                .get("/api/v1/sources/test", query_string={"url": server.url})
            )
            break
    ended.set()
    for thread in threads:
        thread.join(10)
    assert answer is not None and answer.status_code == 429 and "taken just now" in answer.json["detail"]
    assert asked(client, url=server.url).status_code == 200


def test_a_kind_that_needs_an_option_does_not_hide_the_others(
    client: FlaskClient, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    def needy(self: Harvester) -> None:
        raise SettingsError("It needs an option.")

    monkeypatch.setattr(harvester_kinds()["oai-pmh"], "probe", needy)
    tried = asked(client, url=server.url).json["tried"]
    assert tried[0]["why_not"] == "It needs an option." and len(tried) > 1


def test_a_bug_is_one_sentence(
    client: FlaskClient, server: Server, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def bug(self: Harvester) -> None:
        raise ZeroDivisionError("secret detail")

    monkeypatch.setattr(harvester_kinds()["oai-pmh"], "probe", bug)
    told = asked(client, url=server.url).json
    assert "fault of its own" in told["error"] and "secret detail" not in str(told)
    assert "secret detail" in caplog.text


def test_the_command_line_shows_faults_and_hints(server: Server, tmp_path: Path) -> None:
    home = Home(tmp_path, {})
    server.repository.honours_dates = False
    assert home("source", "add", "one", "--kind", "oai-pmh", "--url", server.url).exit_code == 0
    shown = home("source", "test", "one")
    assert shown.exit_code == 0, shown.output
    assert "fault         It ignores from" in shown.stdout
    assert "  to do       Without selective harvesting" in shown.stdout
    assert len(home.json("source", "test", "one")) == RECORDS
