"""The whole result of a search, a page at a time: its memory does not grow with its length."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from catalogue.index import MAXIMUM_SIZE, Change, Hits, Query
from catalogue.opening import Catalogue

AT_ONCE = 100
"""Records that are read from the store together."""

_ROUNDS = 10
"""So often the walk looks for what has changed meanwhile."""


def whole_result(catalogue: Catalogue, query: Query, most: int | None = None) -> tuple[int, Iterator[Change]]:
    """The total of a search and its live records, the newest change first, each once.

    The first page is asked for now, so that what is wrong with the query is raised here; the
    rest while the records are taken, at most ``most`` of them.  The order of changes has no end
    and its cursors stay where they are; a record that changes meanwhile moves to the front,
    which is therefore looked at again.
    """
    size = MAXIMUM_SIZE if most is None else min(most, MAXIMUM_SIZE)
    query = replace(query, sort="changed", size=size, cursor=None, counts=())
    position = catalogue.index.position()
    first = catalogue.search(query)
    return first.total, islice(_walk(catalogue, query, first, position), most)


def _walk(catalogue: Catalogue, query: Query, first: Hits, position: int) -> Iterator[Change]:
    # Eight bytes of each record are all that is kept of it.
    taken = array("q")
    for found in _pages(catalogue, query, first):
        taken.extend(hash(hit.id) for hit in found.hits)
        yield from _records(catalogue, [hit.id for hit in found.hits])
    for _ in range(_ROUNDS):
        before, position = position, catalogue.index.position()
        if position == before:
            return
        for found in _pages(catalogue, query, catalogue.search(query)):
            new = {hash(hit.id): hit.id for hit in found.hits}
            for known in set(new).intersection(taken):
                del new[known]
            taken.extend(new)
            yield from _records(catalogue, list(new.values()))
            if not found.hits or _is_older(catalogue, found.hits[-1].id, before):
                break


def _pages(catalogue: Catalogue, query: Query, found: Hits) -> Iterator[Hits]:
    yield found
    while found.cursor is not None:
        found = catalogue.search(replace(query, cursor=found.cursor))
        yield found


def _records(catalogue: Catalogue, ids: list[str]) -> Iterator[Change]:
    """The live ones of these records; what has gone after the index was read is left out."""
    for first in range(0, len(ids), AT_ONCE):
        for change in catalogue.store.get_many(ids[first : first + AT_ONCE]).values():
            if change.record is not None:
                yield change


def _is_older(catalogue: Catalogue, id: str, sequence: int) -> bool:
    """Whether a record has not changed since; those behind it in the order have not either."""
    change = catalogue.store.get_many([id]).get(id)
    return change is not None and change.sequence <= sequence
