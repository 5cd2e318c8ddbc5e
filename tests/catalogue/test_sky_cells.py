"""Centres and shares of regions are where mocpy has them."""

from __future__ import annotations

import math

import pytest

from catalogue.moc import region_of
from catalogue.sky import cone
from catalogue.sky_cells import centre_of, share_of


def distance(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Degrees between two directions."""
    (a, b), (c, d) = (map(math.radians, pair) for pair in (one, other))
    cosine = math.sin(b) * math.sin(d) + math.cos(b) * math.cos(d) * math.cos(a - c)
    return math.degrees(math.acos(max(-1.0, min(1.0, cosine))))


@pytest.mark.parametrize(
    ("ra", "dec", "radius"),
    [(10.68, 41.27, 2.0), (0.5, 0.0, 5.0), (359.9, -30.0, 1.0), (200.0, 89.5, 3.0), (83.6, 22.0, 0.01),
     (120.0, -60.0, 40.0)],
)  # fmt: skip
def test_the_centre_of_a_cone_is_its_middle(ra: float, dec: float, radius: float) -> None:
    region = cone(f"{ra} {dec} {radius}")
    centre = centre_of(region)
    assert centre is not None
    assert distance(centre, (ra, dec)) < 0.1 * radius
    assert 0 <= centre[0] < 360
    expected = (1 - math.cos(math.radians(radius))) / 2
    assert share_of(region) == pytest.approx(expected, rel=0.35)


@pytest.mark.parametrize("text", ["0/0-11", "0/0-3 8-11", "0/4-7"])
def test_what_goes_round_the_sky_has_no_centre(text: str) -> None:
    assert centre_of(region_of(text)) is None


def test_nothing_has_no_centre() -> None:
    assert centre_of(()) is None
    assert share_of(()) == 0
    assert share_of(region_of("0/0")) == pytest.approx(1 / 12)


def test_the_centre_is_that_of_mocpy() -> None:
    from mocpy import MOC

    for text in ("3/10-40 5/10000", "6/12-15 8/400", "2/0 7/20000-20500"):
        middle = MOC.from_string(text, "ascii").barycenter()
        centre = centre_of(region_of(text))
        assert centre is not None
        assert distance(centre, (middle.ra.deg, middle.dec.deg)) < 1.5
