"""Harvesting the servers of hep_servers.py, with and without a catalogue."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from catalogue.opening import Catalogue
from catalogue.record import Page, Record, record_id
from catalogue.runs import Run
from catalogue.settings import Settings
from catalogue.sources import Source
from harvesters.base import Harvester, harvester_of
from harvesters.run import harvest
from harvesters.transport import Transport
from tests.harvesters.misbehaving import Repository, Server

Connect = Callable[..., Transport]


class Bench:
    """One source of a kind on a server of the test's own."""

    def __init__(self, catalogue: Catalogue, settings: Settings, connect: Connect) -> None:
        self.catalogue = catalogue
        self.settings = settings
        self.connect = connect

    @contextmanager
    def serving(self, repository: Repository) -> Iterator[Server]:
        with Server(repository) as server:
            yield server

    def source(self, server: Server, kind: str, path: str = "", **options: str) -> Source:
        options.setdefault("overlap", "0")
        return Source(
            name="test",
            kind=kind,
            url=server.url.removesuffix("/oai") + path,
            options={name.replace("_", "-"): value for name, value in options.items()},
        )

    @contextmanager
    def harvester(self, source: Source) -> Iterator[Harvester]:
        with self.connect(source, self.settings) as transport:
            yield harvester_of(source, transport)

    def pages(
        self, source: Source, since: str | None = None, checkpoint: dict[str, Any] | None = None
    ) -> list[Page]:
        with self.harvester(source) as found:
            return list(found.pages(since, checkpoint))

    def run(self, source: Source, *, full: bool = False) -> Run:
        if "test" not in {known.name for known in self.catalogue.sources.all()}:
            self.catalogue.sources.add(source)
        return harvest(self.catalogue, ["test"], full=full, connect=self.connect)[0]

    def records(self) -> dict[str, Record]:
        """The live records by the source's identifier."""
        found = (change.record for change in self.catalogue.store.walk(source="test"))
        return {one.provenance.identifier: one for one in found if one is not None}

    def issues(self) -> dict[str, str]:
        """Reasons by identifier of what did not arrive."""
        return {
            one.identifier: one.reason
            for one in self.catalogue.sources.all_issues("test")
            if one.rule in {"unreadable", "unnamed"}
        }

    def stored(self, identifier: str) -> bytes:
        return self.catalogue.store.raw(record_id("test", identifier)).data


def names(pages: list[Page]) -> list[str]:
    return [raw.identifier for page in pages for raw in page.records]


@pytest.fixture
def bench(catalogue: Catalogue, settings: Settings, connect: Connect) -> Bench:
    return Bench(catalogue, settings, connect)
