"""Object groups over REST and on the command line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from flask.testing import FlaskClient

from catalogue.following import follow
from catalogue.opening import Catalogue
from catalogue.record import Identifier, record_id
from catalogue.settings import load_settings
from harvesters.object_groups import id_of
from tests.web.observatory import harvest, record
from web.app import create_app
from web.cli import main
from web.followers import followers

TOKEN = {"Authorization": "Bearer sesame"}
DATA = record_id("lab", "data")


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    opened = Catalogue(load_settings({"ALMAGEST_HOME": str(tmp_path), "ALMAGEST_TOKEN": "sesame"}))
    doi = Identifier(scheme="doi", value="10.5072/data")
    harvest(opened, "lab", [record("data", "Data", identifiers=(doi,)), record("plain", "Plain")])
    yield opened
    opened.close()


@pytest.fixture
def client(catalogue: Catalogue) -> FlaskClient:
    return create_app(catalogue).test_client()


def make(client: FlaskClient, **values: Any) -> Any:
    body = {"name": "flares", "title": "Flares", "members": [DATA], "by": "ada", **values}
    return client.post("/api/v1/groups", json=body, headers=TOKEN)


def test_making_changing_and_dissolving(catalogue: Catalogue, client: FlaskClient) -> None:
    assert client.get("/api/v1/groups").json == {"groups": []}
    made = make(client)
    assert made.status_code == 201 and made.headers["Location"].endswith("/api/v1/groups/flares")
    assert made.json["changes"][0]["by"] == "ada"
    read = client.get("/api/v1/groups/flares").json
    assert read["members"] == [
        {
            "scheme": "doi",
            "value": "10.5072/data",
            "url": "https://doi.org/10.5072/data",
            "kind": "dataset",
            "title": "Data",
        }
    ]
    assert "by" not in read["changes"][0], "who it was is the operators' business"
    changes = "/api/v1/groups/flares/changes"
    plain = record_id("lab", "plain")
    assert len(client.post(changes, json={"add": [plain], "by": "bob"}, headers=TOKEN).json["members"]) == 2
    assert len(client.post(changes, json={"remove": [DATA], "by": "bob"}, headers=TOKEN).json["members"]) == 1
    renamed = client.post(changes, json={"title": "Suns", "description": "", "by": "bob"}, headers=TOKEN)
    assert renamed.json["title"] == "Suns"
    assert [one["title"] for one in client.get("/api/v1/groups").json["groups"]] == ["Suns"]
    follow(catalogue, followers(catalogue))
    assert client.get("/api/v1/records?q=suns").json["total"] == 1
    oai = client.get("/oai?verb=ListRecords&metadataPrefix=oai_dc&set=source:groups").text
    assert "Suns" in oai
    assert client.get(f"/records/{id_of('flares')}").status_code == 200
    assert client.get(f"/api/v1/records/{id_of('flares')}/raw").status_code == 403
    gone = client.post(changes, json={"dissolve": True, "by": "bob"}, headers=TOKEN)
    assert gone.status_code == 201 and gone.json["dissolved"]
    assert client.get(f"/records/{id_of('flares')}").status_code == 410
    assert client.get("/api/v1/groups").json == {"groups": []}
    assert client.get("/api/v1/groups/flares").json["dissolved"]


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/api/v1/groups", {"name": "a b", "title": "T", "by": "ada"}, 400),
        ("/api/v1/groups", {"name": "suns", "by": "ada"}, 400),
        ("/api/v1/groups", {"name": "suns", "title": "T"}, 400),
        ("/api/v1/groups", {"name": "suns", "title": "T", "by": "ada", "members": ["doi:10.5072/x"]}, 404),
        ("/api/v1/groups", {"name": "flares", "title": "T", "by": "ada"}, 409),
        ("/api/v1/groups/flares/changes", {"by": "ada"}, 400),
        ("/api/v1/groups/flares/changes", {"by": "ada", "add": [DATA], "remove": [DATA]}, 400),
        ("/api/v1/groups/flares/changes", {"by": "ada", "dissolve": False}, 400),
        ("/api/v1/groups/suns/changes", {"by": "ada", "dissolve": True}, 404),
    ],
)
def test_faults_are_told(client: FlaskClient, path: str, body: dict[str, Any], status: int) -> None:
    make(client)
    answer = client.post(path, json=body, headers=TOKEN)
    assert answer.status_code == status, answer.json
    assert answer.mimetype == "application/problem+json"


def test_only_operators_change_groups(client: FlaskClient) -> None:
    for path in ("/api/v1/groups", "/api/v1/groups/flares/changes"):
        assert client.post(path, json={}).status_code == 401
    assert client.get("/api/v1/groups/flares").status_code == 404


def run(home: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments), env={"ALMAGEST_HOME": str(home)})


def test_the_command_line(catalogue: Catalogue, tmp_path: Path) -> None:
    made = run(tmp_path, "group", "create", "flares", "--title", "Flares", "doi:10.5072/data", "--by", "ada")
    assert made.exit_code == 0 and "has 1 member." in made.stderr
    assert f"/records/{id_of('flares')}" in made.stderr
    assert run(tmp_path, "group", "add", "flares", record_id("lab", "plain")).exit_code == 0
    assert "2" in run(tmp_path, "group", "list").stdout
    assert json.loads(run(tmp_path, "group", "list", "--json").stdout)["members"] == 2
    assert run(tmp_path, "group", "remove", "flares", DATA, "--by", "bob").exit_code == 0
    assert run(tmp_path, "group", "describe", "flares", "--title", "Suns").exit_code == 0
    shown = run(tmp_path, "group", "show", "flares").stdout
    assert shown.startswith(f"Suns  {id_of('flares')}") and "bob  removed" in shown
    assert run(tmp_path, "group", "dissolve", "flares").exit_code == 0
    assert json.loads(run(tmp_path, "group", "show", "flares", "--json").stdout)["dissolved"] is True
    assert run(tmp_path, "group", "add", "flares", DATA).exit_code == 2
    assert run(tmp_path, "group", "show", "nothing").exit_code == 2
    assert run(tmp_path, "group", "describe", "flares").exit_code == 2
