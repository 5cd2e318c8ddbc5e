"""The single records in answers, lists, collections and files of one record."""

from __future__ import annotations

import pytest

from catalogue.errors import RecordRefused
from catalogue.record import Provenance
from mappings.base import Format, format_of
from mappings.documents import documents

_OAI = 'xmlns="http://www.openarchives.org/OAI/2.0/"'
_DC = '<dc xmlns="http://www.openarchives.org/OAI/2.0/oai_dc/"><title>T</title></dc>'


def _record(identifier: str, metadata: str = _DC) -> str:
    header = f"<header><identifier>{identifier}</identifier></header>"
    return f"<record>{header}<metadata>{metadata}</metadata></record>"


@pytest.mark.parametrize(
    ("data", "identifiers"),
    [
        (f"<OAI-PMH {_OAI}><ListRecords>{_record('a')}{_record('b')}</ListRecords></OAI-PMH>", ["a", "b"]),
        (f"<OAI-PMH {_OAI}><GetRecord>{_record('a')}</GetRecord></OAI-PMH>", ["a"]),
        (f"<OAI-PMH {_OAI}>{_record('a')}</OAI-PMH>", ["a"]),
        (_record(" a "), ["a"]),
        (f"<records>{_record('a')}{_record('b')}</records>", ["a", "b"]),
        (_DC, [None]),
        (f"<list>{_DC}{_DC}</list>", [None, None]),
    ],
)
def test_dublin_core(data: str, identifiers: list[str | None]) -> None:
    form = format_of("oai_dc")
    assert form.read is not None
    found = list(documents(form, data.encode()))
    assert [identifier for identifier, _ in found] == identifiers
    for _, document in found:
        assert form.read(document, Provenance(source="s", identifier="1")).record.title == "T"


def test_resources_and_marc_collections() -> None:
    resource = "<Resource><title>T</title><identifier>ivo://a/b</identifier></Resource>"
    for data in (f"<VOResources>{resource}{resource}</VOResources>", f"<x>{resource}{resource}</x>"):
        assert len(list(documents(format_of("ivo_vor"), data.encode()))) == 2
    record = '<record><datafield tag="245"><subfield code="a">T</subfield></datafield></record>'
    assert len(list(documents(format_of("marcxml"), f"<collection>{record * 3}</collection>".encode()))) == 3


@pytest.mark.parametrize(
    ("data", "path", "reason"),
    [
        (
            f"<OAI-PMH {_OAI}><error code='noRecordsMatch'>Nothing</error></OAI-PMH>",
            "/OAI-PMH/error",
            "noRecordsMatch",
        ),
        (f"<OAI-PMH {_OAI}><Identify/></OAI-PMH>", "/OAI-PMH/Identify", "no record"),
        ("<OAI-PMH", "line 1, column 9", "Not well-formed"),
        ("", "line 1", "Not well-formed"),
    ],
)
def test_files_without_records(data: str, path: str, reason: str) -> None:
    with pytest.raises(RecordRefused, match=reason) as refused:
        list(documents(format_of("oai_dc"), data.encode()))
    assert refused.value.path.startswith(path)


@pytest.mark.parametrize("prefix", ["oai_dc", "oai_datacite", "datacite", "ivo_vor", "marcxml"])
def test_a_deleted_record_is_refused_by_every_reader(prefix: str) -> None:
    form = format_of(prefix)
    assert form.read is not None
    header = "<header status='deleted'><identifier>a</identifier></header>"
    data = f"<OAI-PMH {_OAI}><record>{header}</record></OAI-PMH>"
    [(identifier, document)] = documents(form, data.encode())
    assert identifier == "a"
    with pytest.raises(RecordRefused, match="deleted"):
        form.read(document, Provenance(source="s", identifier="a"))


def test_json() -> None:
    form = Format(prefix="x", title="X", media_type="application/json")
    assert list(documents(form, b'[{"a":1},{"a":2}]')) == [(None, {"a": 1}), (None, {"a": 2})]
    assert list(documents(form, b'{"a":1}')) == [(None, {"a": 1})]
    with pytest.raises(RecordRefused):
        list(documents(form, b"{"))
