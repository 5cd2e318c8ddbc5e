"""Who gets at the pages of operators, and which forms are believed."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable

import pytest

from catalogue.errors import IndexCorrupt
from catalogue.opening import Catalogue
from catalogue.sources import Source
from tests.web.signed_in import OURS, TOKEN, Operator
from web import operators
from web.admin import PAGES
from web.app import create_app
from web.operators import FORM_TOKEN, IDLE, LONGEST, SESSION


def rules(catalogue: Catalogue, method: str) -> Iterable[str]:
    """All addresses of the pages of operators, their variables filled in."""
    app = create_app(catalogue)
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/admin") and method in (rule.methods or ()) and "sign-" not in rule.rule:
            yield (
                rule.rule.replace("<int:number>", "1")
                .replace("<int:job>", "1")
                .replace("<name>", "x")
                .replace("<id>", "0123456789abcdef0123")
            )


def test_a_visitor_is_sent_to_sign_in(guarded: Catalogue) -> None:
    client = create_app(guarded).test_client()
    found = list(rules(guarded, "GET"))
    assert len(found) >= 14
    for path in found:
        answer = client.get(path)
        assert answer.status_code == 303, path
        assert answer.headers["Location"].startswith("/admin/sign-in?next=/admin"), path


def test_a_visitor_changes_nothing(guarded: Catalogue) -> None:
    client = create_app(guarded).test_client()
    found = list(rules(guarded, "POST"))
    assert len(found) >= 14
    for path in found:
        answer = client.post(path, headers=OURS)
        assert answer.status_code == 401, path
        assert "sign in" in answer.text


@pytest.mark.parametrize(
    ("change", "headers"),
    [
        ({FORM_TOKEN: ""}, OURS),
        ({FORM_TOKEN: "another"}, OURS),
        ({FORM_TOKEN: "ünicode"}, OURS),
        ({}, {}),
        ({}, {"Origin": "https://evil.example"}),
        ({}, {**OURS, "Sec-Fetch-Site": "cross-site"}),
    ],
)
def test_forms_of_others_do_nothing(
    operator: Operator, guarded: Catalogue, change: dict[str, str], headers: dict[str, str]
) -> None:
    for path in [*rules(guarded, "POST"), "/admin/sign-out"]:
        form = {FORM_TOKEN: operator.form_token, **change}
        answer = operator.client.post(path, data=form, headers=headers)
        assert answer.status_code == 403, path
    assert operator.client.get("/admin").status_code == 200


def test_a_form_of_an_earlier_session_does_nothing(operator: Operator, guarded: Catalogue) -> None:
    again = Operator(guarded)
    again.form_token, mine = operator.form_token, again.form_token
    assert mine != operator.form_token
    assert "earlier session" in again.fault("/admin/terms", status=403)


def test_the_cookie(operator: Operator) -> None:
    cookie = next(
        one for one in operator.client.get("/admin").headers.getlist("Set-Cookie") if one.startswith(SESSION)
    )
    assert "HttpOnly" in cookie and "SameSite=Strict" in cookie and f"Max-Age={IDLE}" in cookie
    assert TOKEN not in cookie and base64.b64encode(TOKEN.encode()).decode().rstrip("=") not in cookie
    secure = operator.client.get("/admin", base_url="https://localhost").headers.getlist("Set-Cookie")
    assert all("Secure" in one for one in secure if one.startswith(SESSION))


def test_a_session_ends(operator: Operator, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [operators.time.time()]
    monkeypatch.setattr("web.operators.time.time", lambda: clock[0])
    begun = clock[0]
    while clock[0] < begun + LONGEST - IDLE:
        clock[0] += IDLE - 10
        assert operator.client.get("/admin").status_code == 200
    clock[0] = begun + LONGEST + 2
    assert operator.client.get("/admin").status_code == 303


def test_an_idle_session_ends(operator: Operator, monkeypatch: pytest.MonkeyPatch) -> None:
    later = operators.time.time() + IDLE + 2
    monkeypatch.setattr("web.operators.time.time", lambda: later)
    assert operator.client.get("/admin").status_code == 303


def test_whoever_has_copied_the_cookie_is_signed_out_too(operator: Operator, guarded: Catalogue) -> None:
    cookie = operator.client.get_cookie(SESSION)
    assert cookie is not None
    thief = create_app(guarded).test_client()
    thief.set_cookie(SESSION, cookie.value)
    assert thief.get("/admin").status_code == 200
    answer = operator.send("/admin/sign-out")
    assert answer.headers["Location"] == "/admin/sign-in" and operator.client.get_cookie(SESSION) is None
    assert thief.get("/admin").status_code == 303


def test_with_another_token_nobody_is_signed_in(operator: Operator, guarded: Catalogue) -> None:
    cookie = operator.client.get_cookie(SESSION)
    assert cookie is not None
    for token in ("another", ""):
        object.__setattr__(guarded.settings, "token", token)
        client = create_app(guarded).test_client()
        client.set_cookie(SESSION, cookie.value)
        assert client.get("/admin").status_code == 303


@pytest.mark.parametrize("damage", ["", "x", "AAAA", "=" * 50, "é", "A" * 3000])
def test_a_damaged_cookie_is_none(operator: Operator, damage: str) -> None:
    cookie = operator.client.get_cookie(SESSION)
    assert cookie is not None
    for value in (damage, cookie.value[:-4] + damage, damage + cookie.value):
        if value != cookie.value:
            operator.client.set_cookie(SESSION, value)
            assert operator.client.get("/admin").status_code == 303, value


def test_what_is_said_comes_from_us(operator: Operator) -> None:
    told = operator.done("/admin/groups", {"name": "flares", "title": "Flares"})
    assert told == "The group flares is made, with 0 members."
    assert operator.page("/admin/groups/flares").first("said") is None
    operator.client.set_cookie("almagest-said", base64.urlsafe_b64encode(b"x" * 24 + b"Call me").decode())
    assert "Call me" not in operator.client.get("/admin").text


def test_other_pages_are_not_shared(operator: Operator, guarded: Catalogue) -> None:
    answer = operator.client.get("/sources")
    assert answer.headers["Cache-Control"] == "private, no-store" and "Administration" in answer.text
    visitor = create_app(guarded).test_client().get("/sources")
    assert "private" not in visitor.headers.get("Cache-Control", "") and "For operators" in visitor.text


def test_every_page_leads_to_the_others(operator: Operator) -> None:
    for path in operator.page("/admin").links_in("operator-bar"):
        assert len(operator.page(path).links_in("operator-bar")) == len(PAGES)


def test_the_overview_speaks_german(operator: Operator) -> None:
    page = operator.client.get("/admin?lang=de").text
    assert re.search(r"\d,\d GB sind frei in ", page)
    assert "Änderungen zurück" in page or "Änderungen hinter der Datenbank" in page


def test_operators_read_why_the_index_cannot_be_read(
    operator: Operator, guarded: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> int:
        raise IndexCorrupt("The index in /srv/almagest/index is damaged: no meta.json.")

    monkeypatch.setattr(guarded.index, "position", broken)
    page = operator.client.get("/admin?lang=de").text
    assert "The index in /srv/almagest/index is damaged: no meta.json." in page
    assert "just now" not in page and "antwortet gerade nicht" not in page


def test_refusals_speak_german(operator: Operator, guarded: Catalogue) -> None:
    url = "https://example.org/oai"
    guarded.sources.add(Source(name="picked", kind="oai-pmh", url=url, options={"live": "only"}))
    assert "is never harvested" in operator.fault("/admin/sources/picked/harvest")
    told = operator.fault("/admin/sources/picked/harvest?lang=de")
    assert told == "Die Quelle picked wird nie eingesammelt; ihre Einträge werden einzeln hineingelegt."
