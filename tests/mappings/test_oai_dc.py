"""OAI Dublin Core: wrappings, own identifiers, dates, hostile values."""

from __future__ import annotations

import pytest
from lxml import etree

from catalogue.errors import RecordRefused
from catalogue.record import Mapped, Provenance, record_id
from mappings.base import xml_parser
from mappings.oai_dc import read, write

_OPENING = (
    '<oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/"'
    ' xmlns:dc="http://purl.org/dc/elements/1.1/">'
)


def _read(inside: str, header: str = "oai:repo.example.org:1") -> Mapped:
    document = etree.fromstring(f"{_OPENING}{inside}</oai_dc:dc>".encode(), xml_parser())
    return read(document, Provenance(source="s", identifier=header))


def _dc(**values: str | list[str]) -> str:
    parts: list[str] = []
    for name, texts in values.items():
        parts.extend(
            f"<dc:{name}>{text}</dc:{name}>" for text in ([texts] if isinstance(texts, str) else texts)
        )
    return "".join(parts)


def test_id_and_provenance() -> None:
    record = _read(_dc(title="T")).record
    assert record.id == record_id("s", "oai:repo.example.org:1")
    assert record.provenance == Provenance(source="s", identifier="oai:repo.example.org:1")


@pytest.mark.parametrize(
    ("header", "identifiers", "own"),
    [
        ("oai:r:1", ["10.1234/a", "https://doi.org/10.1234/b"], ["10.1234/a"]),
        ("oai:r:10.1234/B", ["10.1234/a", "https://doi.org/10.1234/b"], ["10.1234/b"]),
        ("doi:10.1234/c", [], ["10.1234/c"]),
        ("oai:r:1", ["https://example.org/landing", "isbn:9783161484100"], []),
        (
            "oai:r:1",
            ["hdl:1721.1/1", "10.1234/a", "hdl:1721.1/2", "oai:r:1"],
            ["1721.1/1", "10.1234/a", "oai:r:1"],
        ),
    ],
)
def test_own_identifiers(header: str, identifiers: list[str], own: list[str]) -> None:
    record = _read(_dc(title="T", identifier=identifiers), header).record
    assert [one.value for one in record.identifiers if one.role == "own"] == own
    assert len(record.identifiers) >= len(identifiers)


def test_an_identifier_that_is_said_twice_is_one() -> None:
    record = _read(_dc(title="T", identifier=["10.1234/A", "doi:10.1234/a"])).record
    assert [one.value for one in record.identifiers] == ["10.1234/a"]


@pytest.mark.parametrize(
    ("dates", "issued", "others"),
    [
        (["2019-03-01"], ["2019-03-01"], 0),
        (["2020-01-01T10:00:00Z", "2020-01-01T10:00:00Z", "2015"], ["2015"], 1),
        (["2020-01-01T10:00:00Z"], ["2020-01-01T10:00:00Z"], 0),
        ([":tba"], [], 0),
        ([], [], 0),
    ],
)
def test_dates(dates: list[str], issued: list[str], others: int) -> None:
    record = _read(_dc(title="T", date=dates)).record
    assert [one.start for one in record.dates if one.kind == "issued"] == issued
    assert len([one for one in record.dates if one.kind == "other"]) == others


def test_a_date_that_is_none_is_kept_with_an_issue() -> None:
    mapped = _read(_dc(title="T", date="Not found"))
    assert mapped.record.dates[0].text == "Not found"
    [issue] = mapped.issues
    assert (issue.identifier, issue.path, issue.value) == ("oai:repo.example.org:1", "dc:date", "Not found")


def test_without_title_the_identifier_stands_in() -> None:
    mapped = _read(_dc(identifier="10.1234/a", title="(:unas)"))
    assert mapped.record.title == "10.1234/a"
    assert mapped.record.titles[0].type == "identifier"
    assert [one.path for one in mapped.issues] == ["dc:title"]
    assert b"<dc:title>" not in write(mapped.record)


@pytest.mark.parametrize("inside", ["", "<dc:creator>A</dc:creator>", "<dc:title> </dc:title>", "<!-- c -->"])
def test_a_record_of_nothing_is_refused(inside: str) -> None:
    with pytest.raises(RecordRefused) as refused:
        _read(inside)
    assert refused.value.path == "dc:title"


@pytest.mark.parametrize(
    "root", ["<html/>", "<metadata/>", '<panosc xmlns="http://x.org/"/>', "<record><a/></record>"]
)
def test_another_root_is_refused(root: str) -> None:
    with pytest.raises(RecordRefused, match=r"root|metadata"):
        read(etree.fromstring(root), Provenance(source="s", identifier="1"))


def test_elements_without_namespace_and_unknown_ones() -> None:
    document = etree.fromstring("<dc><title>T</title><mystery>kept</mystery><!-- c --><?p i?></dc>")
    record = read(document, Provenance(source="s", identifier="1")).record
    assert record.title == "T"
    assert [(one.path, one.text) for one in record.extra] == [("mystery", "kept")]


def test_mixed_content_is_read_as_its_text() -> None:
    record = _read("<dc:title>On <i>E. coli</i> and x</dc:title>").record
    assert record.title == "On E. coli and x"


def test_limits_are_enforced_with_issues() -> None:
    mapped = _read(
        _dc(title="t" * 2001, description="d" * 100_001, creator=[f"Name {i}" for i in range(5001)])
    )
    assert len(mapped.record.title) == 2000
    assert len(mapped.record.descriptions[0].value) == 100_000
    assert len(mapped.record.creators) == 5000
    assert {one.path for one in mapped.issues} == {"dc:title", "dc:description", "dc:creator"}


def test_no_email_address_comes_out() -> None:
    mapped = _read(
        _dc(
            title="Data of jane@example.org",
            creator=["Doe, Jane (jane@example.org)", "jane@example.org"],
            identifier=["mailto:jane@example.org", "10.1234/a"],
            rights="Ask jane@example.org",
            relation="jane@example.org",
            date="jane@example.org",
        )
    )
    assert "jane@" not in repr(mapped.record).replace("repo.example.org", "")
    assert "jane@" not in repr(mapped.issues)
    assert [one.name for one in mapped.record.creators] == ["Doe, Jane"]


def test_entities_are_not_resolved() -> None:
    bomb = b'<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]>' + (
        f"{_OPENING}<dc:title>T</dc:title><dc:subject>&e;</dc:subject></oai_dc:dc>".encode()
    )
    record = read(etree.fromstring(bomb, xml_parser()), Provenance(source="s", identifier="1")).record
    assert all("root:" not in one.label for one in record.subjects)
