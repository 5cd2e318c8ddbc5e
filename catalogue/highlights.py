"""Where the words of a query stand in a text, in any of their inflections."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable, Iterator

from catalogue.errors import QueryError
from catalogue.query_language import And, Node, Or, Phrase, Prefix, Word, parse
from catalogue.text import FUNCTION_WORDS, fold, forms, other_forms, without_article, words

Segments = list[tuple[str, bool]]
"""A text in pieces, each with whether it is what was looked for."""

LONGEST_TEXT = 5000
"""Characters of a text in which words are looked for."""

_TOKEN = re.compile(r"[^\W_]+(?:[-'’][^\W_]+)*")
_TEXT_FIELDS = frozenset({None, "title", "description", "subject"})


class Highlights:
    """The words of one query; a query that is none has none."""

    def __init__(self, query: str) -> None:
        self._forms: set[str] = set()
        self._beginnings: tuple[str, ...] = ()
        self._wanted = _Told(self._is_wanted)
        try:
            self._take(parse(query))
        except QueryError:
            return

    def _take(self, node: Node) -> None:
        match node:
            case Word(text, field) | Phrase(text, field) if field in _TEXT_FIELDS:
                if isinstance(node, Word):
                    text = without_article(text)
                    self._forms.update(other_forms(text))
                for word in words(text):
                    if word not in FUNCTION_WORDS:
                        self._forms.update(forms(word))
            case Prefix(text, field) if field in _TEXT_FIELDS:
                self._beginnings += (fold(text),)
            case And(parts) | Or(parts):
                for part in parts:
                    self._take(part)

    def marked(self, text: str) -> Segments:
        """The text in pieces; together they are the text."""
        return _pieces(text, 0, len(text), self._tokens(text, 0, LONGEST_TEXT))

    def snippet(self, text: str, length: int) -> Segments:
        """A part of the text with the first word that is found, in pieces; else its beginning."""
        start, end = self.window(text, length)
        found = _pieces(text, start, end, self._tokens(text, start, min(end, LONGEST_TEXT)))
        before: Segments = [("… ", False)] if start else []
        after: Segments = [("…", False)] if end < len(text.rstrip()) else []
        return [*before, *found, *after]

    def window(self, text: str, length: int) -> tuple[int, int]:
        """Where a part of the text that holds the first word that is found begins and ends."""
        start = 0
        if len(text) > length:
            first = next(self._tokens(text, 0, LONGEST_TEXT), None)
            if first is not None and first.end() > length:
                start = text.rfind(" ", 0, max(0, first.start() - length // 4)) + 1
        part = text[start : start + length]
        if start + length < len(text):
            part = part[: part.rfind(" ") + 1].rstrip() or part
        return start, start + len(part)

    def _tokens(self, text: str, start: int, end: int) -> Iterator[re.Match[str]]:
        if not self._forms and not self._beginnings:
            return iter(())
        wanted = self._wanted
        return (token for token in _TOKEN.finditer(text, start, end) if wanted[token[0]])

    def _is_wanted(self, token: str) -> bool:
        return not self._forms.isdisjoint(_forms_of(token)) or (
            bool(self._beginnings) and fold(token).startswith(self._beginnings)
        )


class _Told(dict[str, bool]):
    """What is said of each token, asked once."""

    def __init__(self, ask: Callable[[str], bool]) -> None:
        super().__init__()
        self._ask = ask

    def __missing__(self, token: str) -> bool:
        self[token] = said = self._ask(token)
        return said


def _pieces(text: str, start: int, end: int, tokens: Iterable[re.Match[str]]) -> Segments:
    """A part of a text, cut at the tokens that are in it."""
    found: Segments = []
    at = start
    for token in tokens:
        if token.start() > at:
            found.append((text[at : token.start()], False))
        found.append((token[0], True))
        at = token.end()
    return [*found, (text[at:end], False)] if at < end else found


@functools.lru_cache(maxsize=20_000)
def _forms_of(token: str) -> frozenset[str]:
    """The stems of what stands together, and of its parts."""
    return frozenset(form for word in words(token) for form in forms(word))
