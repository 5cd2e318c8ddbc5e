"""The names of parameters that the search page suggests: those that most records of the catalogue bear.

They are counted twice a minute at most; where script runs, those of the search at hand take their place
(``static/parameters.js``).
"""

from __future__ import annotations

import time

from flask import current_app

from catalogue.index import Listing, Query
from catalogue.parameter_names import PARAMETER
from web.context import catalogue
from web.languages import language, ngettext

MOST_NAMES = 50
LOOK_EVERY = 30.0
"""Seconds for which they are kept."""
_KNOWN = "almagest-parameters"

Options = list[tuple[str, str]]
"""Each the beginning of a condition, and what it is about."""


def parameter_options() -> Options:
    """Parameters that can be asked for; raises what `Catalogue.values` does."""
    known_as = f"{_KNOWN}-{language()}"
    known: tuple[float, Options] = current_app.extensions.get(known_as, (0.0, []))
    until, options = known
    if until <= time.monotonic():
        options = _counted()
        current_app.extensions[known_as] = (time.monotonic() + LOOK_EVERY, options)
    return options


def _counted() -> Options:
    listed = catalogue().values(Query(), Listing(facet=PARAMETER, size=MOST_NAMES)).values
    return [
        (f"{one.value} = ", ", ".join([_records(one.count), *(unit for unit, _ in one.units[:3])]))
        for one in listed
    ]


def _records(count: int) -> str:
    return ngettext("%(count)s record", "%(count)s records", count, count=count)
