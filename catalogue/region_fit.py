"""How well a region of the sky fits another, and the order of hits by it.

The fit is the common area over the area of both together (Jaccard's index): 1 for the same region, 0 for
regions apart.  It is at most the smaller area over the larger, so an engine finds the hits that may fit
best by the area alone, which it keeps; these are then compared (`fitting.py`).
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from catalogue.conditions import Between
from catalogue.index import SEQUENCE_BITS, Hit
from catalogue.moc import Region

if TYPE_CHECKING:
    import numpy

    from catalogue.sky import Ranges

    Cells = numpy.ndarray[Any, Any]

FIELD = "by_area"
"""Of a document: the class of its area on the sky, and within a class the sequence number."""
DEEPEST_FIT = 1000
"""So many hits, those of the nearest areas, can be paged through in the order of fit."""
_CLASSES = 1 << 17
"""Classes of areas from one to twice as large."""
_MOST = 2**63 - 1

ByArea = Callable[[Between, bool, int], tuple[int, Sequence[tuple[int, str]]]]
"""Hits within a range of `FIELD`: whether the largest come first, how many; total, and key and id of each."""


def area_class(region: Region) -> int:
    """The area of a region that is not empty, in classes that are told apart to 1 in 200,000; at least 1."""
    return 1 + int(math.log2(sum(end - first for first, end in region)) * _CLASSES)


def area_key(region: Region, sequence: int) -> int:
    """What `FIELD` holds for a record of this region."""
    return (area_class(region) << SEQUENCE_BITS) | sequence


def page(
    offset: int, count: int, area: int, by_area: ByArea, fits: Mapping[str, float]
) -> tuple[int, tuple[Hit, ...]]:
    """The total, and ``count`` hits from an offset: the best fits first, then those of the nearest areas.

    ``area`` is the class of the region that is asked for, ``fits`` what is known of some of the first
    `DEEPEST_FIT` hits by their areas.  Of equally near areas the larger come first, in either the order
    of `FIELD` away from what is asked for.
    """
    middle = area << SEQUENCE_BITS
    more, larger = by_area(Between(FIELD, middle, _MOST), False, DEEPEST_FIT + 1)
    less, smaller = by_area(Between(FIELD, 0, middle - 1), True, DEEPEST_FIT + 1)
    nearest = heapq.merge(larger, smaller, key=lambda found: abs((found[0] >> SEQUENCE_BITS) - area))
    hits = [Hit(id=id, score=fits.get(id, 0.0)) for _, (_, id) in zip(range(DEEPEST_FIT + 1), nearest)]
    hits.sort(key=lambda hit: -hit.score)
    return more + less, tuple(hits[offset : offset + count])


def fit(one: Ranges, other: Ranges) -> float:
    """How well two regions that are not empty fit: their common area over that of both together."""
    common = _common(one, other)
    return common / (_area(one) + _area(other) - common)


def _area(region: Ranges) -> int:
    return int((region[1] - region[0]).sum())


def _common(one: Ranges, other: Ranges) -> int:
    """The cells of the finest order that two regions have in common."""
    few, many = (one, other) if len(one[0]) <= len(other[0]) else (other, one)
    return int((_up_to(many, few[1]) - _up_to(many, few[0])).sum())


def _up_to(region: Ranges, cells: Cells) -> Cells:
    """How many cells of a region lie before each of some cells."""
    import numpy

    first, end = region
    before = numpy.concatenate(([numpy.uint64(0)], (end - first).cumsum(dtype=numpy.uint64)))
    at = first.searchsorted(cells, side="right")
    last = numpy.maximum(at, 1) - 1
    within = numpy.minimum(cells, end[last]) - first[last]
    found: Cells = numpy.where(at == 0, before[0], before[last] + within)
    return found
