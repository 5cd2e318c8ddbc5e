"""Places as GeoJSON geometries."""

from __future__ import annotations

from catalogue.record import Place, Point
from web.ogc_geometry import MOST_PLACES, geometry_of

GENEVA = Place(name="Geneva", point=Point(longitude=6.05, latitude=46.23))


def test_points_boxes_and_names() -> None:
    assert geometry_of(()) is None
    assert geometry_of((Place(name="Paranal"),)) is None
    assert geometry_of((GENEVA,)) == {"type": "Point", "coordinates": [6.05, 46.23]}
    assert geometry_of((Place(box=(1.0, 2.0, 3.0, 4.0)),)) == {
        "type": "Polygon",
        "coordinates": [[[1.0, 2.0], [3.0, 2.0], [3.0, 4.0], [1.0, 4.0], [1.0, 2.0]]],
    }
    assert geometry_of((Place(box=(1.0, 2.0, 1.0, 2.0)),)) == {"type": "Point", "coordinates": [1.0, 2.0]}


def test_a_box_across_the_antimeridian_is_cut() -> None:
    shape = geometry_of((Place(box=(170.0, -20.0, -175.0, 5.0)),))
    assert shape is not None and shape["type"] == "MultiPolygon"
    west, east = ([corner[0] for corner in rings[0]] for rings in shape["coordinates"])
    assert (min(west), max(west), min(east), max(east)) == (170.0, 180.0, -180.0, -175.0)


def test_a_polygon_is_closed_and_counterclockwise() -> None:
    corners = ((0.0, 0.0), (0.0, 1.0), (1.0, 1.0))
    polygon = tuple(Point(longitude=x, latitude=y) for x, y in corners)
    shape = geometry_of((Place(polygon=polygon),))
    assert shape == {"type": "Polygon", "coordinates": [[[0.0, 0.0], [1.0, 1.0], [0.0, 1.0], [0.0, 0.0]]]}


def test_several_places_are_a_collection_with_a_limit() -> None:
    shape = geometry_of((GENEVA, Place(name="CERN"), GENEVA))
    assert shape is not None and [one["type"] for one in shape["geometries"]] == ["Point", "Point"]
    many = geometry_of([GENEVA] * 500)
    assert many is not None and len(many["geometries"]) == MOST_PLACES
