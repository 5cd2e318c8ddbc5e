"""REST and the command line: relations from both ends, the graph, paging, limits, faults."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from click.testing import CliRunner, Result
from flask.testing import FlaskClient

from catalogue.opening import Catalogue
from catalogue.record import Identifier, Relation, record_id
from catalogue.settings import load_settings
from tests.web.observatory import harvest, record
from web.app import create_app
from web.cli import main

DATA, PAPER, CODE = (record_id("lab", name) for name in ("data", "paper", "code"))
BASE = "http://localhost:8080"


def doi(name: str) -> Identifier:
    return Identifier(scheme="doi", value=f"10.5072/{name}")


def to(type: str, name: str) -> Relation:
    return Relation(type=type, scheme="doi", value=f"10.5072/{name}")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def catalogue(home: Path) -> Iterator[Catalogue]:
    """A laboratory: data with a paper and code, a target that nobody has, and a hundred that cite it."""
    opened = Catalogue(load_settings({"ALMAGEST_HOME": str(home)}))
    harvest(
        opened,
        "lab",
        [
            record(
                "data",
                'Data "quoted" <b>',
                identifiers=(doi("data"),),
                relations=(to("IsSupplementTo", "paper"), to("IsDerivedFrom", "nobody")),
            ),
            record("paper", "Paper", kind="publication", identifiers=(doi("paper"),)),
            record(
                "code",
                "Code",
                kind="software",
                identifiers=(doi("code"),),
                relations=(to("Requires", "data"),),
            ),
            *(
                record(f"r{number}", f"Citing {number}", relations=(to("Cites", "paper"),))
                for number in range(100)
            ),
        ],
    )
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def client(catalogue: Catalogue) -> FlaskClient:
    return create_app(catalogue).test_client()


def test_both_directions_with_what_stands_at_the_other_end(client: FlaskClient) -> None:
    answer = client.get(f"/api/v1/records/{DATA}/relations").json
    assert answer["outgoing"] == 2 and answer["next"] is None
    supplement, derived, required = answer["relations"]
    assert supplement["type"] == "IsSupplementTo" and supplement["direction"] == "outgoing"
    assert supplement["records"] == [
        {
            "id": PAPER,
            "kind": "publication",
            "title": "Paper",
            "record": f"{BASE}/api/v1/records/{PAPER}",
            "html": f"{BASE}/records/{PAPER}",
        }
    ]
    assert derived["records"] == []
    assert derived["target"]["url"] == "https://doi.org/10.5072/nobody"
    assert (required["type"], required["stated"], required["direction"]) == (
        "IsRequiredBy",
        "Requires",
        "incoming",
    )
    assert required["said_by"] == [{"id": CODE, "source": "lab", "identifier": "code"}]


def test_pages_are_walked_by_next(client: FlaskClient) -> None:
    titles: list[str] = []
    path: str | None = f"/api/v1/records/{PAPER}/relations?size=30"
    pages = 0
    while path is not None:
        answer = client.get(path).json
        titles += [thing["title"] for one in answer["relations"] for thing in one["records"]]
        following = answer["next"]
        path = None if following is None else following.removeprefix(BASE)
        pages += 1
    assert pages == 4 and len(titles) == len(set(titles)) == 101
    only = client.get(f"/api/v1/records/{DATA}/relations?direction=incoming&size=1").json
    assert [one["direction"] for one in only["relations"]] == ["incoming"]


@pytest.mark.parametrize(
    ("path", "status", "parameter"),
    [
        (f"{DATA}/relations?cursor=x", 400, "cursor"),
        (f"{DATA}/relations?size=0", 400, "size"),
        (f"{DATA}/relations?direction=up", 400, "direction"),
        (f"{DATA}/graph?depth=9", 400, "depth"),
        (f"{DATA}/graph?depht=1", 400, "depht"),
        ("nobody/relations", 404, None),
        ("nobody/graph", 404, None),
    ],
)
def test_faults_are_told(client: FlaskClient, path: str, status: int, parameter: str | None) -> None:
    answer = client.get(f"/api/v1/records/{path}")
    assert answer.status_code == status and answer.mimetype == "application/problem+json"
    assert answer.json["parameter" if parameter else "status"] == (parameter or status)


def test_the_graph_round_a_record(client: FlaskClient) -> None:
    answer = client.get(f"/api/v1/records/{DATA}/graph?depth=1").json
    kinds = {node["label"]: node["kind"] for node in answer["nodes"]}
    assert (
        kinds.items() >= {"Paper": "publication", "Code": "software", "10.5072/nobody": "unresolved"}.items()
    )
    assert answer["nodes"][0]["url"] == f"{BASE}/records/{DATA}"
    assert {(edge["source"], edge["type"], edge["target"]) for edge in answer["edges"]} >= {
        (CODE, "Requires", DATA),
        (DATA, "IsSupplementTo", PAPER),
        (DATA, "IsDerivedFrom", "doi:10.5072/nobody"),
    }
    wide = client.get(f"/api/v1/records/{DATA}/graph").json
    assert any("the first 50" in sentence for sentence in wide["cut"])
    assert len(client.get(f"/api/v1/records/{DATA}/graph?nodes=4").json["nodes"]) == 3


def test_a_joined_record_leads_to_its_product_and_a_tombstone_says_so(tmp_path: Path) -> None:
    opened = Catalogue(load_settings({"ALMAGEST_HOME": str(tmp_path)}))
    try:
        harvest(opened, "one", [record("a", "Alpha", identifiers=(doi("a"),)), record("b", "Beta")])
        harvest(opened, "two", [record("a", "Alpha", identifiers=(doi("a"),))])
        client = create_app(opened).test_client()
        answer = client.get(f"/api/v1/records/{record_id('one', 'a')}/relations?size=5")
        assert answer.status_code == 307
        location = urlsplit(answer.headers["Location"])
        assert location.query == "size=5"
        assert client.get(location.path).status_code == 200
        opened.store.withdraw("one", [record_id("one", "b")])
        for part in ("relations", "graph"):
            assert client.get(f"/api/v1/records/{record_id('one', 'b')}/{part}").status_code == 410
    finally:
        opened.close()


def run(home: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments), env={"ALMAGEST_HOME": str(home)})


def test_the_command_line_tells_the_same(home: Path, catalogue: Catalogue) -> None:
    listed = run(home, "record", "relations", DATA)
    assert listed.exit_code == 0
    assert f"IsSupplementTo          {PAPER}  publication  Paper" in listed.stdout
    assert "doi:10.5072/nobody  not in this catalogue" in listed.stdout
    assert len(run(home, "record", "relations", PAPER, "--json").stdout.splitlines()) == 101
    text = run(home, "record", "graph", DATA, "--depth", "1").stdout
    assert text.startswith('dataset: Data "quoted" <b>') and "    IsRequiredBy  software: Code" in text
    dot = run(home, "record", "graph", DATA, "--format", "dot").stdout
    assert dot.startswith("digraph") and 'label="Data \\"quoted\\" <b>\\ndataset"' in dot
    assert '"start":' in run(home, "record", "graph", DATA, "--format", "json").stdout
    assert run(home, "record", "graph", "nobody").exit_code == 2
