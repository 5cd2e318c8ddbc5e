"""The statistics: charts with the same numbers as table, SVG and CSV, counted once in a while."""

from __future__ import annotations

import csv
import io
import threading
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import etree

from catalogue.errors import IndexUnavailable
from catalogue.opening import Catalogue
from catalogue.statistics import DayOfSource
from tests.web.observatory import harvest, record
from tests.web.page import read_page
from web import statistics as counting
from web.app import create_app
from web.statistic_charts import charts

CHARTS = ("growth", "sources", "type", "licence", "access", "completeness", "freshness")


def rows_of(client: FlaskClient, name: str) -> list[dict[str, str]]:
    answer = client.get(f"/statistics/{name}.csv")
    assert answer.status_code == 200 and answer.mimetype == "text/csv"
    return list(csv.DictReader(io.StringIO(answer.text)))


def test_the_page_is_valid_and_its_tables_are_the_files(client: FlaskClient) -> None:
    page = read_page(client.get("/statistics").text)
    assert page.errors == [] and page.repeated_ids() == []
    assert [node.get("id") for node in page.all("statistic")] == list(CHARTS)
    for name, section in zip(CHARTS, page.all("statistic")):
        cells = [part.text_content() for part in section if part.element.tag in {"th", "td"}]
        rows = rows_of(client, name)
        heads = len(rows[0])
        assert len(cells) == heads * (len(rows) + 1)
        assert cells[heads::heads] == [next(iter(row.values())) for row in rows]


@pytest.mark.parametrize("name", CHARTS)
def test_each_chart_is_a_picture_that_stands_by_itself(client: FlaskClient, name: str) -> None:
    answer = client.get(f"/statistics/{name}.svg")
    assert answer.mimetype == "image/svg+xml"
    root = etree.fromstring(answer.data)
    assert root.findtext("{*}title") and root.findtext("{*}desc")
    wide, high = map(float, root.get("viewBox").split()[2:])
    for box in root.iter("{*}rect"):
        x, y, width, height = (float(box.get(key)) for key in ("x", "y", "width", "height"))
        assert x >= 0 and y >= 0 and x + width <= wide and y + height <= high


def test_numbers_are_those_of_the_search(client: FlaskClient) -> None:
    for name in ("type", "licence", "access"):
        told = client.get("/api/v1/records?size=1").json["facets"][name]
        lacking = client.get(f"/api/v1/records?q=-has:{name}&size=1").json["total"] if name != "type" else 0
        rest = [("not told", lacking)] if lacking else []
        assert [(row[next(iter(row))], int(row["records"])) for row in rows_of(client, name)] == [
            *((value["label"], value["count"]) for value in told),
            *rest,
        ]
    (source,) = rows_of(client, "completeness")
    total = client.get("/api/v1/records?size=1").json["total"]
    assert int(source["records"]) == total
    for column, value in (("Licence", "licence"), ("Creators with ORCID", "orcid"), ("Files", "files")):
        found = client.get(f"/api/v1/records?has={value}&size=1").json["total"]
        assert float(source[column]) == round(100 * found / total, 1)
        lacking = client.get(f"/api/v1/records?q=-has:{value}&size=1").json["total"]
        assert found + lacking == total
    (growth,) = rows_of(client, "growth")
    assert int(growth["held"]) == int(growth["added"]) - int(growth["withdrawn"]) == total


def test_rows_lead_to_what_they_count(client: FlaskClient) -> None:
    page = read_page(client.get("/statistics").text)
    section = next(node for node in page.all("statistic") if node.get("id") == "type")
    links = [part for part in section if part.element.tag == "a" and "type=" in (part.get("href") or "")]
    for link, row in zip(links, rows_of(client, "type"), strict=True):
        found = client.get(str(link.get("href")).replace("/?", "/api/v1/records?")).json
        assert found["total"] == int(row["records"])


