"""The dialects of SciCat's API: where its lists are, and how a filter is written in each.

v4 and v3 are those of scicat-backend-next; «loopback» is catamel before it, whose routes are
in PascalCase.  All answer a list in JSON without any envelope, and cut it silently (at 10 or
100 records) where no limit is given.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import quote

import orjson

KINDS = ("datasets", "publisheddata", "instruments", "proposals", "samples")
IDENTIFIERS = {
    "datasets": "pid",
    "publisheddata": "doi",
    "instruments": "pid",
    "proposals": "proposalId",
    "samples": "sampleId",
}
"""What identifies a record of each kind: it never changes, so lists are put into its order."""
Dialect = Literal["v4", "v4-order", "v3", "loopback"]
_PASCAL = {
    "datasets": "Datasets",
    "publisheddata": "PublishedData",
    "instruments": "Instruments",
    "proposals": "Proposals",
    "samples": "Samples",
}
_LANDING = {"publisheddata": "publishedDatasets"}
_EVER = "1970-01-01T00:00:00.000Z"
_NEVER = "9999-01-01T00:00:00.000Z"
_UNDATED = "-undated"
FAILED = "!"
"""In place of a dialect: the list cannot be read now, and what follows says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One list of one installation: ``host`` is its short name, ``url`` the address of the list.

    ``dated`` tells whether it can be asked for changes since a moment; else it is always read in full.
    """

    host: str
    kind: str
    dialect: Dialect
    url: str
    dated: bool = True

    @classmethod
    def of(cls, part: str) -> Route | None:
        """The list that is a part of a run; ``None`` for what stands for one that cannot be read."""
        host, kind, dialect, url = part.split(" ", 3)
        if dialect == FAILED:
            return None
        spoken = dialect.removesuffix(_UNDATED)
        return cls(host=host, kind=kind, dialect=spoken, url=url, dated=spoken == dialect)  # type: ignore[arg-type]

    @property
    def part(self) -> str:
        """Its name as a part of a run."""
        return f"{self.host} {self.kind} {self.dialect}{'' if self.dated else _UNDATED} {self.url}"

    @property
    def label(self) -> str:
        """The set of its records."""
        return f"{self.host}/{self.kind}"

    @property
    def identifier(self) -> str:
        """The member that identifies its records."""
        return IDENTIFIERS[self.kind]

    def record_url(self, identifier: str) -> str:
        """Where one record is; its pid holds a slash, which must not end a segment."""
        return f"{self.url}/{quote(identifier, safe='')}"

    def page(
        self,
        since: str | None,
        skip: int,
        limit: int,
        *,
        fields: tuple[str, ...] = (),
        include: tuple[str, ...] = (),
    ) -> list[tuple[str, str]]:
        """The parameters of a page in the order of the identifiers."""
        asked: dict[str, Any] = {}
        if since is not None and self.dated:
            asked["where"] = self._changed(since)
        if fields:
            asked["fields"] = list(fields)
        if include:
            is_v4 = self.dialect.startswith("v4")
            asked["include"] = list(include) if is_v4 else [{"relation": name} for name in include]
        return [("filter", orjson.dumps(asked | self._limits(skip, limit)).decode())]

    def count(self, since: str | None) -> list[tuple[str, str]]:
        """The parameters of the count."""
        where = self._changed(since) if since is not None and self.dated else {}
        if self.dialect == "loopback":
            return [("where", orjson.dumps(where).decode())]
        return [("filter", orjson.dumps({"where": where}).decode())]

    def ever(self) -> list[tuple[str, str]]:
        """The parameters of a page that has a record, unless dates are compared with texts."""
        return self.page(_EVER, 0, 1)

    def never(self) -> list[tuple[str, str]]:
        """The parameters of a page that has no record, unless the filter is ignored."""
        return self.page(_NEVER, 0, 1)

    def _changed(self, since: str) -> dict[str, Any]:
        if len(since) == len("2024-01-01T00:00:00Z"):
            # As the API itself writes it, for those that compare texts.
            since = since.replace("Z", ".000Z")
        return {"updatedAt": {"gte" if self.dialect == "loopback" else "$gte": since}}

    def _limits(self, skip: int, limit: int) -> dict[str, Any]:
        name = self.identifier
        window: dict[str, Any] = {"limit": limit, "skip": skip}
        if self.dialect == "loopback":
            return {**window, "order": f"{name} ASC"}
        window["order"] = f"{name}:asc"
        if self.dialect == "v4":
            window["sort"] = {name: "asc"}
        return {"limits": window}


def candidates(host: str, api: str, kind: str, *, with_token: bool) -> list[Route]:
    """The routes that a kind may have below the address of an API, most likely first."""
    if api.endswith("/v4"):
        names = [kind]
        if kind == "datasets":
            names = ["datasets", "datasets/public"] if with_token else ["datasets/public"]
        dialects: tuple[Dialect, ...] = ("v4", "v4-order")
        return [
            Route(host=host, kind=kind, dialect=dialect, url=f"{api}/{name}")
            for name in names
            for dialect in dialects
        ]
    loopback = Route(host=host, kind=kind, dialect="loopback", url=f"{api}/{_PASCAL[kind]}")
    if api.endswith("/v3"):
        return [Route(host=host, kind=kind, dialect="v3", url=f"{api}/{kind}"), loopback]
    return [loopback]


def either_limit() -> list[tuple[str, str]]:
    """A filter that gives one record where ``limits`` is understood (v3), two where it is not."""
    return [("filter", orjson.dumps({"limit": 2, "limits": {"limit": 1, "skip": 0}}).decode())]


def landing(site: str, kind: str, identifier: str) -> str:
    """The page of a record in SciCat's web frontend."""
    return f"{site}/{_LANDING.get(kind, kind)}/{quote(identifier, safe='')}"
