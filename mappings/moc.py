"""MOCs in ASCII (IVOA MOC 2.0, section 4.3.2): checked, in one form, within the limits of the model."""

from __future__ import annotations

import re

MAXIMUM_ORDER = 12
MAXIMUM_CELLS = 100_000
_TOKEN = re.compile(r"(\d{1,2})/|(\d{1,19})(?:-(\d{1,19}))?|[\s,]+", re.ASCII)


class MocError(ValueError):
    """The text is no MOC; the message says why."""


def normal_moc(text: str) -> tuple[str, bool]:
    """The MOC in one line, and whether it had to be made coarser to stay within the limits.

    Raises `MocError` for what is no MOC.
    """
    ranges = _parsed(text)
    coarse = False
    while True:
        order = max((order for order, found in ranges.items() if found), default=0)
        cells = sum(last - first + 1 for found in ranges.values() for first, last in found)
        if order <= MAXIMUM_ORDER and cells <= MAXIMUM_CELLS:
            return _written(ranges), coarse
        if order == 0:
            raise MocError("it has more cells than the sky")
        coarse = True
        finest = [(first >> 2, last >> 2) for first, last in ranges.pop(order)]
        ranges[order - 1] = _united([*ranges.get(order - 1, []), *finest])


def _parsed(text: str) -> dict[int, list[tuple[int, int]]]:
    ranges: dict[int, list[tuple[int, int]]] = {}
    order: int | None = None
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise MocError(f"«{text[at : at + 20]}» is no part of a MOC")
        at = match.end()
        if match[1] is not None:
            order = int(match[1])
            if order > 29:
                raise MocError(f"the order {order} is above 29")
            ranges.setdefault(order, [])
        elif match[2] is not None:
            if order is None:
                raise MocError("a cell comes before the first order")
            first, last = int(match[2]), int(match[3] or match[2])
            if first > last or last >= 12 << 2 * order:
                raise MocError(f"there is no cell {last} at order {order}")
            ranges[order].append((first, last))
    if not any(ranges.values()):
        raise MocError("it has no cells")
    return {order: _united(found) for order, found in ranges.items()}


def _united(found: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Sorted ranges without overlaps."""
    result: list[tuple[int, int]] = []
    for first, last in sorted(found):
        if result and first <= result[-1][1] + 1:
            result[-1] = (result[-1][0], max(last, result[-1][1]))
        else:
            result.append((first, last))
    return result


def _written(ranges: dict[int, list[tuple[int, int]]]) -> str:
    parts: list[str] = []
    for order in sorted(ranges):
        cells = [str(first) if first == last else f"{first}-{last}" for first, last in ranges[order]]
        if cells:
            parts.append(f"{order}/{' '.join(cells)}")
    return " ".join(parts)
