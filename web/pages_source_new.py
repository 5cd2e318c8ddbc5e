"""The page that makes a source of a described repository: its test, a form, the command for the same."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from catalogue.errors import AlmagestError, SettingsError
from catalogue.record import Record
from catalogue.sources import Source
from web.context import base_url, catalogue
from web.endpoint_test import EndpointTest, asked_source, limited_test
from web.errors import status_of
from web.languages import said_by, translated
from web.new_sources import changed, command_line, described, offered, source_of
from web.operators import check_origin, check_token
from web.rate_limit import TooMany, client_of
from web.rest_new_sources import added

blueprint = Blueprint("new_source_page", __name__)

_LONGEST = 2000


@blueprint.get("/sources/new")
def new_source_page() -> Response:
    """The form, filled in with what the record says, and what a test of its endpoint has found."""
    record, number = _asked(request.args)
    try:
        source = source_of(record, number)
    except SettingsError:
        source, number = source_of(record), 1
    test, fault = _tested(source)
    return _page(record, number, source, test=test, fault=fault)


@blueprint.post("/sources/new")
def add_source() -> AnyResponse:
    """Register the source, with the operator's token and from our own page only."""
    record, number = _asked(request.form)
    source = source_of(record)
    try:
        check_origin(request, base_url())
        check_token(request.form.get("token", ""), request, catalogue().settings)
        source = changed(source_of(record, number), **_given())
        added(source)
    except SettingsError as wrong:
        return _page(record, 1, source, fault=said_by(wrong), status=400)
    except AlmagestError as error:
        return _page(record, number, source, fault=said_by(error), status=status_of(error))
    return redirect(url_for("source_pages.source_page", name=source.name), 303)


def _asked(values: Any) -> tuple[Record, int]:
    """The record and which of its endpoints; raises `NotFound`."""
    number = values.get("endpoint", "1")
    record = described(catalogue(), values.get("from", "")[:_LONGEST])
    offered(record)
    return record, int(number) if number.isascii() and number.isdigit() and len(number) < 4 else 1


def _given() -> dict[str, Any]:
    """What the form says beside the record; an empty field says nothing."""
    values: dict[str, Any] = {
        name: request.form.get(name, "").strip()[:_LONGEST] or None for name in ("name", "prefix", "schedule")
    }
    values["sets"] = request.form.get("sets", "")[:_LONGEST].split()
    return values


def _tested(source: Source) -> tuple[EndpointTest | None, str | None]:
    try:
        asked = asked_source(source.url, source.kind, source.prefix)
        return limited_test(catalogue().settings, asked, client_of(request), guess=False), None
    except TooMany as often:
        return None, translated("The endpoint was not tested. %(reason)s", reason=said_by(often))
    except SettingsError as wrong:
        return None, said_by(wrong)


def _page(
    record: Record,
    number: int,
    source: Source,
    *,
    test: EndpointTest | None = None,
    fault: str | None = None,
    status: int = 200,
) -> Response:
    page = render_template(
        "source_new.html",
        record=record,
        number=number,
        endpoints=offered(record),
        source=source,
        test=test,
        fault=fault,
        can_register=bool(catalogue().settings.token),
        command=command_line(source, record=record.id, number=number),
    )
    headers = {"Cache-Control": "no-store", "Referrer-Policy": "same-origin"}
    return Response(page, status, headers, content_type="text/html; charset=utf-8")
