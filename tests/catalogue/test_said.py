"""Sentences that remember what they were made of."""

from __future__ import annotations

from catalogue.said import Said, said, said_of


def test_a_sentence_is_english_text() -> None:
    text = said("No record bears %(value)s.", value="X")
    assert text == "No record bears X."
    assert isinstance(text, str)
    assert (text.message, dict(text.values)) == ("No record bears %(value)s.", {"value": "X"})


def test_a_sentence_of_numbers_knows_both_forms() -> None:
    assert said_of("%(num)s record", "%(num)s records", 1) == "1 record"
    many = said_of("%(num)s record of %(it)s", "%(num)s records of %(it)s", 3, it=said("all"))
    assert many == "3 records of all"
    assert (many.many, many.number) == ("%(num)s records of %(it)s", 3)
    assert isinstance(many.values["it"], Said)
