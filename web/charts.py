"""Charts as a few plain shapes, for SVG made on the server; each carries the numbers it draws.

Lengths are in the units of the picture (its width is `WIDTH`).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

from web.issue_tables import cell
from web.languages import figures

WIDTH = 640
ROW = 26
"""Height of a bar with the space around it."""

MOST_BARS = 30
_LABEL = 190
_NUMBER = 110
_LONGEST_LABEL = 28
_BOTTOM = 24
_WIDEST = 80
_STEPS = (1, 2, 5)


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle; ``look`` is its class in the style sheet."""

    x: float
    y: float
    width: float
    height: float
    look: str = "bar"


@dataclass(frozen=True, slots=True)
class Label:
    """A text whose baseline is at ``y``; ``look`` is where it is held: start, end or middle."""

    x: float
    y: float
    text: str
    look: str = "start"


@dataclass(frozen=True, slots=True)
class Line:
    """A path; ``look`` is its class in the style sheet."""

    path: str
    look: str = "rule"


Cell = str | int | float


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A picture with title and description, and the same numbers as a table.

    ``links`` are where the rows lead; ``caption`` says how to read it.
    """

    name: str
    title: str
    says: str
    height: float
    boxes: tuple[Box, ...] = ()
    labels: tuple[Label, ...] = ()
    lines: tuple[Line, ...] = ()
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    links: tuple[str | None, ...] = ()
    caption: str = ""
    width: float = WIDTH


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: what it stands for, how much, and how that is written."""

    label: str
    value: float
    written: str
    look: str = "bar"


def bars(bars: Sequence[Bar], *, longest: float | None = None) -> tuple[list[Box], list[Label], float]:
    """Horizontal bars below each other; ``longest`` is the value of a bar of full length."""
    most = longest or max((bar.value for bar in bars), default=0) or 1
    room = WIDTH - _LABEL - _NUMBER
    boxes, labels = [], []
    for number, bar in enumerate(bars[:MOST_BARS]):
        y = number * ROW
        width = round(max(bar.value / most * room, 1.0 if bar.value else 0.0), 2)
        boxes += [Box(_LABEL, y + 4, room, ROW - 8, "ground"), Box(_LABEL, y + 4, width, ROW - 8, bar.look)]
        labels.append(Label(_LABEL - 8, y + 17, shortened(bar.label), "end"))
        labels.append(Label(WIDTH - _NUMBER + 8, y + 17, bar.written, "start"))
    return boxes, labels, ROW * len(bars[:MOST_BARS])


def shortened(text: str) -> str:
    """A text that fits beside a bar."""
    return text if len(text) <= _LONGEST_LABEL else text[: _LONGEST_LABEL - 1].rstrip() + "…"


def round_steps(most: float, wanted: int = 4) -> list[int]:
    """About so many round numbers from 0 on, the last of them not below ``most``."""
    step = 1
    scale = 1
    while True:
        for factor in _STEPS:
            step = factor * scale
            if step * wanted >= most:
                return list(range(0, step * (-(-int(most) // step) or 1) + 1, step))
        scale *= 10


def columns(
    heights: Sequence[tuple[str, int, int]], height: float = 200
) -> tuple[list[Box], list[Label], list[Line], float]:
    """Columns side by side, of (label, whole height, of which new), with a scale at the left."""
    left, top = 76.0, 10.0
    steps = round_steps(max((whole for _, whole, _ in heights), default=1))
    lines, labels, boxes = [], [], []
    for step in steps:
        y = round(top + height - step / steps[-1] * height, 2)
        lines.append(Line(f"M{left} {y}H{WIDTH}"))
        labels.append(Label(left - 8, y + 4, figures(f"{step:,}"), "end"))
    room = min((WIDTH - left) / max(len(heights), 1), _WIDEST)
    every = -(-len(heights) // 7)
    for number, (label, whole, new) in enumerate(heights):
        x, wide = round(left + number * room + room * 0.1, 2), round(room * 0.8, 2)
        for amount, look in ((whole, "held"), (min(new, whole), "bar")):
            tall = round(amount / steps[-1] * height, 2)
            if tall:
                boxes.append(Box(x, round(top + height - tall, 2), wide, tall, look))
        if number % every == 0:
            labels.append(Label(round(left + (number + 0.5) * room, 2), top + height + 18, label, "middle"))
    return boxes, labels, lines, top + height + _BOTTOM


def as_csv(chart: Chart) -> str:
    """The numbers of a chart (RFC 4180), safe to be opened in a spreadsheet."""
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow(chart.columns)
    writer.writerows([cell(one) if isinstance(one, str) else one for one in row] for row in chart.rows)
    return stream.getvalue()
