"""What the hits on a search page cover, in three pictures: the sky, energies, times; and the asked region."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass

from catalogue.index import Query
from catalogue.moc import region_of
from catalogue.record import Record
from catalogue.sky import cone, stored_region
from catalogue.sky_cells import share_of
from web.axis_pictures import AxisPicture, energies_drawn, times_drawn
from web.coverage_pictures import intervals_of
from web.languages import _
from web.pages_text import number
from web.sky_picture import Outline, SkyPicture, drawn, outline_of, path_of

WIDTH = 320
"""Of the axes, in their own units."""

MOST_CELLS = 64
"""Cells that are drawn of one hit."""

SQUARE_DEGREES = 41252.96
"""Of the whole sky."""

LONGEST_MOC = 200_000
"""Characters of a MOC that is drawn on a search page; a longer one is on the page of its record."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WhereAndWhen:
    """``shown`` are the hits that lie on ``sky``, ``asked`` is the asked region."""

    sky: SkyPicture
    shown: tuple[tuple[str, str, Outline], ...]
    asked: str
    energy: AxisPicture
    time: AxisPicture | None

    @property
    def has_small(self) -> bool:
        """Whether some are drawn larger than they are."""
        return any(outline.is_small for _, _, outline in self.shown)

    @property
    def ids(self) -> frozenset[str]:
        """The ids of the records whose sky is drawn."""
        return frozenset(id for id, _, _ in self.shown)


def where_and_when(query: Query, records: Sequence[Record]) -> WhereAndWhen:
    """The pictures of hits; each of ``shown`` is an id, a title and an outline."""
    shown = []
    for record in records:
        sky = record.coverage.sky if record.coverage is not None else None
        if sky is not None and sky.moc and len(sky.moc) <= LONGEST_MOC and (found := _outline(sky.moc)).path:
            shown.append((record.id, record.title, found))
    energies = [span for record in records for span in intervals_of(record, "energy")]
    times = [span for record in records for span in intervals_of(record, "time")]
    return WhereAndWhen(
        sky=drawn([]),
        shown=tuple(shown),
        asked=_asked_path(query.sky, query.moc),
        energy=energies_drawn(energies, ("eV", "Hz", "m"), WIDTH),
        time=times_drawn(times, WIDTH),
    )


@functools.lru_cache(maxsize=2000)
def _outline(moc: str) -> Outline:
    return outline_of(stored_region(moc) or (), MOST_CELLS)


@functools.lru_cache(maxsize=100)
def _asked_path(sky: str, moc: str) -> str:
    """The region that is asked for; nothing where there is none that can be drawn at once."""
    try:
        return path_of(cone(sky) if sky else region_of(moc) if moc else (), 400)
    except ValueError:
        return ""


def region_in_words(moc: str) -> str:
    """How large a region is, as neither its text nor its name tells anybody; of what is none its text."""
    try:
        area = _area_of(moc)
    except ValueError:
        return moc[:60]
    return _("%(area)s square degrees of the sky", area=number(float(f"{area:.2g}")))


@functools.lru_cache(maxsize=100)
def _area_of(moc: str) -> float:
    return share_of(region_of(moc)) * SQUARE_DEGREES
