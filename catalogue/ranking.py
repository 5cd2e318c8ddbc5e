"""What counts beside how often words occur: exact titles, phrases, completeness, freshness.

The engines weigh words (BM25).  What `decisive` says is asked of every hit and outweighs any words;
what `preferences` and `merit` say is asked of the first hits alone and brings those that are about equal
into order.  All of it are points that do not depend on an engine.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from catalogue.conditions import All_, Condition, Exact, Key, Stem
from catalogue.days import days_of
from catalogue.identity import normal_identifier, scheme_of
from catalogue.index import Hit
from catalogue.index_document import title_key
from catalogue.query_language import And, Node, Phrase, Prefix, Word
from catalogue.query_terms import identifier_keys
from catalogue.text import forms, words

FIRST = 100
"""So many hits, the best by their words, are brought into order by preferences."""

MOST_PHRASES = 20_000
"""Among more hits nobody looks for phrases: an engine would have to look at all of them."""

_IDENTIFIED, _ENTITLED = 1000.0, 300.0
_TOGETHER, _IN_TITLE, _IN_DESCRIPTION = 2.0, 4.0, 2.0
_MOST_PHRASE = 12
_HALF_OLD = 3652.5


@dataclass(frozen=True, slots=True)
class Points:
    """What a record gets for which a condition holds."""

    condition: Condition
    points: float


def decisive(text: str, node: Node) -> tuple[Points, ...]:
    """What puts a record before all others: the query is its identifier, or its whole title."""
    found = []
    key = title_key(" ".join(words(text)))
    if key:
        found.append(Points(Key("title_keys", (key,)), _ENTITLED))
    if (keys := whole_identifier(text, node)) is not None:
        found.append(Points(Key("identifiers", keys), _IDENTIFIED))
    return tuple(found)


def whole_identifier(text: str, node: Node) -> tuple[str, ...] | None:
    """The keys of an identifier, where the query is nothing but one: «doi: 10.5281/zenodo.42»."""
    match node:
        case Word(written, None | "identifier"):
            return identifier_keys(written)
        case Phrase(written, None | "identifier"):
            return identifier_keys(written)
        case And((Word(scheme, None), Word(_, None))) if scheme_of(scheme.rstrip(":").lower()) != "other":
            found = normal_identifier(text)
            return identifier_keys(found.value) if found.scheme != "other" else None
    return None


def preferences(node: Node) -> tuple[Points, ...]:
    """What brings the first hits into order: all words of the query together, in a title or a description."""
    phrase = _phrase(node)
    if not 2 <= len(phrase) <= _MOST_PHRASE:
        return ()
    together = All_(tuple(Stem("title", forms(word)) for word in phrase))
    return (
        Points(together, _TOGETHER),
        Points(Exact("title_exact", phrase), _IN_TITLE),
        Points(Exact("description_exact", phrase), _IN_DESCRIPTION),
    )


def merit(completeness: float | None, first_day: float | None, today: int) -> float:
    """Points for completeness (of twelve things) and for freshness, at most 2: a word of a description.

    Days are those of `days_of`; what is as old as ten years has half the points of what is new.
    """
    points = (completeness or 0) / 12
    if first_day is not None:
        points += 1 / (1 + max(0, today - first_day) / _HALF_OLD)
    return points


def today() -> int:
    """The number of this day (UTC)."""
    return days_of(datetime.now(UTC).strftime("%Y-%m-%d"))[0]


def _phrase(node: Node) -> tuple[str, ...]:
    """The words of a query that are wanted one after the other, in no particular field."""
    parts = node.parts if isinstance(node, And) else (node,)
    found: list[str] = []
    for part in parts:
        match part:
            case Word(text, None | "title" | "description") | Prefix(text, None):
                found += words(text)
    return tuple(found)


Fetch = Callable[[int, int], tuple[int, tuple[Hit, ...]]]
"""From an offset so many hits, the best by their words first; with the total."""

Judge = Callable[[Sequence[str], Sequence[Points]], Mapping[str, float]]
"""The points that each of some records gets from some `preferences` and by its `merit`."""


def page(
    offset: int, count: int, fetch: Fetch, judge: Judge, preferred: Sequence[Points]
) -> tuple[int, tuple[Hit, ...]]:
    """The total, and ``count`` hits from an offset; the first ones in the order of preferences.

    Those behind `FIRST` stay in the order of words, so that every hit stands on one page.
    """
    if offset >= FIRST or count <= 1:
        return fetch(offset, count)
    total, hits = fetch(0, max(FIRST, offset + count))
    if total > MOST_PHRASES:
        preferred = [one for one in preferred if not isinstance(one.condition, Exact)]
    points = judge([hit.id for hit in hits[:FIRST]], preferred) if hits else {}
    scored = [replace(hit, score=hit.score + points.get(hit.id, 0.0)) for hit in hits[:FIRST]]
    scored.sort(key=lambda hit: -hit.score)
    return total, (*scored, *hits[FIRST:])[offset : offset + count]
