"""Rows as a VOTable 1.4 (TABLEDATA), written while it is sent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from catalogue.record import Interval
from mappings.xml_writing import attribute, content
from web.result_table import COLUMNS, Row

MEDIA_TYPE = "application/x-votable+xml"
_NAMESPACE = "http://www.ivoa.net/xml/VOTable/v1.3"
"""Of all versions from 1.3 on (VOTable 1.4, section 2.2)."""
_TEXT = 'datatype="unicodeChar" arraysize="*"'
_INTERVALS = 'datatype="double" arraysize="2x*" xtype="interval"'
# UCD1+ of each column (UCD list 1.4); a MOC and intervals as DALI 1.2 has them, section 3.3.
_FIELDS = {
    "id": (_TEXT + ' ucd="meta.id;meta.main"', "Identifier of the record in this catalogue"),
    "identifier": (_TEXT + ' ucd="meta.ref"', "Its own identifier, as an address where it has one"),
    "title": (_TEXT + ' ucd="meta.title"', "Title"),
    "creators": (_TEXT + ' ucd="meta.bib.author"', "Creators, separated by semicolons"),
    "year": ('datatype="int" unit="yr" ucd="time.publiYear"', "Year of publication"),
    "kind": (_TEXT + ' ucd="meta.code.class"', "Kind of resource"),
    "source": (_TEXT + ' ucd="meta.curation"', "Sources that tell of it, separated by semicolons"),
    "access": (_TEXT + ' ucd="meta.code"', "Who may have it: open, embargoed, restricted, closed"),
    "sky": ('datatype="char" arraysize="*" xtype="moc" ref="icrs"', "Coverage on the sky"),
    "time": (_INTERVALS + ' unit="d" ucd="time.interval" ref="mjd"', "Coverage in time, MJD"),
    "energy": (_INTERVALS + ' unit="J" ucd="em.energy"', "Coverage in energy"),
    "url": (_TEXT + ' ucd="meta.ref.url"', "Its page in this catalogue"),
}


def votable(found: Iterable[Row], title: str, url: str) -> Iterator[bytes]:
    """A VOTable with one table; ``title`` and ``url`` say of which catalogue."""
    yield _head(title, url).encode("utf-8", "replace")
    for row in found:
        cells = "".join(f"<TD>{_cell(getattr(row, name))}</TD>" for name in COLUMNS)
        yield f"<TR>{cells}</TR>\n".encode("utf-8", "replace")
    yield b"</TABLEDATA>\n</DATA>\n</TABLE>\n</RESOURCE>\n</VOTABLE>\n"


def _head(title: str, url: str) -> str:
    fields = "\n".join(
        f'<FIELD name="{name}" {said}><DESCRIPTION>{about}</DESCRIPTION></FIELD>'
        for name, (said, about) in _FIELDS.items()
    )
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<VOTABLE version="1.4" xmlns="{_NAMESPACE}">
<RESOURCE type="results">
<COOSYS ID="icrs" system="ICRS"/>
<TIMESYS ID="mjd" timeorigin="MJD-origin" timescale="UNKNOWN" refposition="UNKNOWN"/>
<INFO name="QUERY_STATUS" value="OK"/>
<INFO name="publisher" value="{attribute(title)}"/>
<INFO name="reference_url" value="{attribute(url)}"/>
<TABLE name="records">
{fields}
<DATA>
<TABLEDATA>
"""


def _cell(value: str | int | tuple[Interval, ...] | None) -> str:
    if isinstance(value, tuple):
        return " ".join(f"{_end(one.low, '-Inf')} {_end(one.high, '+Inf')}" for one in value)
    return str(value) if isinstance(value, int) else content(value or "")


def _end(value: float | None, opened: str) -> str:
    return opened if value is None else repr(value)
