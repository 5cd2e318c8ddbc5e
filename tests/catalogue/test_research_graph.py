"""The graph round a record: project, data, code, paper, people, institutions, in either direction."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from catalogue.database import Database
from catalogue.errors import Gone
from catalogue.json_form import as_json, dumps, read_record
from catalogue.record import (
    Affiliation,
    Agent,
    AgentIdentifier,
    Environment,
    Funding,
    Identifier,
    Mapped,
    Page,
    Provenance,
    RawRecord,
    Record,
    Relation,
    Text,
    record_id,
)
from catalogue.relations import RelationLookup
from catalogue.research_graph import Edge, ResearchGraph, neighbours, research_graph
from catalogue.runs import Sources
from catalogue.sources import Source
from catalogue.store import Store
from tests.catalogue.counted import statements

NAMES = ("a", "b")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A store with two sources."""
    database = Database(f"sqlite:///{tmp_path}/catalogue.db")
    for name in NAMES:
        Sources(database).add(Source(name=name, kind="oai-pmh", url="http://localhost/oai"))
    yield Store(database)
    database.close()


def read(raw: RawRecord, provenance: Provenance) -> Mapped:
    """A crosswalk for tests: the raw record is the unified JSON."""
    return Mapped(record=read_record(raw.data))


def put(store: Store, source: str, *records: Record) -> None:
    """A harvest of this source."""
    sources = Sources(store.database)
    run = sources.begin_run(source)
    raws = tuple(
        RawRecord(identifier=record.provenance.identifier, format="test", data=dumps(record))
        for record in records
    )
    sources.finish_run(store.put_page(run, Page(records=raws), read), "succeeded", since=run.started)


def record(source: str, name: str, kind: str = "dataset", *said: str, **parts: object) -> Record:
    """A record with the DOI 10.5072/name; relations as «type name»."""
    pairs = [one.split() for one in said]
    return Record(
        id=record_id(source, name),
        kind=kind,  # type: ignore[arg-type]
        titles=(Text(value=name.capitalize(), type="main"),),
        identifiers=(Identifier(scheme="doi", value=f"10.5072/{name}"),),
        relations=tuple(Relation(type=type, scheme="doi", value=f"10.5072/{to}") for type, to in pairs),
        provenance=Provenance(source=source, identifier=name),
        **parts,  # type: ignore[arg-type]
    )


def graph(store: Store, source: str, name: str, **limits: int) -> ResearchGraph:
    lookup = RelationLookup(store.database, "https://catalogue.example.org")
    return research_graph(store, lookup, record_id(source, name), **limits)


def labels(found: ResearchGraph) -> dict[str, tuple[str, int]]:
    return {node.label: (node.kind, node.distance) for node in found.nodes}


def told(found: ResearchGraph) -> set[tuple[str, str, str]]:
    by_id = {node.id: node.label for node in found.nodes}
    return {(by_id[edge.source], edge.type, by_id[edge.target]) for edge in found.edges}


def test_project_data_code_and_paper_are_one_graph_from_each_of_them(store: Store) -> None:
    put(store, "a", record("a", "data", "dataset", "IsSupplementTo paper"), record("a", "project", "project"))
    put(
        store,
        "b",
        record("b", "code", "software", "IsRequiredBy data"),
        record("b", "paper", "publication", "IsPartOf project"),
    )
    every = {"Data", "Project", "Code", "Paper"}
    for source, name in (("a", "data"), ("b", "paper")):
        found = graph(store, source, name)
        assert set(labels(found)) == every and not found.cut
        assert told(found) == {
            ("Data", "IsSupplementTo", "Paper"),
            ("Code", "IsRequiredBy", "Data"),
            ("Paper", "IsPartOf", "Project"),
        }
    assert set(labels(graph(store, "b", "code", depth=1))) == {"Code", "Data"}
    assert set(labels(graph(store, "b", "code", depth=3))) == every
    assert labels(graph(store, "a", "project"))["Data"] == ("dataset", 2)
    (at_code,) = neighbours(graph(store, "b", "code", depth=1), record_id("b", "code"))
    assert at_code[0] == "IsRequiredBy" and at_code[2] == record_id("a", "data")
    assert [type for type, _, _ in neighbours(found, record_id("a", "project"))] == ["HasPart"]


def test_a_target_that_nobody_has_ties_those_that_name_it(store: Store) -> None:
    put(store, "a", record("a", "data", "dataset", "IsSupplementTo paper"))
    put(store, "b", record("b", "code", "software", "References paper"))
    found = graph(store, "a", "data")
    node = next(node for node in found.nodes if node.kind == "unresolved")
    assert (node.id, node.url, node.distance) == ("doi:10.5072/paper", "https://doi.org/10.5072/paper", 1)
    assert labels(found)["Code"] == ("software", 2)
    put(store, "b", record("b", "paper", "publication"))
    assert {kind for kind, _ in labels(graph(store, "a", "data")).values()} == {
        "dataset",
        "publication",
        "software",
    }


def test_what_both_ends_say_is_one_edge_and_tells_who_said_it(store: Store) -> None:
    put(store, "a", record("a", "whole", "collection", "HasPart part"))
    put(store, "b", record("b", "part", "dataset", "IsPartOf whole", "IsPartOf whole"))
    (edge,) = graph(store, "a", "whole").edges
    assert isinstance(edge, Edge) and edge.type == "HasPart"
    assert {member.source for member in edge.said_by} == {"a", "b"}


