"""The signs of which a SPARQL text is made (SPARQL 1.1 Query Language, sections 19.2 to 19.8).

It only tells words, strings, IRIs, names and comments apart; whether they stand in an order that makes
sense is for the engine's own parser.  What is read here in one way and by an engine in another would
let a word hide from us; the places where that can be are refused (`_check_sign_of_less`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from catalogue.errors import QueryError
from catalogue.said import said

_BASE = (
    "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c\u200d"
    "\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_WORDLY = f"{_BASE}_0-9\u00b7\u0300-\u036f\u203f\u2040"
_NAME = rf"{_WORDLY}\-"
_ODD = r"%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?#@%]"
_IN_LOCAL = rf"(?:[{_NAME}:]|{_ODD})"
_LOCAL = rf"(?:[{_BASE}_:0-9]|{_ODD}){_IN_LOCAL}*(?:\.+{_IN_LOCAL}+)*"
_DOTTED = rf"[{_NAME}]*(?:\.+[{_NAME}]+)*"
_ESCAPE = r"\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8}"

_PARTS = {
    "space": r"[ \t\r\n]+",
    "comment": r"#[^\r\n]*",
    "iri": rf'<(?:[^<>"{{}}|^`\\\x00-\x20]|{_ESCAPE})*>',
    "string": (
        r"'''(?:'{0,2}(?:[^'\\]|\\.))*'''"
        r'|"""(?:"{0,2}(?:[^"\\]|\\.))*"""'
        r"|(?!''')'(?:[^'\\\r\n]|\\.)*'"
        r'|(?!""")"(?:[^"\\\r\n]|\\.)*"'
    ),
    "variable": rf"[?$][{_BASE}_0-9][{_WORDLY}]*",
    "language": r"@[A-Za-z]+(?:-+[A-Za-z0-9]+)*",
    "blank": rf"_:[{_BASE}_0-9]{_DOTTED}",
    "name": rf"(?:[{_BASE}]{_DOTTED})?:(?:{_LOCAL})?",
    "number": r"[0-9]+(?:\.[0-9]*)?(?:[eE][+-]?[0-9]+)?|\.[0-9]+(?:[eE][+-]?[0-9]+)?",
    "word": r"[A-Za-z][A-Za-z0-9_]*",
    "sign": r"[{}()\[\];,.=!<>&|+\-*/^?~@$]",
}


def _one_of(kinds: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?P<{kind}>{_PARTS[kind]})" for kind in kinds), re.DOTALL)


_TOKEN = _one_of(_PARTS)
_NO_NAME = _one_of(kind for kind in _PARTS if kind != "name")
_RUN = re.compile(rf"[{_NAME}.]*")
_SCHEME = re.compile(r"<[A-Za-z][A-Za-z0-9+.-]*://")
_ENDS_A_VALUE = frozenset({"variable", "string", "language", "number", "iri", "name"})
_CODEPOINT = re.compile(_ESCAPE)


@dataclass(frozen=True, slots=True)
class Token:
    """A sign, its kind (a key of `_PARTS`) and the place at which it begins."""

    kind: str
    text: str
    position: int

    def is_word(self, *words: str) -> bool:
        """Whether it is one of these keywords, in any case."""
        return self.kind == "word" and self.text.upper() in words


def fault(message: str, text: str, position: int) -> QueryError:
    """What is wrong at a place of a text, told with line and column (both from 1)."""
    line, column = place(text, position)
    told = said("%(message)s (line %(line)s, column %(column)s)", message=message, line=line, column=column)
    error = QueryError(told, parameter="query", position=position)
    error.query = text
    return error


def place(text: str, position: int) -> tuple[int, int]:
    """Line and column, both from 1, of a position in a text."""
    before = text[:position]
    return before.count("\n") + 1, position - (before.rfind("\n") + 1) + 1


def tokens(text: str) -> Iterator[Token]:
    """The signs of a text without white space and comments; raises `QueryError` at what is none."""
    position = nameless = 0
    before: list[Token] = []
    while position < len(text):
        found = (_TOKEN if position >= nameless else _NO_NAME).match(text, position)
        if found is None or found.lastgroup is None:
            raise fault(_unknown(text[position]), text, position)
        if found.lastgroup not in {"space", "comment"}:
            token = Token(found.lastgroup, found[0], position)
            if token.kind == "iri":
                _check_sign_of_less(token, before, text)
            yield token
            before = [*before[-1:], token]
        if found.lastgroup == "word" and position >= nameless and (run := _RUN.match(text, position)):
            # No colon follows, so no name begins within this; to look for one at each sign costs the square.
            nameless = run.end()
        position = found.end()


def _unknown(sign: str) -> str:
    if sign in "\"'":
        return said("A string begins here that does not end")
    if sign == "\\":
        return said("A backslash has no place outside of strings and names")
    return said("SPARQL has no use for the sign %(sign)s here", sign=f"U+{ord(sign):04X}")


def _check_sign_of_less(token: Token, before: Sequence[Token], text: str) -> None:
    """Refuse what is an IRI by the longest match, and «less than» to a parser that looks for an operator.

    After a value, ``<?b)SERVICE#>`` may be the one or the other, and ``#`` a part of it or the beginning
    of a comment.  Nothing that goes on with ``scheme://`` can be an expression.
    """
    if not before or not _ends_a_value(before[-1]) or before[0].is_word("PREFIX"):
        return
    if not _SCHEME.match(token.text) and re.search("[#')]", token.text):
        message = said(
            "This may be an IRI or a comparison: put a space behind «<», or name the IRI by a PREFIX"
        )
        raise fault(message, text, token.position)


def _ends_a_value(token: Token) -> bool:
    return token.kind in _ENDS_A_VALUE or token.text in ")]" or token.is_word("TRUE", "FALSE")


def unescaped(text: str) -> str:
    r"""The text with ``\uXXXX`` and ``\UXXXXXXXX`` replaced (section 19.2); raises `QueryError`."""

    def sign(found: re.Match[str]) -> str:
        code = int(found[0][2:], 16)
        if code > 0x10FFFF or 0xD800 <= code <= 0xDFFF:
            message = said("%(escape)s is the number of no character", escape=found[0])
            raise fault(message, text, found.start())
        return chr(code)

    return _CODEPOINT.sub(sign, text)
