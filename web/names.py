"""The names of things in the graph (ADR 0019): each leads to the document about it by 303 (See Other)."""

from __future__ import annotations

from urllib.parse import quote

from flask import Blueprint, Response

from web.context import base_url, catalogue

HOUR = 3600

blueprint = Blueprint("names", __name__)


@blueprint.get("/id/records/<name>")
def record(name: str) -> Response:
    """What a record tells of; also of one that was withdrawn, of which the document says so."""
    id, dot, suffix = name.partition(".")
    catalogue().store.change(id)
    return see_other(f"/records/{id}{dot}{quote(suffix)}")


@blueprint.get("/id/sources/<name>")
def source(name: str) -> Response:
    """A source."""
    return see_other(f"/sources/{quote(catalogue().sources.get(name).name)}")


@blueprint.get("/id/catalog")
def whole() -> Response:
    """The catalogue itself."""
    return see_other("/catalog")


def see_other(path: str) -> Response:
    """An answer that says where the document about a thing is; there what the client accepts counts."""
    response = Response(status=303)
    response.headers["Location"] = base_url() + path
    response.headers["Cache-Control"] = f"public, max-age={HOUR}"
    return response
