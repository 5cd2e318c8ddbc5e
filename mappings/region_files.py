"""Regions of the sky that people bring as files: a MOC in ASCII, JSON or FITS, or a VOTable of positions.

Such a file is nobody's record and comes from anywhere: nothing in it is fetched, expanded or believed,
and what is larger than the limits here is refused before it is read.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from typing import Any

import orjson

from catalogue.moc import FINEST, Region, region_of, united
from catalogue.sky import MOST_POSITIONS, around
from mappings.fits_moc import region_of_fits
from mappings.votable_positions import positions_of

MAXIMUM_FILE = 10_000_000
"""Bytes of a file, after decompression."""

MOST_PARTS = 300_000
"""Cells and ranges of a MOC in a file, also of those that together are few."""


_TOO_MANY = f"the MOC is given in more than {MOST_PARTS:,} parts; give it at a lower order"


class FileTooLarge(ValueError):
    """The file has more bytes or rows than are read."""


def region_of_file(data: bytes, radius: float | None = None) -> Region:
    """The region of a file; of a VOTable all that is within ``radius`` degrees of its positions.

    Raises ``ValueError`` with a reason for the user, `FileTooLarge` for what is beyond the limits.
    """
    data = _unpacked(data)
    if len(data) > MAXIMUM_FILE:
        raise FileTooLarge(f"the file has more than {MAXIMUM_FILE // 1_000_000} MB")
    beginning = data[:1000].lstrip(b"\xef\xbb\xbf \t\r\n")
    if data.startswith(b"SIMPLE  ="):
        found = region_of_fits(data)
    elif beginning.startswith(b"{"):
        found = region_of_json(data)
    elif beginning.startswith(b"<"):
        found = _around_positions(data, radius)
    else:
        found = _region_of_text(data)
    if not found:
        raise ValueError("the region in the file is empty")
    return found


def _unpacked(data: bytes) -> bytes:
    """What a file compressed by gzip holds, a little more than the limit at most."""
    if not data.startswith(b"\x1f\x8b"):
        return data
    packed = zlib.decompressobj(31)
    try:
        found = packed.decompress(data, MAXIMUM_FILE + 1)
    except zlib.error:
        raise ValueError("the file begins as gzip does, and is damaged") from None
    if not packed.eof and len(found) <= MAXIMUM_FILE:
        raise ValueError("the file is compressed by gzip and breaks off")
    return found


def region_of_json(data: bytes | str) -> Region:
    """The region of a MOC in JSON (MOC 2.0, section 4.3.3): order → numbers of cells."""
    try:
        document = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise ValueError(f"the file is no JSON: {error}") from None
    if not isinstance(document, dict):
        raise ValueError('a MOC in JSON is an object, as in {"6": [12, 13], "8": [100]}')
    return region_of_orders(document)


def region_of_orders(document: dict[str, Any]) -> Region:
    """The region of a MOC as its JSON is read."""
    found: list[tuple[int, int]] = []
    for order, cells in document.items():
        if not order.isascii() or not order.isdecimal() or len(order) > 2 or int(order) > FINEST:
            raise ValueError(f"«{order[:40]}» is no order of a MOC; orders are 0 to {FINEST}")
        if not isinstance(cells, list) or not all(type(cell) is int for cell in cells):
            raise ValueError(f"the cells of order {order} are no list of whole numbers")
        if len(found) + len(cells) > MOST_PARTS:
            raise ValueError(_TOO_MANY)
        found += _ranges(int(order), cells)
    return united(found)


def _ranges(order: int, cells: Iterable[int]) -> list[tuple[int, int]]:
    shift, last = 2 * (FINEST - order), 12 << 2 * order
    cells = list(cells)
    if cells and not 0 <= min(cells) <= max(cells) < last:
        raise ValueError(f"order {order} has cells 0 to {last - 1}")
    return [(cell << shift, (cell + 1) << shift) for cell in cells]


def _region_of_text(data: bytes) -> Region:
    try:
        text = data.decode("ascii")
    except UnicodeDecodeError:
        raise ValueError("the file is none of MOC (ASCII, JSON, FITS) and VOTable") from None
    if len(text) > MOST_PARTS and len(text.replace(",", " ").split()) > MOST_PARTS:
        raise ValueError(_TOO_MANY)
    return region_of(text)


def _around_positions(data: bytes, radius: float | None) -> Region:
    if radius is None:
        raise ValueError("a table of positions needs a radius in degrees; 0 for the positions alone")
    found = positions_of(data, MOST_POSITIONS + 1)
    if len(found.longitudes) > MOST_POSITIONS:
        raise FileTooLarge(f"the table has more than {MOST_POSITIONS:,} rows")
    return around(found.longitudes, found.latitudes, radius, found.frame)
