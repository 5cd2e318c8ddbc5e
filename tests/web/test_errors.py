"""The table of errors is complete, and what goes wrong looks right to people and machines."""

from __future__ import annotations

import inspect
import logging

import pytest
from flask import Flask

from catalogue import errors
from catalogue.errors import AlmagestError
from catalogue.opening import Catalogue
from web.app import create_app
from web.errors import BUG, STATUS, Forbidden, NotAcceptable, status_of

EVERY = [
    kind
    for _, kind in inspect.getmembers(errors, inspect.isclass)
    if issubclass(kind, AlmagestError) and kind is not AlmagestError
]


@pytest.mark.parametrize("kind", EVERY)
def test_every_error_has_a_status(kind: type[AlmagestError]) -> None:
    assert any(above in STATUS for above in kind.__mro__)
    error = kind("x", since="2020-01-01") if kind is errors.Gone else kind("x")
    assert 400 <= status_of(error) < 600


def test_the_nearest_class_decides() -> None:
    assert status_of(errors.NotFound("x")) == 404
    assert status_of(errors.Gone("x", since="2020")) == 410
    assert status_of(errors.IndexCorrupt("x")) == 503
    assert status_of(errors.SourceUnreachable("x")) == 502
    assert status_of(NotAcceptable("x", alternatives=())) == 406
    assert status_of(Forbidden("x")) == 403


@pytest.fixture
def broken(empty: Catalogue) -> Flask:
    """An application with two routes that fail."""
    app = create_app(empty)

    def bug() -> str:
        raise ZeroDivisionError("secret detail")

    def down() -> str:
        raise errors.StoreUnavailable("The database does not answer; try again.")

    app.add_url_rule("/bug", "bug", bug)
    app.add_url_rule("/api/v1/bug", "api-bug", bug)
    app.add_url_rule("/api/v1/down", "down", down)
    app.testing = True
    return app


def test_a_bug_shows_no_trace_and_is_logged(broken: Flask, caplog: pytest.LogCaptureFixture) -> None:
    for path, content_type in (("/bug", "text/html"), ("/api/v1/bug", "application/problem+json")):
        caplog.clear()
        with caplog.at_level(logging.ERROR):
            answer = broken.test_client().get(path)
        assert (answer.status_code, answer.mimetype) == (500, content_type)
        assert "secret detail" not in answer.text and "Traceback" not in answer.text
        assert BUG in answer.text
        assert "ZeroDivisionError" in caplog.text


def test_what_is_not_available_says_when_to_come_back(broken: Flask) -> None:
    answer = broken.test_client().get("/api/v1/down")
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert answer.json["detail"] == "The database does not answer; try again."


@pytest.mark.parametrize(
    ("accept", "mimetype"),
    [
        (None, "text/html"),
        ("text/html,application/xhtml+xml,*/*;q=0.8", "text/html"),
        ("*/*", "text/html"),
        ("application/json", "application/problem+json"),
        ("application/problem+json", "application/problem+json"),
        ("application/json, text/html;q=0.9", "application/problem+json"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8", "text/html"),
        ("image/avif,image/webp,*/*;q=0.8", "text/html"),
        ("application/xhtml+xml", "text/html"),
        ("text/turtle", "application/problem+json"),
        ("text/turtle, application/rdf+xml;q=0.9, */*;q=0.1", "application/problem+json"),
        ('application/ld+json;profile="http://www.w3.org/ns/dcat#"', "application/problem+json"),
        ("application/json, text/plain, */*", "application/problem+json"),
        ("application/vnd.citationstyles.csl+json", "application/problem+json"),
        ("application/vnd.citationstyles.csl+json, */*;q=0.1", "application/problem+json"),
        ("application/x-bibtex, */*;q=0.1", "application/problem+json"),
        ("application/x-bibtex;q=0.9, text/html;q=0.5", "application/problem+json"),
        ("application/x-bibtex, text/html;q=0.5, image/png", "text/html"),
        (
            "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8,"
            "application/signed-exchange;v=b3;q=0.7",
            "text/html",
        ),
        ("image/avif,image/webp,image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5", "text/html"),
        ("text/html, application/rdf+xml;q=0.9, image/gif, image/jpeg, *; q=.2, */*; q=.2", "text/html"),
    ],
)
def test_people_get_pages_and_machines_problems(broken: Flask, accept: str | None, mimetype: str) -> None:
    headers = {"Accept": accept} if accept else {}
    answer = broken.test_client().get("/nowhere", headers=headers)
    assert (answer.status_code, answer.mimetype) == (404, mimetype)


def test_a_problem_has_the_members_of_rfc_9457(broken: Flask) -> None:
    client = broken.test_client()
    problem = client.get("/api/v1/records/none").json
    assert set(problem) == {"type", "title", "status", "detail", "instance"}
    page, anchor = problem["type"].split("#")
    assert f'id="{anchor}"' in client.get(page).text


def test_other_methods_are_refused(broken: Flask) -> None:
    answer = broken.test_client().delete("/")
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]


@pytest.mark.parametrize(
    "path",
    [
        "/id/records/0123456789abcdef0123",
        "/id/sources/none",
        "/records/0123456789abcdef0123",
        "/records/0123456789abcdef0123.ttl",
        "/vocabularies/uat?uri=http://example.org/none",
        "/people/0000-0002-1825-0097",
        "/sources/none",
    ],
)
def test_rdf_and_json_clients_read_why_a_thing_is_not_there(broken: Flask, path: str) -> None:
    client = broken.test_client()
    for accept in ("text/turtle", "application/ld+json", "application/rdf+xml", "application/json"):
        answer = client.get(path, headers={"Accept": accept})
        # People and sources have no JSON, whoever it is.
        status = 406 if path.startswith(("/people/", "/sources/")) and accept == "application/json" else 404
        assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
        told = answer.get_json(force=True)
        assert told["status"] == status and told["detail"] and told["instance"] == path.partition("?")[0]
        assert len(answer.data) < 2000
    page = client.get(path, headers={"Accept": "text/html"})
    assert (page.status_code, page.mimetype) == (404, "text/html")
