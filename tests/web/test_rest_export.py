"""Export: the whole result of a search as one file, in every form, over a real database and index."""

from __future__ import annotations

import csv
import gc
import io
import json
import re
import socket
import warnings
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from astropy.io.votable import parse_single_table, validate
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree
from pyarrow import parquet

from catalogue import errors
from catalogue.index import FACETS, Change
from catalogue.opening import Catalogue
from catalogue.record import Agent, Coverage, Energy, Interval, Record, Sky, Text, TimeCoverage, record_id
from tests.web.conftest import served
from tests.web.observatory import harvest, observatory, record
from web import parquet_stream, rest_export
from web.app import create_app
from web.exports import exports
from web.search_parameters import COVERED
from web.whole_result import AT_ONCE

EVERY = {record_id("observatory", known.provenance.identifier) for known in observatory()}
SURVEY = record_id("observatory", "survey:1")
COLUMNS = ["id", "identifier", "title", "creators", "year", "kind", "source", "access"]
COLUMNS += ["sky", "time", "energy", "url"]
NASTY = '=HYPERLINK("https://evil.example/")&<b>\u0001\ufffe,"'


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """These tests ask more often than a client may."""
    monkeypatch.setattr(rest_export, "LIMITS", {"client": 10**6, "all": 10**6})


def get(client: FlaskClient, form: str, query: str = "") -> Any:
    answer = client.get(f"/api/v1/export?format={form}&{query}")
    assert answer.status_code == 200, answer.text
    return answer


def table(answer: Any) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(answer.get_data(as_text=True), newline="")))


def test_json_lines_are_the_unified_records(client: FlaskClient) -> None:
    answer = get(client, "jsonl", "type=dataset&sort=title&size=1000")
    assert answer.content_type == "application/jsonl"
    lines = [json.loads(line) for line in answer.text.splitlines()]
    listed = client.get("/api/v1/records?type=dataset&sort=changed").json["hits"]
    assert [line["id"] for line in lines] == [hit["id"] for hit in listed]
    assert lines[0] == {name: value for name, value in listed[0].items() if name != "links"}


def test_csv_has_the_columns_and_their_values(client: FlaskClient) -> None:
    answer = get(client, "csv")
    assert answer.content_type == "text/csv; charset=utf-8"
    rows = table(answer)
    assert list(rows[0]) == COLUMNS
    assert {row["id"] for row in rows} == EVERY
    survey = next(row for row in rows if row["id"] == SURVEY)
    assert survey["identifier"] == "https://doi.org/10.5072/shear.3"
    assert survey["creators"] == "Okafor, Ngozi; Lindqvist, Åsa"
    assert (survey["year"], survey["kind"], survey["access"]) == ("2023", "dataset", "open")
    assert survey["sky"] == "6/17-20 22 7/100-130"
    assert (survey["time"], survey["energy"]) == ("57601.0/59273.0", "2.2e-19/3.7e-19")
    assert survey["url"] == f"http://localhost:8080/records/{SURVEY}"
    assert survey["source"] == "observatory"


@pytest.mark.parametrize("form", [name for name in exports() if name != "parquet"])
def test_every_form_holds_every_record(client: FlaskClient, form: str) -> None:
    answer = get(client, form)
    body = answer.get_data()
    if "xml" in answer.content_type:
        root = etree.fromstring(body)
        if form != "votable":
            found = [one.text for one in root.iterfind("{*}record/{*}header/{*}identifier")]
            assert set(found) == EVERY and len(found) == len(EVERY)
    elif "jsonl" in answer.content_type:
        assert len([json.loads(line) for line in body.splitlines()]) == len(EVERY)
    elif "json" in answer.content_type:
        assert len(json.loads(body)) == len(EVERY)
    name = answer.headers["Content-Disposition"]
    assert re.fullmatch(r'attachment; filename="almagest-[a-z-]*\d{4}-\d\d-\d\d\.[a-z]+"', name), name
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_an_empty_result_is_a_valid_file(client: FlaskClient) -> None:
    for form in exports():
        answer = get(client, form, "q=unobtainium")
        if "xml" in answer.content_type:
            etree.fromstring(answer.get_data())
    assert table(get(client, "csv", "q=unobtainium")) == []
    assert get(client, "csv", "q=unobtainium").text.strip().split(",") == COLUMNS
    assert get(client, "jsonl", "q=unobtainium").data == b""


