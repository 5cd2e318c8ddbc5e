"""A search that comes in the body of a request: as a form, as JSON, or with a file that holds a region."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import orjson
from flask import Request
from marshmallow import Schema, ValidationError, fields, validate
from werkzeug.exceptions import RequestEntityTooLarge

from catalogue.errors import AlmagestError, QueryError
from catalogue.index import Query
from catalogue.moc import text_of
from mappings.region_files import (
    MAXIMUM_FILE,
    FileTooLarge,
    region_of_file,
    region_of_orders,
)
from web.search_parameters import SearchParameters, arguments, kept, read_query

MAXIMUM_BODY = MAXIMUM_FILE + 1_000_000
"""Bytes of a request with a file."""
MOST_PARTS = 1000


class TooLarge(AlmagestError):
    """The body, the file in it or its table is larger than is read."""


PostedParameters = type(
    "PostedParameters",
    (SearchParameters,),
    {
        "radius": fields.Float(
            validate=validate.Range(0, 180),
            metadata={"description": "Degrees around each position of a VOTable that is sent as «file»."},
        )
    },
)
"""marshmallow schema of a search in a body."""


def posted_query(request: Request) -> Query:
    """The query that a body asks; raises `QueryError`, `TooLarge`."""
    query, _ = posted(request, PostedParameters())
    return query


def posted(request: Request, schema: Schema) -> tuple[Query, dict[str, Any]]:
    """The query of a body, and all parameters as they were read; raises `QueryError`, `TooLarge`."""
    request.max_content_length = MAXIMUM_BODY
    request.max_form_memory_size = MAXIMUM_BODY
    request.max_form_parts = MOST_PARTS
    try:
        given = _json(request) if request.mimetype == "application/json" else _form(request, schema)
        file = request.files.get("file")
        data = file.read() if file is not None else b""
        if file is not None and file.filename and not data:
            raise QueryError("file: the file is empty.", parameter="file")
    except RequestEntityTooLarge:
        raise TooLarge(
            f"The request is too large; a file has at most {MAXIMUM_FILE // 1_000_000} MB."
        ) from None
    try:
        values: dict[str, Any] = schema.load(given)
    except ValidationError as error:
        arguments.handle_error(error, request, schema)
    query = read_query(values)
    if data:
        query = with_region(query, data, values.get("radius"))
        kept(query.moc)
    return query, values


def with_region(query: Query, data: bytes, radius: float | None) -> Query:
    """The query for the region of a file; raises `QueryError`, `TooLarge`."""
    if query.moc:
        raise QueryError("Give one region: a file or «moc».", parameter="file")
    try:
        return replace(query, moc=text_of(region_of_file(data, radius)))
    except FileTooLarge as error:
        raise TooLarge(f"file: {error}.") from None
    except ValueError as error:
        raise QueryError(f"file: {error}.", parameter="file") from None


def _form(request: Request, schema: Schema) -> dict[str, Any]:
    """The fields of a form; those that are empty were not filled in."""
    if request.mimetype not in {"application/x-www-form-urlencoded", "multipart/form-data", ""}:
        raise QueryError(
            "The body must be a form (application/x-www-form-urlencoded or multipart/form-data) or "
            "application/json.",
            parameter="body",
        )
    found: dict[str, Any] = {}
    for name, values in request.form.lists():
        filled = [value for value in values if value != ""]
        if not filled:
            continue
        if isinstance(schema.fields.get(name), fields.List):
            found[name] = filled
        elif len(filled) > 1:
            raise QueryError(f"Parameter «{name[:100]}» is given {len(filled)} times.", parameter=name[:100])
        else:
            found[name] = filled[0]
    return found


def _json(request: Request) -> dict[str, Any]:
    """The members of a JSON object; a MOC may be an object too, and one value stand for a list of one."""
    try:
        document = orjson.loads(request.get_data(cache=True))
    except orjson.JSONDecodeError as error:
        raise QueryError(f"The body is no JSON: {error}.", parameter="body") from None
    if not isinstance(document, dict):
        raise QueryError("The body must be a JSON object, as in {…}.", parameter="body")
    found: dict[str, Any] = {name: value for name, value in document.items() if value is not None}
    if isinstance(found.get("moc"), dict):
        found["moc"] = _moc(found["moc"])
    several = [name for name, field in PostedParameters().fields.items() if isinstance(field, fields.List)]
    for name in several:
        if isinstance(found.get(name), str):
            found[name] = [found[name]]
    return found


def _moc(orders: Mapping[str, Any]) -> str:
    try:
        return text_of(region_of_orders(dict(orders)))
    except ValueError as error:
        raise QueryError(f"moc: {error}.", parameter="moc") from None
