"""The search page: one box, facets as links, result cards, paging by cursor; no script needed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, redirect, render_template, request
from marshmallow import fields, validate
from werkzeug.wrappers import Response as AnyResponse

from catalogue.absences import notes
from catalogue.errors import IndexError_, QueryError
from catalogue.index import FACETS, SORTS, Count, Hits, Query
from catalogue.index_facets import access_value, facet_value, label_of
from catalogue.record import Record
from catalogue.spelling import did_you_mean
from web.cards import cards
from web.context import catalogue
from web.errors import RETRY_AFTER, status_of
from web.exports import menu
from web.facet_choices import facet_label, facet_of, value_label
from web.feeds import feed_address
from web.languages import N_, _, said_by, told, within
from web.pages_basket import own
from web.pages_facet import asked
from web.parameter_options import parameter_options
from web.rest_export import export_addresses
from web.search_addresses import SearchAddresses
from web.search_parameters import (
    DEFAULT,
    SearchParameters,
    address,
    arguments,
    chosen,
    covered,
    read_query,
    without_covered,
)
from web.where_and_when import region_in_words, where_and_when
from web.year_histogram import Bar, Histogram, drawn, iso

COVERED_LABELS = {
    "sky": N_("Cone"),
    "moc": N_("Region"),
    "time": N_("Time"),
    "energy": N_("Energy"),
    "place": N_("Place"),
    "region": N_("Region"),
    "parameter": N_("Parameter"),
}
UNCOVERED = {
    "sky": N_("their place on the sky"),
    "time": N_("their time"),
    "energy": N_("their energy"),
    "place": N_("their place on Earth"),
    "parameter": N_("parameters"),
}
SORT_LABELS = {
    "relevance": N_("best match"),
    "newest": N_("newest"),
    "oldest": N_("oldest"),
    "title": N_("title"),
    "changed": N_("last changed"),
    "fit": N_("best fit"),
}

DATE_FIELDS = ("published-from", "published-to")

blueprint = Blueprint("pages", __name__)

PageParameters = type(
    "PageParameters",
    (SearchParameters,),
    {
        # A form without script has one field for each end of the range.
        name: fields.String(validate=validate.Length(max=20))
        for name in DATE_FIELDS
    },
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chip:
    """An active restriction and the address of the search without it."""

    name: str
    label: str
    url: str
    total: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """A value that no record bears: what is said of it, and searches with the nearest in its place."""

    text: str
    nearest: tuple[Chip, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Why there are no results; ``before`` and ``after`` surround the place in the query."""

    status: int
    text: str
    before: str | None = None
    after: str = ""


@blueprint.get("/")
def search_page() -> AnyResponse:
    """The search page; also for a query that fails, with what is wrong and how to go on."""
    query = DEFAULT
    if (clean := _cleaned()) is not None:
        return redirect(clean)
    try:
        values = arguments.parse(PageParameters, request, location="query")
        if "published-from" in request.args or "published-to" in request.args:
            return redirect(address(request.root_path + "/", read_query(_joined_dates(values))))
        query = _in_order(read_query(values))
        found = catalogue().search(replace(query, trees=True))
    except QueryError as error:
        return _failed(query if query is not DEFAULT else _as_far_as_possible(), error)
    except IndexError_ as error:
        return _failed(query, error)
    return Response(_page(query, found), content_type="text/html; charset=utf-8")


def _in_order(query: Query) -> Query:
    """The query; who takes the region away from one in the order of fit need not choose another order."""
    return query if query.sort != "fit" or query.sky or query.moc else replace(query, sort=DEFAULT.sort)


def _cleaned() -> str | None:
    """The address without what is empty, as forms send it, and without what follows visitors."""
    given = list(request.args.items(multi=True))
    ours = [pair for pair in given if not _follows_visitors(pair[0])]
    kept = [pair for pair in ours if pair[1]]
    # Two fields for dates lead to another address anyway.
    if kept == given or (ours == given and any(name in DATE_FIELDS for name, _value in kept)):
        return None
    return f"{request.root_path}/" + (f"?{urlencode(kept, safe='/')}" if kept else "")


