"""Files of regions, as mocpy writes them and as nobody should."""

from __future__ import annotations

import gzip
import random
import time
from pathlib import Path

import pytest
from mocpy import MOC

from catalogue.moc import region_of
from mappings import region_files
from mappings.region_files import MOST_PARTS, FileTooLarge, region_of_file
from tests.catalogue.test_moc import some_region, theirs


def written(moc: MOC, path: Path, form: str, **more: bool) -> bytes:
    """What mocpy writes."""
    moc.save(str(path), format=form, overwrite=True, **more)
    return path.read_bytes()


def test_what_mocpy_writes_is_the_same_region(tmp_path: Path) -> None:
    chance = random.Random(11)
    for _ in range(100):
        moc = theirs(some_region(chance))
        region = region_of(moc.to_string("ascii"))
        path = tmp_path / "moc"
        ascii, json = (written(moc, path, form) for form in ("ascii", "json"))
        ranges, cells = (written(moc, path, "fits", v1_compatible=old) for old in (False, True))
        for data in (ascii, json, ranges, cells, gzip.compress(ranges)):
            assert region_of_file(data) == region


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b"hello", "no part of a MOC"),
        (b"\xff\xfe\x00", "none of MOC"),
        (b'{"6": [12', "no JSON"),
        (b'{"6": 12}', "no list of whole numbers"),
        (b'{"6": [true]}', "no list of whole numbers"),
        (b'{"99": [1]}', "no order"),
        (b'{"0": [12]}', "cells 0 to 11"),
        (b'{"0": [-1]}', "cells 0 to 11"),
        (b'{"6": ' + b"[" * 100_000, "no JSON"),
        (b'{"29": [99999999999999999999999]}', "no list of whole numbers"),
        (b"\x1f\x8bnothing", "damaged"),
        (gzip.compress(b"6/1", mtime=0)[:-9], "breaks off"),
        (b"<html/>", "radius"),
        (b"29/" + b"1 " * (MOST_PARTS + 1), "more than 300,000 parts"),
        (b'{"29": [' + b"1," * MOST_PARTS + b"1]}", "more than 300,000 parts"),
    ],
)
def test_what_is_no_region_is_told(data: bytes, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        region_of_file(data)


def test_a_bomb_of_gzip_is_not_unpacked() -> None:
    bomb = gzip.compress(b"6/1 " * 100_000_000, 1)
    begun = time.process_time()
    with pytest.raises(FileTooLarge, match="more than 10 MB"):
        region_of_file(bomb)
    assert time.process_time() - begun < 1


def test_too_many_bytes_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(region_files, "MAXIMUM_FILE", 10)
    with pytest.raises(FileTooLarge):
        region_of_file(b"6/1 2 3 4 5")
