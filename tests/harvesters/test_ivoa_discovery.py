"""How registries are found: the list of them, single ones, addresses of several kinds."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from catalogue.opening import Catalogue
from catalogue.settings import Settings
from catalogue.sources import Source
from harvesters.run import harvest
from harvesters.transport import Transport
from tests.harvesters.ivoa_server import Registry, item, registry
from tests.harvesters.ivoa_sky import ALL, BROKEN, Connect, RunOnce, Sky, live, named, once, sky

__all__ = ["once", "sky"]


def test_private_addresses_in_the_list_are_not_asked(
    settings: Settings, catalogue: Catalogue, sky: Sky, connect: Connect
) -> None:
    sky.lists("south", ["south"], url="http://10.0.0.1/oai")
    sky.lists("east", ["east"], url="http://169.254.169.254/latest")
    sky.lists("west", ["west"], url="file:///etc/passwd")
    hosts = {"rofr.example.org": "127.0.0.1"}

    def resolver(host: str, port: int) -> list[str]:
        return [hosts.get(host, host)]

    def guarded(source: Source, settings: Settings, **more: Any) -> Transport:
        return connect(source, settings, resolver=resolver, **more)

    url = f"{sky.base}/rofr".replace("127.0.0.1", "rofr.example.org")
    catalogue.sources.add(Source(name="test", kind="ivoa", url=url))
    run = harvest(catalogue, ["test"], connect=guarded)[0]
    assert run.status == "partial"
    assert live(catalogue) == named("north", 12)
    assert run.error is not None
    assert "10.0.0.1 has the private address 10.0.0.1, to which this source may not lead us" in run.error
    assert "169.254.169.254 has the private address" in run.error
    assert "only http and https addresses may" in run.error


def test_the_list_cannot_be_had(once: RunOnce, catalogue: Catalogue, sky: Sky) -> None:
    once()
    sky.at["/south"].items[0] = item("ivo://south/0", datestamp="2024-06-01T12:00:00Z", title="Anew")
    sky.breaks("rofr", BROKEN)
    run = once()
    assert (run.status, run.updated) == ("partial", 1)
    assert run.error is not None
    assert f"{sky.base}/rofr: " in run.error
    assert "The registries known before (3) are harvested." in run.error
    assert once(full=True).deleted == 0
    assert live(catalogue) == ALL


def test_the_list_could_never_be_had(once: RunOnce, sky: Sky) -> None:
    sky.breaks("rofr", BROKEN)
    run = once()
    assert (run.status, run.number) == ("failed", 1)
    assert run.error is not None
    assert "/rofr answers «503" in run.error


@pytest.mark.parametrize("fault", ["empty", "refused", "shorter", "unreadable"])
def test_a_list_that_is_not_whole_forgets_nobody(
    once: RunOnce, catalogue: Catalogue, sky: Sky, fault: str
) -> None:
    once()
    rofr = sky.at["/rofr"]
    if fault == "empty":
        rofr.items.clear()
    elif fault == "refused":
        rofr.has_sets = False
    elif fault == "shorter":
        rofr.announced, rofr.page_size = 3, 1
        sky.forgets("south")
    else:
        rofr.items[1] = replace(rofr.items[1], metadata="<ri:Resource>&nope;</ri:Resource>")
    run = once(full=True)
    assert run.status == "partial"
    assert run.error is not None
    assert "egistries known before" in run.error
    assert run.fetched == 22
    assert live(catalogue) == ALL


def test_one_full_registry(once: RunOnce, catalogue: Catalogue, sky: Sky) -> None:
    full = sky.at["/full"] = Registry(items=[*sky.at["/north"].items, *sky.at["/south"].items])
    full.described = registry("ivo://full/registry", "http://else.example.org", ["full"], full="true")
    run = once(url=f"{sky.base}/full")
    assert (run.status, run.fetched) == ("succeeded", 17)
    assert live(catalogue) == named("north", 12) | named("south", 5)
    assert [one["set"] for one in sky.asked_of("full") if not one.token] == ["ivoa_publishers", None]
    sky.mends()
    once()
    assert sky.asked_of("full")[-1]["from"] == "2024-06-01T11:50:00Z"


@pytest.mark.parametrize(("described", "mode"), [(True, "auto"), (False, "auto"), (False, "publishing")])
def test_one_publishing_registry(
    once: RunOnce, catalogue: Catalogue, sky: Sky, described: bool, mode: str
) -> None:
    south = sky.at["/south"]
    south.described = registry("ivo://south/registry", "", ["south"]) if described else ""
    south.items += [item("ivo://north/1", managed=False), item("ivo://north/2")]
    run = once(url=f"{sky.base}/south", options={"registry": mode})
    assert run.status == "succeeded"
    # Without its own record nobody can tell what it manages.
    assert live(catalogue) == named("south", 5) | (set() if described else {"ivo://north/2"})


def test_several_addresses_where_one_has_everything(once: RunOnce, catalogue: Catalogue, sky: Sky) -> None:
    copies = [item("ivo://north/1", title="A copy"), item("ivo://nobody/1")]
    sky.at["/full"] = Registry(items=copies)
    sky.at["/full"].described = registry("ivo://full/registry", "", ["full"], full="true")
    run = once(options={"urls": f"{sky.base}/full"})
    assert (run.status, run.fetched) == ("succeeded", 23)
    assert live(catalogue) == ALL | {"ivo://nobody/1"}
    assert "A copy" not in str([change.record for change in catalogue.store.walk()])


def test_the_list_is_a_publishing_registry_itself(once: RunOnce, catalogue: Catalogue, sky: Sky) -> None:
    rofr = sky.at["/rofr"]
    rofr.described = registry("ivo://ivoa.example/rofr", "", ["ivoa.example"])
    rofr.items.append(item("ivo://ivoa.example/std/tap", kind="vr:Resource"))
    assert once().fetched == 23
    assert "ivo://ivoa.example/std/tap" in live(catalogue)


def test_an_unknown_mode_is_told(once: RunOnce) -> None:
    run = once(options={"registry": "all"})
    assert run.status == "failed"
    assert run.error == "Option registry of source test is one of auto, rofr, full, publishing, not «all»."
