"""The pages in a real browser: nothing hostile runs, nothing is fetched from elsewhere, all by keyboard."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe

from catalogue.opening import Catalogue
from catalogue.record import record_id
from catalogue.settings import load_settings
from tests.full_record import full_record
from tests.web.conftest import served
from tests.web.observatory import harvest, observatory, record
from tests.web.test_pages_record import ATTACK
from web.app import create_app

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.services

SURVEY = "/records/" + record_id("observatory", "survey:1")
HOSTILE = "/records/" + record_id("hostile", ATTACK)
GONE = "/records/" + record_id("laboratory", "lab:3")
PAGES = {
    "search": "/",
    "found": "/?q=lensing&type=dataset",
    "facet": "/facets/creator?type=dataset&order=name",
    "tree": "/?subject=galaxies",
    "absent": "/?type=datset",
    "nothing": "/?q=lensing&type=service",
    "fault": "/?q=sun+(title:",
    "record": SURVEY,
    "hostile": HOSTILE,
    "gone": GONE,
    "sources": "/sources",
    "source": "/sources/laboratory",
    "fair": "/sources/laboratory/fair",
    "dumps": "/dumps",
    "docs": "/api/v1/docs",
    "browse": "/browse",
    "concepts": "/browse/techniques",
    "narrower": "/browse/uat?concept=galaxies",
    "statistics": "/statistics",
    "help": "/help",
    "examples": "/help/api",
    "harvesters": "/help/oai",
    "providers": "/help/source",
    "citing": "/help/cite",
    "catalogue": "/catalog",
    "terms": "/terms",
    "person": "/people/0000-0002-1825-0097",
    "vocabulary": "/vocabularies/uat",
    "concept": "/vocabularies/uat?uri=http://astrothesaurus.org/uat/1797",
    "error": "/nowhere",
}


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A served catalogue with records of all kinds, a hostile one, a withdrawn one."""
    environ = {"ALMAGEST_HOME": str(tmp_path_factory.mktemp("home"))}
    catalogue = Catalogue(load_settings(environ))
    harvest(catalogue, "observatory", observatory())
    harvest(catalogue, "hostile", [full_record(lambda path: ATTACK)])
    muons = [record(f"lab:{number}", f"Measurement {number} of muon lifetimes") for number in range(30)]
    harvest(catalogue, "laboratory", muons)
    harvest(catalogue, "laboratory", [], deleted=["lab:3"])
    with served(create_app(catalogue)) as base:
        yield base
    catalogue.close()


