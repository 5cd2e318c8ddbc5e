"""The servers that the tests use are real, and vanish with the session that started them."""

from __future__ import annotations

import json
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import create_engine, text

from tests import services

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.services


def test_a_fresh_database(postgres_url: str) -> None:
    engine = create_engine(postgres_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE star (name text)"))
        assert connection.scalar(text("SELECT count(*) FROM star")) == 0
        assert str(connection.scalar(text("SHOW server_encoding"))) == "UTF8"
    engine.dispose()


def test_every_test_has_a_database_of_its_own(postgres_url: str) -> None:
    engine = create_engine(postgres_url)
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT to_regclass('star')")) is None
    engine.dispose()


def test_an_elasticsearch_answers(elasticsearch_url: str) -> None:
    with urllib.request.urlopen(f"{elasticsearch_url}/_cluster/health", timeout=10) as answer:
        assert json.load(answer)["number_of_nodes"] == 1


def test_a_fuseki_answers(fuseki_url: str) -> None:
    question = f"{fuseki_url}/query?query=ASK%7B%3Fs%20%3Fp%20%3Fo%7D"
    with urllib.request.urlopen(question, timeout=10) as answer:
        assert b"false" in answer.read()


def test_a_browser_shows_a_page(browser: Browser) -> None:
    page = browser.new_page()
    page.set_content("<h1>Almagest</h1>")
    assert page.inner_text("h1") == "Almagest"
    page.close()


def test_a_server_ends_when_its_owner_is_killed(tmp_path: Path, postgres_server: str) -> None:
    owner = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(300)"])
    state = tmp_path / "postgres.json"
    command = [
        sys.executable,
        services.__file__,
        "run",
        "postgres",
        "--owner",
        str(owner.pid),
        "--state",
        state,
    ]
    supervisor = subprocess.Popen(command)
    end = time.monotonic() + 60
    while not state.exists() and time.monotonic() < end:
        time.sleep(0.1)
    url = json.loads(state.read_text())["url"]
    create_engine(url).connect().close()
    owner.kill()
    owner.wait()
    supervisor.wait(30)
    with pytest.raises(Exception, match="refused"):
        create_engine(url).connect()
