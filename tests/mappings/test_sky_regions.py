"""Regions as MOCs, against the areas of spherical geometry and the positions of astropy."""

from __future__ import annotations

import math

import numpy as np
import pytest
from astropy import units
from astropy.coordinates import SkyCoord
from mocpy import MOC

from mappings.moc import MAXIMUM_CELLS, MAXIMUM_ORDER, MocError
from mappings.sky_regions import ALL_SKY, Region, moc_of

RANDOM = np.random.default_rng(7)


def found(region: Region) -> MOC:
    text, coarse = moc_of(region)
    moc = MOC.from_str(text)
    assert not coarse
    assert moc.max_order <= MAXIMUM_ORDER
    assert len(text.split()) < MAXIMUM_CELLS
    return moc


def fraction(steradian: float) -> float:
    return steradian / (4 * math.pi)


def cap(degrees: float) -> float:
    return (1 - math.cos(math.radians(degrees))) / 2


@pytest.mark.parametrize("radius", [0.5, 2.0, 20.0, 92.0, 120.0])
@pytest.mark.parametrize("frame", ["ICRS", "FK5", "FK4", "GALACTIC", "SUPER_GALACTIC", "ECLIPTIC"])
def test_a_circle_has_its_area_and_its_positions(radius: float, frame: str) -> None:
    moc = found(Region(shape="circle", frame=frame, points=((123.0, -34.0),), sizes=(radius,)))
    assert 0 <= moc.sky_fraction / cap(radius) - 1 < 0.06
    names = {"SUPER_GALACTIC": "supergalactic", "ECLIPTIC": "barycentricmeanecliptic"}
    centre = SkyCoord(123 * units.deg, -34 * units.deg, frame=names.get(frame, frame.lower()))
    angles = RANDOM.uniform(0, 360, 50) * units.deg
    inside = centre.directional_offset_by(angles, radius * RANDOM.uniform(0, 0.99, 50) * units.deg).icrs
    outside = centre.directional_offset_by(angles, (radius * 1.02 + 0.05) * units.deg).icrs
    assert moc.contains_lonlat(inside.ra, inside.dec).all()
    assert not moc.contains_lonlat(outside.ra, outside.dec).any()


def test_a_small_circle_is_within_the_finest_cells() -> None:
    moc = found(Region(shape="circle", points=((10.0, 10.0),), sizes=(5 / 3600,)))
    assert moc.max_order == MAXIMUM_ORDER
    assert moc.contains_lonlat([10] * units.deg, [10] * units.deg).all()


@pytest.mark.parametrize("frame", ["ICRS", "GALACTIC"])
@pytest.mark.parametrize(("width", "height"), [(2.0, 1.0), (60.0, 40.0)])
def test_a_box_has_its_area(width: float, height: float, frame: str) -> None:
    moc = found(Region(shape="box", frame=frame, points=((200.0, 50.0),), sizes=(width, height)))
    area = 4 * math.asin(math.sin(math.radians(width / 2)) * math.sin(math.radians(height / 2)))
    assert moc.sky_fraction == pytest.approx(fraction(area), rel=0.05)
    centre = SkyCoord(200 * units.deg, 50 * units.deg, frame=frame.lower())
    offsets = SkyCoord(
        [0, width * 0.49, -width * 0.49, 0, width * 0.53, 0] * units.deg,
        [0, 0, 0, height * 0.49, 0, height * 0.53] * units.deg,
        frame=centre.skyoffset_frame(),
    ).icrs
    assert moc.contains_lonlat(offsets.ra, offsets.dec).tolist() == [True] * 4 + [False] * 2


