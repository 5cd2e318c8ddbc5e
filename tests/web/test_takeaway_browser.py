"""Basket and record in a real browser: accessible, printed, copied, formulas drawn; without script too."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from catalogue.opening import Catalogue
from catalogue.record import Distribution, Text, record_id
from catalogue.settings import load_settings
from tests.web.conftest import served
from tests.web.observatory import harvest, record
from tests.web.test_pages_record import ATTACK
from web.app import create_app
from web.basket import Basket, Item

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.services

PHYSICS = record_id("lab", "physics")
ABSTRACT = (
    r"Measured at $\sqrt{s}=13~\mathrm{TeV}$: $$\sigma = \frac{N}{\epsilon \int L\,dt}$$ "
    r"and $\text{<script>hacked=1</script>}$ $\href{javascript:hacked=1}{x}$ " + ATTACK
)
FILES = tuple(
    Distribution(url=f"https://a.example.org/{number}.fits", title=f"File {number}", size=number * 1000)
    for number in range(600)
)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A served catalogue of an operator, with a record of formulas and many files."""
    home = str(tmp_path_factory.mktemp("home"))
    catalogue = Catalogue(load_settings({"ALMAGEST_HOME": home, "ALMAGEST_TOKEN": "sesame"}))
    given = {"descriptions": (Text(value=ABSTRACT, type="abstract"),), "distributions": FILES}
    harvest(catalogue, "lab", [record("physics", r"Decays $\Lambda_b^0 \to p K^-$", **given)])
    with served(create_app(catalogue)) as base:
        yield base
    catalogue.close()


def paths() -> dict[str, str]:
    items = str(Basket((Item(PHYSICS),)))
    return {
        "record": f"/records/{PHYSICS}",
        "sorted": f"/records/{PHYSICS}?files=size&from=501",
        "basket": f"/basket?items={items}",
    }


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_pages_are_accessible_and_fit(browser: Browser, address: str, scheme: Any, width: int) -> None:
    page = browser.new_context(
        color_scheme=scheme, viewport={"width": width, "height": 800}, bypass_csp=True
    ).new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    for name, path in paths().items():
        page.goto(address + path)
        for fold in page.locator("main summary").all():
            fold.click()
        found = Axe().run(page)
        assert found.violations_count == 0, f"{name}: {found.generate_report()}"
        wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert page.evaluate(wide) <= 0, name
        assert page.evaluate("typeof hacked") == "undefined"
    assert complaints == []
    page.context.close()


def test_formulas_are_drawn(browser: Browser, address: str) -> None:
    page = browser.new_context().new_page()
    page.goto(f"{address}/records/{PHYSICS}")
    assert page.locator("h1 math msubsup").count() == 1
    # A fraction is drawn as one: higher than a line of text.
    assert page.locator(".text mfrac").bounding_box()["height"] > 25  # type: ignore[index]
    assert page.locator(".text a").count() == 0 and page.locator(".text script").count() == 0
    page.context.close()


def test_a_citation_is_copied_and_that_is_said(browser: Browser, address: str) -> None:
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(f"{address}/records/{PHYSICS}")
    page.get_by_role("button", name="Copy the citation").click()
    page.locator("#said", has_text="Copied").wait_for(state="attached")
    assert page.evaluate("navigator.clipboard.readText()") == page.locator(".citation").first.inner_text()
    page.goto(f"{address}/records/{PHYSICS}/use")
    page.get_by_role("button", name="Copy curl").first.click()
    page.locator("#said", has_text="Copied").wait_for(state="attached")
    assert "curl" in page.evaluate("navigator.clipboard.readText()")
    context.close()


def test_where_nothing_can_be_copied_it_is_selected(browser: Browser, address: str) -> None:
    page = browser.new_context().new_page()
    page.add_init_script("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    page.goto(f"{address}/records/{PHYSICS}")
    page.get_by_role("button", name="Copy the citation").click()
    page.locator("#said", has_text="Ctrl+C").wait_for(state="attached")
    assert page.evaluate("String(getSelection())") == page.locator(".citation").first.inner_text()
    page.context.close()


def test_without_script_there_are_styles_orders_and_no_dead_button(browser: Browser, address: str) -> None:
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto(f"{address}/records/{PHYSICS}")
    assert page.get_by_role("button", name="Copy").count() == 0
    page.locator("#cite summary").click()
    assert page.locator("#cite .citation").nth(2).is_visible()
    page.locator("table.files").get_by_role("link", name="Size").click()
    assert page.locator("table.files tbody th").first.inner_text().startswith("File 599")
    page.get_by_role("link", name="More files").click()
    assert page.locator("table.files tbody tr").count() == 100
    page.context.close()


def test_record_and_basket_are_printed_clean(browser: Browser, address: str, tmp_path: Path) -> None:
    page = browser.new_context().new_page()
    for name in ("record", "basket"):
        page.goto(address + paths()[name])
        page.emulate_media(media="print")
        assert page.locator("h1").is_visible()
        assert page.locator("button:visible").count() == 0
        assert page.locator("header.site nav").is_visible() is False
        page.pdf(path=tmp_path / f"{name}.pdf")
        assert (tmp_path / f"{name}.pdf").stat().st_size > 5000
    page.context.close()
    # What a browser has printed it may go on styling as it was on the screen.
    page = browser.new_context().new_page()
    page.emulate_media(media="print")
    page.goto(f"{address}/records/{PHYSICS}")
    told = "getComputedStyle(document.querySelector('.files tbody a'), '::after').content"
    assert "https://a.example.org/0.fits" in page.evaluate(told)
    page.context.close()


def test_a_basket_becomes_a_group_by_keyboard(browser: Browser, address: str) -> None:
    page = browser.new_context().new_page()
    page.goto(f"{address}/records/{PHYSICS}")
    page.locator("article header form.collect button").click()
    page.locator("#basket-count", has_text="1").wait_for()
    page.goto(f"{address}/basket")
    page.locator("#group summary").focus()
    page.keyboard.press("Enter")
    for text in ("decays", "Decays together", "", "Ada", "sesame"):
        page.keyboard.press("Tab")
        page.keyboard.type(text)
    page.keyboard.press("Enter")
    page.wait_for_url("**/records/*")
    assert page.locator("h1").inner_text() == "Decays together"
    page.context.close()
