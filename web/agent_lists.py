"""The people and organisations of the catalogue that have an ORCID or a ROR, as the facets of the index tell.

The facets count names; who stands behind a name is told by its URI.  Of each how many records name the
identifier is asked of the index, and kept while it stays the same.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app

from catalogue.index import Count, Listing, Query
from catalogue.kept_counts import Kept
from web.context import catalogue

FACETS = {"orcid": "creator", "ror": "publisher"}
"""The scheme of an identifier, and the facet whose values bear such."""

ENOUGH = 50
"""People on a page; somewhat more, or fewer, as names come in parts of `AT_ONCE`."""

AT_ONCE = 100
MOST_PARTS = 5
"""So many parts are looked through for one page: most names may have no identifier."""

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
    """A page of a list: those with an identifier among the next ``names`` names; ``cursor`` leads on."""

    found: tuple[Listed, ...]
    names: int
    cursor: str | None


def listed(scheme: str, contains: str = "", cursor: str | None = None) -> Page:
    """Those whose names contain all words, most records first; raises `QueryError`, `IndexUnavailable` …"""
    base, known, names = f"https://{scheme}.org/", dict[str, Count](), 0
    for _ in range(MOST_PARTS):
        listing = Listing(facet=FACETS[scheme], contains=contains, size=AT_ONCE, cursor=cursor)
        part = catalogue().values(Query(), listing)
        names += len(part.values)
        for one in part.values:
            if one.uri is not None and one.uri.startswith(base):
                known.setdefault(one.uri.removeprefix(base), one)
        cursor = part.cursor
        if cursor is None or len(known) >= ENOUGH:
            break
    found = [
        Listed(name=one.label, value=value, count=_records(value) or one.count)
        for value, one in known.items()
    ]
    found.sort(key=lambda one: -one.count)
    return Page(found=tuple(found), names=names, cursor=cursor)


def _records(value: str) -> int:
    """How many records name an identifier: as many as its own page counts."""
    kept: Kept[tuple[int, str], int] = current_app.extensions.setdefault(_EXTENSION, Kept(_KEPT_COUNTS))
    index = catalogue().index
    key = index.position(), value
    total = kept.get(key)
    if total is None:
        total = index.search(Query(words=f'identifier:"{value}"', size=1, counts=())).total
        kept.put(key, total)
    return total