def _follows_visitors(name: str) -> bool:
    """Whether a parameter is one that mail and other sites add to addresses: none of ours, and no fault."""
    return name.startswith(("utm_", "pk_", "mtm_", "mc_")) or name in {"fbclid", "gclid", "msclkid"}


def _joined_dates(values: Mapping[str, Any]) -> dict[str, Any]:
    ends = (values.get("published-from", ""), values.get("published-to", ""))
    published = "/".join(ends) if any(ends) else None
    return {**values, "published": published, "cursor": None}


def _as_far_as_possible() -> Query:
    """The words of a request whose parameters are wrong, so that the box keeps them."""
    return replace(DEFAULT, words=request.args.get("q", ""))


def _failed(query: Query, error: QueryError | IndexError_) -> Response:
    before, after = None, ""
    if isinstance(error, QueryError) and error.parameter == "q" and error.position is not None:
        before, after = query.words[: error.position], query.words[error.position :]
    fault = Fault(status=status_of(error), text=said_by(error), before=before, after=after)
    page = render_template("search.html", fault=fault, **_around(query, {}))
    headers = {"Cache-Control": "no-store"}
    if fault.status == 503:
        headers["Retry-After"] = str(RETRY_AFTER)
    return Response(page, fault.status, headers, content_type="text/html; charset=utf-8")


def _page(query: Query, found: Hits) -> str:
    changes = catalogue().store.get_many([hit.id for hit in found.hits])
    records: list[Record] = [change.record for change in changes.values() if change.record is not None]
    where = where_and_when(query, records)
    held = frozenset(map(str, own().items))
    around = _around(query, found.facets)
    addresses = SearchAddresses(request.root_path + "/", query)
    return render_template(
        "search.html",
        fault=None,
        cards=cards(changes.values(), query.words, held, where.ids),
        where=where,
        total=found.total,
        understood=found.understood if query.words and found.understood != query.words else None,
        unrefined=found.unrefined,
        unfitted=found.unfitted,
        uncovered=[(_(UNCOVERED[name]), count) for name, count in found.uncovered.items() if count],
        facets=[
            facet
            for name in FACETS
            if name != "year" and (counts := found.facets.get(name))
            if (facet := facet_of(query, name, counts, addresses.choosing(name)))
        ],
        years=_years(query, found, addresses),
        names=parameter_options(),
        absences=_absences(query, found),
        following=address("", replace(query, cursor=found.cursor)) if found.cursor else None,
        widenings=_widenings(query, around["chips"]) if not found.total else (),
        meant=_meant(query) if not found.total and query.words else None,
        feeds={kind: request.root_path + feed_address(f"/feed.{kind}", query) for kind in ("atom", "json")},
        downloads=[
            (form, request.root_path + path)
            for form, path in zip(menu(), export_addresses(menu(), query), strict=True)
        ],
        **around,
    )


def _absences(query: Query, found: Hits) -> list[Absence]:
    """Values that are asked for and that no record bears."""
    said = []
    for note in notes(catalogue().index, query, found):
        nearest = []
        if note.value in query.facets.get(note.parameter, ()):
            rest = chosen(query, note.parameter, note.value, on=False)
            for label in note.nearest:
                other = chosen(rest, note.parameter, _value(note.parameter, label), on=True)
                nearest.append(
                    Chip(name=note.parameter, label=value_label(note.parameter, label), url=_here(other))
                )
        said.append(Absence(text=told(note.text), nearest=tuple(nearest)))
    return said


def _value(facet: str, label: str) -> str:
    return access_value(label) if facet == "access" else facet_value(label)


