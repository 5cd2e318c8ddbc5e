"""CQL, the query language of SRU (OASIS searchRetrieve 1.0, part 5), read into our own query language.

::

    dark and matter                      words anywhere
    dc.title = "dark matter"             in one index; a phrase stands in quotation marks
    dc.creator any "okafor rossi"        one of the words; «all»: all of them
    dc.date within "2015 2020-06"        a range; < <= > >= likewise
    (a or b) not c sortBy dc.date/sort.descending

What is not CQL, or is not supported, is a `CqlError` with the number of SRU's diagnostic.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from catalogue import query_language as language
from catalogue.cql_clauses import INDEXES, SETS, Clause, CqlError, Relation, indexed_as, node_of
from catalogue.errors import QueryError
from catalogue.query_language import And, Everything, Node, Not, Or

LONGEST = 4000
"""Characters of a query."""
MOST_CLAUSES = 60
DEEPEST = 40
"""Brackets in brackets."""

_TOKEN = re.compile(r'\s*(?:("(?:[^"\\]|\\.)*")|(<=|>=|<>|==|[=<>()/])|([^\s()=<>"/]+))', re.DOTALL)
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_BOOLEANS = frozenset({"and", "or", "not", "prox"})
_RESERVED = _BOOLEANS | {"sortby"}
_SYMBOLS = frozenset({"=", "==", "<>", "<", "<=", ">", ">="})
_SORTS = {("title", False): "title", ("published", False): "oldest", ("published", True): "newest"}
_DIRECTIONS = {"ascending": False, "descending": True}


@dataclass(frozen=True, slots=True, kw_only=True)
class CqlQuery:
    """A query in our own language, and the order it asks for (one of `index.SORTS`)."""

    node: Node
    sort: str = "relevance"

    @property
    def words(self) -> str:
        """The query as `Query.words` has it."""
        return language.write(self.node)


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    at: int
    kind: str

    @property
    def word(self) -> str:
        """What it is when it stands without quotation marks, in lower case."""
        return self.text.lower() if self.kind == "name" else ""


def parse_cql(text: str) -> CqlQuery:
    """The query in our own language; raises `CqlError`."""
    if len(text) > LONGEST:
        raise CqlError(12, f"The query has {len(text)} characters, the limit is {LONGEST}.", str(LONGEST))
    parser = _Parser(_tokens(_CONTROL.sub(" ", text)))
    found = CqlQuery(node=parser.query(dict(SETS)), sort=parser.sort())
    parser.end()
    try:
        language.parse(found.words)
    except QueryError as error:
        raise CqlError(48, str(error)) from None
    return found


def _tokens(text: str) -> list[_Token]:
    found: list[_Token] = []
    at = 0
    while text[at:].strip():
        match = _TOKEN.match(text, at)
        if match is None:
            # Only a quotation mark that nothing closes is no token.
            at = text.index('"', at)
            raise CqlError(14, f"The quotation mark at character {at + 1} is not closed.", str(at))
        kind = ("quoted", "symbol", "name")[(match.lastindex or 1) - 1]
        part = match[match.lastindex or 0]
        found.append(
            _Token(part[1:-1] if kind == "quoted" else part, match.start(match.lastindex or 0), kind)
        )
        at = match.end()
    return found


class _Parser:
    """Recursive descent over the tokens; `at` is the next one."""

    def __init__(self, tokens: list[_Token]) -> None:
        self.tokens = tokens
        self.at = 0
        self.depth = 0
        self.clauses = 0

    def peek(self) -> _Token | None:
        """The next token, or ``None`` at the end."""
        return self.tokens[self.at] if self.at < len(self.tokens) else None

    def is_next(self, symbol: str) -> bool:
        """Whether this symbol comes next; it is then passed over."""
        token = self.peek()
        found = token is not None and token.kind == "symbol" and token.text == symbol
        self.at += found
        return found

    def next_text(self, wanted: str) -> _Token:
        """The next token, a name or what stands in quotation marks; it may be a reserved word (BNF, term)."""
        token = self.peek()
        if token is None:
            raise CqlError(10, f"The query ends where {wanted} should follow.")
        if token.kind == "symbol":
            number = 13 if token.text in "()" else 10
            reason = f"At character {token.at + 1} stands «{token.text}» where {wanted} should stand"
            raise CqlError(
                number, f"{reason}; what is meant as a word goes into quotation marks.", str(token.at)
            )
        self.at += 1
        return token

    def query(self, sets: Mapping[str, str]) -> Node:
        """Clauses joined by booleans, from left to right."""
        sets = self.prefixes(sets)
        found = self.clause(sets)
        while (token := self.peek()) is not None and token.word in _BOOLEANS:
            self.at += 1
            self.check_boolean(token)
            following = self.clause(sets)
            found = _combined(token.word, found, following)
        return found

    def check_boolean(self, token: _Token) -> None:
        """Refuse proximity, and modifiers of booleans."""
        if token.word == "prox":
            raise CqlError(
                39, "Proximity is not supported; write the words as a phrase, or join them by «and»."
            )
        if self.is_next("/"):
            modifier = self.next_text("a modifier").text
            raise CqlError(46, f"The boolean modifier «{modifier[:40]}» is not supported.", modifier[:40])

    def prefixes(self, sets: Mapping[str, str]) -> Mapping[str, str]:
        """Assignments ``> dc = "info:…"`` that stand before a query: names of context sets."""
        while self.is_next(">"):
            name = self.next_text("the name of a context set").text
            uri = self.next_text("the URI of a context set").text if self.is_next("=") else ""
            known = next((own for own, uris in INDEXES.items() if (uri or name) in uris.identifiers), None)
            if known is None:
                given = (uri or name)[:100]
                raise CqlError(15, f"The context set «{given}» is not known; {_known_sets()}.", given)
            sets = {**sets, (name.lower() if uri else ""): known}
        return sets

    def clause(self, sets: Mapping[str, str]) -> Node:
        """A query in brackets, or a term with or without index and relation."""
        self.clauses += 1
        if self.clauses > MOST_CLAUSES:
            raise CqlError(38, f"The query has more than {MOST_CLAUSES} clauses.", str(MOST_CLAUSES - 1))
        token = self.peek()
        if self.is_next("("):
            return self.group(sets, token.at if token else 0)
        first = self.next_text("an index or a term")
        relation = self.relation(first)
        if relation is None:
            return node_of(Clause(name="", field=None, relation=Relation(name="="), term=first.text))
        name, field = indexed_as(first.text, sets)
        return node_of(Clause(name=name, field=field, relation=relation, term=self.next_text("a term").text))

    def group(self, sets: Mapping[str, str], at: int) -> Node:
        """What stands in brackets, the first of which is passed."""
        self.depth += 1
        if self.depth > DEEPEST:
            raise CqlError(13, f"Brackets may be nested {DEEPEST} deep.", str(at))
        found = self.query(sets)
        if not self.is_next(")"):
            token = self.peek()
            if token is not None:
                self.end()
            raise CqlError(13, f"The bracket at character {at + 1} is not closed.", str(at))
        self.depth -= 1
        return found

    def relation(self, first: _Token) -> Relation | None:
        """The relation that follows an index, with its modifiers; ``None`` after a term that stands alone."""
        token = self.peek()
        if token is None or token.word in _RESERVED or (token.text in "()" and token.kind == "symbol"):
            return None
        if token.kind == "quoted" or token.text == "/":
            raise self.no_relation(first, token)
        if token.kind == "name" and self.at + 1 >= len(self.tokens):
            raise self.no_relation(first, token)
        self.at += 1
        modifiers = []
        while self.is_next("/"):
            modifiers.append(self.next_text("a modifier").text.lower())
            if (following := self.peek()) is not None and following.text in _SYMBOLS:
                self.at += 1
                self.next_text("the value of a modifier")
        return Relation(name=token.text.lower().removeprefix("cql."), modifiers=tuple(modifiers))

    def no_relation(self, first: _Token, token: _Token) -> CqlError:
        """Two words side by side."""
        both = f"{first.text[:40]} {token.text[:40]}"
        reason = f"No relation stands between «{first.text[:40]}» and «{token.text[:40]}»"
        return CqlError(10, f'{reason}; write "{both}" in quotation marks, or join them by «and».')

    def sort(self) -> str:
        """The order that «sortBy» asks for."""
        token = self.peek()
        if token is None or token.word != "sortby":
            return "relevance"
        self.at += 1
        keys = []
        while self.peek() is not None:
            name, field = indexed_as(self.next_text("an index to sort by").text, SETS)
            keys.append((field, self.direction(name)))
        if len(keys) != 1:
            raise CqlError(84, "Sorting is by one index.", "1")
        if keys[0] not in _SORTS:
            raise CqlError(80, "Sorting is by dc.date, ascending or descending, or by dc.title ascending.")
        return _SORTS[keys[0]]

    def direction(self, name: str) -> bool:
        """Whether the modifiers of a sort index ask for the largest first."""
        descending = False
        while self.is_next("/"):
            modifier = self.next_text("a modifier").text.lower().removeprefix("sort.")
            if modifier not in _DIRECTIONS:
                reason = f"The sort modifier «{modifier[:40]}» of {name} is not supported"
                raise CqlError(80, f"{reason}; there are sort.ascending and sort.descending.")
            descending = _DIRECTIONS[modifier]
        return descending

    def end(self) -> None:
        """Raises `CqlError` where something is left."""
        token = self.peek()
        if token is not None:
            number = 13 if token.kind == "symbol" and token.text in "()" else 10
            reason = f"«{token.text[:40]}» at character {token.at + 1} is not expected there"
            raise CqlError(number, f"{reason}; join clauses by and, or, not.", str(token.at))


def _combined(boolean: str, one: Node, other: Node) -> Node:
    if boolean == "not":
        if isinstance(other, Everything):
            raise CqlError(48, "Leaving out all records leaves none; drop «not cql.allRecords».")
        return _joined(And, one, other.part if isinstance(other, Not) else Not(other))
    if boolean == "or":
        return Everything() if Everything() in (one, other) else _joined(Or, one, other)
    wanted = [part for part in (one, other) if not isinstance(part, Everything)]
    return _joined(And, *wanted) if wanted else Everything()


def _joined(kind: type[And] | type[Or], *nodes: Node) -> Node:
    """Nodes as one, without needless nesting and repetition."""
    flat: dict[Node, None] = {}
    for node in nodes:
        if kind is And and isinstance(node, Everything):
            continue
        flat.update(dict.fromkeys(node.parts if isinstance(node, kind) else (node,)))
    return kind(tuple(flat)) if len(flat) > 1 else next(iter(flat))


def _known_sets() -> str:
    return "known are " + ", ".join(f"{name} ({one.identifiers[0]})" for name, one in INDEXES.items())
