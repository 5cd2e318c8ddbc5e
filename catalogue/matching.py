"""Whether one document answers a query: slow, obviously right, and without any engine.

The contract tests hold both engines to it, and curated OAI-PMH sets use it record by record.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable

from catalogue.conditions import All_, Always, Any_, Begins, Between, Condition, Exact, Key, Stem
from catalogue.index import Query
from catalogue.index_document import FIELDS, Document
from catalogue.search_plan import plan_of


def matcher(query: Query) -> Callable[[Document], bool]:
    """A test for documents; raises `QueryError` for what cannot be understood.

    Sort, size, cursor and counts of the query play no part.
    """
    condition = plan_of(query).condition()
    return lambda document: holds(condition, document)


def matches(query: Query, document: Document) -> bool:
    """Whether the document answers the query; raises `QueryError`."""
    return matcher(query)(document)


def holds(condition: Condition, document: Document) -> bool:
    """Whether the condition holds for the document."""
    match condition:
        case Always():
            return True
        case Any_(parts):
            return any(holds(part, document) for part in parts)
        case All_(parts, excluded):
            return all(holds(part, document) for part in parts) and not any(
                holds(part, document) for part in excluded
            )
        case Stem(field, stems):
            return not set(stems).isdisjoint(_words(document, field))
        case Exact(field, found):
            return _contains(_words(document, field), found)
        case Key(field, values):
            return not set(values).isdisjoint(_values(document, field))
        case Begins(field, prefix):
            held: Iterable[str] = (
                _values(document, field) if FIELDS[field] == "keys" else _words(document, field)
            )
            return any(value.startswith(prefix) for value in held)
        case Between(field, low, high):
            return field in document and low <= document[field] <= high


def _words(document: Document, field: str) -> tuple[str, ...]:
    return _cut(document.get(field, ""))


@functools.lru_cache(maxsize=10_000)
def _cut(text: str) -> tuple[str, ...]:
    return tuple(text.split())


def _values(document: Document, field: str) -> list[str]:
    value = document.get(field, [])
    return [value] if isinstance(value, str) else list(value)


def _contains(found: tuple[str, ...], phrase: tuple[str, ...]) -> bool:
    last = len(found) - len(phrase)
    return any(found[at : at + len(phrase)] == phrase for at in range(last + 1))
