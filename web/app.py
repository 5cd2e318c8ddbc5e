"""The web application: every module of this package that has a ``blueprint`` is part of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from types import ModuleType
from typing import Any
from urllib.parse import urlsplit

from flask import Flask

import web
from catalogue.discovery import modules_of
from catalogue.opening import Catalogue
from catalogue.sky import use_names
from harvesters.name_resolver import names
from web import compression, errors, languages, security, template_languages
from web.context import EXTENSION
from web.rest import RestBlueprint, make_api
from web.targets.base import configured

MAXIMUM_REQUEST = 1_000_000
"""Bytes of a request's body."""


def create_app(catalogue: Catalogue) -> Flask:
    """The Flask application that serves a catalogue, left open; raises `SettingsError`."""
    configured(catalogue.settings.file)
    base_url = catalogue.settings.base_url
    app = Flask(__name__)
    app.extensions[EXTENSION] = catalogue
    app.config.update(
        MAX_CONTENT_LENGTH=MAXIMUM_REQUEST,
        MAX_FORM_MEMORY_SIZE=MAXIMUM_REQUEST,
        HTTPS_ONLY=base_url.startswith("https:"),
        SEND_FILE_MAX_AGE_DEFAULT=86400,
    )
    app.url_map.strict_slashes = False
    app.jinja_options["trim_blocks"] = app.jinja_options["lstrip_blocks"] = True
    use_names(names(catalogue.settings))
    languages.install(app)
    template_languages.install(app)
    errors.install(app)
    compression.install(app)
    security.install(app)
    api = make_api(app, base_url)
    for module in web_modules():
        if isinstance(module.blueprint, RestBlueprint):
            api.register_blueprint(module.blueprint)
        else:
            app.register_blueprint(module.blueprint)
    if prefix := urlsplit(base_url).path:
        app.wsgi_app = _below(prefix, app.wsgi_app)  # type: ignore[method-assign]
    return app


def web_modules() -> Iterable[ModuleType]:
    """The modules of this package that have a blueprint, by name."""
    return (module for module in modules_of(web) if hasattr(module, "blueprint"))


def _below(prefix: str, application: Callable[..., Any]) -> Callable[..., Any]:
    """A WSGI application whose base URL has a path, be it kept or cut off by the proxy before it."""

    def mounted(environ: dict[str, Any], start_response: Any) -> Any:
        path = environ.get("PATH_INFO", "")
        if path == prefix or path.startswith(prefix + "/"):
            environ["PATH_INFO"] = path[len(prefix) :]
        environ["SCRIPT_NAME"] = prefix
        return application(environ, start_response)

    return mounted
