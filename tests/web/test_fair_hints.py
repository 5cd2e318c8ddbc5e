"""Hints: a full record lacks nothing, a bare one much, and each is a sentence with what to do."""

from __future__ import annotations

from dataclasses import replace

from catalogue.record import (
    Access,
    Agent,
    AgentIdentifier,
    Checksum,
    Coverage,
    Date,
    Distribution,
    Identifier,
    Relation,
    Rights,
    Sky,
    Term,
    Text,
)
from tests.web.observatory import record
from web.fair_hints import Hint, fair_hints

FILE = Distribution(
    url="https://a.example.org/x",
    size=1,
    media_type="text/csv",
    checksum=Checksum(algorithm="md5", value="0"),
)
FULL = record(
    "full",
    "Full",
    identifiers=(Identifier(scheme="doi", value="10.5072/x"),),
    descriptions=(Text(value="What it is."),),
    subjects=(Term(label="Stars", uri="http://astrothesaurus.org/uat/1584"),),
    creators=(Agent(name="Curie", identifiers=(AgentIdentifier(scheme="orcid", value="0"),)),),
    dates=(Date(kind="issued", start="2026"),),
    distributions=(FILE,),
    access=Access(right="open"),
    coverage=Coverage(sky=Sky(moc="0/1")),
    relations=(Relation(type="References", scheme="doi", value="10.5072/y"),),
    rights=(Rights(licence=Term(label="CC BY 4.0")),),
)


def missing(**changes: object) -> list[str]:
    return [hint.missing for hint in fair_hints(replace(FULL, **changes))]  # type: ignore[arg-type]


def test_a_full_record_lacks_nothing() -> None:
    assert fair_hints(FULL) == []


def test_each_thing_that_is_taken_away_is_missed() -> None:
    for name in (
        "descriptions",
        "subjects",
        "creators",
        "dates",
        "coverage",
        "relations",
        "rights",
        "access",
    ):
        value = None if name in {"access", "coverage"} else ()
        assert len(missing(**{name: value})) == 1, name
    other = (Identifier(scheme="doi", value="10.5072/x", role="version-of-concept"),)
    assert missing(identifiers=other) == ["It has no persistent identifier."]
    assert missing(distributions=()) == ["It leads to no file and no service."]
    assert missing(creators=(Agent(name="Curie"),)) == ["None of its creators has an identifier."]
    assert missing(rights=(Rights(text="as you like"),))[0].startswith("Its licence is told in words")


def test_files_are_counted() -> None:
    bare = Distribution(url="https://a.example.org/y")
    assert missing(distributions=(FILE, bare)) == [
        "1 of 2 files have no size.",
        "1 of 2 files have no checksum.",
        "1 of 2 files have no media type.",
    ]
    assert missing(distributions=(bare,))[0] == "No file has a size."


def test_hints_are_sentences_in_the_order_of_the_letters() -> None:
    found: list[Hint] = fair_hints(record("bare", "Bare"))
    order = ["Findable", "Accessible", "Interoperable", "Reusable"]
    assert [order.index(hint.principle) for hint in found] == sorted(
        order.index(hint.principle) for hint in found
    )
    assert all(text.endswith(".") for hint in found for text in (hint.missing, hint.remedy))
    assert not any(hint.principle == "Reusable" for hint in fair_hints(record("f", "F", kind="facility")))
