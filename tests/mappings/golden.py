"""Golden pairs: a document as a source writes it, and the record and issues that it must give."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from catalogue.json_form import as_json
from catalogue.record import Mapped, Provenance
from mappings.base import format_of
from mappings.documents import documents

FIXTURES = Path(__file__).parent / "fixtures"


def pairs() -> list[Path]:
    """The documents, in order."""
    return sorted(path for path in FIXTURES.glob("*/*.xml") if not path.stem.endswith(".written"))


def read_fixture(path: Path) -> Mapped:
    """The one record in a fixture, through the format that its folder is named after."""
    form = format_of(path.parent.name)
    assert form.read is not None
    [(identifier, document)] = documents(form, path.read_bytes())
    provenance = Provenance(source="fixture", identifier=identifier or path.stem, format=form.prefix)
    return form.read(document, provenance)


def as_golden(mapped: Mapped) -> dict[str, Any]:
    """Record and issues as they stand in the golden file."""
    return {"record": as_json(mapped.record), "issues": as_json(list(mapped.issues))}


def expected(path: Path) -> Any:
    """The golden file beside a document."""
    return json.loads(path.with_suffix(".json").read_text("utf-8"))
