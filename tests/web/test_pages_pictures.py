"""Pictures on a record's page and as files: well-formed, with their numbers, and nothing injected."""

from __future__ import annotations

import csv
import io

import pytest
from flask.testing import FlaskClient
from lxml import etree

from catalogue.opening import Catalogue
from catalogue.record import Coverage, Energy, Interval, Sky, TimeCoverage, record_id
from tests.web.observatory import harvest, record
from tests.web.page import read_page
from tests.web.test_pages_record import ATTACK
from web.app import create_app

FULL, NONE, ODD = (record_id("lab", name) for name in ("full", "none", "odd"))


@pytest.fixture
def client(empty: Catalogue) -> FlaskClient:
    full = Coverage(
        sky=Sky(moc="3/0-100 6/4000"),
        energy=Energy(intervals=(Interval(low=1.6e-16, high=1.6e-15),)),
        time=TimeCoverage(intervals=(Interval(low=55000.0, high=None),)),
    )
    odd = Coverage(sky=Sky(moc="no moc at all"), energy=Energy(intervals=(Interval(),)))
    records = [
        record("full", f"Full {ATTACK}", coverage=full),
        record("none", "None"),
        record("odd", "Odd", coverage=odd),
    ]
    harvest(empty, "lab", records)
    return create_app(empty).test_client()


def test_the_page_shows_what_is_covered_with_words_beside(client: FlaskClient) -> None:
    page = read_page(client.get(f"/records/{FULL}").text)
    assert page.errors == [] and page.repeated_ids() == []
    captions = [node.text_content() for node in page.all("figcaption", tag=True)]
    assert [caption.partition(":")[0] for caption in captions] == [
        "Coverage of the sky",
        "Coverage in energy",
        "Coverage in time",
    ]
    assert "13.2 % (5 425 square degrees) of the sky" in captions[0]
    assert "2009-06-18 – …" in captions[2]
    assert all(svg.get("role") == "img" for svg in page.all("picture"))


def test_what_is_not_said_is_not_drawn(client: FlaskClient) -> None:
    for id in (NONE, ODD):
        assert "<figure" not in client.get(f"/records/{id}").text


@pytest.mark.parametrize("name", ["sky", "energy", "time"])
def test_each_picture_is_a_file_that_stands_by_itself(client: FlaskClient, name: str) -> None:
    answer = client.get(f"/records/{FULL}/pictures/{name}.svg")
    assert answer.mimetype == "image/svg+xml"
    root = etree.fromstring(answer.data)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert ATTACK in root.findtext("{*}title")
    assert not list(root.iter("{*}script"))
    rows = list(csv.reader(io.StringIO(client.get(f"/records/{FULL}/pictures/{name}.csv").text)))
    assert len(rows) == 2


def test_pictures_that_are_not_there_are_told(client: FlaskClient) -> None:
    for path in (f"{NONE}/pictures/sky.svg", f"{FULL}/pictures/x.svg", f"{FULL}/pictures/sky.png"):
        assert client.get(f"/records/{path}").status_code == 404
