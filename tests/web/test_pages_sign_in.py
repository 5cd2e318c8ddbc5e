"""Signing in and out."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from catalogue.audit import Audit
from catalogue.opening import Catalogue
from tests.web.page import read_page
from tests.web.signed_in import OURS, TOKEN, Operator
from web.app import create_app
from web.operators import SESSION

FORM = {"name": "Ada  Lovelace", "token": TOKEN}


@pytest.fixture
def visitor(guarded: Catalogue) -> FlaskClient:
    return create_app(guarded).test_client()


def test_signing_in_leads_on(visitor: FlaskClient, guarded: Catalogue) -> None:
    asked = visitor.get("/admin/log?subject=source", follow_redirects=True)
    assert read_page(asked.text).errors == [] and 'value="/admin/log?subject=source"' in asked.text
    answer = visitor.post("/admin/sign-in", data={**FORM, "next": "/admin/log?subject=source"}, headers=OURS)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/admin/log?subject=source")
    assert "Ada Lovelace" in visitor.get("/admin").text
    assert visitor.get("/admin/sign-in").headers["Location"] == "/admin"
    (step,) = Audit(guarded.database).steps()
    assert (step.by, step.subject, step.action) == ("Ada Lovelace", "session", "begun")


@pytest.mark.parametrize(
    "elsewhere",
    ["https://evil.example/admin", "//evil.example/admin", "/records/x", "/admin\\@evil", "admin"],
)
def test_signing_in_leads_nowhere_else(visitor: FlaskClient, elsewhere: str) -> None:
    answer = visitor.post("/admin/sign-in", data={**FORM, "next": elsewhere}, headers=OURS)
    assert answer.headers["Location"] == "/admin"


@pytest.mark.parametrize(
    ("form", "headers", "status", "why"),
    [
        ({"token": "wrong"}, OURS, 401, "not the operator"),
        ({"token": ""}, OURS, 401, "needs the operator"),
        ({"name": " "}, OURS, 400, "Say who you are"),
        ({"name": "x" * 101}, OURS, 400, "Say who you are"),
        ({"name": "a\x07b"}, OURS, 400, "printable"),
        ({}, {}, 403, "page of ours"),
        ({}, {"Origin": "https://evil.example"}, 403, "page of ours"),
    ],
)
def test_nobody_else_signs_in(
    visitor: FlaskClient,
    guarded: Catalogue,
    form: dict[str, str],
    headers: dict[str, str],
    status: int,
    why: str,
) -> None:
    answer = visitor.post("/admin/sign-in", data={**FORM, **form}, headers=headers)
    assert answer.status_code == status and visitor.get_cookie(SESSION) is None
    assert why in read_page(answer.text).text_of("fault")
    assert TOKEN not in answer.text and Audit(guarded.database).steps() == []


def test_guessing_ends_soon(visitor: FlaskClient) -> None:
    for number in range(10):
        visitor.post("/admin/sign-in", data={"name": "x", "token": f"guess {number}"}, headers=OURS)
    answer = visitor.post("/admin/sign-in", data=FORM, headers=OURS)
    assert answer.status_code == 429 and int(answer.headers["Retry-After"]) > 0


def test_without_a_token_the_page_says_what_to_do(empty: Catalogue) -> None:
    text = create_app(empty).test_client().get("/admin", follow_redirects=True).text
    assert "ALMAGEST_TOKEN" in text and 'name="token"' not in text


def test_signing_out(operator: Operator, guarded: Catalogue) -> None:
    assert operator.send("/admin/sign-out").status_code == 303
    assert operator.client.get("/admin").status_code == 303
    assert [step.action for step in Audit(guarded.database).steps()] == ["ended", "begun"]
