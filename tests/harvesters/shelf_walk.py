"""A small REST API, and a walk over its lists by the harvester of shelf.py."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from catalogue.record import Page
from catalogue.settings import Settings
from catalogue.sources import Source
from harvesters.transport import Transport
from tests.harvesters.conftest import identifiers
from tests.harvesters.misbehaving_rest import Rest, RestServer, things
from tests.harvesters.shelf import Shelf

Connect = Callable[..., Transport]


@dataclass
class Read:
    """What a harvester gave: its pages and itself."""

    pages: list[Page] = field(default_factory=list)
    harvester: Shelf | None = None

    @property
    def ids(self) -> list[str]:
        return identifiers(self.pages)

    @property
    def lost(self) -> list[str]:
        return [issue.identifier for page in self.pages for issue in page.issues]

    @property
    def missing(self) -> int:
        assert self.harvester is not None
        return self.harvester.missing


@pytest.fixture
def api() -> Iterator[RestServer]:
    with RestServer(Rest({"a": things(25)})) as running:
        yield running


@pytest.fixture
def walk(api: RestServer, settings: Settings, connect: Connect) -> Callable[..., Read]:
    """All pages that a harvester gives, or so many."""

    def run(
        *sets: str,
        kind: type[Shelf] = Shelf,
        checkpoint: dict[str, Any] | None = None,
        pages: int | None = None,
        since: str | None = None,
        **options: str,
    ) -> Read:
        source = Source(name="test", kind="shelf", url=api.url, sets=sets, options=options)
        found = Read()
        with connect(source, settings) as transport:
            found.harvester = kind(source, transport)
            for page in itertools.islice(found.harvester.pages(since, checkpoint), pages):
                found.pages.append(page)
        return found

    return run


ALL = [thing["id"] for thing in things(25)]


class Pages(Shelf):
    """The same by page numbers."""

    by_page_number = True


class Parts(Shelf):
    """Parts that fail alone."""

    fails_alone = True


def total_or_not(*values: bool) -> Any:
    return pytest.mark.parametrize("announces_total", values or (True, False))


both_ways = pytest.mark.parametrize("kind", [Shelf, Pages])
