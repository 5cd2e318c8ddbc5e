"""What every command begins with: settings, logs and the catalogue."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import click

from catalogue.opening import Catalogue
from catalogue.settings import Settings, load_settings
from vocab.base import use_folder
from web import logs
from web.registration import register_configured


def settings_in_force(level: int = logging.WARNING) -> Settings:
    """The settings; log lines of this level and above go to standard error from now on."""
    settings = load_settings()
    use_folder(settings.home / "vocab")
    verbose = click.get_current_context().find_root().obj
    logs.configure(settings.log_format, logging.INFO if verbose else level)
    logs.hide(settings.secret, settings.token, settings.index_api_key)
    return settings


@contextmanager
def opened(*, level: int = logging.WARNING, configured: bool = False) -> Iterator[Catalogue]:
    """The catalogue for the length of a command; with ``configured`` the [[source]] tables are taken in."""
    catalogue = Catalogue(settings_in_force(level))
    try:
        if configured:
            register_configured(catalogue)
        for source in catalogue.sources.all():
            logs.hide(source.token)
        yield catalogue
    finally:
        catalogue.close()
