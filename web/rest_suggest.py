"""REST: suggestions while somebody types."""

from __future__ import annotations

from typing import Any

from flask import Response
from marshmallow import Schema, fields, validate

from catalogue.index import Count
from catalogue.suggestions import entitled, grouped
from web.context import base_url, catalogue
from web.rest import RestBlueprint, json_response
from web.rest_search import FacetValue
from web.search_parameters import MAXIMUM_WORDS

blueprint = RestBlueprint("suggestions", __name__, "Suggestions: what one may be about to write.")


class SuggestParameters(Schema):
    """The beginning of what a person types."""

    q = fields.String(required=True, validate=validate.Length(min=1, max=MAXIMUM_WORDS))
    size = fields.Integer(validate=validate.Range(1, 100))


class SuggestAnswer(Schema):
    """Completions with the number of records that hold them."""

    suggestions = fields.List(fields.Nested(FacetValue), required=True)
    groups = fields.Dict(
        keys=fields.String(),
        values=fields.List(fields.Nested(FacetValue)),
        required=True,
        metadata={
            "description": "Titles (their «uri» is that of a record), people, subjects, instruments and "
            "facilities that hold what was typed; from three letters on."
        },
    )


@blueprint.endpoint("/suggest", query=SuggestParameters, answer=SuggestAnswer, errors=(503,))
def suggest(values: dict[str, Any]) -> Response:
    """Completions of the last word of what was typed."""
    size = values.get("size", 10)
    index = catalogue().index
    groups = {"titles": _titles(values["q"], size), **grouped(index, values["q"], size)}
    return json_response({"suggestions": index.suggest(values["q"], size), "groups": groups})


def _titles(typed: str, size: int) -> list[Count]:
    """Titles of records, each with how many of those found bear it."""
    found: dict[str, list[str]] = {}
    changes = catalogue().store.get_many(list(entitled(catalogue().index, typed, 3 * size)))
    for id, change in changes.items():
        if change.record is not None:
            found.setdefault(change.record.title, []).append(id)
    return [
        Count(value=title, label=title, count=len(ids), uri=f"{base_url()}/records/{ids[0]}")
        for title, ids in list(found.items())[:size]
    ]
