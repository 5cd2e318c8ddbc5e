"""What an IVOA registry is said to be, and its faults in plain words."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from catalogue.errors import SourceProtocolError, SourceUnreachable
from catalogue.settings import Settings
from catalogue.sources import Source
from harvesters.base import Probe
from harvesters.faults import hint_of
from harvesters.ivoa import Ivoa
from harvesters.transport import Transport
from tests.harvesters.ivoa_server import Observatories, Registry, item, registry
from tests.harvesters.misbehaving import Item, Sent, Server

Look = Callable[..., Probe]


@pytest.fixture
def server() -> Iterator[Server]:
    observatories = Observatories()
    with Server(observatories) as running:
        rofr = observatories.at["/rofr"] = Registry()
        for name in ("north", "south"):
            observatories.at[f"/{name}"] = Registry(items=[item(f"ivo://{name}/{n}") for n in range(3)])
            document = registry(f"ivo://{name}/registry", f"http://{name}", [name, "shared"])
            rofr.items.append(Item(identifier=name, metadata=document, sets=("ivoa_publishers",)))
        observatories.at["/north"].described = registry("ivo://north/registry", "http://n", ["north"])
        full = observatories.at["/full"] = Registry(items=[item("ivo://any/1")])
        full.described = registry("ivo://full/registry", "http://f", ["full"], full="true")
        yield running


@pytest.fixture
def look(server: Server, settings: Settings, connect: Callable[..., Transport]) -> Look:
    def probe(path: str, **options: str) -> Probe:
        url = server.url.removesuffix("/oai") + path
        source = Source(name="test", kind="ivoa", url=url, options=options)
        with connect(source, settings) as transport:
            return Ivoa(source, transport).probe()

    return probe


def test_a_registry_of_registries(look: Look) -> None:
    said = look("/rofr")
    assert said.protocol == "IVOA Registry of Registries with 2 publishing registries, over OAI-PMH 2.0"
    assert (said.name, said.formats, said.sets) == ("Test repository", ("ivo_vor",), ("ivoa_publishers",))
    assert (said.granularity, said.deletion) == ("YYYY-MM-DDThh:mm:ssZ", "transient")
    assert said.records is None
    conflict = (
        "The authority shared is claimed by ivo://north/registry and ivo://south/registry; "
        "its records are taken from ivo://north/registry."
    )
    assert conflict in said.faults
    hints = [hint_of(fault) for fault in said.faults if fault == conflict]
    assert hints == ["Take the managedAuthority out of the record of the registry that has given it up."]


def test_one_registry(look: Look) -> None:
    said = look("/north")
    assert said.protocol == "IVOA publishing registry, over OAI-PMH 2.0"
    assert (said.chosen_format, said.records) == ("ivo_vor", 3)
    assert not any("own record" in fault for fault in said.faults)
    assert look("/full").protocol == "IVOA full registry, over OAI-PMH 2.0"
    assert look("/north", registry="full").protocol == "IVOA full registry, over OAI-PMH 2.0"


def test_a_registry_that_does_not_say_what_it_manages(look: Look) -> None:
    said = look("/south")
    assert said.protocol == "IVOA publishing registry, over OAI-PMH 2.0"
    assert (
        "Identify does not hold the registry's own record, so nobody can tell what it manages." in said.faults
    )


def test_several_addresses(look: Look, server: Server) -> None:
    base = server.url.removesuffix("/oai")
    said = look("/north", urls=f"{base}/south {base}/nowhere")
    assert said.protocol.startswith("3 IVOA registries")


def test_what_is_no_registry(look: Look, server: Server) -> None:
    with pytest.raises(SourceProtocolError, match="check the address"):
        look("/nowhere")
    server.script = lambda asked, sent: Sent(body=b"<html><title>Hello</title></html>")
    with pytest.raises(SourceProtocolError, match="a web page"):
        look("/rofr")
    server.script = lambda asked, sent: Sent(body=b"", status=503)
    with pytest.raises(SourceUnreachable, match="503"):
        look("/rofr")
