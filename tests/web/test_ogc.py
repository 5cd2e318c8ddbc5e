"""OGC API – Records: asked by OWSLib over a socket, and what it answers to requests that are wrong."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient
from openapi_spec_validator import validate
from owslib.ogcapi.records import Records

from catalogue.errors import IndexUnavailable
from catalogue.opening import Catalogue
from catalogue.record import Coverage, Interval, Place, Point, TimeCoverage
from catalogue.settings import load_settings
from tests.web.conftest import served
from tests.web.observatory import harvest, observatory, record
from tests.web.test_demo import free_port
from web.app import create_app
from web.ogc_parameters import MOST_IDS
from web.result_window import LAST_POSITION

ITEMS = "/ogc/collections/records/items"
LENSING = "Weak lensing shear catalogue of the southern sky, third release"
PULSARS = "X-ray spectra of accreting pulsars"
NEUTRINOS = "Reconstructed neutrino events above 100 TeV"


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[Records]:
    """OWSLib at the observatory's catalogue, which knows its own address."""
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    catalogue = Catalogue(load_settings({"ALMAGEST_HOME": str(tmp_path), "ALMAGEST_BASE_URL": base}))
    harvest(catalogue, "observatory", observatory())
    with served(create_app(catalogue), port):
        yield Records(f"{base}/ogc")
    catalogue.close()


def titles(answer: dict) -> list[str]:
    return [one["properties"]["title"] for one in answer["features"]]


def test_owslib_finds_its_way(reader: Records) -> None:
    assert reader.records() == ["records"]
    declared = {one.rpartition("/")[2] for one in reader.conformance()["conformsTo"] if "records-1" in one}
    assert declared >= {"record-core", "record-collection", "record-api", "searchable-catalog"}
    collection = reader.collection("records")
    assert collection["itemType"] == "record"
    assert {one["rel"] for one in collection["links"]} >= {"self", "items"}
    assert reader.collections()["collections"] == [collection]
    document = reader.api()
    validate(document)
    names = {one["name"] for one in document["paths"]["/collections/{collection}/items"]["get"]["parameters"]}
    assert {"q", "bbox", "datetime", "type", "ids", "externalIds", "limit", "offset", "sortby"} <= names


