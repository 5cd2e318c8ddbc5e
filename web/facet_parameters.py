"""The parameters of a list of facet values: those of a search, and which values, in which order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from marshmallow import fields, validate

from catalogue.facet_listing import LONGEST_FILTER
from catalogue.index import LISTING_SORTS, MAXIMUM_SIZE, Listing, Query
from catalogue.parameter_names import PARAMETER
from web.search_parameters import SearchParameters, address, printable, read_query

DEFAULT_SIZE = Listing(facet="").size

_ListParameters = type(
    "_ListParameters",
    (SearchParameters,),
    {
        "order": fields.String(
            validate=validate.OneOf(LISTING_SORTS),
            metadata={"description": "By the number of records that bear a value, or by name."},
        ),
        "size": fields.Integer(
            validate=validate.Range(1, MAXIMUM_SIZE),
            metadata={"description": f"Values on a page; {DEFAULT_SIZE} if not told."},
        ),
    },
)


def _text(description: str) -> fields.Field[Any]:
    return fields.String(
        validate=[validate.Length(max=LONGEST_FILTER), printable], metadata={"description": description}
    )


FacetParameters = type(
    "FacetParameters",
    (_ListParameters,),
    {"contains": _text("Words that each value contains, in any order and writing.")},
)
"""marshmallow schema of the query string of a list of facet values."""

NameParameters = type(
    "NameParameters",
    (_ListParameters,),
    {"prefix": _text("What a word of the name begins with: «temp» finds «sample_temperature» too.")},
)
"""marshmallow schema of the query string of a list of names of parameters."""


def read_listing(facet: str, values: Mapping[str, Any]) -> tuple[Query, Listing]:
    """The search, and the list that is asked of it."""
    searched = {name: value for name, value in values.items() if name not in {"size", "cursor", "sort"}}
    listing = Listing(
        facet=facet,
        contains=values.get("contains", "").strip(),
        sort=values.get("order", "count"),
        size=values.get("size", DEFAULT_SIZE),
        cursor=values.get("cursor"),
    )
    return read_query(searched), listing


def listing_address(path: str, query: Query, listing: Listing) -> str:
    """The address that asks for a list; ``path`` is that of the facet."""
    plain = address(path, replace(query, sort="relevance", size=Query().size, cursor=None))
    name = "prefix" if listing.facet == PARAMETER else "contains"
    pairs = [(name, listing.contains)] if listing.contains else []
    pairs += [("order", listing.sort)] if listing.sort != "count" else []
    pairs += [("size", str(listing.size))] if listing.size != DEFAULT_SIZE else []
    pairs += [("cursor", listing.cursor)] if listing.cursor else []
    return plain + ("&" if "?" in plain else "?") * bool(pairs) + urlencode(pairs)
