"""Places on Earth: every engine finds what the boxes themselves say, and hostile places cost nothing."""

from __future__ import annotations

import random
import time
from dataclasses import replace
from typing import Any

import pytest

from catalogue.errors import QueryError
from catalogue.index import Query
from catalogue.index_places import PLACE_SLOTS, add_places, boxes_of, sought
from catalogue.record import Coverage, Place, Point
from tests.catalogue.index_engines import change, engine, found
from tests.catalogue.reference_index import ReferenceIndex

__all__ = ["engine"]

Limits = tuple[float, float, float, float]


def some_limits(chance: random.Random) -> Limits:
    """A box, some of them points, some across the antimeridian, some large."""
    west, south = chance.uniform(-180, 180), chance.uniform(-90, 90)
    if chance.random() < 0.3:
        return west, south, west, south
    width = chance.choice((1, 30, 200)) * chance.random()
    north = min(90.0, south + chance.choice((1, 20, 90)) * chance.random())
    return west, south, (west + width + 180) % 360 - 180, north


def place(limits: Limits) -> Place:
    west, south, east, north = limits
    is_point = (west, south) == (east, north)
    return Place(point=Point(longitude=west, latitude=south)) if is_point else Place(box=limits)


def overlaps(one: Limits, other: Limits) -> bool:
    """Whether two boxes have a point in common, by going around the Earth once to each side."""

    def unrolled(limits: Limits) -> tuple[float, float]:
        return limits[0], limits[2] + 360 * (limits[2] < limits[0])

    (west, east), (left, right) = unrolled(one), unrolled(other)
    meets = any(west <= right + turn and left + turn <= east for turn in (-360, 0, 360))
    return meets and one[1] <= other[3] and other[1] <= one[3]


def text(limits: Limits) -> str:
    return ",".join(f"{one:.9f}" for one in limits)


def asked(limits: Limits) -> str:
    return f'place:"{text(limits)}"'


CHANCE = random.Random(6)
# One across the antimeridian takes two of the four boxes that an index keeps.
PLACES = [[some_limits(CHANCE) for _ in range(CHANCE.choice((0, 1, 1, 2)))] for _ in range(250)]
CHANGES = [
    change(number, coverage=Coverage(places=tuple(map(place, limits))))
    for number, limits in enumerate(PLACES, 1)
]


def test_every_engine_finds_what_the_boxes_say(engine) -> None:
    index, reference = engine(), ReferenceIndex()
    for one in (index, reference):
        one.apply(CHANGES)
    counted, chance = 0, random.Random(7)
    for _ in range(150):
        limits = some_limits(chance)
        expected = {
            number for number, boxes in enumerate(PLACES, 1) if any(overlaps(box, limits) for box in boxes)
        }
        assert found(index, asked(limits)) == found(reference, asked(limits)) == expected, limits
        counted += len(expected)
    assert counted > 500


def test_together_with_words_and_without(engine) -> None:
    index = engine()
    geneva = Coverage(places=(Place(name="Geneva", point=Point(longitude=6.05, latitude=46.23)),))
    index.apply(
        [change(1, title="Muons", coverage=geneva), change(2, title="Muons"), change(3, coverage=geneva)]
    )
    assert found(index, "muons place:5.9,45.8,6.3,46.4") == {1}
    assert found(index, "-place:5.9,45.8,6.3,46.4") == {2}
    assert found(index, "place:6.05,46.23") == {1, 3}
    assert found(index, "place:0,0,5,90 OR muons") == {1, 2}
    assert found(index, "geneva place:-180,-90,180,90") == {1, 3}
    index.apply([replace(change(1, title="Muons"), sequence=4)])
    assert found(index, "place:5.9,45.8,6.3,46.4") == {3}


def test_the_antimeridian_and_the_poles(engine) -> None:
    index = engine()
    index.apply(
        [
            change(1, coverage=Coverage(places=(place((180.0, 0.0, 180.0, 0.0)),))),
            change(2, coverage=Coverage(places=(place((-180.0, 0.0, -180.0, 0.0)),))),
            change(3, coverage=Coverage(places=(place((170.0, -5.0, -170.0, 5.0)),))),
            change(4, coverage=Coverage(places=(place((10.0, 90.0, 10.0, 90.0)),))),
        ]
    )
    for edge in ("179,-1,180,1", "-180,-1,-179,1", "179,-1,-179,1", "180,0", "-180,0"):
        assert found(index, f'place:"{edge}"') == {1, 2, 3}, edge
    assert found(index, 'place:"-180,-90,180,90"') == {1, 2, 3, 4}
    assert found(index, 'place:"0,-90,360,90"') == {1, 2, 3, 4}
    assert found(index, 'place:"171,1,172,2"') == {3}
    assert found(index, 'place:"9,89,11,90"') == {4}


@pytest.mark.parametrize(
    "wrong",
    [
        "1,2,3",
        "1,2,3,4,5",
        "a,b,c,d",
        "0,10,5,0",
        "0,-91,1,0",
        "-181,0,1,1",
        "nan,0,1,1",
        "0,0,inf,1",
        "1e400,0,1,1",
        "",
    ],
)
def test_what_is_no_place(wrong: str) -> None:
    with pytest.raises(ValueError, match="write WEST"):
        sought(wrong)
    with pytest.raises(QueryError, match="place: "):
        ReferenceIndex().search(Query(words=f'place:"{wrong}"'))


def test_many_places_become_few_boxes_that_cover_them() -> None:
    chance = random.Random(1)
    points = [Point(longitude=chance.gauss(10, 3), latitude=chance.gauss(50, 3)) for _ in range(20_000)]
    far = Point(longitude=-70.0, latitude=-24.0)
    places = tuple(Place(point=point) for point in (*points, far))
    document: dict[str, Any] = {}
    started = time.perf_counter()
    assert add_places(document, change(1, coverage=Coverage(places=places)).record)
    assert time.perf_counter() - started < 1
    assert document.pop("labels") == "" and len(document) == 4 * PLACE_SLOTS
    assert (-700_000_000, -240_000_000) in {
        (document[f"place_west_{slot}"], document[f"place_south_{slot}"]) for slot in range(PLACE_SLOTS)
    }
    for point in (*points[:200], far):
        ((west, south, _, _),) = boxes_of(point.longitude, point.latitude, point.longitude, point.latitude)
        assert any(
            document[f"place_west_{slot}"] <= west <= document[f"place_east_{slot}"]
            and document[f"place_south_{slot}"] <= south <= document[f"place_north_{slot}"]
            for slot in range(PLACE_SLOTS)
        )


def test_impossible_places_are_passed_over() -> None:
    nan = float("nan")
    places = (
        Place(name="CERN"),
        Place(box=(0.0, 10.0, 5.0, 0.0)),
        Place(box=(nan, 0.0, 1.0, 1.0)),
        Place(point=Point(longitude=1e308, latitude=0.0)),
        Place(polygon=(Point(longitude=0.0, latitude=0.0),)),
    )
    document: dict[str, Any] = {}
    assert add_places(document, change(1, coverage=Coverage(places=places)).record)
    assert document == {"labels": "place:cern"}, "a name is all that is left of them"
    assert not add_places({}, change(1, coverage=Coverage(places=places[1:])).record)
    document = {}
    polygon = tuple(Point(longitude=x, latitude=y) for x, y in ((1.0, 2.0), (3.0, 2.5), (2.0, 4.0)))
    assert add_places(document, change(1, coverage=Coverage(places=(Place(polygon=polygon),))).record)
    assert document.pop("labels") == ""
    assert list(document.values()) == [10_000_000, 20_000_000, 30_000_000, 40_000_000]
