"""What the tests of the scicat harvester share: an installation, a harvest of it, what it left."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from catalogue.opening import Catalogue
from catalogue.runs import Run
from catalogue.settings import Settings
from catalogue.sources import Source
from harvesters.base import Probe, harvester_of
from harvesters.run import harvest
from harvesters.transport import Transport
from tests.harvesters.misbehaving import Server
from tests.harvesters.scicat_server import SciCatServer, datasets, published, serving

Harvest = Callable[..., Run]
Serve = Callable[..., tuple[SciCatServer, Server]]


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as opened:
        yield opened


@pytest.fixture
def serve(stack: ExitStack) -> Callable[..., tuple[SciCatServer, Server]]:
    """An installation with 25 datasets and 3 published data, unless said otherwise."""

    def start(**values: Any) -> tuple[SciCatServer, Server]:
        records = {"datasets": datasets(25), "publisheddata": published(3)}
        installation = SciCatServer(**{"records": records, **values})
        return installation, stack.enter_context(serving(installation))

    return start


@pytest.fixture
def run_at(catalogue: Catalogue, connect: Callable[..., Transport]) -> Harvest:
    """One harvest of an address into the catalogue."""

    def one(url: str, *, full: bool = False, **options: str) -> Run:
        if not catalogue.sources.all():
            given = {name.replace("_", "-"): value for name, value in options.items()}
            catalogue.sources.add(
                Source(name="test", kind="scicat", url=url, options={"page-size": "10", **given})
            )
        return harvest(catalogue, ["test"], full=full, connect=connect)[0]

    return one


@pytest.fixture
def probe_at(settings: Settings, connect: Callable[..., Transport]) -> Callable[..., Probe]:
    def one(url: str, **options: str) -> Probe:
        source = Source(name="test", kind="scicat", url=url, options=options)
        with connect(source, settings) as transport:
            return harvester_of(source, transport).probe()

    return one


def live(catalogue: Catalogue) -> set[str]:
    """The source's identifiers of all live records."""
    return {
        change.record.provenance.identifier
        for change in catalogue.store.walk(source="test", deleted=True)
        if change.record is not None
    }
