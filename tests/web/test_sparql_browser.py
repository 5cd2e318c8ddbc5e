"""The page of SPARQL in a real browser: keys, prefixes, the place of a fault; without script as well."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
from axe_playwright_python.sync_playwright import Axe

from catalogue.opening import Catalogue
from catalogue.settings import load_settings
from tests.web.conftest import served
from tests.web.graphs import fill
from tests.web.observatory import harvest, observatory
from web import sparql
from web.app import create_app

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.services

COUNT = "SELECT ?c (COUNT(DISTINCT ?s) AS ?n) WHERE { ?s a ?c } GROUP BY ?c ORDER BY DESC(?n)"
PAGES = {
    "empty": "",
    "table and chart": COUNT,
    "links": "SELECT ?s ?title WHERE { ?s <http://purl.org/dc/terms/title> ?title }",
    "statements": "CONSTRUCT { ?s a ?c } WHERE { ?s a ?c }",
    "truth": "ASK {}",
    "nothing": "SELECT * { ?s <x:p> ?o }",
    "fault": "SELECT * {\n  ?s foaf:name ?o\n}",
    "hostile": "SELECT ('<script>alert(1)</script>' AS ?x) (IRI('javascript:alert(1)') AS ?y) {}",
}


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A served catalogue with its graph."""
    catalogue = Catalogue(load_settings({"ALMAGEST_HOME": str(tmp_path_factory.mktemp("home"))}))
    harvest(catalogue, "observatory", observatory())
    fill(catalogue)
    limits, sparql.LIMITS = sparql.LIMITS, {"client": 10_000, "all": 10_000}
    with served(create_app(catalogue)) as base:
        yield f"{base}/sparql"
    sparql.LIMITS = limits
    catalogue.close()


def at(address: str, query: str) -> str:
    """The page with the answer to a query."""
    return f"{address}?format=html&query={quote(query)}" if query else address


def text_of(page: Page) -> str:
    return str(page.locator("#query").input_value())


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_the_page_is_accessible_and_fits(browser: Browser, address: str, scheme: Any, width: int) -> None:
    page = browser.new_page(color_scheme=scheme, viewport={"width": width, "height": 800})
    for name, query in PAGES.items():
        page.goto(at(address, query))
        for fold in page.locator("main summary").all():
            fold.click()
        found = Axe().run(page)
        assert found.violations_count == 0, f"{name}: {found.generate_report()}"
        too_wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert too_wide <= 0, name
    page.close()


@pytest.mark.parametrize("name", PAGES)
def test_nothing_complains_and_no_other_host_is_asked(browser: Browser, address: str, name: str) -> None:
    page = browser.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("dialog", lambda dialog: complaints.append(dialog.message))
    page.on("request", lambda asked: asked.url.startswith(address[:-7]) or complaints.append(asked.url))
    page.goto(at(address, PAGES[name]), wait_until="networkidle")
    assert [one for one in complaints if "status of 400" not in one] == []
    page.close()


def test_asking_by_keyboard(browser: Browser, address: str) -> None:
    page = browser.new_page()
    page.goto(address)
    box = page.locator("#query")
    box.focus()
    page.keyboard.press("Control+a")
    page.keyboard.type("ASK {")
    page.keyboard.press("Tab")
    page.keyboard.type("}")
    assert text_of(page) == "ASK {  }"
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/sparql?query=ASK*")
    assert page.locator("#answer-title").inner_text() == "Yes"
    page.locator("#query").focus()
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    assert page.locator("button:focus").inner_text() == "Ask"
    page.go_back()
    assert page.locator("#answer").count() == 0
    page.close()


def test_a_prefix_is_inserted_once(browser: Browser, address: str) -> None:
    page = browser.new_page()
    page.goto(at(address, "ASK { ?s a skos:Concept }"))
    assert page.locator("#query").evaluate("box => box.selectionStart") == 11
    declaration = "PREFIX skos: <http://www.w3.org/2004/02/skos/core#>"
    page.locator("#fault button").click()
    page.get_by_text("Prefixes").click()
    page.get_by_label(f"Insert {declaration}").last.click()
    assert text_of(page).count(declaration) == 1 and text_of(page).startswith(declaration)
    page.get_by_role("button", name="Ask", exact=True).click()
    page.wait_for_selector("#answer-title")
    page.close()


def test_the_gallery_asks_by_a_click(browser: Browser, address: str) -> None:
    page = browser.new_page()
    page.goto(address)
    page.get_by_role("link", name="How much was published in each year?").click()
    page.wait_for_selector("#answer svg.chart")
    assert "dct:issued" in text_of(page)
    page.close()


def test_a_long_query_goes_by_post(browser: Browser, address: str) -> None:
    page = browser.new_page()
    page.goto(address)
    page.locator("#query").fill("ASK {} # " + "x" * 9000)
    page.get_by_role("button", name="Ask", exact=True).click()
    page.wait_for_selector("#answer-title")
    assert page.url == address and page.locator(".downloads button").count() == 2
    page.close()


def test_without_script(browser: Browser, address: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address)
    page.locator("#query").fill(COUNT)
    page.get_by_role("button", name="Ask", exact=True).click()
    assert page.locator("#answer svg.chart").count() == 1
    page.locator("#query").fill("ASK {} # " + "x" * 9000)
    page.get_by_role("button", name="Ask without an address").click()
    assert page.locator("#answer-title").inner_text() == "Yes"
    page.get_by_text("Prefixes").click()
    assert page.get_by_text("PREFIX skos: <").is_visible()
    context.close()
