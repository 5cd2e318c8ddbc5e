"""The words of a query as other services understand them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from catalogue.errors import SourceProtocolError
from catalogue.query_language import And, Everything, Node, Not, Or, Phrase, Prefix, Range, Word, parse

_SPECIAL = re.compile(r'([+\-=&|><!(){}\[\]^"~*?:\\/])')
_QUOTED = re.compile(r'(["\\])')
_NOT_PLAIN = "Of the words only the plain ones were asked for; fields, alternatives and exclusions were not."


@dataclass(frozen=True, slots=True, kw_only=True)
class Plain:
    """Words for a service that knows nothing but words; ``told`` says what could not be asked."""

    words: tuple[str, ...]
    told: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The words as one text."""
        return " ".join(self.words)


def plain(text: str) -> Plain:
    """The words that all records must have.

    Raises `QueryError`, and `SourceProtocolError` where the query has others only.
    """
    node = parse(text)
    if isinstance(node, Everything):
        return Plain(words=())
    parts = node.parts if isinstance(node, And) else (node,)
    words = [part.text for part in parts if isinstance(part, Word | Phrase) and part.field is None]
    if not words:
        raise SourceProtocolError("It can be asked for plain words only, and there are none.")
    told = () if len(words) == len(parts) else (_NOT_PLAIN,)
    return Plain(words=tuple(" ".join(word.split()) for word in words), told=told)


class CannotSay(Exception):
    """A part of a query that another language has no words for."""


def lucene(text: str, fields: dict[str, str]) -> tuple[str, tuple[str, ...]]:
    """A query in the query-string syntax of Lucene and Elasticsearch, and what could not be asked.

    ``fields`` maps ours to theirs.  Raises `QueryError`.
    """
    node = parse(text)
    if isinstance(node, Everything):
        return "", ()
    parts = node.parts if isinstance(node, And) else (node,)
    said: list[str] = []
    told: tuple[str, ...] = ()
    for part in parts:
        try:
            said.append(_lucene(part, fields))
        except CannotSay as cannot:
            told = (f"It was not asked for {cannot}.",)
    if not said:
        raise SourceProtocolError("It can be asked for nothing of these words.")
    return " AND ".join(said), told


def _lucene(node: Node, fields: dict[str, str]) -> str:
    match node:
        case Word(text, field):
            return _named(field, fields) + _escaped(text)
        case Phrase(text, field):
            quoted = _QUOTED.sub(r"\\\1", " ".join(text.split()))
            return f'{_named(field, fields)}"{quoted}"'
        case Prefix(text, field):
            return f"{_named(field, fields)}{_escaped(text)}*"
        case Range(field, low, high):
            return f"{_named(field, fields)}[{_escaped(low or '') or '*'} TO {_escaped(high or '') or '*'}]"
        case Not(part):
            return f"(NOT {_lucene(part, fields)})"
        case And(parts):
            return "(" + " AND ".join(_lucene(part, fields) for part in parts) + ")"
        case Or(parts):
            return "(" + " OR ".join(_lucene(part, fields) for part in parts) + ")"
    raise CannotSay("sky, time, energy and parameters within the words")


def _named(field: str | None, fields: dict[str, str]) -> str:
    if field is None:
        return ""
    if field not in fields:
        raise CannotSay(f"the field «{field}»")
    return f"{fields[field]}:"


def _escaped(text: str) -> str:
    """One term of the syntax, whatever it holds; words that are operators become small."""
    text = " ".join(text.split())
    text = text.lower() if text in {"AND", "OR", "NOT", "TO"} else text
    return _SPECIAL.sub(r"\\\1", text).replace(" ", r"\ ")
