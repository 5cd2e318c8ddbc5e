"""One product from many records: nothing is lost, nothing is doubled, and every value has its source."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalogue.product import join_keys, joined_product
from catalogue.record import (
    Access,
    Agent,
    AgentIdentifier,
    Coverage,
    Date,
    Distribution,
    Identifier,
    Place,
    Provenance,
    Record,
    Relation,
    Sky,
    Term,
    Text,
)
from tests.full_record import full_record

DOI = Identifier(scheme="doi", value="10.5072/a")


def record(source: str, **parts: object) -> Record:
    values = {"kind": "dataset", "titles": (Text(value=f"Title of {source}", type="main"),)} | parts
    provenance = Provenance(source=source, identifier="1")
    return Record(id=f"id-{source}", provenance=provenance, **values)  # type: ignore[arg-type]


def test_only_own_identifiers_of_worldwide_schemes_join() -> None:
    one = record(
        "a",
        identifiers=(
            DOI,
            Identifier(scheme="doi", value="10.5072/b", role="alternate"),
            Identifier(scheme="doi", value="10.5072/c", role="version-of-concept"),
            Identifier(scheme="local", value="7"),
            Identifier(scheme="ivoid", value="ivo://x/y"),
        ),
        relations=(Relation(type="IsIdenticalTo", scheme="doi", value="10.5072/d"),),
    )
    assert join_keys(one) == ("doi:10.5072/a", "ivoid:ivo://x/y")


def test_the_first_in_precedence_supplies_what_names_one_thing() -> None:
    a = record("a", version="2", access=Access(right="open"))
    b = record("b", version="3", publisher=Agent(name="P"), access=Access(right="open"))
    joined = joined_product("p", [a, b])
    assert joined.record.version == "2"
    assert joined.record.publisher == Agent(name="P")
    assert joined.said["version"] == ((0,),)
    assert joined.said["publisher"] == ((1,),)
    assert joined.said["access"] == ((0, 1),)
    assert joined.members == ("id-a", "id-b")
    assert [title.value for title in joined.record.titles] == ["Title of a"]


def test_lists_are_put_together_once_and_enriched() -> None:
    a = record(
        "a",
        subjects=(Term(label="Galaxies"),),
        distributions=(Distribution(url="https://x.example/1"),),
        identifiers=(dataclasses.replace(DOI, role="alternate"),),
    )
    b = record(
        "b",
        subjects=(Term(label="galaxies", scheme="UAT"), Term(label="Stars")),
        distributions=(Distribution(url="https://x.example/1", size=7),),
        identifiers=(DOI,),
    )
    joined = joined_product("p", [a, b])
    assert joined.record.subjects == (Term(label="Galaxies", scheme="UAT"), Term(label="Stars"))
    assert joined.said["subjects"] == ((0, 1), (1,))
    assert joined.record.distributions == (Distribution(url="https://x.example/1", size=7),)
    assert joined.record.identifiers == (DOI,)


def test_authors_are_of_one_record_and_known_better_by_others() -> None:
    orcid = (AgentIdentifier(scheme="orcid", value="0000-0002-1825-0097"),)
    a = record("a", creators=(Agent(name="Müller, Änne", given="Änne", family="Müller"), Agent(name="Team")))
    b = record("b", creators=(Agent(name="Muller, Anne", given="Anne", family="Muller", identifiers=orcid),))
    joined = joined_product("p", [a, b])
    assert [agent.name for agent in joined.record.creators] == ["Müller, Änne", "Team"]
    assert joined.record.creators[0].identifiers == orcid
    assert joined.said["creators"] == ((0, 1), (0,))


def test_a_missing_slot_is_filled_by_the_next() -> None:
    a = record("a", dates=(Date(kind="issued", start="2020"),))
    b = record(
        "b",
        descriptions=(Text(value="What it is", type="abstract"),),
        dates=(Date(kind="issued", start="2021"), Date(kind="collected", start="2019")),
        coverage=Coverage(places=(Place(name="Elba"),)),
    )
    c = record("c", coverage=Coverage(sky=Sky(moc="0/1"), places=(Place(name="Rome"),)))
    joined = joined_product("p", [a, b, c])
    assert joined.record.dates == (Date(kind="issued", start="2020"), Date(kind="collected", start="2019"))
    assert joined.record.descriptions[0].value == "What it is"
    assert joined.record.coverage == Coverage(sky=Sky(moc="0/1"), places=(Place(name="Elba"),))
    assert joined.said["coverage.sky"] == ((2,),)
    assert joined.said["coverage.places"] == ((1,),)


def test_a_text_is_not_told_twice_for_want_of_its_language() -> None:
    first = record("a", titles=(Text(value="Blazars", language="en", type="main"),))
    second = record("b", titles=(Text(value="BLAZARS", type="main"), Text(value="Blazare", language="de")))
    product = joined_product("p", [first, second])
    assert [text.value for text in product.record.titles] == ["Blazars", "Blazare"]
    assert product.said["titles"] == ((0, 1), (1,))


def test_a_kind_is_better_than_none() -> None:
    joined = joined_product("p", [record("a", kind="other"), record("b", kind="software")])
    assert joined.record.kind == "software"


def test_every_field_of_the_model_is_joined() -> None:
    whole = full_record()
    joined = joined_product(whole.id, [whole])
    assert joined.record == whole
    twice = joined_product(whole.id, [whole, whole])
    assert twice.record == whole
    assert all(places == (0, 1) for name, said in twice.said.items() if "." not in name for places in said)


LABELS = st.lists(st.sampled_from(["a", "b", "c", "d"]), max_size=4, unique=True)


@settings(max_examples=200)
@given(st.lists(LABELS, min_size=1, max_size=4))
def test_no_value_is_lost_or_doubled_and_each_has_its_records(given_labels: list[list[str]]) -> None:
    records = [
        record(str(place), subjects=tuple(Term(label=label) for label in labels))
        for place, labels in enumerate(given_labels)
    ]
    joined = joined_product("p", records)
    found = [term.label for term in joined.record.subjects]
    assert sorted(found) == sorted({label for labels in given_labels for label in labels})
    for label, places in zip(found, joined.said.get("subjects", ()), strict=True):
        assert list(places) == [place for place, labels in enumerate(given_labels) if label in labels]


def test_a_product_needs_a_record() -> None:
    with pytest.raises(IndexError):
        joined_product("p", [])
