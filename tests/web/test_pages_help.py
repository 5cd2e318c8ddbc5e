"""The help pages: valid, and every example on them runs against the catalogue that shows it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from flask.testing import FlaskClient

from catalogue.opening import Catalogue
from catalogue.settings import load_settings
from tests.lacking import lacking
from tests.web.conftest import served
from tests.web.observatory import harvest, observatory, record
from tests.web.page import read_page
from tests.web.test_demo import free_port
from web.app import create_app
from web.pages_help import TOPICS

PATHS = ["/help", *(f"/help/{name}" for name in TOPICS)]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A served catalogue that knows its own address."""
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    environ = {"ALMAGEST_HOME": str(tmp_path_factory.mktemp("home")), "ALMAGEST_BASE_URL": base}
    catalogue = Catalogue(load_settings(environ))
    harvest(catalogue, "observatory", observatory())
    with served(create_app(catalogue), port):
        yield base
    catalogue.close()


def examples(client: FlaskClient) -> list[tuple[str, str, str]]:
    """Page, language and text of every example."""
    found = []
    for path in PATHS:
        for node in read_page(client.get(path).text).all("code", tag=True):
            language = (node.get("class") or "").removeprefix("language-")
            if language:
                found.append((path, language, "".join(node.element.itertext())))
    return found


@pytest.mark.parametrize("path", PATHS)
def test_pages_are_valid_also_without_records(client: FlaskClient, empty: Catalogue, path: str) -> None:
    for one in (client, create_app(empty).test_client()):
        answer = one.get(path)
        page = read_page(answer.text)
        assert answer.status_code == 200 and page.errors == [] and page.repeated_ids() == []


def test_there_are_examples_in_each_language(client: FlaskClient) -> None:
    assert {language for _, language, _ in examples(client)} == {"sh", "python", "javascript", "bibtex"}
    assert client.get("/help/nothing").status_code == 404


PROGRAMS = {
    "sh": ("sh", "-eu"),
    "python": (sys.executable, "-"),
    "javascript": ("node", "--input-type=module"),
}


@pytest.mark.parametrize("language", PROGRAMS)
def test_every_example_runs(address: str, tmp_path: Path, language: str) -> None:
    command = PROGRAMS[language]
    needed = "curl" if language == "sh" else command[0]
    if shutil.which(needed) is None:
        lacking(f"{needed} is not installed")
    for path in PATHS:
        page = read_page(httpx.get(address + path, timeout=30).text)
        for node in page.all(f"language-{language}"):
            text = "".join(node.element.itertext())
            assert address in text
            done = subprocess.run(
                command, input=text, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False
            )
            assert done.returncode == 0, f"{path}: {text}\n{done.stderr}"
            assert done.stdout.strip() or list(tmp_path.glob("found*")), f"{path}: {text} said nothing"
            assert not [file for file in tmp_path.iterdir() if not file.stat().st_size]


def test_examples_find_something(address: str, tmp_path: Path) -> None:
    page = read_page(httpx.get(address + "/help/api", timeout=30).text)
    python = page.all("language-python")
    text = "".join(python[0].element.itertext())
    done = subprocess.run(
        [sys.executable, "-"], input=text, capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.strip().count("\n") < 10 and len(done.stdout.split()[0]) == 20


def test_the_bibtex_of_the_catalogue_is_read(client: FlaskClient) -> None:
    import bibtexparser

    (text,) = [text for _, language, text in examples(client) if language == "bibtex"]
    (entry,) = bibtexparser.loads(text).entries
    assert entry["ENTRYTYPE"] == "misc" and "Almagest" in entry["title"]


def test_no_word_of_a_source_but_letters_stands_in_a_command(empty: Catalogue) -> None:
    harvest(empty, "bad", [record("x:1", "'; rm -rf ~ $(reboot) `id` measurement's Spectra")])
    page = create_app(empty).test_client().get("/help/api").text
    assert "spectra" in page
    assert "reboot" not in page and "rm -rf" not in page


def test_no_example_where_titles_have_no_plain_word(empty: Catalogue) -> None:
    harvest(empty, "bad", [record("x:1", "$(reboot)")])
    client = create_app(empty).test_client()
    assert not read_page(client.get("/help/api").text).all("language-sh")
