"""The sky as a picture: cells lie where astropy's HEALPix and mocpy say, and whole skies are whole."""

from __future__ import annotations

import math
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalogue.moc import Region, region_of
from catalogue.sky import cone
from catalogue.sky_cells import share_of
from web.sky_picture import HEIGHT, MOST_DRAWN, WIDTH, _edge, drawn, outline_of, path_of, projected

NUMBERS = re.compile(r"-?\d+(?:\.\d+)?")
ALL_SKY = region_of("0/0-11")


def shapes(path: str) -> list[list[tuple[float, float]]]:
    found = []
    for part in path.removeprefix("M").split("M") if path else []:
        values = [float(number) for number in NUMBERS.findall(part)]
        found.append(list(zip(values[::2], values[1::2], strict=True)))
    return found


def area(path: str) -> float:
    """Of all shapes, by the formula of the surveyor."""
    total = 0.0
    for points in shapes(path):
        pairs = zip(points, points[1:] + points[:1], strict=True)
        total += abs(sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairs)) / 2
    return total


WHOLE = math.pi * WIDTH / 2 * HEIGHT / 2


def test_the_middle_the_poles_and_the_edges_are_where_mollweide_has_them() -> None:
    assert projected(0, 0) == (WIDTH / 2, HEIGHT / 2)
    assert projected(0, 90) == (WIDTH / 2, 0)
    assert projected(77, -90) == (WIDTH / 2, HEIGHT)
    assert projected(180, 0) == (0, HEIGHT / 2)  # East is to the left.
    assert projected(-90, 0) == (WIDTH * 3 / 4, HEIGHT / 2)


@pytest.mark.parametrize("order", [0, 1, 2, 3, 5])
def test_the_edges_of_cells_are_those_of_mocpy(order: int) -> None:
    from astropy.coordinates import SkyCoord
    from mocpy import MOC

    for number in range(0, 12 << 2 * order, max(1, (12 << 2 * order) // 40)):
        cell = MOC.from_string(f"{order}/{number}", "ascii")
        edge = SkyCoord(list(_edge(order, number)), unit="deg")
        middle = cell.barycenter()
        angle, distance = middle.position_angle(edge), middle.separation(edge)
        assert cell.contains_skycoords(middle.directional_offset_by(angle, 0.98 * distance)).all()
        assert not cell.contains_skycoords(middle.directional_offset_by(angle, 1.02 * distance)).any()


def test_a_whole_sky_fills_the_ellipse() -> None:
    assert area(path_of(ALL_SKY)) == pytest.approx(WHOLE, rel=0.02)
    assert share_of(ALL_SKY) == 1


@settings(max_examples=50, deadline=None)
@given(ra=st.floats(0, 359.99), dec=st.floats(-90, 90), radius=st.sampled_from([5.0, 20.0, 45.0]))
def test_areas_are_kept_wherever_a_cone_lies(ra: float, dec: float, radius: float) -> None:
    region = cone(f"{ra:.3f},{dec:.3f},{radius}")
    path = path_of(region)
    assert area(path) == pytest.approx(share_of(region) * WHOLE, rel=0.25, abs=40)
    for points in shapes(path):
        assert all(-0.1 <= x <= WIDTH + 0.1 and -0.1 <= y <= HEIGHT + 0.1 for x, y in points)


def test_a_point_can_be_seen_and_many_cells_stay_few() -> None:
    assert area(path_of(cone("10,20,0"))) > 1
    many: Region = tuple((start << 40, (start << 40) + (1 << 40)) for start in range(0, 2_000_000, 2))
    assert len(shapes(path_of(many))) <= 2 * MOST_DRAWN


def test_small_regions_are_marked() -> None:
    assert outline_of(cone("10,20,1")).is_small
    assert not outline_of(cone("10,20,3")).is_small


def test_a_picture_has_its_lines() -> None:
    picture = drawn([ALL_SKY, ()])
    assert picture.regions[1].path == ""
    assert picture.galactic.startswith("M") and picture.ecliptic.startswith("M") and picture.graticule
