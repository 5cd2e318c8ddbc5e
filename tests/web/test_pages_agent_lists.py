"""The lists of people and organisations: who has an identifier, with as many records as their pages."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from catalogue.opening import Catalogue
from catalogue.record import Affiliation, Agent, AgentIdentifier
from catalogue.settings import load_settings
from tests.web.observatory import harvest, record
from tests.web.page import read_page
from web import agent_lists
from web.app import create_app

MARIE, BO, HOUSE = "0000-0002-1825-0097", "0000-0001-5109-3700", "05a28rw58"


def made_by(name: str, orcid: str | None = None) -> Agent:
    held = (AgentIdentifier(scheme="orcid", value=orcid),) if orcid else ()
    place = Affiliation(name="Institute of Light", identifier=f"https://ror.org/{HOUSE}")
    return Agent(name=name, identifiers=held, affiliations=(place,))


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    opened = Catalogue(load_settings({"ALMAGEST_HOME": str(tmp_path_factory.mktemp("home"))}))
    house = Agent(name="Institute of Light", identifiers=(AgentIdentifier(scheme="ror", value=HOUSE),))
    made = [
        (made_by("Curie, Marie", MARIE),),
        (made_by("Curie, Marie", MARIE), made_by("Ng, Bo", BO)),
        (made_by("Curie, M.", MARIE),),
        *[(made_by("Nobody, Nn"),)] * 3,
    ]
    records = [
        record(str(at), f"Muon {at}", creators=creators, publisher=house if at == 0 else None)
        for at, creators in enumerate(made)
    ]
    harvest(opened, "lab", records)
    yield create_app(opened).test_client()
    opened.close()


def entries(client: FlaskClient, path: str) -> list[str]:
    page = read_page(client.get(path).text)
    assert page.errors == [] and page.repeated_ids() == []
    return [" ".join(text.split()) for text in page.texts_in("values", "li")]


def test_people_are_named_once_with_the_records_of_their_page(client: FlaskClient) -> None:
    assert entries(client, "/people") == ["Curie, Marie 3 records", "Ng, Bo 1 records"]
    page = read_page(client.get("/people").text)
    assert page.link("Curie, Marie") == f"/people/{MARIE}"
    assert "3 records" in client.get(f"/people/{MARIE}").text


def test_organisations(client: FlaskClient) -> None:
    assert entries(client, "/organisations") == ["Institute of Light 6 records"]
    assert read_page(client.get("/organisations").text).link("Institute of Light").endswith(HOUSE)


def test_a_name_or_an_identifier_finds_somebody(client: FlaskClient) -> None:
    assert entries(client, "/people?contains=bo+ng") == ["Ng, Bo 1 records"]
    assert entries(client, "/people?contains=%3Cb%3E") == []
    for path, asked, document in (
        ("/people", MARIE, MARIE),
        ("/organisations", f"https://ror.org/{HOUSE}", HOUSE),
    ):
        answer = client.get(path, query_string={"contains": asked})
        assert answer.status_code == 302 and answer.headers["Location"] == f"{path}/{document}"


def test_it_goes_on_page_by_page(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(agent_lists, "AT_ONCE", 1)
    monkeypatch.setattr(agent_lists, "MOST_PARTS", 1)
    path, seen = "/people", []
    for _ in range(4):
        seen += entries(client, path)
        following = read_page(client.get(path).text)
        path = "/people" + following.link("Next page") if "Next page" in client.get(path).text else ""
        if not path:
            break
    assert path == "" and seen[0].startswith("Curie, M") and "Ng, Bo 1 records" in seen


def test_a_foreign_cursor_is_refused(client: FlaskClient) -> None:
    assert client.get("/people?cursor=abc").status_code == 400


def test_they_are_found_from_the_page_to_browse(client: FlaskClient) -> None:
    page = read_page(client.get("/browse").text)
    assert page.link("People with an ORCID") == "/people"
    assert page.link("Organisations with a ROR") == "/organisations"
