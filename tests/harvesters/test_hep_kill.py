"""kill -9 while open data, tables and repositories are harvested: the next harvest ends with all of them."""

from __future__ import annotations

import multiprocessing
import os
import signal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

from catalogue.json_form import dumps
from catalogue.opening import Catalogue
from catalogue.settings import load_settings
from catalogue.sources import Source
from harvesters.run import harvest
from tests.harvesters.hep_servers import (
    HepDataSite,
    OpenDataPortal,
    Re3dataJson,
    Re3dataXml,
    dataset,
    repository_json,
    repository_xml,
    submission,
)
from tests.harvesters.misbehaving import Repository, Server

_context = multiprocessing.get_context("forkserver")
_POINTS = (0.2, 0.45, 0.7, 0.9)
_COUNT = 12


def _opened(home: Path) -> Catalogue:
    return Catalogue(load_settings({"ALMAGEST_HOME": str(home), "ALMAGEST_CONTACT": "ops@example.org"}))


def _process(home: Path, source: Source, die_at: int, counted: Any) -> None:
    def count(*_: Any) -> None:
        counted.value += 1
        if counted.value == die_at:
            os.kill(os.getpid(), signal.SIGKILL)

    catalogue = _opened(home)
    catalogue.sources.add(source)
    event.listen(Engine, "before_cursor_execute", count)
    event.listen(Engine, "commit", count)
    harvest(catalogue, [source.name])
    catalogue.close()


def _killed(home: Path, source: Source, die_at: int) -> int:
    """Harvest in a process of its own, which dies at this SQL event (0: never); how many there were."""
    counted = _context.Value("i", 0)
    process = _context.Process(target=_process, args=(home, source, die_at, counted))
    process.start()
    process.join(60)
    assert process.exitcode == (-signal.SIGKILL if die_at else 0)
    return int(counted.value)


def _state(home: Path) -> dict[str, bytes]:
    catalogue = _opened(home)
    found = {}
    for change in catalogue.store.walk(deleted=True):
        assert change.record is not None
        found[change.record.provenance.identifier] = dumps(change.record.titles + change.record.identifiers)
    catalogue.close()
    return found


def _site(kind: str) -> tuple[Repository, str]:
    names = [f"r3d1000{number:05d}" for number in range(_COUNT)]
    if kind == "opendata":
        return OpenDataPortal(dataset(number) for number in range(1, _COUNT + 1)), ""
    if kind == "hepdata":
        return HepDataSite(submission(1_000_000 + number) for number in range(_COUNT)), ""
    if kind == "re3data":
        return Re3dataXml({one: repository_xml(one) for one in names}), "/api/v1"
    return Re3dataJson(repository_json(one) for one in names), "/re3data"


@pytest.mark.parametrize("kind", ["opendata", "hepdata", "re3data", "re3data json"])
def test_nothing_is_lost_or_doubled(kind: str, tmp_path: Path) -> None:
    site, path = _site(kind)
    with Server(site) as server:
        source = Source(
            name="test",
            kind=kind.partition(" ")[0],
            url=server.url.removesuffix("/oai") + path,
            options={"page-size": "3"},
        )
        undisturbed = tmp_path / "undisturbed"
        events = _killed(undisturbed, source, 0)
        expected = _state(undisturbed)
        assert len(expected) == _COUNT
        for point in _POINTS:
            home = tmp_path / f"{point}"
            _killed(home, source, max(int(events * point), 1))
            catalogue = _opened(home)
            [run] = harvest(catalogue, ["test"])
            catalogue.close()
            assert run.status == "succeeded", run
            assert _state(home) == expected
