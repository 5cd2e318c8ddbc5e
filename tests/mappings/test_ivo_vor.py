"""VOResource: types by namespace, status, coverage, capabilities."""

from __future__ import annotations

import pytest
from lxml import etree

from catalogue.errors import RecordRefused
from catalogue.record import Interval, Mapped, Provenance
from mappings.ivo_vor import read, status_of

_HEAD = (
    '<ri:Resource xmlns:ri="http://www.ivoa.net/xml/RegistryInterface/v1.0"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
)


def _document(inside: str = "", attributes: str = "") -> etree._Element:
    title = "<title>T</title><identifier>ivo://a/b</identifier>"
    return etree.fromstring(f"{_HEAD} {attributes}>{title}{inside}</ri:Resource>")


def _read(inside: str = "", attributes: str = "") -> Mapped:
    return read(_document(inside, attributes), Provenance(source="s", identifier="ivo://a/b"))


@pytest.mark.parametrize(
    ("prefix", "namespace", "name", "kind", "label"),
    [
        ("vs", "http://www.ivoa.net/xml/VODataService/v1.1", "CatalogService", "service", "Catalog service"),
        (
            "odd",
            "http://www.ivoa.net/xml/VODataService/v1.1",
            "DataCollection",
            "collection",
            "Data collection",
        ),
        ("vr", "http://www.ivoa.net/xml/StandardsRegExt/v1.0", "Standard", "standard", None),
        ("x", "http://www.ivoa.net/xml/VOResource/v1.0", "Organisation", "organisation", None),
        ("vg", "http://www.ivoa.net/xml/VORegistry/v1.0", "Registry", "repository", "Registry"),
        ("vs", "http://example.org/ours", "CatalogService", "other", "CatalogService"),
    ],
)
def test_the_type_is_that_of_the_namespace(
    prefix: str, namespace: str, name: str, kind: str, label: str | None
) -> None:
    mapped = _read(attributes=f'xmlns:{prefix}="{namespace}" xsi:type="{prefix}:{name}"')
    assert (mapped.record.kind, mapped.record.type_label) == (kind, label)
    assert bool(mapped.issues) == (kind == "other")


def test_an_undeclared_prefix_and_no_type() -> None:
    undeclared = _read(attributes='xsi:type="vs:DataCollection"')
    assert (undeclared.record.kind, len(undeclared.issues)) == ("collection", 1)
    assert _read().record.kind == "other"


@pytest.mark.parametrize(
    ("space", "name", "kind", "is_known"),
    [
        ("http://www.ivoa.net/xml/VOResource/v0.10", "Service", "service", True),
        ("http://www.ivoa.net/xml/VORegistry/v0.3", "Registry", "repository", True),
        ("http://www.ivoa.net/xml/CEA/v1.0rc1", "Nonsense", "other", False),
        ("http://www.ivoa.net.example.org/xml/VOResource/v1.0", "Service", "other", False),
    ],
)
def test_types_of_early_versions(space: str, name: str, kind: str, is_known: bool) -> None:
    mapped = _read(attributes=f'xmlns:old="{space}" xsi:type="old:{name}"')
    assert mapped.record.kind == kind
    assert is_known == (not any(issue.path == "@xsi:type" for issue in mapped.issues))


def test_tables_of_the_first_data_collections() -> None:
    mapped = _read(
        "<catalog><description>Two.</description><table><name>a</name><column><name>ra</name></column></table>"
        "<table><name>b</name></table></catalog>"
    )
    assert [(table.name, len(table.columns)) for table in mapped.record.tables] == [("a", 1), ("b", 0)]
    assert [(one.path, one.text) for one in mapped.record.extra] == [("catalog/description", "Two.")]


def test_status() -> None:
    assert status_of(_document(attributes='status="Deleted"')) == "deleted"
    assert status_of(_document()) is None
    with pytest.raises(RecordRefused) as refused:
        _read(attributes='status="deleted"')
    assert refused.value.path == "/Resource/@status"
    inactive = _read(attributes='status="inactive"').record
    assert [(one.path, one.text) for one in inactive.extra] == [("@status", "inactive")]
    assert _read(attributes='status="active"').record.extra == ()


def test_coverage() -> None:
    mapped = _read(
        "<coverage><spatial>3/5-6</spatial><temporal>1 2</temporal><temporal>50000 +Inf</temporal>"
        "<temporal>9 3</temporal><spectral>1e-19 2e-19</spectral><spectral>x</spectral>"
        "<waveband>neutrino</waveband><waveband>Radio</waveband></coverage>"
    )
    coverage = mapped.record.coverage
    assert coverage is not None
    assert coverage.sky is not None
    assert coverage.time is not None
    assert coverage.energy is not None
    assert (coverage.sky.moc, coverage.sky.frame) == ("3/5-6", "ICRS")
    assert coverage.time.intervals == (Interval(low=1.0, high=2.0), Interval(low=50000.0, high=None))
    assert coverage.energy.intervals == (Interval(low=1e-19, high=2e-19),)
    assert [one.label for one in coverage.energy.bands] == ["Radio"]
    assert [one.label for one in mapped.record.messengers] == ["Neutrino", "Photon"]
    assert [one.path for one in mapped.issues if "coverage" in one.path] == [
        "coverage/temporal",
        "coverage/spectral",
    ]
    assert [(one.path, one.text) for one in mapped.record.extra] == [
        ("coverage/temporal", "9 3"),
        ("coverage/spectral", "x"),
    ]


def test_coverage_that_is_no_sky() -> None:
    mars = _read('<coverage><spatial frame="MARS_C">0/1</spatial></coverage>').record.coverage
    assert mars is not None
    assert mars.sky is not None
    assert (mars.sky.moc, mars.sky.frame, mars.sky.source) == (None, "MARS_C", "0/1")
    bad = _read("<coverage><spatial>everywhere</spatial></coverage>")
    assert bad.record.coverage is not None
    assert bad.record.coverage.sky is not None
    assert bad.record.coverage.sky.source == "everywhere"


def test_identifiers_in_two_parts_and_wrong_ones() -> None:
    document = etree.fromstring(
        f"{_HEAD}><title>T</title><identifier><authorityID>Auth</authorityID><resourceKey>Key</resourceKey>"
        "</identifier><altIdentifier>nodoi:1</altIdentifier></ri:Resource>"
    )
    record = read(document, Provenance(source="s", identifier="1")).record
    assert [(one.scheme, one.value, one.role) for one in record.identifiers] == [
        ("ivoid", "ivo://auth/key", "own"),
        ("other", "nodoi:1", "alternate"),
    ]


def test_contacts_without_email() -> None:
    mapped = _read(
        "<curation><contact><name>Jane</name><email>jane@example.org</email>"
        "<address>Street 1</address></contact>"
        "<creator><name>jane@example.org</name></creator></curation>"
    )
    assert "jane@" not in repr(mapped)
    assert [(one.name, one.role) for one in mapped.record.contributors] == [("Jane", "ContactPerson")]
    assert [one.text for one in mapped.record.extra] == ["Street 1"]


@pytest.mark.parametrize(
    "root", ["<resources/>", '<resource xmlns="http://datacite.org/schema/kernel-4"/>', "<a><b/></a>"]
)
def test_another_root_is_refused(root: str) -> None:
    with pytest.raises(RecordRefused):
        read(etree.fromstring(root), Provenance(source="s", identifier="1"))
