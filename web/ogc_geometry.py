"""Places on Earth as GeoJSON geometries (RFC 7946)."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from typing import Any

from catalogue.record import Place

MOST_PLACES = 100

Geometry = dict[str, Any]


def geometry_of(places: Iterable[Place]) -> Geometry | None:
    """The geometry of all places that are more than names; ``None`` where there is none."""
    found = [shape for place in places if (shape := _shape(place)) is not None][:MOST_PLACES]
    if len(found) < 2:
        return found[0] if found else None
    return {"type": "GeometryCollection", "geometries": found}


def _shape(place: Place) -> Geometry | None:
    if len(place.polygon) > 2:
        ring = [[corner.longitude, corner.latitude] for corner in place.polygon]
        return {"type": "Polygon", "coordinates": [_closed(ring)]}
    if place.box is not None:
        return _box(*place.box)
    if place.point is not None:
        return {"type": "Point", "coordinates": [place.point.longitude, place.point.latitude]}
    return None


def _box(west: float, south: float, east: float, north: float) -> Geometry:
    if (west, south) == (east, north):
        return {"type": "Point", "coordinates": [west, south]}
    if west <= east:
        return {"type": "Polygon", "coordinates": [_rectangle(west, south, east, north)]}
    # Across the antimeridian it is cut in two (RFC 7946, section 3.1.9).
    parts = [(west, 180.0), (-180.0, east)]
    rings = [[_rectangle(left, south, right, north)] for left, right in parts]
    return {"type": "MultiPolygon", "coordinates": rings}


def _rectangle(west: float, south: float, east: float, north: float) -> list[list[float]]:
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


def _closed(ring: list[list[float]]) -> list[list[float]]:
    """The ring with its first corner again at its end, counterclockwise (section 3.1.6)."""
    ring = ring if ring[0] == ring[-1] else [*ring, ring[0]]
    pairs = itertools.pairwise(ring)
    area = sum(one[0] * other[1] - other[0] * one[1] for one, other in pairs)
    return ring if area >= 0 else ring[::-1]