def test_owslib_searches_and_reads_records(reader: Records) -> None:
    found = reader.collection_items("records", q="pulsars")
    assert (found["numberMatched"], found["numberReturned"], titles(found)) == (1, 1, [PULSARS])
    (one,) = found["features"]
    assert reader.collection_item("records", one["id"]) == one
    assert (
        reader.collection_items("records", limit=1, offset=6, sortby=("issued", "asc"))["numberReturned"] == 1
    )
    by_id = reader.collection_items("records", ids=one["id"])
    assert titles(by_id) == [PULSARS]
    assert titles(reader.collection_items("records", externalIds="10.5072/shear.3")) == [LENSING]
    assert titles(reader.collection_items("records", datetime_="2017-01-01/..")) == [LENSING]
    assert titles(reader.collection_items("records", bbox=[-180, -90, 180, 90])) == []
    with pytest.raises(RuntimeError, match="There is no collection"):
        reader.collection_items("others")
    with pytest.raises(RuntimeError, match="limit"):
        reader.collection_items("records", limit=0)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=neutrino", [NEUTRINOS]),
        ("q=neutrino events", [NEUTRINOS]),
        ("q=events neutrino", []),
        ("q=pulsars,neutrino", [NEUTRINOS, PULSARS]),
        ("q=pulsars,%20,", [PULSARS]),
        ('q=creator:okafor "and', []),
        ("type=service", ["TAP service of the Southern Sky Data Centre"]),
        ("type=workflow,service&q=southern", ["TAP service of the Southern Sky Data Centre"]),
        ("datetime=2018-05-01", [LENSING]),
        ("datetime=2018-05-01T12:00:00Z", [LENSING]),
        ("datetime=../2015-01-01", []),
        ("datetime=2020", [LENSING]),
        (
            "externalIds=https://doi.org/10.5072/PAPER.7,ivo://example.org/shear",
            ["Kosmologische Parameter aus schwachen Gravitationslinsen", LENSING],
        ),
        ("q=pulsars&f=json", [PULSARS]),
        ("q=nothing-of-this-kind", []),
    ],
)
def test_what_is_found(client: FlaskClient, query: str, found: list[str]) -> None:
    answer = client.get(f"{ITEMS}?{query}")
    assert answer.status_code == 200, answer.json
    assert answer.mimetype == "application/geo+json"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert sorted(titles(answer.json)) == found
    assert answer.json["numberMatched"] == answer.json["numberReturned"] == len(found)


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("q=%22%22", "q"),
        ("q=...", "q"),
        ("q=a&q=b", "q"),
        ("colour=red", "colour"),
        ("limit=0", "limit"),
        ("limit=many", "limit"),
        ("offset=-1", "offset"),
        (f"offset={LAST_POSITION}", "offset"),
        ("offset=5&cursor=abc", "offset"),
        ("cursor=abc", "cursor"),
        ("bbox=1,2,3", "bbox"),
        ("bbox=1,2,3,north", "bbox"),
        ("bbox=0,10,5,0", "bbox"),
        ("bbox=5,45,0,7,47", "bbox"),
        ("datetime=57000/58000", "datetime"),
        ("datetime=soon", "datetime"),
        ("datetime=../..", "datetime"),
        ("datetime=2020/2010", "time"),
        ("sortby=colour", "sortby"),
        ("sortby=-title", "sortby"),
        ("ids=,", "ids"),
        ("externalIds=" + ",".join(f"n{n}" for n in range(MOST_IDS + 1)), "externalIds"),
        ("f=html", "f"),
    ],
)
def test_what_is_wrong_is_a_problem(client: FlaskClient, query: str, parameter: str) -> None:
    answer = client.get(f"{ITEMS}?{query}")
    assert answer.status_code == 400
    assert answer.mimetype == "application/problem+json"
    assert answer.json["parameter"] == parameter and answer.json["detail"]


def test_orders(client: FlaskClient) -> None:
    def sorted_by(order: str) -> list[str]:
        return titles(client.get(f"{ITEMS}?sortby={order}&limit=100").json)

    assert (
        sorted_by("title")
        == sorted_by("+title")
        == sorted_by("%2Btitle")
        == sorted(sorted_by("title"), key=str.lower)
    )
    assert sorted_by("issued") == sorted_by("-issued")[::-1]
    assert sorted_by("-issued")[0].startswith("Kosmologische")


def test_links_lead_through_all_pages(client: FlaskClient) -> None:
    for start in (
        "limit=3",
        "limit=3&sortby=title",
        "limit=2&offset=1",
        "limit=2&q=sky,pulsars,magnet,shear",
    ):
        first = client.get(f"{ITEMS}?{start}").json
        ids, page = [one["id"] for one in first["features"]], first
        while following := [one["href"] for one in page["links"] if one["rel"] == "next"]:
            parts = urlsplit(following[0])
            page = client.get(f"{parts.path}?{parts.query}").json
            assert page["numberMatched"] == first["numberMatched"]
            ids += [one["id"] for one in page["features"]]
        assert len(ids) == len(set(ids)) == first["numberMatched"] - ("offset=1" in start)
    by_offset = [client.get(f"{ITEMS}?limit=2&offset={at}").json["features"] for at in range(0, 8, 2)]
    assert len({one["id"] for page in by_offset for one in page}) == 7
    capped = client.get(f"{ITEMS}?limit=99999").json
    assert capped["numberReturned"] == 7


