"""Tags that Zotero and Google Scholar read, by the rules that these publish."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from catalogue.opening import Catalogue
from catalogue.record import (
    Affiliation,
    Agent,
    AgentIdentifier,
    Date,
    Distribution,
    Identifier,
    Relation,
    record_id,
)
from tests.full_record import full_record
from tests.web.observatory import harvest, record
from tests.web.page import Page, read_page
from tests.web.test_pages_record import ATTACK
from web.app import create_app
from web.head_tags import MOST

ORCID = "0000-0002-1825-0097"
PAPER: dict[str, Any] = {
    "kind": "publication",
    "type_label": "Journal article",
    "identifiers": (
        Identifier(scheme="doi", value="10.5072/1"),
        Identifier(scheme="arxiv", value="0706.0001"),
    ),
    "creators": (
        Agent(
            name="Curie, Marie",
            identifiers=(AgentIdentifier(scheme="orcid", value=ORCID),),
            affiliations=(Affiliation(name="Sorbonne"),),
        ),
        Agent(name="Curie, Pierre"),
    ),
    "publisher": Agent(name="Institute of Physics", kind="organisation"),
    "dates": (Date(kind="issued", start="2019-02-03", end="2019-02-03"),),
    "relations": (Relation(type="IsPublishedIn", scheme="issn", value="1234-5679", title="Annals"),),
    "distributions": (Distribution(url="https://example.org/1.pdf", media_type="application/pdf"),),
    "languages": ("en",),
}


def tags(page: Page) -> list[tuple[str, str]]:
    found = [(node.get("name"), node.get("content")) for node in page.all("meta", tag=True)]
    return [
        (name, content or "") for name, content in found if name and name.startswith(("citation_", "DC."))
    ]


def tags_of(catalogue: Catalogue, given: Any) -> list[tuple[str, str]]:
    harvest(catalogue, "lab", [given])
    id = record_id("lab", given.provenance.identifier)
    page = read_page(create_app(catalogue).test_client().get(f"/records/{id}").text)
    assert page.errors == []
    return tags(page)


def test_an_article_is_told_as_scholar_asks(empty: Catalogue) -> None:
    found = tags_of(empty, record("1", "Radium", **PAPER))
    once = dict(reversed(found))
    assert once["citation_title"] == "Radium"
    assert once["citation_publication_date"] == "2019/02/03"
    assert once["citation_journal_title"] == "Annals" and once["citation_issn"] == "1234-5679"
    assert once["citation_doi"] == "10.5072/1" and once["citation_arxiv_id"] == "0706.0001"
    assert once["citation_publisher"] == "Institute of Physics"
    assert once["citation_pdf_url"] == "https://example.org/1.pdf"
    assert once["citation_public_url"] == "https://doi.org/10.5072/1"
    assert once["DC.type"] == "Journal article" and once["DC.date"] == "2019-02-03"
    assert ("DC.identifier", "https://doi.org/10.5072/1") in found
    # What belongs to an author follows him.
    names = [name for name, _ in found if name.startswith("citation_author")]
    assert names == [
        "citation_author",
        "citation_author_institution",
        "citation_author_orcid",
        "citation_author",
    ]
    assert once["citation_author_orcid"] == f"https://orcid.org/{ORCID}"


@pytest.mark.parametrize(
    ("start", "written"), [("2019", "2019"), ("2019-02", "2019/02"), ("2019-02-03T04:05:06Z", "2019/02/03")]
)
def test_dates_have_their_precision(empty: Catalogue, start: str, written: str) -> None:
    dates = (Date(kind="issued", start=start, end=start),)
    assert ("citation_publication_date", written) in tags_of(empty, record("1", "Radium", dates=dates))


def test_theses_and_reports_name_their_houses(empty: Catalogue) -> None:
    house = {"publisher": Agent(name="University"), "kind": "publication"}
    thesis = dict(tags_of(empty, record("1", "Radium", type_label="Doctoral thesis", **house)))
    assert thesis["citation_dissertation_institution"] == "University"
    report = dict(tags_of(empty, record("2", "Radium", type_label="Report", **house)))
    assert report["citation_technical_report_institution"] == "University"


def test_every_record_of_the_observatory_has_a_title_and_the_tags_are_no_markup(client: FlaskClient) -> None:
    for id in [hit["id"] for hit in client.get("/api/v1/records").get_json()["hits"]]:
        found = tags(read_page(client.get(f"/records/{id}").text))
        assert [name for name, _ in found].count("citation_title") == 1
        assert all(content and content == " ".join(content.split()) for _, content in found)


def test_hostile_text_stays_in_its_tag(empty: Catalogue) -> None:
    hostile = full_record(lambda path: ATTACK)
    found = tags_of(empty, hostile)
    assert ("citation_title", ATTACK) in found and ("DC.title", ATTACK) in found
    links = re.compile("citation_(pdf_url|author_orcid|abstract_html_url|public_url)")
    assert all(content.startswith("http") for name, content in found if links.fullmatch(name))


def test_long_lists_are_cut(empty: Catalogue) -> None:
    many = tuple(Agent(name=f"Author {number}") for number in range(3000))
    found = tags_of(empty, record("1", "Radium", creators=many))
    assert sum(name == "citation_author" for name, _ in found) == MOST
