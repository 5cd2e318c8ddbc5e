"""The page of uses, the links on a record's own page, the files made, and REST."""

from __future__ import annotations

from html import unescape

import pytest

from catalogue.opening import Catalogue
from catalogue.record import Distribution, Environment, record_id
from tests.web.observatory import harvest, record
from tests.web.page import foreign
from tests.web.test_pages_record import ATTACK
from web.app import create_app

DATA, CODE, BARE = (record_id("lab", name) for name in ("data", "code", "bare"))


@pytest.fixture
def laboratory(empty: Catalogue) -> Catalogue:
    files = tuple(
        Distribution(url=f"https://a.example.org/run{n}.fits?x=$(id)", title=f"Run {n} {ATTACK}")
        for n in range(150)
    )
    code = Environment(repository="https://github.com/lab/code")
    harvest(
        empty,
        "lab",
        [
            record("data", "Data", distributions=files),
            record("code", "Code", kind="software", environment=code),
            record("bare", "Bare"),
        ],
    )
    return empty


def test_a_record_leads_to_its_uses(laboratory: Catalogue) -> None:
    client = create_app(laboratory).test_client()
    data, code, bare = (client.get(f"/records/{id}").text for id in (DATA, CODE, BARE))
    assert f'<a href="/records/{DATA}/use">All ways to fetch, run and open it</a>' in data
    assert "https://mybinder.org/v2/gh/lab/code/HEAD" in code
    assert "/use" not in bare


def test_the_page_of_uses_shows_commands_and_injects_nothing(laboratory: Catalogue) -> None:
    answer = create_app(laboratory).test_client().get(f"/records/{DATA}/use")
    assert answer.status_code == 200
    text = unescape(answer.text)
    assert "curl --globoff" in text and "run0.fits?x=$(id)" in text
    assert "More files are in" in text
    assert foreign(answer.text).count("<script") == 1 and 'src="/static/samp.js"' in answer.text
    assert "connect-src http://127.0.0.1:21012" in answer.headers["Content-Security-Policy"]


def test_what_can_not_be_used_says_so(laboratory: Catalogue) -> None:
    client = create_app(laboratory).test_client()
    assert "Nothing is offered" in client.get(f"/records/{BARE}/use").text
    assert client.get("/records/00000000000000000000/use").status_code == 404
    wrong = client.get(f"/records/{DATA}/use/http/x.txt", headers={"Accept": "application/json"})
    assert wrong.status_code == 404
    assert "makes no file «x.txt»" in wrong.get_json()["detail"]


def test_rest_tells_the_same(laboratory: Catalogue) -> None:
    client = create_app(laboratory).test_client()
    found = client.get(f"/api/v1/records/{DATA}/uses").get_json()["uses"]
    (http,) = [one for one in found if one["target"] == "http"]
    assert (http["target"], http["kind"], len(http["offers"]), http["more"]) == ("http", "fetch", 300, False)
    assert http["offers"][0]["file"] == "https://a.example.org/run0.fits?x=$(id)"
    assert client.get(f"/api/v1/records/{BARE}/uses").get_json() == {"id": BARE, "uses": []}
