"""Positions and cones on the sky as regions, by astropy and mocpy, which are loaded when first needed."""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Callable, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any

from catalogue.moc import FINEST, Region, cells_of, region_of, united
from catalogue.said import said

if TYPE_CHECKING:
    import numpy

FRAMES = {
    "icrs": "icrs",
    "fk5": "fk5",
    "j2000": "fk5",
    "fk4": "fk4",
    "b1950": "fk4",
    "galactic": "galactic",
    "gal": "galactic",
}
"""Frames that may be asked for, each with its name in astropy."""
CELL_OF_ORDER_0 = 58.6
"""The side of a cell of order 0 in degrees."""
MOST_CELLS = 20_000
"""Cells of a region that is asked for."""
MOST_POSITIONS = 5_000
"""Positions of a region that is made of them."""
_FINENESS = 6
"""The cells of a cone are smaller than its radius by two to this power."""
_CELLS_OF_A_CONE = 12
"""Cells of a cone that are as large as its radius; of half their size about twice as many."""
NAMED_RADIUS = 0.1
"""Degrees around an object that is named without a radius."""
_names: Callable[[str], tuple[float, float]] | None = None
_SEPARATORS = re.compile(r"[,;\s]+")
_SEXAGESIMAL = re.compile(
    r"(?P<sign>[+−-]?)(?P<whole>\d{1,3})(?P<unit>[:hd°])(?P<minutes>\d{1,2})"
    r"(?:[:m'′](?:(?P<seconds>\d{1,2}(?:\.\d*)?)[s\"″]?)?)?",
    re.ASCII,
)
_FORM = said(
    "write RA,DEC,RADIUS in degrees, as in 10.68,41.27,0.5, and after it the frame if it is not ICRS"
)


@functools.lru_cache(maxsize=500)
def cone(text: str) -> Region:
    """The cells of a cone «RA,DEC,RADIUS» in degrees; ICRS, or a frame that follows (FK5, FK4, GALACTIC).

    Positions may be sexagesimal: «05:34:32,+22:00:52,1», «5h34m32s +22d00m52s 1», «05 34 32 +22 00 52 1».
    In place of the position the name of an object may stand, «M31» or «M31,0.5», if names are looked up
    (`use_names`); without a radius it is `NAMED_RADIUS`.  Each cell that the cone touches is taken, of a
    size of a sixtieth of the radius; a radius of 0 is a position.  Raises ``ValueError``.
    """
    parts = [part for part in _SEPARATORS.split(text.strip()) if part]
    frame = FRAMES.get(parts.pop().casefold(), "") if parts and parts[-1][:1].isalpha() else "icrs"
    if not frame and len(parts) < 3:
        return _named(text)
    if not frame:
        raise ValueError(said("the frames are ICRS, FK5, FK4 and GALACTIC; %(form)s", form=_FORM))
    if len(parts) == 7:
        parts = [":".join(parts[:3]), ":".join(parts[3:6]), parts[6]]
    try:
        longitude = _angle(parts[0], in_hours=frame != "galactic")
        latitude, radius = _angle(parts[1], in_hours=False), float(parts[2])
        if len(parts) > 3:
            raise ValueError
    except (IndexError, ValueError):
        if re.search(r"[^\W\d]", text.partition(",")[0]):
            return _named(text)
        raise ValueError(said("«%(text)s» is no cone; %(form)s", text=text[:60], form=_FORM)) from None
    if not all(map(math.isfinite, (longitude, latitude, radius))):
        raise ValueError(said("«%(text)s» is no cone; %(form)s", text=text[:60], form=_FORM))
    if not -360 <= longitude <= 360 or not -90 <= latitude <= 90 or not 0 <= radius <= 180:
        raise ValueError(
            said(
                "right ascension is -360 to 360, declination -90 to 90, radius 0 to 180; %(form)s", form=_FORM
            )
        )
    return _cells(*_icrs(longitude % 360, latitude, frame), radius)


def _angle(text: str, *, in_hours: bool) -> float:
    """Degrees of an angle in degrees, or sexagesimal in hours or degrees; raises ``ValueError``."""
    found = _SEXAGESIMAL.fullmatch(text)
    if found is None:
        return float(text)
    minutes, seconds = int(found["minutes"]), float(found["seconds"] or 0)
    if minutes >= 60 or seconds >= 60 or (found["unit"] == "h" and not in_hours):
        raise ValueError
    degrees = int(found["whole"]) + minutes / 60 + seconds / 3600
    if in_hours and found["unit"] in ":h":
        degrees *= 15
    return -degrees if found["sign"] in {"-", "−"} else degrees


def _named(text: str) -> Region:
    """The cells around an object; a position of before keeps, as an object does not move."""
    name, comma, given = text.rpartition(",")
    name = (name if comma else given).strip()
    if not name[:1].isalnum() or not re.search(r"[^\W\d]", name):
        raise ValueError(said("«%(text)s» is no cone; %(form)s", text=text[:60], form=_FORM))
    try:
        radius = float(given) if comma else NAMED_RADIUS
    except ValueError:
        raise ValueError(
            said(
                "«%(strip)s» after the name is no radius in degrees; %(form)s",
                strip=given.strip()[:40],
                form=_FORM,
            )
        ) from None
    if not 0 <= radius <= 180:
        raise ValueError(said("a radius is 0 to 180 degrees; %(form)s", form=_FORM))
    if _names is None:
        raise ValueError(
            said(
                "«%(text)s» is no cone, and names of objects are not looked up here "
                "(ALMAGEST_RESOLVER_URL); %(form)s",
                text=text[:60],
                form=_FORM,
            )
        )
    return _cells(*_names(name), radius)


