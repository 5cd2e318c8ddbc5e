"""The query language of the search box: words, "phrases", -exclusion, field:value, ranges.

::

    dark matter            both words, in any field and any inflection
    "dark matter"          exactly these words in this order
    -simulation            not this one; NOT means the same
    neutrino OR muon       one of them; brackets group
    galax*                 words that begin so (three letters at least)
    creator:einstein       in one field; a phrase or a group in brackets may follow as well
    year:2015..2020        ranges of `year` and `published`: a..b, [a TO b], >=a, <b, open ends
    sky:10.68,41.27,0.5    a cone in degrees; moc:6/12-15 a region (with spaces in quotation marks)
    time:"2015/2020-06"    time of observation; energy:"1 keV/10 keV" or energy:X-ray
    parameter:"temperature < 10 K"
    concept:"gamma-ray bursts"      what bears a concept of a vocabulary, or one below it
    exact:SAXS             this word alone, without the concept that it names; "SAXS" means the same
    place:5.9,45.8,6.3,46.4    a box on Earth: west, south, east, north in degrees; or a point

Whatever can be understood is: an unclosed quotation mark or bracket ends with the query,
a colon after an unknown word is part of the text, signs without letters are left out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TypeAlias

from catalogue.coverage_query import CONDITIONS
from catalogue.days import days_of
from catalogue.errors import QueryError
from catalogue.index import FACETS
from catalogue.index_places import is_name
from catalogue.said import said
from catalogue.text import words

TEXT_FIELDS = ("title", "description", "identifier")
DATE_FIELDS = ("published", "year")
COVERED_FIELDS = ("sky", "moc", "time", "energy", "parameter", "place")
MEANING_FIELDS = ("concept", "exact")
FIELDS = (*TEXT_FIELDS, "published", *COVERED_FIELDS, *FACETS)
_ALIASES = {
    "abstract": "description",
    "author": "creator",
    "keyword": "subject",
    "license": "licence",
    "id": "identifier",
    "date": "published",
    "issued": "published",
}

LONGEST_QUERY = 20_000
MOST_WORDS = 256
MOST_ALTERNATIVES = 64
MOST_PREFIXES = 8
SHORTEST_PREFIX = 3
LONGEST_PREFIX = 250
DEEPEST_NESTING = 100
DEEPEST_ALTERNATION = 16
MOST_COVERED = 10


@dataclass(frozen=True, slots=True)
class Everything:
    """All records."""


@dataclass(frozen=True, slots=True)
class Word:
    """One word as it was written; it may hold several words of the index («x-ray»)."""

    text: str
    field: str | None = None


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words in their order."""

    text: str
    field: str | None = None


@dataclass(frozen=True, slots=True)
class Prefix:
    """The beginning of a word."""

    text: str
    field: str | None = None


@dataclass(frozen=True, slots=True)
class Range:
    """Dates from ``low`` to ``high``, both included; an open end is ``None``."""

    field: str
    low: str | None
    high: str | None


@dataclass(frozen=True, slots=True)
class Covers:
    """What overlaps a region, a time or an energy, or has a value; ``text`` as `coverage_query` reads it."""

    field: str
    text: str


@dataclass(frozen=True, slots=True)
class Concept:
    """What bears a concept that has this label, or one below it."""

    text: str


@dataclass(frozen=True, slots=True)
class Not:
    """Whatever the part does not match."""

    part: Node


@dataclass(frozen=True, slots=True)
class And:
    """Whatever all parts match."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Whatever one of the parts matches."""

    parts: tuple[Node, ...]


Node: TypeAlias = Everything | Word | Phrase | Prefix | Range | Covers | Concept | Not | And | Or


def parse(text: str) -> Node:
    """The query as a tree; raises `QueryError` that points at the place (characters from 0)."""
    try:
        return _parsed(text)
    except QueryError as error:
        error.query = _FORBIDDEN.sub(" ", text)
        raise


def _parsed(text: str) -> Node:
    if len(text) > LONGEST_QUERY:
        raise QueryError(
            said(
                "The query has %(text)s characters, the limit is %(longest_query)s.",
                text=len(text),
                longest_query=LONGEST_QUERY,
            )
        )
    text = _FORBIDDEN.sub(" ", text)
    if text.strip() in {"", "*", "*:*"}:
        return Everything()
    found = _Parser(text).query()
    if found is None:
        raise QueryError(said("The query holds no word to look for."), position=0)
    if _alternation(found) > DEEPEST_ALTERNATION:
        raise QueryError(
            said(
                "OR may stand within another OR %(deepest)s deep; leave some out.",
                deepest=DEEPEST_ALTERNATION,
            )
        )
    return found


