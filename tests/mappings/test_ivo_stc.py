"""STC profiles of VODataService 1.0 and 1.1 in VOResource records."""

from __future__ import annotations

from pathlib import Path

import pytest
from astropy import units
from lxml import etree
from mocpy import MOC

from catalogue.record import Mapped, Provenance
from mappings.base import format_of
from tests.mappings.corpus_records import records_of

FORM = format_of("ivo_vor")
RESOURCE = """<ri:Resource xmlns:ri="http://www.ivoa.net/xml/RegistryInterface/v1.0"
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xlink="http://www.w3.org/1999/xlink"
 xmlns:vs="http://www.ivoa.net/xml/VODataService/v1.0" xmlns:stc="http://www.ivoa.net/xml/STC/stc-v1.30.xsd"
 xsi:type="vs:DataCollection" status="active">
 <title>A survey</title><identifier>ivo://ys.example/survey</identifier>
 <coverage>%s<stc:STCResourceProfile>
  <stc:AstroCoordSystem id="s" xlink:href="ivo://STClib/CoordSys#UTC-%s-TOPO"/>%s
 </stc:STCResourceProfile></coverage></ri:Resource>"""


def read(area: str, frame: str = "ICRS", before: str = "", more: str = "") -> Mapped:
    assert FORM.read is not None
    inner = f'{more}<stc:AstroCoordArea coord_system_id="s">{area}</stc:AstroCoordArea>'
    document = etree.fromstring(RESOURCE % (before, frame, inner))
    return FORM.read(document, Provenance(source="test", identifier="x"))


def fraction(mapped: Mapped) -> float:
    coverage = mapped.record.coverage
    assert coverage is not None
    assert coverage.sky is not None
    assert coverage.sky.moc is not None
    assert coverage.sky.frame == "ICRS"
    assert (coverage.sky.source or "").startswith("<stc:STCResourceProfile")
    return float(MOC.from_str(coverage.sky.moc).sky_fraction)


CIRCLE = (
    "<stc:Circle><stc:Center{0}><stc:C1>{1}</stc:C1><stc:C2>{2}</stc:C2></stc:Center>"
    "<stc:Radius{3}>{4}</stc:Radius></stc:Circle>"
)
CORNER = "<stc:Vertex><stc:Position><stc:C1>{}</stc:C1><stc:C2>{}</stc:C2></stc:Position></stc:Vertex>"


@pytest.mark.parametrize("frame", ["ICRS", "FK5", "GALACTIC_II"])
def test_a_hemisphere(frame: str) -> None:
    circle = CIRCLE.format(' unit="deg"', 0, 90, ' pos_unit="deg"', 90)
    assert fraction(read(circle, frame)) == pytest.approx(0.5, rel=0.02)


def test_units_of_angles() -> None:
    areas = [
        fraction(read(CIRCLE.format(unit, c1, c2, pos, radius)))
        for unit, c1, c2, pos, radius in [
            ("", 30, 0, "", 1),
            (' unit="h deg"', 2, 0, ' pos_unit="arcmin"', 60),
            (' unit="rad"', 0.5235987755982988, 0, ' pos_unit="arcsec"', 3600),
        ]
    ]
    assert max(areas) == pytest.approx(min(areas), rel=0.01)


def test_boxes_polygons_ranges_and_what_joins_them() -> None:
    octant = "".join(CORNER.format(*one) for one in ((0, 0), (90, 0), (0, 90)))
    polygon = f"<stc:Polygon>{octant}</stc:Polygon>"
    assert fraction(read(polygon)) == pytest.approx(1 / 8, rel=0.02)
    negation = f"<stc:Negation>{polygon}</stc:Negation>"
    assert fraction(read(negation)) == pytest.approx(7 / 8, rel=0.02)
    south = "".join(CORNER.format(*one) for one in ((0, 0), (90, 0), (0, -90)))
    union = f"<stc:Union>{polygon}<stc:Polygon>{south}</stc:Polygon></stc:Union>"
    assert fraction(read(union)) == pytest.approx(1 / 4, rel=0.02)
    assert fraction(read(polygon + f"<stc:Polygon>{south}</stc:Polygon>")) == pytest.approx(1 / 4, rel=0.02)
    box = (
        "<stc:Box><stc:Center><stc:C1>10</stc:C1><stc:C2>0</stc:C2></stc:Center>"
        '<stc:Size pos_unit="deg"><stc:C1>4</stc:C1><stc:C2>2</stc:C2></stc:Size></stc:Box>'
    )
    assert fraction(read(box)) == pytest.approx(8 / 41253, rel=0.05)
    low = "<stc:LoLimit2Vec><stc:C1>350</stc:C1><stc:C2>0</stc:C2></stc:LoLimit2Vec>"
    high = "<stc:HiLimit2Vec><stc:C1>10</stc:C1><stc:C2>30</stc:C2></stc:HiLimit2Vec>"
    between = f"<stc:Position2VecInterval>{low}{high}</stc:Position2VecInterval>"
    assert fraction(read(between)) == pytest.approx(20 / 360 * 0.25, rel=0.05)