def test_an_empty_catalogue_says_so(empty: Catalogue) -> None:
    client = create_app(empty).test_client()
    page = read_page(client.get("/statistics").text)
    assert page.errors == [] and "Nothing has been harvested yet" in page.text_of("empty")
    assert client.get("/statistics/growth.csv").status_code == 404
    assert client.get("/statistics/growth.png").status_code == 404


def test_withdrawals_and_days_are_counted(empty: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    harvest(empty, "lab", [record(f"lab:{n}", f"Muon {n}") for n in range(5)])
    harvest(empty, "lab", [], deleted=["lab:3"])
    client = create_app(empty).test_client()
    (row,) = rows_of(client, "growth")
    assert (row["added"], row["withdrawn"], row["held"]) == ("5", "1", "4")
    bare = counting.count(empty)
    days = tuple(DayOfSource(day=f"20{y:02}-{m:02}-01", source="lab", added=1)
                 for y in range(10, 20) for m in range(1, 13))  # fmt: skip
    with create_app(empty).test_request_context():
        yearly = charts(replace(bare, days=days))[0]
        monthly = charts(replace(bare, days=days[:24]))[0]
        daily = charts(replace(bare, days=days[:2]))[0]
    assert yearly.columns[0] == "year" and [row[3] for row in yearly.rows] == list(range(12, 121, 12))
    assert monthly.columns[0] == "month" and [row[3] for row in monthly.rows] == list(range(1, 25))
    assert [row[0] for row in daily.rows] == [f"2010-01-{d:02}" for d in range(1, 32)] + ["2010-02-01"]
    assert [row[3] for row in daily.rows] == [1] * 31 + [2]


def test_they_are_counted_anew_after_a_while_and_shown_meanwhile(
    empty: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    harvest(empty, "lab", [record("lab:1", "Muon")])
    app = create_app(empty)
    client = app.test_client()
    assert rows_of(client, "growth")[0]["held"] == "1"
    harvest(empty, "lab", [record("lab:2", "Pion")])
    assert rows_of(client, "growth")[0]["held"] == "1"
    monkeypatch.setattr(counting, "KEPT_SECONDS", -1)
    assert rows_of(client, "growth")[0]["held"] == "1"
    for thread in threading.enumerate():
        if thread.name.endswith("(_renew)"):
            thread.join()
    monkeypatch.setattr(counting, "KEPT_SECONDS", 600)
    assert rows_of(client, "growth")[-1]["held"] == "2"


def test_without_index_growth_and_freshness_are_still_told(
    empty: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    harvest(empty, "lab", [record("lab:1", "Muon")])
    app: Flask = create_app(empty)

    def down(*_: Any) -> Any:
        raise IndexUnavailable("The index does not answer.")

    with monkeypatch.context() as broken:
        broken.setattr(type(empty.index), "search", down)
        page = read_page(app.test_client().get("/statistics").text)
    assert "The index does not answer." in page.text_of("fault")
    assert [node.get("id") for node in page.all("statistic")] == ["growth", "sources", "freshness"]
    again = read_page(app.test_client().get("/statistics").text)
    assert again.all("fault") == []


def test_labels_of_sources_do_no_harm(empty: Catalogue) -> None:
    hostile = "=cmd()</text><script>alert(1)</script>"
    with create_app(empty).test_request_context():
        made = counting.Statistics(
            at="2026-11-21T00:00:00Z",
            days=(DayOfSource(day="2026-11-20", source=hostile, added=1),),
            states=(),
            total=1,
            shares={"licence": [counting.Count(value=hostile, label=hostile, count=1)]},
        )
        app = create_app(empty)
        app.extensions["almagest-statistics"] = type("Fixed", (), {"get": lambda self: made})()
    client = app.test_client()
    assert "<script>alert" not in client.get("/statistics").text
    assert not list(etree.fromstring(client.get("/statistics/licence.svg").data).iter("{*}script"))
    assert rows_of(client, "licence")[0]["licence"].startswith("'=")
