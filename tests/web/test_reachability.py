"""Whether a file can be reached: from a server on this machine; and nothing private is asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, Response, redirect

from catalogue.opening import Catalogue
from catalogue.record import Distribution, record_id
from catalogue.settings import load_settings
from tests.web.conftest import served
from tests.web.observatory import harvest, record
from tests.web.page import foreign
from tests.web.test_pages_record import ATTACK
from web import reachability
from web.app import create_app
from web.reachability import LIMITS, check

DATA = record_id("lab", "data")


@pytest.fixture
def store() -> Iterator[str]:
    """A server with a large file, one that is not there, one for members, and a way out to a private host."""
    app = Flask("store")
    views: dict[str, Callable[[], Any]] = {
        "x.fits": lambda: Response(
            b"x" * 5000, 206, {"Content-Range": "bytes 0-0/5000"}, mimetype="image/fits"
        ),
        "whole": lambda: Response(b"y" * 10**6 for _ in range(10**5)),
        "closed": lambda: Response(status=403),
        "broken": lambda: Response(status=500),
        "away": lambda: redirect("http://127.0.0.1:9/secret"),
    }
    for name, view in views.items():
        app.add_url_rule(f"/{name}", name, view)
    with served(app) as base:
        yield base


@pytest.fixture
def laboratory(tmp_path: Path, store: str) -> Iterator[Catalogue]:
    host = store.removeprefix("http://")
    opened = Catalogue(load_settings({"ALMAGEST_HOME": str(tmp_path), "ALMAGEST_GUEST_ADDRESSES": host}))
    files = tuple(
        Distribution(url=url, title=ATTACK, size=17)
        for url in (f"{store}/x.fits", "root://eos.example.org//x", "http://127.0.0.1:22/", f"{store}/none")
    )
    harvest(opened, "lab", [record("data", f"Data {ATTACK}", distributions=files)])
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("path", "reachable", "says"),
    [
        ("/x.fits", True, "It can be fetched, but has 5000 bytes; the record says 17."),
        ("/whole", True, "It can be fetched."),
        ("/closed", False, "asks for a login or a token (status 403)"),
        ("/none", False, "not there (status 404)"),
        ("/broken", False, "fails at it (status 500)"),
        ("/away", False, "only public addresses"),
    ],
)
def test_what_is_found_is_told_in_a_sentence(
    laboratory: Catalogue, store: str, path: str, reachable: bool, says: str
) -> None:
    found = check(laboratory.settings, Distribution(url=store + path, size=17))
    assert (found.reachable, says in found.says) == (reachable, True), found.says
    assert found.seconds < 5


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1/", "http://[::1]:80/", "http://169.254.169.254/latest", "http://localhost:6379/"],
)
def test_nothing_private_is_asked(laboratory: Catalogue, url: str) -> None:
    found = check(laboratory.settings, Distribution(url=url))
    assert not found.reachable and "only public addresses" in found.says


def test_a_name_that_leads_inside_is_not_asked(laboratory: Catalogue) -> None:
    found = check(
        laboratory.settings,
        Distribution(url="https://data.example.org/x"),
        resolver=lambda host, port: ["93.184.216.34", "10.0.0.7"],
    )
    assert "only public addresses" in found.says


def test_rest_tells_of_a_file_by_its_number(laboratory: Catalogue) -> None:
    client = create_app(laboratory).test_client()
    path = f"/api/v1/records/{DATA}/reachable"
    found = client.post(path, json={"file": 0})
    assert found.status_code == 200 and found.headers["Cache-Control"] == "no-store"
    assert found.get_json()["reachable"] and found.get_json()["size"] == 5000
    assert found.get_json()["media_type"] == "image/fits"
    for body, status, reason in (
        ({"file": 1}, 400, "http(s) address"),
        ({"file": 9}, 400, "the record has 4"),
        ({"file": -1}, 400, "file"),
        ({}, 400, "file"),
    ):
        wrong = client.post(path, json=body)
        assert wrong.status_code == status and reason in wrong.get_json()["detail"], wrong.text
    assert client.post("/api/v1/records/00000000000000000000/reachable", json={"file": 0}).status_code == 404


def test_the_page_has_buttons_that_work_without_script(laboratory: Catalogue) -> None:
    client = create_app(laboratory).test_client()
    page = client.get(f"/records/{DATA}/use").text
    assert (
        page.count(">Can it be reached?<") == 3 and "hacked" in page and foreign(page).count("<script") == 1
    )
    found = client.post(f"/records/{DATA}/use/reachable", data={"file": "0"})
    assert (
        found.status_code == 200 and "has 5000 bytes" in found.text and "<script" not in foreign(found.text)
    )
    assert "only public addresses" in client.post(f"/records/{DATA}/use/reachable", data={"file": "2"}).text
    assert client.post(f"/records/{DATA}/use/reachable", data={"file": "²"}).status_code == 400
    assert client.get(f"/records/{DATA}/use/reachable").status_code == 303


def test_a_visitor_may_not_ask_for_ever(laboratory: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reachability, "LIMITS", {**LIMITS, "client": 2})
    client = create_app(laboratory).test_client()
    answers = [client.post(f"/api/v1/records/{DATA}/reachable", json={"file": 0}) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[2].headers["Retry-After"]


def test_a_slow_host_is_not_waited_for(laboratory: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reachability, "SECONDS", -1.0)
    found = check(laboratory.settings, Distribution(url="https://data.example.org/x"))
    assert "has not answered within" in found.says
