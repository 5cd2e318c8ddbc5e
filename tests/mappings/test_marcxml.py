"""MARC: authority data, names, licences, and what is left over."""

from __future__ import annotations

import pytest
from lxml import etree

from catalogue.errors import RecordRefused
from catalogue.record import Mapped, Provenance
from mappings.marc_fields import trimmed
from mappings.marcxml import read


def _read(fields: str, leader: str = "") -> Mapped:
    head = f"<leader>{leader}</leader>" if leader else ""
    return read(etree.fromstring(f"<record>{head}{fields}</record>"), Provenance(source="s", identifier="1"))


def _field(tag: str, indicators: str = "  ", **subfields: str) -> str:
    inside = "".join(f'<subfield code="{code[-1]}">{text}</subfield>' for code, text in subfields.items())
    return f'<datafield tag="{tag}" ind1="{indicators[0]}" ind2="{indicators[1]}">{inside}</datafield>'


TITLE = _field("245", a="T")


@pytest.mark.parametrize(
    ("fields", "leader"),
    [(TITLE, "00000nz  a2200000n  4500"), (_field("150", a="Physics"), ""), (_field("670", a="Source"), "")],
)
def test_authority_records_are_refused(fields: str, leader: str) -> None:
    with pytest.raises(RecordRefused, match="authority record"):
        _read(fields, leader)


def test_other_documents_are_refused() -> None:
    for root in ("<record><header/></record>", "<collection/>", "<dc/>", "<record/>"):
        with pytest.raises(RecordRefused):
            read(etree.fromstring(root), Provenance(source="s", identifier="1"))


def test_everything_left_over_is_kept() -> None:
    record = _read(TITLE + _field("590", a="local", x="note") + _field("041", a="engfre")).record
    assert [(one.path, one.text) for one in record.extra] == [("590$a", "local"), ("590$x", "note")]
    assert record.languages == ("en", "fr")


def test_names() -> None:
    record = _read(
        TITLE
        + _field("100", "1 ", a="Curie, Marie,", d="1867-1934")
        + _field("700", "1 ", a="Langevin, Paul", e="ed.")
        + _field("700", "1 ", a="Other, A.", t="A related work")
        + _field("700", a="mail@example.org")
        + _field("110", a="CERN.", b="Theory Division")
    ).record
    assert [(one.name, one.family) for one in record.creators] == [
        ("Curie, Marie", "Curie"),
        ("CERN. Theory Division", None),
    ]
    assert [(one.name, one.role) for one in record.contributors] == [("Langevin, Paul", "Editor")]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Title /", "Title"),
        ("New York :", "New York"),
        ("Beta decay.", "Beta decay"),
        ("Smith, J.", "Smith, J."),
        ("and so on...", "and so on..."),
    ],
)
def test_punctuation(written: str, read: str) -> None:
    assert trimmed(written) == read


@pytest.mark.parametrize(
    ("leader", "kind", "label"),
    [
        ("00000nam a22", "publication", "Book"),
        ("00000cas a22", "publication", "Journal"),
        ("00000ngm a22", "image", "Audiovisual"),
        ("", "other", None),
    ],
)
def test_kinds(leader: str, kind: str, label: str | None) -> None:
    record = _read(TITLE, leader).record
    assert (record.kind, record.type_label) == (kind, label)
