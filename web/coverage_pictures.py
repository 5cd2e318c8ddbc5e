"""What a record covers, as pictures: its sky, its energies, its times, each with a sentence."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

from catalogue.record import Energy, Interval, Record
from catalogue.sky import stored_region
from catalogue.sky_cells import share_of
from web.axis_pictures import AxisPicture, energies_drawn, times_drawn
from web.languages import translated
from web.pages_text import THIN, decimals, energy, number, observed
from web.sky_picture import SkyPicture, drawn


@dataclass(frozen=True, slots=True, kw_only=True)
class CoveragePicture:
    """One picture of a record: ``name`` is «sky», «energy» or «time», ``says`` the sentence beside it."""

    name: str
    title: str
    says: str
    sky: SkyPicture | None = None
    axis: AxisPicture | None = None


def coverage_pictures(record: Record) -> tuple[CoveragePicture, ...]:
    """The pictures of a record; none of what it does not say."""
    return tuple(one for one in (_sky(record), _energy(record), _time(record)) if one is not None)


def numbers(record: Record, name: str) -> str:
    """The numbers behind a picture as CSV (RFC 4180): a MOC, or intervals in J or MJD."""
    stream = io.StringIO()
    rows = csv.writer(stream)
    if name == "sky":
        rows.writerow(["moc"])
        rows.writerow([record.coverage.sky.moc if record.coverage and record.coverage.sky else ""])
    else:
        unit = "J" if name == "energy" else "MJD"
        rows.writerow([f"low {unit}", f"high {unit}"])
        rows.writerows([_cell(span.low), _cell(span.high)] for span in intervals_of(record, name))
    return stream.getvalue()


def _cell(end: float | None) -> str:
    return "" if end is None else repr(end)


def _sky(record: Record) -> CoveragePicture | None:
    sky = record.coverage.sky if record.coverage is not None else None
    region = stored_region(sky.moc) if sky is not None and sky.moc else None
    if not region:
        return None
    picture = drawn([region])
    share = _percent(share_of(region))
    if picture.regions[0].is_small:
        says = translated(
            "%(share)s of the sky, in Mollweide's projection (ICRS, 0 h in the middle, east to the left); "
            "marked larger than it is.", share=share,
        )  # fmt: skip
    else:
        says = translated(
            "%(share)s of the sky, in Mollweide's projection (ICRS, 0 h in the middle, east to the left).",
            share=share,
        )
    return CoveragePicture(
        name="sky",
        title=translated("Coverage of the sky"),
        says=says,
        sky=picture,
    )


def _percent(share: float) -> str:
    if share >= 0.9995:
        return translated("The whole")
    square_degrees = share * 41252.96
    if share < 0.001:
        return translated("%(area)s square degrees", area=number(float(f"{square_degrees:.2g}")))
    area = decimals(square_degrees, 0)
    return translated(
        "%(share)s (%(area)s square degrees)", share=f"{decimals(share * 100, 1)}{THIN}%", area=area
    )


def _energy(record: Record) -> CoveragePicture | None:
    found = list(intervals_of(record, "energy"))
    if not found:
        return None
    says = _listed([energy(span) for span in found])
    return CoveragePicture(
        name="energy", title=translated("Coverage in energy"), says=says, axis=energies_drawn(found)
    )


def _time(record: Record) -> CoveragePicture | None:
    picture = times_drawn(list(intervals_of(record, "time")))
    if picture is None:
        return None
    says = _listed([observed(span) for span in intervals_of(record, "time")])
    return CoveragePicture(name="time", title=translated("Coverage in time"), says=says, axis=picture)


def intervals_of(record: Record, name: str) -> Iterator[Interval]:
    """The intervals of energy or time that a record names, those without any end left out."""
    if record.coverage is None:
        return
    found: Energy | object | None = getattr(record.coverage, name)
    for span in getattr(found, "intervals", ()):
        if span.low is not None or span.high is not None:
            yield span


def _listed(texts: list[str]) -> str:
    """The first of many texts, as a sentence."""
    shown = "; ".join(texts[:5])
    if len(texts) > 5:
        return translated("%(shown)s; and %(count)s more.", shown=shown, count=len(texts) - 5)
    return shown if shown.endswith("…") else f"{shown}."
