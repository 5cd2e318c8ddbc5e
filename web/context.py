"""The catalogue that the running Flask application serves."""

from __future__ import annotations

from flask import current_app

from catalogue.opening import Catalogue

EXTENSION = "almagest"


def catalogue() -> Catalogue:
    """The catalogue of the application that answers this request."""
    opened: Catalogue = current_app.extensions[EXTENSION]
    return opened


def base_url() -> str:
    """The public base URL of this installation, without a slash at its end."""
    return catalogue().settings.base_url
