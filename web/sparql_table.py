"""The answer to a SELECT as people read it: a table whose names are links, and a chart where it counts."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from catalogue.errors import QueryError
from catalogue.said import said
from web.charts import MOST_BARS, Bar, Box, Chart, Label, Line, bars, columns
from web.languages import _
from web.pages_text import number
from web.security import safe_url

MOST_ROWS = 500
"""Rows that the page shows."""
MOST_CHARACTERS = 1000
"""Characters of one value that the page shows."""

_XSD = "http://www.w3.org/2001/XMLSchema#"
_NUMBER = re.compile(
    re.escape(_XSD) + "(?i:(non)?(negative|positive)integer|unsigned(long|int|short|byte)|"
    "integer|decimal|double|float|int|long|short|byte)"
)
_PERIOD = re.compile(r"-?\d{4}(-\d\d(-\d\d)?)?(T.*)?")
_MOST_COLUMNS = 60
_DEEPEST = 5
"""Statements within each other that are shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A value: how it is written, where it leads, its language or datatype, whether it is a name of ours."""

    text: str
    href: str | None = None
    whole: str | None = None
    note: str = ""
    is_ours: bool = False
    number: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The first rows of an answer; ``total`` is how many it has."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell | None, ...], ...]
    total: int
    numeric: tuple[bool, ...]
    chart: Chart | None = None


def table(answer: bytes, prefixes: Mapping[str, str], base_url: str) -> Table | bool:
    """A SELECT's answer in JSON as a table, that of ASK as its truth (SPARQL 1.1 Query Results JSON).

    Raises `QueryError` for what is too deep to be read.
    """
    try:
        document = orjson.loads(answer)
    except ValueError:
        raise QueryError(
            said("The answer holds statements too deep within each other for a page; take it as a file."),
            parameter="query",
        ) from None
    if "boolean" in document:
        return bool(document["boolean"])
    names = tuple(document["head"].get("vars", ()))
    bindings: Sequence[Mapping[str, Any]] = document["results"]["bindings"]
    rows = tuple(
        tuple(_cell(row.get(name), prefixes, base_url) for name in names) for row in bindings[:MOST_ROWS]
    )
    numeric = tuple(_is_numeric([row[place] for row in rows]) for place in range(len(names)))
    return Table(
        columns=names,
        rows=rows,
        total=len(bindings),
        numeric=numeric,
        chart=_chart(names, rows, numeric, len(bindings)),
    )


def _cell(
    value: Mapping[str, Any] | None, prefixes: Mapping[str, str], base_url: str, deep: int = 0
) -> Cell | None:
    if value is None:
        return None
    kind = value["type"]
    if kind == "triple":
        if deep >= _DEEPEST:
            return Cell(text="…")
        three = (value["value"][part] for part in ("subject", "predicate", "object"))
        parts = (_cell(one, prefixes, base_url, deep + 1) for one in three)
        return Cell(text=" ".join(part.text for part in parts if part is not None))
    text = str(value["value"])
    if kind == "uri":
        is_ours = text.startswith(f"{base_url}/")
        href = text[:MOST_CHARACTERS] if safe_url(text) and len(text) <= MOST_CHARACTERS else None
        return Cell(text=_cut(shortened(text, prefixes)), href=href, whole=_cut(text), is_ours=is_ours)
    if kind == "bnode":
        return Cell(text=f"_:{_cut(text)}")
    datatype = str(value.get("datatype", _XSD + "string"))
    note = f"@{value['xml:lang']}" if value.get("xml:lang") else ""
    if not note and datatype != _XSD + "string" and not _NUMBER.fullmatch(datatype):
        note = shortened(datatype, prefixes)
    return Cell(text=_cut(text), note=note, number=_number(text) if _NUMBER.fullmatch(datatype) else None)


def _cut(text: str) -> str:
    return text if len(text) <= MOST_CHARACTERS else f"{text[:MOST_CHARACTERS]}…"


def shortened(iri: str, prefixes: Mapping[str, str]) -> str:
    """An IRI with a prefix where one of ours fits and what is left is a plain name."""
    for prefix, namespace in prefixes.items():
        if iri.startswith(namespace) and re.fullmatch(r"[A-Za-z][\w.-]*", iri[len(namespace) :]):
            return f"{prefix}:{iri[len(namespace) :]}"
    return iri


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _is_numeric(values: Sequence[Cell | None]) -> bool:
    held = [value for value in values if value is not None]
    return bool(held) and all(value.number is not None for value in held)


def _chart(
    names: Sequence[str], rows: Sequence[Sequence[Cell | None]], numeric: Sequence[bool], total: int
) -> Chart | None:
    """Bars of the last column of numbers named by the first of another kind; columns where that is a time."""
    words = [place for place, is_number in enumerate(numeric) if not is_number]
    numbers = [place for place, is_number in enumerate(numeric) if is_number]
    if not numbers or len(names) < 2:
        return None
    labelled, counted = words[0] if words else 0, numbers[-1]
    pairs = _pairs(rows, labelled, counted)
    if len({label for label, _, _ in pairs}) < len(pairs):
        pairs = _pairs([_joined(row, words, labelled) for row in rows], labelled, counted)
    amounts = [amount for _, amount, _ in pairs]
    if len(pairs) < 2 or min(amounts) < 0 or not any(amounts):
        return None
    is_time = (
        len(pairs) <= _MOST_COLUMNS
        and all(_PERIOD.fullmatch(label) for label, _, _ in pairs)
        and all(amount.is_integer() for amount in amounts)
    )
    return _drawn(names[labelled], names[counted], pairs, total, is_time=is_time)


def _pairs(
    rows: Sequence[Sequence[Cell | None]], labelled: int, counted: int
) -> list[tuple[str, float, str]]:
    """Label, number and how that is written, of the rows that have both."""
    return [
        (label.text, value.number, value.text)
        for row in rows
        if (label := row[labelled]) is not None
        and (value := row[counted]) is not None
        and value.number is not None
    ]


def _joined(row: Sequence[Cell | None], words: Sequence[int], labelled: int) -> list[Cell | None]:
    """The row with all its words where the label is, which alone would not tell it from others."""
    held = [cell.text for place in words if (cell := row[place]) is not None]
    return [
        Cell(text=" · ".join(held)) if place == labelled and held else cell for place, cell in enumerate(row)
    ]


def _drawn(
    label: str, counted: str, pairs: Sequence[tuple[str, float, str]], total: int, *, is_time: bool
) -> Chart:
    boxes: Sequence[Box]
    labels: Sequence[Label]
    lines: Sequence[Line] = ()
    if is_time:
        pairs = sorted(pairs)
        boxes, labels, lines, height = columns(
            [(name, int(amount), int(amount)) for name, amount, _ in pairs]
        )
    else:
        boxes, labels, height = bars([Bar(name, amount, written) for name, amount, written in pairs])
    shown = len(pairs) if is_time else min(len(pairs), MOST_BARS)
    says = _(
        "%(counted)s for each %(label)s, the same numbers as in the table.", counted=counted, label=label
    )
    if shown != total:
        says = _(
            "%(counted)s for the first %(shown)s of %(total)s %(label)s, the same numbers as in the table.",
            counted=counted,
            shown=shown,
            total=number(total),
            label=label,
        )
    return Chart(
        name="answer",
        title=_("%(counted)s by %(label)s", counted=counted, label=label),
        says=says,
        height=height,
        boxes=tuple(boxes),
        labels=tuple(labels),
        lines=tuple(lines),
        columns=(label, counted),
        rows=tuple((name, amount) for name, amount, _ in pairs),
    )