def _years(query: Query, found: Hits, addresses: SearchAddresses) -> Histogram | None:
    """When the records were published: a year is chosen as in a facet, a longer time as a range."""
    choose = addresses.choosing("year")

    def link(bar: Bar) -> str:
        return choose(iso(bar.first)) if bar.first == bar.last else addresses.published(bar.published)

    return drawn(query, found.years, link)


def _meant(query: Query) -> Chip | None:
    """The words spelt so that something is found."""
    text = did_you_mean(catalogue().index, query)
    return (
        None
        if text is None
        else Chip(name="", label=text, url=_here(replace(query, words=text, cursor=None)))
    )


def _around(query: Query, facets: Mapping[str, tuple[Count, ...]]) -> dict[str, Any]:
    """What the page shows beside the results: the form, the chips, the orders."""
    start = replace(query, cursor=None)
    # Without words nothing is more relevant than another: the newest come first.
    current = query.sort if query.words or query.sort != "relevance" else "newest"
    orders = [
        {"label": _(SORT_LABELS[sort]), "url": _here(replace(start, sort=sort)), "is_chosen": sort == current}
        for sort in SORTS
        if query.words or sort != "relevance"
        if query.sky or query.moc or sort != "fit"
    ]
    chosen_values = [(facet, value) for facet in FACETS for value in query.facets.get(facet, ())]
    return {
        "query": query,
        "start": _here(start),
        "chips": _chips(start, facets),
        "cleared": _here(replace(DEFAULT, words=query.words, sort=query.sort)),
        "orders": orders,
        "asked": asked(query),
        "hidden": [*chosen_values, *covered(query)],
        "chosen_values": chosen_values,
        "published": "/".join(end or "" for end in query.published) if any(query.published) else None,
    }


def _here(query: Query) -> str:
    return address(request.root_path + "/", query)


def _chips(query: Query, facets: Mapping[str, tuple[Count, ...]]) -> list[Chip]:
    chips = []
    for name in FACETS:
        labels = {count.value: count.label for count in facets.get(name, ())}
        for value in query.facets.get(name, ()):
            without = _here(chosen(query, name, value, on=False))
            chips.append(
                Chip(
                    name=facet_label(name),
                    label=value_label(name, labels.get(value) or label_of(name, value)),
                    url=without,
                )
            )
    chips += [
        Chip(
            name=_(COVERED_LABELS[name]),
            label=region_in_words(query.moc) if name in {"moc", "region"} else text[:60],
            url=_here(without_covered(query, name, text)),
        )
        for name, text in covered(query)
    ]
    if any(query.published):
        first, last = query.published
        label = first if first == last else f"{first or '…'} – {last or '…'}"
        chips.append(
            Chip(name=_("Published"), label=label or "", url=_here(replace(query, published=(None, None))))
        )
    return chips


def _widenings(query: Query, chips: list[Chip]) -> list[Chip]:
    """For a search that finds nothing: what each restriction costs, best first."""
    index = catalogue().index
    bare = replace(query, cursor=None, size=1, counts=())
    wider: list[tuple[str, Query]] = []
    for name in FACETS:
        if query.facets.get(name):
            rest = {other: values for other, values in query.facets.items() if other != name}
            wider.append(
                (_("with any %(facet)s", facet=within(facet_label(name))), replace(bare, facets=rest))
            )
    if covered(query):
        anywhere = replace(bare, sky="", moc="", time="", energy="", place="", parameters=())
        wider.append((_("anywhere, at any time, energy and parameter"), _in_order(anywhere)))
    if any(query.published):
        wider.append((_("with any date"), replace(bare, published=(None, None))))
    if len(wider) > 1 and query.words:
        wider.append((_("the words alone"), replace(DEFAULT, words=query.words, size=1, counts=())))
    if query.words and wider:
        wider.append((_("without the words"), replace(bare, words="")))
    found = [
        Chip(name="", label=label, total=index.search(other).total,
             url=_here(replace(other, size=query.size)))
        for label, other in wider
    ]  # fmt: skip
    return sorted((chip for chip in found if chip.total), key=lambda chip: -(chip.total or 0))
