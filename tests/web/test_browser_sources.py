"""The pages of sources, runs and tests in a real browser: accessible and moving by themselves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from catalogue.opening import Catalogue
from catalogue.record import record_id
from catalogue.settings import load_settings
from catalogue.sources import Source
from tests.harvesters.misbehaving import Item, Repository, Server, some
from tests.web.conftest import served
from tests.web.observatory import harvest, record
from tests.web.test_browser import opened
from tests.web.test_new_sources import repository
from web.app import create_app

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.services

ATTACK = "<img src=x onerror='window.hacked=1'><script>window.hacked=1</script>"


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory, hostile: str) -> Iterator[Catalogue]:
    """A catalogue with a source in order, one that has failed, one with issues, one never harvested."""
    home = str(tmp_path_factory.mktemp("home"))
    environ = {"ALMAGEST_ALLOW_PRIVATE": "yes", "ALMAGEST_TOKEN": "secret-token"}
    opened = Catalogue(load_settings({"ALMAGEST_HOME": home, **environ}))
    harvest(opened, "re3data", [repository(ATTACK, hostile, hostile + "?x=1", title=ATTACK)])
    harvest(opened, "laboratory", [record(str(number), f"Measurement {number}") for number in range(30)])
    for name in ("failed", "new", "moving"):
        opened.sources.add(Source(name=name, kind="oai-pmh", url="https://lab.example.org/oai"))
    opened.sources.finish_run(opened.sources.begin_run("failed"), "failed", error=f"It says {ATTACK}.")
    yield opened
    opened.close()


@pytest.fixture(autouse=True)
def many_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    """The browser's tests are all made by one client."""
    monkeypatch.setattr("web.endpoint_test.LIMITS", {"client": 999, "host": 999, "all": 999})


@pytest.fixture(scope="module")
def address(catalogue: Catalogue) -> Iterator[str]:
    with served(create_app(catalogue)) as base:
        yield base


@pytest.fixture(scope="module")
def hostile() -> Iterator[str]:
    """An endpoint with faults, whose texts are attacks."""
    repository = Repository([Item(identifier="a", title=ATTACK), *some(3)])
    repository.honours_dates = False
    repository.earliest = ATTACK.replace("<", "&lt;")
    with Server(repository) as server:
        yield server.url


def pages(catalogue: Catalogue, hostile: str) -> dict[str, str]:
    ended = catalogue.sources.runs("laboratory")[0].number
    failed = catalogue.sources.runs("failed")[0].number
    return {
        "sources": "/sources",
        "source": "/sources/laboratory",
        "run": f"/sources/laboratory/runs/{ended}",
        "failed run": f"/sources/failed/runs/{failed}",
        "form": "/sources/test",
        "tested": f"/sources/test?url={quote(hostile, safe='')}",
        "refused": "/sources/test?url=file:///etc/passwd",
        "repository": "/records/" + record_id("re3data", ATTACK),
        "make a source": "/sources/new?from=" + record_id("re3data", ATTACK),
    }


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_pages_are_accessible_and_fit(
    browser: Browser, catalogue: Catalogue, address: str, hostile: str, scheme: Any, width: int
) -> None:
    page, _ = opened(
        browser, address, color_scheme=scheme, viewport={"width": width, "height": 800}, bypass_csp=True
    )
    for name, path in pages(catalogue, hostile).items():
        page.goto(address + path)
        found = Axe().run(page)
        assert found.violations_count == 0, f"{name}: {found.generate_report()}"
        too_wide = page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert too_wide <= 0, name
    page.context.close()


@pytest.mark.parametrize("bypass", [False, True], ids=["policy", "no policy"])
def test_pages_ask_no_other_host_and_run_nothing_hostile(
    browser: Browser, catalogue: Catalogue, address: str, hostile: str, bypass: bool
) -> None:
    page, watch = opened(browser, address, bypass_csp=bypass)
    for name, path in pages(catalogue, hostile).items():
        answer = page.goto(address + path, wait_until="networkidle")
        assert answer is not None and (answer.ok or name == "refused")
        assert page.evaluate("typeof hacked") == "undefined"
    complaints = [text for text in watch.complaints if "status of 400" not in text]
    assert complaints == [] and watch.foreign == []
    page.context.close()


def test_a_run_page_moves_by_itself_and_stays_readable(
    browser: Browser, catalogue: Catalogue, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("web.pages_run.EVERY", 0.2)
    page, watch = opened(browser, address)
    with catalogue.database.source_lock("moving"):
        run = catalogue.sources.note_phase(catalogue.sources.begin_run("moving"), "connecting")
        page.goto(f"{address}/sources/moving/runs/{run.number}")
        assert page.locator("[aria-current=step]").inner_text() == "Connecting"
        assert Axe().run(page).violations_count == 0
        run = catalogue.sources.note_phase(run, "fetching")
        expect(page.locator("[aria-current=step]")).to_have_text("Fetching")
        assert "records are fetched" in page.locator("#announce").text_content()  # type: ignore[operator]
        catalogue.sources.note_phase(run, "reconciling")
        expect(page.locator("[aria-current=step]")).to_have_text("Reconciling")
        catalogue.sources.finish_run(run, "succeeded")
    expect(page.locator("#live")).to_have_attribute("data-live", "no")
    assert "in order" in page.locator("#live .sentence").inner_text()
    assert page.locator("#reload").count() == 0
    page.wait_for_timeout(500)
    assert watch.complaints == [] and watch.foreign == []
    page.context.close()


def test_a_run_page_without_script_has_a_link(browser: Browser, catalogue: Catalogue, address: str) -> None:
    with catalogue.database.source_lock("moving"):
        run = catalogue.sources.begin_run("moving")
        page, _ = opened(browser, address, java_script_enabled=False)
        page.goto(f"{address}/sources/moving/runs/{run.number}")
        assert page.locator("[aria-current=step]").inner_text() == "Connecting"
        catalogue.sources.note_phase(run, "fetching")
        page.get_by_role("link", name="Look again").click()
        assert page.locator("[aria-current=step]").inner_text() == "Fetching"
        catalogue.sources.finish_run(run, "succeeded")
        page.context.close()


def test_a_test_by_keyboard(browser: Browser, address: str, hostile: str) -> None:
    page, _ = opened(browser, address)
    page.goto(address + "/sources/test")
    page.get_by_label("Address of the endpoint").fill(hostile)
    page.keyboard.press("Enter")
    page.wait_for_url("**/sources/test?url=**")
    assert "It ignores from" in page.locator(".faults").inner_text()
    assert page.get_by_label("Address of the endpoint").input_value() == hostile
    page.context.close()


def test_one_click_makes_a_source_of_a_repository(
    browser: Browser, catalogue: Catalogue, address: str
) -> None:
    page, watch = opened(browser, address)
    page.goto(address + "/records/" + record_id("re3data", ATTACK))
    page.get_by_role("button", name="Make a source of it").click()
    page.wait_for_url("**/sources/new?from=**")
    assert "It ignores from" in page.locator(".faults").inner_text()
    page.get_by_label("Name").fill("clicked")
    page.get_by_label("The operator's token").fill("secret-token")
    page.get_by_role("button", name="Register the source").click()
    page.wait_for_url("**/sources/clicked")
    assert catalogue.sources.get("clicked").kind == "oai-pmh"
    assert page.evaluate("typeof hacked") == "undefined"
    assert watch.complaints == [] and watch.foreign == []
    page.context.close()
