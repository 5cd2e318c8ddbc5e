"""Uses in a real browser: accessible, nothing hostile runs; a table reaches a program by a hub of SAMP."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from catalogue.moc import region_of
from catalogue.opening import Catalogue
from catalogue.record import Capability, Coverage, Distribution, Environment, Interface, Sky, record_id
from mappings.fits_moc import region_of_fits
from tests.lacking import lacking
from tests.web.conftest import served
from tests.web.observatory import harvest, record
from tests.web.test_pages_record import ATTACK
from web.app import create_app

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.services

SKY = record_id("lab", "sky")
TABLE = "https://a.example.org/table.vot"


@pytest.fixture
def laboratory(empty: Catalogue) -> Catalogue:
    """A record that everything can be done with, hostile wherever it can be."""
    urls = (
        TABLE,
        "https://a.example.org/x.fits?a=$(id)&b=<script>hacked=1</script>",
        "root://eos.example.org//eos/run/1.root",
        "davs://dcache.example.org/run/1.root",
        "s3://bucket/run/1.root",
        "gsiftp://grid.example.org/run/1.root",
        "rucio:ams02:run1",
        "cvmfs://sft.cern.ch/lcg/x",
    )
    files = tuple(Distribution(url=url, title=f"File {number} {ATTACK}") for number, url in enumerate(urls))
    service = Capability(
        standard="ivo://ivoa.net/std/ConeSearch", interfaces=(Interface(url="https://a.example.org/cone?"),)
    )
    one = record(
        "sky",
        f"Everything {ATTACK}",
        distributions=files,
        capabilities=(service, Capability(standard="ivo://ivoa.net/std/TAP", interfaces=service.interfaces)),
        environment=Environment(repository="https://github.com/lab/code"),
        coverage=Coverage(sky=Sky(moc="6/17-20 22")),
    )
    harvest(empty, "lab", [one])
    return empty


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_uses_are_accessible_at_every_width(browser: Browser, laboratory: Catalogue, scheme: Any) -> None:
    complaints: list[str] = []
    with served(create_app(laboratory)) as base:
        for width in (320, 1280):
            page = browser.new_context(
                color_scheme=scheme, viewport={"width": width, "height": 800}, bypass_csp=True
            ).new_page()
            page.on("console", lambda message: complaints.append(message.text))
            for path in (f"/records/{SKY}/use", f"/records/{SKY}"):
                page.goto(base + path)
                found = Axe().run(page)
                assert found.violations_count == 0, found.generate_report()
                too_wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
                assert page.evaluate(too_wide) <= 0
                assert page.evaluate("typeof hacked") == "undefined" and complaints == []
            page.context.close()


def test_without_script_no_button_is_dead(browser: Browser, laboratory: Catalogue) -> None:
    with served(create_app(laboratory)) as base:
        page = browser.new_context(java_script_enabled=False).new_page()
        page.goto(f"{base}/records/{SKY}/use")
        assert page.get_by_role("button", name="Send it").count() == 0
        assert page.locator("pre", has_text="topcat -f votable").count() == 1
        page.get_by_role("button", name="Can it be reached? File 0").click()
        assert "cannot be reached from here" in page.inner_text("main")
        page.context.close()


@contextmanager
def hub() -> Iterator[Any]:
    """A hub of SAMP with its web profile, that lets every page in, on this machine."""
    try:
        from pyvo.samp import SAMPHubServer
        from pyvo.samp.hub import WebProfileDialog
    except ImportError:
        lacking("pyvo is not installed; «make install» installs it")
    with socket.socket() as probe:
        if probe.connect_ex(("127.0.0.1", 21012)) == 0:
            lacking("another hub of SAMP runs on this machine; end it")

    class Always(WebProfileDialog):  # type: ignore[misc]
        def show_dialog(self, *about: object) -> None:
            self.consent()

    dialog = Always()
    over = threading.Event()

    def answer() -> None:
        while not over.wait(0.05):
            dialog.handle_queue()

    thread = threading.Thread(target=answer, daemon=True)
    thread.start()
    server = SAMPHubServer(web_profile=True, web_profile_dialog=dialog, mode="multiple", addr="127.0.0.1")
    server.start()
    try:
        yield server
    finally:
        server.stop()
        over.set()
        thread.join()


def test_a_table_is_sent_to_the_programs_of_the_visitor(browser: Browser, laboratory: Catalogue) -> None:
    with hub() as server, served(create_app(laboratory)) as base:
        from pyvo.samp import SAMPIntegratedClient

        heard: list[Any] = []
        arrived = threading.Event()

        def hear(key: str, sender: str, mtype: str, parameters: Any, extra: Any) -> None:
            heard.append((mtype, parameters))
            arrived.set()

        program = SAMPIntegratedClient(addr="127.0.0.1")
        program.connect(hub=server)
        program.bind_receive_notification("table.load.votable", hear)
        page = browser.new_context().new_page()
        complaints: list[str] = []
        page.on("console", lambda message: complaints.append(message.text))
        page.goto(f"{base}/records/{SKY}/use")
        page.locator(f".samp[data-url='{TABLE}'] button").click()
        page.locator(f".samp[data-url='{TABLE}'] [role=status]", has_text="Sent.").wait_for(timeout=20_000)
        assert arrived.wait(10)
        program.disconnect()
        page.context.close()
    ((mtype, parameters),) = heard
    assert (mtype, parameters["url"]) == ("table.load.votable", TABLE)
    assert parameters["name"] == f"File 0 {ATTACK}"
    assert complaints == []


def test_a_coverage_is_sent_as_moc_that_can_be_fetched(browser: Browser, laboratory: Catalogue) -> None:
    with hub() as server, served(create_app(laboratory)) as base:
        from pyvo.samp import SAMPIntegratedClient

        heard: list[Any] = []
        arrived = threading.Event()

        def hear(key: str, sender: str, mtype: str, parameters: Any, extra: Any) -> None:
            heard.append((mtype, parameters))
            arrived.set()

        program = SAMPIntegratedClient(addr="127.0.0.1")
        program.connect(hub=server)
        program.bind_receive_notification("coverage.load.moc.fits", hear)
        page = browser.new_context().new_page()
        page.goto(f"{base}/records/{SKY}/use")
        offer = page.locator(".samp[data-mtype='coverage.load.moc.fits']")
        offer.locator("button").click()
        offer.locator("[role=status]", has_text="Sent.").wait_for(timeout=20_000)
        assert arrived.wait(10)
        ((_, parameters),) = heard
        path = parameters["url"][parameters["url"].index("/records/") :]
        answer = page.request.get(base + path)
        data, media_type = answer.body(), answer.headers["content-type"]
        program.disconnect()
        page.context.close()
    assert parameters["coverage-id"] == parameters["url"]
    assert media_type == "application/fits"
    assert region_of_fits(data) == region_of("6/17-20 22")


def test_without_a_hub_the_page_says_what_to_do(browser: Browser, laboratory: Catalogue) -> None:
    with served(create_app(laboratory)) as base:
        page = browser.new_context().new_page()
        page.route("http://127.0.0.1:21012/**", lambda route: route.abort())
        page.goto(f"{base}/records/{SKY}/use")
        page.locator(".samp button").first.click()
        said = page.locator(".samp [role=status]").first
        said.filter(has_text="start TOPCAT or Aladin").wait_for(timeout=10_000)
        page.context.close()
