"""DIF 9 and 10: roots, e-mail, times, places that are none."""

from __future__ import annotations

import pytest
from lxml import etree

from catalogue.errors import NotARecord
from catalogue.json_form import dumps
from catalogue.record import Interval, Mapped, Place, Point, Provenance
from mappings.dif import read
from tests.mappings.golden import FIXTURES, read_fixture

PROVENANCE = Provenance(source="s", identifier="1")


def _read(inside: str) -> Mapped:
    return read(etree.fromstring(f"<DIF><Entry_Title>T</Entry_Title>{inside}</DIF>"), PROVENANCE)


def test_another_root_is_refused() -> None:
    with pytest.raises(NotARecord) as refused:
        read(etree.fromstring("<html><body/></html>"), PROVENANCE)
    assert refused.value.path == "/html"


@pytest.mark.parametrize("name", ["nine", "ten"])
def test_nobody_can_be_reached_by_it(name: str) -> None:
    data = dumps(read_fixture(FIXTURES / "dif" / f"{name}.xml").record)
    for word in (b"@", b"+1 555", b"Sampleton"):
        assert word not in data


def test_an_answer_of_oai_pmh_wraps_it() -> None:
    wrapped = etree.fromstring(
        "<record><header><identifier>x</identifier></header><metadata>"
        "<DIF><Entry_ID>A</Entry_ID></DIF></metadata></record>"
    )
    record = read(wrapped, PROVENANCE).record
    assert record.identifiers[0].value == "A"


def test_times() -> None:
    ongoing = _read(
        "<Temporal_Coverage><Start_Date>2000-01-01</Start_Date></Temporal_Coverage>"
        "<Temporal_Coverage><Start_Date>Cambrian</Start_Date></Temporal_Coverage>"
    )
    coverage = ongoing.record.coverage
    assert coverage is not None
    assert coverage.time is not None
    assert coverage.time.intervals == (Interval(low=51544.0),)
    assert [one.text for one in ongoing.record.dates][1] == "Cambrian/"
    assert [one.path for one in ongoing.issues] == ["Temporal_Coverage[1]"]


def test_a_box_without_extent_is_a_point_and_one_out_of_bounds_none() -> None:
    box = (
        "<Spatial_Coverage><Southernmost_Latitude>{0}</Southernmost_Latitude><Northernmost_Latitude>{0}"
        "</Northernmost_Latitude><Westernmost_Longitude>7</Westernmost_Longitude><Easternmost_Longitude>7"
        "</Easternmost_Longitude></Spatial_Coverage>"
    )
    mapped = _read(box.format(50) + box.format(91))
    assert mapped.record.coverage is not None
    assert mapped.record.coverage.places == (Place(point=Point(longitude=7.0, latitude=50.0)),)
    assert len(mapped.issues) == 1
    assert [one.text for one in mapped.record.extra] == ["7 91 7 91"]


def test_what_has_no_place_is_kept() -> None:
    extra = _read(
        "<Extended_Metadata><Metadata><Name>n</Name><Value>v</Value></Metadata></Extended_Metadata>"
    )
    assert [(one.path, one.text) for one in extra.record.extra] == [
        ("Extended_Metadata.Metadata.Name", "n"),
        ("Extended_Metadata.Metadata.Value", "v"),
    ]


def test_many_elements_are_read_in_linear_time() -> None:
    many = "".join(f"<Keyword>k{number}</Keyword>" for number in range(5000))
    assert len(_read(many).record.subjects) == 5000
