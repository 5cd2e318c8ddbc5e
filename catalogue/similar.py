"""More like this: the query for what has most in common with a record."""

from __future__ import annotations

from collections.abc import Iterator

from catalogue.query_language import MOST_ALTERNATIVES
from catalogue.record import Record
from catalogue.text import FUNCTION_WORDS, words

MOST_TERMS = 24
LONGEST = 900
"""Characters of the query, so that it fits into an address."""
_LONGEST_TERM = 80
_SHORTEST_WORD = 4

assert MOST_TERMS <= MOST_ALTERNATIVES


def similar_words(record: Record) -> str | None:
    """A query, for the order of relevance, that finds records with the same subjects, things and title words.

    The record itself is left out.  ``None`` where it has nothing to compare.
    """
    chosen: list[str] = []
    left = LONGEST
    for term in dict.fromkeys(_terms(record)):
        left -= len(term) + 4
        if left < 0 or len(chosen) == MOST_TERMS:
            break
        chosen.append(term)
    return f"({' OR '.join(chosen)}) -identifier:{record.id}" if chosen else None


def _terms(record: Record) -> Iterator[str]:
    """What tells most of a record, first."""
    for word in words(record.title):
        if len(word) >= _SHORTEST_WORD and word not in FUNCTION_WORDS:
            yield word
    for term in (*record.techniques, *record.subjects):
        yield from _phrase(term.label)
    for reference in (*record.targets, *record.instruments, *record.experiments):
        yield from _phrase(reference.label)


def _phrase(label: str) -> Iterator[str]:
    text = " ".join(label.replace('"', " ").split())[:_LONGEST_TERM]
    if words(text):
        yield f'"{text}"'
