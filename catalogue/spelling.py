"""Did you mean: words that nothing answers to, replaced by the nearest ones that something does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from rapidfuzz.distance import DamerauLevenshtein
from rapidfuzz.process import extract

from catalogue.errors import QueryError
from catalogue.index import Index, Query
from catalogue.query_language import And, Node, Not, Or, Word, parse, write
from catalogue.text import words

SHORTEST = 4
"""Letters of a word that is corrected; shorter ones are near too many others."""
MOST_WORDS = 5
CANDIDATES = 3000
_NEAR, _FAR, _LONG = 1, 2, 6
_SPELT = (None, "title", "subject", "creator")


def did_you_mean(index: Index, query: Query) -> str | None:
    """The words of a query that finds nothing, spelt so that it finds something; ``None``: no idea.

    Raises what `Index.search` raises.
    """
    try:
        node = parse(query.words)
    except QueryError:
        return None
    corrections: dict[Node, Word] = {}
    for word in list(dict.fromkeys(_plain(node)))[:MOST_WORDS]:
        if index.search(Query(words=write(word), size=0, counts=())).total:
            continue
        found = nearest(index, words(word.text)[0])
        if found is not None:
            corrections[word] = Word(found, word.field)
    if not corrections:
        return None
    text = write(_corrected(node, corrections))
    again = replace(query, words=text, size=0, counts=(), cursor=None)
    return text if index.search(again).total else None


def nearest(index: Index, word: str) -> str | None:
    """The word of the index that differs least from this one, the most frequent of several."""
    counts: dict[str, int] = {}
    for letter in dict.fromkeys(word[:2]):
        counts.update(index.beginning(letter, CANDIDATES))
    farthest = _FAR if len(word) >= _LONG else _NEAR
    found = extract(
        word,
        [candidate for candidate in counts if len(candidate) >= SHORTEST],
        scorer=DamerauLevenshtein.distance,
        score_cutoff=farthest,
        limit=50,
    )
    best = min(found, key=lambda one: (one[1], -counts[one[0]], one[0]), default=None)
    return best[0] if best is not None and best[1] else None


def _plain(node: Node) -> Iterator[Word]:
    """Words of letters alone that are wanted, in no field or in one whose words are completed."""
    match node:
        case Word(text, field) if field in _SPELT:
            found = words(text)
            if len(found) == 1 and len(found[0]) >= SHORTEST and found[0].isalpha():
                yield node
        case And(parts) | Or(parts):
            for part in parts:
                yield from _plain(part)


def _corrected(node: Node, corrections: Mapping[Node, Word]) -> Node:
    match node:
        case Word():
            return corrections.get(node, node)
        case And(parts):
            return And(tuple(_corrected(part, corrections) for part in parts))
        case Or(parts):
            return Or(tuple(_corrected(part, corrections) for part in parts))
        case Not(part):
            return Not(_corrected(part, corrections))
    return node
