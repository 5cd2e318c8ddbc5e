"""Time scales against astropy."""

from __future__ import annotations

import random
import warnings
from datetime import datetime

import pytest
from astropy.time import Time

from catalogue.time_scales import _DRIFTING, _STEPS, SCALES, to_utc

DAY = 86_400_000
UNEVEN = [step[0] for step in _DRIFTING] + [_STEPS[0]]
"""Days before these end in a fraction of a second more or less, which astropy spreads over the day."""
BEGINNING = datetime(1858, 11, 17)


def by_astropy(milliseconds: int, scale: str) -> float:
    """The same moment in UTC: by its clock, as MJD of astropy stretch days with a leap second."""
    if scale == "GPS":
        milliseconds, scale = milliseconds + 19_000, "TAI"
    name = {"TDT": "tt", "ET": "tt"}.get(scale, scale.lower())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        day, rest = divmod(milliseconds, DAY)
        clock = Time(day, rest / DAY, format="mjd", scale=name, precision=9).utc.isot
    date, _, seconds = clock.rpartition(":")
    minutes = datetime.fromisoformat(date + ":00") - BEGINNING
    return minutes.total_seconds() * 1000 + min(float(seconds), 60.0) * 1000


@pytest.mark.parametrize("scale", [scale for scale in SCALES if not scale.startswith("UT")])
@pytest.mark.parametrize(("first", "last"), [(20_000, 36_930), (36_935, 41_310), (41_318, 61_000)])
def test_any_moment_is_that_of_astropy(scale: str, first: int, last: int) -> None:
    chance = random.Random(f"{scale} {first}")
    for _ in range(150):
        moment = chance.randrange(first * DAY, last * DAY)
        if any(0 < step - moment / DAY < 1.01 for step in UNEVEN):
            continue
        assert to_utc(moment, scale) == pytest.approx(by_astropy(moment, scale), abs=1), moment


def test_the_seconds_around_leap_seconds() -> None:
    for number, day in enumerate(_STEPS):
        for away in (-1500, -500, 0, 500, 1500, 2500):
            tai = day * DAY + (10 + number) * 1000 + away
            if day == _STEPS[0] and away < 0:
                # One of the uneven days.
                continue
            assert to_utc(tai, "TAI") == pytest.approx(by_astropy(tai, "TAI"), abs=1), (day, away)


def test_time_never_runs_backwards() -> None:
    for step in (36_934, 38_395, *_STEPS):
        moments = [to_utc(step * DAY + 250 * quarter, "TT") for quarter in range(-20, 400)]
        assert moments == sorted(moments), step


def test_utc_stays_what_it_is() -> None:
    assert [to_utc(57_082 * DAY + 1, scale) for scale in ("UTC", "UT", "UT1")] == [57_082 * DAY + 1] * 3
    assert to_utc(57_082 * DAY, "TT") == 57_082 * DAY - 67_184
    with pytest.raises(KeyError):
        to_utc(0, "CET")
