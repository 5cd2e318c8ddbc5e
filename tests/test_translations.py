"""The translations are complete, say the same with the same values, and are compiled."""

from __future__ import annotations

import re

import pytest
from babel.messages.catalog import Catalog, Message

from docs import translations

CODES = sorted(path.parent.parent.name for path in translations.FOLDER.glob("*/LC_MESSAGES/messages.po"))
PLACE = re.compile(r"%\(\w+\)s|%%")
TAG = re.compile(r"</?(\w+)")


@pytest.fixture(scope="module")
def known() -> Catalog:
    """All messages of the program."""
    return translations.template()


def texts(message: Message) -> list[tuple[str, str]]:
    """Each text of a message with its translation; of a plural the forms of one and of many."""
    if not message.pluralizable:
        return [(str(message.id), str(message.string or ""))]
    one, *many = message.string or ("", "")
    return [(message.id[0], one), *((message.id[1], form) for form in many)]


def test_german_is_there() -> None:
    assert "de" in CODES


@pytest.mark.parametrize("code", CODES)
def test_every_message_is_translated(code: str, known: Catalog) -> None:
    catalog = translations.read(code)
    lacking = []
    for message in known:
        held = catalog.get(message.id, message.context)
        if message.id and (held is None or held.fuzzy or not all(text for _, text in texts(held))):
            lacking.append(message.id)
    assert lacking == [], "write their translations into messages.po (make translations adds what is new)"


@pytest.mark.parametrize("code", CODES)
def test_a_translation_has_the_values_and_the_markup_of_its_message(code: str) -> None:
    wrong = []
    for message in translations.read(code):
        for told, translated in texts(message) if message.id else ():
            if set(PLACE.findall(told)) != set(PLACE.findall(translated)):
                wrong.append((told, translated))
            if "<a " in told or "<span" in told:
                same = sorted(TAG.findall(told)) == sorted(TAG.findall(translated))
                wrong += [] if same else [(told, translated)]
    assert wrong == []


@pytest.mark.parametrize("code", CODES)
def test_the_compiled_file_is_that_of_the_written_one(code: str) -> None:
    compiled = translations.file_of(code).with_suffix(".mo").read_bytes()
    assert compiled == translations.compiled(translations.read(code)), "call: make translations"


@pytest.mark.parametrize("code", CODES)
def test_what_is_gone_from_the_program_is_gone_from_the_translations(code: str, known: Catalog) -> None:
    gone = [message.id for message in translations.read(code) if message.id and message.id not in known]
    assert gone == [], "call: make translations"
