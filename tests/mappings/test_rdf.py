"""Records as files of RDF: four syntaxes, the same statements as the graph."""

from __future__ import annotations

from dataclasses import replace

import pytest
from lxml import etree
from rdflib import DCTERMS, Graph, URIRef

from catalogue.product import Member
from catalogue.record import Identifier
from mappings.base import NOWHERE, change_of, document_of, format_of, written_at
from mappings.graph_record import describe
from tests.full_record import full_record
from tests.mappings.test_graph_record import BASE, a_record
from tests.mappings.test_graph_record import change_of as changed

SYNTAXES = {"turtle": "turtle", "ntriples": "nt", "rdfxml": "xml", "jsonld": "json-ld"}


@pytest.mark.parametrize("prefix", SYNTAXES)
def test_each_says_what_the_graph_says(prefix: str) -> None:
    change = changed(full_record(id="a1"))
    form = written_at(format_of(prefix), "example.org", BASE)
    expected = Graph().parse(data=describe(change, BASE).statements, format="nt")
    assert set(Graph().parse(data=document_of(form, change), format=SYNTAXES[prefix])) == set(expected)


@pytest.mark.parametrize("prefix", SYNTAXES)
def test_a_record_alone_is_written_too(prefix: str) -> None:
    record = a_record(identifiers=(Identifier(scheme="doi", value="10.1/x"),))
    form = format_of(prefix)
    assert form.write is not None
    graph = Graph().parse(data=form.write(record), format=SYNTAXES[prefix])
    assert (URIRef(f"{NOWHERE}/id/records/a1"), DCTERMS.title, None) in graph
    here = written_at(form, "example.org", BASE)
    assert here.write is not None
    assert here.write(record) == document_of(here, change_of(record))
    assert BASE.encode() in here.write(record)


def test_a_product_tells_of_its_records() -> None:
    members = (Member(id="r1", source="s", identifier="x1"), Member(id="r2", source="t", identifier="x2"))
    form = written_at(format_of("turtle"), "example.org", BASE)
    document = document_of(form, changed(a_record(), members=members)).decode()
    assert '"x1"' in document
    assert '"x2"' in document


def test_rdf_xml_has_no_declaration_of_its_own() -> None:
    form = format_of("rdfxml")
    assert form.write is not None
    document = form.write(full_record(lambda path: f"<&]]>\x00{path}", id="a1"))
    assert document.startswith(b"<rdf:RDF")
    assert etree.fromstring(document).tag.endswith("RDF")
    assert form.namespace is None, "OAI-PMH gives out DCAT-AP by the format «dcat»"


def test_what_is_gone_is_not_written() -> None:
    gone = replace(changed(a_record()), record=None)
    with pytest.raises(ValueError, match="a1"):
        document_of(format_of("turtle"), gone)
