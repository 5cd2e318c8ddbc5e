"""A query checked and translated for the engines: conditions, order, and where the page begins.

A cursor is opaque, bound to its query and sealed: a page begins either after a key of the
order (every order but relevance and fit has keys that no two records share) or, in these,
after a number of hits.
"""

from __future__ import annotations

import base64
import binascii
import functools
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass

import orjson

from catalogue import query_language
from catalogue.asked_regions import (
    conditions_of,
    refuted,
    region_to_fit,
    regions_of,
    without_exclusions,
)
from catalogue.conditions import All_, Always, Any_, Condition, Key
from catalogue.coverage_query import CONDITIONS
from catalogue.days import days_of
from catalogue.errors import QueryError
from catalogue.index import FACETS, MAXIMUM_SIZE, SORTS, Query
from catalogue.index_coverage import ROUGH
from catalogue.meanings import widened
from catalogue.query_terms import chosen, lower, published
from catalogue.ranking import Points, decisive, preferences, whole_identifier
from catalogue.region_fit import DEEPEST_FIT, area_class
from catalogue.said import said
from catalogue.text import words

DEEPEST = 10_000
"""So many hits can be paged through in the order of relevance; the other orders have no end."""

MAXIMUM_COUNTS = 1000
MOST_CHOICES = 200
LONGEST_CHOICE = 2000
MOST_PARAMETERS = 10
COVERAGE = ("sky", "time", "energy", "place", "parameter")
"""What a record may cover; who asks for it is told how many records have none."""

ORDERS: Mapping[str, tuple[str, bool]] = {
    "newest": ("newest", True),
    "oldest": ("oldest", False),
    "title": ("by_title", False),
    "changed": ("sequence", True),
}
"""The field that an order sorts by, and whether the largest comes first."""

_WITHOUT_KEYS = ("relevance", "fit")

Start = int | str
_Refined = tuple[Condition, dict[str, Condition]]

