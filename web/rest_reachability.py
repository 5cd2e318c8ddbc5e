"""REST: whether a file of a record can be reached."""

from __future__ import annotations

from typing import Any

from flask import Response, request
from marshmallow import Schema, fields, validate

from web.context import catalogue
from web.pages_uses import live
from web.rate_limit import client_of
from web.reachability import checked_file, limited_check
from web.rest import PREFIX, RestBlueprint, json_response
from web.rest_records import joined

blueprint = RestBlueprint("reachability", __name__, "Whether a file can be reached, asked on demand.")


class FileToReach(Schema):
    """Which file."""

    file = fields.Integer(
        required=True,
        validate=validate.Range(min=0),
        metadata={"description": "Its number among the record's «distributions», from 0."},
    )


class ReachedAnswer(Schema):
    """What was found; «says» tells it in one sentence."""

    url = fields.String(required=True)
    reachable = fields.Boolean(required=True)
    says = fields.String(required=True)
    status = fields.Integer(metadata={"description": "The HTTP status of its host."})
    size = fields.Integer(metadata={"description": "Bytes, as its host says."})
    media_type = fields.String()
    seconds = fields.Float(required=True)


@blueprint.endpoint(
    "/records/<id>/reachable",
    body=FileToReach,
    answer=ReachedAnswer,
    errors=(400, 404, 410, 422, 429),
    status=200,
)
def reachable(values: dict[str, Any], id: str) -> Response:
    """Asks for the first byte of a file, up to 10 seconds long; only public addresses are asked.

    Thirty checks in ten minutes for one client.
    """
    record = live(id)
    if isinstance(record, str):
        return joined(f"{PREFIX}/records/{record}/reachable")
    file = checked_file(record, values["file"])
    answer = json_response(limited_check(catalogue().settings, file, client_of(request)))
    answer.headers["Cache-Control"] = "no-store"
    return answer
