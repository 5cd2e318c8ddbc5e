"""kill -9 in the middle of a harvest by REST: the next one goes on there, and nothing is lost or doubled."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

from catalogue.sources import Source
from harvesters.run import harvest
from tests.harvesters.datacite_rest_site import Dois, doi
from tests.harvesters.invenio_site import Site, rdm
from tests.harvesters.misbehaving import Repository, Server
from tests.harvesters.test_kill import harvested, opened, state

_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload(["tests.harvesters.test_invenio_kill"])
SITES: dict[str, tuple[Repository, dict[str, str]]] = {
    "invenio": (Site(records=[rdm(number) for number in range(90)]), {}),
    "datacite": (
        Dois(dois=[doi(number) for number in range(60)]),
        {"client": "desy.data", "page-size": "15"},
    ),
}


def killed(home: Path, url: str, die_at: int) -> None:
    """Harvest in a process that kills itself at its SQL event of this number."""
    count = 0

    def note(*_: Any) -> None:
        nonlocal count
        count += 1
        if count == die_at:
            os.kill(os.getpid(), signal.SIGKILL)

    catalogue = opened(home, url)
    for name in ("before_cursor_execute", "commit"):
        event.listen(Engine, name, note)
    harvest(catalogue, ["test"])
    catalogue.close()


@pytest.fixture(params=SITES)
def server(request: pytest.FixtureRequest) -> Iterator[tuple[str, dict[str, str], Server]]:
    site, options = SITES[request.param]
    with Server(site) as running:
        yield request.param, options, running


def test_killed_anywhere(server: tuple[str, dict[str, str], Server], tmp_path: Path) -> None:
    kind, options, running = server
    whole = None
    died = 0
    for die_at in (0, 12, 30, 45, 60):
        home = tmp_path / str(die_at)
        database = f"sqlite:///{home}/catalogue.db"
        home.mkdir()
        catalogue = opened(home, database)
        address = running.url.removesuffix("/oai")
        catalogue.sources.add(Source(name="test", kind=kind, url=address, options=options))
        if die_at:
            child = _context.Process(target=killed, args=(home, database, die_at))
            child.start()
            child.join(60)
            died += child.exitcode == -signal.SIGKILL
        run = harvested(catalogue)
        assert (run.status, run.error) == ("succeeded", None)
        found = {name: entry[:2] for name, entry in state(catalogue).items()}
        whole = found if whole is None else whole
        assert found.keys() == whole.keys()
        assert len(found) == (90 if kind == "invenio" else 60)
        catalogue.close()
    assert died >= 3
