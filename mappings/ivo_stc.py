"""STC 1.30 in VODataService 1.0 and 1.1 (section 3.2 there): what a profile says of sky, time and energy."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import Any

from catalogue.constants import ELECTRONVOLT, LIGHT, PLANCK
from catalogue.record import Interval, Parameter
from mappings.dates import mjd_interval, read_date
from mappings.draft import Draft
from mappings.moc import MocError
from mappings.sky_regions import Point, Region, moc_of
from mappings.text import clean_line
from mappings.xml_reading import elements, first, local_name, text_at, text_of

_XLINK = "{http://www.w3.org/1999/xlink}href"
_ANGLES = {"deg": 1.0, "arcmin": 1 / 60, "arcsec": 1 / 3600, "rad": 180 / math.pi, "h": 15.0}
_PREFIXES = {"": 1.0, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "m": 1e-3, "u": 1e-6, "n": 1e-9, "c": 1e-2}
_SPECTRAL = re.compile(r"(k|M|G|T|m|u|n|c|)(Hz|eV|m)|(Angstrom|angstrom)")
_JOINS = {"Union": "union", "Intersection": "intersection", "Negation": "negation"}
_DEEPEST = 20
_MJD_OF_JD = 2_400_000.5


def read_profile(draft: Draft, profile: Any) -> tuple[str | None, str | None]:
    """What is understood of an STC profile: the MOC of its region and the frame of that (ICRS).

    Times, energies and the region of regard go into the draft; what is not understood is an issue.
    """
    frames = {one.get("id") or "": _frame(one) for one in elements(profile, "AstroCoordSystem")}
    for coordinates in elements(profile, "AstroCoords"):
        _region_of_regard(draft, coordinates)
    regions: list[Region] = []
    for area in elements(profile, "AstroCoordArea"):
        frame = frames.get(area.get("coord_system_id") or "", next(iter(frames.values()), "unknown"))
        for element in elements(area):
            try:
                _part(draft, element, frame, regions)
            except MocError as error:
                draft.issue(
                    "coverage/STCResourceProfile", f"This region is not read: {error}.", local_name(element)
                )
    if not regions:
        return None, None
    whole = regions[0] if len(regions) == 1 else Region(shape="union", parts=tuple(regions))
    try:
        moc, _ = moc_of(whole)
    except MocError as error:
        draft.issue("coverage/STCResourceProfile", f"This region is not read: {error}.")
        return None, None
    return moc, "ICRS"


def _part(draft: Draft, element: Any, frame: str, regions: list[Region]) -> None:
    name = local_name(element)
    if name == "TimeInterval":
        _time(draft, element)
    elif name == "SpectralInterval":
        _spectral(draft, element)
    elif name not in ("TimeRange", "SpectralRange", "RedshiftInterval", "Name"):
        regions.append(_region(element, frame, _DEEPEST))


def _frame(system: Any) -> str:
    """The frame of a system, by its name in the STC library or by its parts («unknown» where it has none)."""
    known = clean_line(system.get(_XLINK)) or ""
    parts = known.rpartition("#")[2].upper().split("-")
    space = first(system, "SpaceFrame")
    if space is not None:
        parts += [local_name(one).upper() for one in elements(space)]
    frames = ("ICRS", "FK5", "FK4", "GALACTIC_II", "GALACTIC", "SUPER_GALACTIC", "ECLIPTIC")
    return next((one for one in frames if one in parts), "unknown")


def _region(element: Any, frame: str, depth: int) -> Region:
    if not depth:
        raise MocError("the regions are nested too deeply")
    name, unit = local_name(element), element.get("unit")
    if name == "AllSky":
        return Region(shape="all")
    if name in _JOINS:
        parts = tuple(_region(one, frame, depth - 1) for one in elements(element))
        return Region(shape=_JOINS[name], parts=parts)
    if name == "Circle":
        centre = _point(first(element, "Center"), unit)
        return Region(shape="circle", frame=frame, points=(centre,), sizes=(_size(element, "Radius", unit),))
    if name == "Ellipse":
        sizes = tuple(_size(element, one, unit) for one in ("SemiMajorAxis", "SemiMinorAxis", "PosAngle"))
        points = (_point(first(element, "Center"), unit),)
        return Region(shape="ellipse", frame=frame, points=points, sizes=sizes)
    if name == "Box":
        size = first(element, "Size")
        sizes = _pair(size, size.get("pos_unit") or size.get("unit") or unit) if size is not None else ()
        return Region(shape="box", frame=frame, points=(_point(first(element, "Center"), unit),), sizes=sizes)
    if name == "Polygon":
        return Region(shape="polygon", frame=frame, points=tuple(_corners(element, unit)))
    if name == "Position2VecInterval":
        low, high = first(element, "LoLimit2Vec"), first(element, "HiLimit2Vec")
        return Region(shape="range", frame=frame, points=(_point(low, unit), _point(high, unit)))
    raise MocError(f"«{name}» is not converted")


def _corners(polygon: Any, unit: str | None) -> Iterator[Point]:
    for vertex in elements(polygon, "Vertex"):
        yield _point(first(vertex, "Position"), vertex.get("unit") or unit)


def _point(element: Any, unit: str | None) -> Point:
    if element is None:
        raise MocError("a position is missing")
    longitude, latitude = _pair(element, element.get("unit") or unit)
    return longitude, latitude


def _pair(element: Any, unit: str | None) -> tuple[float, float]:
    """Two coordinates in degrees; the unit may be of both («deg») or of each («h deg»)."""
    units = (unit or "deg").split()
    texts = [text_at(element, "C1"), text_at(element, "C2")]
    values = [_angle(text, one) for text, one in zip(texts, (units[0], units[-1]), strict=True)]
    return values[0], values[1]


def _size(element: Any, name: str, unit: str | None) -> float:
    found = first(element, name)
    if found is None:
        raise MocError(f"{name} is missing")
    own = found.get("pos_unit") or found.get("pos_angle_unit") or found.get("unit")
    return _angle(text_of(found), own or ("deg" if name == "PosAngle" else (unit or "deg").split()[-1]))


def _angle(text: str | None, unit: str) -> float:
    try:
        value = float(text or "") * _ANGLES[unit]
    except KeyError:
        raise MocError(f"the unit «{unit[:20]}» is none of angles") from None
    except ValueError:
        raise MocError(f"«{(text or '')[:20]}» is no number") from None
    if not math.isfinite(value):
        raise MocError("an angle is not finite")
    return value


def _time(draft: Draft, element: Any) -> None:
    low = _moment(first(element, "StartTime"))
    high = _moment(first(element, "StopTime"), is_end=True)
    if low is None and high is None:
        return
    if low is None or high is None or low <= high:
        draft.temporal.append(Interval(low=low, high=high))
    else:
        draft.issue("coverage/STCResourceProfile/TimeInterval", "It ends before it begins.")


def _moment(element: Any, *, is_end: bool = False) -> float | None:
    """MJD of a time in ISO 8601 (of a day its begin, or its end), JD or MJD."""
    if element is None:
        return None
    written = clean_line(text_at(element, "ISOTime"))
    date = read_date(written, "collected") if written else None
    if date is not None:
        found = mjd_interval(date.start, date.end)
        return None if found is None else found.high if is_end else found.low
    for name, zero in (("MJDTime", 0.0), ("JDTime", _MJD_OF_JD)):
        try:
            value = float(text_at(element, name) or "") - zero
        except ValueError:
            continue
        return value if math.isfinite(value) else None
    return None


def _spectral(draft: Draft, element: Any) -> None:
    """Frequencies, wavelengths or energies in joule."""
    ends = []
    for name in ("LoLimit", "HiLimit"):
        found = first(element, name)
        if found is not None:
            ends.append(_joule(text_of(found), found.get("unit") or element.get("unit") or "Hz"))
    if len(ends) == 2 and None not in ends:
        low, high = sorted(one for one in ends if one is not None)
        draft.spectral.append(Interval(low=low, high=high))
    else:
        said = " ".join((element.get("unit") or "", *(one.text or "" for one in elements(element))))
        draft.issue("coverage/STCResourceProfile/SpectralInterval", "These are no energies.", said)


def _joule(text: str | None, unit: str) -> float | None:
    match = _SPECTRAL.fullmatch(unit.strip())
    try:
        value = float(text or "")
    except ValueError:
        return None
    if match is None or not (math.isfinite(value) and value > 0):
        return None
    scale = 1e-10 if match[3] else _PREFIXES[match[1]]
    if match[2] == "Hz":
        return value * scale * PLANCK
    if match[2] == "eV":
        return value * scale * ELECTRONVOLT
    return PLANCK * LIGHT / (value * scale)


def _region_of_regard(draft: Draft, coordinates: Any) -> None:
    """The size that one observation has, which VODataService 1.0 keeps in the profile; of two the larger."""
    position = first(coordinates, "Position1D")
    sizes = []
    for size in elements(position, "Size") if position is not None else ():
        try:
            sizes.append(_angle(text_of(size), size.get("pos_unit") or size.get("unit") or "deg"))
        except MocError:
            continue
    known = any(one.name == "regionOfRegard" for one in draft.parameters)
    if sizes and not known:
        value = max(sizes)
        draft.parameters.append(Parameter(name="regionOfRegard", value=value, unit="deg", path="coverage"))
