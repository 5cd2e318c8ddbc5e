"""What all REST modules share: the OpenAPI document, typed endpoints, JSON answers.

A module of this package whose ``blueprint`` is a `RestBlueprint` is part of the API.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Sequence
from http import HTTPStatus
from typing import Any, TypeVar

from apispec.ext.marshmallow import MarshmallowPlugin
from flask import Response, request
from flask_smorest import Api as SmorestApi
from flask_smorest import Blueprint as SmorestBlueprint
from marshmallow import Schema, fields

import catalogue as package
from catalogue.errors import QueryError
from catalogue.json_form import dumps
from web.errors import PROBLEM
from web.search_parameters import Arguments

PREFIX = "/api/v1"
CONFIG = {
    "API_TITLE": "Almagest",
    "API_VERSION": "v1",
    "OPENAPI_VERSION": "3.1.0",
    "OPENAPI_URL_PREFIX": PREFIX,
    "OPENAPI_JSON_PATH": "openapi.json",
}
DESCRIPTION = f"""Search and read the metadata of fundamental physics in one model.

All answers are UTF-8 JSON unless said otherwise, errors are problems of RFC 9457 as {PROBLEM}.
Lists are paged by cursor: follow «next» until it is null.  Reading needs no credentials and is
open to every origin.  At most 1000 hits a page; words of a query at most 1000 characters."""

View = TypeVar("View", bound=Callable[..., Any])


class Problem(Schema):
    """What went wrong, as RFC 9457 writes it."""

    type = fields.String(required=True, metadata={"description": "Address of an explanation."})
    title = fields.String(required=True, metadata={"description": "The HTTP status in words."})
    status = fields.Integer(required=True)
    detail = fields.String(required=True, metadata={"description": "What happened and what to do."})
    instance = fields.String(metadata={"description": "Path of the request."})
    parameter = fields.String(metadata={"description": "The parameter that is wrong."})
    position = fields.Integer(metadata={"description": "Where in the parameter, from 0."})
    near = fields.String(metadata={"description": "What stands at this position."})
    since = fields.String(metadata={"description": "Since when the record is withdrawn."})
    records = fields.List(
        fields.Dict(keys=fields.String(), values=fields.String()),
        metadata={"description": "Where the records are now of which a product was made that has ended."},
    )
    alternatives = fields.List(
        fields.Dict(keys=fields.String(), values=fields.String()),
        metadata={"description": "The forms in which a record can be had."},
    )


class RestApi(SmorestApi):  # type: ignore[misc]
    """flask-smorest whose errors are our problems; `web.errors` answers, not it."""

    DEFAULT_ERROR_RESPONSE_NAME = None

    def _register_error_handlers(self) -> None:
        """Nothing: errors have one place, `web.errors`."""

    def _register_etag_headers(self) -> None:
        """Nothing: endpoints make their own."""

    def _register_pagination_header(self) -> None:
        """Nothing: pages are found by cursor."""

    def _register_responses(self) -> None:
        for status in HTTPStatus:
            content = {PROBLEM: {"schema": Problem}} if status >= 400 else {}
            self.spec.components.response(
                status.name, {"description": status.phrase, "content": content}, lazy=True
            )


class RestBlueprint(SmorestBlueprint):  # type: ignore[misc]
    """A part of the API."""

    ARGUMENTS_PARSER = Arguments()

    def __init__(self, name: str, module: str, description: str) -> None:
        super().__init__(name, module, url_prefix=PREFIX, description=description)

    def endpoint(
        self,
        rule: str,
        *,
        answer: type[Schema] | None = None,
        query: type[Schema] | None = None,
        body: type[Schema] | None = None,
        media_type: str | None = None,
        errors: Iterable[int] = (),
        status: int | None = None,
        takes: Sequence[str] = (),
    ) -> Callable[[View], View]:
        """An endpoint: its ``query`` is validated and passed first, the rest documents it.

        It answers GET; with a ``body`` in JSON, which is passed first, it answers POST with 201
        or with ``status``.  Without ``query`` no parameters are known but those that it ``takes`` itself.
        """
        good = status or (200 if body is None else 201)

        def decorate(view: View) -> View:
            schema: Any = {"type": "string"} if answer is None else answer
            is_strict = query is None and body is None
            made: Any = _knowing_only(takes, view) if is_strict else view
            made = self.response(good, schema, content_type=media_type)(made)
            for wrong in sorted({400, *errors}) if is_strict else errors:
                made = self.alt_response(wrong, HTTPStatus(wrong).name)(made)
            if query is not None:
                made = self.arguments(query, location="query")(made)
            if body is not None:
                made = self.arguments(body, location="json")(made)
            endpoint: View = self.route(rule, methods=["GET"] if body is None else ["POST"])(made)
            return endpoint

        return decorate


def _knowing_only(takes: Sequence[str], view: View) -> View:
    """The view, after a look at the query string; raises `QueryError` for a parameter that nobody knows."""

    @functools.wraps(view)
    def strict(*arguments: Any, **more: Any) -> Any:
        for name in request.args:
            if name not in takes:
                known = f"known are {', '.join(takes)}" if takes else "this address takes none"
                raise QueryError(f"There is no parameter «{name[:100]}»; {known}.", parameter=name[:100])
        return view(*arguments, **more)

    return strict  # type: ignore[return-value]


def make_api(app: Any, base_url: str) -> RestApi:
    """The API of an application, with an empty OpenAPI document."""
    app.config.update(CONFIG)
    spec = {
        "marshmallow_plugin": MarshmallowPlugin(schema_name_resolver=_name),
        "info": {
            "description": DESCRIPTION,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
            "x-almagest-version": package.__version__,
        },
        "servers": [{"url": base_url}],
    }
    return RestApi(app, spec_kwargs=spec)


def _name(schema: Any) -> str:
    kind = schema if isinstance(schema, type) else type(schema)
    return kind.__name__.removesuffix("Schema")


def json_response(value: Any, status: int = 200) -> Response:
    """Any value of the model, or dicts and lists of them, as JSON."""
    return Response(dumps(value), status, content_type="application/json")
