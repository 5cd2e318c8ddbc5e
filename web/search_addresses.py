"""The many addresses that lead on from one search and differ in a single parameter: facets, years.

A page has more than a hundred of them, so what they share is written once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from urllib.parse import quote_plus

from catalogue.index import FACETS, Query
from web.search_parameters import COVERED, address, chosen, parameters

ORDER = ("q", *FACETS, "published", *COVERED, "region", "sort", "size")
"""The parameters of a first page in the order of `search_parameters.address`."""


class SearchAddresses:
    """The addresses of the first pages of a search under ``path`` with one parameter changed.

    Each is what `search_parameters.address` writes for the changed query.
    """

    def __init__(self, path: str, query: Query) -> None:
        self._path = path
        self._query = replace(query, cursor=None)
        self._written: dict[str, list[str]] = {name: [] for name in ORDER}
        for name, value in parameters(self._query):
            self._written["moc" if name == "region" else name].append(_pair(name, value))

    def choosing(self, facet: str) -> Callable[[str], str]:
        """A function from a value of a facet to the search with it chosen, or without where it is chosen."""
        picked = self._query.facets.get(facet, ())
        before, after = self._around(facet, [*self._written[facet], ""])

        def choose(value: str) -> str:
            if value in picked:
                return address(self._path, chosen(self._query, facet, value, on=False))
            return f"{before}{facet}={quoted(value)}{after}"

        return choose

    def published(self, dates: str) -> str:
        """The search of what was published then; see `search_parameters.read_dates`."""
        before, after = self._around("published", [""])
        return f"{before}published={quoted(dates)}{after}"

    def _around(self, name: str, own: list[str]) -> tuple[str, str]:
        """What stands before and after the parameter, of which ``own`` are the pairs; the last is open."""
        at = ORDER.index(name)
        before = [pair for other in ORDER[:at] for pair in self._written[other]] + own
        after = [pair for other in ORDER[at + 1 :] for pair in self._written[other]]
        return f"{self._path}?{'&'.join(before)}", "".join(f"&{pair}" for pair in after)


def _pair(name: str, value: str) -> str:
    return f"{name}={quote_plus(value, safe='/')}"


@lru_cache(maxsize=20_000)
def quoted(value: str) -> str:
    """A value of a facet as it stands in an address; the same ones come again and again."""
    return quote_plus(value, safe="/")
