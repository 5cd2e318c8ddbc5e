"""How well the measure of loss sees: ``python docs/plant_losses.py ../shared/corpus``.

A reader is made blind for one field at a time, so that all its values are lost without a word; counted is
how many of them the measure then calls lost without a reason.  What it misses the record mostly has in
another place too, or a reason for that field excuses.
"""

from __future__ import annotations

import dataclasses
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from catalogue.errors import RecordRefused
from catalogue.record import Mapped, Provenance
from mappings import base
from mappings.base import Format
from mappings.documents import documents
from mappings.loss import UNEXPLAINED
from mappings.loss_leaves import leaves
from mappings.loss_report import measured

SAMPLES = {
    "datacite": ("datacite-xml", 20),
    "scicat": ("scicat", 40),
    "inveniordm": ("inveniordm-json", 10),
    "codemeta": ("codemeta", 8),
    "oai_dc": ("oai-dc", 60),
}
_FIELDS = 40


def main() -> int:
    """Print, by format, how many planted losses are seen; the exit code."""
    corpus = Path(sys.argv[1])
    for prefix, (folder, count) in SAMPLES.items():
        form = base.format_of(prefix)
        found = _documents(form, corpus / folder)
        found = found[:: max(1, len(found) // count)][:count]
        whole = measured(form, found).fields
        fields = Counter({name: one.fates["mapped"] + one.fates["kept"] for name, one in whole.items()})
        planted = seen = 0
        for field, _ in fields.most_common(_FIELDS):
            with _blind(form, field) as blind:
                one = measured(blind, found).fields.get(field)
            if one is not None:
                planted, seen = planted + one.came, seen + one.reasons["lost", UNEXPLAINED]
        print(f"{prefix}: {seen} of {planted} planted losses are seen ({seen / max(1, planted):.0%})")
    return 0


def _documents(form: Format, folder: Path) -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    for path in sorted(folder.iterdir()):
        try:
            found += [(name or path.name, document) for name, document in documents(form, path.read_bytes())]
        except RecordRefused:
            continue
    return found


@contextmanager
def _blind(form: Format, field: str) -> Iterator[Format]:
    """The format with a reader that does not see this field."""

    def read(document: Any, provenance: Provenance) -> Mapped:
        assert form.read is not None
        hidden = [leaf for leaf in leaves(document) if leaf.field == field]
        for leaf in hidden:
            leaf.put(None)
        try:
            return form.read(document, provenance)
        finally:
            for leaf in hidden:
                leaf.put(leaf.value)

    blind, seeing = dataclasses.replace(form, read=read), base.formats
    known = {**seeing(), form.prefix: blind}
    base.formats = lambda: known  # type: ignore[assignment]
    try:
        yield blind
    finally:
        base.formats = seeing


if __name__ == "__main__":
    sys.exit(main())
