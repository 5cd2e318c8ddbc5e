"""What the graph says beside the records: the catalogue, its sources, vocabularies and terms."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph
import pytest
from rdflib import DCAT, DCTERMS, FOAF, RDF, SKOS, Graph, Literal, Namespace, URIRef

from catalogue.opening import Catalogue
from catalogue.settings import load_settings
from catalogue.sources import Source
from mappings.graph_record import describe
from tests.mappings.dcat_shapes import faults
from tests.web.command_line import Home
from vocab.base import vocabularies
from web.demo.server import SampleServer
from web.graph_catalog import SERVICES, standing, standing_parts

BASE = "http://localhost:8080"
ALM = Namespace(f"{BASE}/terms#")
CATALOG = URIRef(f"{BASE}/id/catalog")
LARGE = ("languages", "observation_facilities", "uat", "licences")
"""Vocabularies of which the shapes need not see thousands of concepts."""


def graph_of(catalogue: Catalogue, *without: str) -> Graph:
    graph = Graph()
    for one in standing(catalogue):
        if not one.name.endswith(tuple(f"/vocabularies/{name}" for name in without)):
            graph.parse(data=one.statements, format="nt")
    return graph


def test_all_of_it_is_there_and_read_by_a_strict_parser(empty: Catalogue) -> None:
    empty.sources.add(Source(name="zen", kind="oai-pmh", url="https://zenodo.example.org/oai2d"))
    found = {one.name: one for one in standing(empty)}
    expected = {f"{BASE}/catalog", f"{BASE}/sources/zen", f"{BASE}/terms"}
    assert found.keys() == expected | {f"{BASE}/vocabularies/{name}" for name in vocabularies()}
    for one in found.values():
        quads = pyoxigraph.parse(one.statements, format=pyoxigraph.RdfFormat.N_TRIPLES, lenient=False)
        assert sum(1 for _ in quads) == one.statements.count(b"\n") > 0


def test_the_catalogue_leads_to_its_sources_and_services(empty: Catalogue) -> None:
    empty.sources.add(Source(name="zen", kind="oai-pmh", url="https://zenodo.example.org/oai2d"))
    graph = graph_of(empty, *vocabularies())
    zen = URIRef(f"{BASE}/id/sources/zen")
    assert list(graph.objects(CATALOG, DCAT.catalog)) == [zen]
    endpoints = {str(one) for one in graph.objects(None, DCAT.endpointURL)}
    assert endpoints == {f"{BASE}{path}" for _, _, path, _, _ in SERVICES}
    assert graph.value(zen, DCTERMS.source) == URIRef("https://zenodo.example.org/oai2d")
    assert graph.value(zen, ALM.recordCount) == Literal(0)
    assert (URIRef(f"{BASE}/sources/zen"), FOAF.primaryTopic, zen) in graph
    schemes = set(graph.objects(CATALOG, DCAT.themeTaxonomy))
    assert all((one, RDF.type, SKOS.ConceptScheme) in graph for one in schemes)
    assert len(schemes) >= 25


def test_a_path_or_an_account_of_a_source_is_told_to_nobody(empty: Catalogue, tmp_path: Path) -> None:
    empty.sources.add(Source(name="disk", kind="file", url=f"{tmp_path}/secret.xml"))
    graph = graph_of(empty, *vocabularies())
    assert str(tmp_path) not in graph.serialize(format="nt")


def test_a_fingerprint_changes_with_what_is_said(empty: Catalogue) -> None:
    def prints() -> dict[str, str]:
        return {one.name: one.fingerprint for one in standing_parts(empty)}

    before = prints()
    assert prints() == before
    empty.sources.add(Source(name="zen", kind="oai-pmh", url="https://zenodo.example.org/oai2d"))
    changed = {name for name, text in prints().items() if before.get(name) != text}
    assert changed == {f"{BASE}/catalog", f"{BASE}/sources/zen"}


@pytest.mark.corpus
@pytest.mark.timeout(300)
def test_records_of_the_demo_and_all_beside_conform_together(
    samples: SampleServer, tmp_path: Path, shared: Path
) -> None:
    """In one graph, as those find it who ask for the union: of each sample source sixty records."""
    home = Home(tmp_path, {})
    home.register(samples.address)
    assert home("harvest").exit_code in (0, 1)
    catalogue = Catalogue(load_settings({"ALMAGEST_HOME": str(tmp_path)}))
    try:
        graph = graph_of(catalogue, *LARGE)
        for state in catalogue.sources.all():
            for number, change in enumerate(catalogue.store.walk(source=state.name)):
                if number == 60:
                    break
                graph.parse(data=describe(change, BASE).statements, format="nt")
        assert len(set(graph.subjects(RDF.type, DCAT.CatalogRecord))) >= 100
        assert faults(graph, shared) == []
    finally:
        catalogue.close()
