"""When and where the data of a DIF were taken."""

from __future__ import annotations

from catalogue.record import Place, Point
from mappings.dates import mjd_interval, read_date
from mappings.draft import Draft
from mappings.json_reading import Node
from mappings.places import box, point
from mappings.xml_tree import words, words_at


def read_time(draft: Draft, node: Node) -> None:
    """Intervals and moments; geological ages stay in words."""
    for one in node.children("Temporal_Coverage"):
        _interval(draft, one, words_at(one, "Start_Date"), words_at(one, "Stop_Date"))
        for span in one.children("Range_DateTime"):
            end = words_at(span, "Ending_Date_Time")
            is_ongoing = (words_at(one, "Ends_At_Present_Flag") or "").casefold() == "true"
            _interval(draft, span, words_at(span, "Beginning_Date_Time"), None if is_ongoing else end)
        for moment in one.children("Single_DateTime"):
            text = words(moment)
            _interval(draft, moment, text, text)


def _interval(draft: Draft, node: Node, start: str | None, end: str | None) -> None:
    if start is None and end is None:
        return
    text = start if start == end else f"{start or ''}/{end or ''}"
    date = read_date(text or "", "collected")
    if date is None:
        return
    if date.start is None and date.end is None:
        draft.issue(node.path, "This is not a time in a form that is known; its text is kept.", text)
    elif (interval := mjd_interval(date.start, date.end)) is not None:
        draft.temporal.append(interval)
    draft.dates.append(date)


def read_space(draft: Draft, node: Node) -> None:
    """Boxes, points and polygons; what are no degrees stays as it is."""
    for coverage in node.children("Spatial_Coverage"):
        _box(draft, coverage)
        for geometry in coverage.children("Geometry"):
            for one in geometry.children("Bounding_Rectangle"):
                _box(draft, one)
            for one in geometry.children("Point"):
                found = _point(one)
                if found is not None:
                    draft.places.append(Place(point=found))
            for polygon in geometry.children("Polygon"):
                for boundary in polygon.children("Boundary"):
                    points = [found for one in boundary.children("Point") if (found := _point(one))]
                    if len(points) > 2:
                        draft.places.append(Place(polygon=tuple(points)))


def _box(draft: Draft, node: Node) -> None:
    names = (
        "Westernmost_Longitude",
        "Southernmost_Latitude",
        "Easternmost_Longitude",
        "Northernmost_Latitude",
    )
    texts = [words_at(node, name) for name in names]
    if not any(texts):
        return
    found = box(*texts)
    if found is None:
        said = " ".join(one or "?" for one in texts)
        draft.issue(node.path, "This is not a box in degrees.", said)
        draft.keep(node.path, said)
    elif found[0] == found[2] and found[1] == found[3]:
        draft.places.append(Place(point=Point(longitude=found[0], latitude=found[1])))
    else:
        draft.places.append(Place(box=found))


def _point(node: Node) -> Point | None:
    return point(words_at(node, "Point_Longitude"), words_at(node, "Point_Latitude"))


def read_locations(draft: Draft, node: Node) -> None:
    """Named places, the finest last."""
    for one in node.children("Location"):
        names = (
            "Location_Category",
            "Location_Type",
            *(f"Location_Subregion{level}" for level in (1, 2, 3, 4)),
        )
        found = [text for name in (*names, "Detailed_Location") if (text := words_at(one, name))]
        if not one.is_object and (text := words(one)):
            found = [text]
        if found:
            draft.places.append(Place(name=", ".join(dict.fromkeys(found))))
