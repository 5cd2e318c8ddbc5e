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
from web.facet_choices import facet_label, value_label
from web.languages import N_, _, ngettext, within
from web.pages_text import decimals, number
from web.search_parameters import address
from web.statistics import SHARES, Completeness, Statistics

MOST_COLUMNS = 60
"""Where the growth spans more days, a column stands for a month or a year."""

TITLES = {"type": N_("Kinds of records"), "licence": N_("Licences"), "access": N_("Access")}
ASPECTS = ("description", "orcid", "licence", "access", "files", "sky", "instrument", "relations")
"""What the picture of completeness draws of `LABELS`; its table has all of them."""

_SHORT = {"orcid": "ORCID", "access": N_("Access"), "sky": N_("Sky"), "instrument": N_("Instrument")}
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
    unit = {_DAY: _("day"), _MONTH: _("month"), _YEAR: _("year")}[length]
    says = {
        _DAY: _("Records held at the end of each day and how many were new; %(held)s at the end.",
                held=number(held)),
        _MONTH: _("Records held at the end of each month and how many were new; %(held)s at the end.",
                  held=number(held)),
        _YEAR: _("Records held at the end of each year and how many were new; %(held)s at the end.",
                 held=number(held)),
    }[length]  # fmt: skip
    return Chart(
        name="growth",
        title=_("Growth"),
        says=says,
        caption=_("Each record of each source counts as one. Dark: new; pale: held before."),
        height=height,
        boxes=tuple(boxes),
        labels=tuple(labels),
        lines=tuple(lines),
        columns=(unit, _("added"), _("withdrawn"), _("held")),
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
    return _bars("sources", _("Records by source"), _("source"), parts, sum(part.count for part in parts))


def _share(facet: str, numbers: Statistics) -> Chart:
    """The values of a facet, and last the records that say nothing of it."""
    total, told = numbers.total, {one.value: one.count for one in numbers.shares.get("has", ())}
    parts = [
        _Part(value_label(facet, one.label), one.count, _search(facet, one.value))
        for one in numbers.shares.get(facet, ())
    ]
    lacking = total - told.get(facet, 0) if facet in LABELS else 0
    if lacking:
        url = address(request.root_path + "/", Query(words=f"-has:{facet}"))
        parts.append(_Part(_("not told"), lacking, url, "held"))
    return _bars(facet, _(TITLES[facet]), within(facet_label(facet)), parts, total)


def _bars(name: str, title: str, column: str, parts: Sequence[_Part], total: int) -> Chart:
    """Bars of numbers of records with their share of ``total``; each row leads to the search for it."""
    boxes, labels, height = bars(
        [
            Bar(part.label, part.count, f"{number(part.count)} · {_percent(part.count, total)}", part.look)
            for part in parts
        ]
    )
    says = ngettext(
        "%(num)s value in %(total)s records", "%(num)s values in %(total)s records", len(parts),
        total=number(total),
    )  # fmt: skip
    if parts:
        share = _percent(parts[0].count, total)
        says = _("%(says)s; most are %(label)s, %(share)s", says=says, label=parts[0].label, share=share)
    return Chart(
        name=name,
        title=title,
        says=f"{says}.",
        caption=_shown(len(parts)),
        height=height,
        boxes=tuple(boxes),
        labels=tuple(labels),
        columns=(column, _("records"), _("share")),
        rows=tuple((part.label, part.count, _share_of(part.count, total)) for part in parts),
        links=tuple(part.url for part in parts),
    )


def _completeness(found: Sequence[Completeness]) -> Chart:
    """Sources below each other, what their records tell side by side, each cell filled by its share."""
    left, top, width = 130.0, 24.0, WIDTH + 90
    room = (width - left) / len(ASPECTS)
    labels = [
        Label(left + column * room + 2, 15, _(_SHORT.get(name, LABELS[name])), "start")
        for column, name in enumerate(ASPECTS)
    ]
    boxes = []
    for row, one in enumerate(found[:MOST_BARS]):
        y = top + row * ROW
        labels.append(Label(left - 8, y + 17, shortened(one.source), "end"))
        for column, name in enumerate(ASPECTS):
            x, share = left + column * room, one.told.get(name, 0) / one.total
            boxes.append(Box(round(x + 2, 2), y + 4, round(room - 6, 2), ROW - 8, "ground"))
            if share:
                boxes.append(Box(round(x + 2, 2), y + 4, round((room - 6) * share, 2), ROW - 8))
    return Chart(
        name="completeness",
        title=_("Completeness by source"),
        says=_(
            "Of each source the share of its records that tell %(aspects)s: a full bar is all of them.",
            aspects=", ".join(_aspect(name) for name in ASPECTS),
        ),
        caption=_("A record that several sources tell of counts for each, with what all of them tell.")
        + " "
        + _shown(len(found)),
        height=top + ROW * len(found[:MOST_BARS]),
        boxes=tuple(boxes),
        labels=tuple(labels),
        width=width,
        columns=(_("source"), _("records"), *(_(label) for label in LABELS.values())),
        rows=tuple(
            (one.source, one.total, *(_share_of(one.told.get(name, 0), one.total) for name in LABELS))
            for one in found
        ),
        links=tuple(_search("source", one.source) for one in found),
    )


def _aspect(name: str) -> str:
    return _(LABELS[name]) if name == "orcid" else within(_(LABELS[name]))


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
    never = sum(age is None for __, age in ages)
    return Chart(
        name="freshness",
        title=_("Freshness of sources"),
        says=_("Days since each of %(count)s sources was last harvested to its end", count=len(ages))
        + ("; " + ngettext("%(num)s never was.", "%(num)s never were.", never) if never else "."),
        caption=_("Brown: the last harvest failed.") + " " + _shown(len(ages)),
        height=height,
        boxes=tuple(boxes),
        labels=tuple(labels),
        columns=(_("source"), _("last success"), _("days ago"), _("last run")),
        rows=tuple(
            (
                state.source.name,
                state.last_success or _("never"),
                "" if age is None else round(age, 1),
                _(state.last_run.status) if state.last_run is not None else _("none yet"),
            )
            for state, age in ages
        ),
        links=tuple(f"{request.root_path}/sources/{state.source.name}" for state, __ in ages),
    )


def _days_between(earlier: str | None, later: str) -> float | None:
    if earlier is None:
        return None
    return max((datetime.fromisoformat(later) - datetime.fromisoformat(earlier)).total_seconds(), 0) / 86400


def _age(days: float | None) -> str:
    if days is None:
        return _("never")
    if days >= 2:
        return _("%(count)s days", count=decimals(days, 0))
    return _("%(count)s hours", count=decimals(days * 24, 1)) if days * 24 >= 1 else _("in this hour")


def _shown(many: int) -> str:
    if many <= MOST_BARS:
        return ""
    return _(
        "The picture shows the first %(shown)s of %(all)s, the table all.", shown=MOST_BARS, all=number(many)
    )


def _search(facet: str, value: str) -> str:
    return address(request.root_path + "/", Query(facets={facet: (value,)}))


def _share_of(count: int, total: int) -> float:
    """A share in percent, to one digit behind the point."""
    return round(100 * count / total, 1) if total else 0.0


def _percent(count: int, total: int) -> str:
    return (
        f"{_share_of(count, total):.0f}\u202f%" if _share_of(count, total) >= 1 or not count else "< 1\u202f%"
    )
