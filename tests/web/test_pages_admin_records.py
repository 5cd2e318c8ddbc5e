"""Curation on the pages of operators."""

from __future__ import annotations

import orjson
import pytest

from catalogue.audit import Audit
from catalogue.curation import Curation
from catalogue.opening import Catalogue
from catalogue.record import Identifier, record_id
from tests.web.observatory import harvest, record
from tests.web.signed_in import Operator

A, B, C = record_id("first", "a"), record_id("second", "b"), record_id("first", "c")


def doi(value: str, role: str = "own") -> Identifier:
    return Identifier(scheme="doi", value=f"10.5072/{value}", role=role)  # type: ignore[arg-type]


@pytest.fixture(autouse=True)
def records(guarded: Catalogue) -> None:
    """Two records of a product, one that claims to be a fourth, and that one."""
    harvest(guarded, "first", [record("a", "Muons", identifiers=(doi("same"),)), record("c", "Third")])
    claims = (doi("same"), doi("pions", "alternate"))
    harvest(guarded, "second", [record("b", "Muons again", identifiers=claims)])
    harvest(guarded, "third", [record("d", "Pions", identifiers=(doi("pions"),))])


def product(catalogue: Catalogue) -> str:
    joined = catalogue.store.change(A).joined
    assert joined is not None
    return joined


def test_from_the_record_to_its_page(operator: Operator, guarded: Catalogue) -> None:
    assert f"/admin/records/{C}" in operator.client.get(f"/records/{C}").text
    for text in (C, f"https://catalogue.example.org/records/{C}"):
        answer = operator.client.get("/admin/records", query_string={"id": text})
        assert answer.headers["Location"] == f"/admin/records/{C}"
    answer = operator.client.get("/admin/records", query_string={"id": "doi:10.5072/same"})
    assert answer.headers["Location"] == f"/admin/records/{product(guarded)}"
    assert (
        operator.client.get(f"/admin/records/{A}").headers["Location"] == f"/admin/records/{product(guarded)}"
    )
    for nothing in ("", "doi:10.5072/none", "f" * 20, "<b>"):
        answer = operator.client.get("/admin/records", query_string={"id": nothing})
        assert answer.status_code == 404, nothing


def test_visitors_see_no_link(guarded: Catalogue, operator: Operator) -> None:
    operator.send("/admin/sign-out")
    assert "/admin/records" not in operator.client.get(f"/records/{C}").text


def test_joining_and_undoing(operator: Operator, guarded: Catalogue) -> None:
    path = f"/admin/records/{C}"
    told = operator.done(f"{path}/join", {"others": "doi:10.5072/pions", "note": "see logbook"})
    assert told.startswith("Joined, as decision 1.")
    (decision,) = Curation(guarded.database).decisions()
    assert (decision.kind, decision.by, decision.note) == ("join", "Ada", "see logbook")
    joined = guarded.store.change(C).joined
    page = operator.page(f"/admin/records/{joined}")
    assert "see logbook" in page.by_id("decision-1").text_content()
    assert operator.done("/admin/decisions/1/undo", {"record": str(joined)}) == "Decision 1 is undone."
    assert guarded.store.change(C).joined is None
    assert "undone by Ada" in operator.page("/admin/decisions").by_id("decision-1").text_content()
    assert operator.fault("/admin/decisions/1/undo", status=409).startswith("Decision 1 was undone")


def test_splitting(operator: Operator, guarded: Catalogue) -> None:
    path = f"/admin/records/{product(guarded)}"
    assert (
        len([one for one in operator.page(path).all("input", tag=True) if one.get("name") == "member"]) == 2
    )
    assert "Choose the records" in operator.fault(f"{path}/split")
    assert operator.done(f"{path}/split", {"member": [B]}).startswith("Split, as decision 1.")
    assert guarded.store.change(A).joined is None and guarded.store.change(B).joined is None


def test_correcting(operator: Operator, guarded: Catalogue) -> None:
    path = f"/admin/records/{C}"
    form = {"field": "titles", "value": "A better <title>"}
    assert operator.done(f"{path}/correct", form).startswith("Corrected, as decision 1.")
    assert guarded.store.change(C).record.title == "A better <title>"  # type: ignore[union-attr]
    page = operator.page(f"{path}?field=titles")
    (typed,) = page.all("textarea", tag=True)
    assert orjson.loads(typed.text_content())[0]["value"] == "A better <title>"
    operator.done(f"{path}/correct", {"field": "languages", "value": '["de", "en"]'})
    assert guarded.store.change(C).record.languages == ("de", "en")  # type: ignore[union-attr]
    operator.done(f"{path}/correct", {"field": "languages", "nothing": "yes", "value": "ignored"})
    assert guarded.store.change(C).record.languages == ()  # type: ignore[union-attr]


