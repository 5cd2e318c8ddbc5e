"""Which endpoints of a described repository can be harvested."""

from __future__ import annotations

import pytest

from catalogue.record import Capability, Interface, Provenance, Record, Text
from harvesters.endpoints import Endpoint, endpoints_of
from mappings.re3data_interfaces import OAI_PMH


def _repository(*capabilities: tuple[str | None, str | None, str | None]) -> Record:
    return Record(
        id="r",
        kind="repository",
        titles=(Text(value="Repository"),),
        provenance=Provenance(source="s", identifier="r"),
        capabilities=tuple(
            Capability(standard=standard, interfaces=(Interface(type=type, url=url),))
            for standard, type, url in capabilities
        ),
    )


@pytest.mark.parametrize(
    ("standard", "type", "url", "expected"),
    [
        (OAI_PMH, "OAI-PMH", "https://a.example/oai", Endpoint(kind="oai-pmh", url="https://a.example/oai")),
        (
            OAI_PMH,
            "OAI-PMH",
            "https://a.example/oai?verb=Identify",
            Endpoint(kind="oai-pmh", url="https://a.example/oai"),
        ),
        (
            OAI_PMH,
            "OAI-PMH",
            "https://a.example/oai?page=oai&verb=ListRecords&metadataPrefix=oai_dc#top",
            Endpoint(kind="oai-pmh", url="https://a.example/oai?page=oai"),
        ),
        (
            "ivo://ivoa.net/std/Registry",
            "vg:OAIHTTP",
            "https://vo.example/oai.xml",
            Endpoint(kind="ivoa", url="https://vo.example/oai.xml", prefix="ivo_vor"),
        ),
        (
            None,
            "REST",
            "https://rdm.example/api/records/",
            Endpoint(kind="invenio", url="https://rdm.example"),
        ),
        (
            None,
            "REST",
            "https://opendata.cern.ch/api/records/",
            Endpoint(kind="opendata", url="https://opendata.cern.ch"),
        ),
        (
            None,
            "REST",
            "https://www.hepdata.net/search/?format=json",
            Endpoint(kind="hepdata", url="https://www.hepdata.net"),
        ),
        (
            None,
            "REST",
            "https://scicat.example/api/v3/explorer",
            Endpoint(kind="scicat", url="https://scicat.example"),
        ),
    ],
)
def test_endpoint_by_standard_or_address(standard: str, type: str, url: str, expected: Endpoint) -> None:
    assert endpoints_of(_repository((standard, type, url))) == (expected,)


@pytest.mark.parametrize(
    ("standard", "url"),
    [
        (None, "https://a.example/developers"),
        (OAI_PMH, "ftp://a.example/oai"),
        (OAI_PMH, "javascript:alert(1)"),
        (OAI_PMH, None),
        (OAI_PMH, "https://[broken/oai"),
        ("http://www.w3.org/TR/sparql11-protocol", "https://a.example/sparql"),
        ("ivo://ivoa.net/std/TAP", "https://a.example/tap"),
    ],
)
def test_what_cannot_be_harvested_is_no_endpoint(standard: str | None, url: str | None) -> None:
    assert endpoints_of(_repository((standard, "REST", url))) == ()


def test_the_same_endpoint_twice_is_one_and_the_order_stays() -> None:
    record = _repository(
        (OAI_PMH, None, "https://b.example/oai?verb=Identify"),
        (OAI_PMH, None, "https://a.example/oai"),
        (OAI_PMH, None, "https://b.example/oai"),
    )
    assert [one.url for one in endpoints_of(record)] == ["https://b.example/oai", "https://a.example/oai"]
