"""REST: asking for a digest by e-mail."""

from __future__ import annotations

from typing import Any, cast

from flask import Response, request
from marshmallow import Schema, fields, validate

from catalogue.subscriptions import PERIODS, UNCONFIRMED, Every
from web.context import catalogue
from web.digests import LONGEST_SEARCH, ask_for, query_of
from web.rate_limit import client_of
from web.rest import RestBlueprint, json_response

blueprint = RestBlueprint("digests", __name__, "Digests: what changes in a search, by e-mail.")


class NewDigest(Schema):
    """A search whose changes somebody wants to be sent."""

    address = fields.String(required=True, validate=validate.Length(3, 320))
    every = fields.String(load_default="weekly", validate=validate.OneOf(tuple(PERIODS)))
    search = fields.String(
        load_default="",
        validate=validate.Length(max=LONGEST_SEARCH),
        metadata={"description": "The query string of the search.", "example": "q=dark+matter&type=dataset"},
    )


class NewDigestAnswer(Schema):
    """What happens next."""

    told = fields.String(required=True)
    hours = fields.Integer(required=True, metadata={"description": "Hours in which to confirm."})


@blueprint.endpoint("/digests", body=NewDigest, answer=NewDigestAnswer, errors=(400, 404, 409, 429, 503))
def new_digest(values: dict[str, Any]) -> Response:
    """Ask for a digest; it begins once its address is confirmed by the link in the mail that is sent to it.

    The answer is the same whether the address has the digest already or not.
    """
    every = cast(Every, values["every"])
    ask_for(catalogue(), values["address"], query_of(values["search"]), every, client_of(request))
    told = "Unless this address has this digest already, it was sent a mail; open the link in it."
    return json_response({"told": told, "hours": int(UNCONFIRMED.total_seconds() // 3600)}, 202)
