"""Which charts the statistics have, and what each says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask import request

from catalogue.index import Query
from catalogue.statistics import DayOfSource
from catalogue.told import LABELS
from web.charts import MOST_BARS, ROW, WIDTH, Bar, Box, Cell, Chart, Label, bars, columns, shortened
from web.facet_choices import facet_label
from web.search_parameters import address
from web.statistics import SHARES, Completeness, Statistics

MOST_COLUMNS = 60
"""Where the growth spans more days, a column stands for a month or a year."""

TITLES = {"type": "Kinds of records", "licence": "Licences", "access": "Access"}
ASPECTS = ("description", "orcid", "licence", "access", "files", "sky", "instrument", "relations")
"""What the picture of completeness draws of `LABELS`; its table has all of them."""

_SHORT = {"orcid": "ORCID", "access": "Access", "sky": "Sky", "instrument": "Instrument"}
_DAY, _MONTH, _YEAR = 10, 7, 4


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of all records, and the search for it."""

    label: str
    count: int
    url: str
    look: str = "bar"


def charts(numbers: Statistics) -> list[Chart]:
    """All charts of the page; those without any number are left out."""
    drawn = [_growth(numbers), _sources(numbers)]
    drawn += [_share(name, numbers) for name in SHARES]
    drawn += [_completeness(numbers.completeness), _freshness(numbers)]
    return [chart for chart in drawn if chart.rows]


def _growth(numbers: Statistics) -> Chart:
    """The records held at the end of each day, month or year."""
    length = _period_length(numbers.days)
    added: Counter[str] = Counter()
    gone: Counter[str] = Counter()
    for day in numbers.days:
        added[day.day[:length]] += day.added
        gone[day.day[:length]] += day.withdrawn
    rows: list[tuple[Cell, ...]] = []
    held = 0
    for period in _periods(numbers.days, length):
        held += added[period] - gone[period]
        rows.append((period, added[period], gone[period], held))
    boxes, labels, lines, height = columns([(str(row[0]), int(row[3]), int(row[1])) for row in rows])
    unit = {_DAY: "day", _MONTH: "month", _YEAR: "year"}[length]
    return Chart(
        name="growth",
        title="Growth",
        says=f"Records held at the end of each {unit} and how many were new; {_plain(held)} at the end.",
        caption="Each record of each source counts as one. Dark: new; pale: held before.",
        height=height,
        boxes=tuple(boxes),
        labels=tuple(labels),
        lines=tuple(lines),
        columns=(unit, "added", "withdrawn", "held"),
        rows=tuple(rows),
    )


def _period_length(days: Sequence[DayOfSource]) -> int:
    """How much of an ISO date names a column, so that there are not too many."""
    if not days:
        return _DAY
    span = (date.fromisoformat(days[-1].day) - date.fromisoformat(days[0].day)).days
    return _DAY if span < MOST_COLUMNS else _MONTH if span < MOST_COLUMNS * 30 else _YEAR


def _periods(days: Sequence[DayOfSource], length: int) -> list[str]:
    """All days, months or years from the first to the last, also those on which nothing happened."""
    if not days:
        return []
    first, last = (date.fromisoformat(day.day) for day in (days[0], days[-1]))
    every = ((first + timedelta(days=number)).isoformat() for number in range((last - first).days + 1))
    return list(dict.fromkeys(day[:length] for day in every))


def _sources(numbers: Statistics) -> Chart:
    states = sorted(numbers.states, key=lambda state: (-state.records, state.source.name))
    parts = [
        _Part(state.source.name, state.records, _search("source", state.source.name))
        for state in states
        if state.records
    ]
    return _bars("sources", "Records by source", "source", parts, sum(part.count for part in parts))


def _share(facet: str, numbers: Statistics) -> Chart:
    """The values of a facet, and last the records that say nothing of it."""
    total, told = numbers.total, {one.value: one.count for one in numbers.shares.get("has", ())}
    parts = [_Part(one.label, one.count, _search(facet, one.value)) for one in numbers.shares.get(facet, ())]
    lacking = total - told.get(facet, 0) if facet in LABELS else 0
    if lacking:
        url = address(request.root_path + "/", Query(words=f"-has:{facet}"))
        parts.append(_Part("not told", lacking, url, "held"))
    return _bars(facet, TITLES[facet], facet_label(facet).lower(), parts, total)


