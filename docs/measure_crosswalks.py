"""Measures the loss of every crosswalk over a corpus: ``python docs/measure_crosswalks.py ../shared/corpus``.

Writes ``crosswalks.json``: names of fields and figures only, no values; ``make docs`` makes
``crosswalks.md`` of it.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import orjson

DOCS = Path(__file__).resolve().parent
sys.path.insert(0, str(DOCS.parent))

from catalogue.errors import RecordRefused  # noqa: E402
from mappings.base import format_of, formats  # noqa: E402
from mappings.documents import documents  # noqa: E402
from mappings.loss import FATES, Examination  # noqa: E402
from mappings.loss_report import FieldLoss, Loss  # noqa: E402
from tests.mappings.corpus_records import files  # noqa: E402

FIGURES = DOCS / "crosswalks.json"


def measured_over(corpus: Path) -> dict[str, Loss]:
    """The loss of every format that the corpus has, by prefix."""
    losses: dict[str, Loss] = {}
    examinations = {prefix: Examination(form) for prefix, form in formats().items()}
    for path, prefix in files(corpus):
        _measure(losses.setdefault(prefix, Loss(prefix)), examinations[prefix], path)
    for loss in losses.values():
        loss.settle()
    return losses


def _measure(loss: Loss, examination: Examination, path: Path) -> None:
    try:
        for identifier, document in documents(format_of(loss.prefix), path.read_bytes()):
            loss.add(examination, document, identifier or path.name)
    except RecordRefused as refusal:
        loss.refuse(refusal)


def as_figures(loss: Loss) -> dict[str, Any]:
    """What is told of a crosswalk."""
    return {
        "mapped": loss.mapped,
        "refused": _by_kind(loss.refused),
        "others": _by_kind(loss.others),
        "fields": {name: _field(one) for name, one in sorted(loss.fields.items())},
    }


def _field(one: FieldLoss) -> list[Any]:
    reasons = {f"{fate}: {reason}": count for (fate, reason), count in sorted(one.reasons.items())}
    targets = sorted(one.main_targets, key=lambda name: (-one.targets[name], name))
    return [one.came, *(one.fates[fate] for fate in FATES), targets[:6], reasons]


def _by_kind(reasons: Counter[str]) -> dict[str, int]:
    """Reasons without what is special of one document."""
    found: Counter[str] = Counter()
    for reason, count in reasons.items():
        found[re.sub(r"«[^»]*»", "«…»", re.split(r": | \((?=[a-z])", reason)[0]).rstrip(".")] += count
    return dict(sorted(found.items()))


def main() -> int:
    """Write the figures; the exit code."""
    if len(sys.argv) != 2 or not Path(sys.argv[1]).is_dir():
        print("Name the folder of the corpus.", file=sys.stderr)
        return 2
    found = {prefix: as_figures(loss) for prefix, loss in sorted(measured_over(Path(sys.argv[1])).items())}
    lines = []
    for prefix, figures in found.items():
        fields = figures.pop("fields")
        rows = [f"  {_json(name)}: {_json(row)}" for name, row in fields.items()]
        head = _json(figures)[:-1]
        lines.append(f'{_json(prefix)}: {head}, "fields": {{\n' + ",\n".join(rows) + "\n}}")
    FIGURES.write_text("{\n" + ",\n".join(lines) + "\n}\n")
    print(f"written: {FIGURES.name}")
    return 0


def _json(value: Any) -> str:
    return orjson.dumps(value).decode()


if __name__ == "__main__":
    sys.exit(main())
