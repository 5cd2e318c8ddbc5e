"""The help of the query language: every example is understood and finds something."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from catalogue.opening import Catalogue
from catalogue.query_language import FIELDS
from catalogue.record import Coverage, Place, Term
from catalogue.settings import load_settings
from tests.web.command_line import Home
from tests.web.observatory import harvest, observatory, record
from web.app import create_app
from web.search_help import SECTIONS, markdown

EXAMPLES = [example.query for section in SECTIONS for example in section.examples]


@pytest.fixture(scope="module")
def searched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    catalogue = Catalogue(load_settings({"ALMAGEST_HOME": str(tmp_path_factory.mktemp("help"))}))
    there = Place(box=(5.9, 45.8, 6.3, 46.4))
    magnet = Term(label="Neutron powder diffraction", uri="http://purl.org/pan-science/PaNET/PaNET01100")
    ring = record("ring", "A ring", coverage=Coverage(places=(there,)), techniques=(magnet,))
    harvest(catalogue, "observatory", [*observatory(), ring])
    yield create_app(catalogue).test_client()
    catalogue.close()


@pytest.mark.parametrize("query", EXAMPLES)
def test_every_example_finds_something(searched: FlaskClient, query: str) -> None:
    answer = searched.get("/api/v1/records", query_string={"q": query})
    assert answer.status_code == 200 and answer.json["total"] > 0
    assert answer.json["total"] < 8, "an example is to tell records apart"


def test_the_page_tells_every_example_as_a_link(searched: FlaskClient) -> None:
    page = searched.get("/help/search")
    assert page.status_code == 200
    text = page.get_data(as_text=True)
    for section in SECTIONS:
        assert f'id="{section.anchor}"' in text
    assert text.count("<code>") == len(EXAMPLES)
    assert '/help/search"' in searched.get("/").get_data(as_text=True)
    assert '/help/search"' in searched.get("/?q=year:abc").get_data(as_text=True)


def test_every_field_is_told() -> None:
    told = markdown()
    for field in FIELDS:
        assert f"{field}:" in told or f" {field}" in told, field


def test_the_command_line_tells_the_language_in_short(tmp_path: Path) -> None:
    answer = Home(tmp_path, {})("search", "--help")
    assert "Query language:" in answer.stdout and "neutrino OR pulsars" in answer.stdout
