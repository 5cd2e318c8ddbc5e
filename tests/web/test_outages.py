"""Visitors learn that something does not answer, but not where it is; the log has it whole."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from catalogue.errors import GraphBusy, GraphCorrupt, IndexUnavailable, SettingsError, StoreUnavailable
from catalogue.opening import Catalogue
from catalogue.settings import load_settings
from web.app import create_app
from web.outages import words_of

SERVER = "http://keeper:secret@127.0.0.1:9/inner/query"


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
