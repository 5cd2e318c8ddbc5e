"""What a person may be about to write: titles, people, subjects, instruments and facilities, with counts."""

from __future__ import annotations

from collections.abc import Mapping

from catalogue.errors import QueryError
from catalogue.index import Count, Index, Listing, Query
from catalogue.query_language import SHORTEST_PREFIX
from catalogue.text import BOUNDARY, words

GROUPS: Mapping[str, str] = {
    "people": "creator",
    "subjects": "subject",
    "instruments": "instrument",
    "facilities": "facility",
}
"""Groups beside «titles», and the facets whose values they are."""

MOST_WORDS = 6
_LOOKED_AT = 200


def grouped(index: Index, typed: str, limit: int) -> dict[str, tuple[Count, ...]]:
    """The values of each group all of whose typed words it holds, the last of them as a beginning.

    The most frequent come first; nothing for fewer than `SHORTEST_PREFIX` letters.  Raises what
    `Index.search` raises.
    """
    found = [word for word in words(typed) if word != BOUNDARY]
    groups: dict[str, tuple[Count, ...]] = dict.fromkeys(GROUPS, ())
    if not found or len(found[-1]) < SHORTEST_PREFIX or len(found) > MOST_WORDS:
        return groups
    for group, facet in GROUPS.items():
        query = Query(words=_asking(facet, found), counts=())
        try:
            listed = index.values(query, Listing(facet=facet, contains=found[-1], size=_LOOKED_AT))
        except QueryError:  # Words that are no words of the query language, as of one sign only.
            continue
        fitting = (count for count in listed.values if _fits(found, words(count.value)))
        groups[group] = tuple(fitting)[:limit]
    return groups


def entitled(index: Index, typed: str, limit: int) -> tuple[str, ...]:
    """The ids of records whose titles hold all typed words, the last of them as a beginning."""
    found = words(typed)
    if not found or len(found[-1]) < SHORTEST_PREFIX or len(found) > MOST_WORDS:
        return ()
    try:
        hits = index.search(Query(words=_asking("title", found), size=limit, counts=())).hits
    except QueryError:
        return ()
    return tuple(hit.id for hit in hits)


def _asking(field: str, found: list[str]) -> str:
    before = [f'{field}:"{word}"' for word in found[:-1]]
    return " ".join([*before, f"{field}:{found[-1]}*"])


def _fits(typed: list[str], held: list[str]) -> bool:
    return set(typed[:-1]) <= set(held) and any(word.startswith(typed[-1]) for word in held)