def use_names(look_up: Callable[[str], tuple[float, float]] | None) -> None:
    """Say where names of objects are looked up: right ascension and declination in degrees (ICRS).

    ``look_up`` raises ``ValueError`` with a reason for the user; ``None`` looks nothing up.
    """
    global _names
    if look_up != _names:
        cone.cache_clear()
    _names = look_up


def _icrs(longitude: float, latitude: float, frame: str) -> tuple[float, float]:
    if frame == "icrs":
        return longitude, latitude
    from astropy.coordinates import SkyCoord

    found = SkyCoord(longitude, latitude, unit="deg", frame=frame).icrs
    return float(found.ra.deg), float(found.dec.deg)


def around(longitudes: Sequence[float], latitudes: Sequence[float], radius: float, frame: str) -> Region:
    """All that is within a radius of positions, angles in degrees; a radius of 0 is the positions alone.

    The cells are as fine as those of a cone, or of the finest order at which they are few enough to be
    asked for; they never are larger than the radius.  Raises ``ValueError``.
    """
    from astropy import units
    from astropy.coordinates import SkyCoord
    from mocpy import MOC

    if not 0 <= radius <= 180:
        raise ValueError(said("the radius around positions is 0 to 180 degrees"))
    found = SkyCoord(list(longitudes), list(latitudes), unit="deg", frame=frame).icrs
    if radius == 0:
        return region_of(MOC.from_lonlat(found.ra, found.dec, max_norder=FINEST).to_string("ascii"))
    # So many cells a cone has of each fineness, for a start.
    fineness = min(
        _FINENESS, max(0, math.floor(math.log2(2 * MOST_CELLS / _CELLS_OF_A_CONE / len(longitudes))))
    )
    for finer in range(fineness, -1, -1):
        made = MOC.from_cones(
            found.ra,
            found.dec,
            radius=radius * units.deg,
            max_depth=_order(radius, finer),
            union_strategy="small_cones",
        )
        region = region_of(made.to_string("ascii"))
        if sum(1 for _ in islice(cells_of(region), MOST_CELLS + 1)) <= MOST_CELLS:
            return region
    raise ValueError(
        said(
            "what is within %(radius)s degrees of %(longitudes)s positions has more than "
            "%(most_cells)s cells; give fewer positions",
            radius=format(radius, "g"),
            longitudes=format(len(longitudes), ","),
            most_cells=format(MOST_CELLS, ","),
        )
    )


def _order(radius: float, fineness: int) -> int:
    return max(3, min(math.ceil(math.log2(CELL_OF_ORDER_0 / radius)) + fineness, FINEST - 2))


def _cells(longitude: float, latitude: float, radius: float) -> Region:
    from astropy import units
    from astropy.coordinates import Latitude, Longitude
    from mocpy import MOC

    lon, lat = Longitude(longitude * units.deg), Latitude(latitude * units.deg)
    if radius == 0:
        found = MOC.from_lonlat(lon, lat, max_norder=FINEST)
    else:
        found = MOC.from_cone(lon, lat, radius=radius * units.deg, max_depth=_order(radius, _FINENESS))
    return region_of(found.to_string("ascii")) or united(())


Ranges = tuple["numpy.ndarray[Any, Any]", "numpy.ndarray[Any, Any]"]
"""A region as its first cells and its ends."""


def stored_ranges(text: str) -> Ranges | None:
    """The region of a MOC as records hold it, faster than `region_of`; ``None`` for what is none."""
    from mocpy import MOC

    try:
        found = MOC.from_string(text.replace(",", " "), "ascii").to_depth29_ranges
        return found[:, 0].copy(), found[:, 1].copy()
    except (OSError, ValueError):
        pass
    try:
        return ranges_of(region_of(text))
    except ValueError:
        return None


def stored_region(text: str) -> Region | None:
    """The same as a region."""
    found = stored_ranges(text)
    return None if found is None else tuple(zip(found[0].tolist(), found[1].tolist(), strict=True))


def ranges_of(region: Region) -> Ranges:
    """A region as arrays."""
    import numpy

    pairs = numpy.array(region, dtype=numpy.uint64).reshape(-1, 2)
    return pairs[:, 0].copy(), pairs[:, 1].copy()


def meet(one: Ranges, other: Ranges) -> bool:
    """Whether two regions have a cell in common, as `moc.overlap` says it; fast where one is short."""
    (first, end), (sought, until) = (one, other) if len(one[0]) >= len(other[0]) else (other, one)
    if not len(sought):
        return False
    at = end.searchsorted(sought, side="right")
    there = at < len(first)
    return bool((first[at[there]] < until[there]).any())
