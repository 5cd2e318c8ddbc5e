"""DCAT as it is written: RDF, true to the shapes of DCAT-AP 3."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from hypothesis import given
from lxml import etree
from rdflib import DCAT, DCTERMS, RDF, Graph, Literal, URIRef

from catalogue.identity import scheme_and_value
from catalogue.record import Capability, Identifier, Interface, Record
from mappings.base import format_of
from mappings.dcat_writing import write
from mappings.links import with_page
from tests.full_record import full_record
from tests.mappings.corpus_records import every_record
from tests.mappings.dcat_shapes import faults
from tests.mappings.strategies import datacite_records
from tests.mappings.test_round_trips import slow
from tests.mappings.test_schema_org_writing import a_record

EVERY = 8
"""Of the corpus so many records are validated; all are parsed."""

FORBIDDEN = frozenset('<>" {}|\\^`')


def check(record: Record, into: Graph | None = None) -> Graph:
    data = write(record)
    etree.fromstring(data)
    graph = into if into is not None else Graph()
    graph.parse(data=data, format="xml")
    for one in itertools.chain.from_iterable(graph):
        assert not (isinstance(one, URIRef) and FORBIDDEN & set(one)), one
    return graph


@pytest.mark.corpus
@pytest.mark.timeout(600)
def test_the_corpus_conforms(shared: Path) -> None:
    """Each once: two sources' values of one thing are more than a profile allows."""
    unique = {record.identifiers or record.id: record for record in every_record(shared)}
    for number, record in enumerate(unique.values()):
        check(record)
        if number % EVERY == 0:
            assert faults(check(record), shared) == [], record.provenance


@slow
@given(datacite_records())
def test_any_record(record: Record) -> None:
    graph = check(record)
    [name] = etree.fromstring(write(record))[0].xpath("@*[local-name() = 'about']")
    assert scheme_and_value(name) == ("doi", record.identifiers[0].value)
    titles = [one for one in graph.objects(URIRef(name), DCTERMS.title) if isinstance(one, Literal)]
    # A relation may be to the thing itself, by another title.
    assert (record.titles[0].value, record.titles[0].language) in [(str(one), one.language) for one in titles]


@pytest.mark.corpus
def test_full_records_conform(shared: Path) -> None:
    for kind in ("dataset", "service", "repository", "instrument", "software", "publication"):
        graph = check(full_record(kind=kind, coverage=None))
        assert faults(graph, shared) == [], kind


def test_hostile_text() -> None:
    hostile = full_record(lambda path: f"</dct:title><x \"'&]]>\x00\ufffe\u2028 javascript:{path}")
    check(hostile)
    assert b"<x" not in write(hostile)


def test_services_have_endpoints() -> None:
    tap = Capability(
        standard="ivo://ivoa.net/std/TAP", interfaces=(Interface(url="https://example.org/tap?a=1&b=2"),)
    )
    service = a_record(kind="service", capabilities=(tap,))
    graph = check(service)
    [node] = graph.subjects(RDF.type, DCAT.DataService)
    assert [str(one) for one in graph.objects(node, DCAT.endpointURL)] == ["https://example.org/tap?a=1&b=2"]
    assert [str(one) for one in graph.objects(node, DCTERMS.conformsTo)] == ["ivo://ivoa.net/std/TAP"]
    assert (None, RDF.type, DCAT.Dataset) in check(a_record(kind="service"))


def test_a_nameless_record_is_called_by_its_page() -> None:
    local = Identifier(scheme="local", value="17", role="alternate")
    record = with_page(a_record(identifiers=(local,)), "example.org", "https://catalogue.example.org")
    [node] = check(record).subjects(RDF.type, DCAT.Dataset)
    assert str(node) == "https://catalogue.example.org/records/a"
    named = a_record()
    assert with_page(named, "example.org", "https://catalogue.example.org") is named


def test_it_is_offered_over_oai_pmh() -> None:
    form = format_of("dcat")
    assert form.is_xml and form.namespace and form.schema
