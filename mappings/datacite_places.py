"""geoLocations of DataCite XML: kernel 4 in elements, kernel 3 in text (latitude first)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from catalogue.record import Place, Point
from mappings.datacite_draft import DataciteDraft
from mappings.places import box, point
from mappings.text import clean_line
from mappings.xml_reading import elements, local_name, text_at, text_of

_PATH = "geoLocations/geoLocation"


def read_places(draft: DataciteDraft, parent: Any) -> None:
    """Every ``geoLocation`` as a place; what are no degrees becomes an issue and an extra value."""
    for element in elements(parent):
        if local_name(element) == "geoLocation":
            read_place(draft, element)
        else:
            draft.keep_below(element, f"geoLocations/{local_name(element)}")


def read_place(draft: DataciteDraft, element: Any) -> None:
    """One place; names, points and boxes beyond the first become places of their own."""
    names: list[str] = []
    points: list[Point] = []
    boxes: list[tuple[float, float, float, float]] = []
    polygons: list[tuple[Point, ...]] = []
    for child in _parts(element):
        found = local_name(child)
        text = text_of(child)
        if text is None or not text.strip():
            continue
        if found == "geoLocationPlace":
            name = clean_line(text)
            if name is not None:
                names.append(name)
            continue
        at = _point(child) if found == "geoLocationPoint" else None
        around = _box(child) if found == "geoLocationBox" else None
        polygon = _polygon(draft, child) if found == "geoLocationPolygon" else None
        if at is not None:
            points.append(at)
        elif around is not None:
            boxes.append(around)
        elif polygon:
            polygons.append(polygon)
        else:
            said = " ".join(part.strip() for part in child.itertext())
            draft.issue(f"{_PATH}/{found}", "This is not a place in degrees.", said)
            draft.keep_below(child, f"{_PATH}/{found}")
    for index in range(max(len(names), len(points), len(boxes), len(polygons), 0)):
        draft.places.append(
            Place(
                name=names[index] if index < len(names) else None,
                point=points[index] if index < len(points) else None,
                box=boxes[index] if index < len(boxes) else None,
                polygon=polygons[index] if index < len(polygons) else (),
            )
        )


def _parts(element: Any) -> Iterator[Any]:
    """The parts of a place; an early kernel 4 had its polygons in a list of their own."""
    for child in elements(element):
        if local_name(child) == "geoLocationPolygons":
            yield from elements(child)
        else:
            yield child


def _point(element: Any) -> Point | None:
    if len(element):
        return point(text_at(element, "pointLongitude"), text_at(element, "pointLatitude"))
    parts = (element.text or "").replace(",", " ").split()
    return point(parts[1], parts[0]) if len(parts) == 2 else None


def _box(element: Any) -> tuple[float, float, float, float] | None:
    if len(element):
        return box(
            text_at(element, "westBoundLongitude"),
            text_at(element, "southBoundLatitude"),
            text_at(element, "eastBoundLongitude"),
            text_at(element, "northBoundLatitude"),
        )
    parts = (element.text or "").replace(",", " ").split()
    if len(parts) != 4:
        return None
    south, west, north, east = parts
    return box(west, south, east, north)


def _polygon(draft: DataciteDraft, element: Any) -> tuple[Point, ...] | None:
    found: list[Point] = []
    for child in elements(element):
        at = _point(child)
        if local_name(child) == "inPolygonPoint":
            draft.keep_below(child, f"{_PATH}/geoLocationPolygon/inPolygonPoint")
        elif at is None:
            return None
        else:
            found.append(at)
    return tuple(found) if len(found) > 2 else None
