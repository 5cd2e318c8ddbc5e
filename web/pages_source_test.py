"""The page «test my endpoint», for whoever runs a repository."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request

from catalogue.errors import QueryError
from harvesters.base import harvester_kinds
from web.endpoint_test import LIMITS, SECONDS, WINDOW, EndpointTest, testable_kinds
from web.errors import status_of
from web.rate_limit import TooMany
from web.rest_source_test import TestParameters, tested
from web.search_parameters import arguments

blueprint = Blueprint("source_test_page", __name__)


@blueprint.get("/sources/test")
def test_page() -> Response:
    """The form; with an address also what was found there."""
    if not request.args.get("url"):
        return _page(None, None, 200)
    try:
        values = arguments.parse(TestParameters, request, location="query")
        return _page(tested(values), None, 200)
    except QueryError as wrong:
        return _page(None, str(wrong), status_of(wrong))
    except TooMany as often:
        answer = _page(None, str(often), status_of(often))
        answer.headers["Retry-After"] = str(often.retry_after)
        return answer


def _page(test: EndpointTest | None, fault: str | None, status: int) -> Response:
    kinds = harvester_kinds()
    page = render_template(
        "source_test.html",
        test=test,
        fault=fault,
        kinds=[(name, kinds[name].title) for name in sorted(testable_kinds())],
        given={name: request.args.get(name, "") for name in ("url", "kind", "prefix", "set")},
        seconds=int(SECONDS),
        most=LIMITS["client"],
        minutes=int(WINDOW / 60),
    )
    return Response(page, status, {"Cache-Control": "no-store"}, content_type="text/html; charset=utf-8")
