"""REST: a search in the body of a request, for regions that no address can hold and that come as files."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import Response, request

from web.posted_search import PostedParameters, posted_query
from web.rest import PREFIX, RestBlueprint
from web.rest_records import SearchAnswer, found_response

blueprint = RestBlueprint("search", __name__, "Search: the same by POST, with long regions and files.")

_FILE = {
    "type": "string",
    "format": "binary",
    "description": "A region, at most 10 MB: a MOC in ASCII, JSON or FITS, or a VOTable of at most 5,000 "
    "positions (TABLEDATA, BINARY or BINARY2), around which «radius» is searched; gzip is undone.",
}
_BODY = {
    "required": True,
    "content": {
        "application/json": {"schema": PostedParameters},
        "application/x-www-form-urlencoded": {"schema": PostedParameters},
        "multipart/form-data": {
            "schema": {"allOf": [PostedParameters, {"type": "object", "properties": {"file": _FILE}}]}
        },
    },
}


def search() -> Response:
    """Search records by POST: the parameters of GET /records as a form, as JSON, or with a file.

    In JSON a parameter that may be repeated is a list, and «moc» may be a MOC in JSON.  A region that is
    too long for an address is kept for 30 days after its last use, and «next» names it as «region».
    """
    return found_response(posted_query(request))


def _documented() -> Any:
    view: Any = blueprint.response(200, SearchAnswer)(search)
    for status in (400, 413, 503):
        view = blueprint.alt_response(status, HTTPStatus(status).name)(view)
    return blueprint.doc(requestBody=_BODY)(view)


blueprint.route("/search", methods=["POST"])(_documented())

__all__ = ["PREFIX", "blueprint"]
