"""Regions of the sky as a picture: cells of HEALPix in Mollweide's projection, ICRS, east to the left."""

from __future__ import annotations

import functools
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from catalogue.moc import Region, cells_of, degraded
from catalogue.sky_cells import deinterleaved, direction, share_of

WIDTH, HEIGHT = 720, 360
"""Of the picture, in its own units: the ellipse of the whole sky."""

FINEST_DRAWN = 7
"""Order of the smallest cells that are drawn: 28 arc minutes, a unit and a quarter."""

MOST_DRAWN = 1500
"""Cells of one region; one of more is drawn in larger ones that cover it."""

SMALL = 3e-4
"""The share of the sky below which a region, 4 degrees across, is drawn as a mark that can be seen."""

_STRAIGHT = 3
"""From this order on the edges of a cell are drawn as straight lines."""

_GALACTIC_POLE = (192.85948, 27.12825)
"""ICRS degrees of the north galactic pole (Hipparcos catalogue, section 1.5.3)."""
_ECLIPTIC_POLE = (270.0, 66.560709)
"""ICRS degrees of the north pole of the ecliptic, J2000 (IAU 2006)."""

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Outline:
    """A region as the data of an SVG path, and whether it is so small that it is drawn as a mark."""

    path: str
    is_small: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SkyPicture:
    """Paths in the units of the picture; ``regions`` in the order in which they were given."""

    regions: tuple[Outline, ...]
    graticule: str
    galactic: str
    ecliptic: str
    width: int = WIDTH
    height: int = HEIGHT


def drawn(regions: Sequence[Region], most: int = MOST_DRAWN) -> SkyPicture:
    """The picture of regions, over the lines that help to find one's way."""
    graticule, galactic, ecliptic = _lines()
    return SkyPicture(
        regions=tuple(outline_of(region, most) for region in regions),
        graticule=graticule,
        galactic=galactic,
        ecliptic=ecliptic,
    )


def outline_of(region: Region, most: int = MOST_DRAWN) -> Outline:
    """The cells of a region, and whether they take a mark to be seen."""
    return Outline(path_of(region, most), share_of(region) < SMALL)


def path_of(region: Region, most: int = MOST_DRAWN) -> str:
    """The cells of a region as the data of an SVG path; small ones grow to what can be seen."""
    order = FINEST_DRAWN
    shown = degraded(region, order)
    while len(cells := list(cells_of(shown))) > most and order > 0:
        order -= 1
        shown = degraded(region, order)
    return "".join(_outline(order, number) for order, number in cells)


def projected(longitude: float, latitude: float) -> Point:
    """The place of a direction (degrees; the longitude counted from the middle, -180 to 180)."""
    angle = _auxiliary(math.radians(latitude))
    x = WIDTH / 2 * (1 - longitude / 180 * math.cos(angle))
    return round(x, 1), round(HEIGHT / 2 * (1 - math.sin(angle)), 1)


@functools.lru_cache(maxsize=4096)
def _auxiliary(latitude: float) -> float:
    """The angle of Mollweide's equation 2θ + sin 2θ = π sin φ, by Newton's method."""
    if abs(latitude) > math.pi / 2 - 1e-6:
        return math.copysign(math.pi / 2, latitude)
    aim = math.pi * math.sin(latitude)
    angle = latitude
    for _ in range(30):
        step = (2 * angle + math.sin(2 * angle) - aim) / (2 + 2 * math.cos(2 * angle))
        angle -= step
        if abs(step) < 1e-7:
            break
    return angle


# --- cells --------------------------------------------------------------------------


@functools.lru_cache(maxsize=20_000)
def _outline(order: int, number: int) -> str:
    """One cell; where it lies across the edge of the picture, on both sides of it."""
    points = list(_edge(order, number))
    longitudes = [longitude for longitude, _ in points]
    turns: tuple[int, ...] = (0,)
    if max(longitudes) > 180:
        turns = (0, -360)
    elif min(longitudes) < -180:
        turns = (0, 360)
    return "".join(
        _closed([projected(_within(longitude + turn), latitude) for longitude, latitude in points])
        for turn in turns
    )


def _within(longitude: float) -> float:
    return max(-180.0, min(180.0, longitude))


def _closed(points: Sequence[Point]) -> str:
    return "M" + "L".join(f"{x:g} {y:g}" for x, y in points) + "Z"


def _edge(order: int, number: int) -> Iterator[Point]:
    """The edge of a cell as directions, whose longitudes do not jump."""
    face, inside = divmod(number, 1 << 2 * order)
    column, row = deinterleaved(inside), deinterleaved(inside >> 1)
    size = 1 / (1 << order)
    steps = 1 if order >= _STRAIGHT else 1 << (_STRAIGHT - order)
    parts = [step / steps for step in range(steps)]
    way = [(part, 0.0) for part in parts] + [(1.0, part) for part in parts]
    way += [(1 - part, 1.0) for part in parts] + [(0.0, 1 - part) for part in parts]
    middle, _ = direction(face, (column + 0.5) * size, (row + 0.5) * size)
    middle = middle - 360 if middle > 180 else middle
    for x, y in way:
        longitude, latitude = direction(face, (column + x) * size, (row + y) * size)
        if abs(latitude) > 89.999:
            longitude = middle
        yield middle + (longitude - middle + 180) % 360 - 180, latitude


# --- lines --------------------------------------------------------------------------


@functools.cache
def _lines() -> tuple[str, str, str]:
    """Meridians and parallels, the plane of the Galaxy, the ecliptic."""
    meridians = [[(float(lon), float(lat)) for lat in range(-90, 91, 5)] for lon in range(-120, 121, 60)]
    parallels = [[(float(lon), float(lat)) for lon in range(-180, 181, 10)] for lat in (-60, -30, 0, 30, 60)]
    graticule = "".join(_line(points) for points in (*meridians, *parallels))
    return graticule, _circle(_GALACTIC_POLE), _circle(_ECLIPTIC_POLE)


def _circle(pole: Point) -> str:
    """The great circle that belongs to a pole, cut where it leaves the picture."""
    ra, dec = math.radians(pole[0]), math.radians(pole[1])
    points = []
    for degree in range(0, 361, 4):
        turn = math.radians(degree)
        # Two directions at right angles to the pole: to the west of it, and to the north.
        x = -math.sin(ra) * math.cos(turn) - math.sin(dec) * math.cos(ra) * math.sin(turn)
        y = math.cos(ra) * math.cos(turn) - math.sin(dec) * math.sin(ra) * math.sin(turn)
        z = math.cos(dec) * math.sin(turn)
        points.append((math.degrees(math.atan2(y, x)), math.degrees(math.asin(z))))
    return "".join(_line(part) for part in _cut(points))


def _cut(points: Iterable[Point]) -> Iterator[list[Point]]:
    part: list[Point] = []
    for point in points:
        if part and abs(point[0] - part[-1][0]) > 180:
            yield part
            part = []
        part.append(point)
    yield part


def _line(points: Sequence[Point]) -> str:
    return "M" + "L".join(f"{x:g} {y:g}" for x, y in (projected(*point) for point in points))
