"""Harvests of registries that are stopped or killed and go on."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import threading
from pathlib import Path
from typing import Any

import pytest

from catalogue.opening import Catalogue
from catalogue.record import Page
from catalogue.runs import Run
from catalogue.settings import Settings, load_settings
from catalogue.sources import Source
from harvesters.ivoa import Ivoa
from harvesters.run import harvest
from harvesters.transport import Transport
from tests.harvesters.ivoa_sky import ALL, Connect, RunOnce, Sky, live, once, sky
from tests.harvesters.misbehaving import Asked, Sent

__all__ = ["once", "sky"]


def all_pages(source: Source, transport: Transport, checkpoint: Any = None, upto: int = 10**6) -> list[Page]:
    found = []
    for page in Ivoa(source, transport).pages(None, checkpoint):
        found.append(page)
        if len(found) >= upto:
            break
    return found


def test_a_killed_run_goes_on_inside_the_registry(sky: Sky, settings: Settings, connect: Connect) -> None:
    source = Source(name="test", kind="ivoa", url=f"{sky.base}/rofr")
    with connect(source, settings) as transport:
        whole = all_pages(source, transport)
    expected = [raw.identifier for page in whole for raw in page.records]
    assert set(expected) == ALL
    for upto in range(1, len(whole)):
        sky.mends()
        with connect(source, settings) as transport:
            before = all_pages(source, transport, upto=upto)
        sky.mends()
        with connect(source, settings) as transport:
            after = all_pages(source, transport, json.loads(json.dumps(before[-1].checkpoint)))
        assert [raw.identifier for page in [*before, *after] for raw in page.records] == expected
        assert after[-1].expected == 22
        assert not sky.asked_of("rofr")


@pytest.mark.parametrize("pages", [1, 3, 4, 5])
def test_a_stopped_harvest_goes_on(
    once: RunOnce, catalogue: Catalogue, sky: Sky, connect: Connect, pages: int
) -> None:
    once()
    del sky.at["/east"].items[4], sky.at["/north"].items[11]
    stop = threading.Event()

    def watch(run: Run) -> None:
        if run.pages >= pages:
            stop.set()

    run = harvest(catalogue, ["test"], full=True, connect=connect, stop=stop, progress=watch)[0]
    assert run.status == "interrupted"
    assert live(catalogue) == ALL
    run = once()
    assert (run.status, run.full, run.deleted) == ("succeeded", True, 2)
    assert live(catalogue) == ALL - {"ivo://east/4", "ivo://north/11"}


def harvest_in_a_process(home: str) -> None:
    """One harvest of the source «test» of this home."""
    opened = Catalogue(load_settings({"ALMAGEST_HOME": home}))
    harvest(opened, ["test"], full=True)


@pytest.mark.parametrize(("path", "number"), [("/rofr", 2), ("/north", 4), ("/south", 1), ("/south", 3)])
def test_kill_minus_nine_in_the_middle(tmp_path: Path, sky: Sky, path: str, number: int) -> None:
    home = str(tmp_path / "home")
    catalogue = Catalogue(load_settings({"ALMAGEST_HOME": home}))
    options = {"grace": "0", "shrink": "1"}
    catalogue.sources.add(Source(name="test", kind="ivoa", url=f"{sky.base}/rofr", options=options))
    harvest(catalogue, ["test"])
    before = catalogue.store.last_sequence()
    del sky.at["/east"].items[4], sky.at["/south"].items[4]
    process = multiprocessing.get_context("forkserver").Process(target=harvest_in_a_process, args=(home,))
    asked_there: list[Asked] = []

    def script(asked: Asked, sent: Sent) -> Sent:
        asked_there.extend([asked] if asked.path == path else [])
        if len(asked_there) == number and process.pid is not None:
            os.kill(process.pid, signal.SIGKILL)
        return sent

    sky.server.script = script
    process.start()
    process.join(60)
    assert process.exitcode == -signal.SIGKILL
    sky.mends()
    run = harvest(catalogue, ["test"], full=True)[0]
    assert (run.status, run.error) == ("succeeded", None)
    assert live(catalogue) == ALL - {"ivo://east/4", "ivo://south/4"}
    assert catalogue.store.last_sequence() == before + 2
    catalogue.close()
