"""What only the embedded graph has to stand: kills, several processes, queries that run away."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from catalogue.errors import GraphBusy, GraphCorrupt, GraphError, GraphTooCostly, GraphUnavailable
from catalogue.graph_embedded import EmbeddedGraph
from tests.catalogue.graph_engines import DCT, answer, record, records, rows
from tests.catalogue.graph_writer import COUNT

VERSIONS = f"SELECT ?s ?v {{ ?s <{DCT}hasVersion> ?v }}"
MUCH = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?a ?d ?i"
ENDLESS = "SELECT (COUNT(*) AS ?z) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n ?o }"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "graph"


@pytest.fixture
def graph(path: Path) -> Iterator[EmbeddedGraph]:
    opened = EmbeddedGraph(path, memory=300)
    opened.rebuild([(records(0, COUNT), 0)], "one")
    yield opened
    opened.close()


@contextlib.contextmanager
def writer(path: Path) -> Iterator[subprocess.Popen[str]]:
    """A process that writes until the block ends, when it is killed."""
    command = [sys.executable, "-m", "tests.catalogue.graph_writer", str(path)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def ended(pid: int) -> bool:
    """Whether a process has gone within some seconds."""
    for _ in range(100):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False


def test_kills_in_the_middle_of_writing_lose_nothing(graph: EmbeddedGraph, path: Path) -> None:
    chance = random.Random(8)
    before = 0
    for _ in range(6):
        with writer(path) as process:
            settled = int(process.stdout.readline())
            time.sleep(chance.random() * 0.4)
        position = graph.position()
        assert position >= settled > before
        assert {version for _, version in rows(graph, VERSIONS)} == {str(position)}
        assert len(rows(graph, VERSIONS)) == COUNT
        before = position
    graph.apply([record(1, 7)], before + 1)
    graph.settle()
    assert graph.position() == before + 1
    assert len(list(path.glob("draft-*"))) == 0 and len(list(path.glob("state-*"))) <= 2


def test_a_query_never_sees_a_half_of_what_is_written(graph: EmbeddedGraph, path: Path) -> None:
    seen = set()
    text = f"SELECT ?v (COUNT(*) AS ?n) {{ ?s <{DCT}hasVersion> ?v ; <{DCT}extent> ?e }} GROUP BY ?v"
    with writer(path) as process:
        process.stdout.readline()
        end = time.monotonic() + 60
        while len(seen) < 4 and time.monotonic() < end:
            ((version, count),) = rows(graph, text)
            assert int(count) == 5 * COUNT
            seen.add(version)
    assert len(seen) == 4


def test_one_process_writes_at_a_time(graph: EmbeddedGraph, path: Path) -> None:
    other = EmbeddedGraph(path)
    other.apply([record(1, 5)], 5)
    with pytest.raises(GraphBusy, match="another process"):
        graph.apply([record(2, 6)], 6)
    with pytest.raises(GraphBusy, match="another process"):
        graph.rebuild([(records(0, 1), 1)], "two")
    assert graph.position() == 0 and other.position() == 5
    assert {version for _, version in rows(other, VERSIONS)} == {"0"}
    other.settle()
    assert graph.position() == 5
    graph.apply([record(2, 6)], 6)
    graph.settle()
    other.close()
    assert sorted({version for _, version in rows(graph, VERSIONS)}) == ["0", "5", "6"]


def test_what_is_not_settled_is_dropped_at_close(graph: EmbeddedGraph, path: Path) -> None:
    graph.apply([record(1, 5)], 5)
    graph.close()
    again = EmbeddedGraph(path)
    assert again.position() == 0 and {version for _, version in rows(again, VERSIONS)} == {"0"}
    assert not list(path.glob("draft-*"))
    again.close()


def test_an_old_state_stays_as_long_as_it_is_read(graph: EmbeddedGraph, path: Path) -> None:
    rows(graph, VERSIONS)
    (old,) = path.glob("state-*")
    for position in (1, 2):
        graph.apply([record(1, position)], position)
        graph.settle()
    assert old.exists() and len(list(path.glob("state-*"))) == 2
    assert ("2",) in rows(graph, f"SELECT ?v {{ ?s <{DCT}hasVersion> ?v }}")
    graph.apply([record(1, 3)], 3)
    graph.settle()
    assert not old.exists()


def test_a_query_that_takes_all_memory(graph: EmbeddedGraph) -> None:
    with pytest.raises(GraphTooCostly, match="300 MB of memory"):
        answer(graph, MUCH, seconds=120)
    assert len(rows(graph, VERSIONS)) == COUNT


def test_a_query_that_computes_for_ever_dies_in_time(graph: EmbeddedGraph) -> None:
    for _ in range(2):
        begun = os.times()
        with pytest.raises(GraphTooCostly, match=r"longer than 0\.5 seconds"):
            answer(graph, ENDLESS, seconds=0.5)
        used = os.times().children_user - begun.children_user
        assert used < 1.5
        assert len(rows(graph, VERSIONS)) == COUNT


def test_time_is_counted_for_each_query(graph: EmbeddedGraph) -> None:
    for _ in range(8):
        begun = time.process_time()
        rows(graph, f"SELECT (COUNT(*) AS ?z) {{ ?a ?b ?c . ?d <{DCT}title> ?f }}", seconds=2)
        assert time.process_time() - begun < 1
    assert len(graph._children.pids()) == 1


def test_a_child_that_dies_is_replaced(graph: EmbeddedGraph) -> None:
    rows(graph, VERSIONS)
    (first,) = graph._children.pids()
    os.kill(first, signal.SIGKILL)
    time.sleep(0.1)
    assert len(rows(graph, VERSIONS)) == COUNT
    (second,) = graph._children.pids()
    assert second != first
    killer = threading.Timer(0.5, os.kill, (second, signal.SIGSEGV))
    killer.start()
    with pytest.raises(GraphError):
        answer(graph, ENDLESS, seconds=30)
    assert len(rows(graph, VERSIONS)) == COUNT


def test_as_many_at_once_as_are_allowed(path: Path) -> None:
    graph = EmbeddedGraph(path, queries=1)
    graph.rebuild([(records(0, COUNT), 1)], "one")
    graph._children._waiting = 0.2

    def block() -> None:
        with pytest.raises(GraphTooCostly):
            answer(graph, ENDLESS, seconds=1.5)

    blocked = threading.Thread(target=block)
    blocked.start()
    time.sleep(0.5)
    with pytest.raises(GraphBusy, match="ask again"):
        rows(graph, VERSIONS)
    blocked.join()
    assert len(rows(graph, VERSIONS)) == COUNT
    graph.close()


def test_several_queries_at_once(graph: EmbeddedGraph) -> None:
    found: list[int] = []

    def ask() -> None:
        for _ in range(10):
            found.append(len(rows(graph, VERSIONS)))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [COUNT] * 40 and 1 <= len(graph._children.pids()) <= 2


def test_children_are_reaped_at_close(path: Path) -> None:
    graph = EmbeddedGraph(path)
    graph.rebuild([(records(0, 3), 1)], "one")
    rows(graph, VERSIONS)
    pids = graph._children.pids()
    graph.close()
    assert pids and all(ended(pid) for pid in pids)


def test_closing_ends_a_query_that_is_being_answered(graph: EmbeddedGraph) -> None:
    ended_by: list[Exception] = []

    def ask() -> None:
        try:
            answer(graph, ENDLESS, seconds=60)
        except GraphError as error:
            ended_by.append(error)

    asking = threading.Thread(target=ask)
    asking.start()
    while not graph._children.pids():
        time.sleep(0.05)
    time.sleep(0.5)
    pids = graph._children.pids()
    graph.close()
    asking.join(10)
    assert ended_by and all(ended(pid) for pid in pids)


def test_children_end_with_the_process_that_asks(graph: EmbeddedGraph, path: Path) -> None:
    script = (
        "import sys, os, signal\nfrom pathlib import Path\n"
        "from catalogue.graph_embedded import EmbeddedGraph\nfrom tests.catalogue.graph_engines import rows\n"
        f"graph = EmbeddedGraph(Path({str(path)!r}))\nrows(graph, {VERSIONS!r})\n"
        "print(graph._children.pids()[0], flush=True)\nos.kill(os.getpid(), signal.SIGKILL)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, check=False)
    assert ended(int(done.stdout))


def test_a_child_knows_no_secrets(graph: EmbeddedGraph, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALMAGEST_TOKEN", "very-secret")
    rows(graph, VERSIONS)
    (pid,) = graph._children.pids()
    environment = Path(f"/proc/{pid}/environ")
    if environment.exists():
        assert b"very-secret" not in environment.read_bytes()


def test_without_room_or_rights_it_is_said(graph: EmbeddedGraph, monkeypatch: pytest.MonkeyPatch) -> None:
    for number, told in ((28, "No space is left"), (13, "permissions"), (24, "try again later")):

        def fail(*_: object, number: int = number) -> None:
            raise OSError(number, os.strerror(number))

        with monkeypatch.context() as patched:
            patched.setattr("catalogue.graph_snapshots.Snapshots.draft", fail)
            with pytest.raises(GraphUnavailable, match=told):
                graph.apply([record(1, 1)], 1)
    graph.apply([record(1, 1)], 1)
    graph.settle()
    assert graph.position() == 1


def test_what_is_no_graph(path: Path) -> None:
    path.mkdir()
    (path / "current").symlink_to("state-nowhere")
    graph = EmbeddedGraph(path)
    with pytest.raises(GraphCorrupt, match="almagest graph rebuild"):
        graph.position()
    graph.rebuild([(records(0, 2), 1)], "one")
    assert len(rows(graph, VERSIONS)) == 2
    (about,) = path.glob("state-*/about")
    about.write_text('{"layout": 99, "position": 1}')
    with pytest.raises(GraphCorrupt, match="another version"):
        graph.position()
    graph.close()


def test_a_query_costs_little(graph: EmbeddedGraph) -> None:
    rows(graph, VERSIONS)
    times = []
    for _ in range(20):
        begun = time.perf_counter()
        answer(graph, f"SELECT ?v {{ <urn:none> <{DCT}hasVersion> ?v }}", "text/csv")
        times.append(time.perf_counter() - begun)
    assert min(times) < 0.04
