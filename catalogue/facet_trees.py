"""What stands above the values of a facet, so that they can be drawn as a tree.

Of a facet with a hierarchy only so many concepts are added above its values as order them: the topmost
of a vocabulary, and those that several of the values have in common.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from catalogue.index import Count
from catalogue.index_facets import facet_value
from vocab.hierarchy import ancestry

MOST_ADDED = 30
"""Concepts that are added to the values of one facet."""

_MOST_STEPS = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Concept:
    """What stands above some values of a facet: how it is written, and its URI."""

    value: str
    label: str
    uri: str | None


class Forest:
    """The values of one facet and all concepts above them."""

    def __init__(self, counts: Sequence[Count]) -> None:
        self._listed = [count.value for count in counts]
        self._concepts: dict[str, Concept] = {}
        self._above: dict[str, tuple[str, ...]] = {}
        for count in counts:
            for named, labels in ancestry(count.uri) if count.uri else ():
                value = facet_value(named.label)
                uri = named.uris[0] if named.uris else None
                self._concepts.setdefault(value, Concept(value=value, label=named.label, uri=uri))
                self._above.setdefault(value, tuple(dict.fromkeys(map(facet_value, labels))))
        self.added = self._ordering()

    def _ordering(self) -> tuple[Concept, ...]:
        """The concepts above the values that order them: the commonest first, then by the alphabet."""
        listed = set(self._listed)
        below: dict[str, set[str]] = {}
        for value, above in self._above.items():
            for one in above:
                below.setdefault(one, set()).add(value)
        wanted = [
            value
            for value, children in below.items()
            if value not in listed and (len(children) > 1 or not self._above.get(value))
        ]
        bearing = {value: sum(value in self._all_above(one) for one in self._listed) for value in wanted}
        wanted.sort(key=lambda value: (-bearing[value], value))
        return tuple(self._concepts[value] for value in wanted[:MOST_ADDED])

    def _all_above(self, value: str) -> set[str]:
        found: set[str] = set()
        waiting = list(self._above.get(value, ()))
        while waiting and len(found) < _MOST_STEPS:
            one = waiting.pop()
            if one not in found:
                found.add(one)
                waiting += self._above.get(one, ())
        return found

    def nearest(self, value: str, among: set[str]) -> tuple[str, ...]:
        """The values of a list that stand next above one of them, in the order of the vocabulary."""
        found: dict[str, None] = {}
        seen: set[str] = {value}
        waiting = list(self._above.get(value, ()))
        while waiting:
            one = waiting.pop(0)
            if one in seen:
                continue
            seen.add(one)
            if one in among:
                found[one] = None
            else:
                waiting += self._above.get(one, ())
        # What stands above another of them is farther away.
        higher = set().union(*(self._all_above(one) for one in found)) if len(found) > 1 else set()
        return tuple(one for one in found if one not in higher)


def grown(counts: Sequence[Count], forest: Forest, totals: Mapping[str, int]) -> tuple[Count, ...]:
    """The values and the concepts above them with what they stand under, the largest first."""
    added = [
        Count(value=one.value, label=one.label, uri=one.uri, count=totals[one.value]) for one in forest.added
    ]
    every: Iterable[Count] = sorted((*counts, *added), key=lambda one: (-one.count, one.value))
    among = {count.value for count in (*counts, *added)}
    return tuple(replace(count, broader=forest.nearest(count.value, among)) for count in every)
