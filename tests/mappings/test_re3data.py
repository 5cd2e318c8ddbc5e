"""The crosswalk of re3data: XML of schema 2.2 and 4.0 and DataCite's JSON say the same."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from catalogue.errors import RecordRefused
from catalogue.json_form import dumps, read_record
from catalogue.record import Access, AgentIdentifier, Funding, Mapped, Provenance, Record
from mappings.base import formats, parse
from mappings.documents import documents
from mappings.re3data import JSON, XML, split
from mappings.re3data_interfaces import OAI_PMH
from mappings.re3data_selection import Selection, listed

XML_22 = """<?xml version="1.0"?>
<r3d:re3data xmlns:r3d="http://www.re3data.org/schema/2-2"><r3d:repository>
<r3d:re3data.orgIdentifier>r3d100010468</r3d:re3data.orgIdentifier>
<r3d:repositoryName language="eng">Sedna Archive</r3d:repositoryName>
<r3d:additionalName language="deu">Sedna-Archiv</r3d:additionalName>
<r3d:additionalName language="eng">SA</r3d:additionalName>
<r3d:repositoryURL>https://sedna.example/</r3d:repositoryURL>
<r3d:repositoryIdentifier>RRID:SCR_004129</r3d:repositoryIdentifier>
<r3d:description language="eng">Cold matter.</r3d:description>
<r3d:repositoryContact>info@sedna.example</r3d:repositoryContact>
<r3d:type>disciplinary</r3d:type>
<r3d:size updated="2020-01-01">10 datasets</r3d:size>
<r3d:startDate>2011</r3d:startDate><r3d:endDate>2013-07-31</r3d:endDate>
<r3d:repositoryLanguage>eng</r3d:repositoryLanguage>
<r3d:subject subjectScheme="DFG">307 Condensed Matter Physics</r3d:subject>
<r3d:missionStatementURL>https://sedna.example/mission</r3d:missionStatementURL>
<r3d:contentType contentTypeScheme="parse">Raw data</r3d:contentType>
<r3d:providerType>dataProvider</r3d:providerType>
<r3d:keyword>ice</r3d:keyword>
<r3d:institution>
<r3d:institutionName language="eng">Institute of Ice</r3d:institutionName>
<r3d:institutionCountry>DEU</r3d:institutionCountry>
<r3d:responsibilityType>general</r3d:responsibilityType>
<r3d:responsibilityType>funding</r3d:responsibilityType>
<r3d:institutionType>non-profit</r3d:institutionType>
<r3d:institutionURL>https://ice.example</r3d:institutionURL>
<r3d:institutionIdentifier>ROR:02c2kyt77</r3d:institutionIdentifier>
<r3d:institutionContact>boss@ice.example</r3d:institutionContact>
</r3d:institution>
<r3d:policy><r3d:policyName>Policy</r3d:policyName><r3d:policyURL>https://sedna.example/policy</r3d:policyURL></r3d:policy>
<r3d:databaseAccess><r3d:databaseAccessType>open</r3d:databaseAccessType></r3d:databaseAccess>
<r3d:dataAccess><r3d:dataAccessType>restricted</r3d:dataAccessType>
<r3d:dataAccessRestriction>registration</r3d:dataAccessRestriction></r3d:dataAccess>
<r3d:dataLicense><r3d:dataLicenseName>CC0</r3d:dataLicenseName>
<r3d:dataLicenseURL>https://creativecommons.org/publicdomain/zero/1.0/</r3d:dataLicenseURL></r3d:dataLicense>
<r3d:software><r3d:softwareName>EPrints</r3d:softwareName></r3d:software>
<r3d:api apiType="OAI-PMH">https://sedna.example/oai</r3d:api>
<r3d:api apiType="REST">https://sedna.example/rest</r3d:api>
<r3d:pidSystem>DOI</r3d:pidSystem>
<r3d:certificate>DSA</r3d:certificate>
<r3d:metadataStandard>
<r3d:metadataStandardName metadataStandardScheme="DCC">DataCite</r3d:metadataStandardName>
<r3d:metadataStandardURL>https://std.example</r3d:metadataStandardURL></r3d:metadataStandard>
<r3d:syndication syndicationType="RSS">https://sedna.example/rss</r3d:syndication>
<r3d:remarks>Remarkable.</r3d:remarks>
<r3d:entryDate>2012-11-15</r3d:entryDate><r3d:lastUpdate>2012-12-21</r3d:lastUpdate>
</r3d:repository></r3d:re3data>"""
XML_40 = """<r3d:re3data xmlns:r3d="http://www.re3data.org/schema/4-0"><r3d:repository>
<r3d:identifiers><r3d:re3data>r3d100010468</r3d:re3data><r3d:doi>https://doi.org/10.17616/R3QP53</r3d:doi></r3d:identifiers>
<r3d:repositoryName language="eng">Sedna Archive</r3d:repositoryName>
<r3d:repositoryUrl>https://sedna.example/</r3d:repositoryUrl>
<r3d:repositoryIdentifier><r3d:repositoryIdentifierType>RRID</r3d:repositoryIdentifierType>
<r3d:repositoryIdentifierValue>SCR_004129</r3d:repositoryIdentifierValue></r3d:repositoryIdentifier>
<r3d:description language="eng">Cold matter.</r3d:description>
<r3d:repositoryContact><r3d:repositoryContactType>email</r3d:repositoryContactType>
<r3d:repositoryContactInformation>info@sedna.example</r3d:repositoryContactInformation></r3d:repositoryContact>
<r3d:type>disciplinary</r3d:type>
<r3d:subject subjectScheme="DFG"><r3d:subjectId>307</r3d:subjectId>
<r3d:subjectName>Condensed Matter Physics</r3d:subjectName></r3d:subject>
<r3d:contentType>Raw data</r3d:contentType>
<r3d:keyword>ice</r3d:keyword>
<r3d:institution><r3d:institutionName language="eng">Institute of Ice</r3d:institutionName>
<r3d:institutionCountry>DEU</r3d:institutionCountry><r3d:responsibilityType>general</r3d:responsibilityType>
<r3d:institutionIdentifier><r3d:institutionIdentifierType>ROR</r3d:institutionIdentifierType>
<r3d:institutionIdentifierValue>02c2kyt77</r3d:institutionIdentifierValue></r3d:institutionIdentifier>
</r3d:institution>
<r3d:dataAccess><r3d:dataAccessType>restricted</r3d:dataAccessType>
<r3d:dataAccessRestriction>registration</r3d:dataAccessRestriction></r3d:dataAccess>
<r3d:dataLicense><r3d:dataLicenseName>CC0</r3d:dataLicenseName></r3d:dataLicense>
<r3d:api><r3d:apiType>OAI-PMH</r3d:apiType><r3d:apiUrl>https://sedna.example/oai</r3d:apiUrl>
<r3d:apiDocumentation>https://sedna.example/help</r3d:apiDocumentation></r3d:api>
</r3d:repository></r3d:re3data>"""
JSON_22: dict[str, Any] = {
    "id": "10.17616/R3QP53",
    "type": "re3data",
    "attributes": {
        "re3dataId": "r3d100010468",
        "repositoryName": "Sedna Archive",
        "repositoryUrl": "https://sedna.example/",
        "repositoryContacts": [{"text": "info@sedna.example"}, {"text": "https://sedna.example/contact"}],
        "description": "Cold matter.",
        "types": [{"text": "disciplinary"}],
        "subjects": [{"text": "307 Condensed Matter Physics", "scheme": "DFG"}],
        "contentTypes": [{"text": "Raw data", "scheme": "parse"}],
        "keywords": [{"text": "ice"}],
        "institutions": [
            {
                "name": "Institute of Ice",
                "nameLanguage": "eng",
                "country": "DEU",
                "responsibilityTypes": [{"text": "general"}],
                "identifiers": [{"text": "ROR:02c2kyt77"}],
                "contacts": [{"text": "boss@ice.example"}],
            }
        ],
        "dataAccesses": [{"type": "restricted", "restrictions": [{"text": "registration"}]}],
        "apis": [{"type": "OAI-PMH", "url": "https://sedna.example/oai"}],
        "startDate": "2013-05-08T00:00:00.000+00:00",
        "endDate": None,
        "created": "2013-06-13T09:39:16Z",
        "updated": "2019-01-15T10:06:25Z",
    },
}


def read(document: Any) -> Mapped:
    assert XML.read is not None
    return XML.read(document, Provenance(source="s", identifier="r3d100010468"))


def read_xml(text: str) -> Record:
    return read(parse(XML, text.encode())).record


@pytest.mark.parametrize(
    "record", [read_xml(XML_22), read_xml(XML_40), read(JSON_22).record], ids=["2.2", "4.0", "json"]
)
def test_the_three_dialects_say_the_same(record: Record) -> None:
    assert (record.kind, record.title, record.type_label) == ("repository", "Sedna Archive", "disciplinary")
    assert ("re3data", "r3d100010468", "own") in {
        (one.scheme, one.value, one.role) for one in record.identifiers
    }
    assert ("url", "https://sedna.example/", "alternate") in {
        (one.scheme, one.value, one.role) for one in record.identifiers
    }
    assert [one.value for one in record.descriptions if one.type == "abstract"] == ["Cold matter."]
    assert {(one.label, one.scheme) for one in record.subjects} == {
        ("307 Condensed Matter Physics", "DFG"),
        ("ice", None),
    }
    assert record.formats == ("Raw data",)
    assert record.access == Access(right="restricted", how="registration")
    assert record.publisher is not None
    assert record.publisher.name == "Institute of Ice"
    assert record.contributors[0].identifiers == (AgentIdentifier(scheme="ror", value="02c2kyt77"),)
    assert record.contributors[0].role == "HostingInstitution"
    capability = record.capabilities[0]
    assert (capability.standard, capability.interfaces[0].url) == (OAI_PMH, "https://sedna.example/oai")
    assert b"@" not in dumps(record)
    assert any(one.text == "DEU" for one in record.extra)


def test_what_only_the_xml_says() -> None:
    record = read_xml(XML_22)
    assert [(one.value, one.type, one.language) for one in record.titles[1:]] == [
        ("Sedna-Archiv", "alternative", "de"),
        ("SA", "alternative", "en"),
    ]
    assert ("rrid", "alternate") in {(one.scheme, one.role) for one in record.identifiers}
    assert record.funding == (
        Funding(funder="Institute of Ice", funder_identifier="https://ror.org/02c2kyt77"),
    )
    assert [one.licence.label for one in record.rights if one.licence] == ["CC0-1.0"]
    assert [one.description for one in record.capabilities] == ["OAI-PMH", "REST", "RSS"]
    assert {(one.type, one.value) for one in record.relations} == {
        ("IsDocumentedBy", "https://sedna.example/policy"),
        ("IsDocumentedBy", "https://sedna.example/mission"),
    }
    assert {(one.name, one.text) for one in record.parameters} == {
        ("database access", "open"),
        ("data access", "restricted (registration)"),
        ("PID system", "DOI"),
        ("software", "EPrints"),
        ("certificate", "DSA"),
        ("provider type", "dataProvider"),
        ("metadata standard", "DataCite (https://std.example)"),
    }
    assert [(one.kind, one.start, one.end) for one in record.dates] == [
        ("available", "2011", "2013-07-31"),
        ("other", "2012-11-15", "2012-11-15"),
        ("updated", "2012-12-21", "2012-12-21"),
    ]
    assert record.sizes == ("10 datasets (2020-01-01)",)
    assert record.languages == ("en",)


def test_a_repository_that_runs_has_no_end() -> None:
    [available] = [one for one in read(JSON_22).record.dates if one.kind == "available"]
    assert (available.start, available.end) == ("2013-05-08", None)


def test_several_kinds_of_data_are_as_open_as_the_most_open() -> None:
    document = {
        "id": "10.17616/R3",
        "repositoryName": "R",
        "dataAccesses": [{"type": "closed"}, {"type": "open"}],
    }
    assert read(document).record.access == Access(right="open")


def test_an_entry_of_the_list_is_a_short_record() -> None:
    text = (
        "<list><repository><id>r3d1</id><doi>https://doi.org/10.17616/R3QP53</doi><name>Zeno</name>"
        '<link href="x" rel="self"/></repository>'
        "<repository><id>r3d2</id><name>Eleatic</name></repository></list>"
    )
    found = list(documents(XML, text.encode()))
    assert [identifier for identifier, _ in found] == ["r3d1", "r3d2"]
    record = read(found[0][1]).record
    assert record.title == "Zeno"
    assert {one.scheme for one in record.identifiers} == {"doi", "re3data"}


def test_answers_are_split() -> None:
    assert [one for one, _ in split({"data": [JSON_22], "meta": {"total": 1}})] == ["r3d100010468"]
    assert [one for one, _ in split({"data": JSON_22})] == ["r3d100010468"]
    assert [one for one, _ in split(parse(XML, XML_22.encode()))] == ["r3d100010468"]
    assert [one for one, _ in split(parse(XML, XML_40.encode()))] == ["r3d100010468"]


@pytest.mark.parametrize(
    "document", [None, 5, "text", [], {}, {"attributes": {}}, {"attributes": 5}, {"data": {}}]
)
def test_what_is_no_repository_is_refused(document: Any) -> None:
    with pytest.raises(RecordRefused):
        read(document)


@pytest.mark.parametrize("text", ["<a/>", "<re3data/>", "<repository/>", "<list/>"])
def test_xml_that_is_no_repository_is_refused(text: str) -> None:
    with pytest.raises(RecordRefused):
        read_xml(text)


@pytest.mark.parametrize("document", [parse(XML, XML_22.encode()), parse(XML, XML_40.encode()), JSON_22])
@pytest.mark.parametrize(
    ("selection", "expected"),
    [
        (Selection(), True),
        (Selection(subjects=("3",)), True),
        (Selection(subjects=("307",)), True),
        (Selection(subjects=("30",)), True),
        (Selection(subjects=("308",)), False),
        (Selection(subjects=("condensed",)), True),
        (Selection(subjects=("Zoology", "Matter")), True),
        (Selection(contents=("raw",)), True),
        (Selection(contents=("Images",)), False),
        (Selection(countries=("deu",)), True),
        (Selection(countries=("DE",)), False),
        (Selection(subjects=("307",), countries=("FRA",)), False),
    ],
)
def test_selection(document: Any, selection: Selection, expected: bool) -> None:
    assert selection.takes(document) is expected


def test_options_are_lists() -> None:
    assert listed(" Physics, 307 ,,") == ("Physics", "307")
    assert listed(None) == ()


def test_both_dialects_are_formats() -> None:
    assert formats()["re3data"].is_xml
    assert not formats()["re3data_json"].is_xml
    assert JSON.read is XML.read


@pytest.mark.corpus
def test_all_of_the_corpus_is_mapped(shared: Path) -> None:
    count = endpoints = 0
    for path in sorted((shared / "corpus" / "re3data").iterdir()):
        for identifier, document in documents(XML, path.read_bytes()):
            mapped = read(document)
            assert identifier
            assert mapped.record.kind == "repository"
            assert mapped.issues == ()
            assert read_record(dumps(mapped.record)) == mapped.record
            count += 1
            endpoints += any(one.standard == OAI_PMH for one in mapped.record.capabilities)
    assert (count, endpoints > 10) == (98, True)
