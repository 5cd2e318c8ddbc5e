"""Searches by sky, time, energy and parameters over REST and in the page."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from catalogue.opening import Catalogue
from catalogue.record import (
    Coverage,
    Energy,
    Interval,
    Parameter,
    Record,
    Sky,
    Term,
    TimeCoverage,
)
from catalogue.settings import load_settings
from tests.web.observatory import harvest, record
from tests.web.page import read_page
from web.app import create_app

POWDER = "Powder diffraction at low temperature"


def records() -> list[Record]:
    """An image of Andromeda, spectra of the far sky, an experiment at a beam line, and a bare paper."""
    return [
        record(
            "m31",
            "Andromeda in X-rays",
            coverage=Coverage(
                sky=Sky(moc="8/1 9/4000", frame="ICRS"),
                time=TimeCoverage(intervals=(Interval(low=55_000.0, high=55_010.0),)),
                energy=Energy(bands=(Term(label="X-ray"),)),
            ),
        ),
        record("far", "Spectra of the far sky", coverage=Coverage(sky=Sky(moc="3/700", frame="ICRS"))),
        record(
            "beam",
            POWDER,
            parameters=(
                Parameter(name="photon_energy", value=12.0, unit="keV"),
                Parameter(name="sample temperature", low=4.0, high=10.0, unit="K"),
            ),
        ),
        record("paper", "A paper about Andromeda", kind="publication"),
    ]


@pytest.fixture
def client(tmp_path: Path) -> Iterator[FlaskClient]:
    catalogue = Catalogue(load_settings({"ALMAGEST_HOME": str(tmp_path)}))
    harvest(catalogue, "lab", records())
    yield create_app(catalogue).test_client()
    catalogue.close()


@pytest.mark.parametrize(
    ("query", "found", "uncovered"),
    [
        ({"moc": "9/4"}, ["Andromeda in X-rays"], {"sky": 2}),
        ({"moc": "0/0-11"}, ["Andromeda in X-rays", "Spectra of the far sky"], {"sky": 2}),
        ({"moc": "9/4", "q": "spectra"}, [], {"sky": 0}),
        ({"time": "2009-06-20/2009-07"}, ["Andromeda in X-rays"], {"time": 3}),
        ({"time": "2010/"}, [], {"time": 3}),
        ({"energy": "2 keV"}, ["Andromeda in X-rays"], {"energy": 3}),
        ({"energy": "x-ray", "time": "55000/55001"}, ["Andromeda in X-rays"], {"energy": 0, "time": 0}),
        (
            {"parameter": "photon_energy > 10 keV"},
            [POWDER],
            {"parameter": 3},
        ),
        (
            {"parameter": ["photon_energy > 10 keV", "sample_temperature 5..6 K"]},
            [POWDER],
            {"parameter": 3},
        ),
        ({"parameter": ["photon_energy > 10 keV", "sample_temperature > 11 K"]}, [], {"parameter": 3}),
        ({"moc": "9/4", "type": "publication"}, [], {"sky": 1}),
    ],
)
def test_what_is_found_and_what_has_no_coverage(
    client: FlaskClient, query: dict[str, str], found: list[str], uncovered: dict[str, int]
) -> None:
    answer = client.get("/api/v1/records", query_string={**query, "sort": "title"})
    assert answer.status_code == 200, answer.json
    assert [hit["titles"][0]["value"] for hit in answer.json["hits"]] == found
    assert answer.json["total"] == len(found)
    assert answer.json["uncovered"] == uncovered


def test_a_cone_finds_what_is_there(client: FlaskClient) -> None:
    for cone, found in (("45.18,0.3,0.05", 1), ("45.5,1.2,1.5", 1), ("225,-14.5,0", 1), ("225,-60,0.1", 0)):
        total = client.get(f"/api/v1/records?sky={cone}").json["total"]
        assert total == found, cone


def test_pages_go_on_within_a_cone(client: FlaskClient) -> None:
    first = client.get("/api/v1/records?sky=0,0,180&size=1&sort=title").json
    assert first["total"] == 2 and "sky=0" in first["next"]
    rest = client.get("/api/v1/" + first["next"].partition("/api/v1/")[2]).json
    assert [hit["titles"][0]["value"] for hit in rest["hits"]] == ["Spectra of the far sky"]
    other = client.get("/api/v1/" + first["next"].partition("/api/v1/")[2].replace("180", "179"))
    assert other.status_code == 400 and other.json["parameter"] == "cursor"


@pytest.mark.parametrize(
    ("query", "parameter", "reason"),
    [
        ("sky=1,2", "sky", "write RA,DEC,RADIUS in degrees"),
        ("sky=1,2,3,moon", "sky", "the frames are ICRS"),
        ("moc=99/1", "moc", "order from 0 to 29"),
        ("time=soon", "time", "is no time"),
        ("energy=5 apples", "energy", "no unit"),
        ("parameter=x", "parameter", "write photon_energy > 10 keV"),
        ("&".join(["parameter=a>1"] * 11), "parameter", ""),
    ],
)
def test_what_cannot_be_understood_is_said(
    client: FlaskClient, query: str, parameter: str, reason: str
) -> None:
    for path in ("/api/v1/records", "/"):
        answer = client.get(f"{path}?{query}")
        assert answer.status_code == 400
        assert reason in answer.text.replace("&gt;", ">")
    assert client.get(f"/api/v1/records?{query}").json["parameter"] == parameter


def test_the_page_keeps_what_was_asked_and_says_what_is_not_covered(client: FlaskClient) -> None:
    page = read_page(client.get("/?moc=0/0-11&time=2009/&q=andromeda").text)
    assert not page.errors
    chips = [link for link in page.links_in("chips") if link]
    assert "/?q=andromeda&time=2009/" in chips and "/?q=andromeda&moc=0/0-11" in chips
    assert "square degrees of the sky" in page.text_of("chips")
    assert "say nothing" in page.text_of("summary") or page.first("uncovered") is None
    page = read_page(client.get("/?moc=0/0-11").text)
    assert page.text_of("uncovered") == "2 more say nothing of their place on the sky."
    empty = read_page(client.get("/?moc=9/9&q=andromeda").text)
    assert "anywhere" in empty.text_of("empty")


def test_did_you_mean_over_rest_and_in_the_page(client: FlaskClient) -> None:
    answer = client.get("/api/v1/records?q=androemda").json
    assert (answer["total"], answer["did_you_mean"]) == (0, "andromeda")
    page = read_page(client.get("/?q=androemda&type=dataset").text)
    assert page.text_of("empty").startswith("Nothing matches Did you mean andromeda?")
    assert page.find_link("andromeda") == "/?q=andromeda&type=dataset"
    assert "did_you_mean" not in client.get("/api/v1/records?q=xyzzy").json


def test_the_order_of_fit_needs_a_region(client: FlaskClient) -> None:
    asked = {"moc": "3/0-767", "sort": "fit"}
    hits = client.get("/api/v1/records", query_string=asked).json
    assert [hit["titles"][0]["value"] for hit in hits["hits"]] == [
        "Spectra of the far sky",
        "Andromeda in X-rays",
    ]
    assert "unfitted" not in hits
    narrow = client.get("/api/v1/records", query_string={**asked, "moc": "8/1-9 3/700", "size": "1"}).json
    assert narrow["hits"][0]["titles"][0]["value"] == "Spectra of the far sky"
    following = client.get("/api/v1/" + narrow["next"].partition("/api/v1/")[2]).json
    assert [hit["titles"][0]["value"] for hit in following["hits"]] == ["Andromeda in X-rays"]
    assert following["next"] is None
    refused = client.get("/api/v1/records?sort=fit")
    assert (refused.status_code, refused.json["parameter"]) == (400, "sort")
    assert "say which by «sky» or «moc»" in refused.json["detail"]


def test_the_page_offers_the_order_of_fit_where_a_region_is_asked_for(client: FlaskClient) -> None:
    def orders(address: str) -> list[str]:
        return read_page(client.get(address).get_data(as_text=True)).texts_in("orders", "a")

    assert "best fit" in orders("/?moc=0/0-11") and "best fit" in orders("/?sky=0,0,180&sort=fit")
    assert "best fit" not in orders("/?q=andromeda") and "best fit" not in orders("/?sort=fit")
    # Nothing is found with the words: the page looks what is found without the region, in another order.
    assert client.get("/?sky=45,0,3&sort=fit&q=spectra&time=2010").status_code == 200


@pytest.mark.parametrize(
    ("address", "status"),
    [("/?q=andromeda&sky=83.63,22.01,-5", 400), ("/?q=andromeda&sky=83.63,22.01,5", 200)],
)
def test_a_cone_that_is_wrong_or_finds_nothing_can_be_changed(
    client: FlaskClient, address: str, status: int
) -> None:
    answer = client.get(address)
    assert answer.status_code == status
    page = read_page(answer.text)
    (field,) = [
        one for one in page.all("input", tag=True) if one.get("name") == "sky" and not one.get("type")
    ]
    assert field.get("value") == address.rpartition("=")[2]
    assert 'name="sky"' not in client.get("/?q=nothing").text