def test_the_name_of_the_file_tells_what_was_asked(client: FlaskClient) -> None:
    def name(form: str, words: str) -> str:
        return str(get(client, form, f"q={quote(words)}").headers["Content-Disposition"])

    assert 'filename="almagest-dark-matter-20' in name("csv", "Dark  MATTER!")
    assert name("bibtex", "muon").endswith('.bib"')
    assert 'filename="almagest-muon-oai-dc-20' in name("oai_dc", "muon")
    for words in (
        'x"; filename=evil.exe',
        "a/../../etc/passwd",
        "a\r\nSet-Cookie: b",
        "Südhimmel 星",
        "é" * 900,
    ):
        assert re.fullmatch(r'attachment; filename="[a-z0-9-]+\.csv"', name("csv", words))
        assert len(name("csv", words)) < 130


# --- what a table does with what a source wrote -------------------------------------------


@pytest.fixture
def odd(empty: Catalogue) -> FlaskClient:
    """Records whose values are hostile to tables."""
    intervals = (Interval(low=None, high=55_000.5), Interval(low=56_000.0), Interval(low=-1e300, high=1e300))
    harvest(
        empty,
        "lab",
        [
            record(
                "nasty",
                NASTY,
                creators=(Agent(name="@SUM(1+1)"), Agent(name="Ångström\r\n\t-2")),
                coverage=Coverage(
                    sky=Sky(moc="0/0-11"),
                    time=TimeCoverage(intervals=intervals),
                    energy=Energy(intervals=(Interval(low=1e-15, high=None),)),
                ),
            ),
            record("plain", "Muons", titles=(Text(value="Muons\nin two lines"),)),
        ],
    )
    return create_app(empty).test_client()


def test_no_value_is_a_formula(odd: FlaskClient) -> None:
    rows = {row["id"]: row for row in table(get(odd, "csv"))}
    nasty = rows[record_id("lab", "nasty")]
    assert nasty["title"] == "'" + NASTY
    assert nasty["creators"].startswith("'@SUM")
    assert nasty["time"] == "/55000.5 56000.0/ -1e+300/1e+300"
    assert nasty["energy"] == "1e-15/"
    assert rows[record_id("lab", "plain")]["title"] == "Muons\nin two lines"


def test_a_votable_is_valid_and_says_the_same(odd: FlaskClient) -> None:
    data = get(odd, "votable").get_data()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        parsed = parse_single_table(io.BytesIO(data), verify="exception")
    report = io.StringIO()
    assert validate(io.BytesIO(data), output=report), report.getvalue()
    rows = {str(row["id"]): row for row in parsed.array}
    nasty = rows[record_id("lab", "nasty")]
    assert str(nasty["title"]) == NASTY.replace("\u0001", "").replace("\ufffe", "")
    assert [list(span) for span in nasty["time"]] == [
        [-float("inf"), 55_000.5],
        [56_000.0, float("inf")],
        [-1e300, 1e300],
    ]
    assert [list(span) for span in nasty["energy"]] == [[1e-15, float("inf")]]
    assert str(nasty["sky"]) == "0/0-11"
    assert len(rows[record_id("lab", "plain")]["time"]) == 0
    assert parsed.array["year"].mask.all()
    assert [field.name for field in parsed.fields] == COLUMNS
    assert {field.name: str(field.unit) for field in parsed.fields if field.unit}["energy"] == "J"


