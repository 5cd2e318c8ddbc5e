"""The questions of the gallery have the same answers on the embedded graph and on a real Fuseki."""

from __future__ import annotations

import contextlib
import re
from collections import Counter
from collections.abc import Iterator
from functools import partial

import orjson
import pytest

from catalogue.graph import Asked, Graph
from catalogue.graph_following import Descriptions, Following, open_graph
from catalogue.opening import Catalogue
from catalogue.settings import load_settings
from mappings.graph_record import describe
from tests.web.command_line import Home, sample_server
from vocab.base import vocabularies, vocabulary
from web.graph_catalog import standing_parts
from web.sparql_questions import questions

pytestmark = pytest.mark.services
BASE = "http://localhost:8080"
LARGE = {f"{BASE}/vocabularies/{name}" for name in vocabularies() if len(vocabulary(name)) > 700}


@pytest.fixture
def graphs(fuseki_url: str, tmp_path) -> Iterator[list[Graph]]:
    """Both engines with all sample records and the vocabularies that are not large."""
    home = Home(tmp_path, {"ALMAGEST_GRAPH_URL": f"embedded:{tmp_path}/unused"})
    with sample_server() as server:
        home.register(server.address)
        home("harvest")
    opened = []
    with contextlib.closing(Catalogue(load_settings({"ALMAGEST_HOME": str(tmp_path)}))) as catalogue:
        descriptions = Descriptions(
            edition="test",
            describe=lambda change: describe(change, BASE),
            standing=lambda: [one for one in standing_parts(catalogue) if one.name not in LARGE],
        )
        for url in (f"embedded:{tmp_path}/graph", fuseki_url):
            graph = open_graph(load_settings({"ALMAGEST_HOME": str(tmp_path), "ALMAGEST_GRAPH_URL": url}))
            opened.append(graph)
            Following(catalogue.store, graph, descriptions, contextlib.nullcontext).follow()
        yield opened
    for graph in opened:
        graph.close()


def rows(graph: Graph, text: str) -> list[tuple[object, ...]]:
    """The rows of an answer, in which equal values look equal."""
    asked = Asked(text=text, media_type="application/sparql-results+json", seconds=30)
    found = orjson.loads(b"".join(graph.query(asked)))
    names = found["head"]["vars"]
    return [tuple(map(partial(value, row), names)) for row in found["results"]["bindings"]]


def value(row: dict[str, dict[str, str]], name: str) -> object:
    """Numbers by their value, lists (GROUP_CONCAT) by what is in them."""
    if name not in row:
        return None
    text = row[name]["value"]
    if "XMLSchema#" in row[name].get("datatype", ""):
        with contextlib.suppress(ValueError):
            return round(float(text), 9)
    return tuple(sorted(text.split(", "))) if ", " in text else text


@pytest.mark.timeout(900)
def test_both_engines_answer_alike(graphs: list[Graph]) -> None:
    embedded, server = graphs
    assert embedded.size() == server.size() > 30_000
    assert embedded.position() == server.position()
    answered = 0
    for question in questions(BASE):
        one, other = rows(embedded, question.text), rows(server, question.text)
        limit = re.search(r"LIMIT (\d+)", question.text)
        if limit is not None and len(one) == len(other) == int(limit[1]):
            # Which of those that are equal in the order come in is up to the engine.
            one, other = ([numbers(row) for row in found] for found in (one, other))
        assert Counter(one) == Counter(other), question.name
        answered += bool(one)
    assert answered >= 20


def numbers(row: tuple[object, ...]) -> tuple[object, ...]:
    """Those values of a row that are numbers."""
    return tuple(one for one in row if isinstance(one, float))
