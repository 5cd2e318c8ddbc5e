"""MOCs in ASCII: one form, and within the limits."""

from __future__ import annotations

import pytest

from mappings.moc import MAXIMUM_CELLS, MocError, normal_moc


def test_one_form() -> None:
    assert normal_moc("5/3-4,7\n6/10 12-11-".replace("12-11-", "12")) == ("5/3-4 7 6/10 12", False)
    assert normal_moc("6/24185") == ("6/24185", False)
    assert normal_moc("5/ 6/ 1,2,3") == ("6/1-3", False)
    assert normal_moc("0/0-11 29/") == ("0/0-11", False)


def test_too_fine_is_made_coarser() -> None:
    assert normal_moc("14/16-31 33") == ("12/1-2", True)
    moc, coarse = normal_moc(f"12/0-{MAXIMUM_CELLS + 3}")
    assert coarse
    assert moc == "11/0-25000"


@pytest.mark.parametrize("text", ["", "all sky", "5/", "3-4", "0/12", "30/1", "1/5-4", "1/2 x"])
def test_what_is_no_moc(text: str) -> None:
    with pytest.raises(MocError):
        normal_moc(text)
