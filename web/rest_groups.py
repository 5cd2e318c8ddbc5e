"""REST: object groups; everybody reads them, who has the operator's token changes them."""

from __future__ import annotations

from typing import Any

from flask import Response, request
from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from catalogue.errors import NotFound, QueryError, SettingsError
from harvesters.object_groups import LONGEST_BY, LONGEST_DESCRIPTION, LONGEST_TITLE, ObjectGroups, id_of
from mappings.object_group import MOST_MEMBERS, Group
from web.context import base_url, catalogue
from web.operators import check_bearer
from web.rest import PREFIX, RestBlueprint, json_response
from web.security import identifier_url

blueprint = RestBlueprint("groups", __name__, "Object groups: records that a curator puts together by hand.")


class GroupMemberAnswer(Schema):
    """A record in a group, as the group names it; «relations» of the group say what it is here now."""

    scheme = fields.String(required=True)
    value = fields.String(required=True)
    url = fields.Url()
    kind = fields.String()
    title = fields.String()


class GroupChangeAnswer(Schema):
    """A step of a curator; who it was is told to operators."""

    at = fields.String(required=True)
    action = fields.String(required=True)
    members = fields.List(fields.String())
    by = fields.String()


class GroupSummary(Schema):
    """A group in a list."""

    name = fields.String(required=True)
    id = fields.String(required=True)
    title = fields.String(required=True)
    members = fields.Integer(required=True)
    self = fields.Url(required=True)
    record = fields.Url(required=True)


class GroupsAnswer(Schema):
    """The groups, oldest first."""

    groups = fields.List(fields.Nested(GroupSummary), required=True)


class GroupAnswer(Schema):
    """A group with its members and its changes."""

    name = fields.String(required=True)
    id = fields.String(required=True)
    title = fields.String(required=True)
    description = fields.String()
    dissolved = fields.Boolean(required=True)
    members = fields.List(fields.Nested(GroupMemberAnswer), required=True)
    changes = fields.List(fields.Nested(GroupChangeAnswer), required=True)
    record = fields.Url(required=True)
    relations = fields.Url(required=True)


def _ids() -> fields.List[str]:
    return fields.List(
        fields.String(validate=validate.Length(1, 2000)), validate=validate.Length(max=MOST_MEMBERS)
    )


class NewGroup(Schema):
    """A group to make, of records given by their ids here or by their identifiers."""

    name = fields.String(required=True, validate=validate.Length(1, 63))
    title = fields.String(required=True, validate=validate.Length(1, LONGEST_TITLE))
    description = fields.String(validate=validate.Length(1, LONGEST_DESCRIPTION))
    members = _ids()
    by = fields.String(required=True, validate=validate.Length(1, LONGEST_BY))


class NewGroupChange(Schema):
    """What to change: one of add, remove, a new title or description, or dissolve."""

    add = _ids()
    remove = _ids()
    title = fields.String(validate=validate.Length(1, LONGEST_TITLE))
    description = fields.String(validate=validate.Length(max=LONGEST_DESCRIPTION))
    dissolve = fields.Boolean(validate=validate.Equal(True))
    by = fields.String(required=True, validate=validate.Length(1, LONGEST_BY))

    @validates_schema
    def _one_change(self, data: dict[str, Any], **_: Any) -> None:
        said = set(data) - {"by"}
        if len(said) != 1 and said != {"title", "description"}:
            raise ValidationError("give one of add, remove, title with description, dissolve.", "change")


def _only_operators() -> None:
    """Look at the token before anything of the body is looked at."""
    if request.method == "POST":
        check_bearer(request, catalogue().settings)


blueprint.before_request(_only_operators)


@blueprint.endpoint("/groups", answer=GroupsAnswer)
def all_groups() -> Response:
    """The groups that are not dissolved."""
    found = [
        {
            "name": group.name,
            "id": id_of(group.name),
            "title": group.title,
            "members": len(group.members),
            "self": f"{base_url()}{PREFIX}/groups/{group.name}",
            "record": f"{base_url()}{PREFIX}/records/{id_of(group.name)}",
        }
        for group in ObjectGroups(catalogue()).all()
    ]
    return json_response({"groups": found})


@blueprint.endpoint("/groups/<name>", answer=GroupAnswer, errors=(404,))
def one_group(name: str) -> Response:
    """A group, also one that is dissolved."""
    return json_response(group_answer(ObjectGroups(catalogue()).get(name), with_names=False))


@blueprint.endpoint("/groups", body=NewGroup, answer=GroupAnswer, errors=(400, 401, 404, 409))
def make_group(values: dict[str, Any]) -> Response:
    """Makes a group.

    Needs «Authorization: Bearer» with the operator's token.
    """
    try:
        group = ObjectGroups(catalogue()).create(
            values["name"],
            values["title"],
            values.get("members", ()),
            by=values["by"],
            description=values.get("description"),
        )
    except SettingsError as wrong:
        raise QueryError(str(wrong), parameter="name") from None
    answer = json_response(group_answer(group, with_names=True), 201)
    answer.headers["Location"] = f"{request.root_path}{PREFIX}/groups/{group.name}"
    return answer


@blueprint.endpoint(
    "/groups/<name>/changes", body=NewGroupChange, answer=GroupAnswer, errors=(400, 401, 404, 409)
)
def change_group(values: dict[str, Any], name: str) -> Response:
    """Changes a group, or dissolves it.

    Needs «Authorization: Bearer» with the operator's token.
    """
    groups, by = ObjectGroups(catalogue()), values.pop("by")
    try:
        if "add" in values:
            group = groups.add(name, values["add"], by=by)
        elif "remove" in values:
            group = groups.remove(name, values["remove"], by=by)
        elif "dissolve" in values:
            group = groups.dissolve(name, by=by)
        else:
            group = groups.describe(name, by=by, **values)
    except SettingsError as wrong:
        raise QueryError(str(wrong), parameter="change") from None
    return json_response(group_answer(group, with_names=True), 201)


def group_answer(group: Group, *, with_names: bool) -> dict[str, Any]:
    """The JSON of a group; ``with_names`` tells who made its changes."""
    id = id_of(group.name)
    if not group.changes:
        raise NotFound(f"There is no group «{group.name}».")
    members = [
        {
            "scheme": member.scheme,
            "value": member.value,
            "url": identifier_url(member.scheme, member.value),
            "kind": member.kind,
            "title": member.title,
        }
        for member in group.members
    ]
    changes = [
        {
            "at": change.at,
            "action": change.action,
            "members": change.members or None,
            "by": change.by if with_names else None,
        }
        for change in group.changes
    ]
    description = {"description": group.description} if group.description else {}
    return {
        "name": group.name,
        "id": id,
        "title": group.title,
        **description,
        "dissolved": group.is_dissolved,
        "members": [_present(member) for member in members],
        "changes": [_present(change) for change in changes],
        "record": f"{base_url()}{PREFIX}/records/{id}",
        "relations": f"{base_url()}{PREFIX}/records/{id}/relations",
    }


def _present(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}
