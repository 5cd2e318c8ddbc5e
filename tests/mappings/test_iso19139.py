"""ISO 19139: roots, kinds, roles, identifiers, extents that are none."""

from __future__ import annotations

import pytest
from lxml import etree

from catalogue.errors import NotARecord
from catalogue.json_form import dumps
from catalogue.record import Mapped, Provenance
from mappings.base import formats
from mappings.iso19139 import read, recognises
from tests.mappings.golden import FIXTURES, read_fixture

PROVENANCE = Provenance(source="s", identifier="1")


def _text(name: str, text: str) -> str:
    return f"<{name}><CharacterString>{text}</CharacterString></{name}>"


def _code(name: str, value: str) -> str:
    return f'<{name}><Code codeList="c" codeListValue="{value}"/></{name}>'


def _read(inside: str, identification: str = "") -> Mapped:
    citation = f"<citation><CI_Citation>{_text('title', 'T')}</CI_Citation></citation>"
    info = f"<MD_DataIdentification>{citation}{identification}</MD_DataIdentification>"
    document = f"<MD_Metadata>{inside}<identificationInfo>{info}</identificationInfo></MD_Metadata>"
    return read(etree.fromstring(document), PROVENANCE)


def test_roots() -> None:
    with pytest.raises(NotARecord) as refused:
        read(etree.fromstring("<html><body/></html>"), PROVENANCE)
    assert refused.value.path == "/html"
    root = etree.parse(FIXTURES / "iso19139" / "soundings.xml").getroot()
    assert recognises(root)
    wrapped = etree.Element("GetRecordByIdResponse")
    wrapped.append(root)
    assert recognises(wrapped)
    assert read(wrapped, PROVENANCE).record.title == "Balloon soundings of cosmic rays"
    assert "iso19139" in formats()


def test_nobody_can_be_reached_by_it() -> None:
    assert b"@air" not in dumps(read_fixture(FIXTURES / "iso19139" / "soundings.xml").record)


@pytest.mark.parametrize(
    ("level", "kind", "label"),
    [
        ("dataset", "dataset", None),
        ("series", "collection", None),
        ("service", "service", None),
        ("software", "software", None),
        ("model", "software", "model"),
        ("tile", "other", "tile"),
    ],
)
def test_kinds(level: str, kind: str, label: str | None) -> None:
    record = _read(_code("hierarchyLevel", level)).record
    assert (record.kind, record.type_label) == (kind, label)


@pytest.mark.parametrize(
    ("role", "place", "said"),
    [
        ("author", "creators", None),
        ("principalInvestigator", "creators", None),
        ("custodian", "contributors", "DataCurator"),
        ("pointOfContact", "contributors", "ContactPerson"),
        ("owner", "contributors", "RightsHolder"),
        ("mystery", "contributors", "mystery"),
    ],
)
def test_roles(role: str, place: str, said: str | None) -> None:
    party = _text("individualName", "Lind, Ada") + _code("role", role)
    inside = f"<pointOfContact><CI_ResponsibleParty>{party}</CI_ResponsibleParty></pointOfContact>"
    record = _read("", inside).record
    (agent,) = getattr(record, place)
    assert (agent.name, agent.given, agent.role) == ("Lind, Ada", "Ada", said)


@pytest.mark.parametrize(
    ("code", "space", "scheme"),
    [
        ("10.5072/x", "doi.org", "doi"),
        ("https://doi.org/10.5072/x", "", "doi"),
        ("7", "local", "local"),
        ("7", "https://example.org/codes", "other"),
    ],
)
def test_identifiers(code: str, space: str, scheme: str) -> None:
    identifier = f"<RS_Identifier>{_text('code', code)}{_text('codeSpace', space)}</RS_Identifier>"
    inside = f"<citation><CI_Citation><identifier>{identifier}</identifier></CI_Citation></citation>"
    assert [one.scheme for one in _read("", inside).record.identifiers] == [scheme]


def test_a_box_that_is_none() -> None:
    sides = "".join(
        f"<{name}><Decimal>{value}</Decimal></{name}>"
        for name, value in (
            ("westBoundLongitude", "0"),
            ("eastBoundLongitude", "400"),
            ("southBoundLatitude", "0"),
            ("northBoundLatitude", "1"),
        )
    )
    box = (
        f"<geographicElement><EX_GeographicBoundingBox>{sides}</EX_GeographicBoundingBox></geographicElement>"
    )
    mapped = _read("", f"<extent><EX_Extent>{box}</EX_Extent></extent>")
    assert mapped.record.coverage is None
    assert [one.reason for one in mapped.issues] == ["This is not a box in degrees."]
    assert [one.text for one in mapped.record.extra] == ["0 0 400 1"]


def test_time_in_instants() -> None:
    position = "<TimeInstant><timePosition>2001-02-03</timePosition></TimeInstant>"
    period = f"<TimePeriod><begin>{position}</begin><end>{position}</end></TimePeriod>"
    time = (
        f"<temporalElement><EX_TemporalExtent><extent>{period}</extent></EX_TemporalExtent></temporalElement>"
    )
    record = _read("", f"<extent><EX_Extent>{time}</EX_Extent></extent>").record
    assert [(one.kind, one.start, one.end) for one in record.dates] == [
        ("collected", "2001-02-03", "2001-02-03")
    ]
    assert record.extra == ()


def test_rights() -> None:
    inside = (
        "<resourceConstraints><MD_LegalConstraints>"
        + _text("useLimitation", "Cite it.")
        + _code("accessConstraints", "restricted")
        + _code("useConstraints", "copyright")
        + "</MD_LegalConstraints></resourceConstraints>"
    )
    record = _read("", inside).record
    assert record.access is not None
    assert record.access.right == "restricted"
    assert [one.text for one in record.rights] == ["Cite it."]
    assert [one.text for one in record.extra] == ["copyright"]
