"""DCAT as others write it, and our own read back."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given

from catalogue.errors import RecordRefused
from catalogue.record import Capability, Identifier, Interface, Kind, Mapped, Provenance, Record, Reference
from mappings.base import format_of, parse
from mappings.dcat_graph import short
from mappings.documents import documents
from tests.mappings.strategies import datacite_records, without_repetitions
from tests.mappings.test_round_trips import _again, slow
from tests.mappings.test_schema_org_writing import KEPT, a_record

FORM = format_of("dcat")
PREFIXES = """
@prefix dcat: <http://www.w3.org/ns/dcat#> .
@prefix dct: <http://purl.org/dc/terms/> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix vcard: <http://www.w3.org/2006/vcard/ns#> .
@prefix locn: <http://www.w3.org/ns/locn#> .
@prefix geo: <http://www.opengis.net/ont/geosparql#> .
@prefix ex: <https://example.org/> .
"""


def read(text: str) -> Mapped:
    assert FORM.read is not None
    document = parse(FORM, (PREFIXES + text if not text.startswith(("{", "<")) else text).encode())
    return FORM.read(document, Provenance(source="test", identifier="x"))


FULL = """
ex:d a dcat:Dataset ;
  dct:title "Stars"@en, "Sterne"@de ;
  dct:description "All of them"@en ;
  dct:identifier "https://doi.org/10.5072/Stars" ;
  dct:creator [ a foaf:Agent, foaf:Person ; foaf:name "Ada" ] ;
  dct:publisher <https://ror.org/02mhbdp94> ;
  dcat:contactPoint [ vcard:fn "Desk" ; vcard:hasEmail <mailto:desk@example.org> ] ;
  dct:issued "2019-03-01"^^<http://www.w3.org/2001/XMLSchema#date> ;
  dct:temporal [ dcat:startDate "2018" ; dcat:endDate "2019" ] ;
  dct:language <http://publications.europa.eu/resource/authority/language/ENG> ;
  dcat:keyword "sky", "light" ;
  dcat:theme <http://astrothesaurus.org/uat/1578> ;
  dct:license <https://creativecommons.org/licenses/by/4.0/> ;
  dct:accessRights <http://publications.europa.eu/resource/authority/access-right/PUBLIC> ;
  dct:spatial [ dcat:bbox "POLYGON((1 2, 3 2, 3 4, 1 4, 1 2))"^^geo:wktLiteral ] ;
  dct:hasVersion ex:d2 ;
  dcat:distribution [ a dcat:Distribution ; dct:title "Table" ; dcat:byteSize "12.0" ;
    dcat:accessURL <https://example.org/a.csv> ;
    dcat:mediaType <https://www.iana.org/assignments/media-types/text/csv> ] ;
  dct:provenance "by hand" .
<https://ror.org/02mhbdp94> a foaf:Agent ; foaf:name "Observatory" .
"""


def test_a_dataset_in_turtle() -> None:
    record = read(FULL).record
    assert [(one.value, one.language) for one in record.titles] == [("Stars", "en"), ("Sterne", "de")]
    assert [(one.scheme, one.value, one.role) for one in record.identifiers] == [
        ("doi", "10.5072/stars", "own"),
        ("url", "https://example.org/d", "alternate"),
    ]
    assert (record.creators[0].name, record.creators[0].kind) == ("Ada", "person")
    assert record.publisher is not None
    assert record.publisher.identifiers[0].value == "02mhbdp94"
    assert [(one.name, one.role) for one in record.contributors] == [("Desk", "ContactPerson")]
    assert {(one.kind, one.start, one.end) for one in record.dates} == {
        ("issued", "2019-03-01", "2019-03-01"),
        ("collected", "2018", "2019"),
    }
    assert record.languages == ("en",)
    assert {one.label for one in record.subjects} == {"sky", "light", "http://astrothesaurus.org/uat/1578"}
    assert record.rights[0].licence is not None and record.rights[0].licence.label == "CC-BY-4.0"
    assert record.access is not None and record.access.right == "open"
    assert record.coverage is not None and record.coverage.places[0].box == (1.0, 2.0, 3.0, 4.0)
    assert [(one.type, one.value) for one in record.relations] == [("HasVersion", "https://example.org/d2")]
    [file] = record.distributions
    assert (file.url, file.size, file.media_type) == ("https://example.org/a.csv", 12, "text/csv")
    assert [(one.path, one.text) for one in record.extra] == [("dct:provenance[0]", "by hand")]


def test_nobody_s_address_is_kept() -> None:
    assert b"desk@example.org" not in repr(read(FULL)).encode()


def test_json_ld_with_its_own_and_with_a_foreign_context() -> None:
    own = {
        "@context": {"d": "http://www.w3.org/ns/dcat#", "title": "http://purl.org/dc/terms/title"},
        "@id": "https://example.org/1",
        "@type": "d:Dataset",
        "title": "One",
    }
    assert read(json.dumps(own)).record.title == "One"
    # The address is not fetched; the usual prefixes are known.
    foreign = {
        "@context": ["https://example.org/context.jsonld", {"@import": "https://example.org/more"}],
        "@id": "https://example.org/1",
        "@type": "dcat:Dataset",
        "dcterms:title": "Two",
    }
    assert read(json.dumps(foreign)).record.title == "Two"


def test_names_of_the_application_profile_without_their_context() -> None:
    record = read(
        json.dumps(
            {
                "@context": "https://example.org/dcat-ap.jsonld",
                "@id": "https://example.org/d",
                "@type": ["Dataset", "DatasetMemberOfADatasetSeries"],
                "title": {"en": "Bees", "el": "Μέλισσες"},
                "releaseDate": "2023-03-21",
                "inSeries": "https://example.org/s",
                "publisher": {"@type": "Organization", "name": "Agency"},
                "datasetDistribution": {
                    "accessURL": "https://example.org/b.csv",
                    "licence": "http://publications.europa.eu/resource/authority/licence/CC_BYNC_4_0",
                },
            }
        )
    ).record
    assert [(one.value, one.language) for one in record.titles] == [("Bees", "en"), ("Μέλισσες", "el")]
    assert [one.start for one in record.dates] == ["2023-03-21"]
    assert [(one.type, one.value) for one in record.relations] == [("IsPartOf", "https://example.org/s")]
    assert record.publisher is not None and record.publisher.name == "Agency"
    assert [one.url for one in record.distributions] == ["https://example.org/b.csv"]
    assert [one.licence.label for one in record.rights if one.licence] == ["CC-BY-NC-4.0"]


def test_names_of_another_vocabulary_are_not_those_of_dcat() -> None:
    text = (
        '{"@context": "https://schema.org", "@id": "https://example.org/d", "@type": "Dataset", "name": "x"}'
    )
    with pytest.raises(RecordRefused, match="not fetched"):
        read(text)


def test_a_name_with_properties_is_a_record_even_without_a_title() -> None:
    record = read("ex:d a dcat:Dataset ; dct:accrualPeriodicity ex:YEARLY .").record
    assert [(one.value, one.role) for one in record.identifiers] == [("https://example.org/d", "own")]
    with pytest.raises(RecordRefused, match="There is no"):
        read("ex:d a dcat:Dataset .")


def test_licences_of_files_are_those_of_the_record() -> None:
    found = read("""ex:d a dcat:Dataset ; dct:title "d" ; dcat:distribution
        [ dcat:accessURL ex:a ; dct:license <https://creativecommons.org/licenses/by/4.0/> ],
        [ dcat:accessURL ex:b ; dct:license <https://creativecommons.org/licenses/by/4.0/> ],
        [ dcat:accessURL ex:c ; dct:license ex:FreeAndOpen ] .
        ex:FreeAndOpen <http://www.w3.org/2004/02/skos/core#exactMatch>
          <http://publications.europa.eu/resource/authority/licence/CC0> .""").record
    assert {(one.url, one.licence.label if one.licence else None) for one in found.rights} == {
        ("https://creativecommons.org/licenses/by/4.0/", "CC-BY-4.0"),
        ("https://example.org/FreeAndOpen", "CC0-1.0"),
    }
    assert len(found.rights) == 2


def test_pages_of_people_and_files_are_kept() -> None:
    found = read("""ex:d a dcat:Dataset ; dct:title "d" ;
        dct:publisher [ foaf:name "Agency" ; foaf:homepage ex:agency ] ;
        dcat:contactPoint [ vcard:fn "Desk" ; vcard:hasURL ex:desk ; vcard:hasEmail <mailto:a@b.org> ] .""")
    assert {one.text for one in found.record.extra} == {
        "https://example.org/agency",
        "https://example.org/desk",
    }


def test_a_catalogue_is_several_records() -> None:
    text = (
        PREFIXES
        + """
    ex:c a dcat:Catalog ; dct:title "All" ; dcat:dataset ex:a, ex:b .
    ex:a a dcat:Dataset ; dct:title "A" ; dct:isPartOf ex:c .
    ex:b a dcat:Dataset ; dct:title "B" .
    """
    )
    found = dict(documents(FORM, text.encode()))
    assert set(found) == {f"https://example.org/{name}" for name in "abc"}
    assert FORM.read is not None
    catalogue = FORM.read(found["https://example.org/c"], Provenance(source="t", identifier="c")).record
    assert (catalogue.kind, {one.title for one in catalogue.relations}) == ("repository", {"A", "B"})


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "There is no dcat:Dataset"),
        (b"{", "Not JSON"),
        (b"<http://a> <http://b>", "Not RDF"),
        (b'{"@context": 3}', "Not RDF|There is no"),
        (b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:li/></rdf:RDF>', "Not RDF"),
        (b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///x">]><a>&b;</a>', "Not RDF|There is"),
        (b"[" * 5000 + b"]" * 5000, "nested too deeply|Not JSON|There is no"),
    ],
)  # fmt: skip
def test_what_is_none_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(RecordRefused, match=reason):
        parse(FORM, data)


def test_an_answer_of_several_records() -> None:
    from mappings.dcat_writing import write

    bad = b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:li/></rdf:RDF>'
    other = a_record(identifiers=(Identifier(scheme="doi", value="10.5072/2"),))
    answer = b"<?xml version='1.0'?><ListRecords>%b%b%b</ListRecords>" % (
        write(a_record()),
        bad,
        write(other),
    )
    found = list(documents(FORM, answer))
    assert [name for name, _ in found] == ["https://doi.org/10.5072/1", None, "https://doi.org/10.5072/2"]
    assert FORM.read is not None
    with pytest.raises(RecordRefused, match="Not RDF/XML"):
        FORM.read(found[1][1], Provenance(source="t", identifier="bad"))


def test_a_circle_ends() -> None:
    text = 'ex:a a dcat:Dataset ; dct:title "A" ; dct:subject ex:s . '
    text += "ex:s dct:relation ex:t . ex:t dct:relation ex:s ."
    assert read(text).record.title == "A"


def test_names() -> None:
    assert short("http://purl.org/dc/terms/title") == "dct:title"
    assert short("https://example.org/x") == "https://example.org/x"


# Round trips


NOT_SAID = {"parameters", "techniques", "environment"}
"""What schema.org has a place for, and DCAT has none."""


def _normal(name: str, value: Any) -> Any:
    if name == "descriptions":
        return {dataclasses.replace(one, type=None) for one in value}
    if name == "coverage":
        return set(value.places)
    return set(value) if isinstance(value, tuple) else value


@pytest.mark.parametrize("name", [one for one in KEPT if one not in NOT_SAID])
def test_what_it_can_hold_comes_back(name: str) -> None:
    record = a_record(**{name: KEPT[name]})
    assert _normal(name, getattr(_again(record, "dcat"), name)) == _normal(name, KEPT[name])


@pytest.mark.parametrize("kind", get_args(Kind))
def test_kinds(kind: Any) -> None:
    again = _again(a_record(kind=kind), "dcat")
    assert (again.kind, again.type_label) == (kind, None)
    labelled = _again(a_record(kind=kind, type_label="Words of ours"), "dcat")
    assert (labelled.kind, labelled.type_label) == (kind, "Words of ours")


def test_services_and_instruments() -> None:
    tap = Capability(
        standard="ivo://ivoa.net/std/TAP", interfaces=(Interface(url="https://example.org/tap"),)
    )
    assert _again(a_record(kind="service", capabilities=(tap,)), "dcat").capabilities == (tap,)
    telescope = Reference(label="Big", uri="https://example.org/big")
    assert _again(a_record(instruments=(telescope,)), "dcat").instruments == (telescope,)


def test_names_of_a_record() -> None:
    names = (
        Identifier(scheme="doi", value="10.5072/1"),
        Identifier(scheme="ivoid", value="ivo://example.org/a", role="alternate"),
        Identifier(scheme="local", value="17", role="alternate"),
    )
    again = _again(a_record(identifiers=names), "dcat")
    assert {(one.scheme, one.value, one.role) for one in again.identifiers} == {
        (one.scheme, one.value, one.role) for one in names
    }


def _apart(record: Record) -> Record:
    """A record none of whose nodes is the same as another, as RDF would join them."""
    own = {(one.scheme, one.value) for one in record.identifiers}
    return dataclasses.replace(
        record,
        relations=tuple(one for one in record.relations if (one.scheme, one.value) not in own),
        funding=record.funding[:1],
        creators=tuple(dataclasses.replace(one, identifiers=()) for one in record.creators),
    )


@slow
@given(datacite_records().map(without_repetitions).map(_apart))
def test_any_record(record: Record) -> None:
    again = _again(record, "dcat")
    # RDF has sets: the order of equals is lost.
    assert record.titles[0].value in {one.value for one in again.titles}
    assert {(one.value, one.language) for one in again.titles} == {
        (one.value, one.language) for one in record.titles
    }
    titles = {one.value for one in record.titles}
    assert {(one.value, one.language) for one in again.descriptions} == {
        (one.value, one.language) for one in record.descriptions if one.value not in titles
    }
    assert {one.name for one in again.creators} == {one.name for one in record.creators}
    assert (again.kind, again.version, again.languages) == (record.kind, record.version,
        tuple(one.partition("-")[0] for one in record.languages))  # fmt: skip
    # Two words for one concept are two labels of one node.
    assert {one for one in again.subjects if one.uri is None} == {
        one for one in record.subjects if one.uri is None
    }
    assert {(one.type, one.scheme, one.value) for one in again.relations} >= {
        (one.type, one.scheme, one.value) for one in record.relations if one.scheme != "url"
    }
    assert again.access == record.access
    assert set(again.funding) == set(record.funding)


@pytest.mark.corpus
def test_the_corpus_is_read(shared: Path) -> None:
    count = refused = 0
    for path in sorted((shared / "corpus" / "dcat").iterdir()):
        if path.suffix == ".md":
            continue
        try:
            for name, document in documents(FORM, path.read_bytes()):
                assert FORM.read is not None
                assert FORM.read(
                    document, Provenance(source="corpus", identifier=name or path.name)
                ).record.title
                count += 1
        except RecordRefused as reason:
            assert reason.reason
            refused += 1
    assert (count >= 50, refused <= 22) == (True, True), (count, refused)
