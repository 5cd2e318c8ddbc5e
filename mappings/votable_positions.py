"""The positions of a VOTable (1.0 to 1.5): the first table with a longitude and a latitude on the sky.

The columns are told by their UCDs, else by their names; their frame by the COOSYS they refer to.  Such a
file may come from anybody: nothing is fetched, no entity expanded, and rows are read only as far as asked.
"""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from lxml import etree

from mappings.votable_binary import binary_rows

_UCDS = (
    ("pos.eq.ra;meta.main", "pos.eq.dec;meta.main", ""),
    ("pos_eq_ra_main", "pos_eq_dec_main", ""),
    ("pos.eq.ra", "pos.eq.dec", ""),
    ("pos_eq_ra", "pos_eq_dec", ""),
    ("pos.galactic.lon;meta.main", "pos.galactic.lat;meta.main", "galactic"),
    ("pos.galactic.lon", "pos.galactic.lat", "galactic"),
)
_NAMES = (
    ("ra", "dec", ""),
    ("raj2000", "dej2000", ""),
    ("_raj2000", "_dej2000", ""),
    ("ra_icrs", "de_icrs", ""),
    ("s_ra", "s_dec", ""),
    ("glon", "glat", "galactic"),
    ("l", "b", "galactic"),
)
_SYSTEMS = {
    "icrs": "icrs",
    "eq_fk5": "fk5",
    "fk5": "fk5",
    "eq_fk4": "fk4",
    "fk4": "fk4",
    "galactic": "galactic",
}
_EQUINOXES = {
    "fk5": {"", "J2000", "J2000.0", "2000", "2000.0"},
    "fk4": {"", "B1950", "B1950.0", "1950", "1950.0"},
}
_UNITS = {
    "": 1.0,
    "deg": 1.0,
    "degree": 1.0,
    "degrees": 1.0,
    "rad": math.degrees(1),
    "radian": math.degrees(1),
    "h": 15.0,
    "hour": 15.0,
    "hourangle": 15.0,
    "arcmin": 1 / 60,
    "arcsec": 1 / 3600,
    "mas": 1 / 3_600_000,
}
_MOST_COLUMNS = 2000
"""Of one table: each row of a binary one is gone through column by column, also those without a byte."""
_SEXAGESIMAL = {"h:m:s": 15.0, "hms": 15.0, "d:m:s": 1.0, "dms": 1.0}