def test_a_frame_in_parts() -> None:
    assert FORM.read is not None
    inner = (
        '<stc:AstroCoordSystem id="g"><stc:SpaceFrame><stc:GALACTIC/></stc:SpaceFrame></stc:AstroCoordSystem>'
        f'<stc:AstroCoordArea coord_system_id="g">{CIRCLE.format("", 0, 90, "", 10)}</stc:AstroCoordArea>'
    )
    document = etree.fromstring(RESOURCE % ("", "ICRS", inner))
    mapped = FORM.read(document, Provenance(source="test", identifier="x"))
    assert mapped.record.coverage is not None
    assert mapped.record.coverage.sky is not None
    moc = MOC.from_str(mapped.record.coverage.sky.moc)
    # The north pole of the Galaxy.
    assert moc.contains_lonlat([192.859, 0] * units.deg, [27.128, 90] * units.deg).tolist() == [True, False]


def test_times_and_energies() -> None:
    found = read(
        "<stc:TimeInterval><stc:StartTime><stc:ISOTime>1999-07-23</stc:ISOTime></stc:StartTime>"
        "<stc:StopTime><stc:MJDTime>53000.5</stc:MJDTime></stc:StopTime></stc:TimeInterval><stc:AllSky/>"
        '<stc:SpectralInterval unit="keV"><stc:LoLimit>1</stc:LoLimit><stc:HiLimit>2</stc:HiLimit>'
        '</stc:SpectralInterval><stc:SpectralInterval unit="m"><stc:LoLimit>0.21</stc:LoLimit>'
        "<stc:HiLimit>0.22</stc:HiLimit></stc:SpectralInterval>"
    )
    coverage = found.record.coverage
    assert coverage is not None
    assert coverage.time is not None
    assert coverage.energy is not None
    assert [(one.low, one.high) for one in coverage.time.intervals] == [(51382.0, 53000.5)]
    assert [one.low for one in coverage.energy.intervals] == [
        pytest.approx(1.602176634e-16),
        pytest.approx(6.62607015e-34 * 299792458 / 0.22),
    ]
    assert fraction(found) == 1.0


def test_the_region_of_regard() -> None:
    size = (
        '<stc:AstroCoords coord_system_id="s"><stc:Position1D><stc:Size pos_unit="arcsec">1</stc:Size>'
        '<stc:Size pos_unit="deg">2</stc:Size></stc:Position1D></stc:AstroCoords>'
    )
    found = read("<stc:AllSky/>", more=size).record
    assert [(one.name, one.value, one.unit) for one in found.parameters] == [("regionOfRegard", 2.0, "deg")]


def test_what_is_not_understood_is_said_and_kept() -> None:
    for area, reason in (
        ("<stc:Sector/>", "Sector"),
        (CIRCLE.format(' unit="parsec"', 0, 0, "", 1), "parsec"),
        (CIRCLE.format("", "north", 0, "", 1), "north"),
        (CIRCLE.format("", 0, 0, "", "nan"), "finite"),
        ("<stc:Negation>" * 30 + "<stc:AllSky/>" + "</stc:Negation>" * 30, "nested"),
    ):
        found = read(area)
        assert [one.path for one in found.issues] == ["coverage/STCResourceProfile"]
        assert reason in found.issues[0].reason
        assert found.record.coverage is not None
        assert found.record.coverage.sky is not None
        assert found.record.coverage.sky.moc is None
        assert found.record.coverage.sky.source
    found = read(CIRCLE.format("", 0, 0, "", 1) + "<stc:Sector/>")
    assert fraction(found) > 0
    assert len(found.issues) == 1


def test_a_moc_beside_the_profile_is_believed_more() -> None:
    found = read("<stc:AllSky/>", before="<spatial>6/24185</spatial>").record
    assert found.coverage is not None
    assert found.coverage.sky is not None
    assert found.coverage.sky.moc == "6/24185"


@pytest.mark.corpus
def test_the_corpus(shared: Path) -> None:
    found: dict[str, float] = {}
    for path in sorted((shared / "corpus" / "ivoa-voresource").iterdir()):
        for record in records_of(path, "ivo_vor"):
            sky = record.coverage.sky if record.coverage is not None else None
            if sky is not None and (sky.source or "").startswith("<"):
                assert sky.moc is not None, path.name
                found[path.name] = float(MOC.from_str(sky.moc).sky_fraction)
    assert len(found) >= 11
    circles = {name: share for name, share in found.items() if share < 1}
    assert sorted(circles.values()) == [pytest.approx(0.517, abs=0.01), pytest.approx(0.75, abs=0.01)]
