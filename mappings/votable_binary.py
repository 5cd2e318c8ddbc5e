"""Rows of a VOTable in its binary forms, BINARY and BINARY2 (VOTable 1.5, sections 5.3 and 5.4), as texts."""

from __future__ import annotations

import base64
import binascii
import struct
from collections.abc import Iterator, Sequence

_SIZES = {
    "boolean": 1,
    "unsignedByte": 1,
    "char": 1,
    "unicodeChar": 2,
    "short": 2,
    "int": 4,
    "long": 8,
    "float": 4,
    "double": 8,
    "floatComplex": 8,
    "doubleComplex": 16,
}
_NUMBERS = {"unsignedByte": "B", "short": ">h", "int": ">i", "long": ">q", "float": ">f", "double": ">d"}

_LARGEST = 1 << 30
"""Numbers of one value."""

Shape = tuple[str, str]
"""Datatype and arraysize of a column."""


def binary_rows(text: str, shapes: Sequence[Shape], *, has_nulls: bool) -> Iterator[list[str]]:
    """The rows, a text for each value; only of single numbers and of characters, else an empty one.

    In BINARY2, which ``has_nulls``, a mask of nulls stands before each row.  Raises ``ValueError``.
    """
    try:
        data = base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("the rows of the VOTable are no base64") from None
    mask = (len(shapes) + 7) // 8 if has_nulls else 0
    at = 0
    while at < len(data):
        start = at
        nulls = int.from_bytes(data[at : at + mask], "big")
        at += mask
        row = []
        for number, shape in enumerate(shapes):
            value, at = _value(data, at, *shape)
            is_null = mask > 0 and bool(nulls >> (8 * mask - 1 - number) & 1)
            row.append("" if is_null else value)
        if at == start:
            raise ValueError("the rows of the VOTable have no columns")
        yield row


def _value(data: bytes, at: int, datatype: str, arraysize: str) -> tuple[str, int]:
    """A value, and where the next one begins."""
    count = _count(arraysize)
    if count is None:
        (count,) = struct.unpack_from(">I", data, at) if at + 4 <= len(data) else (len(data),)
        at += 4
    if datatype == "bit":
        size = (count + 7) // 8
    elif datatype in _SIZES:
        size = count * _SIZES[datatype]
    else:
        raise ValueError(f"the datatype «{datatype[:20]}» of a column of the VOTable is not known")
    if at + size > len(data):
        raise ValueError("the rows of the VOTable break off")
    content = data[at : at + size]
    if datatype == "char":
        return content.split(b"\0")[0].decode("ascii", "replace").strip(), at + size
    if datatype == "unicodeChar":
        return content.decode("utf-16-be", "replace").split("\0")[0].strip(), at + size
    if count == 1 and datatype in _NUMBERS:
        return repr(struct.unpack(_NUMBERS[datatype], content)[0]), at + size
    return "", at + size


def _count(arraysize: str) -> int | None:
    """How many numbers make a value; ``None`` where each value tells it."""
    if arraysize.endswith("*"):
        return None
    count = 1
    for part in arraysize.split("x") if arraysize else ():
        if not part.isascii() or not part.isdecimal() or len(part) > 9:
            raise ValueError(f"«{arraysize[:20]}» is no size of a column of a VOTable")
        count *= int(part)
        if count > _LARGEST:
            raise ValueError(f"the size «{arraysize[:20]}» of a column of the VOTable is too large")
    return count
