"""The lists of people and organisations: who has an identifier, with as many records as their pages."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from catalogue import facet_listing
from catalogue.opening import Catalogue
from catalogue.record import Affiliation, Agent, AgentIdentifier
from catalogue.settings import load_settings
from tests.web.observatory import harvest, record
from tests.web.page import read_page
from web import agent_lists
from web.app import create_app

MARIE, BO, HOUSE = "0000-0002-1825-0097", "0000-0001-5109-3700", "05a28rw58"
WANG = ("0000-0002-1694-233X", "0000-0003-1419-2405")


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


@pytest.fixture(params=["embedded", pytest.param("elasticsearch", marks=pytest.mark.services)])
def namesakes(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Catalogue]:
    """Two people of one name, and one who has an ORCID in a record that is gone."""
    values = {"ALMAGEST_HOME": str(tmp_path)}
    if request.param == "elasticsearch":
        server = request.getfixturevalue("elasticsearch_url").rstrip("/")
        values["ALMAGEST_INDEX_URL"] = f"{server}/almagest-{uuid.uuid4().hex[:12]}"
    opened = Catalogue(load_settings(values))
    makers = [
        made_by("Wang, Y.", WANG[0]),
        made_by("Wang, Y.", WANG[1]),
        made_by("WANG, Y.", WANG[1]),
        made_by("Wang, Y."),
        made_by("Ng, Bo", BO),
        made_by("Ng, Bo"),
    ]
    records = [record(str(at), f"Muon {at}", creators=(maker,)) for at, maker in enumerate(makers)]
    harvest(opened, "lab", records)
    harvest(opened, "lab", (), deleted=("4",))
    yield opened
    opened.close()


def test_namesakes_are_each_in_the_list(namesakes: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    client = create_app(namesakes).test_client()
    monkeypatch.setattr(agent_lists, "MOST_AT_ONCE", 1)
    assert entries(client, "/people") == ["Wang, Y. 2 records", "Wang, Y. 1 records"]
    text = client.get("/people").text
    assert text.index(WANG[1]) < text.index(WANG[0]) and BO not in text


def test_a_list_that_ends_too_early_says_so(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "the rarest are left out" not in client.get("/people").text
    monkeypatch.setattr(facet_listing, "EVERY_VALUE", 3)
    assert "the rarest are left out" in client.get("/people").text
    assert "Die seltensten fehlen" in client.get("/people?lang=de").text
