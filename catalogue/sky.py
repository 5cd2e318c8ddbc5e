"""Positions and cones on the sky as regions, by astropy and mocpy, which are loaded when first needed."""

from __future__ import annotations

import functools
import math
import re

from catalogue.moc import FINEST, Region, region_of, united

FRAMES = {
    "icrs": "icrs",
    "fk5": "fk5",
    "j2000": "fk5",
    "fk4": "fk4",
    "b1950": "fk4",
    "galactic": "galactic",
    "gal": "galactic",
}
_FINENESS = 6
"""The cells of a cone are smaller than its radius by two to this power."""
_CELL_OF_ORDER_0 = 58.6
_SEPARATORS = re.compile(r"[,;\s]+")
_FORM = "write RA,DEC,RADIUS in degrees, as in 10.68,41.27,0.5, and after it the frame if it is not ICRS"


@functools.lru_cache(maxsize=500)
def cone(text: str) -> Region:
    """The cells of a cone «RA,DEC,RADIUS» in degrees; ICRS, or a frame that follows (FK5, FK4, GALACTIC).

    Each cell that the cone touches is taken, of a size of a sixtieth of the radius; a radius of 0 is
    a position.  Raises ``ValueError``.
    """
    parts = [part for part in _SEPARATORS.split(text.strip()) if part]
    frame = FRAMES.get(parts.pop().casefold(), "") if parts and parts[-1][:1].isalpha() else "icrs"
    if not frame and len(parts) < 3:
        raise ValueError(f"names of objects are not looked up; {_FORM}")
    if not frame:
        raise ValueError(f"the frames are ICRS, FK5, FK4 and GALACTIC; {_FORM}")
    try:
        longitude, latitude, radius = map(float, parts)
    except ValueError:
        raise ValueError(f"«{text[:60]}» is no cone; {_FORM}") from None
    if not all(map(math.isfinite, (longitude, latitude, radius))):
        raise ValueError(f"«{text[:60]}» is no cone; {_FORM}")
    if not -360 <= longitude <= 360 or not -90 <= latitude <= 90 or not 0 <= radius <= 180:
        raise ValueError(f"right ascension is -360 to 360, declination -90 to 90, radius 0 to 180; {_FORM}")
    return _cells(*_icrs(longitude % 360, latitude, frame), radius)


def _icrs(longitude: float, latitude: float, frame: str) -> tuple[float, float]:
    if frame == "icrs":
        return longitude, latitude
    from astropy.coordinates import SkyCoord

    found = SkyCoord(longitude, latitude, unit="deg", frame=frame).icrs
    return float(found.ra.deg), float(found.dec.deg)


def _cells(longitude: float, latitude: float, radius: float) -> Region:
    from astropy import units
    from astropy.coordinates import Latitude, Longitude
    from mocpy import MOC

    lon, lat = Longitude(longitude * units.deg), Latitude(latitude * units.deg)
    if radius == 0:
        found = MOC.from_lonlat(lon, lat, max_norder=FINEST)
    else:
        order = math.ceil(math.log2(_CELL_OF_ORDER_0 / radius)) + _FINENESS
        order = max(3, min(order, FINEST - 2))
        found = MOC.from_cone(lon, lat, radius=radius * units.deg, max_depth=order)
    return region_of(found.to_string("ascii")) or united(())


def stored_region(text: str) -> Region | None:
    """The region of a MOC as records hold it, faster than `region_of`; ``None`` for what is none."""
    from mocpy import MOC

    try:
        # Two flat lists are made in a third of the time of one of pairs.
        first, end = MOC.from_string(text, "ascii").to_depth29_ranges.T.tolist()
        return tuple(zip(first, end, strict=True))
    except (OSError, ValueError):
        pass
    try:
        return region_of(text)
    except ValueError:
        return None
