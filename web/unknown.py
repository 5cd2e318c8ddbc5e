"""Terms that no vocabulary knows, as the search index counts them: at once, however many records there are.

`almagest vocab unknown` walks all records instead, and knows of fields that are no facets too.
"""

from __future__ import annotations

import heapq
from collections.abc import Mapping
from dataclasses import dataclass

from catalogue.errors import AlmagestError
from catalogue.index import MAXIMUM_SIZE, Listing, Query
from catalogue.opening import Catalogue
from mappings.matching import FIELDS
from vocab.base import concluded, state
from vocab.nearest import Guess, Nearest

FACETS: Mapping[str, str] = {
    "subjects": "subject",
    "techniques": "technique",
    "messengers": "messenger",
    "facilities": "facility",
    "instruments": "instrument",
}
"""The fields with vocabularies that are facets, and what their facets are called."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownTerm:
    """A term without URI and the number of records that bear it."""

    field: str
    term: str
    count: int

    @property
    def facet(self) -> str:
        """The facet in which its records are found."""
        return FACETS[self.field]


def unknown(catalogue: Catalogue, field: str, *, source: str | None = None) -> tuple[list[UnknownTerm], bool]:
    """The terms of a field, the most frequent first, and whether these are all.

    Those among its thousand most frequent values; raises `IndexError_`.
    """
    query = Query(facets={"source": (source,)} if source else {})
    found = catalogue.values(query, Listing(facet=FACETS[field], size=MAXIMUM_SIZE))
    terms = [
        UnknownTerm(field=field, term=one.label, count=one.count)
        for one in found.values
        if one.uri is None and one.count
    ]
    return terms, found.cursor is None and found.complete


def most_frequent(catalogue: Catalogue, number: int) -> tuple[list[UnknownTerm], str | None]:
    """The most frequent of all fields; or why that is not known just now."""
    try:
        found = [term for field in FACETS for term in unknown(catalogue, field)[0]]
    except AlmagestError as error:
        return [], str(error)
    return heapq.nlargest(number, found, key=lambda term: term.count), None


def guesses(field: str, term: str) -> list[Guess]:
    """The concepts whose labels look most like a term: for a person to choose from."""
    state()
    return _nearest(field).to(term)


@concluded(len(FIELDS))
def _nearest(field: str) -> Nearest:
    return Nearest(FIELDS[field])
