"""A record as a flat document."""

from __future__ import annotations

import random
import re
from dataclasses import replace

import pytest

from catalogue.index import FACETS, Change, Query
from catalogue.index_document import FIELDS, MAXIMUM_OTHER, document_of, identifier_key
from catalogue.index_facets import FACET_FIELD, concept_parts, facet_value
from catalogue.matching import matches
from catalogue.record import (
    Affiliation,
    Agent,
    AgentIdentifier,
    Date,
    Extra,
    Funding,
    Identifier,
    Provenance,
    Record,
    Term,
    Text,
)
from tests.catalogue.index_records import some_record
from tests.full_record import full_record, texts

PLAIN = Record(
    id="a" * 16,
    kind="dataset",
    titles=(Text(value="A title"),),
    provenance=Provenance(source="test", identifier="oai:test:1"),
)


def document(record: Record = PLAIN, **fields):
    record = replace(record, **fields)
    return document_of(
        Change(sequence=7, id=record.id, source="test", datestamp="2026-11-21T12:00:00Z", record=record)
    )


def test_fields_are_of_their_kind():
    kinds = {"integer": int, "facet": list, "keys": list}
    for record in (PLAIN, full_record(), some_record(random.Random(1), 1)):
        made = document(record)
        assert set(made) <= set(FIELDS)
        for name, value in made.items():
            expected = str if name == "id" else kinds.get(FIELDS[name], str)
            assert isinstance(value, expected), name


NOT_SEARCHED = re.compile(
    r"\.(uri|scheme|language|type|url|award_url|doi|sets|chain|harvested|format|datestamp"
    r"|sizes|version|given|family|role|kind|holder|security|test_query|use|utype|unit|datatype|path|algorithm"
    r"|checksum|media_type|protocol|part_of|moc|frame|scale|source|access|quality|si_unit|until|how|to|dates)\b"
    r"|record\.languages|relations.*(value|kind)"
    r"|environment\.(repository|container|requirements|entry_point|specification)"
)


def test_every_text_for_readers_is_found():
    """What a person would look for in any part of the model finds the record."""
    numbers: dict[str, str] = {}

    def fill(path: str) -> str:
        numbers[path] = f"word{len(numbers)}x"
        return numbers[path]

    record = full_record(fill)
    made = document(record)
    missing = [
        path
        for path, word in numbers.items()
        if not NOT_SEARCHED.search(path) and not matches(Query(words=word), made)
    ]
    assert missing == []
    assert len(list(texts(record))) > 200


def test_the_language_of_a_text_is_its_own_then_detected_then_the_records():
    german = "Messung der Teilchen und des Spektrums"
    assert "de:teilch" in document(titles=(Text(value=german),))["title"]
    assert "de:teilch" in document(titles=(Text(value="Teilchen"),), languages=("ger",))["title"]
    assert "teilchen" in document(titles=(Text(value="Teilchen", language="en"),), languages=("de",))["title"]
    both = document(titles=(Text(value="Teilchen", language="de"), Text(value="Particles", language="en")))
    assert both["title"].split() == ["de:teilch", "particl"]


def test_minor_texts_are_bounded():
    long = document(extra=tuple(Extra(path=f"/{n}", text="word " * 10_000) for n in range(10)))
    assert len(long["other_exact"]) <= MAXIMUM_OTHER + 10


def test_dates_and_order():
    made = document(
        dates=(Date(kind="created", start="2001", end="2001"), Date(kind="issued", start="2019-03"))
    )
    assert made["facet_year"] == ["2019"]
    assert made["first_day"] < made["last_day"]
    undated = document()
    assert undated["newest"] < made["newest"]
    assert undated["oldest"] > made["oldest"]
    assert "first_day" not in undated
    broken = document(dates=(Date(kind="issued", start="soon", end="later"),))
    assert "first_day" not in broken and "facet_year" not in broken


def test_titles_sort_by_words_and_are_unlike():
    made = document(titles=(Text(value="The Énd: of (it)"), Text(value="Another")))
    assert made["by_title"] == "the!end!of!it!000000000007"
    assert document(titles=(Text(value="…"),))["by_title"] == "!000000000007"
    assert len(document(titles=(Text(value="word " * 400),))["by_title"]) < 80


def test_facet_values_and_concepts():
    made = document(subjects=(Term(label="Dark  Matter", uri="http://x.org/1"), Term(label="dark matter")))
    assert made["facet_subject"] == ["dark matter"]
    labels = {concept_parts(key) for key in made["concepts"] if key.startswith("subject\x1fdark matter\x1f")}
    assert labels == {("Dark Matter", "http://x.org/1"), ("dark matter", None)}
    odd = document(subjects=(Term(label="a\x1fb\x1fc", uri="http://x\x1fy"), Term(label=" ")))
    assert odd["facet_subject"] == ["a b c"]
    assert facet_value("γ-Ray") == "gamma-ray"
    assert facet_value("-0320") == "-0320"
    assert len(document(subjects=(Term(label="x" * 5000),))["facet_subject"][0]) <= 200


def test_every_facet_has_its_field():
    full = document(full_record(dates=(Date(kind="issued", start="2019", end="2019"),)))
    assert [facet for facet in FACETS if FACET_FIELD[facet] not in full] == []


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("HTTPS://www.Example.org/A/", "example.org/a"),
        ("10.5281/ZENODO.1", "10.5281/zenodo.1"),
        (" oai:x:1 ", "oai:x:1"),
        ("ivo://A/b", "ivo://a/b"),
    ],
)
def test_identifier_key(written, key):
    assert identifier_key(written) == key


def test_identifiers_written_and_normal():
    made = document(identifiers=(Identifier(scheme="doi", value="10.1/x", written="DOI 10.1/X"),))
    assert made["identifiers"] == sorted(["a" * 16, "10.1/x", "doi 10.1/x", "oai:test:1"])


def test_everybody_with_an_identifier_is_found_by_it():
    named = {
        "creators": (
            Agent(name="A", identifiers=(AgentIdentifier(scheme="orcid", value="0000-0002-1825-0097"),)),
        ),
        "contributors": (
            Agent(
                name="B",
                role="Editor",
                identifiers=(AgentIdentifier(scheme="orcid", value="0000-0001-5109-3700"),),
                affiliations=(Affiliation(name="C", identifier="https://ror.org/05a28rw58", scheme="ROR"),),
            ),
        ),
        "publisher": Agent(name="D", identifiers=(AgentIdentifier(scheme="ror", value="02nv7yv05"),)),
        "funding": (
            Funding(funder="E", funder_identifier="https://ror.org/018mejw64"),
            Funding(funder="F", funder_identifier="10.13039/501100000780"),
        ),
    }
    keys = set(document(**named)["identifiers"])
    people = {"0000-0002-1825-0097", "0000-0001-5109-3700"}
    assert people | {"05a28rw58", "02nv7yv05", "018mejw64", "10.13039/501100000780"} <= keys


def test_a_tombstone_has_none():
    with pytest.raises(ValueError, match="tombstone"):
        document_of(Change(sequence=1, id="a", source="s", datestamp="2026-11-21T12:00:00Z", record=None))