def test_an_octant_is_an_eighth_of_the_sky() -> None:
    corners = ((0.0, 0.0), (90.0, 0.0), (0.0, 90.0))
    assert found(Region(shape="polygon", points=corners)).sky_fraction == pytest.approx(1 / 8, rel=0.02)
    closed = Region(shape="polygon", points=(*corners, corners[0]))
    assert found(closed).sky_fraction == pytest.approx(1 / 8, rel=0.02)
    galactic = Region(shape="polygon", frame="GALACTIC", points=corners)
    moc = found(galactic)
    assert moc.sky_fraction == pytest.approx(1 / 8, rel=0.02)
    inside = SkyCoord(45 * units.deg, 30 * units.deg, frame="galactic").icrs
    assert moc.contains_lonlat([inside.ra.deg] * units.deg, [inside.dec.deg] * units.deg).all()


@pytest.mark.parametrize(
    ("west", "east", "share"), [(10.0, 40.0, 30 / 360), (350.0, 20.0, 30 / 360), (0.0, 360.0, 1.0)]
)
def test_a_range_of_coordinates(west: float, east: float, share: float) -> None:
    moc = found(Region(shape="range", points=((west, -10.0), (east, 30.0))))
    area = share * (math.sin(math.radians(30)) + math.sin(math.radians(10))) / 2
    assert moc.sky_fraction == pytest.approx(area, rel=0.05)


def test_an_ellipse_has_its_area() -> None:
    moc = found(Region(shape="ellipse", points=((80.0, 0.0),), sizes=(4.0, 2.0, 90.0)))
    assert moc.sky_fraction == pytest.approx(fraction(math.pi * math.radians(4) * math.radians(2)), rel=0.05)
    positions = [83.5, 80.0] * units.deg, [0, 3.5] * units.deg
    assert moc.contains_lonlat(*positions).tolist() == [True, False]


def test_joined_regions() -> None:
    north = Region(shape="circle", points=((0.0, 90.0),), sizes=(90.0,))
    east = Region(shape="circle", points=((90.0, 0.0),), sizes=(90.0,))
    both = Region(shape="intersection", parts=(north, east))
    either = Region(shape="union", parts=(north, east))
    assert found(both).sky_fraction == pytest.approx(1 / 4, rel=0.02)
    assert found(either).sky_fraction == pytest.approx(3 / 4, rel=0.02)
    assert found(Region(shape="negation", parts=(both,))).sky_fraction == pytest.approx(3 / 4, rel=0.02)
    sky = Region(shape="all")
    assert moc_of(sky) == (ALL_SKY, False)
    assert moc_of(Region(shape="union", parts=(north, sky)))[0] == ALL_SKY


@pytest.mark.parametrize(
    ("region", "reason"),
    [
        (Region(shape="circle", points=((0.0, 95.0),), sizes=(1.0,)), "latitude"),
        (Region(shape="circle", points=((0.0, 0.0),), sizes=(0.0,)), "radius"),
        (Region(shape="circle", frame="JUPITER", points=((0.0, 0.0),), sizes=(1.0,)), "JUPITER"),
        (Region(shape="circle", frame="unknown", points=((0.0, 0.0),), sizes=(1.0,)), "unknown"),
        (Region(shape="polygon", points=((0.0, 0.0), (1.0, 1.0))), "corners"),
        (Region(shape="box", points=((0.0, 0.0),), sizes=(200.0, 1.0)), "box"),
        (Region(shape="range", frame="GALACTIC", points=((0.0, 0.0), (1.0, 1.0))), "GALACTIC"),
        (Region(shape="range", points=((0.0, 5.0), (1.0, 1.0))), "range"),
        (Region(shape="ellipse", points=((0.0, 0.0),), sizes=(1.0, 2.0, 0.0)), "half axes"),
        (Region(shape="union"), "no regions"),
        (Region(shape="blob"), "blob"),
        (Region(shape="negation", parts=(Region(shape="all"),)), "empty"),
        (Region(shape="polygon", points=tuple((i / 100, i % 7) for i in range(10_001))), "corners"),
    ],
)
def test_what_is_no_region(region: Region, reason: str) -> None:
    with pytest.raises(MocError, match=reason):
        moc_of(region)
