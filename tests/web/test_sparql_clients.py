"""The demo asked in SPARQL: gallery and tour find something, and other people's clients work unchanged."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
import SPARQLWrapper as wrapper
from rdflib import RDF, URIRef
from rdflib import Graph as RdfGraph
from rdflib.plugins.stores.sparqlstore import SPARQLStore

from catalogue.graph import Asked, Graph
from catalogue.graph_following import open_graph
from catalogue.opening import Catalogue
from catalogue.settings import load_settings
from mappings.graph_record import describe
from tests import services
from tests.lacking import lacking
from tests.web.conftest import served
from tests.web.test_demo import free_port
from web import sparql
from web.app import create_app
from web.demo.story import sample_sources, tell
from web.graph_catalog import standing
from web.sparql_questions import TOPICS, questions

DOCS = Path(__file__).resolve().parents[2] / "docs" / "linked-data.md"
DCAT = "http://www.w3.org/ns/dcat#"
COUNT = f"SELECT (COUNT(DISTINCT ?s) AS ?n) WHERE {{ ?s a <{DCAT}Dataset> }}"
pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalogue]:
    """The demo's catalogue, harvested, with an address of its own."""
    base = f"http://127.0.0.1:{free_port()}"
    environ = {
        "ALMAGEST_HOME": str(tmp_path_factory.mktemp("home")),
        "ALMAGEST_BASE_URL": base,
        "ALMAGEST_ALLOW_PRIVATE": "yes",
    }
    catalogue = Catalogue(load_settings(environ))
    with sample_sources() as sources:
        tell(catalogue, sources, lambda line: None)
    yield catalogue
    catalogue.close()


@pytest.fixture(scope="module")
def address(catalogue: Catalogue) -> Iterator[str]:
    """Where it is served."""
    base = catalogue.settings.base_url
    limits, sparql.LIMITS = sparql.LIMITS, {"client": 10_000, "all": 10_000}
    with served(create_app(catalogue), int(base.rpartition(":")[2])):
        yield base
    sparql.LIMITS = limits


def ask(address: str, query: str) -> list[dict[str, str]]:
    """The rows of a SELECT."""
    answer = httpx.get(f"{address}/sparql?query={quote(query)}", timeout=60)
    assert answer.status_code == 200, answer.text
    return [
        {name: value["value"] for name, value in row.items()} for row in answer.json()["results"]["bindings"]
    ]


@pytest.fixture(scope="module")
def datasets(address: str) -> int:
    """How many datasets there are."""
    return int(ask(address, COUNT)[0]["n"])


GALLERY = questions("http://localhost:8080")


def test_the_gallery_has_questions_on_every_topic() -> None:
    assert len(GALLERY) >= 24 and {one.topic for one in GALLERY} == set(TOPICS)
    assert all(one.title.endswith("?") and one.answers.endswith(".") for one in GALLERY)
    assert all("localhost" not in one.text for one in questions("https://here.example.org"))


@pytest.mark.parametrize("name", [one.name for one in GALLERY])
def test_each_question_finds_something(address: str, name: str) -> None:
    question = next(one for one in questions(address) if one.name == name)
    rows = ask(address, question.text)
    assert rows and any(row for row in rows), question.text
    assert rows == [dict(pairs) for pairs in dict.fromkeys(tuple(row.items()) for row in rows)], (
        "twice the same"
    )


def rows_of(graph: Graph, text: str) -> list[tuple[tuple[str, object], ...]]:
    """The rows of an answer in an order of their own, numbers as numbers, joined texts as sets."""
    asked = Asked(text=text, media_type="application/sparql-results+json", seconds=60)
    rows = json.loads(b"".join(graph.query(asked)))["results"]["bindings"]
    return sorted((tuple(sorted((name, plain(one)) for name, one in row.items())) for row in rows), key=repr)


def plain(value: dict[str, str]) -> object:
    text = value["value"]
    if value.get("datatype", "").rpartition("#")[2] in {"integer", "decimal", "double"}:
        return round(float(text), 9)
    return tuple(sorted(text.split(", "))) if ", " in text else text


SMALL_VOCABULARIES = (
    "techniques",
    "messengers",
    "pacs",
    "arxiv_categories",
    "energy_bands",
    "resource_types",
)


@pytest.mark.services
def test_another_server_answers_the_gallery_alike(
    catalogue: Catalogue, fuseki_url: str, tmp_path: Path
) -> None:
    """The same graph, but for large vocabularies, in an embedded store and in a real Fuseki."""
    base = catalogue.settings.base_url
    records = [describe(one, base) for one in catalogue.store.changes(0, 100_000)]
    others = [
        graph
        for graph in standing(catalogue)
        if "/vocabularies/" not in graph.name or graph.name.endswith(SMALL_VOCABULARIES)
    ]
    graphs = [
        open_graph(replace(catalogue.settings, graph_url=url)) for url in (f"embedded:{tmp_path}", fuseki_url)
    ]
    for graph in graphs:
        graph.rebuild([(others, 0), (records, 1)], "demo")
    differing = {}
    for question in questions(base):
        ours, theirs = (rows_of(graph, question.text) for graph in graphs)
        if ours != theirs:
            differing[question.name] = [row for row in ours if row not in theirs][:3], len(ours), len(theirs)
    for graph in graphs:
        graph.close()
    assert differing == {}


