"""Reading one record: what its crosswalk cannot survive costs that record alone."""

from __future__ import annotations

import pytest

from catalogue.errors import RecordRefused
from catalogue.record import Mapped, Provenance, RawRecord
from mappings.base import Format, format_of, formats, parse, read

DEEP = b"[" * 1000 + b"1" + b"]" * 1000


@pytest.mark.parametrize("prefix", [prefix for prefix, form in formats().items() if not form.is_xml])
def test_a_record_that_is_nested_too_deeply_is_mapped_or_refused(prefix: str) -> None:
    data = (
        b'{"pid": "1/2", "id": "a", "name": "N", "title": "T", "@type": "SoftwareSourceCode", "x": %b}' % DEEP
    )
    raw = RawRecord(identifier="deep", format=prefix, data=data)
    try:
        assert read(raw, Provenance(source="s", identifier="deep")).record.title
    except RecordRefused as refusal:
        assert refusal.reason


def test_too_deep_a_record_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def falling(document: object, provenance: Provenance) -> Mapped:
        return falling(document, provenance)

    form = Format(prefix="deep", title="Deep", media_type="application/json", read=falling)
    monkeypatch.setattr("mappings.base.formats", lambda: {"deep": form})
    with pytest.raises(RecordRefused, match="nested too deeply"):
        read(
            RawRecord(identifier="deep", format="deep", data=b"{}"), Provenance(source="s", identifier="deep")
        )


def test_json_lines_are_a_list() -> None:
    form = format_of("zenodo")
    assert parse(form, b'{"a": 1}\n\n{"a": 2}\n') == [{"a": 1}, {"a": 2}]
    with pytest.raises(RecordRefused, match="Not JSON"):
        parse(form, b'{"a": 1}\n{"a": \n')