def test_people_institutions_awards_and_environments_stand_round_records(store: Store) -> None:
    institute = Affiliation(name="Institute", identifier="https://ror.org/02nv7yv05", scheme="ROR")
    ada = Agent(
        name="Ada",
        identifiers=(AgentIdentifier(scheme="orcid", value="0000-0002-1825-0097"),),
        affiliations=(institute,),
    )
    put(
        store,
        "a",
        record(
            "a",
            "data",
            "dataset",
            "IsSupplementTo paper",
            creators=(ada, Agent(name="Bob")),
            publisher=Agent(name="House"),
            funding=(Funding(funder="Council", award="42", award_title="Stars"),),
        ),
        record("a", "paper", "publication", creators=(ada, Agent(name="Bob"))),
        record(
            "a",
            "code",
            "software",
            "Requires data",
            environment=Environment(
                repository="https://github.com/lab/code.git", container="docker.io/lab/code"
            ),
        ),
    )
    found = graph(store, "a", "data")
    kinds = {label: kind for label, (kind, _) in labels(found).items()}
    assert kinds == {
        "Data": "dataset",
        "Paper": "publication",
        "Code": "software",
        "Ada": "person",
        "Bob": "person",
        "Institute": "institution",
        "House": "institution",
        "Council": "institution",
        "Stars": "award",
        "github.com/lab/code": "repository",
        "docker.io/lab/code": "container",
    }
    ties = told(found)
    # Ada is one by her ORCID; of the two called Bob nobody knows.
    assert {
        ("Data", "creator", "Ada"),
        ("Paper", "creator", "Ada"),
        ("Ada", "affiliation", "Institute"),
    } <= ties
    assert sum(node.label == "Bob" for node in found.nodes) == 2
    assert {("Data", "funding", "Stars"), ("Stars", "funder", "Council")} <= ties
    assert {
        ("Code", "repository", "github.com/lab/code"),
        ("Code", "environment", "docker.io/lab/code"),
    } <= ties
    assert all(member.source == "a" for edge in found.edges for member in edge.said_by)


def test_an_institution_that_the_catalogue_knows_is_its_record(store: Store) -> None:
    place = Affiliation(name="Inst.", identifier="02nv7yv05", scheme="ror")
    put(store, "a", record("a", "data", creators=(Agent(name="Ada", affiliations=(place,)),)))
    known = record("b", "institute", "organisation")
    put(
        store,
        "b",
        Record(
            id=known.id,
            kind="organisation",
            titles=known.titles,
            identifiers=(Identifier(scheme="ror", value="02nv7yv05"),),
            provenance=known.provenance,
        ),
    )
    node = next(node for node in graph(store, "a", "data").nodes if node.kind == "organisation")
    assert (node.id, node.label, node.record) == (record_id("b", "institute"), "Institute", True)


def test_circles_and_records_that_name_themselves_come_to_an_end(store: Store) -> None:
    put(
        store,
        "a",
        record("a", "x", "dataset", "IsDerivedFrom y", "IsIdenticalTo x"),
        record("a", "y", "dataset", "IsDerivedFrom z"),
        record("a", "z", "dataset", "IsDerivedFrom x", "IsIdenticalTo z"),
    )
    found = graph(store, "a", "x", depth=4)
    assert len(found.nodes) == 3 and len(found.edges) == 3


def test_thousands_of_relations_are_cut_and_that_is_said(store: Store) -> None:
    many = [f"Cites p{number}" for number in range(5000)]
    put(store, "a", record("a", "hub", "dataset", *many), record("a", "p150", "publication"))
    found = graph(store, "a", "hub")
    assert len(found.nodes) == 150
    assert "P150" in labels(found), "what the catalogue has goes before what it has not"
    assert any("5000 relations" in sentence for sentence in found.cut)
    assert any("at most 200 nodes" in sentence for sentence in found.cut)
    assert len(graph(store, "a", "hub", nodes=30).nodes) == 22


def test_a_node_that_all_name_is_cut_and_costs_no_more_queries(store: Store) -> None:
    put(store, "a", record("a", "hub"))
    put(store, "b", *(record("b", f"r{number}", "dataset", "Cites hub") for number in range(120)))
    with statements(store.database) as count:
        found = graph(store, "a", "hub")
    assert len(found.nodes) == 51
    assert any("the first 50" in sentence for sentence in found.cut)
    assert count.total <= 45
    put(store, "b", *(record("b", f"s{number}", "dataset", "Cites r1") for number in range(40)))
    with statements(store.database) as more:
        graph(store, "a", "hub")
    assert more.total <= count.total + 2


def test_its_json_form_names_everything(store: Store) -> None:
    put(store, "a", record("a", "data", "dataset", "IsSupplementTo paper"))
    json = as_json(graph(store, "a", "data"))
    assert json["start"] == record_id("a", "data") and json["depth"] == 2
    assert json["nodes"][0] == {
        "id": record_id("a", "data"),
        "kind": "dataset",
        "label": "Data",
        "distance": 0,
        "record": True,
    }
    assert json["edges"][0]["said_by"] == [
        {"id": record_id("a", "data"), "source": "a", "identifier": "data"}
    ]


def test_a_withdrawn_record_has_no_graph(store: Store) -> None:
    put(store, "a", record("a", "data"))
    store.withdraw("a", [record_id("a", "data")])
    with pytest.raises(Gone):
        graph(store, "a", "data")
