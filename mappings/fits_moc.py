"""MOCs in FITS (MOC 2.0, section 4.3.1; FITS 4.0): the first binary table, ranges or NUNIQ cells of space.

Read here and not by a library, as such a file may come from anybody: no number of its header is
believed before it is held against the bytes that there are.
"""

from __future__ import annotations

import re

import numpy

from catalogue.moc import FINEST, Region, cells_of, united

_BLOCK = 2880
_CARD = 80
_MOST_BLOCKS = 400
"""Of one header: 14,400 cards."""
MOST_NUMBERS = 300_000
"""Cells, or ends of ranges."""
_CARD_FORM = re.compile(r"([A-Z0-9_-]{1,8}) *= *(?:'((?:[^']|'')*)'|([^/ ]+))")
_TYPES = {"J": ">i4", "K": ">i8", "1J": ">i4", "1K": ">i8"}

Header = dict[str, str]


def region_of_fits(data: bytes) -> Region:
    """The region of a MOC in FITS; raises ``ValueError`` with a reason for the user."""
    header, at = _header(data, 0)
    if _whole(header, "NAXIS") != 0:
        raise ValueError("the FITS file begins with an image; a MOC stands in its first table")
    header, at = _header(data, at)
    if header.get("XTENSION", "").strip() != "BINTABLE":
        raise ValueError("the FITS file has no binary table; a MOC stands in one")
    numbers = _numbers(header, data[at:])
    if len(numbers) > MOST_NUMBERS:
        raise ValueError(
            f"the MOC in the FITS file has more than {MOST_NUMBERS:,} numbers; give it at a lower order"
        )
    return _region(header, numbers)


def fits_of_region(region: Region) -> bytes:
    """A region as MOC in FITS: NUNIQ cells, which programs of every age read (MOC 2.0, section 4.3.1)."""
    cells = list(cells_of(region))
    finest = max((order for order, _ in cells), default=0)
    numbers = numpy.sort(numpy.array([number + (4 << 2 * order) for order, number in cells], dtype=">i8"))
    primary = [("SIMPLE", "T"), ("BITPIX", "8"), ("NAXIS", "0"), ("EXTEND", "T")]
    table = [
        ("XTENSION", "'BINTABLE'"), ("BITPIX", "8"), ("NAXIS", "2"), ("NAXIS1", "8"),
        ("NAXIS2", str(len(numbers))), ("PCOUNT", "0"), ("GCOUNT", "1"), ("TFIELDS", "1"),
        ("TTYPE1", "'UNIQ    '"), ("TFORM1", "'1K      '"), ("MOCVERS", "'2.0     '"),
        ("MOCDIM", "'SPACE   '"), ("ORDERING", "'NUNIQ   '"), ("COORDSYS", "'C       '"),
        ("MOCORD_S", str(finest)), ("MOCORDER", str(finest)), ("PIXTYPE", "'HEALPIX '"),
    ]  # fmt: skip
    data = numbers.tobytes()
    return _written(primary) + _written(table) + data + bytes(-len(data) % _BLOCK)


def _written(header: list[tuple[str, str]]) -> bytes:
    """A header of cards in fixed format (FITS 4.0, section 4.2), filled up to blocks."""
    cards = [
        f"{name:8}= {value:<20}" if value[0] == "'" else f"{name:8}= {value:>20}" for name, value in header
    ]
    text = "".join(card.ljust(_CARD) for card in [*cards, "END"])
    return text.ljust(-(-len(text) // _BLOCK) * _BLOCK).encode("ascii")


def _header(data: bytes, at: int) -> tuple[Header, int]:
    """The values of a header, and where its data begin."""
    found: Header = {}
    for _ in range(_MOST_BLOCKS):
        block = data[at : at + _BLOCK]
        at += _BLOCK
        if len(block) < _BLOCK:
            raise ValueError("the FITS file breaks off in a header")
        for start in range(0, _BLOCK, _CARD):
            card = block[start : start + _CARD].decode("ascii", "replace")
            if card.rstrip() == "END":
                return found, at
            match = _CARD_FORM.match(card)
            if match is not None:
                found[match[1]] = (match[2] if match[3] is None else match[3]).rstrip()
    raise ValueError("a header of the FITS file has no end")


def _whole(header: Header, name: str) -> int:
    text = header.get(name, "")
    if not re.fullmatch(r"\d{1,18}", text, re.ASCII):
        raise ValueError(f"the header of the FITS file has no whole number {name}")
    return int(text)


def _numbers(header: Header, data: bytes) -> numpy.ndarray:
    """The only column of the table."""
    kind = _TYPES.get(header.get("TFORM1", "").strip())
    width, rows = _whole(header, "NAXIS1"), _whole(header, "NAXIS2")
    if _whole(header, "TFIELDS") != 1 or kind is None or width != numpy.dtype(kind).itemsize:
        raise ValueError("the table of the FITS file is no MOC, which has one column of whole numbers")
    if rows * width > len(data):
        raise ValueError(f"the FITS file breaks off: of {rows} rows {len(data) // width} are there")
    return numpy.frombuffer(data, kind, rows).astype(numpy.int64)


def _region(header: Header, numbers: numpy.ndarray) -> Region:
    ordering = header.get("ORDERING", "").strip().upper()
    dimension = header.get("MOCDIM", "SPACE").strip().upper()
    frame = header.get("COORDSYS", "C").strip().upper()
    if dimension != "SPACE":
        raise ValueError(f"the MOC in the FITS file is one of {dimension.lower()}, not of space alone")
    if frame not in {"C", "", "ICRS", "EQUATORIAL"}:
        raise ValueError(f"the MOC in the FITS file is in the frame «{frame}»; a MOC is in ICRS (C)")
    if ordering == "RANGE":
        return _of_ranges(numbers)
    if ordering in {"NUNIQ", "UNIQ"}:
        return _of_cells(numbers)
    raise ValueError(f"the cells in the FITS file are ordered «{ordering[:20]}»; known are RANGE and NUNIQ")


def _of_ranges(numbers: numpy.ndarray) -> Region:
    if len(numbers) % 2:
        raise ValueError("the ranges in the FITS file do not come in pairs")
    first, end = numbers[0::2], numbers[1::2]
    if len(first) and not (first.min() >= 0 and end.max() <= 12 << 2 * FINEST and (first < end).all()):
        raise ValueError("a range in the FITS file is none of the sky")
    return united(zip(first.tolist(), end.tolist(), strict=True))


def _of_cells(numbers: numpy.ndarray) -> Region:
    found = []
    for cell in numbers.tolist():
        order = (cell.bit_length() - 3) // 2
        number = cell - (4 << 2 * order) if cell >= 4 else -1
        if not 0 <= order <= FINEST or not 0 <= number < 12 << 2 * order:
            raise ValueError(f"there is no cell «{cell}» (NUNIQ), as the FITS file says")
        shift = 2 * (FINEST - order)
        found.append((number << shift, (number + 1) << shift))
    return united(found)
