"""Unknown terms, and aliases for them."""

from __future__ import annotations

import pytest

from catalogue.audit import Audit
from catalogue.opening import Catalogue
from catalogue.record import Term
from tests.web.observatory import harvest, record
from tests.web.signed_in import Operator
from vocab.base import aliases
from web.commands.harvesting import follow_and_tell

ODD = "dark energy survy <b>"


@pytest.fixture(autouse=True)
def records(guarded: Catalogue) -> None:
    known = Term(label="galaxies", uri="http://astrothesaurus.org/uat/573", scheme="uat")
    odd, rare = Term(label=ODD), Term(label="galaxiess")
    harvest(
        guarded,
        "laboratory",
        [record("a", "One", subjects=(odd, known)), record("b", "Two", subjects=(odd,))],
    )
    harvest(guarded, "other", [record("c", "Three", subjects=(rare,))])
    follow_and_tell(guarded)


def test_unknown_terms_by_how_often_they_occur(operator: Operator) -> None:
    text = operator.page("/admin/terms").text_of("decisions")
    assert text.index(ODD) < text.index("galaxiess") and "2 records" in text
    assert "http://astrothesaurus.org" not in text
    of_other = operator.page("/admin/terms?source=other").text_of("decisions")
    assert "galaxiess" in of_other and ODD not in of_other
    assert operator.page("/admin/terms?field=techniques").first("decisions") is None
    assert operator.page("/admin/terms?field=nonsense&source=none").first("decisions") is None
    assert ODD in operator.page("/admin").text_of("terms")


def test_a_guess_is_taken(operator: Operator, guarded: Catalogue) -> None:
    page = operator.page("/admin/terms?source=other")
    form = next(
        {field.get("name"): field.get("value") for field in one if field.element.tag == "input"}
        for one in page.all("inline")
        if "means «" in one.text_content()
    )
    assert form["term"] == "galaxiess" and form["concept"].startswith("uat ")
    told = operator.done("/admin/terms", form)
    assert "almagest remap other" in told
    assert aliases() == (("other", "uat", "galaxiess", form["concept"].partition(" ")[2]),)
    (step,) = Audit(guarded.database).steps(subject="alias")
    assert (step.by, step.name, step.action) == ("Ada", "uat", "set")
    assert operator.done("/admin/terms", form) == "That was said already."


def test_an_alias_is_entered_and_taken_out(operator: Operator, guarded: Catalogue) -> None:
    form = {"vocabulary": "uat", "term": ODD, "code": "Dark energy"}
    assert f"«{ODD}» means" in operator.done("/admin/terms", form)
    ((source, name, term, _),) = aliases()
    assert (source, name, term) == ("", "uat", ODD)
    forgotten = {"vocabulary": "uat", "term": ODD, "source": ""}
    assert "no alias any more" in operator.done("/admin/terms/forget", forgotten)
    assert aliases() == () and "no such alias" in operator.done("/admin/terms/forget", forgotten)
    assert [step.action for step in Audit(guarded.database).steps(subject="alias")] == ["removed", "set"]


@pytest.mark.parametrize(
    ("form", "status", "why"),
    [
        ({"vocabulary": "nonsense", "code": "x"}, 404, "no vocabulary"),
        ({"vocabulary": "../../etc", "code": "x"}, 404, "no vocabulary"),
        ({"concept": ""}, 404, "no vocabulary"),
        ({"vocabulary": "uat", "code": "no such thing"}, 400, "no concept"),
        ({"vocabulary": "uat", "code": "-", "term": "a\tb"}, 400, "one line"),
        ({"vocabulary": "uat", "code": "-", "term": ""}, 400, "one line"),
        ({"vocabulary": "uat", "code": "-", "source": "none"}, 404, "no source"),
    ],
)
def test_what_cannot_be(operator: Operator, form: dict[str, str], status: int, why: str) -> None:
    assert why in operator.fault("/admin/terms", {"term": "x", **form}, status=status)
    assert aliases() == ()


def test_without_an_index_the_aliases_are_there_all_the_same(
    operator: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    from catalogue.errors import IndexUnavailable

    def down(*_: object, **__: object) -> None:
        raise IndexUnavailable("The index does not answer.")

    monkeypatch.setattr(Catalogue, "values", down)
    assert "does not answer" in operator.client.get("/admin/terms").text
    assert "does not answer" in operator.client.get("/admin").text
