"""Where the cells of HEALPix lie on the sky, and how much of it they cover (Górski et al. 2005)."""

from __future__ import annotations

import functools
import math

from catalogue.moc import Region, cells_of, degraded

Direction = tuple[float, float]
"""Longitude and latitude in degrees."""

_FACE_ROW = (2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4)
_FACE_COLUMN = (1, 3, 5, 7, 0, 2, 4, 6, 1, 3, 5, 7)
_ALL = 12 << 58
_MOST = 100
"""Cells whose middles are taken for a centre; a region of more is taken in larger ones that cover it."""
_LEAST_PULL = 0.2
"""How long the mean direction must be: that of the whole sky is 0, of a single point 1."""


def share_of(region: Region) -> float:
    """The share of the whole sky that a region covers."""
    return sum(end - first for first, end in region) / _ALL


def centre_of(region: Region) -> Direction | None:
    """The mean direction of a region, its longitude from 0 to 360; nothing where it has none.

    A region that goes round the sky, or lies on opposite sides of it, has no centre.
    """
    order = 29
    cells = list(cells_of(region)) if len(region) <= _MOST else []
    while (not cells or len(cells) > _MOST) and order > 0 and region:
        order = min(order - 1, 12)
        cells = list(cells_of(degraded(region, order)))
    x = y = z = area = 0.0
    for level, number in cells:
        weight = 4.0**-level
        along, across, up = _middle(level, number)
        x, y, z, area = x + weight * along, y + weight * across, z + weight * up, area + weight
    length = math.sqrt(x * x + y * y + z * z)
    if not area or length < _LEAST_PULL * area:
        return None
    return math.degrees(math.atan2(y, x)) % 360.0, math.degrees(math.asin(max(-1.0, min(1.0, z / length))))


@functools.lru_cache(maxsize=8192)
def _middle(order: int, number: int) -> tuple[float, float, float]:
    """The middle of a cell as unit vector."""
    face, inside = divmod(number, 1 << 2 * order)
    size = 1 / (1 << order)
    column, row = deinterleaved(inside), deinterleaved(inside >> 1)
    longitude, latitude = map(math.radians, direction(face, (column + 0.5) * size, (row + 0.5) * size))
    width = math.cos(latitude)
    return width * math.cos(longitude), width * math.sin(longitude), math.sin(latitude)


def deinterleaved(number: int) -> int:
    """Every second bit of a number, from the lowest on."""
    return sum(((number >> 2 * bit) & 1) << bit for bit in range((number.bit_length() + 1) // 2))


def direction(face: int, x: float, y: float) -> Direction:
    """Longitude and latitude of a place on one of the twelve faces (Górski et al. 2005, section 5.1)."""
    row = _FACE_ROW[face] - x - y
    if row < 1:
        width, sine = row, 1 - row * row / 3
    elif row > 3:
        width = 4 - row
        sine = width * width / 3 - 1
    else:
        width, sine = 1.0, (2 - row) * 2 / 3
    column = (_FACE_COLUMN[face] * width + x - y) % 8
    longitude = 0.0 if width < 1e-12 else 45 * column / width
    return longitude, math.degrees(math.asin(max(-1.0, min(1.0, sine))))
