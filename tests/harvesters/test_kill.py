"""kill -9 at many moments: the next harvest ends with exactly the records of an undisturbed one.

A process harvests a changed repository over real sockets into a store that holds an
earlier state: new records, changed ones, tombstones, vanished ones, a broken one, one that
is listed twice.  It is killed at points spread evenly over all its SQL statements, and at
random moments.
"""

from __future__ import annotations

import multiprocessing
import os
import random
import shutil
import signal
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, event, make_url, text
from sqlalchemy.engine import Engine

from catalogue.json_form import dumps
from catalogue.opening import Catalogue
from catalogue.runs import Run
from catalogue.settings import load_settings
from catalogue.sources import Source
from harvesters.run import harvest
from tests.harvesters.misbehaving import Asked, Repository, Sent, Server, some

POINTS = 24
RANDOM = 12
_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload(["tests.harvesters.test_kill"])

State = dict[str, tuple[bool, bytes, str, bytes]]
Fresh = Callable[[], Any]


def opened(home: Path, url: str) -> Catalogue:
    return Catalogue(load_settings({"ALMAGEST_HOME": str(home), "ALMAGEST_DATABASE_URL": url}))


def process(home: Path, url: str, die_at: int | None, counted: Any) -> None:
    """Harvest; the process kills itself at its SQL event of number ``die_at``."""

    def count(*_: Any) -> None:
        counted.value += 1
        if counted.value == die_at:
            os.kill(os.getpid(), signal.SIGKILL)

    catalogue = opened(home, url)
    for name in ("before_cursor_execute", "after_cursor_execute", "commit"):
        event.listen(Engine, name, count)
    run = harvest(catalogue, ["test"])[0]
    assert run.status == "partial", run
    catalogue.close()


def harvested(catalogue: Catalogue) -> Run:
    """The next harvest, once PostgreSQL has noticed that the holder of the lock is dead."""
    for _ in range(100):
        run = harvest(catalogue, ["test"])[0]
        if run.number:
            break
        time.sleep(0.05)
    return run


def state(catalogue: Catalogue) -> State:
    """All that the store says, but when it was said."""
    found: State = {}
    for change in catalogue.store.walk(deleted=True):
        raw = catalogue.store.raw(change.id)
        record = change.record
        body = (
            b""
            if record is None
            else dumps(replace(record, provenance=replace(record.provenance, harvested=None)))
        )
        found[change.id] = (record is None, body, raw.state, raw.data)
    return found


def before(repository: Repository) -> None:
    repository.items = [*some(40), *some(4, begin=40, deleted=True)]


def after(repository: Repository) -> None:
    items = [replace(item, title=f"{item.title}!") if n % 5 == 0 else item for n, item in enumerate(some(37))]
    gone = [replace(item, deleted=True) for item in items[10:14]]
    repository.items = [*items[:10], *gone, *items[14:], *some(20, begin=50), items[0]]
    repository.page_size = 7


def script(asked: Asked, sent: Sent) -> Sent:
    return replace(sent, body=sent.body.replace(b"Title 55<", b"\x03<"))


@pytest.fixture
def running() -> Iterator[Server]:
    with Server(Repository([])) as server:
        before(server.repository)
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def fresh(request: pytest.FixtureRequest, tmp_path: Path, running: Server) -> Iterator[Fresh]:
    """Makes (home, URL) of a catalogue that holds the earlier state, as often as wanted."""
    options = {"grace": "0", "shrink": "0.5", "full-every": "0.0000000001", "overlap": "0"}
    prepare = prepared_sqlite if request.param == "sqlite" else prepared_postgresql
    server = None if request.param == "sqlite" else request.getfixturevalue("postgres_server")
    with prepare(tmp_path, server) as (first, copy):
        catalogue = opened(*first)
        catalogue.sources.add(Source(name="test", kind="oai-pmh", url=running.url, options=options))
        assert harvest(catalogue, ["test"])[0].status == "succeeded"
        catalogue.close()
        after(running.repository)
        running.script = script
        yield copy


@contextmanager
def prepared_sqlite(folder: Path, _: str | None) -> Iterator[tuple[tuple[Path, str], Fresh]]:
    home = folder / "first"

    def copy() -> tuple[Path, str]:
        place = folder / uuid.uuid4().hex
        shutil.copytree(home, place)
        return place, f"sqlite:///{place}/catalogue.db"

    yield (home, f"sqlite:///{home}/catalogue.db"), copy


@contextmanager
def prepared_postgresql(folder: Path, server: str | None) -> Iterator[tuple[tuple[Path, str], Fresh]]:
    engine = create_engine(server or "", isolation_level="AUTOCOMMIT")
    names = [f"almagest_{uuid.uuid4().hex}"]

    def address(name: str) -> str:
        return make_url(server or "").set(database=name).render_as_string(hide_password=False)

    def copy() -> tuple[Path, str]:
        names.append(f"almagest_{uuid.uuid4().hex}")
        with engine.connect() as connection:
            connection.execute(text(f'CREATE DATABASE "{names[-1]}" TEMPLATE "{names[0]}"'))
        return folder / names[-1], address(names[-1])

    with engine.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{names[0]}"'))
    try:
        yield (folder / names[0], address(names[0])), copy
    finally:
        with engine.connect() as connection:
            for name in names:
                connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
        engine.dispose()


def attempt(place: tuple[Path, str], die_at: int | None, seconds: float | None) -> tuple[int, int]:
    """(SQL events seen, exit code) of a process that harvests and is perhaps killed."""
    counted = _context.Value("q", 0)
    child = _context.Process(target=process, args=(*place, die_at, counted))
    child.start()
    child.join(seconds)
    if child.is_alive():
        child.kill()
        child.join(30)
    return counted.value, child.exitcode or 0


@pytest.mark.timeout(1200)
def test_a_killed_harvest_is_finished_by_the_next(fresh: Fresh) -> None:
    undisturbed = fresh()
    begun = time.monotonic()
    events, code = attempt(undisturbed, None, 60)
    duration = time.monotonic() - begun
    assert code == 0
    assert events > POINTS
    catalogue = opened(*undisturbed)
    expected = state(catalogue)
    catalogue.close()
    # 37 of the earlier 40 are left, 4 of them as tombstones; 20 are new, one of which is broken.
    assert sum(not deleted for deleted, *_ in expected.values()) == 37 - 4 + 19
    assert sum(deleted for deleted, *_ in expected.values()) == 4 + 4 + 3

    moments: list[tuple[int | None, float | None]] = [
        (1 + events * number // POINTS, 60) for number in range(POINTS)
    ]
    moments += [(None, random.uniform(0, duration)) for _ in range(RANDOM)]
    for die_at, seconds in moments:
        place = fresh()
        _, code = attempt(place, die_at, seconds)
        assert die_at is None or code == -signal.SIGKILL
        catalogue = opened(*place)
        run = harvested(catalogue)
        # A process that had come to its end before it was to be killed leaves nothing to do.
        assert run.status == "partial" or run.fetched == 0, (die_at, seconds, run)
        assert state(catalogue) == expected, (die_at, seconds, run)
        assert catalogue.sources.state("test").quarantined == 1
        catalogue.close()
