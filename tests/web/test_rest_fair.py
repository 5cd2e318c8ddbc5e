"""How FAIR things are: over REST, on pages, by the command line, from the same few numbers."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from catalogue.assessments import Assessments
from catalogue.fair import LIMITS, assess
from catalogue.fair_rules import METRICS, RULES
from catalogue.opening import Catalogue
from catalogue.record import Identifier, record_id
from catalogue.settings import load_settings
from tests.web.command_line import Home
from tests.web.observatory import CC_BY, harvest, observatory, record
from tests.web.page import read_page
from web.app import create_app

SURVEY = record_id("observatory", "survey:1")
FORMULA = record_id("odd", "=1+1")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def catalogue(home: Path) -> Iterator[Catalogue]:
    """The observatory, a laboratory of twenty poor records, one of them withdrawn, and odd names."""
    opened = Catalogue(load_settings({"ALMAGEST_HOME": str(home)}))
    harvest(opened, "observatory", observatory())
    harvest(opened, "odd", [record("=1+1", "A formula"), record("<b>*x*</b>", "Markup")])
    poor = [record(f"r:{n}", f"Record {n}", rights=(CC_BY,) if n < 10 else ()) for n in range(20)]
    harvest(opened, "lab", poor)
    harvest(opened, "lab", [], deleted=["r:19"])
    Assessments(opened.database).follow()
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def client(catalogue: Catalogue) -> FlaskClient:
    return create_app(catalogue).test_client()


def test_a_record_is_assessed_by_itself(client: FlaskClient, catalogue: Catalogue) -> None:
    found = client.get(f"/api/v1/records/{SURVEY}/fair").get_json()
    expected = assess(catalogue.store.get(SURVEY))
    assert found["total"] == round(expected.total, 4) and found["limits"] == LIMITS
    assert [one["id"] for one in found["metrics"]] == list(METRICS)
    assert sum(len(one["checks"]) for one in found["metrics"]) == len(RULES)
    lacking = {
        check["rule"] for one in found["metrics"] for check in one["checks"] if check["holds"] is False
    }
    assert lacking == {check.rule.id for check in expected.lacking}
    assert all(
        check["mend"] for one in found["metrics"] for check in one["checks"] if check["holds"] is False
    )


def test_what_cannot_be_assessed_says_so(client: FlaskClient) -> None:
    assert client.get(f"/api/v1/records/{'0' * 20}/fair").status_code == 404
    gone = client.get(f"/api/v1/records/{record_id('lab', 'r:19')}/fair")
    assert gone.status_code == 410 and "since" in gone.get_json()
    assert client.get("/api/v1/sources/nobody/fair").status_code == 404
    assert client.get("/sources/nobody/fair").status_code == 404
    assert client.get("/api/v1/sources/lab/fair.pdf").status_code == 404


def test_a_part_of_a_product_leads_to_the_product(empty: Catalogue) -> None:
    doi = (Identifier(scheme="doi", value="10.5072/one"),)
    for source in ("one", "two"):
        harvest(empty, source, [record("same", "Same", identifiers=doi)])
    client = create_app(empty).test_client()
    ids = [record_id(source, "same") for source in ("one", "two")]
    parts = [id for id in ids if empty.store.change(id).joined is not None]
    assert parts
    for id in parts:
        answer = client.get(f"/api/v1/records/{id}/fair")
        assert answer.status_code == 307
        assert answer.headers["Location"].endswith(f"/records/{empty.store.change(id).joined}/fair")
        (told,) = Home(empty.settings.home, {}).json("fair", id)
        assert told["id"] == empty.store.change(id).joined


def test_a_source_is_summed_up_with_the_worst_gap_first(client: FlaskClient) -> None:
    found = client.get("/api/v1/sources/lab/fair").get_json()
    assert found["records"] == 19 and found["behind"] == 0 and sum(found["steps"]) == 19
    lifts = [gap["lift"] for gap in found["gaps"]]
    assert lifts == sorted(lifts, reverse=True)
    licence = next(gap for gap in found["gaps"] if gap["rule"] == "licence")
    assert licence["records"] == 9 and len(licence["examples"]) == 3
    for example in licence["examples"]:
        path = example["record"].removeprefix("http://localhost:8080")
        assert client.get(path).status_code == 200
        assessed = client.get(f"/api/v1{path}/fair").get_json()
        assert not next(one for one in assessed["metrics"] if one["id"] == "FsF-R1.1-01M")["score"]
    metric = next(one for one in found["metrics"] if one["id"] == "FsF-R1.1-01M")
    assert (metric["wholly"], metric["partly"], metric["none"], metric["inapplicable"]) == (10, 0, 9, 0)


def test_the_mean_of_a_source_is_that_of_its_records(client: FlaskClient, catalogue: Catalogue) -> None:
    found = client.get("/api/v1/sources/observatory/fair").get_json()
    totals = [assess(catalogue.store.get(id)).total for id in catalogue.store.live_ids("observatory")]
    assert found["total"] == pytest.approx(sum(totals) / len(totals), abs=1e-4)


def test_the_table_is_safe_to_open_and_the_letter_to_read(client: FlaskClient) -> None:
    table = client.get("/api/v1/sources/odd/fair.csv")
    assert table.mimetype == "text/csv" and "attachment" in table.headers["Content-Disposition"]
    rows = list(csv.DictReader(io.StringIO(table.text)))
    gaps = client.get("/api/v1/sources/odd/fair").get_json()["gaps"]
    assert [row["rule"] for row in rows] == [gap["rule"] for gap in gaps]
    assert not any(value.startswith(("=", "+", "-", "@")) for row in rows for value in row.values())
    letter = client.get("/api/v1/sources/odd/fair.md").text
    assert letter.startswith("# How FAIR the records of odd are") and LIMITS in letter
    assert "<b>" not in letter and f"/records/{FORMULA}" in letter
    assert all(id in letter for id in METRICS)


def test_the_page_of_a_source(client: FlaskClient) -> None:
    page = read_page(client.get("/sources/lab/fair").text)
    assert page.errors == []
    text = "".join(page.root.itertext())
    assert LIMITS in text and "9 of 19 records" in text and "It has no licence" in text
    assert client.get(page.link("what to mend as CSV")).status_code == 200
    assert "How FAIR these records are" in client.get("/sources/lab").text


def test_the_page_of_a_source_without_records(empty: Catalogue) -> None:
    harvest(empty, "bare", [])
    page = read_page(create_app(empty).test_client().get("/sources/bare/fair").text)
    assert page.errors == [] and "Nothing is assessed yet" in "".join(page.root.itertext())


def test_the_page_of_a_record_tells_letters_in_words(client: FlaskClient) -> None:
    page = read_page(client.get(f"/records/{FORMULA}").text)
    assert page.errors == []
    letters = page.texts_in("fair", "dt")
    assert letters == ["Findable", "Accessible", "Interoperable", "Reusable", "Together"]
    assert all("%" in text for text in page.texts_in("fair", "dd"))
    assert any("It has no licence" in text and "SPDX" in text for text in page.texts_in("hints", "dd"))


def test_the_command_line_tells_the_same(home: Path, client: FlaskClient) -> None:
    run = Home(home, {})
    (one,) = run.json("fair", FORMULA)
    assert one == client.get(f"/api/v1/records/{FORMULA}/fair").get_json()
    (lab,) = run.json("fair", "--source", "lab")
    assert lab == client.get("/api/v1/sources/lab/fair").get_json()
    assert [line["source"] for line in run.json("fair")] == ["lab", "observatory", "odd"]
    told = run("fair", "--source", "lab")
    assert told.exit_code == 0 and "9 of 19: It has no licence" in told.stdout and LIMITS in told.stderr
    assert run("fair", "--source", "lab", "--report", "md").stdout.startswith("# How FAIR")
    assert "observatory" in run("fair").stdout and "It has no licence" in run("fair", FORMULA).stdout
    for wrong in (("fair", "x", "--source", "lab"), ("fair", "--report", "csv"), ("fair", "0" * 20)):
        failed = run(*wrong)
        assert failed.exit_code == 2 and "Traceback" not in failed.stderr
