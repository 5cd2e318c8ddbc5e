"""Positions of VOTables: as astropy writes them, in frames and units, and hostile ones."""

from __future__ import annotations

import io
import random
import time
from typing import Any

import pytest
from astropy import units
from astropy.coordinates import SkyCoord
from astropy.io.votable import from_table, writeto
from astropy.table import Table

from catalogue.moc import overlap
from catalogue.sky import MOST_CELLS, around, cone
from mappings.region_files import FileTooLarge, region_of_file
from mappings.votable_positions import positions_of


def votable(fields: str, rows: str, before: str = "") -> bytes:
    """A VOTable of one table."""
    return (
        '<?xml version="1.0"?><VOTABLE version="1.4" xmlns="http://www.ivoa.net/xml/VOTable/v1.3">'
        f"<RESOURCE>{before}<TABLE>{fields}<DATA>{rows}</DATA></TABLE></RESOURCE></VOTABLE>"
    ).encode()


RA = '<FIELD name="a" datatype="double" ucd="pos.eq.ra;meta.main" {}/>'
DEC = '<FIELD name="b" datatype="double" ucd="pos.eq.dec;meta.main" {}/>'


def data(*rows: tuple[str, ...]) -> str:
    cells = "".join("<TR>" + "".join(f"<TD>{cell}</TD>" for cell in row) + "</TR>" for row in rows)
    return f"<TABLEDATA>{cells}</TABLEDATA>"


@pytest.mark.parametrize("form", ["tabledata", "binary", "binary2"])
def test_what_astropy_writes(form: str) -> None:
    chance = random.Random(3)
    places = [(chance.uniform(0, 360), chance.uniform(-90, 90)) for _ in range(50)]
    table = Table(
        {
            "name": [f"star {n}" * (n % 4) for n in range(50)],
            "flags": [[True, False, True]] * 50,
            "e": [one[0] for one in places] * units.deg,
            "n": [one[1] for one in places] * units.deg,
            "count": list(range(50)),
        }
    )
    table["e"].meta["ucd"], table["n"].meta["ucd"] = "pos.eq.ra;meta.main", "POS.EQ.DEC;META.MAIN"
    stream = io.BytesIO()
    writeto(from_table(table), stream, tabledata_format=form)
    found = positions_of(stream.getvalue(), 1000)
    assert list(found.longitudes) == pytest.approx([place[0] for place in places])
    assert list(found.latitudes) == pytest.approx([place[1] for place in places])
    assert len(positions_of(stream.getvalue(), 7).longitudes) == 7


@pytest.mark.parametrize(
    ("system", "frame"),
    [
        ('system="ICRS"', "icrs"),
        ('system="eq_FK5" equinox="J2000"', "fk5"),
        ('system="eq_FK4" equinox="B1950"', "fk4"),
        ('system="galactic"', "galactic"),
    ],
)
def test_frames_are_those_of_astropy(system: str, frame: str) -> None:
    other = '<COOSYS ID="other" system="ICRS"/>'
    fields = RA.format('ref="here"') + DEC.format('ref="here"')
    document = votable(fields, data(("121.17", "-21.57")), f'{other}<COOSYS ID="here" {system}/>')
    there = SkyCoord(121.17, -21.57, unit="deg", frame=frame).icrs
    region = region_of_file(document, 0.01)
    assert overlap(region, cone(f"{there.ra.deg},{there.dec.deg},0"))
    assert not overlap(region, cone(f"{there.ra.deg},{there.dec.deg + 0.02},0"))


@pytest.mark.parametrize(
    ("of_ra", "of_dec", "row", "expected"),
    [
        ('unit="deg"', 'unit="deg"', ("10.5", "-1.5"), (10.5, -1.5)),
        ("", "", ("-10.5", "+1.5"), (349.5, 1.5)),
        ('unit="rad"', 'unit="rad"', ("1", "-1"), (57.29577951, -57.29577951)),
        ('unit="h"', 'unit="arcmin"', ("10.5", "90"), (157.5, 1.5)),
        (
            'unit="&quot;h:m:s&quot;"',
            'unit="&quot;d:m:s&quot;"',
            ("00 42 44.3", "-00 16 09"),
            (10.684583, -0.269167),
        ),
        ("", "", ("00:42:44.3", "+41:16:09"), (10.684583, 41.269167)),
    ],
)
def test_units(of_ra: str, of_dec: str, row: tuple[str, str], expected: tuple[float, float]) -> None:
    found = positions_of(votable(RA.format(of_ra) + DEC.format(of_dec), data(row, ("", ""), ("NaN", "1"))), 9)
    assert (found.longitudes[0], found.latitudes[0]) == pytest.approx(expected, abs=1e-6)
    assert len(found.longitudes) == 1, "rows without a position are left out"


