"""Takes the pictures of docs/pictures/ from the demo, in chromium: ``make screenshots``.

Starts the demo on a free port, walks through its main pages and keeps each as WebP of 1320 × 880: wide
enough for all columns of a search.
"""

from __future__ import annotations

import base64
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from tests.conftest import CHROMIUM_FLAGS
from tests.services import Unavailable, find_chromium

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Response

FOLDER = Path(__file__).resolve().parent / "pictures"
SIZE: Any = {"width": 1320, "height": 880}
MOST_BYTES = 200_000
QUALITY = 88
_PATIENCE = 900

LIGHT = ("search", "record", "sources", "run", "basket", "browse", "statistics", "help")
DARK = ("search", "record")
"""Pages of which a picture is taken in light, and in dark."""

SEARCH = "/?q=gamma-ray+OR+neutrino&has=sky"


@contextmanager
def demo() -> Iterator[str]:
    """The demo in a process of its own: its address once it answers."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    program = Path(sys.executable).with_name("almagest")
    command = [program, "demo", "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as running:  # noqa: S603
        try:
            address = f"http://127.0.0.1:{port}"
            _wait_for(address, running)
            yield address
        finally:
            running.terminate()


def _wait_for(address: str, running: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end:
        if running.poll() is not None:
            sys.exit("The demo ended by itself; run «almagest demo» to see why.")
        try:
            with urllib.request.urlopen(address + "/browse", timeout=5):  # noqa: S310
                return
        except (urllib.error.URLError, OSError):
            time.sleep(1)
    sys.exit(f"The demo did not answer within {_PATIENCE} seconds.")


def take(browser: Browser, address: str, scheme: Literal["light", "dark"], names: tuple[str, ...]) -> None:
    """Walk through the pages in one colour scheme and keep those that are asked for."""
    page = browser.new_context(viewport=SIZE, color_scheme=scheme, reduced_motion="reduce").new_page()
    page.set_default_timeout(120_000)
    page.on("response", _must_be_fine)
    for name in names:
        _open(page, address, name)
        page.wait_for_load_state("networkidle")
        _keep(page, name if scheme == "light" else f"{name}-{scheme}")
    page.context.close()


def _must_be_fine(answer: Response) -> None:
    if answer.status >= 400:
        sys.exit(f"{answer.url} answers with {answer.status}; no picture is taken of that.")


def _open(page: Page, address: str, name: str) -> None:
    """Go to a page as a visitor would."""
    match name:
        case "search":
            page.goto(address + SEARCH)
        case "record":
            page.goto(address + "/?q=has:sky+has:relations+has:licence")
            page.locator(".card h2 a").first.click()
            page.wait_for_url("**/records/*")
        case "run":
            page.goto(address + "/sources")
            page.get_by_role("link", name="helix", exact=True).first.click()
            page.wait_for_url("**/sources/*")
            # The oldest of its runs has read everything.
            page.locator("a[href*='/runs/']").last.click()
            page.wait_for_url("**/runs/*")
        case "basket":
            page.goto(address + "/?q=neutron+has:files&type=dataset")
            buttons = page.locator(".card form.collect button")
            for number in range(min(4, buttons.count())):
                buttons.nth(number).click()
                page.wait_for_load_state("networkidle")
            page.goto(address + "/basket")
        case "statistics":
            page.goto(address + "/statistics#completeness")
        case _:
            page.goto(f"{address}/{name}")


def _keep(page: Page, name: str) -> None:
    FOLDER.mkdir(exist_ok=True)
    session = page.context.new_cdp_session(page)
    answer = session.send("Page.captureScreenshot", {"format": "webp", "quality": QUALITY})
    data = base64.b64decode(answer["data"])
    if len(data) > MOST_BYTES:
        sys.exit(f"The picture of {name} has {len(data):,} bytes, more than {MOST_BYTES:,}.")
    (FOLDER / f"{name}.webp").write_bytes(data)
    print(f"{name}.webp: {len(data):,} bytes, of {page.title()}")


def main() -> None:
    """Take all pictures anew."""
    from playwright.sync_api import sync_playwright

    try:
        program = find_chromium()
    except Unavailable as error:
        sys.exit(f"There is nothing to take pictures with: {error}.")
    with demo() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(CHROMIUM_FLAGS))
        take(browser, address, "light", LIGHT)
        take(browser, address, "dark", DARK)
        browser.close()


if __name__ == "__main__":
    main()
