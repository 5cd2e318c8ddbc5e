"""All values of one facet, page by page: those that hold some words, by number of records or by name.

The order by number is that of the records which bear a value themselves; the count of a concept is, as
everywhere, that of the records which one finds by choosing it.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Sequence

import orjson

from catalogue.errors import QueryError
from catalogue.facet_counts import (
    EVERY_VALUE,
    Counter,
    CountRequest,
    Counts,
    labelled,
    with_narrower,
    written,
)
from catalogue.index import FACETS, LISTING_SORTS, MAXIMUM_SIZE, Listed, Listing
from catalogue.index_facets import FACET_FIELD, HIERARCHICAL, facet_value
from catalogue.parameter_names import FIELD, PARAMETER, is_named, with_units
from catalogue.quantities import quantity_name
from catalogue.search_plan import Plan

LONGEST_FILTER = 200
"""Characters of what values are to contain."""

_RUN = re.compile(r"[^\W_]+")

Value = tuple[str, int]


def listed(listing: Listing, plan: Plan, engine: Counter) -> Listed:
    """A page of the values that are asked for; raises `QueryError` that names the parameter."""
    check(listing)
    facet, name = listing.facet, field_of(listing)
    condition = plan.condition(without=facet if facet in plan.filters and facet in FACETS else None)
    wanted = words_of(listing)
    request = CountRequest(size=EVERY_VALUE, containing=_longest_run(wanted))
    counts = engine.count(condition, {name: request})[name]
    fitting = [pair for pair in counts.values if fits(listing, wanted, pair[0])]
    found = page(listing, fitting, plan.seal)
    values = list(found[0])
    if not counts.exact and values:
        only = CountRequest(size=len(values), only=tuple(value for value, _ in values))
        exact = dict(engine.count(condition, {name: only})[name].values)
        values = [(value, exact.get(value, count)) for value, count in values]
    if facet in HIERARCHICAL:
        whole = dict(with_narrower(engine, condition, facet, values))
        values = [(value, whole[value]) for value, _ in values]
    return Listed(
        values=with_units(values, counts.values)
        if facet == PARAMETER
        else labelled(engine, {facet: values})[facet],
        total=len(fitting),
        cursor=found[1],
        complete=is_complete(counts),
        written=written(engine, facet, values) if listing.written and facet in FACETS else {},
    )


def check(listing: Listing) -> None:
    """Raises `QueryError` for what cannot be listed."""
    if listing.facet not in (*FACETS, PARAMETER):
        raise QueryError(
            f"There is no facet «{listing.facet}»; there are {', '.join(FACETS)}.", parameter="facet"
        )
    if listing.sort not in LISTING_SORTS:
        raise QueryError(
            f"There is no order «{listing.sort}» of values; use {', '.join(LISTING_SORTS)}.",
            parameter="order",
        )
    if not 1 <= listing.size <= MAXIMUM_SIZE:
        raise QueryError(f"The size of a page is 1 to {MAXIMUM_SIZE}, not {listing.size}.", parameter="size")
    if len(listing.contains) > LONGEST_FILTER:
        raise QueryError(
            f"What values are to contain has at most {LONGEST_FILTER} characters.", parameter="contains"
        )


def words_of(listing: Listing) -> list[str]:
    """The folded words that each value is to contain."""
    text = listing.contains.encode("utf-8", "replace").decode("utf-8")
    if listing.facet == PARAMETER:
        return [quantity_name(text)]
    folded = facet_value(text)
    return (folded.replace(" ", "-") if listing.facet == "access" else folded).split()


def fits(listing: Listing, wanted: Sequence[str], value: str) -> bool:
    """Whether a value is one of those that are asked for."""
    if listing.facet == PARAMETER:
        return is_named(value, wanted[0])
    return all(word in value for word in wanted)


def field_of(listing: Listing) -> str:
    """The field of an index that holds the values."""
    return FIELD if listing.facet == PARAMETER else FACET_FIELD[listing.facet]


def page(listing: Listing, values: Sequence[Value], seal: bytes) -> tuple[Sequence[Value], str | None]:
    """The values of one page, and the cursor of the next."""
    key = _by_name if listing.sort == "name" else _by_count
    ordered = sorted(values, key=key)
    seal = _sealed_for(listing, seal)
    if listing.cursor is not None:
        last = _opened(listing.cursor, seal)
        ordered = [pair for pair in ordered if key(pair) > key(last)]
    rest = ordered[: listing.size]
    return rest, _sealed(seal, rest[-1]) if len(ordered) > listing.size else None


def is_complete(counts: Counts) -> bool:
    """Whether an engine counted all values there are."""
    return len(counts.values) < EVERY_VALUE


def _longest_run(wanted: Sequence[str]) -> str:
    """The longest run of letters and digits in the words: an engine need not look at values without it."""
    return max((run for word in wanted for run in _RUN.findall(word)), key=len, default="")


def _by_name(pair: Value) -> tuple[int, str]:
    return 0, pair[0]


def _by_count(pair: Value) -> tuple[int, str]:
    return -pair[1], pair[0]


# --- cursors ------------------------------------------------------------------------


def _sealed_for(listing: Listing, seal: bytes) -> bytes:
    text = repr((listing.facet, listing.contains, listing.sort)).encode("ascii", "backslashreplace")
    return hashlib.blake2b(text, key=seal, digest_size=32).digest()


def _sealed(seal: bytes, last: Value) -> str:
    content = orjson.dumps(last)
    signature = hashlib.blake2b(content, key=seal, digest_size=12).digest()
    return base64.urlsafe_b64encode(signature + content).decode("ascii").rstrip("=")


def _opened(cursor: str, seal: bytes) -> Value:
    try:
        data = base64.urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4))
    except (binascii.Error, ValueError):
        data = b""
    if data[:12] != hashlib.blake2b(data[12:], key=seal, digest_size=12).digest():
        raise QueryError(
            "This cursor does not belong to this list; start again without a cursor.", parameter="cursor"
        )
    value, count = orjson.loads(data[12:])
    return str(value), int(count)
