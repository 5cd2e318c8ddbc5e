"""A SPARQL text looked at before any engine sees it: what it asks for, and that it only reads.

The engine's own parser has the last word on the grammar.  Here is decided what no engine may be handed:
updates, calls of other endpoints (SERVICE), code of the engine's own language, and what is so long or so
deep that parsers die of it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from dataclasses import dataclass

from catalogue.errors import QueryError
from catalogue.said import Figures, said
from catalogue.sparql_tokens import Token, fault, tokens, unescaped

LONGEST = 100_000
"""Characters of a query."""

DEEPEST = 100
"""Levels of brackets of all kinds within each other."""

MOST_PARTS = 2000
"""Triples, operators, groups and filters: parsers and planners go one call deeper for each of a row."""

FORMS = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")

RESULTS = (
    "application/sparql-results+json",
    "application/sparql-results+xml",
    "text/csv",
    "text/tab-separated-values",
)
"""What SELECT is answered in, the preferred one first."""

TRUTHS = RESULTS[:2]
"""What ASK is answered in: CSV and TSV know no yes or no (SPARQL 1.1 Query Results CSV and TSV Formats)."""

GRAPHS = (
    "text/turtle",
    "application/n-triples",
    "application/rdf+xml",
    "application/ld+json",
    "application/n-quads",
    "application/trig",
)
"""What CONSTRUCT and DESCRIBE are answered in."""

_UPDATES = ("INSERT", "DELETE", "LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY", "WITH")
_OPENS, _CLOSES = "{([", "})]"
_BEFORE_A_NAME_WITH_BRACE = ("GRAPH", "FROM", "NAMED", "DESCRIBE")
_JOINING = frozenset(".;|/^!&=<>+-*")
_KEYWORDS = ("OPTIONAL", "UNION", "MINUS", "FILTER", "BIND", "GRAPH", "VALUES", "SELECT", "EXISTS")
_CHANGING = ("NOW", "RAND", "UUID", "STRUUID", "BNODE")
_CODE = re.compile(r"<\s*(java|js|bif|sql):", re.IGNORECASE)
"""Names of functions that are code of the server: of Jena the first two, of Virtuoso the others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SparqlText:
    """A query that only reads.

    ``form`` is one of `FORMS`, ``media_types`` are those in which it can be answered, the preferred one
    first.  ``steady`` says that the same graph gives the same answer at any time.  ``prefixes`` are
    those that it declares, as they are written.
    """

    text: str
    form: str
    media_types: tuple[str, ...]
    steady: bool
    prefixes: tuple[tuple[str, str], ...]


def read_sparql(text: str) -> SparqlText:
    """Look at a query; raises `QueryError` with the place of what is refused."""
    if len(text) > LONGEST:
        raise QueryError(
            said(
                "The query has %(count)s characters; at most %(most)s are taken.",
                count=len(text),
                most=LONGEST,
            ),
            parameter="query",
        )
    text, found = _signs(text)
    _check_depth(text, found)
    _check_parts(text, found)
    _check_words(text, found)
    form, prefixes = _form(text, found), _prefixes(found)
    _check_names(text, found, {prefix for prefix, _ in prefixes})
    return SparqlText(
        text=text,
        form=form,
        media_types=media_types(form),
        steady=not any(token.is_word(*_CHANGING) for token in found),
        prefixes=tuple(prefixes),
    )


def media_types(form: str) -> tuple[str, ...]:
    """The media types in which a form of query can be answered."""
    return {"SELECT": RESULTS, "ASK": TRUTHS}.get(form, GRAPHS)


def _signs(text: str) -> tuple[str, list[Token]]:
    r"""The text to hand on, and its signs.

    Codepoint escapes are replaced before anything else is read (section 19.2), yet engines leave them to
    strings and IRIs.  So they are replaced here where they stand elsewhere, and refused in strings and
    IRIs where they would end them.
    """
    plain = unescaped(text)
    if plain == text:
        return text, list(tokens(text))
    if unescaped(plain) != plain:
        raise QueryError(
            said("A codepoint escape (\\u…) makes up another one; write the character itself."),
            parameter="query",
        )
    try:
        written = list(tokens(text))
    except QueryError:
        return plain, list(tokens(plain))
    read = list(tokens(plain))
    for one, other in zip(written, read, strict=False):
        if one.kind != other.kind or unescaped(one.text) != other.text:
            message = said(
                "A codepoint escape (\\u…) ends what it stands in; write a backslash and the character"
            )
            raise fault(message, text, one.position)
    if len(written) != len(read):
        raise QueryError(said("A codepoint escape (\\u…) hides a part of the query."), parameter="query")
    _check_words(plain, read)
    return text, written


def _check_depth(text: str, found: Sequence[Token]) -> None:
    """Refuse brackets that are too deep or do not close."""
    opened: list[Token] = []
    for token in found:
        if token.kind != "sign":
            continue
        if token.text in _OPENS:
            opened.append(token)
            if len(opened) > DEEPEST:
                message = said("Brackets stand within each other %(most)s deep at most", most=DEEPEST)
                raise fault(message, text, token.position)
        elif token.text in _CLOSES:
            if not opened or _OPENS.index(opened[-1].text) != _CLOSES.index(token.text):
                message = said("«%(sign)s» closes what is not open", sign=token.text)
                raise fault(message, text, token.position)
            opened.pop()
    if opened:
        raise fault(said("«%(sign)s» is not closed", sign=opened[-1].text), text, opened[-1].position)


