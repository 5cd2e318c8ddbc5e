"""Where, when and what was measured, in schema.org's words (Place, GeoShape, PropertyValue)."""

from __future__ import annotations

import re

from catalogue.record import Parameter, Place, Term
from mappings.dates import mjd_interval
from mappings.draft import Draft
from mappings.json_ld import Entities
from mappings.json_reading import Node
from mappings.places import box, point, read_place
from mappings.schema_works import MOST
from mappings.text import clean_line, clean_url

_NUMBERS = re.compile(r"[-+]?\d+(?:\.\d*)?(?:[eE][-+]?\d+)?")
_CORNERS = 10_000


def read_coverage(draft: Draft, entities: Entities, work: Node) -> None:
    """Coverage in space and time, the variables and the techniques."""
    for node in work.children("temporalCoverage")[:MOST]:
        text = node.text("startDate") if node.is_object else node.text()
        date = draft.date(text, "collected", node.path) if text else None
        if date is not None:
            draft.dates.append(date)
            interval = mjd_interval(date.start, date.end)
            if interval is not None and interval not in draft.temporal:
                draft.temporal.append(interval)
    for name in work.having(("spatialCoverage", "contentLocation", "spatial")):
        for node in work.children(name):
            _read_place(draft, entities, node)
    for node in work.children("variableMeasured"):
        parameter = _parameter(entities.of(node))
        if parameter is not None:
            draft.parameters.append(parameter)
    for name in work.having(("measurementTechnique", "measurementMethod")):
        for node in work.children(name):
            technique = entities.of(node)
            label = clean_line(technique.text("name") if technique.is_object else technique.text())
            if label:
                uri = clean_url(technique.text("@id", "url")) if technique.is_object else None
                draft.techniques.append(Term(label=label, uri=uri))


def _read_place(draft: Draft, entities: Entities, node: Node) -> None:
    found = entities.of(node)
    if not found.is_object:
        place = read_place(found.text() or "")
        if place is not None:
            draft.places.append(place)
        return
    name = clean_line(found.text("name") or found.text("address"))
    shapes = found.children("geo")
    for inner in shapes:
        shape = entities.of(inner)
        place = _shape(draft, shape, name or clean_line(shape.text("address", "name")))
        if place is not None:
            draft.places.append(place)
    if not shapes and found.has("latitude", "longitude", "box", "polygon"):
        place = _shape(draft, found, name)
        if place is not None:
            draft.places.append(place)
    elif not shapes and name:
        draft.places.append(Place(name=name))


def _shape(draft: Draft, shape: Node, name: str | None) -> Place | None:
    """A point, box or polygon; latitude comes before longitude (schema.org GeoShape)."""
    if shape.has("latitude") and shape.has("longitude"):
        at = point(shape.text("longitude"), shape.text("latitude"))
        if at is not None:
            return Place(name=name, point=at)
        draft.issue(shape.path, "This is no point on Earth.")
    text = shape.text("box")
    if text:
        numbers = _NUMBERS.findall(text)
        if len(numbers) == 4:
            south, west, north, east = numbers
            around = box(west, south, east, north)
            if around is not None:
                return Place(name=name, box=around)
        draft.issue(shape.where("box"), "This is no box in degrees.", text)
        draft.keep(shape.where("box"), text)
    text = shape.text("polygon", "line")
    if text:
        numbers = _NUMBERS.findall(text)[: 2 * _CORNERS]
        corners = [point(x, y) for y, x in zip(numbers[::2], numbers[1::2], strict=False)]
        if len(corners) > 2 and all(corners) and not len(numbers) % 2:
            return Place(name=name, polygon=tuple(corner for corner in corners if corner is not None))
        draft.issue(shape.where("polygon"), "This is no polygon in degrees.", text)
        draft.keep(shape.where("polygon"), text)
    return Place(name=name) if name else None


def _parameter(node: Node) -> Parameter | None:
    if not node.is_object:
        name = clean_line(node.text())
        return Parameter(name=name) if name else None
    name = clean_line(node.text("name") or node.text("alternateName"))
    if name is None:
        return None
    value, low, high = (_number(node, key) for key in ("value", "minValue", "maxValue"))
    text = (
        None if value is not None else clean_line(node.text("value")) or clean_line(node.text("description"))
    )
    return Parameter(
        name=name,
        value=value,
        low=low,
        high=high,
        text=text,
        unit=clean_line(node.text("unitText", "unitCode")),
    )


def _number(node: Node, name: str) -> float | None:
    found = node.scalar(name)
    if isinstance(found, bool) or found is None:
        return None
    try:
        number = float(found)
    except (ValueError, OverflowError):
        return None
    return number if abs(number) < float("inf") else None
