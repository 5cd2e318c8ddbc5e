"""What the tests of the web share."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.serving import make_server

from catalogue.opening import Catalogue
from catalogue.settings import load_settings
from tests.web.command_line import sample_server
from tests.web.observatory import harvest, observatory
from tests.web.signed_in import TOKEN, Operator
from web.app import create_app
from web.demo.server import SampleServer


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Catalogue]:
    """A catalogue without sources."""
    opened = Catalogue(load_settings({"ALMAGEST_HOME": str(tmp_path)}))
    yield opened
    opened.close()


@pytest.fixture
def samples() -> Iterator[SampleServer]:
    """The sample sources of the demo, on a port of this process."""
    with sample_server() as running:
        yield running


@pytest.fixture(scope="module")
def shared_catalogue(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalogue]:
    """The observatory's catalogue, for tests that only read."""
    opened = Catalogue(load_settings({"ALMAGEST_HOME": str(tmp_path_factory.mktemp("home"))}))
    harvest(opened, "observatory", observatory())
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def app(shared_catalogue: Catalogue) -> Flask:
    """The application on the observatory's catalogue."""
    return create_app(shared_catalogue)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A client of that application."""
    return app.test_client()


@contextmanager
def served(app: Flask, port: int = 0) -> Iterator[str]:
    """The application behind a real socket, on a free port if none is told; its address."""
    server = make_server("127.0.0.1", port, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def guarded(tmp_path: Path) -> Iterator[Catalogue]:
    """A catalogue without sources, with an operator's token."""
    opened = Catalogue(load_settings({"ALMAGEST_HOME": str(tmp_path), "ALMAGEST_TOKEN": TOKEN}))
    yield opened
    opened.close()


@pytest.fixture
def operator(guarded: Catalogue) -> Operator:
    """Somebody who has signed in there."""
    return Operator(guarded)
