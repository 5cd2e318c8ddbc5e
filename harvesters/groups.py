"""The source of object groups: it has no server, as curators make its records here by hand."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from catalogue.errors import SettingsError
from catalogue.record import Page
from catalogue.sources import Source
from harvesters.base import Harvester, Probe

NAME = "groups"
"""The name of the source, and of its kind."""


class Groups(Harvester):
    """Harvests nothing: what curators make is there already, and a harvest leaves it as it is."""

    kind = NAME
    title = "Object groups that curators make by hand (`almagest group`)"
    local = True
    deletes_by_absence = False

    @classmethod
    def check(cls, source: Source) -> None:
        """There is one source of groups, and it makes itself."""
        if source.name != NAME:
            raise SettingsError(
                f"All object groups are in the source «{NAME}», which the first of them brings along: "
                "almagest group create NAME --title TITLE ID…"
            )

    def probe(self) -> Probe:
        """There is nobody to be asked."""
        return Probe(name="Object groups", protocol="made by hand, with almagest group")

    def pages(self, since: str | None, checkpoint: dict[str, Any] | None) -> Iterator[Page]:
        """Nothing comes from elsewhere."""
        del since, checkpoint
        return iter(())

    @property
    def started(self) -> str | None:
        """No server, no clock of its own."""
        return None
