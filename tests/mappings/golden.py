"""Golden pairs: a document as a source writes it, and the record and issues that it must give."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from catalogue.json_form import as_json
from catalogue.record import Mapped, Provenance
from mappings.base import format_of
from mappings.documents import documents

SOURCE = ".source"
FIXTURES = Path(__file__).parent / "fixtures"


def pairs() -> list[Path]:
    """The documents in XML of which it is also laid down how they are written in other formats, in order."""
    found = FIXTURES.glob("*/*.xml")
    return sorted(path for path in found if not path.stem.endswith((".written", SOURCE)))


def sources() -> list[Path]:
    """The documents that are only read, in any syntax: ``NAME.source.*`` beside ``NAME.json``."""
    return sorted(FIXTURES.glob(f"*/*{SOURCE}.*"))


def read_fixture(path: Path) -> Mapped:
    """The one record in a fixture, through the format that its folder is named after."""
    form = format_of(path.parent.name)
    assert form.read is not None
    [(identifier, document)] = documents(form, path.read_bytes())
    name = identifier or path.stem.removesuffix(SOURCE)
    provenance = Provenance(source="fixture", identifier=name, format=form.prefix)
    return form.read(document, provenance)


def as_golden(mapped: Mapped) -> dict[str, Any]:
    """Record and issues as they stand in the golden file."""
    return {"record": as_json(mapped.record), "issues": as_json(list(mapped.issues))}


def expected(path: Path) -> Any:
    """The golden file beside a document."""
    return json.loads(golden_of(path).read_text("utf-8"))


def golden_of(path: Path) -> Path:
    """Where that is."""
    return path.with_name(path.stem.removesuffix(SOURCE) + ".json")


def main() -> int:
    """Writes the golden files of these documents anew; what is in them is to be read with care."""
    for name in sys.argv[1:]:
        path = Path(name).resolve()
        found = json.dumps(as_golden(read_fixture(path)), indent=1, ensure_ascii=False)
        golden_of(path).write_text(found + "\n", "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
