"""An operator's work in a real browser: from signing in to a harvest that has finished; all pages for all."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from catalogue.curation import Curation
from catalogue.opening import Catalogue
from catalogue.record import Identifier, record_id
from catalogue.settings import load_settings
from catalogue.sources import Source
from harvesters.object_groups import ObjectGroups
from tests.full_record import full_record
from tests.web.command_line import PATHS
from tests.web.conftest import served
from tests.web.observatory import harvest, record
from tests.web.test_browser import opened
from tests.web.test_scheduler import running
from web.app import create_app
from web.demo.server import SampleServer
from web.scheduler import Scheduler

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.services

TOKEN = "a-long-token"
ATTACK = "<img src=x onerror='window.hacked=1'><script>window.hacked=1</script>\"'>"
HOSTILE = record_id("hostile", ATTACK)


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Catalogue]:
    """An empty catalogue with an operator's token, in which private addresses are not open to visitors."""
    made = Catalogue(load_settings({"ALMAGEST_HOME": str(tmp_path), "ALMAGEST_TOKEN": TOKEN}))
    yield made
    made.close()


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalogue]:
    """A catalogue in which whatever operators see has come from an attacker."""
    home = str(tmp_path_factory.mktemp("home"))
    made = Catalogue(load_settings({"ALMAGEST_HOME": home, "ALMAGEST_TOKEN": TOKEN}))
    harvest(made, "hostile", [full_record(lambda path: ATTACK)])
    doi = Identifier(scheme="doi", value="10.5072/same", role="own")
    other = Identifier(scheme="doi", value="10.5072/other", role="own")
    claims = Identifier(scheme="doi", value="10.5072/other", role="alternate")
    harvest(made, "first", [record("a", ATTACK, identifiers=(doi, claims)), record("c", "Third")])
    harvest(
        made, "second", [record("b", ATTACK, identifiers=(doi,)), record("d", "Two", identifiers=(other,))]
    )
    made.sources.add(Source(name="failed", kind="oai-pmh", url="https://lab.example.org/oai"), by=ATTACK)
    made.sources.finish_run(made.sources.begin_run("failed"), "failed", error=f"It says {ATTACK}.")
    curation = Curation(made.database)
    curation.correct(
        record_id("first", "c"), "titles", [{"value": ATTACK, "type": "main"}], by="Ada", note=ATTACK
    )
    curation.undo(1, by="Ada")
    ObjectGroups(made).create("flares", ATTACK, [record_id("first", "c")], by="Ada", description=ATTACK)
    yield made
    made.close()


@pytest.fixture(scope="module")
def address(catalogue: Catalogue) -> Iterator[str]:
    with served(create_app(catalogue)) as base:
        yield base


def pages(catalogue: Catalogue) -> dict[str, str]:
    product = catalogue.store.change(record_id("first", "a")).joined
    return {
        "overview": "/admin",
        "sources": "/admin/sources",
        "new source": "/admin/sources/new",
        "source": "/admin/sources/failed",
        "watch": "/admin/sources/failed/watch",
        "remove": "/admin/sources/failed/remove",
        "record": f"/admin/records/{HOSTILE}",
        "product": f"/admin/records/{product}",
        "decisions": "/admin/decisions",
        "claims": "/admin/claims",
        "groups": "/admin/groups",
        "group": "/admin/groups/flares",
        "terms": "/admin/terms",
        "log": "/admin/log",
    }


def sign_in(page: Page, base: str) -> None:
    page.goto(base + "/admin")
    page.get_by_label("Your name").fill("Ada")
    page.get_by_label("The operator's token").fill(TOKEN)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Administration")


