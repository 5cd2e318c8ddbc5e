"""What the hits on a search page cover, in three pictures: the sky, energies, times; and the asked region."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass

from catalogue.index import Query
from catalogue.moc import Region, region_of
from catalogue.record import Record
from catalogue.sky import cone, stored_region
from web.axis_pictures import AxisPicture, energies_drawn, times_drawn
from web.coverage_pictures import intervals_of
from web.sky_picture import Outline, SkyPicture, drawn, outline_of, path_of

WIDTH = 320
"""Of the axes, in their own units."""

MOST_CELLS = 64
"""Cells that are drawn of one hit."""

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
        asked=path_of(_asked(query), 400),
        energy=energies_drawn(energies, ("eV", "Hz", "m"), WIDTH),
        time=times_drawn(times, WIDTH),
    )


@functools.lru_cache(maxsize=2000)
def _outline(moc: str) -> Outline:
    return outline_of(stored_region(moc) or (), MOST_CELLS)


def _asked(query: Query) -> Region:
    """The region that is asked for; nothing where there is none that can be drawn at once."""
    try:
        if query.sky:
            return cone(query.sky)
        return region_of(query.moc) if query.moc else ()
    except ValueError:
        return ()
