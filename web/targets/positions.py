"""Where a record lies on the sky: a position in the middle of its coverage, and how far that reaches."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from catalogue.moc import cells_of, degraded, region_of
from catalogue.record import Record

_FINEST = 6
_RING = (2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4)
_LONGITUDE = (1, 3, 5, 7, 0, 2, 4, 6, 1, 3, 5, 7)
Vector = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Position:
    """A place on the sky in degrees (ICRS), and the radius around it that holds the coverage."""

    ra: float
    dec: float
    radius: float


ANDROMEDA = Position(10.6847, 41.2688, 0.1)
"""Where one looks whose record says nothing: M31."""


def position_of(record: Record) -> Position | None:
    """The middle of a record's coverage; nothing where it has none, or one without a middle."""
    text = record.coverage.sky.moc if record.coverage and record.coverage.sky else None
    try:
        cells = list(cells_of(degraded(region_of(text or ""), _FINEST)))
    except ValueError:
        return None
    return _middle(cells) if cells else None


def _middle(cells: Iterable[tuple[int, int]]) -> Position | None:
    weighed = [(centre(order, number), 4.0**-order, order) for order, number in cells]
    sums = [sum(vector[axis] * weight for vector, weight, _ in weighed) for axis in range(3)]
    length = math.hypot(*sums)
    if length < 1e-3 * sum(weight for _, weight, _ in weighed):
        return None
    x, y, z = (value / length for value in sums)
    far = max(
        math.acos(max(-1.0, min(1.0, x * one[0] + y * one[1] + z * one[2]))) + 1.1 / 2**order
        for one, _, order in weighed
    )
    return Position(
        ra=round(math.degrees(math.atan2(y, x)) % 360, 4),
        dec=round(math.degrees(math.asin(max(-1.0, min(1.0, z)))), 4),
        radius=round(min(math.degrees(far), 180.0), 3),
    )


def centre(order: int, number: int) -> Vector:
    """The middle of a cell of HEALPix (nested scheme), as unit vector (Górski et al. 2005, section 4)."""
    nside = 1 << order
    face, inside = divmod(number, nside * nside)
    x, y = _even_bits(inside), _even_bits(inside >> 1)
    ring = _RING[face] * nside - x - y - 1
    shift = 0
    if ring < nside:
        cells = ring
        z = 1 - cells * cells / (3 * nside * nside)
    elif ring > 3 * nside:
        cells = 4 * nside - ring
        z = cells * cells / (3 * nside * nside) - 1
    else:
        cells = nside
        z = (2 * nside - ring) * 2 / (3 * nside)
        shift = (ring - nside) & 1
    place = (_LONGITUDE[face] * cells + x - y + 1 + shift) // 2
    place = place - 4 * nside if place > 4 * nside else place + 4 * nside if place < 1 else place
    longitude = (place - (shift + 1) * 0.5) * math.pi / (2 * cells)
    across = math.sqrt(max(0.0, 1 - z * z))
    return across * math.cos(longitude), across * math.sin(longitude), z


def _even_bits(number: int) -> int:
    return sum(((number >> (2 * bit)) & 1) << bit for bit in range(30))
