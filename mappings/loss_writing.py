"""What a written format can hold: the fields of a record that come back when it is read again."""

from __future__ import annotations

import re
from collections import Counter
from typing import Literal

from catalogue.errors import RecordRefused
from catalogue.record import Mapped, Record
from mappings.base import Format, parse
from mappings.documents import documents_in
from mappings.loss_values import EXTRA, Fact, facts

_LEAST = 4
Held = Literal["whole", "part", "none"]


def held(form: Format, record: Record) -> dict[str, Held]:
    """For every field of the record whether the format gives it back: all its values, some or none.

    A format that is read too is read; of another it is asked whether the values stand in what is written.
    """
    assert form.write is not None
    said = facts(Mapped(record=record))
    written = form.write(record)
    if form.read is not None:
        back = _again(form, written, record)
    else:
        text = written.decode()
        back = Counter({fact: count for fact, count in said.items() if _stands_in(str(fact[1]), text)})
    found: dict[str, Held] = {}
    for field in dict.fromkeys(field for field, _ in said):
        if field != EXTRA:
            mine = {fact for fact in said if fact[0] == field}
            kept = len(mine & set(back))
            found[field] = "whole" if kept == len(mine) else "part" if kept else "none"
    return found


def _again(form: Format, written: bytes, record: Record) -> Counter[Fact]:
    assert form.read is not None
    try:
        _, document = next(iter(documents_in(form, parse(form, written))))
        return facts(form.read(document, record.provenance))
    except (RecordRefused, StopIteration) as refusal:
        raise AssertionError(f"{form.prefix} does not read what it writes: {refusal}") from refusal


def _stands_in(value: str, text: str) -> bool:
    """Whether a value is found whatever the markup; a short one («en», «K») only by itself."""
    if len(value) < _LEAST:
        word = re.escape(value)
        return re.search(rf'["{{]{word}["}}]|^\S+ +-? *{word}\r?$', text, re.MULTILINE) is not None
    return _plain(value) in _plain(text)


def _plain(text: str) -> str:
    return re.sub(r"\W+", " ", text.casefold()).strip()
