"""A visitor who reads German, in a real browser: the switch, a search, a record, the basket."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from catalogue.opening import Catalogue
from catalogue.settings import load_settings
from tests.web.conftest import served
from tests.web.observatory import harvest, observatory
from web.app import create_app

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.services

PAGES = ("/", "/?q=shear&type=dataset", "/browse", "/sources", "/statistics", "/help/search", "/basket",
         "/sparql", "/terms", "/catalog", "/sources/observatory/fair")  # fmt: skip


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The observatory's catalogue, served."""
    catalogue = Catalogue(load_settings({"ALMAGEST_HOME": str(tmp_path_factory.mktemp("home"))}))
    harvest(catalogue, "observatory", observatory())
    with served(create_app(catalogue)) as base:
        yield base
    catalogue.close()


@pytest.mark.parametrize("with_script", [True, False])
def test_from_the_switch_to_the_basket(browser: Browser, address: str, with_script: bool) -> None:
    context = browser.new_context(locale="en-GB", java_script_enabled=with_script)
    page = context.new_page()
    page.goto(f"{address}/?q=shear")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.get_by_role("button", name="Deutsch").click()
    expect(page).to_have_url(f"{address}/?q=shear")
    expect(page.locator("html")).to_have_attribute("lang", "de")
    expect(page.locator(".total")).to_contain_text("Eint")
    page.get_by_role("searchbox").or_(page.locator("#q")).first.fill("lensing")
    page.get_by_role("button", name="Suchen", exact=True).click()
    page.locator(".card h2 a").first.click()
    expect(page.get_by_role("heading", name="Nutzen")).to_be_visible()
    page.locator("header form.collect button").click()
    expect(page.locator("#basket-count")).to_have_text("1")
    page.get_by_role("navigation", name="Website").get_by_role("link", name="Korb").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Korb")
    expect(
        page.get_by_role("heading", name="Zum Mitnehmen").or_(page.locator(".take-away h2"))
    ).to_be_visible()
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Basket")
    context.close()


def test_pages_in_german_are_accessible_and_fit(browser: Browser, address: str) -> None:
    context = browser.new_context(locale="de-DE", viewport={"width": 320, "height": 800})
    page = context.new_page()
    faults: list[str] = []
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    page.goto(f"{address}/")
    links = page.locator(".card h2 a").evaluate_all("all => all.slice(0, 2).map(one => one.pathname)")
    for path in (*PAGES, *links, *(f"{link}/use" for link in links[:1])):
        page.goto(address + path)
        assert page.locator("html").get_attribute("lang") == "de", path
        found = Axe().run(page)
        assert found.violations_count == 0, f"{path}: {found.generate_report()}"
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, path
    assert faults == []
    context.close()
