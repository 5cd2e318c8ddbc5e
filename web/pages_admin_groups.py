"""The pages on which operators make object groups, change and dissolve them."""

from __future__ import annotations

from flask import Response, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from catalogue.errors import AlmagestError, SettingsError
from harvesters.object_groups import LONGEST_TITLE, ObjectGroups, id_of
from mappings.object_group import Group
from web.admin import admin_blueprint, done, fault_status, operator, page, said_whole_by
from web.context import catalogue
from web.languages import ngettext, translated

blueprint = admin_blueprint("admin_groups", __name__)

MEMBERS_SHOWN = 1000
_LONGEST_IDS = 400_000
_LONGEST_DESCRIPTION = 20_000


@blueprint.get("/groups")
def groups_page() -> Response:
    """All groups, and the form for a new one."""
    return _list(members=request.args.get("members", "")[:_LONGEST_IDS])


@blueprint.post("/groups")
def make() -> AnyResponse:
    """Make a group."""
    name = request.form.get("name", "").strip()
    try:
        group = _groups().create(
            name, _title(), _ids(), by=operator().name, description=_description() or None
        )
    except AlmagestError as error:
        return _list(fault=error, members=request.form.get("members", ""))
    return done(
        translated("The group %(name)s is made, with %(group)s.", name=name, group=_count(group)), _url(name)
    )


@blueprint.get("/groups/<name>")
def group_page(name: str) -> Response:
    """A group with its members and changes, also one that is dissolved."""
    return _one(name)


@blueprint.post("/groups/<name>")
def change(name: str) -> AnyResponse:
    """Add, remove, describe or dissolve, by the button that was pressed."""
    groups, by = _groups(), operator().name
    action = request.form.get("action", "")
    try:
        if action == "add":
            group = groups.add(name, _ids(needed=True), by=by)
        elif action == "remove":
            group = groups.remove(name, _chosen(), by=by)
        elif action == "describe":
            group = groups.describe(name, by=by, title=_title(), description=_description())
        elif action == "dissolve":
            if request.form.get("sure") != "yes":
                raise SettingsError(translated("Mark that the group is to end, to dissolve it."))
            group = groups.dissolve(name, by=by)
        else:
            raise SettingsError(translated("Press one of the buttons of this page."))
    except AlmagestError as error:
        return _one(name, fault=error)
    told = (
        translated("The group %(name)s is dissolved.", name=name)
        if group.is_dissolved
        else translated("The group %(name)s has %(members)s now.", name=name, members=_count(group))
    )
    return done(told, _url(name))


@blueprint.post("/groups-of-records")
def add_from_record() -> AnyResponse:
    """Put a record into a group, from the page of the record."""
    name, member = request.form.get("group", ""), request.form.get("member", "")[:200]
    group = _groups().add(name, [member], by=operator().name)
    return done(
        translated("It is in the group %(name)s, which has %(group)s now.", name=name, group=_count(group)),
        url_for("admin_records.record_page", id=member),
    )


def _list(*, fault: AlmagestError | None = None, members: str = "") -> Response:
    return page(
        "admin_groups.html",
        fault_status(fault),
        groups=_groups().all(),
        members=members,
        form=request.form,
        longest_title=LONGEST_TITLE,
        fault=fault and said_whole_by(fault),
    )


def _one(name: str, *, fault: AlmagestError | None = None) -> Response:
    group = _groups().get(name)
    return page(
        "admin_group.html",
        fault_status(fault),
        group=group,
        id=id_of(name),
        most=MEMBERS_SHOWN,
        longest_title=LONGEST_TITLE,
        fault=fault and said_whole_by(fault),
        typed=request.form.get("members", ""),
    )


def _groups() -> ObjectGroups:
    return ObjectGroups(catalogue())


def _ids(*, needed: bool = False) -> list[str]:
    found = request.form.get("members", "")[:_LONGEST_IDS].split()
    if needed and not found:
        raise SettingsError(
            translated("Name records by their ids or identifiers, separated by spaces or lines.")
        )
    return found


def _chosen() -> list[str]:
    found = request.form.getlist("member")
    if not found:
        raise SettingsError(translated("Mark the members that are to leave the group."))
    return found


def _title() -> str:
    return request.form.get("title", "").strip()


def _description() -> str:
    return request.form.get("description", "")[:_LONGEST_DESCRIPTION].strip()


def _count(group: Group) -> str:
    return ngettext("%(num)s member", "%(num)s members", len(group.members))


def _url(name: str) -> str:
    return url_for("admin_groups.group_page", name=name)
