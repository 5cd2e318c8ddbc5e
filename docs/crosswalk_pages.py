"""The page about crosswalks: what each reads and loses (measured), and what each writes and loses."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from specimen import SPECIMEN

from mappings.base import formats, written_at
from mappings.loss import FATES
from mappings.loss_report import GOAL
from mappings.loss_writing import held

FIGURES = Path(__file__).resolve().parent / "crosswalks.json"
_RARE = 3
_MARKS = {"whole": "●", "part": "◐", "none": ""}

INTRODUCTION = """
Reading is measured: of every value in the documents of a corpus (over 1,000 real files) it is told whether
the record says it (mapped), keeps it among the values without a place (kept), leaves it out on purpose
(aside: it says nothing of the thing, or what the record says already), or loses it. Where the record does
not say it in the same words, the reader is asked: the document is read again without the value and with
another in its place, and what differs is where it went. `almagest crosswalk report` does the same with any
file. Writing is computed: a record with a value in every field of the model is written and read again.

Read the figures with care. The reasons for what is left aside, and the list of documents that are no records,
were written while looking at this very corpus, so «unexplained» is what is left after that: another source
will show more. A reason is given by the name of a field and could hide a loss of another kind in that field.
Beyond eight values of a field in one document (one, where twenty answers were alike) the reader is not asked
again, and the rest is taken for alike. A value of twelve characters or more that the record has anywhere
counts as mapped, unless it stands in several fields of the document: then the reader is asked of each field,
and a field of which it never takes notice, in no document, is lost.

The measure itself was tried by making readers blind for one field at a time (`docs/plant_losses.py`, the 40
most used fields): of the losses so planted it called unexplained 93 % in `datacite`, 94 % in `scicat`, 74 %
in `inveniordm`, 83 % in `oai_dc` and 58 % in `codemeta`; the rest it took for repetition of what another
field says, which it mostly was, or a reason excused it. So «unexplained» is a lower bound of what is lost.

{unmeasured}

Documents that are no records (error answers, deleted records, lists of files, authority records) are counted
apart. What is refused for want of a title and an identifier are mostly single fields of MARC, for tests.
"""


def crosswalks() -> str:
    """The whole page."""
    figures: dict[str, Any] = json.loads(FIGURES.read_text("utf-8"))
    lines = [
        "# Crosswalks: which field goes where, and what is lost",
        "<!-- written by `make docs`; do not edit -->",
    ]
    lines += [
        INTRODUCTION.replace("{unmeasured}", _unmeasured(figures)),
        "## Over the corpus\n",
        *_summary(figures),
    ]
    lines += ["\n## What is written, and comes back\n", *_writing()]
    for prefix, found in figures.items():
        lines += [f"\n## Reading `{prefix}`\n", *_reading(prefix, found)]
    return "\n".join(lines) + "\n"


def _unmeasured(figures: dict[str, Any]) -> str:
    """The formats that are read but of which the corpus has no record."""
    missing = [
        f"`{prefix}`" for prefix, form in sorted(formats().items()) if form.read and prefix not in figures
    ]
    return f"Of {', '.join(missing)}\nthe corpus has no record: their readers have fixtures of our own only."


def _summary(figures: dict[str, Any]) -> list[str]:
    heads = "records | mapped | refused | no record | values | mapped | kept | aside | lost | unexplained"
    lines = [f"| format | {heads} |"]
    lines.append("|---|" + "--:|" * 10)
    whole: Counter[str] = Counter()
    for prefix, found in figures.items():
        one = _counts(found)
        whole.update(one)
        lines.append(f"| `{prefix}` | {_cells(one)} |")
    lines.append(f"| all | {_cells(whole)} |")
    nameless = _refused(figures, lambda why: "neither" in why)
    broken = _refused(figures, lambda why: why.startswith("Not "))
    named = whole["records"] - nameless
    read, records = whole["read"], whole["records"]
    lines.append(
        f"\n{read:,} of {records:,} records are mapped ({read / records:.1%}); of the {named:,} that have a "
        f"title or an identifier {read / named:.1%} (the goal is {GOAL:.0%}). Of the {named - read} "
        f"among them that are not, {broken} break the syntax of XML, Turtle or JSON."
    )
    return lines


def _refused(figures: dict[str, Any], holds: Callable[[str], bool]) -> int:
    return sum(n for found in figures.values() for why, n in found["refused"].items() if holds(why))


_COLUMNS = ("records", "read", "refused", "others", "came", *FATES, "unexplained")


def _counts(found: dict[str, Any]) -> Counter[str]:
    count: Counter[str] = Counter()
    count["read"], count["refused"] = found["mapped"], sum(found["refused"].values())
    count["records"] = count["read"] + count["refused"]
    count["others"] = sum(found["others"].values())
    for row in found["fields"].values():
        count.update(dict(zip(("came", *FATES), row, strict=False)))
        count["unexplained"] += sum(number for why, number in row[6].items() if "No reason" in why)
    return count


def _cells(count: Counter[str]) -> str:
    return " | ".join(f"{count[name]:,}" if count[name] else "" for name in _COLUMNS)


def _reading(prefix: str, found: dict[str, Any]) -> list[str]:
    lines = [f"{formats()[prefix].title}.\n"]
    for word, reasons in (("Refused", found["refused"]), ("No record", found["others"])):
        lines += [f"- {word}, {count} ×: {why}." for why, count in reasons.items()]
    lines += [
        "",
        "| field of the source | field of the model | values | mapped | kept | aside | lost | why |",
    ]
    lines.append("|---|---|" + "--:|" * 5 + "---|")
    rare: Counter[str] = Counter()
    for name, row in found["fields"].items():
        came, mapped, kept, aside, lost, targets, reasons = row
        if kept == came < _RARE:
            rare.update(fields=1, values=came)
            continue
        why = "; ".join(_reason(text) for text in reasons)
        cells = " | ".join(str(number or "") for number in (came, mapped, kept, aside, lost))
        goes = ", ".join(f"`{target}`" for target in targets) if mapped else ("`extra`" if kept else "")
        lines.append(f"| `{_escaped(name)}` | {goes} | {cells} | {_escaped(why)} |")
    if rare:
        lines.append(f"\n{rare['fields']} rare fields more ({rare['values']} values) are kept as they are.")
    return lines


def _reason(text: str) -> str:
    fate, _, reason = text.partition(": ")
    return f"**lost:** {reason}" if fate == "lost" else reason


def _writing() -> list[str]:
    writers = {
        prefix: written_at(form, "example.authority", "https://example.org")
        for prefix, form in sorted(formats().items())
        if form.write is not None
    }
    found = {prefix: held(form, SPECIMEN) for prefix, form in writers.items()}
    lines = [
        "● all values of a field come back, ◐ some, empty: none. Of formats that are written only (*) it is "
        "told whether the values stand in them.\n",
        "| field of the model | "
        + " | ".join(p + ("" if f.read else "*") for p, f in writers.items())
        + " |",
        "|---|" + ":-:|" * len(writers),
    ]
    for name in next(iter(found.values())):
        lines.append(f"| `{name}` | " + " | ".join(_MARKS[one[name]] for one in found.values()) + " |")
    return lines


def _escaped(text: str) -> str:
    return text.replace("|", "\\|")
