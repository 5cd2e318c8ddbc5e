"""Regions of the sky as MOCs (IVOA MOC 2.0); the one room of mocpy and astropy, loaded when one is met.

The cells of a MOC cover the region, so that it is a little larger: at the edges by up to one cell,
which is a few hundredths of the region, and at least one cell of order 12 (52 arcseconds).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from catalogue.sky import CELL_OF_ORDER_0, FRAMES
from mappings.moc import MAXIMUM_ORDER, MocError, normal_moc

if TYPE_CHECKING:
    from mocpy import MOC

ALL_SKY = "0/0-11"
_FRAMES = {
    **{name.upper(): frame for name, frame in FRAMES.items()},
    "GALACTIC_II": "galactic",
    "SUPER_GALACTIC": "supergalactic",
    "ECLIPTIC": "barycentricmeanecliptic",
}
_CELLS_ACROSS = 256
_MOST_VERTICES = 10_000

Point = tuple[float, float]
"""Longitude and latitude in degrees."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """A region in a frame, angles in degrees; ``parts`` of a union, an intersection or (one) a negation."""

    shape: str
    frame: str = "ICRS"
    points: tuple[Point, ...] = ()
    sizes: tuple[float, ...] = ()
    parts: tuple[Region, ...] = ()


def moc_of(region: Region) -> tuple[str, bool]:
    """The MOC (ASCII, ICRS) of a region, and whether it had to be made coarser.

    Raises `MocError` for a frame or a shape that is not known, or impossible numbers.
    """
    if region.shape == "all":
        return ALL_SKY, False
    try:
        found = _covered(region)
    except MocError:
        raise
    except Exception as error:
        # mocpy's errors are of many kinds, those of its Rust part among them.
        raise MocError(f"the region is not understood ({type(error).__name__})") from None
    if found.empty():
        raise MocError("the region is empty")
    return normal_moc(found.serialize("str"))


def _covered(region: Region) -> MOC:
    from mocpy import MOC

    if region.shape == "all":
        return MOC.from_str(ALL_SKY)
    if region.shape == "union":
        return _joined(region.parts, MOC.union)
    if region.shape == "intersection":
        return _joined(region.parts, MOC.intersection)
    if region.shape == "negation":
        return _joined(region.parts, MOC.union).complement()
    try:
        return _SHAPES[region.shape](region)
    except KeyError:
        raise MocError(f"there is no shape «{region.shape}»") from None


def _joined(parts: Sequence[Region], join: Callable[[MOC, MOC], MOC]) -> MOC:
    if not parts:
        raise MocError("it joins no regions")
    found = _covered(parts[0])
    for part in parts[1:]:
        found = join(found, _covered(part))
    return found


def _circle(region: Region) -> MOC:
    from astropy import units
    from mocpy import MOC

    (radius,) = region.sizes
    if not 0 < radius < 180:
        raise MocError(f"a radius of {radius:g} degrees is none")
    longitude, latitude = _equatorial(region.points[:1], region.frame)
    return MOC.from_cone(
        lon=longitude[0],
        lat=latitude[0],
        radius=radius * units.deg,
        max_depth=_order(radius),
    )


def _ellipse(region: Region) -> MOC:
    from astropy import units
    from mocpy import MOC

    major, minor, angle = region.sizes
    if region.frame not in ("ICRS", "FK5"):
        raise MocError(f"the angle of an ellipse in {region.frame} is not converted")
    if not 0 < minor <= major < 90:
        raise MocError(f"half axes of {major:g} and {minor:g} degrees are none")
    longitude, latitude = _equatorial(region.points[:1], region.frame)
    return MOC.from_elliptical_cone(
        lon=longitude[0],
        lat=latitude[0],
        a=major * units.deg,
        b=minor * units.deg,
        pa=angle * units.deg,
        max_depth=_order(minor),
    )


def _polygon(region: Region) -> MOC:
    """Great circles between the corners; of the two sides the smaller."""
    from mocpy import MOC

    corners = region.points[:-1] if region.points[:1] == region.points[-1:] else region.points
    if not 3 <= len(set(corners)) <= _MOST_VERTICES:
        raise MocError(f"a polygon of {len(set(corners))} corners is none")
    longitude, latitude = _equatorial(corners, region.frame)
    width = max(one[1] for one in corners) - min(one[1] for one in corners)
    return MOC.from_polygon(lon=longitude, lat=latitude, max_depth=_order(width / 2))


def _box(region: Region) -> MOC:
    """Great circles around a centre, along the axes of the frame; the sizes are those through the centre."""
    from astropy import units
    from astropy.coordinates import SkyCoord

    width, height = region.sizes
    if not (0 < width < 180 and 0 < height < 180):
        raise MocError(f"a box of {width:g} by {height:g} degrees is none")
    centre = SkyCoord(*region.points[0], unit="deg", frame=_frame(region.frame))
    half, tall = math.radians(width / 2), math.radians(height / 2)
    corner = math.degrees(math.atan(math.tan(tall) * math.cos(half)))
    signs = ((-1, -1), (1, -1), (1, 1), (-1, 1))
    corners = SkyCoord(
        [sign * width / 2 for sign, _ in signs] * units.deg,
        [sign * corner for _, sign in signs] * units.deg,
        frame=centre.skyoffset_frame(),
    ).icrs
    points = tuple(zip(corners.ra.deg.tolist(), corners.dec.deg.tolist(), strict=True))
    return _polygon(Region(shape="polygon", points=points))


def _range(region: Region) -> MOC:
    """From one longitude and latitude to another, along parallels; through zero where the first is larger."""
    from astropy.coordinates import SkyCoord
    from mocpy import MOC

    (west, south), (east, north) = region.points
    if region.frame not in ("ICRS", "FK5"):
        raise MocError(f"a range of coordinates in {region.frame} is not converted")
    if not -90 <= south < north <= 90 or east == west:
        raise MocError(f"a range from {west:g} {south:g} to {east:g} {north:g} is none")
    if abs(east - west) >= 360:
        west, east = 0.0, 360.0
    corners = SkyCoord([[west, south], [east, north]], unit="deg")
    return MOC.from_zone(
        corners, max_depth=_order(min((north - south) / 2, ((east - west) % 360 or 360) / 2))
    )


_SHAPES: dict[str, Callable[[Region], Any]] = {
    "circle": _circle,
    "ellipse": _ellipse,
    "polygon": _polygon,
    "box": _box,
    "range": _range,
}


def _equatorial(points: Sequence[Point], frame: str) -> tuple[Any, Any]:
    """Right ascensions and declinations in ICRS."""
    from astropy.coordinates import SkyCoord

    if not points or any(not abs(one[1]) <= 90 for one in points):
        raise MocError("a position has no latitude between -90 and 90 degrees")
    found = SkyCoord(
        [one[0] for one in points], [one[1] for one in points], unit="deg", frame=_frame(frame)
    ).icrs
    return found.ra, found.dec


def _frame(name: str) -> str:
    try:
        return _FRAMES[name]
    except KeyError:
        raise MocError(f"the frame {name} is not converted") from None


def _order(radius: float) -> int:
    """The order at which many cells lie across a region; large ones need no fine cells."""
    wanted = math.log2(CELL_OF_ORDER_0 * _CELLS_ACROSS / max(radius, 1e-9))
    return min(MAXIMUM_ORDER, max(3, math.ceil(wanted) - 1))