def _alternation(node: Node) -> int:
    """How many ORs stand within each other: each takes up all records of those within it once more."""
    match node:
        case Or(parts):
            return 1 + max(map(_alternation, parts))
        case And(parts):
            return max(map(_alternation, parts))
        case Not(part):
            return _alternation(part)
    return 0


def write(node: Node) -> str:
    """The query in its own language, as it was understood; parsed again it gives the same tree."""
    return _write(node, outermost=True)


def _write(node: Node, outermost: bool = False) -> str:
    match node:
        case Everything():
            return "*"
        case And(parts):
            text = " ".join(_write(part) for part in parts)
            return text if outermost else f"({text})"
        case Or(parts):
            text = " OR ".join(_write(part) for part in parts)
            return text if outermost else f"({text})"
        case Not(part):
            return f"-{_write(part)}"
        case Range(field, low, high):
            return f"{field}:{low}" if low and low == high else f"{field}:{low or '*'}..{high or '*'}"
        case Covers(field, text):
            return f'{field}:"{text}"'
        case Concept(text):
            return f'concept:"{text}"'
    field = f"{node.field}:" if node.field else ""
    if isinstance(node, Phrase):
        return f'{field}"{node.text}"'
    return f"{field}{node.text}{'*' if isinstance(node, Prefix) else ''}"


_FORBIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_SPACE = re.compile(r"\s*")
_BARE = re.compile(r"[^\s()\"]+")
_FIELD = re.compile(r"([^\W\d_]+):")
_OPERATOR = re.compile(r"(AND|OR|NOT|&&|\|\|)(?=[\s(\"]|$)")
_BRACKETED = re.compile(r"[\[{]\s*(\S+)\s+TO\s+([^\s\]}]+)\s*[\]}]", re.IGNORECASE)
_QUOTES = {'"': '"', "“": "”", "„": "“", "«": "»"}


