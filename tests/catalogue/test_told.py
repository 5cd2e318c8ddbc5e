"""What a record tells."""

from __future__ import annotations

from catalogue import told as told_module
from catalogue.index_facets import label_of
from catalogue.record import Agent, Coverage, Date, Identifier, Rights, Term
from catalogue.told import LABELS, told
from tests.full_record import full_record
from tests.web.observatory import record


def test_every_value_has_its_label_and_its_test() -> None:
    assert list(LABELS) == list(told_module._TELLS)
    assert [label_of("has", value) for value in LABELS] == list(LABELS.values())


def test_a_full_record_tells_all_but_what_depends_on_its_words() -> None:
    assert set(LABELS) - set(told(full_record())) <= {"orcid", "date"}


def test_a_bare_record_tells_nothing() -> None:
    assert told(record("x:1", "Bare")) == []


def test_what_only_looks_like_it_is_not_told() -> None:
    named = Agent(name="Ada", identifiers=(Identifier(scheme="isni", value="0000000121032683"),))
    made = record(
        "x:1",
        "Almost",
        creators=(named,),
        rights=(Rights(text="ask us"),),
        coverage=Coverage(),
        dates=(Date(kind="updated", start="2020"),),
    )
    assert told(made) == ["creators"]
    known = Agent(name="Ada", identifiers=(Identifier(scheme="orcid", value="0000-0002-1825-0097"),))
    whole = record(
        "x:1",
        "Told",
        creators=(named, known),
        rights=(Rights(licence=Term(label="CC0-1.0")),),
        dates=(Date(kind="created", start="2020"),),
    )
    assert told(whole) == ["creators", "orcid", "date", "licence"]