def test_another_field_is_looked_at(operator: Operator) -> None:
    answer = operator.send(f"/admin/records/{C}/correct", {"field": "kind", "action": "look"})
    assert answer.headers["Location"] == f"/admin/records/{C}?field=kind#correct"
    (typed,) = operator.page(f"/admin/records/{C}?field=kind").all("textarea", tag=True)
    assert typed.text_content() == "dataset"


@pytest.mark.parametrize(
    ("what", "form", "why"),
    [
        ("correct", {"field": "titles", "value": " "}, "Say what the field says"),
        ("correct", {"field": "titles", "value": "[{"}, "begins like JSON"),
        ("correct", {"field": "titles", "value": "[" * 5000}, "begins like JSON"),
        ("correct", {"field": "nonsense", "value": "x"}, "cannot be corrected"),
        ("correct", {"field": "kind", "value": "nonsense"}, "no value of the field kind"),
        ("correct", {"field": "titles", "nothing": "yes"}, "keeps its kind"),
        ("correct", {"field": "titles", "value": "x" * 200_001}, "too long"),
        ("correct", {"field": "titles", "value": "x", "note": "n" * 2001}, "note has 1 to"),
        ("join", {"others": ""}, "Name the other records"),
        ("join", {"others": C}, "two records"),
    ],
)
def test_nothing_wrong_is_decided(
    operator: Operator, guarded: Catalogue, what: str, form: dict[str, str], why: str
) -> None:
    assert why in operator.fault(f"/admin/records/{C}/{what}", form)
    assert Curation(guarded.database).decisions() == []


def test_what_was_typed_stays(operator: Operator) -> None:
    text = operator.send(
        f"/admin/records/{C}/correct", {"field": "titles", "value": "[{<b>", "note": "why"}
    ).text
    assert "[{&lt;b&gt;</textarea>" in text and 'value="why"' in text


def test_a_claim_is_believed(operator: Operator, guarded: Catalogue) -> None:
    page = operator.page("/admin/claims")
    assert "doi:10.5072/pions" in page.text_of("decisions")
    assert operator.page("/admin/claims?source=third").first("decisions") is None
    told = operator.done("/admin/claims/join", {"id": [product(guarded), record_id("third", "d")]})
    assert told == "Joined, as decision 1."
    assert operator.page("/admin/claims").first("decisions") is None
    assert "no source" in operator.page("/admin/claims?source=none", 404).text_of("fault")


def test_a_withdrawn_record_says_so(operator: Operator, guarded: Catalogue) -> None:
    harvest(guarded, "first", [], deleted=["c"])
    page = operator.page(f"/admin/records/{C}")
    assert "withdrawn" in page.text_of("sentence") and page.by_id("correct") is None


def test_many_decisions_come_in_pages(
    operator: Operator, guarded: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("web.pages_admin_records.DECISIONS_OF_A_PAGE", 2)
    curation = Curation(guarded.database)
    for number in range(3):
        curation.correct(C, "titles", [{"value": f"Title {number}", "type": "main"}], by="Ada")
    curation.undo(2, by="Bob")
    page = operator.page("/admin/decisions")
    assert page.by_id("decision-1") is None and page.by_id("decision-3") is not None
    assert operator.page(page.link("Older")).by_id("decision-1") is not None
    standing = operator.page("/admin/decisions?standing=yes")
    assert standing.by_id("decision-2") is None and standing.by_id("decision-1") is not None
    assert operator.page("/admin/decisions?before=nonsense").by_id("decision-3") is not None


def test_each_decision_is_in_the_log(operator: Operator, guarded: Catalogue) -> None:
    operator.done(f"/admin/records/{C}/correct", {"field": "titles", "value": "Other"})
    operator.done("/admin/decisions/1/undo")
    told = [(step.by, step.name, step.action) for step in Audit(guarded.database).steps(subject="decision")]
    assert told == [("Ada", "1", "undo"), ("Ada", "1", "correct")]
    assert "#decision-1" in operator.page("/admin/log?subject=decision").link("1")
