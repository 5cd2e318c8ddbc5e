"""MOCs in FITS whose headers say what is not so."""

from __future__ import annotations

from pathlib import Path

import pytest
from mocpy import MOC

from catalogue.moc import region_of
from mappings import fits_moc
from mappings.fits_moc import fits_of_region, region_of_fits


@pytest.fixture
def moc(tmp_path: Path) -> bytes:
    MOC.from_string("6/20 8/100-110").save(str(tmp_path / "m"), format="fits")
    return (tmp_path / "m").read_bytes()


def card(name: str, value: str) -> bytes:
    return f"{name:8}= {value:>20}".ljust(80).encode()


def changed(data: bytes, name: str, value: str) -> bytes:
    """The file with another value of a card of the table."""
    at = data.index(f"{name:8}=".encode(), data.index(b"XTENSION"))
    return data[:at] + card(name, value) + data[at + 80 :]


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("NAXIS2", "999999999999999999", "breaks off: of 999999999999999999 rows"),
        ("NAXIS2", "-1", "no whole number NAXIS2"),
        ("NAXIS2", "9" * 60, "no whole number NAXIS2"),
        ("NAXIS1", "16", "one column"),
        ("TFORM1", "'1D'", "one column"),
        ("TFORM1", "'9999999999K'", "one column"),
        ("TFIELDS", "2", "one column"),
        ("ORDERING", "'NESTED'", "ordered «NESTED»"),
        ("MOCDIM", "'TIME'", "one of time"),
        ("COORDSYS", "'G'", "frame «G»"),
        ("XTENSION", "'IMAGE'", "no binary table"),
    ],
)
def test_a_header_is_not_believed(moc: bytes, name: str, value: str, reason: str) -> None:
    assert region_of_fits(moc)
    with pytest.raises(ValueError, match=reason):
        region_of_fits(changed(moc, name, value))


def test_what_is_cut_off_or_has_no_end(moc: bytes) -> None:
    for length in (80, 2880, 3000, 5760):
        with pytest.raises(ValueError, match="breaks off"):
            region_of_fits(moc[:length])
    with pytest.raises(ValueError, match="no end"):
        region_of_fits(moc[:80] + b" " * 2_000_000)


def test_numbers_that_are_no_cells(moc: bytes) -> None:
    start = len(moc) - 2880
    for wrong in (b"\xff" * 16, b"\x7f" * 16, bytes(16)):
        with pytest.raises(ValueError, match="none of the sky"):
            region_of_fits(moc[:start] + wrong + moc[start + 16 :])
    cells = changed(moc, "ORDERING", "'NUNIQ'")
    with pytest.raises(ValueError, match="no cell"):
        region_of_fits(cells[:start] + bytes(16) + cells[start + 16 :])


def test_numbers_have_a_limit(moc: bytes) -> None:
    start, count = len(moc) - 2880, fits_moc.MOST_NUMBERS + 1
    many = changed(moc, "NAXIS2", str(count))
    with pytest.raises(ValueError, match="more than 300,000 numbers"):
        region_of_fits(many[:start] + bytes(8 * count))


@pytest.mark.parametrize("text", ["6/20 8/100-110", "0/0-11", "29/1", "3/4 10/7-9 2000 29/34587645138205409"])
def test_what_is_written_is_read_by_others(text: str, tmp_path: Path) -> None:
    data = fits_of_region(region_of(text))
    assert len(data) % 2880 == 0 and region_of_fits(data) == region_of(text)
    (tmp_path / "m.fits").write_bytes(data)
    assert MOC.from_fits(str(tmp_path / "m.fits")) == MOC.from_string(text)
