"""The search index as the rest of the house sees it: one protocol, two engines.

An index is a projection of the database.  It follows the change sequence, stores the
sequence number it has applied inside its own commit, and can always be thrown away.
It gives back record ids; the records themselves come from the store.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

from catalogue.product import Correction, Member, Said
from catalogue.record import Record

FACETS = (
    "type",
    "source",
    "subject",
    "creator",
    "publisher",
    "licence",
    "access",
    "facility",
    "instrument",
    "technique",
    "messenger",
    "standard",
    "year",
    "has",
)
COUNTED = FACETS[:-1]
"""Those that a search counts when it is not told which: «has» is asked for by name."""
LISTING_SORTS = ("count", "name")
SORTS = ("relevance", "newest", "oldest", "title", "changed", "fit")
MAXIMUM_SIZE = 1000
SEQUENCE_BITS = 40
"""Sequence numbers are less than two to this power."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One row of the change sequence: the latest state of one record.

    ``sequence`` grows in commit order; ``record`` is ``None`` for a tombstone;
    ``datestamp`` is ours (UTC, seconds).  Of a product ``members`` are its records in the
    order of precedence, ``said`` tells which of them said what, and ``source`` is that of the
    first; ``corrections`` are what curators say in place of the sources; ``joined`` is the product
    into which a record has gone.
    """

    sequence: int
    id: str
    source: str
    datestamp: str
    record: Record | None
    members: tuple[Member, ...] = ()
    said: Said = field(default_factory=dict)
    corrections: tuple[Correction, ...] = ()
    joined: str | None = None

    @property
    def sources(self) -> tuple[str, ...]:
        """The names of all sources that tell of it."""
        return tuple(dict.fromkeys(member.source for member in self.members)) or (self.source,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A search as the page, REST and the command line ask it.

    ``facets`` maps a facet to its chosen values: alternatives within a facet, joined
    by AND between facets.  ``published`` is a range of ISO dates (open ends allowed)
    on the issued/created date.  ``sky``, ``moc``, ``time``, ``energy``, ``place`` and each of
    ``parameters`` are as `coverage_query` reads them; what is empty asks nothing.  ``rough`` asks
    only for records whose sky the index keeps in larger cells than it has, in one of the regions, and
    ``refuted`` tells of a region («sky» or «moc», and its text) who proved to lie elsewhere
    (`refining.py`); ``fits`` tells how well some fit the region (`fitting.py`); a cursor does not depend
    on these.  With ``trees`` the values of facets that have a
    hierarchy come with the concepts above them.
    """

    words: str = ""
    facets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    published: tuple[str | None, str | None] = (None, None)
    sky: str = ""
    moc: str = ""
    time: str = ""
    energy: str = ""
    place: str = ""
    parameters: tuple[str, ...] = ()
    rough: bool = False
    refuted: tuple[tuple[tuple[str, str], tuple[str, ...]], ...] = ()
    fits: Mapping[str, float] = field(default_factory=dict)
    sort: str = "relevance"
    size: int = 20
    cursor: str | None = None
    counts: tuple[str, ...] = COUNTED
    counts_size: int = 20
    trees: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A record that was found, and how well it fits (higher is better)."""

    id: str
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """A facet value and how many records of the result bear it, or something narrower.

    In a tree ``broader`` are the values of the same list that stand next above it; of a parameter
    ``units`` are those it is given in, and how many records give it so.
    """

    value: str
    label: str
    count: int
    uri: str | None = None
    broader: tuple[str, ...] = ()
    units: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """Which values of a facet are asked for: those that hold all words of ``contains``, ordered by ``sort``.

    The facet «parameter» stands for the names of numeric parameters, of which a word begins with
    ``contains``.  ``cursor`` is that of the page before.  ``written`` asks for all ways in which
    records write each value, those of namesakes among them.
    """

    facet: str
    contains: str = ""
    sort: str = "count"
    size: int = 50
    cursor: str | None = None
    written: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A page of the values of a facet; ``total`` is the number of all that fit.

    ``complete`` is false where there are more values than an engine counts at once.  ``written``, where
    it is asked for, has each value → its labels and URIs, at most 1,000, that of its count first;
    some may be of records that changed or went lately.
    """

    values: tuple[Count, ...]
    total: int
    cursor: str | None
    complete: bool = True
    written: Mapping[str, tuple[tuple[str, str | None], ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hits:
    """The answer to a query; ``cursor`` leads to the next page, ``None`` at the end.

    ``unrefined`` are records of fine regions of the sky that there was no time to look at: so many of the
    total may lie beside what is asked for; ``unfitted`` are those that were not compared with it in the
    order of fit, and come behind those that were.  ``understood`` is the query as it was understood,
    written in the query language.  ``uncovered`` tells of each of «sky», «time», «energy», «place» and
    «parameter» that is asked for how many records would be found if they had any such coverage.  ``years``
    are all years of publication with the number of records of each, in their order, where the facet of
    years is counted.
    """

    total: int
    hits: tuple[Hit, ...]
    facets: Mapping[str, tuple[Count, ...]]
    cursor: str | None
    understood: str
    unrefined: int = 0
    unfitted: int = 0
    uncovered: Mapping[str, int] = field(default_factory=dict)
    years: tuple[tuple[int, int], ...] = ()


class Index(Protocol):
    """A search engine behind the catalogue; raises only `IndexError_` and `QueryError`."""

    def position(self) -> int:
        """The sequence number of the last change that is applied and committed; 0 when new."""
        ...

    def apply(self, changes: Sequence[Change]) -> None:
        """Apply changes in order and commit them together with their last sequence number."""
        ...

    def settle(self) -> None:
        """Finish what `apply` left to do in the background, and give back the lock it took."""
        ...

    def search(self, query: Query) -> Hits:
        """Find records; raises `QueryError` for what cannot be understood."""
        ...

    def values(self, query: Query, listing: Listing) -> Listed:
        """The values of one facet among what a query finds, its own choices left aside."""
        ...

    def suggest(self, prefix: str, limit: int = 10) -> tuple[Count, ...]:
        """Completions of the last word of ``prefix`` with the number of records that hold them."""
        ...

    def beginning(self, prefix: str, limit: int) -> Mapping[str, int]:
        """The most frequent words that begin so, with about how many records hold each."""
        ...

    def rebuild(self, changes: Iterable[Sequence[Change]]) -> None:
        """Build a fresh index beside the present one and swap them; searches go on meanwhile."""
        ...

    def close(self) -> None:
        """Release files, locks and connections."""
        ...


@runtime_checkable
class SharedIndex(Index, Protocol):
    """An index that several processes may build together."""

    def begin_build(self) -> str:
        """The name of a fresh index that no search sees yet."""
        ...

    def fill_build(self, name: str, changes: Sequence[Change]) -> None:
        """Write changes into a fresh index; in any order, and again to the same effect."""
        ...

    def finish_build(self, name: str, position: int) -> None:
        """Put a fresh index that holds all changes up to ``position`` in place of the present one."""
        ...

    def drop_build(self, name: str) -> None:
        """Delete a fresh index that will not be finished."""
        ...

    def drop_older(self) -> tuple[str, ...]:
        """Delete the indices of older versions of Almagest, once there is one of this; their names."""
        ...