@pytest.mark.parametrize("has_script", [True, False], ids=["script", "no script"])
def test_an_operator_adds_a_source_tests_it_runs_it_and_sees_it_finish(
    browser: Browser, fresh: Catalogue, samples: SampleServer, has_script: bool
) -> None:
    with served(create_app(fresh)) as base, running(Scheduler(fresh, look_every=0.2)):
        page, watch = opened(browser, base, java_script_enabled=has_script)
        sign_in(page, base)
        page.get_by_role("link", name="Add a source").click()
        page.get_by_label("Name", exact=True).fill("library")
        page.get_by_label("Protocol").select_option("oai-pmh")
        page.get_by_label("Address").fill(samples.address + PATHS["library"])
        page.get_by_role("button", name="Test").click()
        expect(page.locator("#result")).to_contain_text("can be read")
        assert fresh.sources.all() == []
        page.get_by_role("button", name="Register the source").click()
        expect(page.locator(".said")).to_contain_text("Source library is registered")
        page.get_by_role("button", name="Run now").click()
        ends(page, has_script)
        expect(page.locator("#live .sentence")).to_contain_text("in order")
        fetched = fresh.sources.runs("library")[0].fetched
        assert fetched and fresh.sources.state("library").records
        expect(page.locator("#live .figures")).to_contain_text(f"{fetched} of {fetched}")
        page.goto(base + "/admin/log")
        for step in ("added", "harvest asked for"):
            expect(page.get_by_role("region", name="Steps")).to_contain_text(f"source library: {step}")
        assert watch.complaints == [] and watch.foreign == []
        page.context.close()


def ends(page: Page, has_script: bool) -> None:
    """To the page of the run and its end: by itself, or by the link that says «Look again»."""
    live = page.locator("#live[data-live=no]")
    if has_script:
        expect(live).to_be_visible(timeout=20_000)
    for _ in range(60):
        if live.count():
            return
        page.get_by_role("link", name="Look again").click()
        page.wait_for_timeout(250)
    raise AssertionError(page.locator("main").inner_text())


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_pages_are_accessible_and_fit(
    browser: Browser, catalogue: Catalogue, address: str, scheme: Any, width: int
) -> None:
    size = {"width": width, "height": 800}
    page, _ = opened(browser, address, color_scheme=scheme, viewport=size, bypass_csp=True)
    page.goto(address + "/admin/sign-in")
    faults = [("sign in", Axe().run(page))]
    sign_in(page, address)
    for name, path in pages(catalogue).items():
        page.goto(address + path)
        faults.append((name, Axe().run(page)))
        too_wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert page.evaluate(too_wide) <= 0, name
    told = [f"{name}: {found.generate_report()}" for name, found in faults if found.violations_count]
    assert told == []
    page.context.close()


@pytest.mark.parametrize("bypass", [False, True], ids=["policy", "no policy"])
def test_nothing_harvested_runs(browser: Browser, catalogue: Catalogue, address: str, bypass: bool) -> None:
    page, watch = opened(browser, address, bypass_csp=bypass)
    sign_in(page, address)
    for name, path in pages(catalogue).items():
        answer = page.goto(address + path, wait_until="networkidle")
        assert answer is not None and answer.ok, name
        assert page.evaluate("typeof hacked") == "undefined", name
    assert watch.complaints == [] and watch.foreign == []
    page.context.close()


def test_curating_by_keyboard(browser: Browser, catalogue: Catalogue, address: str) -> None:
    page, watch = opened(browser, address)
    sign_in(page, address)
    page.goto(f"{address}/admin/records/{record_id('first', 'c')}")
    page.get_by_label("Field").focus()
    page.get_by_label("What it says, in place of all sources").focus()
    page.keyboard.press("Control+A")
    page.keyboard.type("A better title")
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent") == "Correct it":
            break
    page.keyboard.press("Enter")
    expect(page.locator(".said")).to_contain_text("Corrected, as decision")
    assert page.evaluate("document.activeElement.tagName") == "BODY"
    assert catalogue.store.change(record_id("first", "c")).record.title == "A better title"  # type: ignore[union-attr]
    page.get_by_role("button", name=re.compile("^Undo")).first.press("Enter")
    expect(page.locator(".said")).to_contain_text("is undone")
    assert catalogue.store.change(record_id("first", "c")).record.title == "Third"  # type: ignore[union-attr]
    assert watch.complaints == [] and watch.foreign == []
    page.context.close()