def test_the_order_of_fit_has_an_end(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("ogc", "result_window"):
        monkeypatch.setattr(f"web.{module}.LAST_POSITION", 3)
    path, seen = f"{ITEMS}?limit=2&q=sky,pulsars,magnet,shear,neutrino", []
    while path:
        answer = client.get(path).json
        seen += titles(answer)
        following = [one["href"] for one in answer["links"] if one["rel"] == "next"]
        path = ITEMS + "?" + urlsplit(following[0]).query if following else ""
    assert answer["numberMatched"] > len(seen) == len(set(seen)) == 3


def test_a_record_that_is_gone_or_never_was(tmp_path: Path) -> None:
    catalogue = Catalogue(load_settings({"ALMAGEST_HOME": str(tmp_path)}))
    harvest(catalogue, "lab", [record("a", "Here"), record("b", "There")])
    client = create_app(catalogue).test_client()
    ids = {one["properties"]["title"]: one["id"] for one in client.get(ITEMS).json["features"]}
    harvest(catalogue, "lab", [], deleted=["b"])
    gone = client.get(f"{ITEMS}/{ids['There']}")
    assert (gone.status_code, gone.mimetype) == (410, "application/problem+json")
    assert client.get(f"{ITEMS}/0000").status_code == 404
    assert titles(client.get(ITEMS).json) == ["Here"]
    here = client.get(f"{ITEMS}/{ids['Here']}")
    again = client.get(f"{ITEMS}/{ids['Here']}", headers={"If-None-Match": here.headers["ETag"]})
    assert again.status_code == 304
    catalogue.close()


def test_an_index_that_is_down(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def down(*_: object) -> None:
        raise IndexUnavailable("The index is away.")

    monkeypatch.setattr("web.ogc.window", down)
    answer = client.get(ITEMS)
    assert answer.status_code == 503 and answer.headers["Retry-After"]
    assert answer.json["detail"] == "The index is away."


def test_times_and_places_that_are_shown_are_those_that_are_searched(tmp_path: Path) -> None:
    covered = TimeCoverage(intervals=(Interval(low=57_000.25, high=57_001.5), Interval(low=58_000.0)))
    catalogue = Catalogue(load_settings({"ALMAGEST_HOME": str(tmp_path)}))
    places = (Place(name="Geneva", point=Point(longitude=6.05, latitude=46.23)),)
    harvest(
        catalogue,
        "lab",
        [*observatory(), record("t", "Runs", coverage=Coverage(time=covered, places=places))],
    )
    client = create_app(catalogue).test_client()
    (runs,) = client.get(f"{ITEMS}?q=runs").json["features"]
    assert runs["time"] == {"interval": ["2014-12-09T06:00:00Z", ".."]}
    assert runs["geometry"] == {"type": "Point", "coordinates": [6.05, 46.23]}
    assert titles(client.get(f"{ITEMS}?q=runs&datetime=2014-12-09").json) == ["Runs"]
    assert titles(client.get(f"{ITEMS}?q=runs&datetime=2014-12-08").json) == []
    for box, found in (
        ("5.9,45.8,6.3,46.4", ["Runs"]),
        ("5.9,45.8,0,6.3,46.4,9000", ["Runs"]),
        ("7,45,8,47", []),
    ):
        assert titles(client.get(f"{ITEMS}?bbox={box}").json) == found
        assert titles(client.get(f"{ITEMS}?bbox={box}&q=runs,pulsars").json) == found
    catalogue.close()


def test_the_service_has_the_name_of_the_catalogue(tmp_path: Path) -> None:
    settings = {"ALMAGEST_HOME": str(tmp_path), "ALMAGEST_REPOSITORY_NAME": "Stars & Co"}
    catalogue = Catalogue(load_settings(settings))
    client = create_app(catalogue).test_client()
    assert client.get("/ogc").json["title"] == "Stars & Co"
    assert client.get("/ogc/collections/records").json["title"] == "Stars & Co"
    assert "<title>Stars &amp; Co</title>" in client.get("/sru").text
    catalogue.close()
