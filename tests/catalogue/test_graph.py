"""What both engines of the graph do alike."""

from __future__ import annotations

import pytest
import rdflib

from catalogue.errors import GraphTooCostly, GraphUnavailable, QueryError
from catalogue.graph import Asked, Graph, NamedGraph
from tests.catalogue.graph_engines import (
    BASE,
    DCT,
    JSON,
    answer,
    graph,  # noqa: F401
    name_of,
    record,
    records,
    rows,
    statements,
)

VERSIONS = f"SELECT ?s ?v {{ ?s <{DCT}hasVersion> ?v }}"
THING = f"{BASE}/id/records/r"


@pytest.fixture
def filled(graph: Graph) -> Graph:  # noqa: F811
    """A graph of ten records and a vocabulary."""
    vocabulary = NamedGraph(
        name=f"{BASE}/vocabularies/colours",
        statements=b'<urn:red> <http://www.w3.org/2004/02/skos/core#prefLabel> "red"@en .\n',
    )
    graph.rebuild([([vocabulary], 0), (records(0, 6), 6), (records(6, 10), 12)], "one", "a note")
    return graph


def test_a_new_graph_is_empty(graph: Graph) -> None:  # noqa: F811
    assert (graph.position(), graph.edition(), graph.remembered(), graph.size()) == (0, "", "", 0)
    with pytest.raises(GraphUnavailable, match=r"not built yet.*almagest graph"):
        answer(graph, VERSIONS)


def test_a_graph_that_was_built(filled: Graph) -> None:
    assert (filled.position(), filled.edition(), filled.remembered()) == (12, "one", "a note")
    assert rows(filled, VERSIONS) == [(f"{THING}{number}", "0") for number in range(10)]
    assert rows(filled, "SELECT ?l { <urn:red> ?p ?l }") == [("red",)]


def test_graphs_are_replaced_and_taken_away(filled: Graph) -> None:
    before = filled.size()
    filled.apply([record(3, 1), NamedGraph(name=name_of(4), statements=b""), record(10, 1)], 15)
    filled.settle()
    assert (filled.position(), filled.edition(), filled.remembered()) == (15, "one", "a note")
    found = dict(rows(filled, VERSIONS))
    assert found[f"{THING}3"] == "1" and found[f"{THING}10"] == "1" and f"{THING}4" not in found
    assert len(found) == 10 and filled.size() == before
    assert rows(filled, f"SELECT ?e {{ <{THING}3> <{DCT}extent> ?e }}") == [(f"1-{n}",) for n in range(5)]


def test_applying_again_changes_nothing(filled: Graph) -> None:
    for _ in range(2):
        filled.apply([record(3, 1), record(4, 1)], 15, "another note")
        filled.settle()
    before = filled.size()
    filled.apply([record(3, 1)], 15)
    filled.settle()
    assert (filled.size(), filled.position(), filled.remembered()) == (before, 15, "another note")


def test_a_little_change_of_a_record_with_numbers(filled: Graph) -> None:
    double = "http://www.w3.org/2001/XMLSchema#double"
    for position, numbers in enumerate((("1.50", "2e-09"), ("1.5", "0.000000002"), ("1.50", "3")), 13):
        said = [f'<{THING}1> <{DCT}extent> "{number}"^^<{double}> .' for number in numbers]
        filled.apply([record(1, 7, *said, f"<{THING}1> <{DCT}relation> <urn:{position}> .")], position)
        filled.settle()
        found = rows(
            filled, f"SELECT ?e {{ <{THING}1> <{DCT}extent> ?e FILTER (DATATYPE(?e) = <{double}>) }}"
        )
        assert sorted(float(number) for (number,) in found) == sorted(map(float, numbers))
        assert rows(filled, f"SELECT ?r {{ <{THING}1> <{DCT}relation> ?r }}") == [(f"urn:{position}",)]
        assert len(rows(filled, f"SELECT ?p ?o {{ <{THING}1> ?p ?o }}")) == 7 + 3


def test_of_one_name_the_last_counts(filled: Graph) -> None:
    filled.apply([record(3, 1), record(3, 2)], 15)
    filled.settle()
    assert rows(filled, f"SELECT ?v {{ <{THING}3> <{DCT}hasVersion> ?v }}") == [("2",)]
    filled.rebuild([([record(3, 3), record(3, 4)], 1), ([record(3, 5), record(5, 5)], 2)], "two")
    assert rows(filled, VERSIONS) == [(f"{THING}3", "5"), (f"{THING}5", "5")]


def test_a_rebuild_leaves_nothing_of_what_was(filled: Graph) -> None:
    filled.rebuild([(records(2, 4, 7), 20)], "two")
    assert (filled.position(), filled.edition(), filled.remembered()) == (20, "two", "")
    assert rows(filled, VERSIONS) == [(f"{THING}2", "7"), (f"{THING}3", "7")]
    assert rows(filled, "SELECT ?l { <urn:red> ?p ?l }") == []


def test_a_rebuild_that_fails_leaves_what_was(filled: Graph) -> None:
    def batches():
        yield records(0, 2, 9), 1
        raise RuntimeError("the database went away")

    with pytest.raises(RuntimeError, match="went away"):
        filled.rebuild(batches(), "two")
    assert (filled.position(), filled.edition()) == (12, "one")
    filled.apply([record(1, 2)], 13)
    filled.settle()
    assert filled.position() == 13 and len(rows(filled, VERSIONS)) == 10


