"""Where and when the hits of a page are: drawn once each, with thumbnails; the asked region over them."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from catalogue.index import Query
from catalogue.opening import Catalogue
from catalogue.record import Coverage, Energy, Interval, Record, Sky, TimeCoverage, record_id
from tests.web.observatory import harvest, record
from tests.web.page import read_page
from tests.web.test_pages_record import ATTACK
from web.app import create_app
from web.where_and_when import where_and_when


def covered(name: str, moc: str | None) -> Record:
    coverage = Coverage(
        sky=Sky(moc=moc),
        energy=Energy(intervals=(Interval(low=1e-16, high=1e-15),)),
        time=TimeCoverage(intervals=(Interval(low=55000.0, high=55100.0),)),
    )
    return record(name, f"Survey {name} {ATTACK}", coverage=coverage)


@pytest.fixture
def client(empty: Catalogue) -> FlaskClient:
    records = [covered("a", "2/10-20"), covered("b", "no moc"), covered("c", None), record("d", "Survey d")]
    harvest(empty, "lab", records)
    return create_app(empty).test_client()


def test_hits_are_drawn_and_led_to(client: FlaskClient) -> None:
    page = read_page(client.get("/?q=survey").text)
    assert page.errors == [] and page.repeated_ids() == []
    a = record_id("lab", "a")
    (region,) = page.all("region")
    assert region.get("id") == f"sky-{a}"
    (thumbnail,) = page.all("thumbnail")
    assert f"#sky-{a}" in [part.get("href") for part in thumbnail]
    assert page.by_id("sky-text").text_content().startswith("1 of the records on this page")
    assert len(page.all("brush")) == 2 and len(page.all("bar")) == 6


def test_the_asked_region_is_drawn_as_far_as_it_can_be() -> None:
    def asked(**values: str) -> str:
        return where_and_when(Query(**values), []).asked

    assert asked(sky="10,20,5").startswith("M") and asked(moc="3/10").startswith("M")
    assert asked() == asked(moc="3/x") == asked(sky="nowhere at all, 1") == ""


def test_an_empty_page_draws_nothing(client: FlaskClient) -> None:
    assert "sky-map" not in client.get("/?q=xyzzy").text
