"""The query parameters of OGC API – Records («record core query parameters»), and what they ask."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Request
from marshmallow import Schema, fields, validate

from catalogue import query_language as language
from catalogue.cql_clauses import Clause, Relation, node_of, plain_term
from catalogue.errors import QueryError
from catalogue.index import Query
from catalogue.index_places import sought
from catalogue.query_language import And, Covers, Node, Or
from catalogue.text import words
from web.result_window import LAST_POSITION
from web.search_parameters import MAXIMUM_WORDS, arguments

DEFAULT_LIMIT = 10
MAXIMUM_LIMIT = 1000
MOST_IDS = 60

SORTS = {
    "title": "title",
    "issued": "oldest",
    "-issued": "newest",
    "-updated": "changed",
}
"""Values of ``sortby``: the orders that the index has."""

# A plus sign is a space where it is not encoded.
_ORDERS = (*SORTS, *(f"{plus}{name}" for name in SORTS if name[0] != "-" for plus in "+ "))
_END = re.compile(r"\d{4}(-\d\d(-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?)?)?)?", re.ASCII)


def _text(description: str, example: str, longest: int = MAXIMUM_WORDS) -> fields.Field[Any]:
    return fields.String(
        validate=validate.Length(max=longest), metadata={"description": description, "example": example}
    )


class ItemsParameters(Schema):
    """What can be asked of the items of the collection."""

    q = _text(
        "Words; with commas between them one is enough, with spaces they follow one another.", "neutron"
    )
    bbox = _text(
        "West, south, east, north in degrees (WGS 84), or six numbers with heights, which are not regarded.",
        "5.9,45.8,6.3,46.4",
        200,
    )
    datetime = _text(
        "A date, a time or FROM/TO (RFC 3339), open ends as «..» or nothing.", "2015-01-01/..", 100
    )
    type = _text("Kinds of resources, with commas between them.", "dataset,software")
    ids = _text("Identifiers of records, with commas between them.", "0f1e2d3c4b5a69788796", 3000)
    externalIds = _text("Identifiers of resources, with commas between them.", "10.5072/shear.3", 3000)
    limit = fields.Integer(
        validate=validate.Range(min=1, max=10**9),
        metadata={
            "description": f"Records on a page, 10 if not told; above {MAXIMUM_LIMIT} it is {MAXIMUM_LIMIT}."
        },
    )
    offset = fields.Integer(
        validate=validate.Range(min=0, max=LAST_POSITION - 1),
        metadata={
            "description": f"Records before this page, up to {LAST_POSITION - 1}; «next» links go further."
        },
    )
    cursor = _text("Where to go on: part of a «next» link.", "", 2000)
    sortby = fields.String(
        validate=validate.OneOf(_ORDERS),
        metadata={"description": "The order; by fit, else the newest first, if not told."},
    )
    f = fields.String(validate=validate.OneOf(["json"]), metadata={"description": "The form of the answer."})


@dataclass(frozen=True, slots=True, kw_only=True)
class Items:
    """A request for items: what is searched, how many hits are passed over, and the parameters as given."""

    query: Query
    offset: int
    given: Mapping[str, Any]


def read_items(request: Request) -> Items:
    """The request for items; raises `QueryError` that names the parameter."""
    values: dict[str, Any] = dict(arguments.parse(ItemsParameters, request, location="query"))
    if "cursor" in values and "offset" in values:
        raise QueryError("Parameter «offset»: leave it out where a cursor is given.", parameter="offset")
    parts = [*_words(values.get("q", "")), *_identified(values, "ids"), *_identified(values, "externalIds")]
    parts += _boxed(values.get("bbox", ""))
    query = Query(
        words=language.write(parts[0] if len(parts) == 1 else And(tuple(parts))) if parts else "",
        facets={"type": tuple(_listed(values["type"]))} if values.get("type") else {},
        time=_time(values.get("datetime", "")),
        sort=SORTS.get(values.get("sortby", "").lstrip("+ "), "relevance" if "q" in values else "newest"),
        size=min(values.get("limit", DEFAULT_LIMIT), MAXIMUM_LIMIT),
        cursor=values.get("cursor"),
        counts=(),
    )
    return Items(query=query, offset=values.get("offset", 0), given=values)


def _listed(text: str) -> list[str]:
    return list(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))


def _words(text: str) -> list[Node]:
    """Terms of which one is enough; a term of several words is a phrase («q», requirement q-response)."""
    terms = [plain for term in _listed(text) if words(plain := plain_term(term))]
    if text.strip() and not terms:
        raise QueryError("Parameter «q»: holds no word to look for.", parameter="q")
    return _alternatives(terms, None, "q")


def _identified(values: Mapping[str, Any], name: str) -> list[Node]:
    if name not in values:
        return []
    listed = [plain for one in _listed(values[name]) if words(plain := plain_term(one))]
    if not listed:
        raise QueryError(f"Parameter «{name}»: holds no identifier.", parameter=name)
    return _alternatives(listed, "identifier", name)


def _alternatives(terms: list[str], field: str | None, name: str) -> list[Node]:
    if len(terms) > MOST_IDS:
        raise QueryError(f"Parameter «{name}»: at most {MOST_IDS} may be listed.", parameter=name)
    clauses = [Clause(name=name, field=field, relation=Relation(name="="), term=term) for term in terms]
    nodes = tuple(dict.fromkeys(map(node_of, clauses)))
    return [nodes[0] if len(nodes) == 1 else Or(nodes)] if nodes else []


def _boxed(text: str) -> list[Node]:
    """Places that overlap a box; records that name no place on Earth do not."""
    if not text.strip():
        return []
    numbers = [part.strip() for part in text.split(",")]
    if len(numbers) == 6:
        del numbers[5], numbers[2]
    try:
        if len(numbers) != 4:
            raise ValueError("has four or six numbers")
        place = ",".join(numbers)
        sought(place)
    except ValueError as error:
        raise QueryError(f"Parameter «bbox»: {error}.", parameter="bbox") from None
    return [Covers("place", place)]


def _time(text: str) -> str:
    """A range of time as our search reads it; MJD is not meant here."""
    first, slash, last = text.strip().partition("/")
    ends = [end.strip() for end in ((first, last) if slash else (first,))]
    for end in ends:
        if end not in {"", ".."} and not _END.fullmatch(end):
            reason = f"«{end[:40]}» is no date or time; write 2015-03-01, 2015-03-01T12:00:00Z or FROM/TO."
            raise QueryError(f"Parameter «datetime»: {reason}", parameter="datetime")
    if text and all(end in {"", ".."} for end in ends):
        raise QueryError("Parameter «datetime»: one end must be told.", parameter="datetime")
    return "/".join(ends)
