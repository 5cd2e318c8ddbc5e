"""The page of what other services have: asked when somebody follows its link, never by the search itself."""

from __future__ import annotations

import time
from dataclasses import replace

from flask import Blueprint, Response, current_app, redirect, render_template, request
from marshmallow import fields, validate
from werkzeug.wrappers import Response as AnyResponse

from catalogue.errors import AlmagestError
from catalogue.index import Query
from catalogue.record import Record
from web.context import base_url, catalogue
from web.errors import status_of
from web.languages import said_by
from web.operators import check_origin, check_token
from web.rate_limit import client_of
from web.remote import remotes, search_elsewhere, take
from web.rest_remote import LONGEST_IDENTIFIER
from web.search_parameters import DEFAULT, SearchParameters, address, arguments, read_query
from web.security import identifier_url, safe_url

blueprint = Blueprint("remote_pages", __name__)
_KNOWN = "almagest-remotes"
_LOOK_EVERY = 30.0

RemotePageParameters = type(
    "RemotePageParameters",
    (SearchParameters,),
    {"operator": fields.String(validate=validate.OneOf(("yes",)))},
)


def remote_address(query: Query) -> str:
    """The path of the page that asks the same elsewhere."""
    return address("/remote", replace(query, sort=DEFAULT.sort, size=DEFAULT.size, cursor=None))


@blueprint.app_template_global()
def elsewhere_address(query: Query) -> str | None:
    """Where the page of a search leads to the same elsewhere; ``None`` where nobody may be asked."""
    return request.root_path + remote_address(query) if _may_ask() else None


def _may_ask() -> bool:
    """Whether any source may be asked, looked up twice a minute: a search page costs one query, not two."""
    known: tuple[float, bool] = current_app.extensions.get(_KNOWN, (0.0, False))
    until, may = known
    if until <= time.monotonic():
        may = bool(remotes(catalogue()))
        current_app.extensions[_KNOWN] = (time.monotonic() + _LOOK_EVERY, may)
    return may


@blueprint.get("/remote")
def remote_page() -> Response:
    """What the sources with the option live answer now."""
    values = arguments.parse(RemotePageParameters, request, location="query")
    query = replace(read_query(values), cursor=None, size=DEFAULT.size, sort=DEFAULT.sort)
    return _page(query, is_operator=values.get("operator") == "yes")


@blueprint.post("/remote/harvest")
def harvest_page() -> AnyResponse:
    """Take in one record: with the operator's token, from our own page only."""
    check_origin(request, base_url())
    check_token(request.form.get("token", ""), request, catalogue().settings)
    source, _, identifier = request.form.get("pick", "").partition(" ")
    taken = take(catalogue(), source[:100], identifier[:LONGEST_IDENTIFIER])
    if taken.reason is None:
        return redirect(f"{request.root_path}/records/{taken.id}", 303)
    page = render_template("error.html", status=422, title="The record was not taken in", detail=taken.reason)
    return Response(page, 422, {"Cache-Control": "no-store"}, content_type="text/html; charset=utf-8")


def _page(query: Query, *, is_operator: bool) -> Response:
    fault, status, found = None, 200, None
    try:
        found = search_elsewhere(catalogue(), query, client_of(request))
    except AlmagestError as error:
        fault, status = said_by(error), status_of(error)
        if status >= 500:
            raise
    page = render_template(
        "remote.html",
        query=query,
        found=found,
        fault=fault,
        here=request.root_path + address("/", query),
        again=request.root_path + remote_address(query),
        is_operator=is_operator and bool(catalogue().settings.token),
        has_token=bool(catalogue().settings.token),
        seconds=catalogue().settings.remote_seconds,
        link=link_of,
    )
    headers = {"Cache-Control": "no-store", "Referrer-Policy": "same-origin"}
    return Response(page, status, headers, content_type="text/html; charset=utf-8")


def link_of(record: Record) -> str | None:
    """Where a record is to be seen at its own place, if that address may become a link."""
    if link := safe_url(record.provenance.url):
        return link
    links = (identifier_url(one.scheme, one.value) for one in record.identifiers if one.role == "own")
    return next((link for link in links if link), None)
