"""Places on Earth as an index keeps them: boxes of longitude and latitude, to a ten-millionth of a degree.

Of a record it keeps four boxes, the nearest of more made one; a polygon is taken as its box, and one
across the antimeridian as two.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from catalogue.record import Place, Record
from catalogue.text import BOUNDARY, words

PLACE_SLOTS = 4
"""Boxes of one record that an index keeps."""

SIDES = ("west", "south", "east", "north")
PLACED = tuple(f"place_{side}_{slot}" for slot in range(PLACE_SLOTS) for side in SIDES)
"""The fields of a document that hold them."""

MOST_PLACES = 200
"""Places of one record that are compared with each other; of more, neighbours are made one first."""

_NO_NUMBER = re.compile("nan|inf|infinity", re.IGNORECASE)
_UNIT = 10_000_000
_EAST = 180 * _UNIT

Box = tuple[int, int, int, int]
"""West, south, east, north in ten-millionths of a degree, west ≤ east."""


def boxes_of(west: float, south: float, east: float, north: float) -> list[Box]:
    """A box in degrees, west > east across the antimeridian, as boxes that are not.

    Raises ``ValueError`` with a reason for what is no box on Earth.
    """
    if not all(map(math.isfinite, (west, south, east, north))):
        raise ValueError("longitudes and latitudes are numbers")
    if not all(-180 <= longitude <= 360 for longitude in (west, east)):
        raise ValueError("longitudes are -180 to 180")
    if not -90 <= south <= north <= 90:
        raise ValueError("latitudes are -90 to 90, the southern one first")
    if west <= east and east - west >= 360:
        return [(-_EAST, _whole(south), _EAST, _whole(north))]
    left, right = (_whole(one - 360 if one > 180 else one) for one in (west, east))
    low, high = _whole(south), _whole(north)
    if left <= right:
        return [(left, low, right, high)]
    return [(left, low, _EAST, high), (-_EAST, low, right, high)]


def add_places(document: dict[str, Any], record: Record) -> bool:
    """Put the places of a record into its document, their names among its labels; whether there are any."""
    places = record.coverage.places if record.coverage is not None else ()
    found = _few(sorted({box for place in places for box in _boxes(place)}))
    for slot, box in enumerate(found):
        document.update((f"place_{side}_{slot}", value) for side, value in zip(SIDES, box, strict=True))
    names = dict.fromkeys(label for place in places if place.name and (label := named(place.name)))
    labels = [document.get("labels", ""), *map(" ".join, names)]
    document["labels"] = f" {BOUNDARY} ".join(text for text in labels if text)
    return bool(found or names)


def is_name(text: str) -> bool:
    """Whether a search is for a place by name."""
    first = text.split(",")[0].strip()
    return (
        text[:1].isalpha() and not _NO_NUMBER.fullmatch(first) and any(len(word) > 1 for word in words(text))
    )


def named(name: str) -> tuple[str, ...]:
    """The words of a place's name as labels hold them."""
    return tuple(f"place:{word}" for word in words(name))


def _whole(degrees: float) -> int:
    return round(degrees * _UNIT)


def _boxes(place: Place) -> Iterator[Box]:
    try:
        for limits in _limits(place):
            yield from boxes_of(*limits)
    except ValueError:
        # Crosswalks check what they read; what a curator wrote may be anything.
        return


def _limits(place: Place) -> Iterator[tuple[float, float, float, float]]:
    if len(place.polygon) > 2:
        longitudes = [corner.longitude for corner in place.polygon]
        latitudes = [corner.latitude for corner in place.polygon]
        yield min(longitudes), min(latitudes), max(longitudes), max(latitudes)
    elif place.box is not None:
        yield place.box
    elif place.point is not None:
        at = place.point
        yield at.longitude, at.latitude, at.longitude, at.latitude


def _few(boxes: Sequence[Box]) -> list[Box]:
    """At most so many boxes as the index keeps: of neighbours, those that grow least when made one."""
    size = -(-len(boxes) // MOST_PLACES) or 1
    found = [_around(boxes[start : start + size]) for start in range(0, len(boxes), size)]
    while len(found) > PLACE_SLOTS:
        growth = [_growth(one, other) for one, other in itertools.pairwise(found)]
        at = growth.index(min(growth))
        found[at : at + 2] = [_around(found[at : at + 2])]
    return found


def _growth(one: Box, other: Box) -> int:
    return _area(_around((one, other))) - _area(one) - _area(other)


def _area(box: Box) -> int:
    # Points and lines have an area too: what joins them shall be near.
    return (box[2] - box[0] + _UNIT) * (box[3] - box[1] + _UNIT)


def _around(boxes: Iterable[Box]) -> Box:
    west, south, east, north = zip(*boxes, strict=True)
    return min(west), min(south), max(east), max(north)


def sought(text: str) -> list[Box]:
    """The boxes of a search «WEST,SOUTH,EAST,NORTH» or of a point «LONGITUDE,LATITUDE», in degrees.

    Raises ``ValueError`` with a reason for the user.
    """
    form = (
        "write WEST,SOUTH,EAST,NORTH in degrees, as in 5.9,45.8,6.3,46.4, a point as in 6.05,46.23, "
        "or the name of a place"
    )
    try:
        numbers = [float(part) for part in text.replace(",", " ").split()]
    except ValueError:
        raise ValueError(f"«{text[:60]}» is no place; {form}") from None
    if len(numbers) not in {2, 4}:
        raise ValueError(f"«{text[:60]}» is no place; {form}")
    try:
        found = boxes_of(*(numbers if len(numbers) == 4 else numbers * 2))
    except ValueError as error:
        raise ValueError(f"{error}; {form}") from None
    # The antimeridian is one line, whether it is written as 180 or as -180.
    twins = [(_EAST, low, _EAST, high) for west, low, _, high in found if west == -_EAST]
    twins += [(-_EAST, low, -_EAST, high) for _, low, east, high in found if east == _EAST]
    return list(dict.fromkeys((*found, *twins)))
