"""REST: registering a source, with the operator's token."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Response, request
from marshmallow import Schema, fields, validate

from catalogue.errors import QueryError, SettingsError
from catalogue.sources import Source
from harvesters.presets import preset
from web.context import catalogue
from web.new_sources import changed, described, nightly, source_of
from web.operators import check_bearer
from web.rest import RestBlueprint, json_response
from web.rest_sources import SourceAnswer, source_answer
from web.source_changes import add_source as register
from web.source_changes import check_remote

blueprint = RestBlueprint("new_sources", __name__, "Registering sources, for the operator.")


class NewSource(Schema):
    """A source to register: of a preset, of a record that describes a repository, or as given."""

    name = fields.String(validate=validate.Length(1, 63))
    kind = fields.String(validate=validate.Length(1, 40))
    url = fields.String(validate=validate.Length(1, 2000))
    prefix = fields.String(validate=validate.Length(1, 100))
    sets = fields.List(fields.String(validate=validate.Length(1, 500)), validate=validate.Length(max=200))
    schedule = fields.String(validate=validate.Length(1, 100))
    options = fields.Dict(keys=fields.String(), values=fields.String(), validate=validate.Length(max=50))
    preset = fields.String(metadata={"description": "Name of a preset that gives what is not given here."})
    record = fields.String(metadata={"description": "Id of a record whose endpoint becomes the source."})
    endpoint = fields.Integer(
        load_default=1, metadata={"description": "Which of the endpoints that the record names, from 1."}
    )


def _only_operators() -> None:
    """Look at the token before anything of the body is looked at."""
    if request.method == "POST":
        check_bearer(request, catalogue().settings)


blueprint.before_request(_only_operators)


@blueprint.endpoint("/sources", body=NewSource, answer=SourceAnswer, errors=(400, 401, 404, 409))
def add_source(values: dict[str, Any]) -> Response:
    """Registers a source; nothing is fetched yet.

    Needs «Authorization: Bearer» with the operator's token.
    """
    source = added(new_source(values))
    answer = json_response(source_answer(catalogue().sources.state(source.name)), 201)
    answer.headers["Location"] = f"{request.root_path}/api/v1/sources/{source.name}"
    return answer


def new_source(values: dict[str, Any]) -> Source:
    """The source that the values describe; raises `QueryError`, `NotFound`."""
    given: dict[str, Any] = {
        name: values.get(name) for name in ("name", "kind", "url", "prefix", "schedule", "options")
    }
    given["sets"] = tuple(values.get("sets") or ())
    try:
        if values.get("preset"):
            source = changed(preset(values["preset"]).source(), **given)
            return source if source.schedule else replace(source, schedule=nightly(source.name))
        if values.get("record"):
            record = described(catalogue(), values["record"])
            return changed(source_of(record, values.get("endpoint", 1)), **given)
    except SettingsError as wrong:
        raise QueryError(str(wrong), parameter="endpoint") from None
    for name in ("name", "kind", "url"):
        if not given[name]:
            raise QueryError(f"«{name}» is missing: a source needs name, kind and url.", parameter=name)
    return Source(**{**given, "options": given["options"] or {}})


def added(source: Source, *, by: str = "REST") -> Source:
    """Register a source that came over HTTP; raises `QueryError`, `Conflict`.

    Folders and files of this machine are registered on its command line only.
    """
    try:
        check_remote(source)
    except SettingsError as wrong:
        raise QueryError(str(wrong), parameter="url") from None
    try:
        source = register(catalogue(), source, by=by)
    except SettingsError as wrong:
        raise QueryError(str(wrong), parameter="source") from None
    return source