def _check_parts(text: str, found: Sequence[Token]) -> None:
    """Refuse rows of parts that are too long; lists of values may be as long as the text."""
    parts = [
        token
        for token in found
        if (token.kind == "sign" and token.text in _JOINING) or token.is_word(*_KEYWORDS)
    ]
    if len(parts) > MOST_PARTS:
        message = said(
            "A query may have %(most)s triples, operators and groups, this one has %(count)s; "
            "put many alternatives into VALUES",
            most=Figures(f"{MOST_PARTS:,}"),
            count=Figures(f"{len(parts):,}"),
        )
        raise fault(message, text, parts[MOST_PARTS].position)


def _check_words(text: str, found: Sequence[Token]) -> None:
    """Refuse SERVICE, updates, and functions of the engine's own programming language."""
    for number, token in enumerate(found):
        if (token.kind == "word" and "SERVICE" in token.text.upper()) or _hides_service(found, number):
            message = said("Other endpoints are not asked from here (SERVICE); ask both and join the answers")
            raise fault(message, text, token.position)
        if token.is_word(*_UPDATES):
            message = said(
                "Nothing can be changed here (%(word)s); ask with SELECT, ASK, CONSTRUCT …",
                word=token.text.upper(),
            )
            raise fault(message, text, token.position)
        if token.kind == "iri" and (found_in := _CODE.match(unescaped(token.text))):
            message = said("Code of the server is not called (%(scheme)s:)", scheme=found_in[1].lower())
            raise fault(message, text, token.position)


def _hides_service(found: Sequence[Token], number: int) -> bool:
    """Whether a parser that does not look for the end of words reads this name as SERVICE and a name.

    ``SERVICE:x {`` is such a place: no name stands before a brace but behind GRAPH, FROM and DESCRIBE.
    """
    token = found[number]
    if token.kind != "name" or "SERVICE" not in token.text.partition(":")[0].upper():
        return False
    if number + 1 == len(found) or found[number + 1].text != "{":
        return False
    return not (number and found[number - 1].is_word(*_BEFORE_A_NAME_WITH_BRACE))


def _prefixes(found: Sequence[Token]) -> list[tuple[str, str]]:
    return [
        (name.text, iri.text[1:-1])
        for word, name, iri in zip(found, found[1:], found[2:], strict=False)
        if word.is_word("PREFIX") and name.kind == "name" and iri.kind == "iri"
    ]


def _check_names(text: str, found: Sequence[Token], declared: Set[str]) -> None:
    for token in found:
        if token.kind == "name" and f"{token.text.partition(':')[0]}:" not in declared:
            prefix = token.text.partition(":")[0]
            message = said("The prefix «%(prefix)s:» is not declared; add a PREFIX line", prefix=prefix)
            raise fault(message, text, token.position)


def _form(text: str, found: Sequence[Token]) -> str:
    """The first word behind BASE and PREFIX (section 4.1)."""
    number = 0
    while number < len(found):
        token = found[number]
        if token.is_word("BASE"):
            number += 2
        elif token.is_word("PREFIX"):
            number += 3
        elif token.is_word(*FORMS):
            return token.text.upper()
        else:
            raise fault(said("SELECT, ASK, CONSTRUCT or DESCRIBE is expected here"), text, token.position)
    raise fault(said("There is no SELECT, ASK, CONSTRUCT or DESCRIBE in the query"), text, len(text))


_AT = re.compile(r"\bat (?:line )?(\d+)(?::|, column )(\d+)|\bline (\d+), column (\d+)", re.IGNORECASE)
_EXPECTED = re.compile(r"expected (?:one of )?(.*)", re.DOTALL)
_SIGN = re.compile(r'"((?:[^"\\]|\\.)+)"|\b([A-Z_]{2,})\b')
_MOST_EXPECTED = 8


def located(error: QueryError, text: str) -> QueryError:
    """What an engine's parser says of a text, in few words and with the place if it tells one.

    Oxigraph says «error at LINE:COLUMN: expected …», Jena «… at line LINE, column COLUMN».
    """
    told = str(error)
    found = _AT.search(told)
    if error.position is not None or found is None:
        return error
    line, column = (int(one) for one in found.groups() if one is not None)
    starts = [0, *(match.end() for match in re.finditer("\n", text))]
    position = min(starts[min(line, len(starts)) - 1] + max(column - 1, 0), len(text))
    return fault(_in_few_words(told), text, position)


def _in_few_words(told: str) -> str:
    for words, plain in _PLAINLY.items():
        if words in told:
            return plain
    expected = _EXPECTED.search(told)
    signs = [one or other for one, other in _SIGN.findall(expected[1])] if expected else []
    if not signs:
        return said("The grammar of SPARQL has no place for what stands here")
    signs = sorted(dict.fromkeys(signs), key=lambda sign: (not sign.isalpha(), sign))
    others = ", …" if len(signs) > _MOST_EXPECTED else ""
    return said(
        "What stands here does not fit; it could be %(signs)s",
        signs=", ".join(signs[:_MOST_EXPECTED]) + others,
    )


_PLAINLY = {
    "Duplicated variable name": said("A variable is named twice behind SELECT"),
}