_TITLE_KEY = re.compile(r"[\w!]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What an engine has to do for one query.

    ``decisive`` gives points to every hit, ``preferences`` to the first ones (relevance only; see
    `ranking`).  ``sort`` is one of `ORDERS`, «relevance» or «fit»; ``after`` is the key of the last hit of
    the page before, ``offset`` the number of hits before this page (relevance and fit only).  ``area`` and
    ``fits`` are those of `region_fit` (fit only).
    """

    words: Condition
    decisive: tuple[Points, ...]
    preferences: tuple[Points, ...]
    filters: Mapping[str, Condition]
    sort: str
    size: int
    offset: int
    after: Start | None
    understood: str
    seal: bytes
    area: int
    fits: Mapping[str, float]

    def condition(self, without: str | None = None) -> Condition:
        """The whole condition, or all but the choices in the facet ``without``."""
        parts = [part for facet, part in self.filters.items() if facet != without]
        return All_((self.words, *parts)) if parts else self.words

    def uncovered(self) -> dict[str, tuple[Condition, Condition]]:
        """Each coverage that is asked for → the rest of the query, and having no such coverage."""
        return {
            what: (self.condition(without=what), All_((Always(),), (Key("covers", (what,)),)))
            for what in COVERAGE
            if what in self.filters
        }

    def next_cursor(self, more: bool, last: Start | None) -> str | None:
        """The cursor of the next page, when there is one; ``last`` is the key of the last hit."""
        if not more or self.size == 0:
            return None
        return _sealed(self.seal, self.offset + self.size if self.sort in _WITHOUT_KEYS else last)


def plan_of(query: Query, secret: str = "") -> Plan:
    """The plan of a query; raises `QueryError` that names the parameter."""
    _check(query)
    node = query_language.parse(query.words)
    wide = widened(node)
    words = _found_by(query.words, node, wide)
    if query.published != (None, None):
        words = All_((words, _published(query.published)))
    filters = {facet: chosen(facet, tuple(values)) for facet, values in query.facets.items() if values}
    filters |= _coverage(query)
    words, filters = _refined(query, words, filters)
    sort = query.sort
    if sort == "relevance" and isinstance(node, query_language.Everything):
        # Nothing tells the records apart: the newest first.
        sort = "newest"
    seal = _seal(query, secret)
    start = _opened(query.cursor, seal) if query.cursor is not None else None
    offset = _offset(sort, start, query.size)
    return Plan(
        words=words,
        decisive=decisive(query.words, node) if sort == "relevance" else (),
        preferences=preferences(node) if sort == "relevance" else (),
        filters=filters,
        sort=sort,
        size=query.size,
        offset=offset,
        after=None if sort in _WITHOUT_KEYS else start,
        understood=query_language.write(wide),
        seal=seal,
        area=_area(query) if sort == "fit" else 0,
        fits=query.fits,
    )


def _offset(sort: str, start: Start | None, size: int) -> int:
    """The number of hits before the page, in the orders that have no keys."""
    if sort not in _WITHOUT_KEYS:
        return 0
    offset = start if isinstance(start, int) else 0
    deepest = DEEPEST if sort == "relevance" else DEEPEST_FIT
    if offset + size > deepest:
        raise QueryError(
            said(
                "In the order of %(sort)s only the first %(deepest)s hits can be paged through; sort "
                "by newest, oldest, title or changed to go on, or narrow the search.",
                sort=sort,
                deepest=deepest,
            ),
            parameter="cursor",
        )
    return offset


def _area(query: Query) -> int:
    """The class of the area that hits are to fit."""
    region = region_to_fit(query)
    if not region:
        raise QueryError(
            said("The order «fit» is how well records fit a region of the sky: say which by «sky» or «moc»."),
            parameter="sort",
        )
    return area_class(region)


def _found_by(text: str, node: query_language.Node, wide: query_language.Node) -> Condition:
    """What the words ask for; an identifier may be written with its scheme before it."""
    words = lower(wide)
    keys = whole_identifier(text, node) if isinstance(node, query_language.And) else None
    return Any_((words, Key("identifiers", keys))) if keys else words


def _check(query: Query) -> None:
    if query.sort not in SORTS:
        raise QueryError(
            said("There is no order «%(sort)s»; use %(sorts)s.", sort=query.sort, sorts=", ".join(SORTS)),
            parameter="sort",
        )
    if not 0 <= query.size <= MAXIMUM_SIZE:
        raise QueryError(
            said(
                "The size of a page is 0 to %(maximum_size)s, not %(size)s.",
                maximum_size=MAXIMUM_SIZE,
                size=query.size,
            ),
            parameter="size",
        )
    if not 0 <= query.counts_size <= MAXIMUM_COUNTS:
        raise QueryError(
            said(
                "0 to %(maximum_counts)s values of a facet can be counted, not %(counts_size)s.",
                maximum_counts=MAXIMUM_COUNTS,
                counts_size=query.counts_size,
            ),
            parameter="counts_size",
        )
    for name in (*query.facets, *query.counts):
        if name not in FACETS:
            raise QueryError(
                said(
                    "There is no facet «%(name)s»; there are %(facets)s.", name=name, facets=", ".join(FACETS)
                ),
                parameter=name,
            )
    for name, values in query.facets.items():
        if len(values) > MOST_CHOICES:
            raise QueryError(
                said("At most %(most_choices)s values of a facet can be chosen.", most_choices=MOST_CHOICES),
                parameter=name,
            )
        if any(len(value) > LONGEST_CHOICE for value in values):
            raise QueryError(
                said(
                    "A value of a facet has at most %(longest_choice)s characters.",
                    longest_choice=LONGEST_CHOICE,
                ),
                parameter=name,
            )


def _published(bounds: tuple[str | None, str | None]) -> Condition:
    low, high = (bound or None for bound in bounds)
    for bound in (low, high):
        try:
            days_of(bound or "2000")
        except ValueError as error:
            raise QueryError(
                said("%(error)s; write 2019, 2019-03 or 2019-03-01.", error=error), parameter="published"
            ) from None
    if low is None and high is None:
        return Always()
    if low is not None and high is not None and days_of(low)[0] > days_of(high)[1]:
        raise QueryError(
            said("«%(low)s» is later than «%(high)s»; swap them.", low=low, high=high), parameter="published"
        )
    return published(low, high)


def _coverage(query: Query) -> dict[str, Condition]:
    """The conditions on what records cover, by the name of what they must have."""
    found: dict[str, list[Condition]] = {}
    asked = [("sky", "sky", query.sky), ("sky", "moc", query.moc), ("time", "time", query.time)]
    asked += [("energy", "energy", query.energy), ("place", "place", query.place)]
    asked += [("parameter", "parameter", text) for text in query.parameters]
    for what, parameter, text in asked:
        if text:
            try:
                found.setdefault(what, []).append(CONDITIONS[parameter](text))
            except ValueError as error:
                raise QueryError(
                    said("%(parameter)s: %(error)s.", parameter=parameter, error=error), parameter=parameter
                ) from None
    if len(found.get("parameter", ())) > MOST_PARAMETERS:
        raise QueryError(
            said("At most %(most_parameters)s parameters can be asked for.", most_parameters=MOST_PARAMETERS),
            parameter="parameter",
        )
    return {what: parts[0] if len(parts) == 1 else All_(tuple(parts)) for what, parts in found.items()}


def _refined(query: Query, words: Condition, filters: Mapping[str, Condition]) -> _Refined:
    """Words and filters for what the index keeps roughly, or without what proved to be elsewhere."""
    if query.rough:
        regions = conditions_of(regions_of(query))
        roughly = All_((Any_(regions), Key("covers", (ROUGH,))))
        return without_exclusions(words, regions), {**filters, ROUGH: roughly}
    if not query.refuted:
        return words, dict(filters)
    found = dict(zip(conditions_of([one for one, _ in query.refuted]), (ids for _, ids in query.refuted)))
    return refuted(words, found), {name: refuted(part, found) for name, part in filters.items()}


def completed(prefix: str) -> tuple[str, str] | None:
    """What stands before the last word, and the folded last word; ``None`` when there is none."""
    head, space, last = prefix[-LONGEST_CHOICE:].rpartition(" ")
    found = words(last)
    return (head + space, found[-1]) if found and last[-1:].isalnum() else None


# --- cursors ------------------------------------------------------------------------


@functools.lru_cache(maxsize=8)
def _sealing_key(secret: str) -> bytes:
    return hashlib.blake2b(secret.encode("utf-8", "surrogatepass"), person=b"almagest cursor").digest()


def _seal(query: Query, secret: str) -> bytes:
    """What binds a cursor to its query: all that decides which records come in which order."""
    facets = sorted((name, sorted(values)) for name, values in query.facets.items() if values)
    covered = (query.sky, query.moc, query.time, query.energy, query.place, query.parameters)
    text = repr((query.words, facets, query.published, covered, query.sort)).encode(
        "ascii", "backslashreplace"
    )
    return hashlib.blake2b(text, key=_sealing_key(secret), digest_size=32).digest()


def _signature(seal: bytes, content: bytes) -> bytes:
    return hashlib.blake2b(content, key=seal, digest_size=12).digest()


def _sealed(seal: bytes, start: Start | None) -> str:
    content = orjson.dumps(start)
    return base64.urlsafe_b64encode(_signature(seal, content) + content).decode("ascii").rstrip("=")


def _opened(cursor: str, seal: bytes) -> Start:
    try:
        data = base64.urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4))
    except (binascii.Error, ValueError):
        data = b""
    if len(data) <= 12 or data[:12] != _signature(seal, data[12:]):
        raise QueryError(
            said("This cursor does not belong to this search; start again without a cursor."),
            parameter="cursor",
        )
    start = orjson.loads(data[12:])
    if isinstance(start, str) and not _TITLE_KEY.fullmatch(start):
        raise QueryError(said("This cursor is damaged; start again without a cursor."), parameter="cursor")
    return start if isinstance(start, str) else int(start)
