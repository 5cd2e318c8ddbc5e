"""Where the lists of the PaNOSC search API are, and its filters: include, limit and skip."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

KINDS = ("datasets", "documents", "instruments", "samples")
"""The first three are those of every search API; few give samples by themselves."""
_PEOPLE = {"relation": "members", "scope": {"include": [{"relation": "person"}, {"relation": "affiliation"}]}}
_INCLUDES: dict[str, tuple[Any, ...]] = {
    "datasets": tuple(
        {"relation": name}
        for name in ("parameters", "techniques", "samples", "files", "instrument", "document")
    ),
    "documents": (_PEOPLE, {"relation": "parameters"}, {"relation": "datasets"}),
    "instruments": (),
    "samples": (),
}
VARIANTS = (None, 3, 0)
"""How many of the relations are included: all, the first, none; some providers refuse or break."""
_LIST = re.compile(r"/(?:datasets|documents|instruments|samples|explorer)/*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchList:
    """One list; ``variant`` is the place in `VARIANTS` of what is included."""

    host: str
    kind: str
    variant: int
    url: str

    @property
    def part(self) -> str:
        """Its name as a part of a run."""
        return f"{self.host} {self.kind} {self.variant} {self.url}"

    @property
    def root(self) -> str:
        """The address of the API."""
        return self.url.rpartition("/")[0]

    def page(self, skip: int, limit: int, *, bare: bool = False) -> list[tuple[str, str]]:
        """The parameters of a page."""
        asked: dict[str, Any] = {"limit": limit, "skip": skip}
        included = () if bare else _INCLUDES[self.kind][: VARIANTS[self.variant]]
        if included:
            asked["include"] = list(included)
        return [("filter", orjson.dumps(asked).decode())]


def roots(url: str) -> list[str]:
    """Where the API may be below an address that an operator gives."""
    bare = _LIST.sub("", url.partition("?")[0].rstrip("/")).rstrip("/")
    more = () if bare.rpartition("/")[2].lower() == "api" else ("/api", "/search-api", "/panosc-api")
    return [bare, *(bare + one for one in more)]


def candidates(host: str, near: Sequence[str], kind: str) -> Iterator[SearchList]:
    """The lists that a kind may have below these addresses, fullest and most likely first."""
    for root in near:
        for name in (kind, kind.capitalize()):
            for variant in range(len(VARIANTS) if _INCLUDES[kind] else 1):
                yield SearchList(host=host, kind=kind, variant=variant, url=f"{root}/{name}")
