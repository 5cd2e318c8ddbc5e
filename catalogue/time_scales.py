"""Moments on other time scales as UTC, by fixed rules, to a millisecond.

Times are milliseconds of MJD, each day with 86,400 seconds: a leap second is the midnight behind it.  The
rules are those of IAU SOFA (Time Scale and Calendar Tools): before 1960, when there was no UTC, it is taken
as TAI; UT1, never 0.9 s from UTC, is taken as UTC.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Mapping
from itertools import pairwise

_DAY = 86_400_000
_DRIFTING = (
    (36934, 1.4178180, 37300, 0.001296),
    (37300, 1.4228180, 37300, 0.001296),
    (37512, 1.3728180, 37300, 0.001296),
    (37665, 1.8458580, 37665, 0.0011232),
    (38334, 1.9458580, 37665, 0.0011232),
    (38395, 3.2401300, 38761, 0.001296),
    (38486, 3.3401300, 38761, 0.001296),
    (38639, 3.4401300, 38761, 0.001296),
    (38761, 3.5401300, 38761, 0.001296),
    (38820, 3.6401300, 38761, 0.001296),
    (38942, 3.7401300, 38761, 0.001296),
    (39004, 3.8401300, 38761, 0.001296),
    (39126, 4.3131700, 39126, 0.002592),
    (39887, 4.2131700, 39126, 0.002592),
)
"""TAI − UTC before there were leap seconds: from which MJD, seconds, and by how many a day from a MJD on."""
_STEPS = (
    *(41317, 41499, 41683, 42048, 42413, 42778, 43144, 43509, 43874),
    *(44239, 44786, 45151, 45516, 46247, 47161, 47892, 48257, 48804),
    *(49169, 49534, 50083, 50630, 51179, 53736, 54832, 56109, 57204, 57754),
)
"""The MJD at which TAI − UTC was 10 s, and then a second more each (IERS Bulletin C)."""
_OFFSETS = (*_DRIFTING, *((day, float(10 + number), day, 0.0) for number, day in enumerate(_STEPS)))

_TT, _GPS = 32_184, -19_000
_GEOCENTRIC, _BARYCENTRIC = 6.969290134e-10, 1.550519768e-8
_COMMON = 43144.0003725 * _DAY
"""When TT, TCG and TCB read the same: 1977-01-01 TAI."""
_TDB_THEN = -0.0655


def _begins(step: tuple[int, float, int, float]) -> float:
    """When a step of TAI − UTC begins, in TAI."""
    day, offset, since, rate = step
    return day * _DAY + 1000 * (offset + (day - since) * rate)


_BEGINNINGS = [_begins(step) for step in _OFFSETS]
_ENDS = [after[0] * _DAY for _, after in pairwise(_OFFSETS)] + [math.inf]


def _from_tai(tai: float) -> float:
    number = bisect_right(_BEGINNINGS, tai) - 1
    if number < 0:
        return min(tai, _OFFSETS[0][0] * _DAY)
    _, offset, since, rate = _OFFSETS[number]
    utc = (tai - 1000 * (offset - since * rate)) / (1 + 1000 * rate / _DAY)
    return min(utc, _ENDS[number])


def _from_tt(tt: float) -> float:
    return _from_tai(tt - _TT)


def _from_tdb(tdb: float) -> float:
    # The Earth on its ellipse; what is left out is less than 0.05 ms.
    anomaly = math.radians(357.53 + 0.98560028 * (tdb / _DAY - 51544.5))
    return _from_tt(tdb - 1.658 * math.sin(anomaly) - 0.014 * math.sin(2 * anomaly))


_RULES: Mapping[str, Callable[[float], float]] = {
    "UTC": float,
    "UT": float,
    "UT1": float,
    "TAI": _from_tai,
    "GPS": lambda gps: _from_tai(gps - _GPS),
    "TT": _from_tt,
    "TDT": _from_tt,
    "ET": _from_tt,
    "TDB": _from_tdb,
    "TCG": lambda tcg: _from_tt(tcg - _GEOCENTRIC * (tcg - _COMMON)),
    "TCB": lambda tcb: _from_tdb(tcb - _BARYCENTRIC * (tcb - _COMMON) + _TDB_THEN),
}
SCALES = tuple(_RULES)
"""Names of the time scales that are known."""


def to_utc(moment: int, scale: str) -> int:
    """A moment on one of `SCALES` (in capitals) as UTC, both in milliseconds of MJD; raises ``KeyError``."""
    return moment if scale in {"UTC", "UT", "UT1"} else round(_RULES[scale](moment))
