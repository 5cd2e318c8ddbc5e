"""What is asked for by a value that no record bears: it is said, with the nearest values that some do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from rapidfuzz.fuzz import WRatio
from rapidfuzz.process import extract

from catalogue.absent_parameters import absence_of
from catalogue.errors import QueryError
from catalogue.identity import scheme_and_value
from catalogue.index import FACETS, Hits, Index, Query
from catalogue.index_facets import facet_value
from catalogue.meanings import named
from catalogue.query_language import FIELDS, And, Covers, Node, Not, Or, Phrase, Word, parse, write
from catalogue.said import said

MOST_NOTES = 5
_LOOKED_AT = 20
"""Values that are looked for one by one: each costs a search."""
_NEAREST = 3
_NEAR = 60
_SHORT_LIST = 12
_VALUES = 1000
_IN_WORDS = frozenset(FACETS) - {"year"}
_FIELD_LIKE = re.compile(r"([^\W\d_]{2,20}):(?!//)(?=[^\s/])")


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
    found_none = [_note(index, parameter, value) for parameter, value in _absent(index, query, found)]
    if not found.total:
        found_none += _of_fields(query)
        found_none += _of_parameters(index, query)
    return tuple(found_none[:MOST_NOTES])


def _absent(index: Index, query: Query, found: Hits) -> list[tuple[str, str]]:
    """Parameters, or fields of the words, with the first values that nobody bears."""
    absent: dict[tuple[str, str], None] = {}
    for what, alone in islice(_doubtful(query, found), _LOOKED_AT):
        if len(absent) < MOST_NOTES and not _total(index, alone):
            absent[what] = None
    return list(absent)


def _doubtful(query: Query, found: Hits) -> Iterator[tuple[tuple[str, str], Query]]:
    """What may be borne by nobody, and the search that tells."""
    borne = {(facet, count.value) for facet, counts in found.facets.items() for count in counts}
    for facet, values in query.facets.items():
        for value in values:
            if (facet, facet_value(value)) not in borne:
                yield (facet, value), Query(facets={facet: (value,)})
    if not found.total:
        for node in dict.fromkeys(_fielded(_parsed(query.words))):
            if node.field is not None:
                yield (node.field, node.text), Query(words=write(node))


def _total(index: Index, query: Query) -> int:
    return index.search(Query(words=query.words, facets=query.facets, size=0, counts=())).total


def _parsed(text: str) -> Node | None:
    try:
        return parse(text)
    except QueryError:
        return None


def _fielded(node: Node | None) -> Iterator[Word | Phrase]:
    """The words of facets that are wanted."""
    for one in _nodes(node):
        if isinstance(one, Word | Phrase) and one.field in _IN_WORDS:
            yield one


def _nodes(node: Node | None) -> Iterator[Node]:
    """All that is wanted, without what holds it together."""
    match node:
        case And(parts) | Or(parts):
            for part in parts:
                yield from _nodes(part)
        case None | Not():
            pass
        case _:
            yield node


def _of_fields(query: Query) -> Iterator[Note]:
    """Words like «foo:bar», whose beginning is no field."""
    for node in dict.fromkeys(_nodes(_parsed(query.words))):
        begun = _FIELD_LIKE.match(node.text) if isinstance(node, Word) else None
        if isinstance(node, Word) and begun and scheme_and_value(node.text)[0] == "other":
            near = extract(begun[1].lower(), FIELDS, scorer=WRatio, score_cutoff=_NEAR, limit=_NEAREST)
            nearest = tuple(name for name, _, _ in near)
            field, others = begun[1][:100], ", ".join(f"«{name}:»" for name in nearest)
            text = said("«%(field)s:» is no field, so it was looked for as a word.", field=field)
            if nearest:
                text = said(
                    "«%(field)s:» is no field, so it was looked for as a word; there is %(others)s.",
                    field=field, others=others,
                )  # fmt: skip
            yield Note(parameter="q", value=node.text, text=text, nearest=nearest)


def _of_parameters(index: Index, query: Query) -> Iterator[Note]:
    """Conditions on parameters that no record can fulfil, as none has them so."""
    nodes = _nodes(_parsed(query.words))
    fielded = [node.text for node in nodes if isinstance(node, Covers) and node.field == "parameter"]
    for condition in islice(dict.fromkeys((*query.parameters, *fielded)), MOST_NOTES):
        absence = absence_of(index, condition)
        if absence is not None:
            yield Note(parameter="parameter", value=condition, text=absence[0], nearest=absence[1])


def _note(index: Index, facet: str, value: str) -> Note:
    query = Query(size=0, counts=(facet,), counts_size=_VALUES)
    counts = index.search(query).facets.get(facet, ())
    shown = {count.value: count.label for count in counts}
    near = extract(facet_value(value), list(shown), scorer=WRatio, score_cutoff=_NEAR, limit=_NEAREST)
    # «SAXS» is written quite otherwise than what it means.
    meant = [one for meaning in named(value) if (one := facet_value(meaning.label)) in shown]
    nearest = tuple(shown[one] for one in dict.fromkeys((*meant, *(one for one, _, _ in near))))
    if not nearest and len(counts) <= _SHORT_LIST:
        nearest = tuple(count.label for count in counts)
    text = said("No record has the %(facet)s «%(value)s».", facet=said(facet), value=value[:100])
    if nearest:
        text = said(
            "No record has the %(facet)s «%(value)s»; there is %(others)s.",
            facet=said(facet), value=value[:100], others=", ".join(f"«{label}»" for label in nearest),
        )  # fmt: skip
    return Note(parameter=facet, value=value, text=text, nearest=nearest)
