"""Pages, data and files of ours travel compressed, and are the same when they are undone."""

from __future__ import annotations

import gzip

import pytest
from flask.testing import FlaskClient

GZIP = {"Accept-Encoding": "gzip, br"}


@pytest.mark.parametrize(
    "path", ["/", "/api/v1/records", "/static/almagest.css", "/static/page.js", "/static/suggest.js"]
)
def test_what_is_compressed_is_the_same(client: FlaskClient, path: str) -> None:
    plain, packed = client.get(path), client.get(path, headers=GZIP)
    assert plain.headers.get("Content-Encoding") is None
    assert "Accept-Encoding" in plain.headers["Vary"] and "Accept-Encoding" in packed.headers["Vary"]
    if len(plain.data) >= 1000:
        assert packed.headers["Content-Encoding"] == "gzip"
        assert gzip.decompress(packed.data) == plain.data
        assert len(packed.data) < len(plain.data) / 2
    assert int(packed.headers["Content-Length"]) == len(packed.data)


def test_a_kept_copy_stays_valid(client: FlaskClient) -> None:
    for path in ("/static/almagest.css", "/records/" + first(client)):
        packed = client.get(path, headers=GZIP)
        if etag := packed.headers.get("ETag"):
            assert etag.startswith("W/")
            again = client.get(path, headers={**GZIP, "If-None-Match": etag})
            assert again.status_code == 304 and again.data == b""


def first(client: FlaskClient) -> str:
    return str(client.get("/api/v1/records").get_json()["hits"][0]["id"])


def test_streams_and_refusals_of_gzip_are_left_alone(client: FlaskClient) -> None:
    assert "Content-Encoding" not in client.get("/api/v1/export?format=csv", headers=GZIP).headers
    assert "Content-Encoding" not in client.get("/", headers={"Accept-Encoding": "gzip;q=0"}).headers
    assert "Content-Encoding" not in client.get("/", headers={"Accept-Encoding": "br"}).headers


def test_the_first_page_is_light(client: FlaskClient) -> None:
    paths = ["/", "/static/almagest.css", "/static/icon.svg"]
    paths += [
        f"/static/{name}.js" for name in ("page", "basket", "brush", "copy", "keys", "sky_map", "suggest")
    ]
    sizes = [
        len(client.get(path, headers=GZIP).data) for path in paths if client.get(path).status_code == 200
    ]
    assert sum(sizes) < 50_000