def test_what_cannot_be_read_is_left_out(filled: Graph, caplog) -> None:
    for number, text in enumerate(
        (rb'<http://a b> <urn:p> "x" .', rb'<urn:a\u003E> <urn:p> "x" .', b"nothing"), 15
    ):
        broken = NamedGraph(name=name_of(7), statements=text + b"\n")
        nameless = NamedGraph(name="urn:a b", statements=record(1).statements)
        filled.apply([record(6, number), broken, nameless, record(8, number)], number)
        filled.settle()
        found = dict(rows(filled, VERSIONS))
        assert found[f"{THING}6"] == found[f"{THING}8"] == str(number) and f"{THING}7" not in found
        assert name_of(7) in caplog.text and filled.position() == number
        caplog.clear()


def test_texts_come_out_as_they_went_in(filled: Graph) -> None:
    written = (
        r'"a \"quoted\" \\ text,\nof two lines\tand \u00e9 \U0001F30C } ] . ; <urn:x> \u0022 . <urn:a>"@en-gb'
    )
    filled.apply([record(1, 1, f"<{THING}1> <{DCT}abstract> {written} .")], 13)
    filled.settle()
    expected = 'a "quoted" \\ text,\nof two lines\tand é 🌌 } ] . ; <urn:x> " . <urn:a>'
    assert rows(filled, f"SELECT ?a {{ ?s <{DCT}abstract> ?a }}") == [(expected,)]


def test_forms_and_media_types(filled: Graph) -> None:
    assert answer(filled, f"ASK {{ <{THING}3> ?p ?o }}").replace(b" ", b"").count(b'"boolean":true') == 1
    assert b"<boolean>false</boolean>" in answer(
        filled, "ASK { <urn:x> ?p ?o }", "application/sparql-results+xml"
    )
    one = f"SELECT ?v {{ <{THING}3> <{DCT}hasVersion> ?v }}"
    assert answer(filled, one, "text/csv").split() == [b"v", b"0"]
    assert answer(filled, one, "text/tab-separated-values").split() == [b"?v", b"0"]
    assert b"<literal" in answer(filled, one, "application/sparql-results+xml")
    expected = set(rdflib.Graph().parse(data=record(3).statements, format="nt"))
    everything = f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH <{name_of(3)}> {{ ?s ?p ?o }} }}"
    for media_type, syntax in {
        "text/turtle": "turtle",
        "application/n-triples": "nt",
        "application/rdf+xml": "xml",
        "application/ld+json": "json-ld",
        "application/n-quads": "nquads",
        "application/trig": "trig",
    }.items():
        assert statements(filled, everything, media_type, syntax) == expected, media_type
    described = {row for row in expected if row[0] == rdflib.URIRef(f"{THING}3")}
    assert statements(filled, f"DESCRIBE <{THING}3>", "text/turtle", "turtle") >= described


def test_the_default_graph_is_the_union_of_all(filled: Graph) -> None:
    assert rows(filled, f"SELECT (COUNT(*) AS ?n) {{ ?s <{DCT}title> ?t }}") == [("10",)]
    assert rows(filled, f"SELECT ?g {{ GRAPH ?g {{ <{THING}3> <{DCT}title> ?t }} }}") == [(name_of(3),)]


def test_datasets_of_the_query_and_of_the_protocol(filled: Graph) -> None:
    pattern = f"{{ ?s <{DCT}hasVersion> ?v }}"
    named = f"{{ GRAPH ?g {pattern} }}"
    three, four = (name_of(3),), (name_of(4),)
    in_text = f"SELECT ?s FROM <{name_of(3)}> {pattern}"
    assert rows(filled, in_text) == [(f"{THING}3",)]
    assert rows(filled, in_text, default_graphs=four) == [(f"{THING}4",)]
    assert rows(filled, f"SELECT ?s {pattern}", default_graphs=three) == [(f"{THING}3",)]
    assert rows(filled, f"SELECT ?g {named}", named_graphs=three + four) == [three, four]
    assert rows(filled, f"SELECT ?g {named}", default_graphs=three) == []
    assert rows(filled, f"SELECT ?s {pattern}", named_graphs=three) == []
    assert rows(filled, f"SELECT ?g FROM NAMED <{name_of(3)}> {named}") == [three]


def test_what_cannot_be_read_is_the_fault_of_the_query(filled: Graph) -> None:
    for text in ("SELECT * { ?s ?p }", "SELECT nothing", "ASK { ?s <urn:unknown:prefix> x:y }"):
        with pytest.raises(QueryError):
            answer(filled, text)
    with pytest.raises(QueryError, match="SERVICE"):
        answer(filled, "SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }")
    with pytest.raises(QueryError, match="changed"):
        answer(filled, "DROP ALL")
    assert len(rows(filled, VERSIONS)) == 10


def test_an_answer_that_is_too_long(filled: Graph) -> None:
    with pytest.raises(GraphTooCostly, match=r"longer than 0\.001 MB"):
        answer(filled, "SELECT * { ?s ?p ?o }", bytes=1000)
    assert len(rows(filled, VERSIONS)) == 10


def test_an_answer_without_end(filled: Graph) -> None:
    with pytest.raises(GraphTooCostly, match="longer than 5 MB"):
        answer(filled, "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }", bytes=5_000_000, seconds=60)
    assert len(rows(filled, VERSIONS)) == 10


def test_a_query_that_computes_too_long(filled: Graph) -> None:
    with pytest.raises(GraphTooCostly, match=r"longer than 0\.3 seconds"):
        answer(
            filled,
            "SELECT (COUNT(*) AS ?z) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n ?o . ?q ?r ?s }",
            seconds=0.3,
        )
    assert len(rows(filled, VERSIONS)) == 10


def test_answers_come_in_pieces(filled: Graph) -> None:
    asked = Asked(text="SELECT * { ?a ?b ?c . ?d ?e ?f }", media_type=JSON, seconds=60)
    pieces = list(filled.query(asked))
    assert len(pieces) > 10 and b"".join(pieces).rstrip().endswith(b"}")
