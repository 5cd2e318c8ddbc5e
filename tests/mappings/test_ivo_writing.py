"""Writing VOResource: valid by the schemas of the IVOA, and what it can hold comes back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from lxml import etree

from catalogue.errors import RecordRefused
from catalogue.record import (
    Agent,
    Coverage,
    Date,
    Distribution,
    Extra,
    Identifier,
    Interval,
    Kind,
    Provenance,
    Record,
    TableDescription,
    Text,
    TimeCoverage,
)
from mappings.base import Format, formats, written_at
from mappings.documents import documents
from mappings.ivo_vor import read
from mappings.ivo_writing import complete, write
from tests.full_record import full_record
from tests.mappings.ivo_strategies import comparable, ivo_records
from tests.mappings.strategies import PROVENANCE
from tests.mappings.vor_schema import vor_schema

slow = settings(suppress_health_check=list(HealthCheck), deadline=None, max_examples=150, print_blob=False)
XSI_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
HERE = ("catalogue.example.org", "https://catalogue.example.org")
IVOID = Identifier(scheme="ivoid", value="ivo://example.org/a")
PAGE = Identifier(scheme="url", value="https://example.org/a", role="alternate")


@pytest.fixture(scope="module")
def schema(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> etree.XMLSchema:
    """The schemas of the IVOA beside the project."""
    return vor_schema(shared, tmp_path_factory.mktemp("xsd"))


def _record(kind: Kind = "dataset", **fields: Any) -> Record:
    given: dict[str, Any] = {"titles": (Text(value="T", type="main"),), "identifiers": (IVOID, PAGE)}
    return Record(id="0123456789abcdef0123", kind=kind, provenance=PROVENANCE, **{**given, **fields})


def _written(record: Record) -> etree._Element:
    return etree.fromstring(write(record))


def _again(record: Record) -> Record:
    return read(_written(record), record.provenance).record


@slow
@given(ivo_records())
def test_what_it_can_hold_comes_back(record: Record) -> None:
    assert comparable(_again(record)) == comparable(record)


@slow
@given(record=ivo_records())
def test_it_is_valid(schema: etree.XMLSchema, record: Record) -> None:
    document = _written(record)
    assert schema.validate(document), schema.error_log


def test_all_that_is_read_of_any_format_is_valid(shared: Path, schema: etree.XMLSchema) -> None:
    count = 0
    for record in _corpus(shared):
        count += 1
        document = _written(complete(record, *HERE))
        assert schema.validate(document), f"{record.provenance.identifier}: {schema.error_log}"
    assert count > 1200


def test_the_corpus_of_the_ivoa_comes_back(shared: Path) -> None:
    """Whole, but for extensions that no schema of the IVOA has, STC, and stamps without a zone."""
    for folder in ("ivoa-voresource", "ivoa-oaipmh"):
        for record in _mapped(shared / "corpus" / folder, formats()["ivo_vor"]):
            named = complete(record, *HERE)
            again = _again(named)
            assert again.title == named.title
            for name in ("descriptions", "creators", "contributors", "publisher", "subjects", "access"):
                assert getattr(again, name) == getattr(named, name), named.title
            for name in ("version", "messengers", "facilities", "instruments", "formats", "quality"):
                assert getattr(again, name) == getattr(named, name), named.title
            assert set(again.relations) == set(named.relations)
            assert len(again.tables) == len(named.tables)


def _corpus(shared: Path) -> Iterator[Record]:
    """All that the readers make of the corpus, in all formats that have a folder there."""
    folders = {
        "oai-dc": "oai_dc",
        "datacite-xml": "datacite",
        "oai-datacite": "oai_datacite",
        "ivoa-voresource": "ivo_vor",
        "ivoa-oaipmh": "ivo_vor",
        "marcxml": "marcxml",
        "scicat-oai": "oai_dc",
        "datacite-json": "datacite_json",
        "inveniordm-json": "inveniordm",
        "zenodo-json": "zenodo",
        "scicat": "scicat",
        "panosc": "panosc",
        "cernopendata": "cernopendata",
        "hepdata": "hepdata",
        "re3data": "re3data",
        "codemeta": "codemeta",
        "schema-org": "schema_org",
        "ro-crate": "rocrate",
    }
    for folder, prefix in folders.items():
        yield from _mapped(shared / "corpus" / folder, formats()[prefix])


def _mapped(folder: Path, form: Format) -> Iterator[Record]:
    assert form.read is not None
    for path in sorted(folder.iterdir()):
        try:
            for identifier, document in documents(form, path.read_bytes()):
                provenance = Provenance(source="corpus", identifier=identifier or path.name)
                yield form.read(document, provenance).record
        except RecordRefused:
            continue


@pytest.mark.parametrize(
    "fill",
    [
        None,
        lambda path: f"<&\"'>\x00\ufffe]]> {path}",
        lambda path: "ivo://example.org/a" if path.endswith("value") else "  \n ",
        lambda path: f"https://example.org:port/[{path}]#a#b %zz",
    ],
)
def test_every_field_whatever_stands_in_it(schema: etree.XMLSchema, fill: Any) -> None:
    kinds: tuple[Kind, ...] = ("dataset", "service", "organisation", "standard", "document", "other")
    for kind in kinds:
        for label in (None, "Data collection", "Catalog service", "Registry", "Naming authority"):
            record = replace(full_record(fill), kind=kind, type_label=label, identifiers=(IVOID, PAGE))
            document = _written(record)
            assert schema.validate(document), schema.error_log


def test_without_an_ivoid_the_repository_names_it() -> None:
    doi = Identifier(scheme="doi", value="10.1234/x")
    record = _record(identifiers=(doi,))
    with pytest.raises(RecordRefused, match="IVOID"):
        write(record)
    document = _written(complete(record, *HERE))
    assert document.findtext("identifier") == "ivo://catalogue.example.org/0123456789abcdef0123"
    assert document.findtext("altIdentifier") == "doi:10.1234/x"
    assert document.findtext("content/referenceURL") == "https://doi.org/10.1234/x"


def test_the_page_of_the_repository_where_there_is_no_other() -> None:
    record = _record(identifiers=(IVOID,))
    with pytest.raises(RecordRefused, match="address"):
        write(record)
    form = written_at(formats()["ivo_vor"], *HERE)
    assert form.write is not None
    document = etree.fromstring(form.write(record))
    page = "https://catalogue.example.org/records/0123456789abcdef0123"
    assert document.findtext("content/referenceURL") == page
    assert complete(_record(), *HERE) == _record()


def test_an_ivoid_of_a_data_product_is_no_name_of_a_resource() -> None:
    product = Identifier(scheme="ivoid", value="ivo://example.org/~?a/b.fits")
    document = _written(complete(_record(identifiers=(product, PAGE)), *HERE))
    assert document.findtext("identifier") == "ivo://catalogue.example.org/0123456789abcdef0123"
    assert document.findtext("altIdentifier") == "ivo://example.org/~?a/b.fits"


def test_an_ivoid_keeps_the_case_of_its_registry() -> None:
    name = Identifier(scheme="ivoid", value="ivo://cds.vizier/j/a+a/1", written="ivo://CDS.VizieR/J/A+A/1")
    assert _written(_record(identifiers=(name, PAGE))).findtext("identifier") == "ivo://CDS.VizieR/J/A+A/1"


@pytest.mark.parametrize(
    ("kind", "fields", "expected"),
    [
        ("dataset", {}, "vs:DataResource"),
        ("dataset", {"tables": (TableDescription(name="a.b"),)}, "vs:CatalogResource"),
        ("collection", {"type_label": "Data collection"}, "vs:DataCollection"),
        ("service", {}, "vr:Service"),
        (
            "service",
            {"coverage": Coverage(time=TimeCoverage(intervals=(Interval(low=1.0),)))},
            "vs:DataService",
        ),
        ("service", {"tables": (TableDescription(name="a"),)}, "vs:CatalogService"),
        ("service", {"type_label": "Table service"}, "vs:CatalogService"),
        ("organisation", {}, "vr:Organisation"),
        ("organisation", {"type_label": "Naming authority"}, "vg:Authority"),
        ("repository", {}, "vs:DataService"),
        ("repository", {"type_label": "Registry"}, "vg:Registry"),
        ("standard", {}, "vstd:Standard"),
        ("standard", {"type_label": "Service standard"}, "vstd:ServiceStandard"),
        ("document", {}, "doc:Document"),
        ("publication", {}, "vr:Resource"),
        ("software", {"type_label": "Catalog service"}, "vr:Resource"),
    ],
)
def test_types(schema: etree.XMLSchema, kind: Kind, fields: dict[str, Any], expected: str) -> None:
    document = _written(_record(kind, **fields))
    assert document.get(XSI_TYPE) == expected
    assert document.nsmap[expected.partition(":")[0]].startswith("http://www.ivoa.net/xml/")
    assert schema.validate(document), schema.error_log


def test_children_have_no_namespace() -> None:
    document = _written(_record())
    assert document.tag == "{http://www.ivoa.net/xml/RegistryInterface/v1.0}Resource"
    assert not any("}" in one.tag for one in document.iterdescendants())


def test_what_is_unknown_comes_back_as_absent() -> None:
    again = _again(_record())
    assert (again.publisher, again.creators, again.contributors) == (None, (), ())
    assert (again.subjects, again.descriptions) == ((), ())


def test_stamps() -> None:
    bare = _written(_record())
    assert bare.get("created") == bare.get("updated") == "1970-01-01T00:00:00Z"
    harvested = replace(PROVENANCE, datestamp="2020-01-02", harvested="2021-01-01T00:00:00Z")
    assert _written(replace(_record(), provenance=harvested)).get("updated") == "2020-01-02T00:00:00Z"
    zone = Date(
        kind="created",
        start="2019-03-01T01:30:00+02:00",
        end="2019-03-01T01:30:00+02:00",
        text="of the description",
    )
    assert _written(_record(dates=(zone,))).get("created") == "2019-02-28T23:30:00Z"


def test_dates_and_times() -> None:
    record = _record(
        dates=(
            Date(kind="issued", start="2019", end="2019"),
            Date(kind="available", start="2019-05-02", end="2019-05-02"),
            Date(kind="collected", start="2000-01-01", end="2000-01-02"),
            Date(kind="created", start="-0320", end="-0320"),
            Date(kind="other", text="some day"),
        )
    )
    document = _written(record)
    assert [(one.get("role"), one.text) for one in document.findall("curation/date")] == [
        ("Issued", "2019-01-01"),
        ("Available", "2019-05-02"),
    ]
    assert document.findtext("coverage/temporal") == "51544 51546"
    open_ended = replace(
        record,
        coverage=Coverage(time=TimeCoverage(intervals=(Interval(low=60000.0), Interval(high=60000.0)))),
    )
    assert [one.text for one in _written(open_ended).findall("coverage/temporal")] == ["60000 100000"]


def test_files_of_a_collection() -> None:
    files = tuple(Distribution(url=f"https://example.org/{number}") for number in range(100))
    interfaces = _written(_record(distributions=files)).findall("capability/interface")
    assert len(interfaces) == 16
    assert interfaces[0].findtext("accessURL") == "https://example.org/0"


def test_what_the_model_has_no_place_for_comes_back(schema: etree.XMLSchema) -> None:
    extra = (
        Extra(path="full", text="true"),
        Extra(path="managedAuthority", text="example.org"),
        Extra(path="managedAuthority", text="not an authority"),
        Extra(path="content/type", text="Registry"),
        Extra(path="curation/creator/logo", text="https://example.org/logo.png"),
        Extra(path="@status", text="inactive"),
    )
    registry = _record("repository", type_label="Registry", extra=extra, creators=(Agent(name="A"),))
    document = _written(registry)
    assert schema.validate(document), schema.error_log
    assert [one.text for one in document.findall("managedAuthority")] == ["example.org"]
    kept = [one for one in extra if one.text != "not an authority"]
    assert {*_again(registry).extra} == {*kept}


def test_keys_of_a_standard(schema: etree.XMLSchema) -> None:
    values = [
        ("endorsedVersion", "1.1"),
        ("endorsedVersion/@status", "rec"),
        ("endorsedVersion", "1.2"),
        ("key/name", "a"),
        ("key/description", "first"),
        ("key/name", "b c"),
        ("key/description", "no fragment"),
        ("key/name", "d"),
        ("key/description", "last"),
    ]
    record = _record("standard", extra=tuple(Extra(path=path, text=text) for path, text in values))
    document = _written(record)
    assert schema.validate(document), schema.error_log
    assert [one.findtext("name") for one in document.findall("key")] == ["a", "d"]
    assert [one.get("status") for one in document.findall("endorsedVersion")] == ["rec", None]
