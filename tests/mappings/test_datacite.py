"""DataCite: wrappers, kernels, what is wrong in a record, what the unknown is written as."""

from __future__ import annotations

import pytest
from lxml import etree

from catalogue.errors import RecordRefused
from catalogue.record import (
    Coverage,
    Identifier,
    Interval,
    Mapped,
    Provenance,
    Record,
    Relation,
    Term,
    Text,
    TimeCoverage,
)
from mappings.base import format_of
from mappings.datacite_reading import read
from mappings.datacite_writing import write

PROVENANCE = Provenance(source="s", identifier="oai:r:1")
_NAMESPACES = [
    "http://datacite.org/schema/kernel-2.2",
    "http://datacite.org/schema/kernel-3",
    "http://datacite.org/schema/kernel-3.1",
    "http://datacite.org/schema/kernel-4",
    "http://datacite.org/schema/kernel-4.9",
    "",
]


def _read(inside: str, identifier: str = "10.1234/X") -> Mapped:
    head = f'<identifier identifierType="DOI">{identifier}</identifier>'
    title = "" if "<titles>" in inside else "<titles><title>T</title></titles>"
    return read(etree.fromstring(f"<resource>{head}{title}{inside}</resource>"), PROVENANCE)


@pytest.mark.parametrize("namespace", _NAMESPACES)
@pytest.mark.parametrize(
    "wrapper",
    [
        "{}",
        "<oai_datacite><payload>{}</payload></oai_datacite>",
        '<oai_datacite xmlns="http://schema.datacite.org/oai/oai-1.0/"><payload>{}</payload></oai_datacite>',
        '<o:oai_datacite xmlns:o="http://schema.datacite.org/oai/oai-1.1/"><o:payload>{}</o:payload></o:oai_datacite>',
        "<oai_datacite>{}</oai_datacite>",
        "<metadata>{}</metadata>",
    ],
)
@pytest.mark.parametrize("prefix", ["datacite", "oai_datacite"])
def test_every_wrapping_and_kernel_under_either_prefix(namespace: str, wrapper: str, prefix: str) -> None:
    resource = (
        f'<d:resource xmlns:d="{namespace}"><d:identifier identifierType="DOI">10.1234/x</d:identifier>'
        "<d:titles><d:title>T</d:title></d:titles></d:resource>"
        if namespace
        else '<resource xmlns=""><identifier identifierType="DOI">10.1234/x</identifier>'
        "<titles><title>T</title></titles></resource>"
    )
    reader = format_of(prefix).read
    assert reader is not None
    record = reader(etree.fromstring(wrapper.format(resource)), PROVENANCE).record
    assert (record.title, record.identifiers[0].value) == ("T", "10.1234/x")


@pytest.mark.parametrize(
    "root",
    [
        "<oai_datacite><payload/></oai_datacite>",
        "<crossref_result/>",
        '<r:Resource xmlns:r="http://www.ivoa.net/xml/RegistryInterface/v1.0"/>',
        '<resource xmlns="http://datacite.org/schema/kernel-4"/>',
        "<OAI-PMH><error code='x'>y</error></OAI-PMH>",
    ],
)
def test_refused(root: str) -> None:
    with pytest.raises(RecordRefused) as refused:
        read(etree.fromstring(root), PROVENANCE)
    assert refused.value.path
    assert refused.value.reason


def test_a_doi_that_is_none_is_an_issue_and_no_doi() -> None:
    mapped = _read("", "not a doi")
    assert mapped.record.identifiers[0].scheme == "other"
    assert [one.path for one in mapped.issues] == ["identifier"]


def test_a_year_that_a_date_says_is_said_once() -> None:
    same = _read(
        "<publicationYear>2020</publicationYear><dates><date dateType='Issued'>2020-05-01</date></dates>"
    )
    assert [one.start for one in same.record.dates] == ["2020-05-01"]
    other = _read(
        "<publicationYear>2019</publicationYear><dates><date dateType='Issued'>2020-05-01</date></dates>"
    )
    assert [one.start for one in other.record.dates] == ["2019", "2020-05-01"]


def test_relation_and_related_item_are_one() -> None:
    record = _read(
        "<relatedIdentifiers><relatedIdentifier relatedIdentifierType='DOI' relationType='Cites'>10.1/A"
        "</relatedIdentifier><relatedIdentifier relatedIdentifierType='DOI' relationType='Cites'>10.9999/A"
        "</relatedIdentifier></relatedIdentifiers><relatedItems><relatedItem relatedItemType='Dataset'"
        " relationType='Cites'><relatedItemIdentifier relatedItemIdentifierType='DOI'>https://doi.org/10.9999/a"
        "</relatedItemIdentifier><titles><title>Cited</title></titles></relatedItem></relatedItems>"
    ).record
    assert record.relations == (
        Relation(type="Cites", scheme="other", value="10.1/A"),
        Relation(type="Cites", scheme="doi", value="10.9999/a", target_kind="dataset", title="Cited"),
    )


def test_only_terms_of_kernel_4_6_are_written() -> None:
    record = Record(
        id="x",
        kind="document",
        type_label="Poster",
        titles=(Text(value="T"),),
        provenance=PROVENANCE,
        identifiers=(Identifier(scheme="ivoid", value="ivo://a/b"),),
        relations=(
            Relation(type="IsRelatedTo", scheme="doi", value="10.1234/untyped"),
            Relation(type="IsServedBy", scheme="ivoid", value="ivo://a/tap"),
            Relation(type="IsPartOf", scheme="ivoid", value="ivo://a/whole"),
            Relation(type="Other", scheme="doi", value="10.1234/other"),
        ),
        subjects=(Term(label="s", uri="https://example.org/?a=1&b=2"),),
        coverage=Coverage(
            time=TimeCoverage(intervals=(Interval(low=51544.0, high=51545.0), Interval(low=60000.0)))
        ),
    )
    written = write(record).decode()
    assert '<identifier identifierType="ivoid">ivo://a/b</identifier>' in written
    assert '<resourceType resourceTypeGeneral="Other">Poster</resourceType>' in written
    assert "untyped" not in written
    assert "10.1234/other" not in written
    assert "ivo://a/whole" in written
    assert '<date dateType="Coverage">2000-01-01/2000-01-02</date>' in written
    assert '<date dateType="Coverage">2023-02-25/</date>' in written


def test_the_year_of_the_thing_goes_before_that_of_its_description() -> None:
    inside = "<dates><date dateType='Created' dateInformation='of the description'>1999</date>"
    record = _read(inside + "<date dateType='Updated'>2005</date></dates>").record
    assert b"<publicationYear>2005</publicationYear>" in write(record)
    alone = _read(inside + "</dates>").record
    assert b"<publicationYear>1999</publicationYear>" in write(alone)
