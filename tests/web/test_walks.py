"""Ways of a new user in a real browser: from a search to an RO-Crate, from a source to what it lost."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from playwright.sync_api import expect

from catalogue.opening import Catalogue
from catalogue.record import Coverage, Distribution, Sky, Term
from catalogue.settings import load_settings
from tests.harvesters.misbehaving import DC, Item, Repository, Server
from tests.web.command_line import Home
from tests.web.conftest import served
from tests.web.observatory import harvest, record
from web.app import create_app

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Download, Page

pytestmark = pytest.mark.services

NEAR, FAR = "8/80000-80400", "8/400000-400400"
"""Two regions: the first holds the direction 133.2°, 29.1°, the second does not."""
CONE = "133.2, 29.1, 1"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Spectra and images, near and far, and one record that says nothing of the sky."""
    catalogue = Catalogue(load_settings({"ALMAGEST_HOME": str(tmp_path_factory.mktemp("home"))}))
    records = []
    for place, moc in (("near", NEAR), ("far", FAR)):
        for technique in ("spectroscopy", "imaging"):
            file = Distribution(url=f"https://data.example.org/{place}-{technique}.fits", size=2880)
            records.append(
                record(
                    f"{place}-{technique}",
                    f"Pulsar by {technique}, {place}",
                    coverage=Coverage(sky=Sky(moc=moc)),
                    techniques=(Term(label=technique),),
                    distributions=(file,),
                )
            )
    records.append(record("nowhere", "Pulsar theory", techniques=(Term(label="spectroscopy"),)))
    harvest(catalogue, "observatory", records)
    with served(create_app(catalogue)) as base:
        yield base
    catalogue.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A browser of one's own, in which nothing may fail."""
    context = browser.new_context(accept_downloads=True)
    opened = context.new_page()
    faults: list[str] = []
    opened.on("pageerror", lambda error: faults.append(str(error)))
    opened.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
    yield opened
    assert faults == []
    context.close()


def saved(page: Page, press: Callable[[], Any]) -> bytes:
    """The file that a click downloads."""
    with page.expect_download() as waiting:
        press()
    download: Download = waiting.value
    return Path(download.path()).read_bytes()


def test_from_a_cone_and_a_technique_to_a_crate_and_a_workflow(page: Page, address: str) -> None:
    page.goto(address)
    page.locator("#q").fill("pulsar")
    page.get_by_role("button", name="Search", exact=True).click()
    page.locator('form.coverage input[name="sky"]').first.fill(CONE)
    page.locator("form.coverage").first.get_by_role("button", name="Apply").click()
    expect(page.locator(".total")).to_have_text("2 records")
    expect(page.locator(".uncovered")).to_contain_text("1 more says nothing of their place on the sky")
    page.locator(".facets").get_by_role("link", name="spectroscopy").click()
    expect(page.locator(".total")).to_have_text("1 record")
    page.locator("#results").get_by_role("link", name="Pulsar by spectroscopy, near").click()
    expect(page.locator("figcaption").first).to_contain_text("Coverage of the sky")
    page.locator("header form.collect button").click()
    expect(page.locator("#basket-count")).to_have_text("1")
    page.locator("nav").get_by_text("Basket").click()
    check_takeaway(page)


def check_takeaway(page: Page) -> None:
    """The basket holds the one record; its crate and its workflow name the file."""
    expect(page.locator("ol.basket > li")).to_have_count(1)
    file = "https://data.example.org/near-spectroscopy.fits"
    crate = json.loads(saved(page, page.get_by_role("link", name="RO-Crate").click))
    assert file in [entity["@id"] for entity in crate["@graph"]]
    workflow = saved(page, page.get_by_role("link", name="REANA").click)
    assert file in workflow.decode() and "workflow" in yaml.safe_load(workflow)


def test_the_same_way_by_keys_alone(page: Page, address: str) -> None:
    page.goto(address)
    page.keyboard.type("pulsar technique:spectroscopy")
    page.keyboard.press("Enter")
    expect(page.locator(".total")).to_have_text("3 records")
    tab_to(page, 'form.coverage input[name="sky"]')
    page.keyboard.type(CONE)
    page.keyboard.press("Enter")
    expect(page.locator(".total")).to_have_text("1 record")
    page.locator("body").press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/records/**")
    page.keyboard.press("x")
    expect(page.locator("#basket-count")).to_have_text("1")
    tab_to(page, "nav a[href='/basket']")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Basket")
    tab_to(page, "a[href*='/basket/take/rocrate']")
    crate = json.loads(saved(page, lambda: page.keyboard.press("Enter")))
    assert crate["@graph"]
    tab_to(page, "a[href*='/basket/take/reana']")
    assert b"near-spectroscopy" in saved(page, lambda: page.keyboard.press("Enter"))


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until the element has the focus, which can be seen."""
    for _ in range(150):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
            assert outline != "none"
            return
    raise AssertionError(f"no way to {selector} by Tab")


def test_why_forty_records_are_missing(page: Page, tmp_path: Path) -> None:
    broken = DC.format(inside="<dc:creator>Somebody</dc:creator>")
    items = [Item(identifier=f"good{number}") for number in range(60)]
    items += [Item(identifier=f"bad{number}", metadata=broken) for number in range(40)]
    home = Home(tmp_path, {"ALMAGEST_ALLOW_PRIVATE": "yes"})
    with Server(Repository(items)) as server:
        assert home("source", "add", "lab", "--kind", "oai-pmh", "--url", server.url).exit_code == 0
        assert home("harvest", "lab").exit_code == 1
    catalogue = Catalogue(load_settings({"ALMAGEST_HOME": str(tmp_path)}))
    with served(create_app(catalogue)) as base:
        page.goto(base)
        page.locator("nav").get_by_role("link", name="Sources").click()
        page.get_by_role("link", name="lab", exact=True).click()
        expect(page.locator(".figures")).to_contain_text("40")
        group = page.locator("#issues .groups > li").first
        expect(group).to_contain_text("40 records")
        expect(group).to_contain_text("title")
        group.locator("summary").click()
        expect(group).to_contain_text("bad0")
        table = saved(page, page.get_by_role("link", name="CSV").click).decode()
    catalogue.close()
    assert sum("bad" in line for line in table.splitlines()) >= 40
