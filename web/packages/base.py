"""A packaging and how the packagings are found.

A new packaging is ONE file in this package that holds ``PACKAGING``: the page of the basket and REST
find it here.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

import web.packages
from catalogue.discovery import held_in
from catalogue.errors import QueryError
from catalogue.index import Change
from catalogue.record import Distribution, Record
from catalogue.settings import Settings
from web.targets.files import named


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A record in a basket with those of its files that were chosen, all where it was chosen itself."""

    change: Change
    record: Record
    files: tuple[Distribution, ...]
    whole: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What a packaging packs; ``page`` is the public address at which the basket can be seen."""

    taken: tuple[Taken, ...]
    page: str
    settings: Settings

    def chosen(self) -> Iterator[tuple[Taken, Record]]:
        """Every record as it was put in: without the files, identifiers and services not chosen."""
        for one in self.taken:
            files = replace(one.record, distributions=one.files)
            yield one, files if one.whole else replace(files, identifiers=(), capabilities=())

    def named_files(self) -> Iterator[tuple[str, Taken, Distribution]]:
        """Every file with a path below which it can be kept: «RECORD/NAME», no two the same."""
        for one in self.taken:
            for file, name in named(one.files):
                yield f"{one.record.id}/{name}", one, file


@dataclass(frozen=True, slots=True, kw_only=True)
class Packaging:
    """A form in which a basket is taken away: ``file_name`` is that of the download."""

    name: str
    title: str
    file_name: str
    media_type: str
    pack: Callable[[Contents], Iterable[bytes]]


@functools.cache
def packagings() -> Mapping[str, Packaging]:
    """All packagings by name, by their titles."""
    found: list[Packaging] = sorted(held_in(web.packages, "PACKAGING"), key=lambda one: one.title.casefold())
    return {one.name: one for one in found}


def packaging_of(name: str) -> Packaging:
    """The packaging of this name; raises `QueryError` that names the known ones."""
    try:
        return packagings()[name]
    except KeyError:
        known = ", ".join(packagings())
        raise QueryError(
            f"There is no packaging «{name[:40]}»; known are {known}.", parameter="form"
        ) from None
