"""What the tests of the harvesters share: a clock that does not wait, a server, a catalogue."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from catalogue.errors import RecordRefused
from catalogue.opening import Catalogue
from catalogue.record import Page, Provenance
from catalogue.runs import Run
from catalogue.settings import Settings, load_settings
from catalogue.sources import Source
from harvesters.oai_pmh import OaiPmh
from harvesters.politeness import Gates
from harvesters.run import harvest
from harvesters.transport import Transport
from mappings.base import read
from tests.harvesters.misbehaving import Repository, Sent, Server, some

Fetch = Callable[..., list[Page]]
ALL = [item.identifier for item in some(25)]


class FakeClock:
    """A clock on which waiting takes no time; ``slept`` are the waits that were asked for."""

    def __init__(self) -> None:
        self.now = 1_700_000_000.0
        self.slept: list[float] = []

    def monotonic(self) -> float:
        return self.now

    def time(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings({"ALMAGEST_HOME": str(tmp_path / "home"), "ALMAGEST_CONTACT": "ops@example.org"})


@pytest.fixture
def connect(clock: FakeClock) -> Callable[..., Transport]:
    """Transports over real sockets, on a clock that does not wait, with gates of the test's own."""
    gates = Gates()

    def make(source: Source, settings: Settings, **more: Any) -> Transport:
        more.pop("stop", None)
        return Transport(source, settings, **{"clock": clock, "gates": gates, **more})

    return make


@pytest.fixture
def server() -> Iterator[Server]:
    """25 records in pages of 10."""
    with Server(Repository(some(25))) as running:
        yield running


@pytest.fixture
def catalogue(settings: Settings) -> Iterator[Catalogue]:
    opened = Catalogue(settings)
    yield opened
    opened.close()


@pytest.fixture
def fetch(server: Server, settings: Settings, connect: Callable[..., Transport]) -> Callable[..., list[Page]]:
    """All pages of the server, without a store."""

    def run(since: str | None = None, checkpoint: dict[str, Any] | None = None, **values: Any) -> list[Page]:
        source = Source(name="test", kind="oai-pmh", **{"url": server.url, **values})
        with connect(source, settings) as transport:
            return list(OaiPmh(source, transport).pages(since, checkpoint))

    return run


@pytest.fixture
def run(catalogue: Catalogue, server: Server, connect: Callable[..., Transport]) -> Callable[..., Run]:
    """One harvest of the server into the catalogue, whose source «test» is registered when new."""

    def one(*, full: bool = False, **values: Any) -> Run:
        names = {source.name for source in catalogue.sources.all()}
        if "test" not in names:
            catalogue.sources.add(Source(name="test", kind="oai-pmh", **{"url": server.url, **values}))
        return harvest(catalogue, ["test"], full=full, connect=connect)[0]

    return one


def identifiers(pages: list[Page]) -> list[str]:
    """The identifiers of all records that came, in their order."""
    return [raw.identifier for page in pages for raw in page.records]


def refused(page: Page) -> dict[str, str]:
    """The records of a page that their crosswalk refuses: identifier -> reason."""
    found = {}
    for raw in page.records:
        if not raw.deleted:
            try:
                read(raw, Provenance(source="test", identifier=raw.identifier))
            except RecordRefused as refusal:
                found[raw.identifier] = refusal.reason
    return found


def with_body(change: Callable[[bytes], bytes]) -> Callable[[Sent], Sent]:
    """An answer with another body."""
    return lambda sent: replace(sent, body=change(sent.body))
