"""The page that tells whether a file of a record can be reached."""

from __future__ import annotations

from flask import Blueprint, Response, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from catalogue.errors import QueryError
from web.context import base_url, catalogue
from web.pages_uses import live
from web.rate_limit import client_of
from web.reachability import checked_file, is_checkable, limited_check

blueprint = Blueprint("reachability_pages", __name__)
blueprint.add_app_template_filter(is_checkable, "checkable")


@blueprint.post("/records/<id>/use/reachable")
def reachable_page(id: str) -> AnyResponse:
    """Asks for a file and tells what was found; raises `QueryError`, `TooMany`."""
    record = live(id)
    if isinstance(record, str):
        return redirect(f"{base_url()}/records/{record}/use", 303)
    number = request.form.get("file", "")
    if not number.isascii() or not number.isdigit() or len(number) > 9:
        raise QueryError("Say which file by its number, counted from 0.", parameter="file")
    file = checked_file(record, int(number))
    found = limited_check(catalogue().settings, file, client_of(request))
    page = render_template("reachable.html", record=record, file=file, found=found)
    return Response(page, 200, {"Cache-Control": "no-store"}, content_type="text/html; charset=utf-8")


@blueprint.get("/records/<id>/use/reachable")
def not_asked(id: str) -> AnyResponse:
    """Who comes by a link is led to the page with the buttons."""
    return redirect(f"{base_url()}/records/{id}/use", 303)
