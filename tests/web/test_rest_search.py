"""Searches by POST, in JSON, as forms and with files; on the page; and at the command line."""

from __future__ import annotations

import gzip
import io
import os
import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.web.command_line import Home, one_sentence
from tests.web.page import read_page
from tests.web.test_coverage_search import client
from web import kept_regions
from web.kept_regions import LIFETIME, LONGEST_IN_ADDRESS

__all__ = ["client"]

LONG = "10/" + ",".join(map(str, range(0, 8000, 2))) + " 3/700"
MANY = b"9/" + b" ".join(b"%d" % n for n in range(0, 45_000, 2))
TABLE = b"""<VOTABLE version="1.4"><RESOURCE><TABLE>
<FIELD name="ra" ucd="pos.eq.ra;meta.main" unit="deg"/><FIELD name="dec" ucd="pos.eq.dec;meta.main"/>
<DATA><TABLEDATA><TR><TD>225</TD><TD>-14.5</TD></TR></TABLEDATA></DATA></TABLE></RESOURCE></VOTABLE>"""


def titles(answer: TestResponse) -> list[str]:
    assert answer.status_code == 200, answer.text
    assert answer.json is not None and answer.json["total"] >= len(answer.json["hits"])
    return [hit["titles"][0]["value"] for hit in answer.json["hits"]]


def sent(client: FlaskClient, data: bytes, path: str = "/api/v1/search", **fields: str) -> TestResponse:
    return client.post(path, data={"file": (io.BytesIO(data), "region"), **fields})


def test_the_same_by_post_as_by_get(client: FlaskClient) -> None:
    asked = {"moc": "0/0-11", "sort": "title", "type": "dataset"}
    expected = client.get("/api/v1/records", query_string=asked)
    for answer in (
        client.post("/api/v1/search", json=asked),
        client.post("/api/v1/search", json={**asked, "moc": {"0": list(range(12))}, "type": ["dataset"]}),
        client.post("/api/v1/search", data=asked),
        sent(client, b"0/0-11", sort="title", type="dataset", q=""),
        sent(client, gzip.compress(b'{"0":[0,1,2,3,4,5,6,7,8,9,10,11]}'), sort="title", type="dataset"),
    ):
        assert answer.json == expected.json and answer.json["total"] == 2


def test_highlights_and_trees_by_post_as_by_get(client: FlaskClient) -> None:
    asked = {"q": "far", "highlight": "true", "trees": "true"}
    expected = client.get("/api/v1/records", query_string=asked).json
    assert expected["hits"][0]["highlights"]
    assert client.post("/api/v1/search", data=asked).json == expected
    assert client.post("/api/v1/search", json={**asked, "highlight": True}).json == expected
    first = client.post("/api/v1/search", json={"moc": "0/0-11", "size": 1, "highlight": True})
    assert "highlight=true" in first.json["next"]


def test_positions_of_a_table_with_their_radius(client: FlaskClient) -> None:
    assert titles(sent(client, TABLE, radius="0.1")) == ["Spectra of the far sky"]
    assert titles(sent(client, TABLE.replace(b"-14.5", b"-60"), radius="0.1")) == []
    assert "needs a radius" in sent(client, TABLE).json["detail"]


def test_a_long_region_has_an_address_that_leads_on(client: FlaskClient) -> None:
    first = client.post("/api/v1/search", json={"moc": LONG, "size": 1, "sort": "title"})
    assert first.json["total"] == 2 and "region=" in first.json["next"] and len(first.json["next"]) < 300
    rest = client.get(first.json["next"].partition("8080")[2])
    assert titles(first) + titles(rest) == ["Andromeda in X-rays", "Spectra of the far sky"]
    page = sent(client, LONG.encode(), "/region", q="far")
    assert page.status_code == 303 and page.headers["Location"].startswith("/?q=far&region=")
    html = read_page(client.get(page.headers["Location"]).text)
    assert not html.errors and html.text_of("total") == "1 record"
    short = sent(client, b"9/4", "/region", type="dataset")
    assert short.headers["Location"] == "/?type=dataset&moc=9/4"


def test_a_long_region_in_an_address_leads_on_as_well(client: FlaskClient) -> None:
    moc = "10/" + ",".join(map(str, range(0, 1200, 2))) + " 0/0-11"
    assert LONGEST_IN_ADDRESS < len(moc) < 4000
    uneven = "10/" + ",".join(map(str, range(0, 1200, 2))) + " 3/700"
    for asked in (moc, uneven):
        first = client.get("/api/v1/records", query_string={"moc": asked, "size": 1, "sort": "title"})
        assert first.status_code == 200
        if first.json["next"]:
            assert client.get(first.json["next"].partition("8080")[2]).status_code == 200
    feed = re.search(
        r'href="(/feed.atom[^"]*region=[^"]*)"', client.get("/", query_string={"moc": uneven}).text
    )
    assert feed is not None and client.get(feed[1].replace("&amp;", "&")).status_code == 200


