"""Extents of ISO 19139: boxes, polygons (GML), named places, times."""

from __future__ import annotations

from catalogue.record import Place, Point
from mappings.dates import mjd_interval, read_date
from mappings.draft import Draft
from mappings.iso19139_values import inside, text_at
from mappings.json_reading import Node
from mappings.places import box
from mappings.xml_tree import words, words_at

_SIDES = ("westBoundLongitude", "southBoundLatitude", "eastBoundLongitude", "northBoundLatitude")


def read_extent(draft: Draft, node: Node) -> None:
    """One ``EX_Extent``."""
    description = text_at(node, "description")
    for type_, one in inside(node, "geographicElement"):
        if type_ == "EX_GeographicBoundingBox":
            _box(draft, one)
        elif type_ == "EX_GeographicDescription":
            for _, identifier in inside(one, "geographicIdentifier"):
                name = text_at(identifier, "code")
                if name is not None:
                    draft.places.append(Place(name=name))
        elif type_ == "EX_BoundingPolygon":
            _polygons(draft, one)
    if description is not None:
        draft.places.append(Place(name=description))
    for _, one in inside(node, "temporalElement"):
        for type_, time in inside(one, "extent"):
            _time(draft, type_, time)


def _box(draft: Draft, node: Node) -> None:
    texts = [text_at(node, name) for name in _SIDES]
    found = box(*texts)
    if found is None:
        said = " ".join(one or "?" for one in texts)
        draft.issue(node.path, "This is not a box in degrees.", said)
        draft.keep(node.path, said)
    elif found[0] == found[2] and found[1] == found[3]:
        draft.places.append(Place(point=Point(longitude=found[0], latitude=found[1])))
    else:
        draft.places.append(Place(box=found))


def _polygons(draft: Draft, node: Node) -> None:
    """Polygons in GML, in the order longitude, latitude that ISO 19139 records use."""
    for _, polygon in inside(node, "polygon"):
        for exterior in polygon.children("exterior"):
            for _, ring in _held(exterior):
                numbers = _numbers(words_at(ring, "posList") or " ".join(_positions(ring)))
                points = [
                    Point(longitude=x, latitude=y)
                    for x, y in zip(numbers[::2], numbers[1::2])
                    if abs(x) <= 180 and abs(y) <= 90
                ]
                if len(points) > 2 and len(points) * 2 == len(numbers):
                    draft.places.append(Place(polygon=tuple(points)))
                elif numbers:
                    draft.keep(ring.where("posList"), " ".join(map(repr, numbers)))


def _held(node: Node) -> list[tuple[str, Node]]:
    return [(name, one) for name, one in node.members() if not name.startswith("@") and one.is_object]


def _positions(ring: Node) -> list[str]:
    return [found for one in ring.children("pos") if (found := words(one))]


def _numbers(text: str) -> list[float]:
    try:
        return [float(one) for one in text.replace(",", " ").split()]
    except ValueError:
        return []


def _time(draft: Draft, type_: str, node: Node) -> None:
    if type_ == "TimePeriod":
        start = _moment(node, "beginPosition", "begin")
        end = _moment(node, "endPosition", "end")
    else:
        start = end = _moment(node, "timePosition", "timePosition")
    if start is None and end is None:
        return
    date = read_date(start if start == end and start else f"{start or ''}/{end or ''}", "collected")
    if date is None:
        return
    interval = mjd_interval(date.start, date.end)
    if interval is not None:
        draft.temporal.append(interval)
    draft.dates.append(date)


def _moment(node: Node, position: str, wrapped: str) -> str | None:
    """A position, by itself or in a ``TimeInstant``; an indeterminate one is open."""
    found = words_at(node, position)
    for one in node.children(position):
        if one.is_object:
            one.take("@indeterminatePosition")
    for one in node.children(wrapped):
        for instant in one.children("TimeInstant"):
            found = found or words_at(instant, "timePosition")
            instant.take("@id")
    return found
