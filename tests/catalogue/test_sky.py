"""Cones as regions, held to positions and frames of astropy."""

from __future__ import annotations

import random

import numpy
import pytest
from astropy import units
from astropy.coordinates import SkyCoord
from mocpy import MOC

from catalogue.moc import overlap, region_of
from catalogue.sky import cone, stored_ranges


def at(longitude: float, latitude: float) -> tuple[tuple[int, int], ...]:
    moc = MOC.from_lonlat([longitude] * units.deg, [latitude] * units.deg, max_norder=29)
    return region_of(moc.to_string("ascii"))


def test_a_cone_holds_what_is_within_and_little_more() -> None:
    chance = random.Random(3)
    for _ in range(200):
        radius = 10 ** chance.uniform(-3, 1.3)
        centre = SkyCoord(chance.uniform(0, 360), chance.uniform(-90, 90), unit="deg")
        region = cone(f"{centre.ra.deg:.8f},{centre.dec.deg:.8f},{radius:.8f}")
        for share, expected in ((0.0, True), (0.5, True), (0.99, True), (1.06, False), (1.5, False)):
            near = centre.directional_offset_by(
                chance.uniform(0, 360) * units.deg, share * radius * units.deg
            )
            assert overlap(region, at(near.ra.deg, near.dec.deg)) == expected, (centre, radius, share)


@pytest.mark.parametrize("frame", ["fk5", "fk4", "galactic"])
def test_frames(frame: str) -> None:
    there = SkyCoord(121.17, -21.57, unit="deg", frame=frame).icrs
    region = cone(f"121.17,-21.57,0.1,{frame.upper()}")
    assert overlap(region, at(there.ra.deg, there.dec.deg))
    assert overlap(region, cone(f"{there.ra.deg},{there.dec.deg},0.01"))


def test_a_position_a_whole_sky_and_writings() -> None:
    point = cone("10.68,41.27,0")
    assert point == at(10.68, 41.27)
    assert cone("0,0,180") == region_of("0/0-11")
    assert cone("10.68 41.27 0.5") == cone(" 10.68, 41.27 ,0.5, ICRS") == cone("-349.32;41.27;0.5")
    assert overlap(cone("10.68,41.27,1e-7"), point)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1",
        "1,2",
        "1,2,3,4",
        "x,y,z",
        "400,0,1",
        "0,91,1",
        "0,0,-1",
        "0,0,181",
        "nan,0,1",
        "0,0,inf",
        "0,0,1,moon",
        "05:60:00,0,1",
        "0,5h10m0s,1",
        "0,0,1:00:00",
        "05:34:32",
    ],
)
def test_what_is_no_cone(text: str) -> None:
    with pytest.raises(ValueError, match="RA,DEC,RADIUS"):
        cone(text)


@pytest.mark.parametrize(
    "text",
    [
        "05:34:32,-22:00:52.2,1",
        "5h34m32s -22d00m52.2s 1",
        "05 34 32 -22 00 52.2 1",
        "05:34:32;−22°00′52.2″;1 J2000",
        "83.633333333,-22:00:52.2,1,FK5",
    ],
)
def test_sexagesimal_positions(text: str) -> None:
    frame = "fk5" if text.endswith(("FK5", "J2000")) else "icrs"
    there = SkyCoord("05h34m32s", "-22d00m52.2s", frame=frame).icrs
    assert cone(text) == cone(f"{there.ra.deg},{there.dec.deg},1")


def test_galactic_positions_are_in_degrees() -> None:
    assert cone("184:33:36,-5:46:48,1,GALACTIC") == cone("184.56,-5.78,1,GALACTIC")


def test_numpy_is_no_stranger() -> None:
    assert isinstance(cone("1,2,3")[0][0], int) and not isinstance(cone("1,2,3")[0][0], numpy.integer)


@pytest.mark.parametrize("text", ["3/1-4,7 5/2048-3000", "0/0-11", "29/5", "1/1 1/1", "1/0,1 2/", "3/"])
def test_a_stored_region_is_that_of_its_text(text: str) -> None:
    found = stored_ranges(text)
    assert found is not None and tuple(zip(*(part.tolist() for part in found))) == region_of(text)


@pytest.mark.parametrize("text", ["no MOC", "3/99999999", "1/x"])
def test_what_is_stored_and_no_region(text: str) -> None:
    assert stored_ranges(text) is None
