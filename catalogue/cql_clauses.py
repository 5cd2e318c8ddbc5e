"""One clause of CQL: which indexes and relations there are, and what they mean in our query language."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from catalogue.coverage_query import CONDITIONS
from catalogue.days import days_of
from catalogue.errors import QueryError
from catalogue.query_language import (
    COVERED_FIELDS,
    DATE_FIELDS,
    FIELDS,
    SHORTEST_PREFIX,
    And,
    Covers,
    Everything,
    Node,
    Not,
    Or,
    Phrase,
    Prefix,
    Range,
    Word,
)
from catalogue.text import words

ALL_RECORDS = "*"
"""The field of the index that every record is in."""

LONGEST_TERM = 1000


class CqlError(QueryError):
    """A query that is no CQL, or more of it than is supported; ``number`` is that of SRU's diagnostic."""

    def __init__(self, number: int, message: str, details: str | None = None) -> None:
        super().__init__(message, parameter="query")
        self.number = number
        self.details = details


@dataclass(frozen=True, slots=True, kw_only=True)
class ContextSet:
    """A context set: its URIs, and its indexes by name in lower case.

    An index has its name as it is written, a title, and the field of the query language, ``None``
    for all fields.
    """

    identifiers: tuple[str, ...]
    indexes: Mapping[str, tuple[str, str, str | None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """A relation in lower case, without «cql.», with its modifiers."""

    name: str
    modifiers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """``name`` is the index as it was written; ``term`` is as it stood between its quotation marks."""

    name: str
    field: str | None
    relation: Relation
    term: str


def _indexes(*rows: tuple[str, str, str | None]) -> dict[str, tuple[str, str, str | None]]:
    return {row[0].lower(): row for row in rows}


INDEXES: Mapping[str, ContextSet] = {
    "cql": ContextSet(
        identifiers=("info:srw/cql-context-set/1/cql-v1.2", "info:srw/cql-context-set/1/cql-v1.1"),
        indexes=_indexes(
            ("serverChoice", "Words anywhere", None),
            ("anywhere", "Words anywhere", None),
            ("anyIndexes", "Words anywhere", None),
            ("allIndexes", "Words anywhere", None),
            ("keywords", "Words anywhere", None),
            ("allRecords", "Every record", ALL_RECORDS),
        ),
    ),
    "dc": ContextSet(
        identifiers=("info:srw/cql-context-set/1/dc-v1.1",),
        indexes=_indexes(
            ("title", "Title", "title"),
            ("creator", "Creator", "creator"),
            ("subject", "Subject", "subject"),
            ("description", "Description", "description"),
            ("publisher", "Publisher", "publisher"),
            ("date", "Date of publication", "published"),
            ("type", "Kind of resource", "type"),
            ("identifier", "Identifier", "identifier"),
            ("rights", "Licence", "licence"),
        ),
    ),
    "almagest": ContextSet(
        identifiers=("urn:x-almagest:cql-context-set:1",),
        indexes=_indexes(*((name, name.capitalize(), name) for name in FIELDS)),
    ),
}
"""What can be asked for, by the short name of the context set."""

SETS: Mapping[str, str] = {name: name for name in INDEXES}
"""Names under which a query has the context sets, unless it gives them others."""

_BARE = ("cql", "dc", "almagest")
"""Where an index without a context set is looked up."""

_COMPARED: Mapping[str, Callable[[str, str], Node]] = {
    "<=": lambda field, day: Range(field, None, day),
    ">=": lambda field, day: Range(field, day, None),
    "<": lambda field, day: And((Range(field, None, day), Not(Range(field, day, day)))),
    ">": lambda field, day: And((Range(field, day, None), Not(Range(field, day, day)))),
}
RELATIONS = ("=", "==", "<>", "exact", "adj", "all", "any", "scr", "within", *_COMPARED)
_MODIFIERS = frozenset({"relevant", "word", "stem", "ignorecase", "ignoreaccents", "masked"})
"""Relation modifiers that say what is done anyway."""

_PLAIN = re.compile(r"\w(?:[\w.'’/+-]*\w)?")
_OPERATORS = frozenset({"AND", "OR", "NOT"})
_SIGNS = re.compile(r'[*?^\\"\x00-\x1f\x7f-\x9f\ud800-\udfff]')
_NOT_IN_PREFIX = re.compile(r'[\s"()“„«:*]')


def indexed_as(written: str, sets: Mapping[str, str]) -> tuple[str, str | None]:
    """The index as it was written, and its field; raises `CqlError` for one that is not known."""
    prefix, dot, name = written.lower().rpartition(".")
    if dot and prefix not in sets:
        known = ", ".join(INDEXES)
        raise CqlError(15, f"The context set «{prefix[:40]}» is not known; known are {known}.", prefix[:40])
    among = (sets[prefix],) if prefix in sets else _BARE
    for one in among:
        if name in INDEXES[one].indexes:
            return written, INDEXES[one].indexes[name][2]
    known = ", ".join(f"dc.{index[0]}" for index in INDEXES["dc"].indexes.values())
    raise CqlError(
        16, f"The index «{written[:60]}» is not known; there are cql.anywhere, {known}.", written[:60]
    )


def node_of(clause: Clause) -> Node:
    """What a clause asks for; raises `CqlError`."""
    relation = clause.relation.name
    _check(clause)
    if clause.field == ALL_RECORDS:
        return Everything()
    if clause.field in COVERED_FIELDS:
        return _covers(clause, clause.field)
    parts = _words(clause.term)
    if not parts:
        raise CqlError(27, f"The term of {clause.name or 'the query'} is empty; write a word.")
    if clause.field in DATE_FIELDS:
        return _dates(clause, clause.field, [word for word, _ in parts])
    if relation in _COMPARED or relation == "within":
        named = f"{clause.name} {relation}"
        raise CqlError(22, f"The relation «{relation}» is there for dc.date only.", named)
    found = _texts(relation, clause.field, parts)
    return Not(found) if relation == "<>" else found


def plain_term(text: str) -> str:
    """A text as a term that means only its words: without the signs that CQL gives a meaning."""
    return " ".join(_SIGNS.sub(" ", text).split())


def _check(clause: Clause) -> None:
    relation = clause.relation
    if relation.name not in RELATIONS:
        known = " ".join(RELATIONS)
        reason = f"The relation «{relation.name[:40]}» is not supported; there are {known}"
        raise CqlError(
            19, f"{reason}. Words that belong together go into quotation marks.", relation.name[:40]
        )
    for modifier in relation.modifiers:
        if modifier.removeprefix("cql.") not in _MODIFIERS:
            raise CqlError(20, f"The relation modifier «{modifier[:40]}» is not supported.", modifier[:40])
    if len(clause.term) > LONGEST_TERM:
        raise CqlError(23, f"A term has at most {LONGEST_TERM} characters.", str(LONGEST_TERM))


def _words(term: str) -> list[tuple[str, bool]]:
    """The words of a term, and whether each is only the beginning of one («galax*»)."""
    found: list[tuple[str, bool]] = []
    for written in re.findall(r"(?:\\\s|\S)+", term):
        text, is_masked = "", False
        signs = iter(written)
        for sign in signs:
            if is_masked:
                raise CqlError(49, f"In «{written[:40]}» the «*» must stand at the end.", written[:40])
            if sign == "\\":
                text += _escaped(next(signs, ""))
            elif sign == "*":
                is_masked = True
            elif sign == "?":
                raise CqlError(28, f"«?» in «{written[:40]}» is not supported; a word may end in «*».", "?")
            elif sign == "^":
                raise CqlError(31, f"«^» in «{written[:40]}» is not supported.")
            else:
                text += sign
        if is_masked and len(text) < SHORTEST_PREFIX:
            raise CqlError(
                29, f"At least {SHORTEST_PREFIX} letters must stand before «*».", str(SHORTEST_PREFIX)
            )
        if is_masked or words(text):
            found.append((text, is_masked))
    return found


def _escaped(sign: str) -> str:
    if sign in {"*", "?", "^", '"', "\\"}:
        return sign
    raise CqlError(26, f'«\\{sign}» is not known; a backslash stands before one of * ? ^ " \\.', sign)


def _texts(relation: str, field: str | None, parts: list[tuple[str, bool]]) -> Node:
    if relation in {"any", "all"} or len(parts) == 1:
        is_inflected = relation not in {"==", "exact"}
        nodes = tuple(dict.fromkeys(_word(text, field, is_masked, is_inflected) for text, is_masked in parts))
        if len(nodes) == 1:
            return nodes[0]
        return Or(nodes) if relation == "any" else And(nodes)
    if any(is_masked for _, is_masked in parts):
        raise CqlError(33, "A phrase cannot hold «*»; use the relation «all» or «any».")
    return _phrase(" ".join(text for text, _ in parts), field)


def _word(text: str, field: str | None, is_masked: bool, is_inflected: bool) -> Node:
    if is_masked:
        if _NOT_IN_PREFIX.search(text) or not words(text) or text[0] in "-+~^!":
            raise CqlError(49, f"«{text[:40]}*» is no beginning of a word.", text[:40])
        return Prefix(text, field)
    is_plain = _PLAIN.fullmatch(text) is not None and text not in _OPERATORS
    return Word(text, field) if is_plain and is_inflected and field != "identifier" else _phrase(text, field)


def _phrase(text: str, field: str | None) -> Node:
    """A phrase as our language can write it: it knows no quotation mark inside."""
    return Phrase(" ".join(text.replace('"', " ").split()), field)


def _covers(clause: Clause, field: str) -> Node:
    """A region, a time, an energy or a parameter, written as the query language has it."""
    relation = clause.relation.name
    if relation not in {"=", "==", "exact", "scr", "<>"}:
        raise CqlError(22, f"{clause.name} is asked for by the relation «=».", f"{clause.name} {relation}")
    text = " ".join(clause.term.replace("\\", " ").replace('"', " ").split())
    try:
        CONDITIONS[field](text)
    except ValueError as error:
        raise CqlError(36, f"{clause.name}: {error}.", clause.term[:40]) from None
    found = Covers(field, text)
    return Not(found) if relation == "<>" else found


def _dates(clause: Clause, field: str, dates: list[str]) -> Node:
    relation = clause.relation.name
    if relation == "within":
        dates = [part for date in dates for part in re.split(r"/|\.\.", date) if part]
    for date in dates:
        try:
            days_of(date)
        except ValueError:
            reason = f"«{date[:40]}» is no date"
            raise CqlError(36, f"{reason}; write 2015, 2015-03 or 2015-03-01.", date[:40]) from None
    if relation == "within":
        if len(dates) != 2 or days_of(dates[0])[0] > days_of(dates[1])[1]:
            raise CqlError(36, f'{clause.name} within needs two dates, the earlier first: "2015 2020-06".')
        return Range(field, dates[0], dates[1])
    ranges = tuple(dict.fromkeys(Range(field, date, date) for date in dates))
    if relation == "any" and len(ranges) > 1:
        return Or(ranges)
    if len(ranges) > 1:
        raise CqlError(36, f"{clause.name} {relation} needs one date; a range is «within».")
    if relation == "<>":
        return Not(ranges[0])
    compared = _COMPARED.get(relation)
    return compared(field, dates[0]) if compared is not None else ranges[0]