def test_columns_by_name_and_galactic_ones() -> None:
    named = votable(
        '<FIELD name="x" datatype="char"/><FIELD name="RAJ2000" datatype="float"/><FIELD name="DEJ2000"/>',
        data(("A", "1", "2")),
    )
    assert positions_of(named, 9).longitudes == (1.0,)
    galactic = votable(
        '<FIELD name="x" ucd="pos.galactic.lon"/><FIELD name="y" ucd="pos.galactic.lat"/>', data(("1", "2"))
    )
    assert positions_of(galactic, 9).frame == "galactic"


def _binary(rows: str) -> str:
    return f"<BINARY><STREAM>{rows}</STREAM></BINARY>"


_LAUGH = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
LAUGHS = f'<!DOCTYPE VOTABLE [<!ENTITY l0 "ha">{_LAUGH}]>'


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        (f'<!DOCTYPE x [<!ENTITY l0 "ha">{LAUGHS}]><VOTABLE>&l11;</VOTABLE>'.encode(), "entities"),
        (
            f'<!DOCTYPE x [<!ENTITY l0 "ha">{LAUGHS}]><VOTABLE a="&l11;"/>'.encode("utf-16-le"),
            "well-formed",
        ),
        (b'<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><VOTABLE>&f;</VOTABLE>', "entities"),
        (b"<VOTABLE>" + b"<RESOURCE>" * 100_000, "well-formed"),
        (b"<VOTABLE", "well-formed"),
        (b"<html><body/></html>", "no VOTable"),
        (votable("", data(("1", "2"))), "no columns of positions"),
        (votable(RA.format("") + DEC.format(""), data()), "no positions"),
        (votable(RA.format("") + DEC.format(""), data(("1", "91"))), "declination"),
        (votable(RA.format("") + DEC.format(""), data(("one", "1"))), "is no angle"),
        (votable(RA.format('unit="kg"') + DEC.format(""), data(("1", "1"))), "unit «kg»"),
        (
            votable(RA.format("") + DEC.format(""), data(("1", "1")), '<COOSYS ID="a" system="ecl_FK5"/>'),
            "frame «ecl_FK5»",
        ),
        (
            votable(RA.format("") + DEC.format(""), '<BINARY><STREAM href="http://localhost/x"/></BINARY>'),
            "not fetched",
        ),
        (
            votable(RA.format("") + DEC.format(""), "<FITS><STREAM>AAAA</STREAM></FITS>"),
            "are in FITS",
        ),
        (
            votable(RA.format("") + DEC.format(""), _binary("AAAA")),
            "break off",
        ),
        (
            votable(RA.format('arraysize="999999999"') + DEC.format(""), _binary("AAAA")),
            "break off",
        ),
        (
            votable(RA.format('arraysize="*"') + DEC.format(""), _binary("/////w==")),
            "break off",
        ),
        (
            votable(
                RA.format('arraysize="' + "999999999x" * 40_000 + '9"') + DEC.format(""), _binary("AA==")
            ),
            "too large",
        ),
        (
            votable(
                RA.format("") + DEC.format("") + '<FIELD datatype="char" arraysize="0"/>' * 20_000,
                _binary("AAAA" * 40_000),
            ),
            "more than 2,000 columns",
        ),
    ],
)
def test_hostile_tables_are_refused_at_once(document: bytes, reason: str) -> None:
    begun = time.process_time()
    with pytest.raises(ValueError, match=reason):
        region_of_file(document, 0.1)
    assert time.process_time() - begun < 2


def test_rows_have_a_limit() -> None:
    document = votable(RA.format("") + DEC.format(""), data(*([("1", "1")] * 5001)))
    with pytest.raises(FileTooLarge, match="5,000 rows"):
        region_of_file(document, 0.1)


def test_what_is_near_a_position_is_found_and_nothing_far() -> None:
    chance = random.Random(5)
    for count in (3, 300):
        east: Any = [chance.uniform(0, 360) for _ in range(count)]
        north: Any = [chance.uniform(-80, 80) for _ in range(count)]
        region = around(east, north, 0.2, "icrs")
        assert 0 < len(region) <= MOST_CELLS
        for at in range(0, count, 37):
            near = SkyCoord(east[at], north[at], unit="deg").directional_offset_by(
                chance.uniform(0, 360) * units.deg, 0.199 * units.deg
            )
            assert overlap(region, cone(f"{near.ra.deg},{near.dec.deg},0"))
        sky = SkyCoord(east, north, unit="deg")
        for _ in range(100):
            place = SkyCoord(chance.uniform(0, 360), chance.uniform(-80, 80), unit="deg")
            if sky.separation(place).deg.min() > 0.6:
                assert not overlap(region, cone(f"{place.ra.deg},{place.dec.deg},0"))
