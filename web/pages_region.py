"""The search page's form for files that hold a region: it leads to the address of the search."""

from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint, redirect, request
from werkzeug.wrappers import Response

from web.posted_search import posted_query
from web.search_parameters import address

blueprint = Blueprint("region_pages", __name__)


@blueprint.post("/region")
def search_by_file() -> Response:
    """Read the file and go to its search; what is wrong with it is told on a page of its own."""
    query = posted_query(request)
    return redirect(address(request.root_path + "/", query), HTTPStatus.SEE_OTHER)
