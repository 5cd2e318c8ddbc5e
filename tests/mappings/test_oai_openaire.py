"""OpenAIRE 4: written by its schema, and read again with all that it can hold."""

from __future__ import annotations

import contextlib
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from lxml import etree

from catalogue.errors import NotARecord, RecordRefused
from catalogue.identity import resolver_url
from catalogue.record import Access, Distribution, Identifier, Kind, Record, Relation, Text
from mappings.base import Format, format_of, formats, written_at
from mappings.documents import documents
from mappings.oai_openaire_reading import read, recognises
from mappings.oai_openaire_writing import write
from mappings.terms import kind_of
from tests.full_record import full_record
from tests.mappings.golden import FIXTURES, read_fixture
from tests.mappings.strategies import PROVENANCE, datacite_records
from vocab.base import vocabulary

XML_XSD = Path(__file__).parent.parent / "web" / "schemas" / "xml.xsd"
OAIRE = "{http://namespace.openaire.eu/schema/oaire/}"
DATACITE = "{http://datacite.org/schema/kernel-4}"
_XML = re.compile(r'schemaLocation="http://www\.w3\.org/[^"]*xml\.xsd"')
slow = settings(suppress_health_check=list(HealthCheck), deadline=None, max_examples=150)


@pytest.fixture(scope="module")
def schema(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> etree.XMLSchema:
    """The guidelines' schema, with the one of the namespace «xml» from here."""
    folder = tmp_path_factory.mktemp("xsd")
    for path in (shared / "schemas" / "openaire").glob("*.xsd"):
        (folder / path.name).write_text(
            _XML.sub('schemaLocation="xml.xsd"', path.read_text("utf-8")), "utf-8"
        )
    (folder / "xml.xsd").write_bytes((XML_XSD).read_bytes())
    return etree.XMLSchema(etree.parse(folder / "openaire.xsd"))


def _again(record: Record) -> Record:
    return read(etree.fromstring(write(record)), record.provenance).record


def _record(kind: Kind = "dataset", **fields: Any) -> Record:
    given: dict[str, Any] = {"identifiers": (Identifier(scheme="doi", value="10.5072/x"),)}
    return Record(id="ab", kind=kind, titles=(Text(value="T"),), provenance=PROVENANCE, **{**given, **fields})


def _held(record: Record) -> dict[str, Any]:
    """What of a record the guidelines can hold."""
    access = record.access
    closed = access is not None and access.right == "closed"
    return {
        "kind": (record.kind, record.type_label),
        "titles": record.titles,
        "identifiers": {(one.scheme, one.value) for one in record.identifiers},
        "descriptions": [(one.value, one.language) for one in record.descriptions],
        "creators": record.creators,
        "contributors": record.contributors,
        "publisher": record.publisher.name if record.publisher else None,
        "dates": {one for one in record.dates if one.kind not in ("withdrawn", "available")},
        "languages": record.languages,
        "version": record.version,
        "sizes": record.sizes,
        "formats": record.formats,
        "subjects": record.subjects,
        "rights": record.rights,
        "access": Access(right="metadata-only") if closed else access,
        "funding": record.funding,
        "relations": {
            # A scheme that the guidelines do not list is written as address.
            (one.type, resolver_url(one.scheme, one.value) or one.value, one.target_kind)
            for one in record.relations
            if one.scheme != "ivoid"
        },
        "places": record.coverage.places if record.coverage else (),
    }


@slow
@given(record=datacite_records())
def test_what_it_can_hold_comes_back(record: Record) -> None:
    again, before = _held(_again(record)), _held(record)
    for name, value in before.items():
        if name == "access" and value is not None and value.until is None and value.right == "embargoed":
            continue
        assert again[name] == value, name


@slow
@given(record=datacite_records())
def test_it_is_valid(schema: etree.XMLSchema, record: Record) -> None:
    assert schema.validate(etree.fromstring(write(record))), schema.error_log


def test_all_that_is_read_of_the_corpus_is_valid(shared: Path, schema: etree.XMLSchema) -> None:
    form = written_at(format_of("oai_openaire"), "x.org", "https://x.org")
    assert form.write is not None
    count = 0
    folders = {
        "datacite-xml": "datacite",
        "oai-dc": "oai_dc",
        "ivoa-voresource": "ivo_vor",
        "marcxml": "marcxml",
    }
    for folder, prefix in folders.items():
        for record in _mapped(shared / "corpus" / folder, formats()[prefix]):
            count += 1
            document = etree.fromstring(form.write(record))
            assert schema.validate(document), f"{record.provenance.identifier}: {schema.error_log}"
    assert count > 700


def _mapped(folder: Path, form: Format) -> list[Record]:
    assert form.read is not None
    found: list[Record] = []
    for path in sorted(folder.iterdir()):
        try:
            inside = [one for _, one in documents(form, path.read_bytes())]
        except RecordRefused:
            continue
        for document in inside:
            with contextlib.suppress(RecordRefused):
                found.append(form.read(document, PROVENANCE).record)
    return found


def test_the_fixture_is_valid_and_comes_back(schema: etree.XMLSchema) -> None:
    path = FIXTURES / "oai_openaire" / "article.xml"
    assert recognises(etree.parse(path).getroot())
    record = read_fixture(path).record
    assert record.access == Access(right="embargoed", until="2031-02-03")
    document = etree.fromstring(write(record))
    assert schema.validate(document), schema.error_log
    again = _again(record)
    for name in ("titles", "creators", "contributors", "publisher", "rights", "access", "distributions"):
        assert getattr(again, name) == getattr(record, name), name
    for name in ("languages", "sizes", "formats", "version", "funding", "coverage", "subjects", "relations"):
        assert getattr(again, name) == getattr(record, name), name
    kept = {one.path for one in again.extra}
    assert kept >= {"citationTitle", "citationVolume", "source", "audience"}


@pytest.mark.parametrize("code", [concept.code for concept in vocabulary("resource_types")])
def test_every_type(schema: etree.XMLSchema, code: str) -> None:
    concept = vocabulary("resource_types")[code]
    record = _record(kind_of(concept), type_label=concept.label)
    assert schema.validate(etree.fromstring(write(record))), schema.error_log
    again = _again(record)
    plain = read(etree.fromstring(write(_record(again.kind, type_label=again.type_label))), PROVENANCE).record
    assert again.kind == record.kind
    assert again.type_label in (concept.label, None)
    assert (plain.kind, plain.type_label) == (again.kind, again.type_label)


def test_every_field_and_hostile_text() -> None:
    doi = (Identifier(scheme="doi", value="10.5072/x"),)
    etree.fromstring(write(full_record(identifiers=doi)))
    etree.fromstring(write(full_record(lambda path: f"<&\"'>\x00\ufffe]]>{path}", identifiers=doi)))


def test_only_what_is_listed(schema: etree.XMLSchema) -> None:
    relations = (
        Relation(type="IsCollectedBy", scheme="doi", value="10.5072/i"),
        Relation(type="Cites", scheme="swhid", value="swh:1:rev:" + "0a" * 20),
        Relation(type="Cites", scheme="ivoid", value="ivo://a.b/c"),
    )
    files = tuple(Distribution(url=f"https://example.org/{number}") for number in range(300))
    document = etree.fromstring(write(_record(relations=relations, distributions=files)))
    assert schema.validate(document), schema.error_log
    assert [one.get("relatedIdentifierType") for one in document.iter(f"{DATACITE}relatedIdentifier")] == [
        "URL"
    ]
    assert len(document.findall(f"{OAIRE}file")) == 100


def test_without_a_name_that_resolves_the_page_here_is_one() -> None:
    record = _record(identifiers=(Identifier(scheme="ivoid", value="ivo://a.b/c"),))
    with pytest.raises(RecordRefused, match="resolves"):
        write(record)
    form = written_at(format_of("oai_openaire"), "x.org", "https://x.org")
    assert form.write is not None
    document = etree.fromstring(form.write(record))
    assert document.findtext(f"{DATACITE}identifier") == "https://x.org/records/ab"


def test_another_root_is_refused() -> None:
    with pytest.raises(NotARecord) as refused:
        read(etree.fromstring("<html/>"), PROVENANCE)
    assert refused.value.path == "/html"
