"""The same statements in every syntax, as rdflib and Oxigraph read them, and the same bytes each time."""

from __future__ import annotations

import subprocess
import sys

import pytest
from rdflib import Dataset, Graph, URIRef

from catalogue.errors import NotFound
from catalogue.rdf_syntax import FORMATS, written

STATEMENTS = """\
<https://example.org/a> <http://purl.org/dc/terms/title> "A \\"title\\" of <b>\\nlines"@en .
<https://example.org/b> <http://purl.org/dc/terms/title> "B & more" .
<https://example.org/a> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://www.w3.org/ns/dcat#Role> .
<https://example.org/a> <http://purl.org/dc/terms/issued> "2020"^^<http://www.w3.org/2001/XMLSchema#gYear> .
<https://example.org/a> <http://purl.org/dc/terms/relation> <urn:x:é> .
""".encode()
PREFIXES = {
    "dct": "http://purl.org/dc/terms/",
    "dcat": "http://www.w3.org/ns/dcat#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "foaf": "http://xmlns.com/foaf/0.1/",
}
NAME = "https://example.org/graph"
NAMES = {"text/turtle": "turtle", "application/rdf+xml": "xml", "application/ld+json": "json-ld",
         "application/n-triples": "nt"}  # fmt: skip


@pytest.mark.parametrize("media_type", NAMES)
def test_the_statements_are_the_same(media_type: str) -> None:
    expected = set(Graph().parse(data=STATEMENTS, format="nt"))
    found = Graph().parse(data=written(STATEMENTS, media_type, PREFIXES, NAME), format=NAMES[media_type])
    assert set(found) == expected


@pytest.mark.parametrize("media_type", ["application/n-quads", "application/trig"])
def test_syntaxes_of_datasets_name_the_graph(media_type: str) -> None:
    form = {"application/n-quads": "nquads", "application/trig": "trig"}[media_type]
    found = Dataset()
    found.parse(data=written(STATEMENTS, media_type, PREFIXES, NAME), format=form)
    assert len(found.graph(URIRef(NAME))) == 5


def test_only_prefixes_that_occur_are_declared_and_parameters_do_no_harm() -> None:
    turtle = written(STATEMENTS, "text/turtle; charset=utf-8", PREFIXES).decode()
    assert "@prefix dct:" in turtle
    assert "foaf" not in turtle
    assert turtle.count("<https://example.org/a>") == 1, "what is said of a thing stands together"
    assert b'"@context":{"dcat"' in written(STATEMENTS, "application/ld+json", PREFIXES)


def test_the_bytes_are_the_same_in_every_process() -> None:
    program = (
        "import sys; from tests.catalogue.test_rdf_syntax import *\n"
        "for one in FORMATS: sys.stdout.buffer.write(written(STATEMENTS, one, PREFIXES, NAME))"
    )
    made = {
        subprocess.run([sys.executable, "-c", program], capture_output=True, check=True).stdout
        for _ in range(3)
    }
    assert len(made) == 1
    assert len(FORMATS) == 6


def test_an_unknown_syntax_is_named() -> None:
    with pytest.raises(NotFound, match="text/turtle"):
        written(STATEMENTS, "text/html")


def test_what_is_no_rdf_is_refused() -> None:
    with pytest.raises(SyntaxError):
        written(b"<a> <b> <c> .\n", "text/turtle")


@pytest.mark.parametrize("media_type", NAMES)
def test_an_iri_that_begins_like_a_prefix_stays_itself(media_type: str) -> None:
    prefixes = {"geo": "http://www.opengis.net/ont/geosparql#", "dct": "http://purl.org/dc/terms/"}
    said = b"""\
<https://example.org/a> <http://www.opengis.net/ont/geosparql#asWKT> "POINT(1 2)" .
<https://example.org/a> <http://purl.org/dc/terms/spatial> <geo:48.2,16.4> .
<dct:title> <http://purl.org/dc/terms/title> "</script> \\\\ \\"" .
"""
    found = Graph().parse(data=written(said, media_type, prefixes), format=NAMES[media_type])
    assert set(found) == set(Graph().parse(data=said, format="nt"))
