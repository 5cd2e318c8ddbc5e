"""``url_for`` of the templates, which remembers what it has built: a page asks it some eighty times."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, cast

from flask import Blueprint, Flask, request
from flask.blueprints import BlueprintSetupState

MOST = 10_000
"""Addresses that are kept: of all pages that have no part, and of the records last seen."""

blueprint = Blueprint("template_addresses", __name__)


@blueprint.record_once
def _install(state: BlueprintSetupState) -> None:
    app = cast(Flask, state.app)

    @lru_cache(maxsize=MOST)
    def built(_root: str, endpoint: str, values: tuple[tuple[str, Any], ...]) -> str:
        return app.url_for(endpoint, **dict(values))

    def url_for(endpoint: str, **values: Any) -> str:
        """`Flask.url_for`; an address within this installation depends on nothing but its path."""
        is_plain = "_external" not in values and all(type(value) is str for value in values.values())
        if not is_plain or endpoint.startswith("."):
            return app.url_for(endpoint, **values)
        return built(request.root_path, endpoint, tuple(values.items()))

    app.jinja_env.globals["url_for"] = url_for
