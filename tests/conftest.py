"""What all tests share: the real corpus beside the project, and real servers."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings

from tests import services
from tests.lacking import lacking

if TYPE_CHECKING:
    from playwright.sync_api import Browser

PROJECT = Path(__file__).resolve().parent.parent
SHARED = PROJECT.parent / "shared"
CHROMIUM_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

# How long an example takes says something of the machine, not of the program.
settings.register_profile("almagest", deadline=None)
settings.load_profile("almagest")


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real records and schemas beside the project."""
    if not SHARED.is_dir():
        pytest.skip("the folder ../shared with corpus and schemas is not beside the project")
    return SHARED


def _service(find: Callable[[], Any]) -> Any:
    """What ``find`` finds; without it the test is skipped, under ``CI=true`` it fails."""
    try:
        return find()
    except services.Unavailable as missing:
        lacking(str(missing))


def _server(name: str, factory: pytest.TempPathFactory) -> str:
    directory, owner = factory.getbasetemp(), os.getpid()
    if "PYTEST_XDIST_WORKER" in os.environ:
        directory, owner = directory.parent, os.getppid()
    return str(_service(lambda: services.share(name, directory, owner)))


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> str:
    """SQLAlchemy URL of the maintenance database of a real PostgreSQL, one a session."""
    return _server("postgres", tmp_path_factory)


@contextmanager
def _fresh_database(server: str) -> Iterator[str]:
    from sqlalchemy import create_engine, make_url, text

    name = f"almagest_{uuid.uuid4().hex}"
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            connection.execute(text(f'CREATE DATABASE "{name}"'))
        yield make_url(server).set(database=name).render_as_string(hide_password=False)
        with engine.connect() as connection:
            connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
    finally:
        engine.dispose()


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """SQLAlchemy URL of an empty PostgreSQL database of this test's own."""
    with _fresh_database(postgres_server) as url:
        yield url


@pytest.fixture(scope="module")
def postgres_module_url(postgres_server: str) -> Iterator[str]:
    """SQLAlchemy URL of a PostgreSQL database that the tests of one file share."""
    with _fresh_database(postgres_server) as url:
        yield url


@pytest.fixture(scope="session")
def elasticsearch_url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """URL of a real Elasticsearch, one a session; each test uses index names of its own."""
    return _server("elasticsearch", tmp_path_factory)


@pytest.fixture
def fuseki_url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """URL of an empty dataset of a real Fuseki; workers of pytest-xdist have one each."""
    from urllib.request import Request, urlopen

    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
    url = f"{_server('fuseki', tmp_path_factory)}/{int(worker) % services.DATASETS}"
    with urlopen(Request(f"{url}/update", b"DROP ALL", {"Content-Type": "application/sparql-update"})):
        return url


@pytest.fixture(scope="session")
def cluster_url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """URL of a cluster of three Elasticsearch nodes; a test may kill one, which comes back by itself."""
    return _server("cluster", tmp_path_factory)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A headless chromium, driven by Playwright."""
    from playwright.sync_api import sync_playwright

    program = _service(services.find_chromium)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=list(CHROMIUM_FLAGS))
        yield chromium
        chromium.close()
