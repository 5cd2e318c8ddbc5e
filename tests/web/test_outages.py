"""Visitors learn that something does not answer, but not where it is; the log has it whole."""

from __future__ import annotations

import logging
import time
from pathlib import Path

import pytest

from catalogue.errors import GraphBusy, GraphCorrupt, IndexUnavailable, SettingsError, StoreUnavailable
from catalogue.opening import Catalogue
from catalogue.settings import load_settings
from web.app import create_app
from web.outages import words_of

SERVER = "http://keeper:secret@127.0.0.1:9/inner/query"


@pytest.fixture(autouse=True)
def nothing_logged(monkeypatch: pytest.MonkeyPatch) -> None:
    """Other tests have not used up the hour in which a sentence is logged once."""
    monkeypatch.setattr("web.outages._logged", {})


@pytest.mark.parametrize("accept", ["text/html", "application/sparql-results+json", "*/*"])
def test_nobody_learns_where_the_sparql_server_is(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, accept: str
) -> None:
    settings = load_settings({"ALMAGEST_HOME": str(tmp_path), "ALMAGEST_GRAPH_URL": SERVER})
    opened = Catalogue(settings)
    client = create_app(opened).test_client()
    with caplog.at_level(logging.ERROR):
        answer = client.get("/sparql?query=ASK%7B%7D", headers={"Accept": accept})
    assert answer.status_code == 503 and int(answer.headers["Retry-After"]) > 0
    assert "The RDF graph does not answer just now" in answer.text
    ready = client.get("/health/ready")
    for told in (answer.text, ready.text):
        assert "127.0.0.1" not in told and "inner" not in told and "secret" not in told
    assert "127.0.0.1:9/inner" in caplog.text and "secret" not in caplog.text
    opened.close()


@pytest.mark.parametrize(
    ("error", "beginning"),
    [
        (GraphCorrupt("The graph in /srv/almagest/graph has lost state-1."), "The RDF graph does not"),
        (
            IndexUnavailable("Elasticsearch at https://es.inner:9200 does not answer."),
            "The search index does",
        ),
        (StoreUnavailable("The database sqlite:////srv/a.db is locked."), "The database does not"),
        (StoreUnavailable("No lock can be made in /srv/locks (denied)."), "The database does not"),
        (SettingsError("ALMAGEST_GRAPH_URL must be …, not «ftp://a:b@c/d»."), "A setting of this"),
        # Without a place they say what they have to say.
        (GraphBusy("2 queries are being answered here just now; ask again."), "2 queries"),
        (SettingsError("The address ftp://a/b is no http(s) address."), "The address ftp://a/b"),
    ],
)
def test_places_are_not_told(error: Exception, beginning: str) -> None:
    told = words_of(error)
    assert told.startswith(beginning)
    assert told == str(error) or ("/" not in told and "://" not in told)


def test_a_probe_of_health_does_not_fill_the_log(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = IndexUnavailable("Elasticsearch at https://es.inner:9200 does not answer.")
    store = StoreUnavailable("The database postgresql://h/x does not answer.")
    with caplog.at_level(logging.ERROR):
        for _ in range(5):
            words_of(index)
            words_of(store)
        assert [record.levelname for record in caplog.records] == ["ERROR", "ERROR"]
        words_of(StoreUnavailable("The database postgresql://h/x is full of locks."))
        assert "full of locks" in caplog.records[-1].getMessage() and len(caplog.records) == 3
        present = time.monotonic
        monkeypatch.setattr("web.outages.time.monotonic", lambda: present() + 3700)
        words_of(index)
        assert "es.inner" in caplog.records[-1].getMessage() and len(caplog.records) == 4