def test_a_parquet_file_says_the_same(odd: FlaskClient) -> None:
    answer = get(odd, "parquet")
    assert answer.content_type == "application/vnd.apache.parquet"
    found = parquet.read_table(io.BytesIO(answer.get_data()))
    assert found.column_names == COLUMNS
    rows = {row["id"]: row for row in found.to_pylist()}
    nasty, plain = rows[record_id("lab", "nasty")], rows[record_id("lab", "plain")]
    assert nasty["title"] == NASTY
    assert nasty["time"][0] == {"low": None, "high": 55_000.5}
    assert (plain["time"], plain["year"], plain["access"]) == (None, None, None)


def test_without_its_package_parquet_says_what_to_install(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parquet_stream, "is_installed", lambda: False)
    answer = client.get("/api/v1/export?format=parquet")
    assert (answer.status_code, answer.mimetype) == (501, "application/problem+json")
    assert "pip install pyarrow" in answer.json["detail"]


# --- memory, changes meanwhile, breaking off -----------------------------------------------


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalogue]:
    """2,500 records: three pages of the index."""
    from catalogue.settings import load_settings

    opened = Catalogue(load_settings({"ALMAGEST_HOME": str(tmp_path_factory.mktemp("many"))}))
    harvest(opened, "lab", [record(f"{number}", f"Muon run {number}") for number in range(2500)])
    yield opened
    opened.close()


def alive() -> int:
    """Records and changes that are in memory at this moment; they have no cycles."""
    return sum(type(one) in (Record, Change) for one in gc.get_objects())


@pytest.mark.parametrize("form", ["jsonl", "csv", "votable", "parquet", "bibtex", "oai_dc"])
def test_no_more_records_are_alive_than_are_read_together(many: Catalogue, form: str) -> None:
    client = create_app(many).test_client()
    gc.collect()
    # Those of other tests, which live as long as their modules.
    others = alive()
    answer = client.get(f"/api/v1/export?format={form}", buffered=False)
    counts, length = [], 0
    for block in answer.response:
        length += len(block)
        counts.append(alive() - others if len(counts) % 5 < 2 else 0)
    answer.close()
    assert len(counts) > 1 and length > 50_000
    # Parquet is sent by row groups, whose records are gone by then.
    assert (form != "parquet") <= max(counts) <= 2 * (AT_ONCE + 1)


def test_a_result_of_several_pages_is_whole_and_in_order(many: Catalogue) -> None:
    client = create_app(many).test_client()
    ids = [row["id"] for row in table(get(client, "csv"))]
    assert len(ids) == 2500 and set(ids) == {record_id("lab", str(number)) for number in range(2500)}
    assert [row["id"] for row in table(get(client, "csv", "size=1500"))] == ids[:1500]


def test_too_many_are_refused_unless_a_number_is_said(
    many: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rest_export, "MOST", 2000)
    client = create_app(many).test_client()
    answer = client.get("/api/v1/export?format=csv")
    assert (answer.status_code, answer.json["parameter"]) == (400, "size")
    assert "2,500 records are found, and at most 2,000" in answer.json["detail"]
    assert len(table(get(client, "csv", "size=2000"))) == 2000


