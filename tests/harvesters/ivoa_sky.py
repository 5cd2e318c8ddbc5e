"""A small sky of three registries on loopback, and harvests of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from catalogue.opening import Catalogue
from catalogue.runs import Run
from catalogue.sources import Source
from harvesters.run import harvest
from harvesters.transport import Transport
from tests.harvesters.ivoa_server import Observatories, Registry, item, registry
from tests.harvesters.misbehaving import Asked, Item, Sent, Server

Connect = Callable[..., Transport]
RunOnce = Callable[..., Run]


class Sky:
    """A Registry of Registries and three publishing ones, with what a test changes of them."""

    def __init__(self, server: Server, observatories: Observatories) -> None:
        self.server = server
        self.base = server.url.removesuffix("/oai")
        self.at = observatories.at
        self.at["/rofr"] = Registry()
        for name, count in (("north", 12), ("south", 5), ("east", 5)):
            self.at[f"/{name}"] = Registry(items=[item(f"ivo://{name}/{n}") for n in range(count)])
            self.lists(name, [name])

    def lists(self, name: str, authorities: list[str], url: str = "", **values: str) -> None:
        """Let the Registry of Registries list this registry so."""
        self.forgets(name)
        document = registry(f"ivo://{name}/registry", url or f"{self.base}/{name}", authorities, **values)
        self.at["/rofr"].items.append(
            Item(identifier=f"ivo://{name}/registry", metadata=document, sets=("ivoa_publishers",))
        )

    def forgets(self, name: str) -> None:
        """Let the Registry of Registries list it no more."""
        self.at["/rofr"].items[:] = [
            one for one in self.at["/rofr"].items if one.identifier != f"ivo://{name}/registry"
        ]

    def breaks(self, name: str, sent: Sent, after: int = 0) -> None:
        """Let a registry answer so from its request of number ``after`` on."""
        seen = []

        def script(asked: Asked, good: Sent) -> Sent:
            if asked.path != f"/{name}":
                return good
            seen.append(asked)
            return sent if len(seen) > after else good

        self.server.script = script

    def mends(self) -> None:
        """Let all behave again, and forget what was asked."""
        self.server.script = lambda asked, sent: sent
        self.server.asked.clear()

    def asked_of(self, name: str) -> list[Asked]:
        """The lists that were asked of a registry."""
        return [one for one in self.server.lists() if one.path == f"/{name}"]


BROKEN = Sent(body=b"out of order", status=503)


@pytest.fixture
def sky() -> Iterator[Sky]:
    observatories = Observatories()
    with Server(observatories) as server:
        yield Sky(server, observatories)


@pytest.fixture
def once(catalogue: Catalogue, sky: Sky, connect: Connect) -> RunOnce:
    """One harvest of the whole sky."""

    def run(*, full: bool = False, **values: Any) -> Run:
        if not catalogue.sources.all():
            values.setdefault("url", f"{sky.base}/rofr")
            values.setdefault("options", {"grace": "0", "shrink": "1"})
            catalogue.sources.add(Source(name="test", kind="ivoa", **values))
        return harvest(catalogue, ["test"], full=full, connect=connect)[0]

    return run


def live(catalogue: Catalogue) -> set[str]:
    """The identifiers of all live records."""
    return {change.record.provenance.identifier for change in catalogue.store.walk() if change.record}


def named(name: str, count: int) -> set[str]:
    return {f"ivo://{name}/{number}" for number in range(count)}


ALL = named("north", 12) | named("south", 5) | named("east", 5)