@dataclass(frozen=True, slots=True, kw_only=True)
class Positions:
    """Longitudes and latitudes in degrees, in a frame of `catalogue.sky.FRAMES`."""

    longitudes: tuple[float, ...]
    latitudes: tuple[float, ...]
    frame: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A FIELD of a VOTable; ``at`` is its place in a row."""

    at: int
    name: str
    ucd: str
    unit: str
    ref: str
    datatype: str
    arraysize: str


def positions_of(data: bytes, most: int) -> Positions:
    """The positions, of the first ``most`` rows; rows without one are left out.

    Raises ``ValueError`` with a reason for the user.
    """
    if b"<!ENTITY" in data:
        raise ValueError("the VOTable defines entities, which are not read; save it without them")
    reader = _Reader(most)
    try:
        found = reader.read(data)
    except etree.XMLSyntaxError as error:
        raise ValueError(f"the file is no well-formed XML: {error.msg}") from None
    if found is None:
        raise ValueError(
            "the VOTable has no columns of positions; they have the UCDs pos.eq.ra;meta.main and "
            "pos.eq.dec;meta.main"
        )
    if not found.longitudes:
        raise ValueError("the VOTable holds no positions")
    return found


class _Reader:
    """Goes through a VOTable once; keeps its frames, and the columns of the table it is in."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._frames: dict[str, str] = {}
        self._columns: list[Column] = []
        self._rows: list[tuple[str, str]] = []
        self._pair: tuple[Column, Column, str] | None = None

    def read(self, data: bytes) -> Positions | None:
        """The positions of the first table that has some columns of them."""
        tags = ("VOTABLE", "COOSYS", "TABLE", "FIELD", "DATA", "TR", "STREAM", "FITS", "PARQUET")
        events = etree.iterparse(
            io.BytesIO(data),
            events=("start", "end"),
            tag=tuple("{*}" + tag for tag in tags),
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            huge_tree=False,
            remove_comments=True,
            remove_pis=True,
        )
        is_votable = False
        for event, element in events:
            name = etree.QName(element).localname
            if event == "start":
                is_votable = self._begin(name, element) or is_votable
                if not is_votable:
                    raise ValueError("the file is XML, but no VOTable")
            elif self._end(name, element):
                break
        if not is_votable:
            raise ValueError("the file is XML, but no VOTable")
        return self._found()

    def _begin(self, name: str, element: Any) -> bool:
        if name == "TABLE":
            self._columns, self._pair = [], None
        elif name == "DATA":
            self._pair = self._chosen()
        elif name in {"FITS", "PARQUET"} and self._pair is not None:
            raise ValueError(f"the rows of the VOTable are in {name}; save it as TABLEDATA or BINARY2")
        return name == "VOTABLE"

    def _end(self, name: str, element: Any) -> bool:
        """Take what has been read; whether it is enough."""
        if name == "COOSYS":
            self._frames[element.get("ID", "")] = _frame_of(element)
        elif name == "FIELD":
            if len(self._columns) >= _MOST_COLUMNS:
                raise ValueError(f"a table of the VOTable has more than {_MOST_COLUMNS:,} columns")
            self._columns.append(_column(element, len(self._columns)))
        elif name == "TR":
            if self._pair is not None:
                self._take([_text(cell) for cell in element.iterfind("{*}TD")])
            element.clear()
            parent = element.getparent()
            if parent is not None:
                parent.remove(element)
        elif name == "STREAM" and self._pair is not None:
            self._unpack(element)
        return len(self._rows) >= self._most or (name == "DATA" and self._pair is not None)

    def _take(self, cells: Sequence[str]) -> None:
        assert self._pair is not None
        longitude, latitude, _ = self._pair
        if max(longitude.at, latitude.at) < len(cells):
            self._rows.append((cells[longitude.at], cells[latitude.at]))

    def _unpack(self, stream: Any) -> None:
        if stream.get("href"):
            raise ValueError("the rows of the VOTable are elsewhere and are not fetched; save it in one file")
        if stream.get("encoding", "base64") != "base64":
            raise ValueError("the rows of the VOTable are not in base64; save it as TABLEDATA")
        form = etree.QName(stream.getparent()).localname
        shapes = [(column.datatype, column.arraysize) for column in self._columns]
        for row in binary_rows(stream.text or "", shapes, has_nulls=form == "BINARY2"):
            self._take(row)
            if len(self._rows) >= self._most:
                return

    def _chosen(self) -> tuple[Column, Column, str] | None:
        """The columns of longitude and latitude, and their frame if they tell it."""
        if self._pair is not None or self._rows:
            return None
        by_ucd, by_name = {}, {}
        for column in reversed(self._columns):
            by_ucd[column.ucd], by_name[column.name] = column, column
        for known, pairs in ((by_ucd, _UCDS), (by_name, _NAMES)):
            for east, north, frame in pairs:
                if east in known and north in known:
                    return known[east], known[north], frame
        return None

    def _found(self) -> Positions | None:
        if self._pair is None:
            return None
        longitude, latitude, frame = self._pair
        values = [
            (east, north)
            for first, second in self._rows
            if (east := _degrees(first, longitude, 15.0)) is not None
            and (north := _degrees(second, latitude, 1.0)) is not None
        ]
        if any(not -360 <= east <= 360 or not -90 <= north <= 90 for east, north in values):
            raise ValueError("a position in the VOTable has no right ascension of -360 to 360 or declination")
        return Positions(
            longitudes=tuple(east % 360 for east, _ in values),
            latitudes=tuple(north for _, north in values),
            frame=frame or self._frame(longitude.ref),
        )

    def _frame(self, ref: str) -> str:
        frame = self._frames.get(ref)
        if frame is None:
            frame = next(iter(self._frames.values())) if len(set(self._frames.values())) == 1 else "icrs"
        if frame.startswith("?"):
            raise ValueError(
                f"the frame «{frame[1:60]}» of the VOTable is none of ICRS, FK5, FK4 and galactic"
            )
        return frame


def _text(cell: Any) -> str:
    return (cell.text or "").strip()


def _column(element: Any, at: int) -> Column:
    def attribute(name: str) -> str:
        return str(element.get(name, "")).strip()

    return Column(
        at=at,
        name=attribute("name").lower(),
        ucd="".join(attribute("ucd").lower().split()),
        unit=attribute("unit").strip("\"'").lower(),
        ref=attribute("ref"),
        datatype=attribute("datatype"),
        arraysize=attribute("arraysize"),
    )


def _frame_of(element: Any) -> str:
    """The frame of a COOSYS; with a question mark before what is none of ours."""
    system, equinox = element.get("system", "eq_FK5"), element.get("equinox", "").strip()
    frame = _SYSTEMS.get(system.strip().lower(), "")
    if not frame or equinox not in _EQUINOXES.get(frame, {equinox}):
        return f"?{system} {equinox}".rstrip()
    return frame


def _degrees(text: str, column: Column, of_hours: float) -> float | None:
    """A value in degrees, ``None`` where there is none; sexagesimal right ascensions are in hours."""
    parts = text.replace(":", " ").split()
    factor = _SEXAGESIMAL.get(column.unit, _UNITS.get(column.unit))
    if factor is None:
        raise ValueError(
            f"the unit «{column.unit[:20]}» of the column «{column.name[:40]}» is none of angles"
        )
    try:
        numbers = [float(part) for part in parts]
    except ValueError:
        raise ValueError(f"«{text[:40]}» in the column «{column.name[:40]}» is no angle") from None
    if not numbers or not all(map(math.isfinite, numbers)):
        return None
    if len(numbers) == 1:
        return numbers[0] * factor
    if len(numbers) > 3:
        raise ValueError(f"«{text[:40]}» in the column «{column.name[:40]}» is no angle")
    value = sum(abs(number) / 60**place for place, number in enumerate(numbers))
    factor = _SEXAGESIMAL.get(column.unit, of_hours)
    return math.copysign(value * factor, -1.0 if parts[0].startswith("-") else 1.0)