class _Parser:
    """Recursive descent over the characters; `at` is the next one."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.depth = 0
        self.words = 0
        self.prefixes = 0
        self.covered = 0

    def query(self) -> Node | None:
        """The whole query; closing brackets that nothing opened are passed over."""
        parts: list[Node] = []
        while self.at < len(self.text):
            part = self.alternatives(None)
            if part is not None:
                parts.append(part)
            if self.peek() == ")":
                self.at += 1
        return _joined(And, parts)

    def peek(self) -> str:
        """The next character that is no space, or an empty text at the end."""
        match = _SPACE.match(self.text, self.at)
        self.at = match.end() if match else self.at
        return self.text[self.at : self.at + 1]

    def operator(self) -> str | None:
        """The operator that comes next, in capitals."""
        self.peek()
        match = _OPERATOR.match(self.text, self.at)
        return {"&&": "AND", "||": "OR"}.get(match[1], match[1]) if match else None

    def skip_operator(self) -> None:
        """Pass over the operator that comes next."""
        match = _OPERATOR.match(self.text, self.at)
        self.at = match.end() if match else self.at

    def alternatives(self, field: str | None) -> Node | None:
        """Parts joined by OR."""
        start = self.at
        parts = [self.sequence(field)]
        while self.operator() == "OR":
            self.skip_operator()
            parts.append(self.sequence(field))
        found = _joined(Or, [part for part in parts if part is not None])
        if isinstance(found, Or) and len(found.parts) > MOST_ALTERNATIVES:
            raise QueryError(
                said(
                    "At most %(most_alternatives)s alternatives may be joined by OR.",
                    most_alternatives=MOST_ALTERNATIVES,
                ),
                position=start,
            )
        return found

    def sequence(self, field: str | None) -> Node | None:
        """Parts one after the other, all of them wanted."""
        parts: list[Node] = []
        while (sign := self.peek()) and sign != ")":
            operator = self.operator()
            if operator == "OR":
                break
            if operator == "AND":
                self.skip_operator()
                continue
            part = self.part(field)
            if part is not None:
                parts.append(part)
        return _joined(And, parts)

    def part(self, field: str | None) -> Node | None:
        """One part, perhaps excluded."""
        excluded = False
        while True:
            sign = self.peek()
            if self.operator() == "NOT":
                self.skip_operator()
                excluded = not excluded
            elif sign == "-" and self.text[self.at + 1 : self.at + 2].strip():
                self.at += 1
                excluded = not excluded
            elif sign in {"+", "-", "~", "^", "!"}:
                self.at += 1
            else:
                break
        if self.operator() is not None:
            return None
        found = self.primary(field)
        if not excluded or found is None:
            return found
        return found.part if isinstance(found, Not) else Not(found)

    def primary(self, field: str | None) -> Node | None:
        """A group, a field with its value, a phrase or a word."""
        sign = self.peek()
        if not sign or sign == ")":
            return None
        if sign == "(":
            return self.group(field)
        if sign in _QUOTES:
            return self.phrase(field, _QUOTES[sign])
        named = _FIELD.match(self.text, self.at)
        if named is not None:
            name = named[1].lower()
            name = _ALIASES.get(name, name)
            start = self.at
            # «Concept: a study» are words.
            if name in MEANING_FIELDS and self.text[named.end() : named.end() + 1].strip():
                self.at = named.end()
                return self.meaning(name, start)
            if name in FIELDS:
                self.at = named.end()
                return self.value(name, start)
        return self.word(field)

    def group(self, field: str | None) -> Node | None:
        """What stands between brackets."""
        if self.depth >= DEEPEST_NESTING:
            raise QueryError(
                said(
                    "Brackets may be nested %(deepest_nesting)s deep; leave some out.",
                    deepest_nesting=DEEPEST_NESTING,
                ),
                position=self.at,
            )
        self.depth += 1
        self.at += 1
        found = self.alternatives(field)
        if self.peek() == ")":
            self.at += 1
        self.depth -= 1
        return found

    def phrase(self, field: str | None, closing: str) -> Node | None:
        """What stands between quotation marks."""
        start = self.at + 1
        end = self.text.find(closing, start)
        end = len(self.text) if end < 0 else end
        self.at = end + 1
        text = " ".join(self.text[start:end].replace('"', " ").split())
        return Phrase(text, field) if self.count(text, start) else None

    def value(self, field: str, start: int) -> Node | None:
        """What comes after ``field:``."""
        sign = self.peek()
        if not sign or sign == ")":
            raise QueryError(said("«%(field)s:» lacks a value after the colon.", field=field), position=start)
        if field in COVERED_FIELDS:
            return self.covers(field, sign, start)
        if field in DATE_FIELDS and sign not in {"(", *_QUOTES}:
            return self.dates(field)
        return self.primary_of(field, sign)

    def meaning(self, field: str, start: int) -> Node | None:
        """A concept by its label, or a word that names none."""
        sign = self.peek()
        found = self.phrase(None, _QUOTES[sign]) if sign in _QUOTES else self.word(None)
        if found is None and field == "concept":
            raise QueryError(said("«concept:» lacks a label after the colon."), position=start)
        if not isinstance(found, Word | Phrase):
            return found
        return Concept(found.text) if field == "concept" else Phrase(found.text)

    def covers(self, field: str, sign: str, start: int) -> Node | None:
        """A region, a time, an energy or a parameter; what holds spaces stands in quotation marks.

        «Dark energy: a review» is none, but words; so is «A quiet place: galaxies».
        """
        is_apart = self.text[start : self.at].partition(":")[2] != ""
        if sign in _QUOTES:
            end = self.text.find(_QUOTES[sign], self.at + 1)
            end = len(self.text) if end < 0 else end
            text, self.at = self.text[self.at + 1 : end], end + 1
        else:
            found = _BARE.match(self.text, self.at)
            text = found[0] if found else ""
            self.at += len(text)
        text = " ".join(text.replace('"', " ").split())
        if is_apart and field == "place" and sign not in _QUOTES and is_name(text):
            self.at = start
            return self.word(None)
        try:
            CONDITIONS[field](text)
        except ValueError as error:
            if is_apart:
                self.at = start
                return self.word(None)
            raise QueryError(
                said("%(parameter)s: %(error)s.", parameter=field, error=error), position=start
            ) from None
        self.covered += 1
        if self.covered > MOST_COVERED:
            raise QueryError(
                said(
                    "At most %(most_covered)s regions, times, energies and parameters can be asked for.",
                    most_covered=MOST_COVERED,
                ),
                position=start,
            )
        return Covers(field, text)

    def primary_of(self, field: str, sign: str) -> Node | None:
        """A group, a phrase or a word of one field."""
        if sign == "(":
            return self.group(field)
        if sign in _QUOTES:
            return self.phrase(field, _QUOTES[sign])
        return self.word(field)

    def word(self, field: str | None) -> Node | None:
        """A word up to the next space; brackets within it belong to it (as in some DOIs)."""
        start = self.at
        open_brackets = 0
        while self.at < len(self.text):
            sign = self.text[self.at]
            if sign.isspace() or sign == '"' or (sign == ")" and not open_brackets):
                break
            open_brackets += (sign == "(") - (sign == ")")
            self.at += 1
        text = self.text[start : self.at]
        if field in DATE_FIELDS:
            return self.one_date(field, text, start)
        stem = text.rstrip("*")
        if not self.count(stem, start):
            return None
        return Word(stem, field) if stem == text else self.prefix(stem, field, start)

    def prefix(self, stem: str, field: str | None, start: int) -> Node:
        """A word that ends in an asterisk."""
        self.prefixes += 1
        if len(stem) < SHORTEST_PREFIX:
            raise QueryError(
                said(
                    "At least %(shortest_prefix)s letters must stand before «*».",
                    shortest_prefix=SHORTEST_PREFIX,
                ),
                position=start,
            )
        if len(stem.encode()) > LONGEST_PREFIX:
            raise QueryError(
                said(
                    "At most %(longest_prefix)s letters may stand before «*».", longest_prefix=LONGEST_PREFIX
                ),
                position=start,
            )
        if self.prefixes > MOST_PREFIXES:
            raise QueryError(
                said(
                    "At most %(most_prefixes)s words of a query may end in «*».", most_prefixes=MOST_PREFIXES
                ),
                position=start,
            )
        return Prefix(stem, field)

    def count(self, text: str, start: int) -> int:
        """How many words of the index a text holds; too many in all are refused."""
        found = len(words(text))
        self.words += found
        if self.words > MOST_WORDS:
            raise QueryError(
                said(
                    "The query has more than %(most_words)s words; leave out what is not needed.",
                    most_words=MOST_WORDS,
                ),
                position=start,
            )
        return found

    def dates(self, field: str) -> Node:
        """A date or a range of dates."""
        start = self.at
        match = _BRACKETED.match(self.text, start)
        if match is not None:
            self.at = match.end()
            return self.range(field, match[1], match[2], start)
        while self.at < len(self.text) and not (self.text[self.at].isspace() or self.text[self.at] in '")'):
            self.at += 1
            if self.text[start : self.at] in {">", "<", ">=", "<="}:
                self.peek()
        return self.one_date(field, self.text[start : self.at], start)

    def one_date(self, field: str, text: str, start: int) -> Node:
        """A range or a single date, written without spaces inside."""
        compact = "".join(text.split())
        if compact[:1] in {">", "<"}:
            bound = compact.lstrip("<>=")
            day = _checked(field, bound, start)
            if "=" not in compact[:2]:
                return _beyond(field, day, compact[0])
            return Range(field, day, None) if compact[0] == ">" else Range(field, None, day)
        low, dots, high = compact.partition("..")
        if dots:
            return self.range(field, low, high, start)
        day = _checked(field, compact, start)
        return Range(field, day, day)

    def range(self, field: str, low: str, high: str, start: int) -> Node:
        """A range between two dates, either of them open as «*» or nothing."""
        first = None if low in {"", "*"} else _checked(field, low, start)
        last = None if high in {"", "*"} else _checked(field, high, start)
        if first is not None and last is not None and days_of(first)[0] > days_of(last)[1]:
            raise QueryError(
                said("«%(low)s» is later than «%(high)s»; swap them.", low=low, high=high), position=start
            )
        return Range(field, first, last)


def _beyond(field: str, day: str, sign: str) -> Node:
    """Later or earlier than the whole of a date: the range without it."""
    included = Range(field, day, None) if sign == ">" else Range(field, None, day)
    return And((included, Not(Range(field, day, day))))


def _checked(field: str, text: str, position: int) -> str:
    try:
        days_of(text)
    except ValueError:
        example = "2019" if field == "year" else "2019, 2019-03 or 2019-03-01"
        raise QueryError(
            said(
                "«%(text)s» is not a date; write %(field)s:%(example)s.",
                text=text[:40],
                field=field,
                example=example,
            ),
            position=position,
        ) from None
    return text


def _joined(kind: type[And] | type[Or], parts: list[Node]) -> Node | None:
    """The parts as one node, without needless nesting and repetition."""
    flat: dict[Node, None] = {}
    for part in parts:
        flat.update(dict.fromkeys(part.parts if isinstance(part, kind) else (part,)))
    if len(flat) > 1:
        return kind(tuple(flat))
    return next(iter(flat), None)
