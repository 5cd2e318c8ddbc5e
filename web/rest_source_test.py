"""REST: «test my endpoint», the same as the page."""

from __future__ import annotations

from typing import Any

from flask import Response, request
from marshmallow import Schema, fields, validate

from catalogue.errors import QueryError, SettingsError
from web.context import catalogue
from web.endpoint_test import LONGEST_URL, EndpointTest, answer_of, asked_source, limited_test
from web.rate_limit import client_of
from web.rest import RestBlueprint, json_response

blueprint = RestBlueprint("source_test", __name__, "Test my endpoint: what a harvester sees of a repository.")


class TestParameters(Schema):
    """The endpoint to test."""

    url = fields.String(
        required=True,
        validate=validate.Length(1, LONGEST_URL),
        metadata={"description": "The base URL of the endpoint: http or https, and public."},
    )
    kind = fields.String(
        validate=validate.Length(max=40),
        metadata={"description": "The kind of source; without it the protocols are tried one by one."},
    )
    prefix = fields.String(
        validate=validate.Length(max=100), metadata={"description": "The metadata format to ask for."}
    )
    set = fields.String(validate=validate.Length(max=500), metadata={"description": "Only this set."})


class TriedAnswer(Schema):
    """A protocol that was tried, and why the endpoint does not speak it; null where it does."""

    kind = fields.String(required=True)
    title = fields.String(required=True)
    why_not = fields.String()


class FaultAnswer(Schema):
    """Where the endpoint departs from its standard, and what its operator can do."""

    fault = fields.String(required=True)
    hint = fields.String(required=True, allow_none=True)


class EndpointAnswer(Schema):
    """What the endpoint says of itself."""

    name = fields.String(required=True)
    protocol = fields.String(required=True)
    formats = fields.List(fields.String())
    chosen_format = fields.String()
    sets = fields.List(fields.String())
    granularity = fields.String()
    deletion = fields.String()
    earliest = fields.String()
    records = fields.Integer()


class TestAnswer(Schema):
    """What was found; «error» is why there is no more."""

    url = fields.String(required=True)
    kind = fields.String(required=True, allow_none=True)
    tried = fields.List(fields.Nested(TriedAnswer), required=True)
    endpoint = fields.Nested(EndpointAnswer, required=True, allow_none=True)
    faults = fields.List(fields.Nested(FaultAnswer), required=True)
    records = fields.List(
        fields.Dict(),
        required=True,
        metadata={"description": "Previewed records: identifier, status, path, reason, issues, record."},
    )
    error = fields.String(required=True, allow_none=True)
    seconds = fields.Float(required=True)
    requests = fields.Integer(required=True)


@blueprint.endpoint("/sources/test", query=TestParameters, answer=TestAnswer, errors=(400, 429))
def test_endpoint(values: dict[str, Any]) -> Response:
    """Tests an endpoint: what it is, its faults, and 20 of its records mapped; nothing is written.

    Takes up to 30 seconds.  Ten tests in ten minutes for one client.
    """
    answer = json_response(answer_of(tested(values)))
    answer.headers["Cache-Control"] = "no-store"
    return answer


def tested(values: dict[str, Any]) -> EndpointTest:
    """The test that a request asks for; raises `QueryError` for a wrong address, `TooMany`."""
    kind = values.get("kind") or None
    sets = [values["set"]] if values.get("set") else []
    try:
        source = asked_source(values["url"], kind, values.get("prefix"), sets)
    except SettingsError as wrong:
        raise QueryError(str(wrong), parameter="url") from None
    return limited_test(catalogue().settings, source, client_of(request), guess=kind is None)
