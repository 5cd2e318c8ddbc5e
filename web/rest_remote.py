"""REST: search elsewhere, and taking in one record of what was found there."""

from __future__ import annotations

from typing import Any

from flask import Response, request
from marshmallow import Schema, fields, validate

from catalogue.record import Record
from catalogue.schema import schema_of
from web.context import base_url, catalogue
from web.operators import check_bearer
from web.rate_limit import client_of
from web.remote import search_elsewhere, take
from web.remote_json import remote_json
from web.rest import RestBlueprint, json_response
from web.search_parameters import SearchParameters, read_query

MAXIMUM_SIZE = 50
LONGEST_IDENTIFIER = 2000

blueprint = RestBlueprint("remote", __name__, "Elsewhere: other services asked beside the own index.")

RemoteParameters = type(
    "RemoteParameters",
    (SearchParameters,),
    {
        "remote": fields.List(
            fields.String(validate=validate.Length(max=63)),
            validate=validate.Length(max=20),
            metadata={"description": "Only this source; give it again for further ones."},
        ),
        "size": fields.Integer(
            validate=validate.Range(1, MAXIMUM_SIZE),
            metadata={"description": "Hits of each source; 10 if not told."},
        ),
    },
)
RemoteHitAnswer = type(
    "RemoteHitAnswer",
    (schema_of(Record),),
    {
        "remote": fields.Boolean(required=True, metadata={"description": "Always true: it is not ours."}),
        "held": fields.Url(
            required=True, allow_none=True, metadata={"description": "Our own record of the same, if any."}
        ),
    },
)


class RemoteSource(Schema):
    """What one source has answered."""

    source = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.String(required=True, validate=validate.OneOf(("answered", "timed out", "failed")))
    seconds = fields.Float(required=True)
    total = fields.Integer(required=True, allow_none=True)
    hits = fields.List(fields.Nested(RemoteHitAnswer), required=True)
    not_asked = fields.List(
        fields.String(),
        required=True,
        metadata={"description": "Parameters of the query that this source cannot be asked for."},
    )
    told = fields.List(fields.String(), required=True)
    error = fields.String(required=True, allow_none=True)


class RemoteSearchAnswer(Schema):
    """The answers of all sources that were asked."""

    seconds = fields.Float(required=True)
    remotes = fields.List(fields.Nested(RemoteSource), required=True)


class RemoteHarvest(Schema):
    """A record to take in, as a hit names it in its provenance."""

    source = fields.String(required=True, validate=validate.Length(1, 63))
    identifier = fields.String(required=True, validate=validate.Length(1, LONGEST_IDENTIFIER))


class RemoteHarvestAnswer(Schema):
    """What became of it."""

    id = fields.String(required=True)
    status = fields.String(
        required=True,
        metadata={"description": "created, updated, unchanged, excluded, quarantined or deleted"},
    )
    reason = fields.String(required=True, allow_none=True)
    record = fields.Url(required=True)


def _only_operators() -> None:
    """Look at the token before anything of the body is looked at."""
    if request.method == "POST":
        check_bearer(request, catalogue().settings)


blueprint.before_request(_only_operators)


@blueprint.endpoint("/remote", query=RemoteParameters, answer=RemoteSearchAnswer, errors=(404, 429))
def search_remotes(values: dict[str, Any]) -> Response:
    """Ask the sources with the option live, all at once, within the time limit.

    Records have the ids that they would have here; what a source cannot be asked is said.
    """
    names = values.pop("remote", [])
    size = values.pop("size", 10)
    found = search_elsewhere(catalogue(), read_query(values), client_of(request), names=names, size=size)
    remotes = [remote_json(one, found, base_url()) for one in found.answers]
    answer = json_response({"seconds": round(found.seconds, 3), "remotes": remotes})
    answer.headers["Cache-Control"] = "no-store"
    return answer


@blueprint.endpoint(
    "/remote/harvest", body=RemoteHarvest, answer=RemoteHarvestAnswer, errors=(400, 401, 404, 409, 502)
)
def harvest_remote(values: dict[str, Any]) -> Response:
    """Take in one record of a source that may be asked, through the ordinary way.

    Needs «Authorization: Bearer» with the operator's token.
    """
    taken = take(catalogue(), values["source"], values["identifier"])
    record = f"{base_url()}/api/v1/records/{taken.id}"
    body = {"id": taken.id, "status": taken.status, "reason": taken.reason, "record": record}
    answer = json_response(body, 201 if taken.status == "created" else 200)
    if taken.status == "created":
        answer.headers["Location"] = f"{request.root_path}/api/v1/records/{taken.id}"
    return answer
