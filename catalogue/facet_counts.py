"""The facets of an answer: counts that are exact, and labels with their URIs; for both engines.

A facet with choices of its own is counted without them, so that its alternatives stay.  Which values
come first is decided by the records that bear them; the count of a concept is that of the records
which one finds by choosing it, those of narrower concepts among them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from catalogue.conditions import Condition
from catalogue.facet_trees import Forest, grown
from catalogue.index import Count, Query
from catalogue.index_facets import (
    FACET_FIELD,
    HIERARCHICAL,
    SELF_NAMED,
    concept_parts,
    concept_prefix,
    concept_values,
    label_of,
)
from catalogue.query_terms import chosen
from catalogue.search_plan import Plan

EVERY_VALUE = 50_000
"""So many values of one field are counted at most; both engines refuse more than 65,000 in all."""

MOST_KEYS = 100
"""So many keys of one value are read to label it."""

_EVERY_KEY = 1000
"""So many are read to list all who bear one name."""

_FEW_HITS = 500
_FEW_VALUES = 4000
"""So few hits have few values: they are all counted at once."""

_SHORT_LIST = 100
"""Of longer lists all values are counted, each facet for itself."""

_SOME_HITS = 50_000
"""Of more hits nobody counts all values to see which of the rarest come first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CountRequest:
    """How many values to count; ``only`` which, or those ``containing`` some letters or digits.

    Only the ``first`` of them are looked at, unless they turn out to be unsettled; 0: all.
    """

    size: int
    first: int = 0
    only: tuple[str, ...] | None = None
    containing: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Values with their counts, the largest first.

    ``complete``: there are no further values.  ``exact``: no count is too small.
    """

    values: tuple[tuple[str, int], ...]
    complete: bool = True
    exact: bool = True


_YEAR = FACET_FIELD["year"]
_ALL_YEARS = CountRequest(size=_FEW_VALUES)


class Counter(Protocol):
    """What an engine does for the facets of one search."""

    def count(self, condition: Condition, requests: Mapping[str, CountRequest]) -> dict[str, Counts]:
        """The most frequent values of each field among the documents of a condition."""
        ...

    def totals(self, condition: Condition, parts: Sequence[Condition]) -> Sequence[int]:
        """How many documents of a condition meet each of some further ones."""
        ...

    def concepts(self, prefixes: Sequence[str], most: int = MOST_KEYS) -> dict[str, list[str]]:
        """The first concept keys that begin with each prefix; ``most`` of each, at least `MOST_KEYS`."""
        ...


def counted(query: Query, plan: Plan, total: int, engine: Counter) -> dict[str, tuple[Count, ...]]:
    """The counts of all facets that the query asks for; ``total`` is its number of hits.

    Counts are exact.  Which of several equally frequent values come last is decided by
    the alphabet; only in answers of more than 50,000 hits by chance.
    """
    if query.counts_size == 0:
        return dict.fromkeys(query.counts, ())
    free = tuple(facet for facet in query.counts if facet not in plan.filters)
    found: dict[str, list[tuple[str, int]]] = {}
    if free:
        found.update(_top(engine, plan.condition(), free, query.counts_size, total))
    for facet in query.counts:
        if facet in plan.filters:
            condition = plan.condition(without=facet)
            found.update(_top(engine, condition, (facet,), query.counts_size, None))
    for facet in query.counts:
        if facet in HIERARCHICAL:
            condition = plan.condition(without=facet if facet in plan.filters else None)
            found[facet] = with_narrower(engine, condition, facet, found[facet])
    counts = labelled(engine, found)
    if query.trees:
        counts |= {
            name: _tree(engine, plan, name, counts[name]) for name in query.counts if name in HIERARCHICAL
        }
    return counts


def _tree(engine: Counter, plan: Plan, facet: str, counts: tuple[Count, ...]) -> tuple[Count, ...]:
    """The values of a facet with the concepts that order them."""
    forest = Forest(counts)
    above = [one.value for one in forest.added]
    condition = plan.condition(without=facet if facet in plan.filters else None)
    totals = engine.totals(condition, [chosen(facet, (value,)) for value in above]) if above else ()
    return grown(counts, forest, dict(zip(above, totals)))


def labelled(engine: Counter, found: Mapping[str, Sequence[tuple[str, int]]]) -> dict[str, tuple[Count, ...]]:
    """Values of facets with their labels and URIs."""
    labels = _labels(engine, found)
    return {
        facet: tuple(
            Count(value=value, label=labels[facet, value][0], count=count, uri=labels[facet, value][1])
            for value, count in values
        )
        for facet, values in found.items()
    }


def written(
    engine: Counter, facet: str, values: Sequence[tuple[str, int]]
) -> dict[str, tuple[tuple[str, str | None], ...]]:
    """Each value with all labels and URIs that records give it, that of its count first."""
    if facet in SELF_NAMED:
        return {}
    prefixes = {concept_prefix(facet, value): value for value, _ in values}
    return {
        prefixes[prefix]: tuple(sorted(map(concept_parts, keys), key=_preference))
        for prefix, keys in engine.concepts(tuple(prefixes), _EVERY_KEY).items()
    }


def years(query: Query, plan: Plan, engine: Counter) -> tuple[tuple[int, int], ...]:
    """All years of publication with their numbers of records, where the query counts years."""
    if "year" not in query.counts or query.counts_size == 0:
        return ()
    condition = plan.condition(without="year" if "year" in plan.filters else None)
    counts = engine.count(condition, {_YEAR: _ALL_YEARS})[_YEAR]
    return tuple(sorted((int(value), count) for value, count in counts.values))


def uncovered(plan: Plan, engine: Counter) -> dict[str, int]:
    """Each coverage that is asked for → how many records would be found, but have none."""
    return {what: engine.totals(rest, [without])[0] for what, (rest, without) in plan.uncovered().items()}


def _top(
    engine: Counter, condition: Condition, facets: Sequence[str], size: int, total: int | None
) -> dict[str, list[tuple[str, int]]]:
    """The ``size`` most frequent values of each facet; ``total`` where it is known."""
    fields = {facet: FACET_FIELD[facet] for facet in facets}
    counts: dict[str, Counts] = {}
    unsettled = list(fields.values())
    if size <= _SHORT_LIST:
        few = total is not None and total <= _FEW_HITS
        request = CountRequest(size=_FEW_VALUES) if few else CountRequest(size=2 * size + 50, first=size)
        # There are few years, and all are wanted beside (`years`): what is counted once is kept.
        counts = engine.count(
            condition, {name: _ALL_YEARS if name == _YEAR else request for name in fields.values()}
        )
        unsettled = [name for name, first in counts.items() if not _is_settled(first, size)]
    if size > _SHORT_LIST or total is None or total <= _SOME_HITS:
        for name in unsettled:
            counts |= engine.count(condition, {name: CountRequest(size=EVERY_VALUE)})
    if size <= _SHORT_LIST:
        again = {name: _again(first, size) for name, first in counts.items() if not first.exact}
        counts |= engine.count(condition, again) if again else {}
    return {facet: sorted(counts[name].values, key=_by_count)[:size] for facet, name in fields.items()}


def with_narrower(
    engine: Counter, condition: Condition, facet: str, values: list[tuple[str, int]]
) -> list[tuple[str, int]]:
    """The values with the counts that one gets by choosing them, the largest first."""
    known = concept_values()
    concepts = [value for value, _ in values if value in known]
    if not concepts:
        return values
    totals = engine.totals(condition, [chosen(facet, (value,)) for value in concepts])
    counts = dict(values) | dict(zip(concepts, totals))
    return sorted(counts.items(), key=_by_count)


def _again(counts: Counts, size: int) -> CountRequest:
    """The request for the exact counts of the values that come first, and some that might."""
    first = counts.values[: size + size // 2 + 5]
    return CountRequest(size=size, only=tuple(value for value, _ in first))


def _by_count(pair: tuple[str, int]) -> tuple[int, str]:
    return -pair[1], pair[0]


def _is_settled(counts: Counts, size: int) -> bool:
    """Whether no value left out could have tied with the last one taken."""
    if counts.complete or len(counts.values) <= size:
        return counts.complete
    return counts.values[size - 1][1] > counts.values[-1][1]


def _labels(
    engine: Counter, found: Mapping[str, Sequence[tuple[str, int]]]
) -> dict[tuple[str, str], tuple[str, str | None]]:
    """Label and URI of each value, as the records write it."""
    labels: dict[tuple[str, str], tuple[str, str | None]] = {}
    prefixes: dict[str, tuple[str, str]] = {}
    for facet, values in found.items():
        for value, _ in values:
            labels[facet, value] = (label_of(facet, value), None)
            if facet not in SELF_NAMED:
                prefixes[concept_prefix(facet, value)] = (facet, value)
    for prefix, keys in engine.concepts(tuple(prefixes)).items():
        if keys:
            labels[prefixes[prefix]] = min((concept_parts(key) for key in keys), key=_preference)
    return labels


def _preference(part: tuple[str, str | None]) -> tuple[bool, bool, bool, str, str]:
    """With a URI first, then in mixed case, then by the alphabet: the same in every engine."""
    label, uri = part
    return uri is None, label.isupper(), label.islower(), label, uri or ""