def examples(language: str, address: str) -> list[str]:
    """The examples of docs/linked-data.md in a language, at this address."""
    found = re.findall(rf"```{language}\n(.*?)```", DOCS.read_text("utf-8"), re.DOTALL)
    return [one.replace("http://localhost:8080", address) for one in found]


def test_the_tour_leads_from_a_doi_to_the_code(address: str) -> None:
    paper, data, code = (ask(address, query) for query in examples("sparql", address))
    assert [row["title"] for row in paper] == ["A year-long view of six blazars at very high energies"]
    assert len(data) == 6 and all("gamma-ray" in row["title"] for row in data)
    assert [row["repository"] for row in code] == ["https://git.example.org/harz/gammaflow"]
    page = httpx.get(code[0]["software"], follow_redirects=True)
    assert page.status_code == 200 and "gammaflow" in page.text


PROGRAMS = {
    "sh": ("sh", "-eu"),
    "python": (sys.executable, "-"),
    "javascript": ("node", "--input-type=module"),
}


@pytest.mark.parametrize("language", PROGRAMS)
def test_the_examples_of_the_docs_run(address: str, datasets: int, language: str) -> None:
    command = PROGRAMS[language]
    if shutil.which("curl" if language == "sh" else command[0]) is None:
        lacking(f"there is no program for {language} here")
    (example,) = examples(language, address)
    done = subprocess.run(command, input=example, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.split()
    assert lines == [str(datasets)] if language == "javascript" else len(lines) >= 10


# --- clients of others ---------------------------------------------------------------


@pytest.mark.parametrize("method", [wrapper.GET, wrapper.POST])
def test_sparqlwrapper(address: str, datasets: int, method: str) -> None:
    client = wrapper.SPARQLWrapper(f"{address}/sparql")
    client.setMethod(method)

    def asked(query: str, form: str) -> object:
        client.setQuery(query)
        client.setReturnFormat(form)
        return client.query().convert()

    as_json = asked(COUNT, wrapper.JSON)
    assert as_json["results"]["bindings"][0]["n"]["value"] == str(datasets)  # type: ignore[index]
    assert str(datasets) in asked(COUNT, wrapper.XML).toxml()  # type: ignore[attr-defined]
    for form in (wrapper.CSV, wrapper.TSV):
        assert str(datasets).encode() in asked(COUNT, form)  # type: ignore[operator]
    statements = f"CONSTRUCT {{ ?s a ?c }} WHERE {{ ?s a <{DCAT}Dataset>, ?c }}"
    for form in (wrapper.RDF, wrapper.XML, wrapper.JSONLD):
        assert len(set(asked(statements, form).subjects())) == datasets  # type: ignore[attr-defined]
    assert b"Dataset" in asked(statements, wrapper.TURTLE)  # type: ignore[operator]
    assert asked("ASK {}", wrapper.JSON)["boolean"] is True  # type: ignore[index]
    with pytest.raises(wrapper.SPARQLExceptions.QueryBadFormed, match="line 1"):
        asked("SELECT * {", wrapper.JSON)


@pytest.mark.parametrize("method", ["GET", "POST", "POST_FORM"])
@pytest.mark.parametrize("form", ["xml", "json"])
def test_rdflib_as_a_store(address: str, datasets: int, method: str, form: str) -> None:
    graph = RdfGraph(SPARQLStore(f"{address}/sparql", method=method, returnFormat=form))
    dataset = URIRef(f"{DCAT}Dataset")
    found = set(graph.subjects(RDF.type, dataset))
    assert len(found) == datasets
    assert (next(iter(found)), RDF.type, dataset) in graph
    (row,) = graph.query(COUNT)
    assert int(row[0]) == datasets  # type: ignore[index]


def comunica(*arguments: str) -> str:
    """What the program prints."""
    try:
        program = services.find_comunica()
    except services.Unavailable as missing:
        lacking(str(missing))
    done = subprocess.run([program, *arguments], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.services
@pytest.mark.parametrize("kind", ["", "sparql@"])
def test_comunica(address: str, kind: str) -> None:
    """It finds out by the service description that this is a SPARQL endpoint, or is told so."""
    query = examples("sparql", address)[2]
    answer = comunica(f"{kind}{address}/sparql", query, "-t", "application/sparql-results+json")
    rows = json.loads(answer)["results"]["bindings"]
    assert [row["repository"]["value"] for row in rows] == ["https://git.example.org/harz/gammaflow"]


@pytest.mark.services
def test_comunica_joins_us_with_a_document_of_ours(address: str) -> None:
    """A federated query on the side of the client: the endpoint, and a record's own RDF."""
    (record,) = ask(address, examples("sparql", address)[0])
    document = record["record"].replace("/id/records/", "/records/") + ".ttl"
    query = f"SELECT DISTINCT ?data WHERE {{ <{record['record']}> <{address}/terms#isSupplementedBy> ?data }}"
    answer = comunica(f"sparql@{address}/sparql", document, query, "-t", "application/sparql-results+json")
    assert len(json.loads(answer)["results"]["bindings"]) == 6
