"""What is asked for by a value that no record bears: it is said, with the nearest values that some do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rapidfuzz.fuzz import WRatio
from rapidfuzz.process import extract

from catalogue.errors import QueryError
from catalogue.index import FACETS, Hits, Index, Query
from catalogue.index_facets import facet_value
from catalogue.query_language import And, Node, Not, Or, Phrase, Word, parse

MOST_NOTES = 5
_NEAREST = 3
_NEAR = 60
_SHORT_LIST = 12
_VALUES = 1000
_IN_WORDS = frozenset(FACETS) - {"year"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A value that no record bears, in which parameter (or field of ``q``), and the nearest that some do."""

    parameter: str
    value: str
    text: str
    nearest: tuple[str, ...]


def notes(index: Index, query: Query, found: Hits) -> tuple[Note, ...]:
    """What is to be said of a search; of fields in its words only where it finds nothing.

    Raises what `Index.search` raises.
    """
    asked = [(facet, value) for facet, values in query.facets.items() for value in values]
    borne = {(facet, count.value) for facet, counts in found.facets.items() for count in counts}
    absent = [
        (facet, value)
        for facet, value in asked
        if (facet, facet_value(value)) not in borne and not _total(index, Query(facets={facet: (value,)}))
    ]
    if not found.total:
        absent += [
            (node.field, node.text)
            for node in _fielded(_parsed(query.words))
            if node.field is not None and not _total(index, Query(words=f'{node.field}:"{node.text}"'))
        ]
    return tuple(_note(index, facet, value) for facet, value in list(dict.fromkeys(absent))[:MOST_NOTES])


def _total(index: Index, query: Query) -> int:
    return index.search(Query(words=query.words, facets=query.facets, size=0, counts=())).total


def _parsed(text: str) -> Node | None:
    try:
        return parse(text)
    except QueryError:
        return None


def _fielded(node: Node | None) -> Iterator[Word | Phrase]:
    """The words of facets that are wanted."""
    match node:
        case Word(_, field) | Phrase(_, field) if field in _IN_WORDS:
            yield node
        case And(parts) | Or(parts):
            for part in parts:
                if not isinstance(part, Not):
                    yield from _fielded(part)


def _note(index: Index, facet: str, value: str) -> Note:
    query = Query(size=0, counts=(facet,), counts_size=_VALUES)
    counts = index.search(query).facets.get(facet, ())
    shown = {count.value: count.label for count in counts}
    near = extract(facet_value(value), list(shown), scorer=WRatio, score_cutoff=_NEAR, limit=_NEAREST)
    nearest = tuple(shown[one] for one, _, _ in near)
    if not nearest and len(counts) <= _SHORT_LIST:
        nearest = tuple(count.label for count in counts)
    said = f"No record has the {facet} «{value[:100]}»"
    text = f"{said}; there is {', '.join(f'«{label}»' for label in nearest)}." if nearest else f"{said}."
    return Note(parameter=facet, value=value, text=text, nearest=nearest)
