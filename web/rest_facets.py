"""REST: all values of a facet within a search, page by page."""

from __future__ import annotations

import dataclasses
from typing import Any

from flask import Response
from marshmallow import Schema, fields

from catalogue.errors import NotFound
from catalogue.index import FACETS
from catalogue.json_form import as_json
from catalogue.parameter_names import PARAMETER
from web.context import base_url, catalogue
from web.facet_parameters import FacetParameters, NameParameters, listing_address, read_listing
from web.rest import PREFIX, RestBlueprint, json_response
from web.rest_search import FacetValue

blueprint = RestBlueprint("facets", __name__, "Facets: all values that records of a search bear.")


class FacetAnswer(Schema):
    """A page of the values of a facet."""

    facet = fields.String(required=True)
    total = fields.Integer(required=True, metadata={"description": "Values that contain what is asked for."})
    complete = fields.Boolean(
        required=True,
        metadata={"description": "False where there are more values than can be counted; narrow the search."},
    )
    values = fields.List(fields.Nested(FacetValue), required=True)
    next = fields.Url(required=True, allow_none=True)


class UnitAnswer(Schema):
    """A unit, and how many records give a parameter in it."""

    unit = fields.String(required=True)
    count = fields.Integer(required=True)


class ParameterAnswer(Schema):
    """The name of a parameter as it is asked for, how many records bear it, and in which units."""

    name = fields.String(required=True)
    count = fields.Integer(required=True)
    units = fields.List(fields.Nested(UnitAnswer), required=True)


class ParametersAnswer(Schema):
    """A page of the names of parameters."""

    total = fields.Integer(required=True)
    complete = fields.Boolean(required=True)
    parameters = fields.List(fields.Nested(ParameterAnswer), required=True)
    next = fields.Url(required=True, allow_none=True)


@blueprint.endpoint("/facets/<name>", query=FacetParameters, answer=FacetAnswer, errors=(404, 503))
def facet_values(values: dict[str, Any], name: str) -> Response:
    """The values of a facet among what a search finds, its own choices left aside; exact counts."""
    if name not in FACETS:
        raise NotFound(f"There is no facet «{name[:100]}»; there are {', '.join(FACETS)}.")
    query, listing = read_listing(name, values)
    found = catalogue().values(query, listing)
    following = dataclasses.replace(listing, cursor=found.cursor)
    path = f"{base_url()}{PREFIX}/facets/{name}"
    return json_response(
        {
            "facet": name,
            "total": found.total,
            "complete": found.complete,
            "values": [as_json(count) for count in found.values],
            "next": listing_address(path, query, following) if found.cursor else None,
        }
    )


@blueprint.endpoint("/parameters", query=NameParameters, answer=ParametersAnswer, errors=(503,))
def parameter_names(values: dict[str, Any]) -> Response:
    """The names of numeric parameters that records of a search bear, with their units."""
    query, listing = read_listing(PARAMETER, {**values, "contains": values.get("prefix", "")})
    found = catalogue().values(query, listing)
    following = dataclasses.replace(listing, cursor=found.cursor)
    path = f"{base_url()}{PREFIX}/parameters"
    return json_response(
        {
            "total": found.total,
            "complete": found.complete,
            "parameters": [
                {
                    "name": one.value,
                    "count": one.count,
                    "units": [{"unit": unit, "count": count} for unit, count in one.units],
                }
                for one in found.values
            ],
            "next": listing_address(path, query, following) if found.cursor else None,
        }
    )
