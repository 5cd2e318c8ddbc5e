"""The official shapes of DCAT-AP 3, and what they find wrong in a graph."""

from __future__ import annotations

import functools
from pathlib import Path

import pyshacl
from rdflib import Graph


@functools.cache
def shapes(shared: Path) -> Graph:
    return Graph().parse(shared / "schemas" / "dcat-ap" / "dcat-ap_3_shacl_shapes.ttl")


def faults(graph: Graph, shared: Path) -> list[str]:
    """What the shapes find: violations, each in words."""
    conforms, report, _ = pyshacl.validate(graph, shacl_graph=shapes(shared), advanced=False, js=False)
    if conforms:
        return []
    results = Graph() + report
    query = """PREFIX sh: <http://www.w3.org/ns/shacl#> SELECT ?path ?value ?node ?text WHERE {
        ?r sh:resultSeverity sh:Violation ; sh:focusNode ?node ; sh:resultMessage ?text .
        OPTIONAL { ?r sh:resultPath ?path } OPTIONAL { ?r sh:value ?value } }"""
    return [" ".join(map(str, row)) for row in results.query(query)]
