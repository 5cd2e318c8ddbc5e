"""The link set of a record: by ``Accept`` and suffix, conditional, of live records only."""

from __future__ import annotations

import json

import pytest
from flask.testing import FlaskClient

from catalogue.opening import Catalogue
from catalogue.record import Identifier, record_id
from tests.web.observatory import harvest, record
from web.app import create_app

PATH = f"/records/{record_id('observatory', 'survey:1')}"


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("*/*", "application/linkset"),
        ("text/html, */*;q=0.1", "application/linkset"),
        ("application/linkset", "application/linkset"),
        ("application/linkset+json", "application/linkset+json"),
        ("application/linkset+json,application/linkset;q=0.9", "application/linkset+json"),
        ("application/json", "application/linkset+json"),
        ("text/plain", "application/linkset"),
    ],
)
def test_it_comes_as_one_wants_it(client: FlaskClient, accept: str, media_type: str) -> None:
    answer = client.get(f"{PATH}/linkset", headers={"Accept": accept})
    assert (answer.status_code, answer.mimetype) == (200, media_type)
    assert f'<http://localhost:8080{PATH}>; rel="describes"' in answer.headers["Link"]
    again = client.get(f"{PATH}/linkset", headers={"Accept": accept, "If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304 and "Accept" in answer.headers["Vary"]


def test_other_forms_there_are_none(client: FlaskClient) -> None:
    answer = client.get(f"{PATH}/linkset", headers={"Accept": "text/html"})
    assert answer.status_code == 406
    assert client.get("/records/nothing/linkset").status_code == 404


def test_each_relation_is_a_list_of_targets(client: FlaskClient) -> None:
    document = json.loads(client.get(f"{PATH}/linkset.json").data)
    assert set(document) == {"linkset"}
    for context in document["linkset"]:
        for rel, links in context.items():
            if rel != "anchor":
                assert links and all(set(link) <= {"href", "type", "profile"} for link in links)


def test_a_part_of_a_product_leads_to_the_product(empty: Catalogue) -> None:
    same = (Identifier(scheme="doi", value="10.5072/1"),)
    harvest(empty, "lab", [record("1", "Muon lifetime", identifiers=same)])
    harvest(empty, "archive", [record("9", "Muon lifetime", identifiers=same)])
    client = create_app(empty).test_client()
    for form in ("linkset", "linkset.json"):
        answer = client.get(f"/records/{record_id('lab', '1')}/{form}")
        if answer.status_code == 307:
            assert answer.headers["Location"].endswith(f"/{form}")
        found = client.get(f"/records/{record_id('lab', '1')}/{form}", follow_redirects=True)
        assert found.status_code == 200 and b"10.5072/1" in found.data
