"""How many records of a search were published when: bars of one year or more, and their picture."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from catalogue.index import Query

MOST_BARS = 40
"""Where the years span more, a bar stands for ten, a hundred or a thousand."""

WIDTH, HEIGHT = 320, 72
"""Of the picture, in its own units."""
_GAP = 1.0
_LOWEST = 2.0
"""A bar that is not empty can be seen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """The records of the years ``first`` to ``last``, both included."""

    first: int
    last: int
    count: int

    @property
    def published(self) -> str:
        """The value of the search parameter ``published`` that asks for them."""
        return iso(self.first) if self.first == self.last else f"{iso(self.first)}/{iso(self.last)}"

    @property
    def label(self) -> str:
        """The years in words."""
        return str(self.first) if self.first == self.last else f"{self.first}–{self.last}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """A bar in the picture: ``top`` and ``height`` of what is seen; where it leads."""

    x: float
    width: float
    top: float
    height: float
    bar: Bar
    url: str
    is_chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Histogram:
    """The picture, and the years that stand at its ends."""

    shapes: tuple[Shape, ...]
    first: int
    last: int
    step: int
    width: int = WIDTH
    height: int = HEIGHT


def iso(year: int) -> str:
    """A year as ISO 8601 writes it."""
    return f"{'-' if year < 0 else ''}{abs(year):04d}"


def bars(years: Sequence[tuple[int, int]]) -> tuple[int, tuple[Bar, ...]]:
    """Years that one bar stands for, and the bars that are not empty, in their order."""
    if not years:
        return 1, ()
    step = 1
    while years[-1][0] // step - years[0][0] // step >= MOST_BARS:
        step *= 10
    counts: dict[int, int] = {}
    for year, count in years:
        counts[year // step] = counts.get(year // step, 0) + count
    return step, tuple(
        Bar(first=number * step, last=number * step + step - 1, count=count)
        for number, count in counts.items()
    )


def drawn(query: Query, years: Sequence[tuple[int, int]], link: Callable[[Bar], str]) -> Histogram | None:
    """The picture of a search; none of one whose records bear no more than one year."""
    step, found = bars(years)
    if len(years) < 2:
        return None
    first, last = found[0].first // step, found[-1].first // step
    width = WIDTH / (last - first + 1)
    highest = max(bar.count for bar in found)
    chosen = query.facets.get("year", ())
    shapes = []
    for bar in found:
        height = max(_LOWEST, bar.count / highest * HEIGHT)
        shapes.append(
            Shape(
                x=round((bar.first // step - first) * width, 2),
                width=round(max(width - _GAP, 1.0), 2),
                top=round(HEIGHT - height, 2),
                height=round(height, 2),
                bar=bar,
                url=link(bar),
                is_chosen=step == 1 and iso(bar.first) in chosen,
            )
        )
    return Histogram(shapes=tuple(shapes), first=found[0].first, last=found[-1].last, step=step)