def test_an_answer_that_breaks_off_does_not_look_whole(
    many: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Over a real socket: the error comes after the first block, so the chunks have no end."""
    calls = 0
    get_many = many.store.get_many

    def failing(ids: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls > 15:
            raise errors.StoreUnavailable("The database does not answer.")
        return get_many(ids)

    monkeypatch.setattr(many.store, "get_many", failing)
    with served(create_app(many)) as address:
        received = raw_get(address, "/api/v1/export?format=jsonl")
    assert received.startswith(b"HTTP/1.1 200") and not received.endswith(b"0\r\n\r\n")
    assert received.count(b"Muon run") < 2500
    calls = 100
    answer = create_app(many).test_client().get("/api/v1/export?format=jsonl")
    assert (answer.status_code, answer.mimetype) == (503, "application/problem+json")


def test_who_does_not_fetch_an_answer_loses_its_place(
    many: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rest_export, "LONGEST", -1.0)
    answer = create_app(many).test_client().get("/api/v1/export?format=jsonl", buffered=False)
    blocks = iter(answer.response)
    assert len(next(blocks)) > 60_000
    with pytest.raises(TimeoutError):
        next(blocks)
    answer.close()


def raw_get(address: str, path: str) -> bytes:
    host, port = urlsplit(address).hostname, urlsplit(address).port
    with socket.create_connection((host or "", port or 0), timeout=30) as connection:
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
        parts = []
        while part := connection.recv(65536):
            parts.append(part)
    return b"".join(parts)


# --- limits and hostile input --------------------------------------------------------------


def test_a_client_may_not_export_for_ever(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rest_export, "LIMITS", {"client": 2, "all": 100})
    ask = {"environ_base": {"REMOTE_ADDR": "203.0.113.9"}}
    for _ in range(2):
        assert client.get("/api/v1/export?format=csv", **ask).status_code == 200
    answer = client.get("/api/v1/export?format=csv", **ask)
    assert (answer.status_code, answer.mimetype) == (429, "application/problem+json")
    assert int(answer.headers["Retry-After"]) > 0
    other = {"environ_base": {"REMOTE_ADDR": "203.0.113.10"}}
    assert client.get("/api/v1/export?format=csv", **other).status_code == 200


def test_places_are_few_and_are_given_back(many: Catalogue) -> None:
    client = create_app(many).test_client()
    at_work = [client.get("/api/v1/export?format=csv", buffered=False) for _ in range(many.settings.workers)]
    assert {answer.status_code for answer in at_work} == {200}
    assert client.get("/api/v1/export?format=csv").status_code == 429
    at_work[0].close()
    assert client.get("/api/v1/export?format=csv").status_code == 200
    for answer in at_work:
        answer.close()


def test_a_request_that_is_refused_holds_no_place(many: Catalogue) -> None:
    client = create_app(many).test_client()
    for _ in range(many.settings.workers + 1):
        assert client.get("/api/v1/export?format=csv&sky=nonsense").status_code == 400
        assert client.head("/api/v1/export?format=csv").status_code == 200
    assert client.get("/api/v1/export?format=csv").status_code == 200


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("", "format"),
        ("format=", "format"),
        ("format=exe", "format"),
        ("format=csv&format=ris", "format"),
        ("format=" + "a" * 101, "format"),
        ("format=csv&size=0", "size"),
        ("format=csv&size=1000001", "size"),
        ("format=csv&cursor=abc", "cursor"),
        ("format=csv&colour=red", "colour"),
        ("format=csv&q=(title:", "q"),
        *((f"format=csv&{name}=nonsense", name) for name in COVERED if name != "place"),
    ],
)
def test_what_is_wrong_is_a_problem_before_the_first_byte(
    client: FlaskClient, query: str, parameter: str
) -> None:
    answer = client.get(f"/api/v1/export?{query}")
    assert (answer.status_code, answer.content_type) == (400, "application/problem+json")
    assert answer.json["parameter"] == parameter
    assert "Content-Disposition" not in answer.headers


def test_an_index_that_is_down_is_told(empty: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    def down(query: object) -> None:
        raise errors.IndexUnavailable("The index does not answer.")

    monkeypatch.setattr(empty.index, "search", down)
    answer = create_app(empty).test_client().get("/api/v1/export?format=votable")
    assert (answer.status_code, answer.mimetype) == (503, "application/problem+json")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["q", "format", "size", "sort", *FACETS, *COVERED]) | st.text(max_size=8),
            st.text(max_size=40) | st.sampled_from(["csv", "ris", "1", '"', "a:b", "6/1", "1,2,3"]),
        ),
        max_size=4,
    )
)
def test_nothing_that_is_asked_is_a_fault(client: FlaskClient, pairs: list[tuple[str, str]]) -> None:
    answer = client.get("/api/v1/export", query_string=[("format", "votable"), *pairs])
    assert answer.status_code in (200, 400)
