"""The people and organisations of the catalogue that have an ORCID or a ROR, as the facets of the index tell.

The facets count names; who stands behind a name, of namesakes each, is told by the URIs beside it.  Of
each how many records name the identifier is asked of the index, and kept while it stays the same.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from flask import current_app

from catalogue.errors import NotFound
from catalogue.index import Listed as Values
from catalogue.index import Listing, Query
from catalogue.kept_counts import Kept
from web.agents import normal
from web.context import catalogue

FACETS = {"orcid": "creator", "ror": "publisher"}
"""The scheme of an identifier, and the facet whose values bear such."""

ENOUGH = 50
"""People on a page; somewhat more, or fewer, as names come in parts of `AT_ONCE`."""

AT_ONCE = 100
MOST_PARTS = 5
"""So many parts are looked through for one page: most names may have no identifier."""

MOST_AT_ONCE = 200
"""Of a part whose names more people bear fewer names are taken: each person costs a search."""

LONGEST_FILTER = 200
_KEPT_COUNTS = 50_000
_EXTENSION = "almagest-agents"


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """Somebody in a list: the name that most records say, the identifier, how many records name it."""

    name: str
    value: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page of a list: those with an identifier among the next ``names`` names; ``cursor`` leads on.

    ``complete`` is false where there are more names than an index counts: the list ends before them.
    """

    found: tuple[Listed, ...]
    names: int
    cursor: str | None
    complete: bool


def listed(scheme: str, contains: str = "", cursor: str | None = None) -> Page:
    """Those whose names contain all words, most records first; raises `QueryError`, `IndexUnavailable` …"""
    known, names, complete = dict[str, str](), 0, True
    for _ in range(MOST_PARTS):
        part, people = _part(scheme, contains, cursor)
        names += len(part.values)
        complete = complete and part.complete
        known |= {value: name for value, name in people.items() if value not in known}
        cursor = part.cursor
        if cursor is None or len(known) >= ENOUGH:
            break
    counts = _records(known)
    found = [Listed(name=known[value], value=value, count=count) for value, count in counts.items() if count]
    found.sort(key=lambda one: -one.count)
    return Page(found=tuple(found), names=names, cursor=cursor, complete=complete)


def _part(scheme: str, contains: str, cursor: str | None) -> tuple[Values, dict[str, str]]:
    """The next names, fewer where too many bear them, and each identifier behind them → its name."""
    size = AT_ONCE
    while True:
        listing = Listing(facet=FACETS[scheme], contains=contains, size=size, cursor=cursor, written=True)
        part = catalogue().values(Query(), listing)
        people: dict[str, str] = {}
        for one in part.values:
            for name, uri in part.written.get(one.value, ()):
                if uri is not None and (value := _identifier(scheme, uri)) is not None:
                    people.setdefault(value, name)
        if len(people) <= MOST_AT_ONCE or size == 1:
            return part, people
        size = max(1, min(size, len(part.values)) * MOST_AT_ONCE // len(people))


def _identifier(scheme: str, uri: str) -> str | None:
    """The identifier in a URI of this scheme, if there is a page of it."""
    base = f"https://{scheme}.org/"
    try:
        return normal(scheme, uri.removeprefix(base)) if uri.startswith(base) else None
    except NotFound:
        return None


def _records(known: Iterable[str]) -> dict[str, int]:
    """How many records name each identifier, as its own page counts; 0 where they are gone since."""
    kept: Kept[tuple[int, str], int] = current_app.extensions.setdefault(_EXTENSION, Kept(_KEPT_COUNTS))
    index = catalogue().index
    position = index.position()
    counts: dict[str, int] = {}
    for value in known:
        total = kept.get((position, value))
        if total is None:
            total = index.search(Query(words=f'identifier:"{value}"', size=1, counts=())).total
            kept.put((position, value), total)
        counts[value] = total
    return counts
