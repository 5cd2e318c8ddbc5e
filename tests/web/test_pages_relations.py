"""Relations on pages: links to what is here, in either direction; the research product as a picture."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from catalogue.opening import Catalogue
from catalogue.record import Agent, Identifier, Relation, record_id
from catalogue.research_graph import Edge, Node, ResearchGraph
from tests.web.conftest import served
from tests.web.observatory import harvest, record
from tests.web.page import Page, read_page
from tests.web.test_pages_record import ATTACK
from tests.web.test_rest_records import counted
from web.app import create_app
from web.graph_drawing import HEIGHT, WIDTH, drawn

if TYPE_CHECKING:
    from playwright.sync_api import Browser

DATA, PAPER = record_id("lab", "data"), record_id("lab", "paper")


def doi(name: str) -> Identifier:
    return Identifier(scheme="doi", value=f"10.5072/{name}")


def to(type: str, name: str) -> Relation:
    return Relation(type=type, scheme="doi", value=f"10.5072/{name}")


@pytest.fixture
def laboratory(empty: Catalogue) -> Catalogue:
    """Data with a paper that says the same of it, code that needs them, and a target that nobody has."""
    related = (to("IsSupplementTo", "paper"), to("IsDerivedFrom", "nobody"))
    harvest(
        empty,
        "lab",
        [
            record(
                "data", "Data", identifiers=(doi("data"),), relations=related, creators=(Agent(name="Ada"),)
            ),
            record(
                "paper",
                "The paper",
                kind="publication",
                identifiers=(doi("paper"),),
                relations=(to("IsSupplementedBy", "data"),),
            ),
            record("code", f"Code {ATTACK}", kind="software", relations=(to("Requires", "data"),)),
        ],
    )
    return empty


def page_of(catalogue: Catalogue, path: str) -> Page:
    answer = create_app(catalogue).test_client().get(path)
    assert answer.status_code == 200
    return read_page(answer.text)


def headings(page: Page) -> list[str]:
    return [node.text_content() for node in page.all("h3", tag=True)]


def test_a_line_tells_the_kind_once(empty: Catalogue) -> None:
    kinds = [
        Relation(type="Cites", scheme="doi", value=f"10.5072/{name}", target_kind="dataset")
        for name in ("data", "nobody")
    ]
    harvest(
        empty,
        "lab",
        [
            record("data", "Measured", identifiers=(doi("data"),)),
            record("paper", "Paper", relations=tuple(kinds)),
        ],
    )
    here, dangling = (
        " ".join(text.split()) for text in page_of(empty, f"/records/{PAPER}").texts_in("relations", "li")[:2]
    )
    assert here == "Measured dataset 10.5072/data doi"
    assert dangling == "10.5072/nobody doi, dataset"


def test_relations_lead_to_the_records_here_from_both_ends(laboratory: Catalogue) -> None:
    page = page_of(laboratory, f"/records/{DATA}")
    assert page.errors == []
    assert headings(page)[:3] == ["Is supplement to", "Is derived from", "Is required by"]
    assert page.link("The paper") == f"/records/{PAPER}"
    assert page.link("10.5072/nobody") == "https://doi.org/10.5072/nobody"
    code = page.texts_in("relations", "li")[2]
    assert ATTACK in code and "as told by lab" in code
    # What the paper says of the data is what the data says of the paper: once is enough.
    assert headings(page_of(laboratory, f"/records/{PAPER}"))[:1] == ["Is supplemented by"]
    assert len([one for one in headings(page_of(laboratory, f"/records/{PAPER}")) if "upplement" in one]) == 1


def test_the_research_product_is_a_picture_and_a_list(laboratory: Catalogue) -> None:
    page = page_of(laboratory, f"/records/{DATA}")
    (picture,) = page.all("graph")
    assert page.by_id(picture.get("aria-labelledby").split()[0]) is not None
    nodes = [node.text_content() for node in page.all("node")]
    assert len(nodes) == 5 and any("Ada" in text for text in nodes)
    assert page.repeated_ids() == []
    sentences = page.texts_in("relations", "li")
    assert any(
        "Data (dataset) is supplement to The paper (publication) lab" in " ".join(s.split())
        for s in sentences
    )
    assert not [part for part in page.root.iter() if "style" in part.attrib]


def test_many_relations_have_pages_of_their_own(empty: Catalogue) -> None:
    citing = [
        record(f"r{number}", f"Citing {number}", relations=(to("Cites", "paper"),)) for number in range(130)
    ]
    harvest(empty, "lab", [record("paper", "Paper", identifiers=(doi("paper"),)), *citing])
    client = create_app(empty).test_client()
    page = read_page(client.get(f"/records/{PAPER}").text)
    assert len([text for text in page.texts_in("relations", "li") if "as told by" in text]) == 20
    first = read_page(client.get(page.link("All relations")).text)
    assert len(first.texts_in("relations", "li")) == 100
    second = read_page(client.get(first.link("Next")).text)
    assert len(second.texts_in("relations", "li")) == 30 and second.find_link("Next") is None
    assert client.get(f"/records/{PAPER}/relations?cursor=x").status_code == 400
    assert client.get("/records/nobody/relations").status_code == 404


def test_a_withdrawn_record_leads_to_its_successor_here(empty: Catalogue) -> None:
    newer = record("new", "The newer one", identifiers=(doi("new"),))
    harvest(empty, "lab", [record("old", "Old", relations=(to("IsObsoletedBy", "new"),)), newer])
    harvest(empty, "lab", [], deleted=["old"])
    answer = create_app(empty).test_client().get(f"/records/{record_id('lab', 'old')}")
    assert answer.status_code == 410
    assert read_page(answer.text).link("The newer one") == f"/records/{record_id('lab', 'new')}"


def test_a_record_without_relations_has_neither(empty: Catalogue) -> None:
    harvest(empty, "lab", [record("data", "Data", creators=(Agent(name="Ada"),))])
    client = create_app(empty).test_client()
    page = read_page(client.get(f"/records/{DATA}").text)
    assert page.by_id("relations") is None and page.by_id("product") is None
    assert "There are no more" in client.get(f"/records/{DATA}/relations").text


def test_a_page_asks_as_often_for_many_relations_as_for_two(laboratory: Catalogue) -> None:
    many = tuple(to("Cites", f"p{number}") for number in range(3000))
    harvest(laboratory, "lab", [record("many", "Many", relations=(*many, to("Cites", "paper")))])
    client = create_app(laboratory).test_client()
    costs = []
    for id in (DATA, record_id("lab", "many")):
        with counted(laboratory) as asked:
            answer = client.get(f"/records/{id}")
        costs.append(len(asked))
    assert max(costs) <= 40
    assert len(answer.data) < 200_000


def test_a_picture_has_its_boxes_apart_and_inside() -> None:
    nodes = [Node(id="start", kind="dataset", label="Start", distance=0, record=True)]
    nodes += [Node(id=f"n{n}", kind="unresolved", label="x" * 99, distance=1 + n % 3) for n in range(20)]
    edges = tuple(Edge(source="start", target=node.id, type="Cites") for node in nodes[1:])
    drawing = drawn(ResearchGraph(start="start", depth=2, nodes=tuple(nodes), edges=edges))
    assert drawing is not None and len(drawing.boxes) == 21 and len(drawing.lines) == 20
    for one in drawing.boxes:
        assert 0 <= one.x <= drawing.width - WIDTH and 0 <= one.y <= drawing.height - HEIGHT
        assert len(one.label) <= 26
        for other in drawing.boxes:
            assert one is other or abs(one.x - other.x) >= WIDTH or abs(one.y - other.y) >= HEIGHT
    alone = ResearchGraph(start="start", depth=2, nodes=(nodes[0],), edges=())
    assert drawn(alone) is None


@pytest.mark.services
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_picture_is_accessible_and_its_boxes_are_links(
    browser: Browser, laboratory: Catalogue, scheme: Any
) -> None:
    complaints: list[str] = []
    with served(create_app(laboratory)) as base:
        for width in (320, 1280):
            page = browser.new_context(
                color_scheme=scheme, viewport={"width": width, "height": 800}, bypass_csp=True
            ).new_page()
            page.on("console", lambda message: complaints.append(message.text))
            page.goto(f"{base}/records/{DATA}")
            found = Axe().run(page)
            assert found.violations_count == 0, found.generate_report()
            too_wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            assert page.evaluate(too_wide) <= 0
            assert page.evaluate("typeof hacked") == "undefined" and complaints == []
        page.goto(f"{base}/records/{DATA}/relations")
        assert Axe().run(page).violations_count == 0
        page.goto(f"{base}/records/{DATA}")
        page.locator(".graph a", has_text="The paper").focus()
        width_of_line = "link => getComputedStyle(link.querySelector('rect')).strokeWidth"
        assert page.locator(":focus").evaluate(width_of_line) == "3px"
        page.keyboard.press("Enter")
        page.wait_for_url(f"**/records/{PAPER}")
        page.context.close()
