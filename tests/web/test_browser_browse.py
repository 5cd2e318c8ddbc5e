"""Browsing and help in a real browser: by keyboard alone, and in the colours that a visitor forces."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe

from catalogue.opening import Catalogue
from catalogue.settings import load_settings
from tests.web.conftest import served
from tests.web.observatory import harvest, observatory
from web.app import create_app

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.services


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A served catalogue."""
    catalogue = Catalogue(load_settings({"ALMAGEST_HOME": str(tmp_path_factory.mktemp("home"))}))
    harvest(catalogue, "observatory", observatory())
    with served(create_app(catalogue)) as base:
        yield base
    catalogue.close()


def reach(page: Page, text: str) -> None:
    """Go on by Tab until a link or button of this name has the focus."""
    for _ in range(150):
        page.keyboard.press("Tab")
        if any(text in one for one in page.locator(":is(a, button, summary):focus").all_inner_texts()):
            return
    pytest.fail(f"«{text}» cannot be reached by keyboard")


def test_by_keyboard_from_the_tree_to_the_records(browser: Browser, address: str) -> None:
    page = browser.new_page()
    page.goto(address + "/help")
    reach(page, "Browse")
    page.keyboard.press("Enter")
    page.wait_for_url("**/browse")
    reach(page, "PaNET")
    page.keyboard.press("Enter")
    page.wait_for_url("**/browse/techniques")
    page.get_by_label("Concepts whose name contains").focus()
    page.keyboard.type("neutron powder")
    page.keyboard.press("Enter")
    page.wait_for_url("**contains=neutron+powder")
    reach(page, "neutron powder diffraction")
    page.keyboard.press("Enter")
    page.wait_for_url("**/?technique=*")
    assert page.locator(".card").count() == 1
    page.close()


def test_numbers_of_a_chart_open_by_keyboard_and_lead_to_records(browser: Browser, address: str) -> None:
    page = browser.new_page()
    page.goto(address + "/statistics#type")
    fold = page.locator("#type summary")
    assert not page.locator("#type table").is_visible()
    fold.focus()
    page.keyboard.press("Enter")
    assert page.locator("#type table").is_visible()
    row = page.locator("#type tbody tr").first
    count = int(row.locator("td").first.inner_text())
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/?type=*")
    assert page.locator(".card").count() == count
    page.close()


def test_examples_can_be_copied(browser: Browser, address: str) -> None:
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(address + "/help/api")
    text = page.locator("pre code").first.inner_text()
    page.get_by_role("button", name="Copy the example: A search", exact=True).click()
    page.get_by_text("Copied", exact=True).first.wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == text
    context.close()


def test_forced_colours_and_a_phone_hide_nothing(browser: Browser, address: str) -> None:
    context = browser.new_context(
        forced_colors="active", viewport={"width": 320, "height": 640}, bypass_csp=True
    )
    page = context.new_page()
    for path in ("/browse", "/browse/techniques", "/statistics", "/help", "/help/api", "/help/source"):
        page.goto(address + path)
        found = Axe().run(page)
        assert found.violations_count == 0, f"{path}: {found.generate_report()}"
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    context.close()


def test_pages_are_whole_without_script(browser: Browser, address: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address + "/statistics")
    page.locator("#growth summary").click()
    assert page.locator("#growth table").is_visible() and page.locator("svg.chart").count() == 7
    page.goto(address + "/browse/uat")
    page.get_by_label("Concepts whose name contains").fill("spiral")
    page.get_by_role("button", name="Filter").click()
    assert page.locator(".values li").count() > 1
    context.close()
