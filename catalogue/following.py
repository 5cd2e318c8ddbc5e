"""Letting what follows the change sequence catch up: the search index, and whatever else is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from catalogue.errors import AlmagestError
from catalogue.opening import Catalogue

INDEX = "search index"


class Follower(Protocol):
    """Something that is made from the records and can always be made again."""

    def follow(self) -> int:
        """Take over what has changed since the last time; how many changes that were."""
        ...


@dataclass(frozen=True, slots=True)
class Followed:
    """How a follower fared: the changes it has taken over, and what kept it from doing so."""

    name: str
    changes: int
    fault: str | None = None


class IndexFollower:
    """The search index as a follower."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    def follow(self) -> int:
        """Bring the index up to the newest change; raises `IndexError_`."""
        from catalogue.indexing import sync

        return sync(self._catalogue.store, self._catalogue.index)


def follow(catalogue: Catalogue, others: Mapping[str, Follower]) -> list[Followed]:
    """Let the index and the ``others`` (by name) catch up.

    A follower that is down does not keep the rest from following: its fault is given back,
    and it catches up by itself the next time.
    """
    followed = []
    for name, follower in {INDEX: IndexFollower(catalogue), **others}.items():
        try:
            followed.append(Followed(name, follower.follow()))
        except AlmagestError as error:
            followed.append(Followed(name, 0, str(error)))
    return followed
