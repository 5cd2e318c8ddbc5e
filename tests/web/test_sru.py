"""SRU against the observatory's catalogue: searches, versions, diagnostics, and a client of others."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
import sruthi
from flask import Flask
from flask.testing import FlaskClient
from lxml import etree
from werkzeug.test import TestResponse

from catalogue.errors import IndexUnavailable
from catalogue.opening import Catalogue
from catalogue.settings import load_settings
from mappings.base import formats
from tests.web.conftest import served
from tests.web.observatory import harvest, record
from web.app import create_app
from web.oai_xml import self_contained
from web.result_window import LAST_POSITION
from web.sru import MAXIMUM_RECORDS

NAMESPACES = {
    "2.0": (
        "http://docs.oasis-open.org/ns/search-ws/sruResponse",
        "http://docs.oasis-open.org/ns/search-ws/diagnostic",
    ),
    "1.2": ("http://www.loc.gov/zing/srw/", "http://www.loc.gov/zing/srw/diagnostic/"),
}
DC = "{http://purl.org/dc/elements/1.1/}"
RESPONSE = [
    "version",
    "numberOfRecords",
    "records",
    "nextRecordPosition",
    "echoedSearchRetrieveRequest",
    "diagnostics",
    "resultCountPrecision",
]
"""The order of the elements that we use in searchRetrieveResponseDefinition of sruResponse.xsd."""
RECORD = ["recordSchema", "recordPacking", "recordXMLEscaping", "recordData", "recordPosition"]
REQUEST = [
    "version",
    "queryType",
    "query",
    "startRecord",
    "maximumRecords",
    "recordXMLEscaping",
    "recordPacking",
    "recordSchema",
]
SAMPLES = {
    "place": "5.9,45.8,6.3,46.4",
    "sky": "10.68,41.27,0.5",
    "moc": "6/12-15",
    "energy": "1 keV/10 keV",
    "parameter": "exposure > 10 s",
}


def ask(client: FlaskClient, **parameters: str) -> etree._Element:
    """The answer to a request, checked for what the schema demands."""
    return checked(client.get("/sru", query_string=parameters))


def checked(answer: TestResponse) -> etree._Element:
    assert answer.status_code == 200, answer.text
    root = etree.fromstring(answer.data)
    version = root.findtext("{*}version") or ""
    response, diagnostic = NAMESPACES["2.0" if version == "2.0" else "1.2"]
    assert etree.QName(root).namespace == response
    assert answer.mimetype == ("application/sru+xml" if version == "2.0" else "text/xml")
    in_order(
        root,
        RESPONSE
        if etree.QName(root).localname == "searchRetrieveResponse"
        else ["version", "record", "diagnostics"],
    )
    for found in root.iterfind("{*}records/{*}record"):
        in_order(found, RECORD)
    for request in root.iterfind("{*}echoedSearchRetrieveRequest"):
        in_order(request, REQUEST)
    for fault in root.iter("{*}diagnostic"):
        assert etree.QName(fault).namespace == diagnostic
        in_order(fault, ["uri", "details", "message"])
    return root


def in_order(element: etree._Element, names: list[str]) -> None:
    found = [etree.QName(child).localname for child in element]
    assert set(found) <= set(names)
    assert found == sorted(set(found), key=names.index), found


def titles(root: etree._Element) -> list[str]:
    return [element.text or "" for element in root.iterfind(f".//{DC}title")]


def faults(root: etree._Element) -> list[tuple[str, str | None]]:
    return [
        ((fault.findtext("{*}uri") or "").rpartition("/")[2], fault.findtext("{*}details"))
        for fault in root.iterfind("{*}diagnostics/{*}diagnostic")
    ]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ('dc.title = "neutron powder diffraction"', ["Neutron powder diffraction of a frustrated magnet"]),
        ("dc.creator = lindqvist and dc.type = workflow", ["Shear measurement pipeline"]),
        (
            'dc.identifier = "https://doi.org/10.5072/PAPER.7"',
            ["Kosmologische Parameter aus schwachen Gravitationslinsen"],
        ),
        (
            'dc.date within "2018 2019"',
            ["TAP service of the Southern Sky Data Centre", "X-ray spectra of accreting pulsars"],
        ),
        ("dc.date < 2019", ["TAP service of the Southern Sky Data Centre"]),
        (
            "dc.publisher = southern not (dc.type = service or pulsars)",
            ["Weak lensing shear catalogue of the southern sky, third release"],
        ),
        ("dc.title any pulsa*", ["X-ray spectra of accreting pulsars"]),
        (
            'almagest.sky = "0,0,180"',
            ["Weak lensing shear catalogue of the southern sky, third release"],
        ),
        ("almagest.technique = diffraction", ["Neutron powder diffraction of a frustrated magnet"]),
        ("quark", []),
    ],
)
def test_what_is_found(client: FlaskClient, query: str, found: list[str]) -> None:
    root = ask(client, query=query)
    assert sorted(title for title in titles(root) if "Katalog" not in title) == found
    assert root.findtext("{*}numberOfRecords") == str(len(found))
    assert root.findtext("{*}nextRecordPosition") is None
    assert root.findtext("{*}echoedSearchRetrieveRequest/{*}query") == query
    assert not faults(root)


def test_orders_and_pages(client: FlaskClient) -> None:
    everything = ask(client, query="cql.allRecords = 1 sortBy dc.date", recordSchema="dc")
    assert everything.findtext("{*}numberOfRecords") == "7"
    walked, at = [], "1"
    while at:
        root = ask(client, query="cql.allRecords = 1 sortBy dc.date", startRecord=at, maximumRecords="3")
        positions = [element.text for element in root.iter("{*}recordPosition")]
        assert positions == [str(int(at) + number) for number in range(len(positions))]
        walked += [etree.tostring(data) for data in root.iter("{*}recordData")]
        at = root.findtext("{*}nextRecordPosition") or ""
    assert walked == [etree.tostring(data) for data in everything.iter("{*}recordData")]
    counted = ask(client, query="cql.allRecords = 1", maximumRecords="0")
    assert counted.findtext("{*}numberOfRecords") == "7" and counted.find("{*}records") is None


def test_every_xml_format_is_a_schema(client: FlaskClient) -> None:
    query = 'dc.title = "weak lensing shear catalogue"'
    writable = [form for form in formats().values() if form.write and form.is_xml and form.namespace]
    assert {"oai_dc", "datacite", "oai_openaire", "ivo_vor"} <= {form.prefix for form in writable}
    for form in writable:
        root = ask(client, query=query, recordSchema=form.prefix)
        data = root.find(".//{*}recordData")
        assert data is not None and len(data) == 1
        shown = root.findtext(".//{*}recordSchema")
        assert shown in {form.namespace, "info:srw/schema/1/diagnostics-v1.1"}
        if shown == form.namespace:
            by_uri = ask(client, query=query, recordSchema=form.namespace or "")
            assert by_uri.find(".//{*}recordData") is not None


def test_records_as_text(client: FlaskClient) -> None:
    query = 'dc.title = "weak lensing shear catalogue"'
    packed = ask(client, query=query).find(".//{*}recordData/*")
    for parameters in ({"recordXMLEscaping": "string"}, {"recordPacking": "string", "version": "1.2"}):
        data = ask(client, query=query, **parameters).find(".//{*}recordData")
        assert packed is not None and data is not None and len(data) == 0
        escaped = etree.fromstring((data.text or "").encode())
        assert [(part.tag, part.text) for part in escaped] == [(part.tag, part.text) for part in packed]


@pytest.mark.parametrize(
    ("parameters", "number", "details"),
    [
        ({"operation": "scan", "scanClause": "dc.title"}, "4", "scan"),
        ({"query": "a", "version": "3.0"}, "5", "2.0"),
        ({"query": "a", "startRecord": "0"}, "6", "startRecord"),
        ({"query": "a", "startRecord": "one"}, "6", "startRecord"),
        ({"query": "a", "maximumRecords": "-1"}, "6", "maximumRecords"),
        ({"query": "a", "maximumRecords": "²"}, "6", "maximumRecords"),
        ({"query": "a", "queryType": "xquery"}, "6", "queryType"),
        ({"operation": "searchRetrieve"}, "7", "query"),
        ({"query": "a", "sortKeys": "title"}, "8", "sortKeys"),
        ({"query": "a b"}, "10", None),
        ({"query": "dc.author = a"}, "16", "dc.author"),
        ({"query": "dc.title = sky", "startRecord": "3"}, "61", None),
        ({"query": "a", "recordSchema": "mods"}, "66", "mods"),
        ({"query": "a", "recordXMLEscaping": "json"}, "71", "json"),
        ({"query": "a", "stylesheet": "x.xsl"}, "110", None),
    ],
)
@pytest.mark.parametrize("version", ["2.0", "1.2"])
def test_what_is_wrong_is_a_diagnostic(
    client: FlaskClient, parameters: dict[str, str], number: str, details: str | None, version: str
) -> None:
    if version == "1.2" and "recordXMLEscaping" in parameters:
        parameters = {"query": "a", "recordPacking": "json"}
    root = ask(client, **{"version": version, **parameters})
    assert faults(root) == [(number, details)]
    assert root.findtext(".//{*}message")


def test_parameters_that_come_twice_and_too_much(client: FlaskClient) -> None:
    root = checked(client.get("/sru?query=a&query=b"))
    assert faults(root) == [("6", "query")]
    assert faults(checked(client.post("/sru", data={"query": "x" * 5000}))) == [("12", "4000")]
    assert faults(checked(client.post("/sru", data={"query": "x" * 2_000_000}))) == [("12", None)]
    assert faults(ask(client, query="(" * 3000)) == [("13", "40")]
    strange = ask(client, query='"\x00\x0b\ufffe<&>"', **{"x-unknown": "1"})
    assert faults(strange) == [("27", None)]
    assert titles(checked(client.post("/sru", data={"query": "dc.title = pulsars"})))


def test_records_beyond_the_limits(client: FlaskClient) -> None:
    root = ask(client, query="cql.allRecords = 1", startRecord=str(LAST_POSITION + 1))
    assert faults(root) == [("61", None)]
    assert ask(client, query="quark", startRecord="5").findtext("{*}numberOfRecords") == "0"
    many = ask(client, query="sky", maximumRecords="999999999")
    assert not faults(many) and MAXIMUM_RECORDS < 999999999


def test_words_without_cql(client: FlaskClient) -> None:
    root = ask(client, query='spectra "of (pulsars*', queryType="searchTerms")
    assert titles(root) == ["X-ray spectra of accreting pulsars"]


@pytest.mark.parametrize("version", ["2.0", "1.2"])
def test_what_the_service_says_of_itself(client: FlaskClient, version: str) -> None:
    root = ask(client, operation="explain", version=version)
    assert etree.QName(root).localname == "explainResponse"
    explain = root.find("{*}record/{*}recordData/{http://explain.z3950.org/dtd/2.0/}explain")
    assert explain is not None
    for index in explain.iterfind("{*}indexInfo/{*}index/{*}map/{*}name"):
        term = SAMPLES.get(index.text or "", "2015")
        asked = f'{index.get("set")}.{index.text} = "{term}"'
        assert not faults(ask(client, query=asked)), asked
    for schema in explain.iterfind("{*}schemaInfo/{*}schema"):
        for name in ("name", "identifier"):
            assert not faults(ask(client, query="sky", recordSchema=schema.get(name) or ""))
    assert explain.findtext("{*}configInfo/{*}setting") == str(MAXIMUM_RECORDS)
    assert etree.QName(ask(client)).localname == "explainResponse"


def test_an_index_that_is_down(app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def down(*_: object) -> None:
        raise IndexUnavailable("The index is away.")

    monkeypatch.setattr("web.sru.window", down)
    answer = client.get("/sru?query=sky")
    assert answer.status_code == 503 and answer.headers["Retry-After"]
    assert faults(etree.fromstring(answer.data)) == [("2", None)]


def test_a_record_that_cannot_be_written_does_not_cost_its_neighbours(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    whole = self_contained

    def sometimes(document: bytes) -> bytes:
        if b"pulsars" in document:
            raise ZeroDivisionError
        return whole(document)

    monkeypatch.setattr("web.sru.self_contained", sometimes)
    with caplog.at_level(logging.CRITICAL):
        root = ask(client, query="cql.allRecords = 1")
    assert len(root.findall("{*}records/{*}record")) == 7 and not faults(root)
    assert [fault.findtext("{*}uri") for fault in root.iter("{*}diagnostic")] == ["info:srw/diagnostic/1/67"]


@pytest.fixture
def numerous(tmp_path: Path) -> Iterator[Flask]:
    """A catalogue of 250 records."""
    catalogue = Catalogue(load_settings({"ALMAGEST_HOME": str(tmp_path)}))
    harvest(catalogue, "many", [record(f"n{number}", f"Nebula number {number}") for number in range(250)])
    yield create_app(catalogue)
    catalogue.close()


@pytest.mark.filterwarnings("error::sruthi.errors.WrongNamespaceWarning")
def test_sruthi_reads_all_pages(numerous: Flask) -> None:
    with served(numerous) as base:
        url = f"{base}/sru"
        found = sruthi.searchretrieve(
            url, 'dc.title = "nebula number"', maximum_records=100, record_schema="dc"
        )
        assert found.count == 250
        assert {one["text"] for one in found} == {f"Nebula number {number}" for number in range(250)}
        assert {one["schema"] for one in found} == {"http://www.openarchives.org/OAI/2.0/oai_dc/"}
        explained = sruthi.explain(url)
        with pytest.raises(sruthi.SruError, match="diagnostic/1/16"):
            sruthi.searchretrieve(url, "dc.author = a")
    assert explained.sru_version == "1.2"
    assert explained.index["dc"]["creator"] == "Creator"
    assert explained.config["maximumRecords"] == MAXIMUM_RECORDS
    assert explained.schema["oai_dc"]["title"] == "OAI Dublin Core"
    assert explained.database["title"] == "Almagest"
