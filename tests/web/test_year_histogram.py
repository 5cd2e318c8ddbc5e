"""How many records were published when: in REST, as a picture, as a table."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from catalogue.index import Query
from tests.web.page import read_page
from web.year_histogram import HEIGHT, WIDTH, Bar, bars, drawn, iso


def test_years_are_bars_of_their_own():
    assert bars(((2019, 3), (2021, 1))) == (
        1,
        (Bar(first=2019, last=2019, count=3), Bar(first=2021, last=2021, count=1)),
    )
    assert bars(()) == (1, ())


def test_a_long_time_is_told_by_decades_and_longer():
    step, found = bars(((1947, 1), (1998, 2), (1999, 3), (2000, 4)))
    assert (step, [(bar.published, bar.count) for bar in found]) == (
        10,
        [("1940/1949", 1), ("1990/1999", 5), ("2000/2009", 4)],
    )
    step, found = bars(((-320, 1), (2019, 1)))
    assert (step, [bar.published for bar in found]) == (100, ["-0400/-0301", "2000/2099"])


def test_years_are_written_as_iso_8601():
    assert [iso(year) for year in (-320, 0, 44, 2019)] == ["-0320", "0000", "0044", "2019"]


def test_the_picture_holds_its_bars():
    picture = drawn(Query(facets={"year": ("2019",)}), ((1990, 1), (2019, 4000), (2029, 2)), lambda bar: "x")
    assert picture is not None and (picture.first, picture.last, picture.step) == (1990, 2029, 1)
    assert [shape.is_chosen for shape in picture.shapes] == [False, True, False]
    for shape in picture.shapes:
        assert shape.x >= 0 and shape.x + shape.width <= WIDTH
        assert shape.top + shape.height == pytest.approx(HEIGHT) and shape.height >= 2
    assert drawn(Query(), ((2019, 5),), lambda bar: "x") is None


def test_the_bars_of_rest_find_what_they_count(client: FlaskClient):
    answer = client.get("/api/v1/records").json
    histogram = answer["histogram"]
    assert histogram["step"] == 1 and len(histogram["bars"]) > 2
    assert sum(bar["count"] for bar in histogram["bars"]) <= answer["total"]
    for bar in histogram["bars"]:
        found = client.get("/api/v1/records", query_string={"published": bar["published"]}).json
        assert found["total"] == bar["count"]
    first = str(histogram["bars"][0]["from"])
    assert client.get(f"/api/v1/records?year={first}").json["histogram"] == histogram


def test_the_page_shows_bars_and_the_same_as_a_table(client: FlaskClient):
    page = read_page(client.get("/").text)
    bars = client.get("/api/v1/records").json["histogram"]["bars"]
    rows = page.first("table").element.iter("tr")
    told = [" ".join("".join(row.itertext()).split()) for row in rows][1:]
    assert told == [f"{bar['from']}{bar['count']}" for bar in reversed(bars)]
    drawn = [
        element.get("href")
        for element in page.first("years").element.iter()
        if str(element.tag).endswith("svg}a")
    ]
    assert len(drawn) == len(bars) and drawn == page.links_in("years")[::-1]
    chosen = read_page(client.get(page.link(str(bars[0]["from"]))).text)
    assert f"Year {bars[0]['from']}" in chosen.text_of("chips")
    assert [
        node.text_content() for node in chosen.all("a", tag=True) if node.get("aria-current") == "true"
    ] == [str(bars[0]["from"])]
    assert len(chosen.links_in("years")) == len(bars)
