"""By keyboard alone: to the box, through the results, into the basket; and whoever wants no keys has none."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe

from catalogue.opening import Catalogue
from catalogue.settings import load_settings
from tests.web.conftest import served
from tests.web.observatory import harvest, record
from web.app import create_app

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.services


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Three records behind a real socket."""
    catalogue = Catalogue(load_settings({"ALMAGEST_HOME": str(tmp_path_factory.mktemp("home"))}))
    harvest(catalogue, "lab", [record(f"r{number}", f"Muon {number}") for number in range(3)])
    with served(create_app(catalogue)) as base:
        yield base
    catalogue.close()


@pytest.fixture
def page(browser: Browser, address: str, tmp_path: Path) -> Iterator[Page]:
    """The results of a search in a browser of one's own."""
    context = browser.new_context()
    opened = context.new_page()
    faults: list[str] = []
    opened.on("pageerror", lambda error: faults.append(str(error)))
    opened.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
    opened.on("response", lambda answer: faults.append(answer.url) if answer.status >= 400 else None)
    opened.goto(f"{address}/?q=muon&sort=title")
    yield opened
    assert faults == []
    context.close()


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.textContent || document.activeElement.id"))


@pytest.fixture
def expect() -> Any:
    """What waits until a page is as it should be."""
    from playwright.sync_api import expect

    return expect


def test_results_are_walked_and_collected(page: Page, expect: Any) -> None:
    page.keyboard.press("j")
    assert focused(page) == "Muon 0"
    page.keyboard.press("j")
    page.keyboard.press("k")
    page.keyboard.press("j")
    assert focused(page) == "Muon 1"
    page.keyboard.press("x")
    expect(page.locator("#basket-count")).to_have_text("1")
    assert page.locator("#said").text_content() == "It is in the basket."
    assert page.locator("article.card form.collect .label").all_text_contents() == [
        "Put into the basket",
        "Take out of the basket",
        "Put into the basket",
    ]
    page.locator("nav").get_by_text("Basket").click()
    assert page.locator("h1").text_content() == "Basket"
    assert page.get_by_role("link", name="Muon 1").count() == 1
    page.go_back()
    expect(page.locator("form.collect .label").nth(1)).to_have_text("Take out of the basket")
    page.locator("article.card form.collect button").nth(1).click()
    expect(page.locator("#basket-count")).to_have_text("")


def test_typing_is_typing(page: Page) -> None:
    page.keyboard.press("/")
    page.keyboard.type(" jx?")
    assert page.locator("#q").input_value() == "muon jx?"


def test_keys_are_told_and_turned_off(page: Page) -> None:
    page.keyboard.press("?")
    dialog = page.locator("#keys")
    assert dialog.is_visible()
    assert Axe().run(page).violations_count == 0
    page.get_by_label("Single keys do this").uncheck()
    page.keyboard.press("Escape")
    assert not dialog.is_visible()
    page.reload()
    page.keyboard.press("j")
    assert "Muon" not in focused(page) or page.evaluate("document.activeElement === document.body")
    page.get_by_role("button", name="Keys").click()
    page.get_by_label("Single keys do this").check()
    page.keyboard.press("Escape")
    page.locator("footer p").first.click()
    page.keyboard.press("j")
    assert focused(page) == "Muon 0"


def asked(page: Page, name: str) -> str:
    """A parameter of the search that the page shows."""
    return parse_qs(urlsplit(page.url).query)[name][0]


def test_a_circle_is_drawn_by_keys_and_by_mouse(page: Page, address: str) -> None:
    page.goto(f"{address}/?q=muon")
    page.locator("#sky-map").focus()
    for key in ("ArrowUp", "ArrowLeft", "ArrowLeft", "-", "-"):
        page.keyboard.press(key)
    assert page.locator("#sky-says").text_content() == "RA 10.00°, Dec 5.00°, radius 4.44°"
    page.keyboard.press("Enter")
    page.wait_for_url("**sky=10.0000%2C5.0000%2C4.44**")
    page.goto(f"{address}/?q=muon")
    box = page.locator("#sky-map svg").bounding_box()
    assert box is not None
    middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(*middle)
    page.mouse.down()
    page.mouse.move(middle[0], middle[1] - box["height"] / 4, steps=4)
    page.mouse.up()
    page.wait_for_url("**sky=**")
    ra, dec, radius = map(float, asked(page, "sky").split(","))
    assert abs((ra + 180) % 360 - 180) < 1 and abs(dec) < 1 and abs(radius - 37.6) < 1


def test_a_range_of_energy_is_drawn(page: Page, address: str) -> None:
    page.goto(f"{address}/?q=muon")
    box = page.locator('svg.brush[data-field="energy"]').bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] * 0.4, box["y"] + 5)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.6, box["y"] + 5, steps=4)
    page.mouse.up()
    page.wait_for_url("**energy=**")
    low, _, high = asked(page, "energy").partition("/")
    assert low.endswith(" eV") and float(high.removesuffix(" eV")) > float(low.removesuffix(" eV"))