class Watch:
    """What a page does behind the scenes."""

    def __init__(self, page: Page, base: str) -> None:
        self.complaints: list[str] = []
        self.foreign: list[str] = []
        host = urlsplit(base).netloc
        page.on("console", lambda message: self.complaints.append(message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("dialog", lambda dialog: (self.complaints.append("dialog"), dialog.dismiss()))
        page.on(
            "request",
            lambda request: (
                self.foreign.append(request.url) if urlsplit(request.url).netloc != host else None
            ),
        )


def opened(browser: Browser, base: str, **options: Any) -> tuple[Page, Watch]:
    page = browser.new_context(**options).new_page()
    return page, Watch(page, base)


@pytest.mark.parametrize("bypass", [False, True], ids=["policy", "no policy"])
@pytest.mark.parametrize("name", ["hostile", "search", "found"])
def test_a_hostile_record_does_nothing(browser: Browser, address: str, name: str, bypass: bool) -> None:
    # Escaping must do on its own what the Content-Security-Policy would also stop.
    page, watch = opened(browser, address, bypass_csp=bypass)
    page.goto(address + PAGES[name], wait_until="networkidle")
    assert page.evaluate("typeof hacked") == "undefined"
    for link in page.locator("a").all():
        # A link in a picture has no protocol of its own.
        scheme = link.evaluate(
            "link => new URL(link.href.baseVal ?? link.href, location.href).protocol"
        ).rstrip(":")
        assert scheme in {"http", "https", "ftp", "ftps"}, link.get_attribute("href")
    for fold in page.locator("summary").all():
        fold.click()
    page.locator("main h2").last.hover()
    assert page.evaluate("typeof hacked") == "undefined"
    assert watch.complaints == [] and watch.foreign == []
    page.context.close()


@pytest.mark.parametrize("name", PAGES)
def test_pages_ask_no_other_host_and_do_not_complain(browser: Browser, address: str, name: str) -> None:
    page, watch = opened(browser, address)
    answer = page.goto(address + PAGES[name], wait_until="networkidle")
    assert answer is not None
    expected = [] if answer.ok else [f"the server responded with a status of {answer.status}"]
    assert len(watch.complaints) == len(expected)
    assert all(part in text for part, text in zip(expected, watch.complaints))
    assert watch.foreign == []
    page.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_pages_are_accessible_and_fit(browser: Browser, address: str, scheme: Any, width: int) -> None:
    page, _ = opened(
        browser, address, color_scheme=scheme, viewport={"width": width, "height": 800}, bypass_csp=True
    )
    for name, path in PAGES.items():
        page.goto(address + path)
        found = Axe().run(page)
        assert found.violations_count == 0, f"{name}: {found.generate_report()}"
        too_wide = page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert too_wide <= 0, name
    page.context.close()


def test_pages_are_accessible_in_the_colours_of_the_reader(browser: Browser, address: str) -> None:
    page, _ = opened(browser, address, forced_colors="active", bypass_csp=True)
    for name, path in PAGES.items():
        page.goto(address + path)
        found = Axe().run(page)
        assert found.violations_count == 0, f"{name}: {found.generate_report()}"
    page.goto(address + "/?q=lensing&sky=0,0,90")
    # What is drawn takes them too: nothing of it is in a colour of ours.
    drawn = page.evaluate(
        "[...document.querySelectorAll('svg.picture path, svg.picture ellipse, svg.years rect')]"
        ".flatMap(one => [getComputedStyle(one).fill, getComputedStyle(one).stroke])"
    )
    system = page.evaluate(
        "['Canvas', 'CanvasText', 'LinkText', 'Highlight'].map(name => {"
        " const one = document.createElement('i'); one.style.color = name; document.body.append(one);"
        " return getComputedStyle(one).color; })"
    )
    assert set(drawn) <= {*system, "none", "rgba(0, 0, 0, 0)", "rgb(0, 0, 0)"}, set(drawn) - set(system)
    page.context.close()


@pytest.mark.parametrize("forced", ["none", "active"])
@pytest.mark.parametrize("name", ["found", "record", "sources", "statistics"])
def test_what_has_the_focus_is_seen(browser: Browser, address: str, name: str, forced: Any) -> None:
    page, _ = opened(browser, address, forced_colors=forced)
    page.goto(address + PAGES[name])
    seen = 0
    for _ in range(60):
        page.keyboard.press("Tab")
        style = page.evaluate(
            "(() => { const at = document.activeElement; if (!at || at === document.body) return null;"
            " const style = getComputedStyle(at); const inner = at.querySelector('rect, circle');"
            " return { what: at.outerHTML.slice(0, 120), line: style.outlineStyle,"
            " width: parseFloat(style.outlineWidth),"
            " stroke: inner ? parseFloat(getComputedStyle(inner).strokeWidth) : 0 }; })()"
        )
        if style is None:
            break
        seen += 1
        assert (style["line"] != "none" and style["width"] >= 2) or style["stroke"] >= 2, style["what"]
    assert seen > 10
    page.context.close()


def test_nothing_moves_for_those_who_do_not_want_it(browser: Browser, address: str) -> None:
    page, _ = opened(browser, address, reduced_motion="reduce")
    for name in ("search", "record", "sources", "statistics"):
        page.goto(address + PAGES[name])
        moving = page.evaluate(
            "[...document.querySelectorAll('*')].filter(one => { const style = getComputedStyle(one);"
            " return parseFloat(style.transitionDuration) > 0 || parseFloat(style.animationDuration) > 0"
            " || style.scrollBehavior === 'smooth'; }).map(one => one.outerHTML.slice(0, 80))"
        )
        assert moving == [], name
    page.context.close()


def test_by_keyboard_from_the_skip_link_to_a_record(browser: Browser, address: str) -> None:
    page, _ = opened(browser, address)
    page.goto(address + "/?q=muon")
    page.keyboard.press("Tab")
    assert page.locator(":focus").inner_text() == "Skip to content"
    assert page.locator(":focus").bounding_box()["y"] >= 0  # type: ignore[index]
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.locator(":focus").get_attribute("name") == "q"
    page.locator(":focus").fill("neutrino")
    page.keyboard.press("Enter")
    page.wait_for_url("**/?q=neutrino")
    page.locator(".card a").first.focus()
    outline = page.locator(":focus").evaluate("link => getComputedStyle(link).outlineWidth")
    assert outline == "3px"
    page.keyboard.press("Enter")
    page.wait_for_url("**/records/*")
    assert "neutrino" in page.locator("h1").inner_text()
    page.context.close()


def test_the_box_has_the_focus_on_the_first_page(browser: Browser, address: str) -> None:
    page, _ = opened(browser, address)
    page.goto(address)
    assert page.locator(":focus").get_attribute("id") == "q"
    page.keyboard.type("lensing")
    page.keyboard.press("Enter")
    page.wait_for_url("**/?q=lensing")
    page.context.close()


@pytest.mark.parametrize("language", ["en", "de"])
def test_the_label_of_the_box_leaves_room_for_the_help_beside_it(
    browser: Browser, address: str, language: str
) -> None:
    page, _ = opened(browser, address, viewport={"width": 320, "height": 700}, locale=language)
    page.goto(f"{address}/")
    words = page.evaluate(
        """() => {
          const range = document.createRange();
          range.selectNodeContents(document.querySelector("form.search label"));
          return [...range.getClientRects()].map(({ right, bottom }) => ({ right, bottom }));
        }"""
    )
    link = page.locator("form.search .beside a").bounding_box()
    assert words and link is not None
    assert all(word["right"] <= link["x"] or word["bottom"] <= link["y"] for word in words)
    page.context.close()


def test_paging_and_the_back_button(browser: Browser, address: str) -> None:
    page, _ = opened(browser, address)
    page.goto(address + "/?q=muon")
    first = page.locator(".card h2").all_inner_texts()
    page.get_by_role("link", name="Next page").click()
    page.wait_for_url("**cursor=**")
    second = page.locator(".card h2").all_inner_texts()
    assert first != second and len(first) + len(second) == 29
    page.go_back()
    assert page.locator(".card h2").all_inner_texts() == first
    page.context.close()


def test_facets_open_as_a_sheet_on_a_phone(browser: Browser, address: str) -> None:
    page, _ = opened(browser, address, viewport={"width": 360, "height": 700})
    page.goto(address)
    assert not page.locator(".facets").is_visible()
    page.get_by_role("link", name="Narrow").click()
    assert page.locator(".facets").is_visible()
    page.locator(".facets a", has_text="Neutrino").last.click()
    page.wait_for_url("**messenger=neutrino**")
    assert page.locator(".card").count() == 1
    page.context.close()


def test_it_prints_without_the_controls(browser: Browser, address: str, tmp_path: Path) -> None:
    page, _ = opened(browser, address)
    page.goto(address + SURVEY)
    page.emulate_media(media="print")
    assert not page.locator("header.site nav").is_visible()
    assert page.locator("h1").is_visible()
    page.pdf(path=tmp_path / "record.pdf")
    assert (tmp_path / "record.pdf").stat().st_size > 5000
    page.context.close()
