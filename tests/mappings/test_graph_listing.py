"""Pages of DCAT for harvesters are true to DCAT-AP 3, whatever they hold."""

from __future__ import annotations

from pathlib import Path

import pytest
from rdflib import DCAT, RDF, Graph, Namespace, URIRef

from catalogue.index import Change
from catalogue.record import Record
from mappings.graph_listing import Listing, describe_page
from tests.full_record import full_record
from tests.mappings.corpus_records import every_record
from tests.mappings.dcat_shapes import faults

BASE = "https://catalogue.example.org"
HYDRA = Namespace("http://www.w3.org/ns/hydra/core#")


def listing(after: str | None = None) -> Listing:
    return Listing(
        catalog=f"{BASE}/id/catalog",
        document=f"{BASE}/catalog",
        title="Catalogue",
        here=f"{BASE}/catalog.ttl?page=7",
        first=f"{BASE}/catalog.ttl",
        after=after,
        total=None,
    )


def change(record: Record, sequence: int = 1) -> Change:
    stamp = "2024-02-29T12:00:00Z"
    return Change(
        sequence=sequence, id=record.id, source=record.provenance.source, datestamp=stamp, record=record
    )


def graph_of(changes: list[Change], after: str | None = None) -> Graph:
    return Graph().parse(data=describe_page(listing(after), changes, BASE), format="nt")


def test_a_page_tells_what_it_holds_and_where_it_goes_on() -> None:
    record = full_record(id="abc")
    graph = graph_of([change(record)], f"{BASE}/catalog.ttl?page=8")
    catalog, page = URIRef(f"{BASE}/id/catalog"), URIRef(f"{BASE}/catalog.ttl?page=7")
    assert (catalog, HYDRA.view, page) in graph and (page, RDF.type, HYDRA.PartialCollectionView) in graph
    assert graph.value(page, HYDRA.next) == URIRef(f"{BASE}/catalog.ttl?page=8")
    thing = URIRef(f"{BASE}/id/records/abc")
    assert (catalog, HYDRA.member, thing) in graph and (catalog, DCAT.dataset, thing) in graph
    assert graph_of([]).value(page, HYDRA.next) is None


def test_a_tombstone_is_no_member() -> None:
    gone = Change(sequence=2, id="x", source="lab", datestamp="2024-02-29T12:00:00Z", record=None)
    assert not set(graph_of([gone]).subject_objects(HYDRA.member))


@pytest.mark.corpus
def test_pages_of_the_corpus_are_valid(shared: Path) -> None:
    some = [change(record, at) for at, record in enumerate(every_record(shared)) if at % 40 == 0][:30]
    assert len(some) == 30
    assert faults(graph_of(some), shared) == []