def _bars(name: str, title: str, column: str, parts: Sequence[_Part], total: int) -> Chart:
    """Bars of numbers of records with their share of ``total``; each row leads to the search for it."""
    boxes, labels, height = bars(
        [
            Bar(part.label, part.count, f"{_plain(part.count)} · {_percent(part.count, total)}", part.look)
            for part in parts
        ]
    )
    first = f"; most are {parts[0].label}, {_percent(parts[0].count, total)}" if parts else ""
    return Chart(
        name=name,
        title=title,
        says=f"{len(parts)} value{'s' if len(parts) != 1 else ''} in {_plain(total)} records{first}.",
        caption=_shown(len(parts)),
        height=height,
        boxes=tuple(boxes),
        labels=tuple(labels),
        columns=(column, "records", "share"),
        rows=tuple((part.label, part.count, _share_of(part.count, total)) for part in parts),
        links=tuple(part.url for part in parts),
    )


def _completeness(found: Sequence[Completeness]) -> Chart:
    """Sources below each other, what their records tell side by side, each cell filled by its share."""
    left, top, width = 130.0, 24.0, WIDTH + 90
    room = (width - left) / len(ASPECTS)
    labels = [
        Label(left + number * room + 2, 15, _SHORT.get(name, LABELS[name]), "start")
        for number, name in enumerate(ASPECTS)
    ]
    boxes = []
    for row, one in enumerate(found[:MOST_BARS]):
        y = top + row * ROW
        labels.append(Label(left - 8, y + 17, shortened(one.source), "end"))
        for number, name in enumerate(ASPECTS):
            x, share = left + number * room, one.told.get(name, 0) / one.total
            boxes.append(Box(round(x + 2, 2), y + 4, round(room - 6, 2), ROW - 8, "ground"))
            if share:
                boxes.append(Box(round(x + 2, 2), y + 4, round((room - 6) * share, 2), ROW - 8))
    return Chart(
        name="completeness",
        title="Completeness by source",
        says="Of each source the share of its records that tell "
        + ", ".join(LABELS[name].lower() if name != "orcid" else LABELS[name] for name in ASPECTS)
        + ": a full bar is all of them.",
        caption="A record that several sources tell of counts for each, with what all of them tell. "
        + _shown(len(found)),
        height=top + ROW * len(found[:MOST_BARS]),
        boxes=tuple(boxes),
        labels=tuple(labels),
        width=width,
        columns=("source", "records", *LABELS.values()),
        rows=tuple(
            (one.source, one.total, *(_share_of(one.told.get(name, 0), one.total) for name in LABELS))
            for one in found
        ),
        links=tuple(_search("source", one.source) for one in found),
    )


def _freshness(numbers: Statistics) -> Chart:
    """How long ago each source was last harvested to its end, the longest first."""
    ages = [(state, _days_between(state.last_success, numbers.at)) for state in numbers.states]
    ages.sort(key=lambda pair: (-(pair[1] if pair[1] is not None else float("inf")), pair[0].source.name))
    drawn = [
        Bar(state.source.name, age or 0.0, _age(age),
            "late" if state.last_run is not None and state.last_run.status == "failed" else "bar")
        for state, age in ages
    ]  # fmt: skip
    boxes, labels, height = bars(drawn, longest=max(1.0, *(bar.value for bar in drawn)) if drawn else None)
    never = sum(age is None for _, age in ages)
    return Chart(
        name="freshness",
        title="Freshness of sources",
        says=f"Days since each of {len(ages)} sources was last harvested to its end"
        + (f"; {never} never {'was' if never == 1 else 'were'}." if never else "."),
        caption="Brown: the last harvest failed. " + _shown(len(ages)),
        height=height,
        boxes=tuple(boxes),
        labels=tuple(labels),
        columns=("source", "last success", "days ago", "last run"),
        rows=tuple(
            (
                state.source.name,
                state.last_success or "never",
                "" if age is None else round(age, 1),
                state.last_run.status if state.last_run is not None else "none yet",
            )
            for state, age in ages
        ),
        links=tuple(f"{request.root_path}/sources/{state.source.name}" for state, _ in ages),
    )


def _days_between(earlier: str | None, later: str) -> float | None:
    if earlier is None:
        return None
    return max((datetime.fromisoformat(later) - datetime.fromisoformat(earlier)).total_seconds(), 0) / 86400


def _age(days: float | None) -> str:
    if days is None:
        return "never"
    return f"{days:.0f} days" if days >= 2 else f"{days * 24:.1f} hours" if days * 24 >= 1 else "in this hour"


def _shown(many: int) -> str:
    return f"The picture shows the first {MOST_BARS} of {many}, the table all." if many > MOST_BARS else ""


def _search(facet: str, value: str) -> str:
    return address(request.root_path + "/", Query(facets={facet: (value,)}))


def _plain(count: int) -> str:
    return f"{count:,}".replace(",", "\u202f")


def _share_of(count: int, total: int) -> float:
    """A share in percent, to one digit behind the point."""
    return round(100 * count / total, 1) if total else 0.0


def _percent(count: int, total: int) -> str:
    return (
        f"{_share_of(count, total):.0f}\u202f%" if _share_of(count, total) >= 1 or not count else "< 1\u202f%"
    )
