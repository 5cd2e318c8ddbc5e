"""REST: the decisions of curators, for operators: to read, to make and to undo."""

from __future__ import annotations

from typing import Any

import orjson
from flask import Response, request
from marshmallow import Schema, fields, validate

from catalogue.curation import LONGEST_NAME, LONGEST_NOTE, Curation
from catalogue.decisions import Decision
from catalogue.errors import QueryError, SettingsError
from catalogue.identity_keys import MOST_MEMBERS
from web.context import base_url, catalogue
from web.decision_json import decision_json, in_its_form
from web.operators import check_bearer
from web.rest import PREFIX, RestBlueprint, json_response

MAXIMUM_PAGE = 1000
DEFAULT_PAGE = 100

blueprint = RestBlueprint("curation", __name__, "Curation: join, split and correct records, for operators.")


class DecisionsParameters(Schema):
    """Which decisions, and paging."""

    record = fields.String(
        validate=validate.Length(1, 100), metadata={"description": "On this record or product only."}
    )
    standing = fields.Boolean(metadata={"description": "Only what was not undone."})
    size = fields.Integer(validate=validate.Range(1, MAXIMUM_PAGE))
    cursor = fields.Integer(validate=validate.Range(1))


class NewDecision(Schema):
    """A decision to make: join (records), split (records), or correct (one record, field, value)."""

    kind = fields.String(required=True, validate=validate.OneOf(["join", "split", "correct"]))
    records = fields.List(
        fields.String(validate=validate.Length(1, 100)),
        required=True,
        validate=validate.Length(1, MOST_MEMBERS),
        metadata={"description": "Ids of records; for join and correct also of products."},
    )
    by = fields.String(required=True, validate=validate.Length(1, LONGEST_NAME))
    note = fields.String(validate=validate.Length(max=LONGEST_NOTE))
    field = fields.String(metadata={"description": "Of a correction: the field of the model."})
    value = fields.Raw(
        allow_none=True,
        metadata={
            "description": "Of a correction: what the field says, as in the record, or a plain text for "
            "titles, descriptions and terms; null is nothing."
        },
    )


class Undoing(Schema):
    """Who takes a decision back."""

    by = fields.String(required=True, validate=validate.Length(1, LONGEST_NAME))


class DecisionAnswer(Schema):
    """A decision, who made it and when, and whether it stands."""

    number = fields.Integer(required=True)
    kind = fields.String(required=True)
    records = fields.List(fields.String(), required=True)
    by = fields.String(required=True)
    at = fields.String(required=True)
    stands = fields.Boolean(required=True)
    field = fields.String()
    value = fields.Raw()
    note = fields.String()
    undone_by = fields.String()
    undone_at = fields.String()


class DecisionsAnswer(Schema):
    """Decisions, newest first."""

    decisions = fields.List(fields.Nested(DecisionAnswer), required=True)
    next = fields.Url(required=True, allow_none=True)


def _only_operators() -> None:
    """Look at the token before anything else is looked at."""
    if request.method != "OPTIONS":
        check_bearer(request, catalogue().settings)


blueprint.before_request(_only_operators)


@blueprint.endpoint("/decisions", query=DecisionsParameters, answer=DecisionsAnswer, errors=(400, 401))
def decisions(values: dict[str, Any]) -> Response:
    """Lists what curators have decided, newest first.

    Needs «Authorization: Bearer» with the operator's token.
    """
    size = values.get("size", DEFAULT_PAGE)
    found = _curation().decisions(
        id=values.get("record"),
        standing=values.get("standing", False),
        before=values.get("cursor"),
        limit=size,
    )
    following = None
    if len(found) == size:
        rest = {**request.args.to_dict(), "cursor": str(found[-1].number)}
        query = "&".join(f"{name}={value}" for name, value in rest.items())
        following = f"{base_url()}{PREFIX}/decisions?{query}"
    return json_response({"decisions": [decision_json(one) for one in found], "next": following})


@blueprint.endpoint("/decisions", body=NewDecision, answer=DecisionAnswer, errors=(400, 401, 404))
def decide(values: dict[str, Any]) -> Response:
    """Makes a decision; it works at once, and through all later harvests until it is undone.

    Needs «Authorization: Bearer» with the operator's token.
    """
    try:
        decision = _made(values)
    except SettingsError as wrong:
        raise QueryError(
            str(wrong), parameter="records" if values["kind"] != "correct" else "value"
        ) from None
    answer = json_response(decision_json(decision), 201)
    answer.headers["Location"] = f"{request.root_path}{PREFIX}/decisions/{decision.number}"
    return answer


def _made(values: dict[str, Any]) -> Decision:
    kind, records, by, note = values["kind"], values["records"], values["by"], values.get("note")
    if kind != "correct":
        if "field" in values or "value" in values:
            raise QueryError("Only corrections have a field and a value.", parameter="field")
        return (_curation().join if kind == "join" else _curation().split)(records, by=by, note=note)
    if len(records) != 1 or "field" not in values or "value" not in values:
        lacking = next((name for name in ("field", "value") if name not in values), "records")
        raise QueryError("A correction names one record, a field and a value.", parameter=lacking)
    value = in_its_form(values["field"], values["value"])
    try:
        return _curation().correct(records[0], values["field"], value, by=by, note=note)
    except orjson.JSONEncodeError:
        raise QueryError("The value is nested too deep.", parameter="value") from None


@blueprint.endpoint("/decisions/<int:number>", answer=DecisionAnswer, errors=(401, 404))
def one_decision(number: int) -> Response:
    """Gives one decision.

    Needs «Authorization: Bearer» with the operator's token.
    """
    return json_response(decision_json(_curation().decision(number)))


@blueprint.endpoint(
    "/decisions/<int:number>/undo", body=Undoing, answer=DecisionAnswer, errors=(400, 401, 404, 409)
)
def undo(values: dict[str, Any], number: int) -> Response:
    """Takes a decision back, whatever was decided after it.

    Needs «Authorization: Bearer» with the operator's token.
    """
    try:
        return json_response(decision_json(_curation().undo(number, by=values["by"])), 201)
    except SettingsError as wrong:
        raise QueryError(str(wrong), parameter="by") from None


def _curation() -> Curation:
    return Curation(catalogue().database)
