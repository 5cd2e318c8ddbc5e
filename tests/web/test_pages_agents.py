"""Documents about people and organisations: what the records say of whoever has an ORCID or a ROR."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient
from rdflib import DCTERMS, FOAF, RDF, Graph, Literal, Namespace, URIRef

from catalogue.errors import NotFound
from catalogue.opening import Catalogue
from catalogue.record import Affiliation, Agent, AgentIdentifier, Funding, record_id
from catalogue.settings import load_settings
from tests.web.observatory import harvest, record
from tests.web.page import read_page
from web.agents import ON_A_PAGE, normal
from web.app import create_app

BASE = "http://localhost:8080"
ORCID, OTHER, ROR = "0000-0002-1825-0097", "0000-0001-5109-3700", "05a28rw58"
SCHEMA = Namespace("http://schema.org/")
SYNTAXES = {"ttl": "turtle", "nt": "nt", "jsonld": "json-ld", "rdf": "xml"}


def person(name: str, orcid: str, role: str | None = None) -> Agent:
    place = Affiliation(name="Institute of Light", identifier=f"https://ror.org/{ROR}")
    return Agent(
        name=name,
        identifiers=(AgentIdentifier(scheme="orcid", value=orcid),),
        affiliations=(place,),
        role=role,
    )


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalogue]:
    opened = Catalogue(load_settings({"ALMAGEST_HOME": str(tmp_path_factory.mktemp("home"))}))
    house = Agent(name="Institute of Light", identifiers=(AgentIdentifier(scheme="ror", value=ROR),))
    given: list[dict[str, Any]] = [
        {"creators": (person("Curie, Marie", ORCID), person("Ng, Bo", OTHER))},
        {"creators": (person("Curie, M.", ORCID),)},
        {"creators": (person("Curie, Marie", ORCID),), "publisher": house},
        {"contributors": (person("Curie, Marie", ORCID, "Editor"),), "kind": "software"},
        {"funding": (Funding(funder="Light", funder_identifier=f"https://ror.org/{ROR}"),)},
        {"creators": (Agent(name="Curie, Marie"),)},
    ]
    harvest(opened, "lab", [record(str(at), f"Muon {at}", **values) for at, values in enumerate(given)])
    yield opened
    opened.close()


@pytest.fixture
def client(catalogue: Catalogue) -> FlaskClient:
    return create_app(catalogue).test_client()


def test_a_person_has_a_page(client: FlaskClient) -> None:
    answer = client.get(f"/people/{ORCID}")
    page = read_page(answer.text)
    assert page.errors == [] and page.first("h1").text_content() == "Curie, Marie"
    text = " ".join("".join(page.root.itertext()).split())
    assert "4 records" in text and "Also called" in text and "Curie, M." in text
    assert "software · editor" in text.lower()
    assert page.link("Institute of Light") == f"/organisations/{ROR}"
    assert page.link("Ng, Bo") == f"/people/{OTHER}"
    assert "Muon 5" not in text
    found = client.get(page.link("4 records"))
    assert found.text.count('<article class="card"') == 4 or "4 records" in found.text


def test_an_organisation_has_a_page(client: FlaskClient) -> None:
    page = read_page(client.get(f"/organisations/{ROR}").text)
    assert page.errors == [] and page.first("h1").text_content() == "Institute of Light"
    text = " ".join("".join(page.root.itertext()).split())
    assert "5 records" in text and "publisher" in text and "funder" in text and "affiliation" in text


@pytest.mark.parametrize("suffix", SYNTAXES)
def test_a_person_in_rdf(client: FlaskClient, suffix: str) -> None:
    answer = client.get(f"/people/{ORCID}.{suffix}")
    negotiated = client.get(f"/people/{ORCID}", headers={"Accept": answer.mimetype})
    assert answer.data == negotiated.data and "Accept" in negotiated.headers["Vary"]
    graph = Graph().parse(data=answer.data, format=SYNTAXES[suffix])
    who, document = URIRef(f"https://orcid.org/{ORCID}"), URIRef(f"{BASE}/people/{ORCID}")
    assert (document, FOAF.primaryTopic, who) in graph and (who, RDF.type, FOAF.Person) in graph
    assert set(graph.objects(who, FOAF.name)) == {Literal("Curie, Marie"), Literal("Curie, M.")}
    assert len(set(graph.subjects(DCTERMS.creator, who))) == 3
    edited = URIRef(f"{BASE}/id/records/{record_id('lab', '3')}")
    assert (edited, DCTERMS.contributor, who) in graph


def test_an_organisation_in_rdf(client: FlaskClient) -> None:
    graph = Graph().parse(data=client.get(f"/organisations/{ROR}.ttl").data)
    who = URIRef(f"https://ror.org/{ROR}")
    assert (who, RDF.type, FOAF.Organization) in graph
    assert set(graph.subjects(DCTERMS.publisher, who)) == {
        URIRef(f"{BASE}/id/records/{record_id('lab', '2')}")
    }
    assert len(set(graph.subjects(SCHEMA.funder, who))) == 1
    # Whoever made it works there; the house itself has not made it.
    assert not set(graph.subjects(DCTERMS.creator, who))


def test_the_rdf_agrees_with_that_of_the_records(client: FlaskClient) -> None:
    mine = Graph().parse(data=client.get(f"/people/{ORCID}.nt").data, format="nt")
    who = URIRef(f"https://orcid.org/{ORCID}")
    for thing in mine.subjects(DCTERMS.creator, who):
        answer = client.get(
            str(thing).removeprefix(BASE), headers={"Accept": "text/turtle"}, follow_redirects=True
        )
        assert (thing, DCTERMS.creator, who) in Graph().parse(data=answer.data)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/people/0000-0002-1825-0098", 404),  # a wrong check digit
        ("/people/0000-0001-2345-6789", 404),  # nobody here
        ("/people/curie", 404),
        ("/organisations/light", 404),
        ("/people/0000-0002-1825-0097.exe", 404),
        ("/people/0000000218250097", 308),
        ("/people/https:%2f%2forcid.org%2f0000-0002-1825-0097", 404),
    ],
)
def test_others_have_none(client: FlaskClient, path: str, status: int) -> None:
    answer = client.get(path)
    assert answer.status_code == status
    if status == 308:
        assert answer.headers["Location"] == f"{BASE}/people/{ORCID}"


def test_what_is_not_there_is_told_with_what_is(client: FlaskClient) -> None:
    answer = client.get(f"/people/{ORCID}", headers={"Accept": "application/json"})
    assert answer.status_code == 406
    for other in answer.get_json(force=True)["alternatives"]:
        assert client.get(other["href"].removeprefix(BASE)).mimetype == other["media_type"]


def test_normal_forms() -> None:
    assert normal("orcid", "0000000218250097") == ORCID and normal("ror", ROR) == ROR
    assert normal("orcid", "0000-0002-1694-233x") == "0000-0002-1694-233X"
    with pytest.raises(NotFound, match="check digit"):
        normal("orcid", "0000-0002-1825-0098")


def test_a_long_list_goes_on(empty: Catalogue) -> None:
    many = [
        record(str(n), f"Muon {n}", creators=(person("Curie, Marie", ORCID),)) for n in range(ON_A_PAGE + 7)
    ]
    harvest(empty, "lab", many)
    client = create_app(empty).test_client()
    who, seen, path = URIRef(f"https://orcid.org/{ORCID}"), set(), f"/people/{ORCID}.nt"
    for size in (ON_A_PAGE, 7):
        answer = client.get(path)
        found = set(Graph().parse(data=answer.data, format="nt").subjects(DCTERMS.creator, who))
        assert len(found) == size and not found & seen
        seen |= found
        path = answer.headers["Link"].rpartition(", <")[2].partition(">")[0].removeprefix(BASE)
    assert 'rel="next"' not in answer.headers["Link"]
    page = read_page(client.get(f"/people/{ORCID}").text)
    following = client.get(f"/people/{ORCID}{page.link('Next page')}")
    assert following.status_code == 200 and following.text.count('href="/records/') == 7


def test_a_redirect_keeps_what_is_asked(client: FlaskClient) -> None:
    answer = client.get("/people/0000000218250097.ttl?cursor=a%26b%3D")
    assert answer.status_code == 308
    assert answer.headers["Location"] == f"{BASE}/people/{ORCID}.ttl?cursor=a%26b%3D"