def test_a_region_is_kept_for_a_while(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def name(first: int) -> str:
        moc = "10/" + ",".join(map(str, range(first, first + 8000, 2)))
        return sent(client, moc.encode(), "/region").headers["Location"].partition("region=")[2]

    monkeypatch.setattr(kept_regions, "_BETWEEN_SWEEPS", 0)
    old, used = name(0), name(1)
    folder = Path(client.application.extensions["almagest"].settings.home) / "regions"
    for one in (old, used):
        os.utime(folder / one, (0, 10**9 + LIFETIME))
    assert client.get(f"/api/v1/records?region={used}").status_code == 200
    name(16_000)
    assert client.get(f"/api/v1/records?region={used}").status_code == 200
    gone = client.get(f"/api/v1/records?region={old}")
    assert gone.status_code == 400 and "30 days" in gone.json["detail"]
    monkeypatch.setattr(kept_regions, "_LIMITS", {"client": 3, "all": 9})
    assert sent(client, LONG.encode(), "/region").status_code == 429


@pytest.mark.parametrize(
    ("given", "status", "parameter"),
    [
        ({"json": {"moc": "x"}}, 400, "moc"),
        ({"json": {"moc": 5}}, 400, "moc"),
        ({"json": {"moc": {"6": "x"}}}, 400, "moc"),
        ({"json": {"colour": "red"}}, 400, "colour"),
        ({"json": [1]}, 400, "body"),
        ({"data": b'{"a": ' + b"[" * 50_000, "content_type": "application/json"}, 400, "body"),
        ({"data": b"<x/>", "content_type": "text/xml"}, 400, "body"),
        ({"data": {"moc": ["1/1", "1/2"]}}, 400, "moc"),
        ({"data": {"moc": "1/1", "file": (io.BytesIO(b"1/1"), "x")}}, 400, "file"),
        ({"data": {"file": (io.BytesIO(b""), "x")}}, 400, "file"),
        (
            {"data": {"file": (io.BytesIO(b"9/" + b" ".join(b"%d" % n for n in range(0, 45_000, 2))), "x")}},
            400,
            "moc",
        ),
        ({"data": {"radius": "200"}}, 400, "radius"),
        ({"data": {"region": "../../etc/passwd"}}, 400, "region"),
        ({"data": {"region": "0" * 32}}, 400, "region"),
        ({"data": {"file": (io.BytesIO(b"9/4 " * 2_600_000), "x")}}, 413, None),
        ({"data": b"x" * 11_000_001, "content_type": "application/json"}, 413, None),
        ({"data": {"file": (io.BytesIO(gzip.compress(b" " * 20_000_000, mtime=0)), "x")}}, 413, None),
    ],
)
def test_what_is_wrong_is_told(
    client: FlaskClient, given: dict[str, object], status: int, parameter: str
) -> None:
    answer = client.post("/api/v1/search", **given)  # type: ignore[arg-type]
    assert answer.status_code == status, answer.text
    assert answer.mimetype == "application/problem+json" and answer.json["detail"]
    assert answer.json.get("parameter") == parameter


def test_openapi_tells_of_it(client: FlaskClient) -> None:
    operation = client.get("/api/v1/openapi.json").json["paths"]["/api/v1/search"]["post"]
    forms = operation["requestBody"]["content"]
    assert set(forms) == {"application/json", "application/x-www-form-urlencoded", "multipart/form-data"}
    assert "413" in operation["responses"]
    assert "region" in client.get("/api/v1/docs").text


def test_the_longest_region_that_stands_in_an_address(client: FlaskClient) -> None:
    moc = "20/" + " ".join(str(10**9 + 2 * n) for n in range(200))
    assert len(moc) > LONGEST_IN_ADDRESS
    assert "region=" in sent(client, moc.encode(), "/region").headers["Location"]


def test_a_file_at_the_command_line(tmp_path: Path) -> None:
    home, path = Home(tmp_path, {}), tmp_path / "footprint.moc"
    path.write_text("0/0-11")
    done = home("search", "--moc-file", str(path))
    assert done.exit_code == 0 and "0 records" in done.stderr
    path.write_text("nothing")
    done = home("search", "--moc-file", str(path))
    assert done.exit_code == 2 and "no part of a MOC" in one_sentence(done)
