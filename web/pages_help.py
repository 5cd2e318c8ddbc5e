"""The help page of the query language."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from catalogue.index import Query
from web.search_help import LIMITS, ORDER, SECTIONS
from web.search_parameters import address

blueprint = Blueprint("help_pages", __name__)


@blueprint.get("/help/search")
def search_help() -> str:
    """The query language with examples that are links."""
    return render_template(
        "help_search.html", sections=SECTIONS, order=ORDER, limits=LIMITS, search_for=_search_for
    )


def _search_for(words: str) -> str:
    return address(f"{request.root_path}/", Query(words=words))
