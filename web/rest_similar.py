"""REST: what has most in common with a record."""

from __future__ import annotations

from typing import Any

from flask import Response
from marshmallow import Schema, fields, validate

from catalogue.index import Query
from catalogue.similar import similar_words
from web.context import base_url, catalogue
from web.negotiation import with_links
from web.rest import PREFIX, RestBlueprint, json_response
from web.rest_records import RecordAnswer, joined, withdrawn
from web.search_parameters import address

MOST_SIMILAR = 100

blueprint = RestBlueprint("similar", __name__, "Records: more like this.")


class SimilarParameters(Schema):
    """How many are wanted."""

    size = fields.Integer(
        validate=validate.Range(1, MOST_SIMILAR), metadata={"description": "Hits; 10 if not told."}
    )


class SimilarAnswer(Schema):
    """The records that share most subjects, things and words of the title, the nearest first."""

    total = fields.Integer(required=True)
    hits = fields.List(fields.Nested(RecordAnswer), required=True)
    query = fields.String(
        required=True, allow_none=True, metadata={"description": "The words that were searched."}
    )
    search = fields.Url(
        required=True, allow_none=True, metadata={"description": "The search for all of them."}
    )


@blueprint.endpoint(
    "/records/<id>/similar", query=SimilarParameters, answer=SimilarAnswer, errors=(404, 410, 503)
)
def similar_records(values: dict[str, Any], id: str) -> Response:
    """More like this: records with the same subjects, things and words in the title."""
    change = catalogue().store.change(id)
    if change.joined is not None:
        return joined(f"{PREFIX}/records/{change.joined}/similar")
    if change.record is None:
        raise withdrawn(change)
    words = similar_words(change.record)
    if words is None:
        return json_response({"total": 0, "hits": [], "query": None, "search": None})
    found = catalogue().search(Query(words=words, size=values.get("size", 10), counts=()))
    near = catalogue().store.get_many([hit.id for hit in found.hits])
    return json_response(
        {
            "total": found.total,
            "hits": [with_links(one) for one in near.values() if one.record is not None],
            "query": words,
            "search": base_url() + address(f"{PREFIX}/records", Query(words=words)),
        }
    )
