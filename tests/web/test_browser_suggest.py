"""Suggestions under the search box in a real browser: by keys, by mouse, accessible, and safe from titles."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from catalogue.opening import Catalogue
from catalogue.record import Agent, Term, record_id
from catalogue.settings import load_settings
from tests.web.conftest import served
from tests.web.observatory import harvest, record
from web.app import create_app

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.services

ATTACK = "Neutrino <img src=x onerror='window.hacked=1'> flux"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Two records, one of them hostile, behind a real socket."""
    environ = {"ALMAGEST_HOME": str(tmp_path_factory.mktemp("home"))}
    catalogue = Catalogue(load_settings(environ))
    records = [
        record("a", ATTACK, creators=(Agent(name="Neutra, Ada"),)),
        record("b", "Other", subjects=(Term(label="Neutron scattering"),)),
    ]
    harvest(catalogue, "lab", records)
    with served(create_app(catalogue)) as base:
        yield base
    catalogue.close()


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """The search page, on which «neutr» has been typed."""
    context = browser.new_context()
    opened = context.new_page()
    opened.goto(address)
    opened.locator("#q").press_sequentially("neutr")
    opened.locator("#suggestions [role=option]").first.wait_for()
    yield opened
    assert opened.evaluate("window.hacked") is None
    context.close()


def marked(page: Page) -> Any:
    id = page.locator("#q").get_attribute("aria-activedescendant")
    return page.locator(f"#{id} .label").text_content() if id else None


def test_suggestions_come_in_groups(page: Page) -> None:
    headings = page.locator("#suggestions .heading").all_text_contents()
    assert headings == ["words", "titles", "people", "subjects"]
    assert ATTACK in page.locator("#suggestions .label").all_text_contents()
    assert Axe().run(page).violations_count == 0


def test_they_are_walked_by_keys_and_left_by_escape(page: Page) -> None:
    page.keyboard.press("ArrowDown")
    first = marked(page)
    page.keyboard.press("ArrowUp")
    assert first is not None and marked(page) is None
    page.keyboard.press("Escape")
    assert not page.locator("#suggestions").is_visible()
    assert page.locator("#q").input_value() == "neutr"
    assert page.locator("#q").get_attribute("aria-expanded") == "false"


def test_a_name_becomes_a_choice_and_a_title_its_record(page: Page, address: str) -> None:
    page.get_by_role("option", name="Neutra, Ada").click()
    page.wait_for_url("**creator=*")
    assert "1 record" in page.locator(".total").inner_text()
    page.goto(address)
    page.locator("#q").press_sequentially("neutrino flu")
    page.locator("#suggestions [role=option][data-group=titles]").click()
    page.wait_for_url(f"**/records/{record_id('lab', 'a')}")


def test_a_word_is_searched_for(page: Page) -> None:
    page.keyboard.press("ArrowDown")
    word = marked(page)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**q={word}**")
