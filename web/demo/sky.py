"""The HEALPix pixel of a position: enough to give the sample resources a coverage on the sky."""

from __future__ import annotations

import math


def moc_of(ra: float, dec: float, order: int = 6) -> str:
    """An ASCII MOC (IVOA MOC 2.0) of the one pixel of this order that holds the position (degrees)."""
    return f"{order}/{pixel(ra, dec, order)}"


def pixel(ra: float, dec: float, order: int) -> int:
    """The nested HEALPix pixel of a position in degrees (Górski et al. 2005, section 5)."""
    side = 1 << order
    height = math.sin(math.radians(dec))
    turn = (ra % 360.0) / 90.0
    if abs(height) <= 2 / 3:
        face, x, y = _equatorial(side, height, turn)
    else:
        face, x, y = _polar(side, height, turn)
    return face * side * side + _interleaved(x, y)


def _equatorial(side: int, height: float, turn: float) -> tuple[int, int, int]:
    rising = int(side * (0.5 + turn - height * 0.75))
    falling = int(side * (0.5 + turn + height * 0.75))
    up, down = rising // side, falling // side
    if up == down:
        face = (up & 3) + 4
    elif up < down:
        face = up & 3
    else:
        face = (down & 3) + 8
    return face, falling % side, side - 1 - rising % side


def _polar(side: int, height: float, turn: float) -> tuple[int, int, int]:
    quarter = min(3, int(turn))
    within = turn - quarter
    scale = side * math.sqrt(3 * (1 - abs(height)))
    rising = min(side - 1, int(within * scale))
    falling = min(side - 1, int((1 - within) * scale))
    if height >= 0:
        return quarter, side - 1 - falling, side - 1 - rising
    return quarter + 8, rising, falling


def _interleaved(x: int, y: int) -> int:
    value = 0
    for bit in range(29):
        value |= ((x >> bit) & 1) << (2 * bit) | ((y >> bit) & 1) << (2 * bit + 1)
    return value
