"""Energies and times as bars: at the right places, also with open, odd and tiny intervals."""

from __future__ import annotations

import math
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.constants import ELECTRONVOLT
from catalogue.days import ONGOING
from catalogue.record import Interval
from web.axis_pictures import HIGH, LOW, WIDTH, AxisPicture, energies_drawn, times_drawn


def marks(picture: AxisPicture | None, scale: str) -> dict[str, float]:
    assert picture is not None
    return {tick.label: tick.x for tick in dict(picture.scales)[scale]}


def test_a_kiloelectronvolt_is_where_its_scales_say() -> None:
    picture = energies_drawn([Interval(low=1e3 * ELECTRONVOLT, high=1e6 * ELECTRONVOLT)])
    (bar,) = picture.bars
    scale = marks(picture, "eV")
    assert bar.x == pytest.approx(scale["keV"], abs=0.1)
    assert bar.x + bar.width == pytest.approx(scale["MeV"], abs=0.2)
    # A photon of 1 keV has 1.24 nm and 242 PHz.
    assert marks(picture, "m")["nm"] > bar.x > marks(picture, "m")["µm"]
    assert marks(picture, "Hz")["PHz"] < bar.x < marks(picture, "Hz")["EHz"]
    distance = math.log10(1.2398) * WIDTH / math.log10(HIGH / LOW)
    assert marks(picture, "m")["nm"] - bar.x == pytest.approx(distance, abs=0.2)


@pytest.mark.parametrize("width", [280, WIDTH, 4000])
def test_scales_are_labelled_with_prefixes_of_the_si(width: int) -> None:
    for unit in ("eV", "Hz", "m"):
        labels = marks(energies_drawn([Interval(low=LOW, high=HIGH)], width=width), unit)
        assert labels and all(label.removesuffix(unit) in {*"zafpnµmkMGTPEZYRQ", ""} for label in labels)


def test_open_ends_reach_the_edge_and_say_so() -> None:
    picture = energies_drawn([Interval(low=1e-16), Interval(high=1e-20)])
    up, down = picture.bars
    assert (up.x + up.width, up.open_high, up.open_low) == (WIDTH, True, False)
    assert (down.x, down.open_low) == (0, True)


def test_years_stand_at_their_first_of_january() -> None:
    picture = times_drawn([Interval(low=51544.0, high=55197.0)])  # 2000-01-01 to 2010-01-01
    assert picture is not None
    (bar,) = picture.bars
    scale = marks(picture, "")
    assert scale["2000"] == pytest.approx(bar.x, abs=0.1)
    assert scale["2010"] == pytest.approx(bar.x + bar.width, abs=0.2)


def test_a_night_is_seen_among_months() -> None:
    picture = times_drawn([Interval(low=60310.1, high=60310.4)])
    assert picture is not None and picture.bars[0].width >= 3
    assert list(marks(picture, "")) == ["2024-01"]


def test_what_goes_on_is_open_and_pointed_and_ends_today() -> None:
    for high in (None, ONGOING, 2e5):
        picture = times_drawn([Interval(low=55197.0, high=high)])  # from 2010-01-01 on
        assert picture is not None
        (bar,) = picture.bars
        assert bar.open_high and bar.x + bar.width == WIDTH
        assert f"L{WIDTH} 11L" in bar.path
        labels = list(marks(picture, ""))
        assert labels[0] == "2010" and int(labels[-1]) <= datetime.now(UTC).year
    ended = times_drawn([Interval(low=55197.0, high=55300.0)])
    assert ended is not None and not ended.bars[0].open_high


def test_labels_are_in_the_picture_whole() -> None:
    pictures = [energies_drawn([], width=width) for width in (320, 720)]
    pictures += [one for start in (60310.0, 58849.0) if (one := times_drawn([Interval(low=start)], 320))]
    for picture in pictures:
        for _, ticks in picture.scales:
            for tick in ticks:
                half = len(tick.label) * 3.3
                assert half <= tick.label_x <= picture.width - half, tick


def test_nothing_is_drawn_of_nothing() -> None:
    assert energies_drawn([]).bars == ()
    assert times_drawn([Interval()]) is None


ends = st.one_of(st.none(), st.floats(allow_nan=False), st.floats(-1e5, 1e5))


@given(st.lists(st.builds(Interval, low=ends, high=ends), max_size=5))
def test_whatever_a_source_says_stays_in_the_picture(intervals: list[Interval]) -> None:
    for picture in (energies_drawn(intervals), times_drawn(intervals)):
        if picture is not None:
            for bar in picture.bars:
                assert bar.x >= 0 and bar.x + bar.width <= WIDTH + 0.1 and bar.width >= 3
            assert all(0 <= tick.x <= WIDTH for _, ticks in picture.scales for tick in ticks)
            assert all(len(ticks) <= 40 for _, ticks in picture.scales)
