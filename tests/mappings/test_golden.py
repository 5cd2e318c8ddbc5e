"""Golden pairs: what each fixture is read as, and what is written of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml import etree

from mappings.base import format_of, formats, written_at
from tests.mappings.golden import as_golden, expected, pairs, read_fixture, sources


def test_every_format_has_a_fixture() -> None:
    """Of all that are read; a new format comes with its pair (a document and its record)."""
    readable = {prefix for prefix, form in formats().items() if form.read is not None}
    assert {path.parent.name for path in (*pairs(), *sources())} == readable


@pytest.mark.parametrize("path", [*pairs(), *sources()], ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_read(path: Path) -> None:
    assert as_golden(read_fixture(path)) == expected(path)


@pytest.mark.parametrize("prefix", ["oai_dc", "datacite", "ivo_vor"])
@pytest.mark.parametrize("path", pairs(), ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_written(path: Path, prefix: str) -> None:
    write = written_at(format_of(prefix), "repository.example.org", "https://repository.example.org").write
    assert write is not None
    golden = path.with_name(f"{path.stem}.{prefix}.written.xml").read_bytes()
    found = etree.fromstring(write(read_fixture(path).record))
    assert _canonical(found) == _canonical(etree.fromstring(golden))


def _canonical(root: etree._Element) -> bytes:
    """Canonical XML without the indentation that makes the golden files legible."""
    for element in root.iter():
        if len(element) and element.text is not None and not element.text.strip():
            element.text = None
        if element.tail is not None and not element.tail.strip():
            element.tail = None
    return etree.tostring(root, method="c14n")
