"""Places on Earth in words, DCMI Point and DCMI Box (DCMI recommendations, 2006)."""

from __future__ import annotations

import re

from catalogue.record import Place, Point
from mappings.text import clean_line

_PART = re.compile(r"\s*([A-Za-z]+)\s*=\s*([^;]+?)\s*(?:;|$)")
_LIMITS = ("westlimit", "southlimit", "eastlimit", "northlimit")


def degrees(text: str | None, limit: float) -> float | None:
    """A number of degrees within ±limit, or ``None``."""
    try:
        # Some write the name of the limit before the number («eastlimit=19.2»).
        value = float((text or "").rpartition("=")[2].replace("−", "-"))
    except ValueError:
        return None
    return value if -limit <= value <= limit else None


def point(longitude: str | None, latitude: str | None) -> Point | None:
    """A point from two texts, where both are degrees."""
    x, y = degrees(longitude, 180), degrees(latitude, 90)
    return Point(longitude=x, latitude=y) if x is not None and y is not None else None


def box(
    west: str | None, south: str | None, east: str | None, north: str | None
) -> tuple[float, float, float, float] | None:
    """A box from four texts, where all are degrees."""
    x0, y0, x1, y1 = degrees(west, 180), degrees(south, 90), degrees(east, 180), degrees(north, 90)
    if x0 is None or y0 is None or x1 is None or y1 is None:
        return None
    return x0, y0, x1, y1


def read_place(text: str) -> Place | None:
    """A place from words or from the DCMI encodings of a point or a box."""
    cleaned = clean_line(text)
    if cleaned is None:
        return None
    if "=" in cleaned:
        parts = {key.casefold(): value for key, value in _PART.findall(cleaned)}
        name = parts.get("name")
        at = point(parts.get("east"), parts.get("north"))
        if at is not None:
            return Place(name=name, point=at)
        around = box(*(parts.get(limit) for limit in _LIMITS))
        if around is not None:
            return Place(name=name, box=around)
    return Place(name=cleaned)


def written_place(place: Place) -> str | None:
    """A place in words, as DCMI Point or as DCMI Box; a polygon only by its name."""
    name = f"name={place.name}; " if place.name and ";" not in place.name else ""
    if place.box is not None:
        return name + "; ".join(f"{limit}={value!r}" for limit, value in zip(_LIMITS, place.box, strict=True))
    if place.point is not None:
        return f"{name}east={place.point.longitude!r}; north={place.point.latitude!r}"
    return place.name
