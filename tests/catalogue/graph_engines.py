"""The engines of the graph that all pass the same tests, and what is put into them."""

from __future__ import annotations

from collections.abc import Iterator

import orjson
import pytest
import rdflib

from catalogue.graph import Asked, Graph, NamedGraph
from catalogue.graph_following import open_graph
from catalogue.settings import load_settings

BASE = "https://almagest.example.org"
DCT = "http://purl.org/dc/terms/"
ENGINES = ("embedded", pytest.param("fuseki", marks=pytest.mark.services))
JSON = "application/sparql-results+json"


@pytest.fixture(params=ENGINES)
def graph(request, tmp_path) -> Iterator[Graph]:
    """An empty graph."""
    url = f"embedded:{tmp_path}/graph"
    if request.param == "fuseki":
        url = request.getfixturevalue("fuseki_url")
    opened = open_graph(load_settings({"ALMAGEST_HOME": str(tmp_path), "ALMAGEST_GRAPH_URL": url}))
    yield opened
    opened.close()


def name_of(number: int) -> str:
    """The named graph of a record."""
    return f"{BASE}/records/r{number}"


def record(number: int, version: int = 0, *more: str) -> NamedGraph:
    """A record whose version is said in several statements, which must never be told apart."""
    thing = f"<{BASE}/id/records/r{number}>"
    lines = [
        f"<{name_of(number)}> <http://xmlns.com/foaf/0.1/primaryTopic> {thing} .",
        f'{thing} <{DCT}title> "Record {number}, «{version}»"@en .',
        f'{thing} <{DCT}hasVersion> "{version}"^^<http://www.w3.org/2001/XMLSchema#integer> .',
        *(f'{thing} <{DCT}extent> "{version}-{part}" .' for part in range(5)),
        *more,
    ]
    return NamedGraph(name=name_of(number), statements="\n".join(lines).encode() + b"\n")


def records(start: int, end: int, version: int = 0) -> list[NamedGraph]:
    """Records of consecutive numbers."""
    return [record(number, version) for number in range(start, end)]


def answer(graph: Graph, text: str, media_type: str = JSON, **limits) -> bytes:
    """The whole answer to a query."""
    return b"".join(graph.query(Asked(text=text, media_type=media_type, **limits)))


def rows(graph: Graph, text: str, **limits) -> list[tuple[str, ...]]:
    """The rows of a SELECT, each the plain values of its variables; in a certain order."""
    found = orjson.loads(answer(graph, text, **limits))
    return sorted(
        tuple(row[name]["value"] if name in row else "" for name in found["head"]["vars"])
        for row in found["results"]["bindings"]
    )


def statements(graph: Graph, text: str, media_type: str, syntax: str) -> set[tuple]:
    """What a CONSTRUCT or DESCRIBE gives, read by rdflib."""
    read = rdflib.Dataset() if syntax in {"nquads", "trig"} else rdflib.Graph()
    return {row[:3] for row in read.parse(data=answer(graph, text, media_type), format=syntax)}
