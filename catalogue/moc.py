"""Regions of the sky as nested cells of HEALPix (IVOA MOC 2.0), and how an index finds overlaps.

A region is a sorted tuple of ranges of cells at order 29, the last one excluded.  An index keeps two
lists of tokens of a region: its cells, and all that lie above them.  Two regions overlap exactly
where a cell of one is, lies above or lies below a cell of the other.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Sequence

FINEST = 29
MOST_CELLS = 4096
"""Cells of a region in an index; one of more is taken at a lower order, which covers it."""

Region = tuple[tuple[int, int], ...]

_TOKEN = re.compile(r"(?:(\d{1,2})/)?(\d{1,19})?(?:-(\d{1,19}))?", re.ASCII)


def region_of(text: str) -> Region:
    """The region of a MOC in ASCII (MOC 2.0, section 4.3.2), its part of space; raises ``ValueError``."""
    ranges: list[tuple[int, int]] = []
    order: int | None = None
    for token in text.replace(",", " ").split():
        if token[0] in "stf":
            if token[0] != "s":
                break
            token = token[1:]
        match = _TOKEN.fullmatch(token)
        if match is None or (match[2] is None and match[3]):
            raise ValueError(f"«{token[:40]}» is no part of a MOC; write it as in 6/12-15,20 8/100")
        order = int(match[1]) if match[1] else order
        if order is None or order > FINEST:
            raise ValueError(f"a MOC begins with an order from 0 to {FINEST} and a slash, as in 6/12-15")
        if match[2]:
            first, last = int(match[2]), int(match[3] or match[2])
            if first > last or last >= 12 << (2 * order):
                raise ValueError(f"«{token[:40]}» is no range of cells of order {order}")
            shift = 2 * (FINEST - order)
            ranges.append((first << shift, (last + 1) << shift))
    return united(ranges)


def text_of(region: Region) -> str:
    """A region as MOC in ASCII (MOC 2.0, section 4.3.2), as short as it can be."""
    orders: dict[int, list[list[int]]] = {}
    for order, number in sorted(cells_of(region)):
        found = orders.setdefault(order, [])
        if found and found[-1][1] == number - 1:
            found[-1][1] = number
        else:
            found.append([number, number])
    return " ".join(
        f"{order}/" + " ".join(str(first) if first == last else f"{first}-{last}" for first, last in found)
        for order, found in orders.items()
    )


def united(ranges: Iterable[tuple[int, int]]) -> Region:
    """Ranges in any order as a region: sorted, those that touch made one."""
    found: list[tuple[int, int]] = []
    for first, end in sorted(ranges):
        if found and first <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((first, end))
    return tuple(found)


def overlap(one: Region, other: Region) -> bool:
    """Whether two regions have a cell in common."""
    here = there = 0
    while here < len(one) and there < len(other):
        if one[here][1] <= other[there][0]:
            here += 1
        elif other[there][1] <= one[here][0]:
            there += 1
        else:
            return True
    return False


def degraded(region: Region, order: int) -> Region:
    """The cells of an order that a region touches."""
    shift = 2 * (FINEST - order)
    return united(((first >> shift) << shift, -(-end >> shift) << shift) for first, end in region)


def cells_of(region: Region) -> Iterator[tuple[int, int]]:
    """The fewest cells that a region is made of, as (order, number)."""
    for first, end in region:
        while first < end:
            aligned = (first & -first).bit_length() - 1 if first else 2 * FINEST
            fitting = (end - first).bit_length() - 1
            levels = min(aligned, fitting, 2 * FINEST) // 2
            yield FINEST - levels, first >> 2 * levels
            first += 1 << 2 * levels


def indexed(region: Region, most: int = MOST_CELLS) -> tuple[list[str], list[str]]:
    """The tokens of a region: its cells, and all that lie above them."""
    cells = list(_at_most(region, most))
    own = {(4 << 2 * order) + number for order, number in cells}
    above: set[int] = set()
    for cell in own:
        cell >>= 2
        while cell >= 4 and cell not in above:
            above.add(cell)
            cell >>= 2
    return [str(cell) for cell in sorted(own)], [str(cell) for cell in sorted(above)]


def is_rough(region: Region, most: int = MOST_CELLS) -> bool:
    """Whether an index keeps only larger cells that cover a region."""
    return len(_first_cells(region, most + 1)) > most


def _at_most(region: Region, most: int) -> Sequence[tuple[int, int]]:
    """The cells of a region, or of the finest order at which that many cover it."""
    cells = _first_cells(region, most + 1)
    if len(cells) <= most:
        return cells
    # A region has never more cells at a lower order, and twelve at most at the lowest.
    low, high = 0, FINEST
    while high - low > 1:
        middle = (low + high) // 2
        if len(_first_cells(degraded(region, middle), most + 1)) > most:
            high = middle
        else:
            low = middle
    return list(cells_of(degraded(region, low)))


def _first_cells(region: Region, count: int) -> list[tuple[int, int]]:
    return list(itertools.islice(cells_of(region), count))
