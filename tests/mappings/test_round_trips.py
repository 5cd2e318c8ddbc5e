"""Record → written → read gives the record again, as far as the format can hold it."""

from __future__ import annotations

import dataclasses
import xml.sax.saxutils

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from catalogue.record import Identifier, Record, Text
from mappings.base import format_of, parse
from mappings.xml_writing import attribute, content
from tests.full_record import full_record
from tests.mappings.strategies import PROVENANCE, datacite_records, dublin_core_records

slow = settings(suppress_health_check=list(HealthCheck), deadline=None, max_examples=150)


def _again(record: Record, prefix: str) -> Record:
    form = format_of(prefix)
    assert form.write is not None
    assert form.read is not None
    return form.read(parse(form, form.write(record)), PROVENANCE).record


def _comparable(record: Record) -> dict[str, object]:
    """The fields without how identifiers were written, and relations without order.

    DataCite has two lists for them.
    """
    fields = {one.name: getattr(record, one.name) for one in dataclasses.fields(record)}
    fields["identifiers"] = tuple(dataclasses.replace(one, written=None) for one in record.identifiers)
    fields["relations"] = frozenset(record.relations)
    return fields


@slow
@given(datacite_records())
def test_datacite(record: Record) -> None:
    assert _comparable(_again(record, "datacite")) == _comparable(record)
    assert _comparable(_again(record, "oai_datacite")) == _comparable(record)


@slow
@given(dublin_core_records())
def test_oai_dc(record: Record) -> None:
    assert _comparable(_again(record, "oai_dc")) == _comparable(record)


def test_what_is_mandatory_and_unknown_comes_back_as_absent() -> None:
    title = Text(value="10.1234/x", type="identifier")
    doi = Identifier(scheme="doi", value="10.1234/x")
    record = Record(id="x", kind="other", titles=(title,), provenance=PROVENANCE, identifiers=(doi,))
    again = _again(record, "datacite")
    assert (again.titles, again.creators, again.publisher, again.dates) == ((title,), (), None, ())


def test_a_record_with_every_field_can_be_written() -> None:
    for prefix in ("oai_dc", "datacite", "oai_datacite"):
        write = format_of(prefix).write
        assert write is not None
        etree.fromstring(write(full_record()))
        hostile = full_record(
            lambda path: f"<&\"'>\x00\ufffe\ud800]]>{path}".encode("utf-8", "replace").decode()
        )
        etree.fromstring(write(hostile))


@given(st.text(st.characters(exclude_categories=("Cs",)), max_size=50))
def test_escaping_is_what_lxml_reads(text: str) -> None:
    root = etree.fromstring(f'<a b="{attribute(text)}">{content(text)}</a>'.encode())
    allowed = "".join(
        c
        for c in text
        if c in "\t\n\r" or "\x20" <= c <= "\ud7ff" or "\ue000" <= c <= "\ufffd" or c >= "\U00010000"
    )
    assert (root.text or "") == allowed
    assert root.get("b", "").replace("\r", "\n") == allowed.replace("\r", "\n")
    assert xml.sax.saxutils.unescape(content("a<b&c>d")) == "a<b&c>d"


@slow
@given(dublin_core_records())
def test_the_template_writes_what_lxml_would(record: Record) -> None:
    """An element tree that lxml builds and serialises gives the same canonical XML."""
    record = dataclasses.replace(
        record, kind="dataset", type_label=None, relations=(), funding=(), coverage=None, access=None
    )
    dc, oai_dc = "http://purl.org/dc/elements/1.1/", "http://www.openarchives.org/OAI/2.0/oai_dc/"
    xsi = "http://www.w3.org/2001/XMLSchema-instance"
    root = etree.Element(f"{{{oai_dc}}}dc", nsmap={"oai_dc": oai_dc, "dc": dc, "xsi": xsi})
    root.set(f"{{{xsi}}}schemaLocation", f"{oai_dc} http://www.openarchives.org/OAI/2.0/oai_dc.xsd")

    def add(name: str, text: str | None, language: str | None = None) -> None:
        element = etree.SubElement(root, f"{{{dc}}}{name}")
        element.text = text
        if language is not None:
            element.set("{http://www.w3.org/XML/1998/namespace}lang", language)

    for title in record.titles:
        add("title", title.value, title.language)
    for creator in record.creators:
        add("creator", creator.name)
    for subject in record.subjects:
        add("subject", subject.label)
    for description in record.descriptions:
        add("description", description.value, description.language)
    if record.publisher is not None:
        add("publisher", record.publisher.name)
    for contributor in record.contributors:
        add("contributor", contributor.name)
    for date in record.dates:
        add("date", date.start)
    add("type", "Dataset")
    for extent in record.formats:
        add("format", extent)
    add("identifier", "https://doi.org/" + record.identifiers[0].value)
    for language in record.languages:
        add("language", language)
    for rights in record.rights:
        add("rights", rights.text)
    write = format_of("oai_dc").write
    assert write is not None
    written = etree.tostring(etree.fromstring(write(record)), method="c14n")
    assert written == etree.tostring(root, method="c14n")
