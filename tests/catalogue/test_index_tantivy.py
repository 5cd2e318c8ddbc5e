"""The embedded index as files and processes: crashes, locks, damage, other readers."""

from __future__ import annotations

import random
import shutil
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from catalogue import ranking
from catalogue.errors import IndexCorrupt, IndexUnavailable
from catalogue.index import Change, Query
from catalogue.index_builds import Builds
from catalogue.indexing import open_index, rebuild, sync
from catalogue.record import Term
from catalogue.tantivy_search import Search
from tests.catalogue.index_records import FakeStore, some_changes
from tests.catalogue.reference_index import ReferenceIndex
from tests.catalogue.test_index import change

CHANGES = some_changes(120, seed=3)
EVERYTHING = Query(size=1000, sort="changed", counts=())

WRITER = """
import sys
from catalogue.indexing import open_index
from tests.catalogue.index_records import some_changes
index = open_index(sys.argv[1])
changes = [c for c in some_changes(120, seed=3) if c.sequence > index.position()]
for start in range(0, len(changes), 7):
    index.apply(changes[start : start + 7])
    print(index.position(), flush=True)
print("done", flush=True)
sys.stdin.read()
"""


def in_another_process(script: str, *arguments: str) -> subprocess.Popen[str]:
    """A Python that runs ``script`` in the project."""
    return subprocess.Popen(
        [sys.executable, "-c", script, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )


def ids(index) -> list[str]:
    return [hit.id for hit in index.search(EVERYTHING).hits]


def expected_at(position: int) -> list[str]:
    """What must be there when the changes up to ``position`` are applied."""
    reference = ReferenceIndex()
    reference.apply([change for change in CHANGES if change.sequence <= position])
    return ids(reference)


@pytest.fixture
def url(tmp_path) -> str:
    return f"embedded:{tmp_path}/deep/index"


def test_a_killed_writer_leaves_what_it_committed(url):
    chance = random.Random(5)
    reached = 0
    for _ in range(6):
        writer = in_another_process(WRITER, url)
        for _ in range(chance.randint(1, 4)):
            line = writer.stdout.readline().strip()
            if line == "done":
                break
            reached = int(line)
        time.sleep(chance.random() * 0.02)
        writer.send_signal(signal.SIGKILL)
        writer.wait()
        index = open_index(url)
        position = index.position()
        assert position >= reached
        assert ids(index) == expected_at(position)
    writer = in_another_process(WRITER, url)
    while writer.stdout.readline().strip() != "done":
        pass
    writer.kill()
    writer.wait()
    assert index.position() == CHANGES[-1].sequence
    assert ids(index) == expected_at(CHANGES[-1].sequence)


def test_a_killed_rebuild_leaves_the_index_as_it_was(url):
    index = open_index(url)
    index.apply(CHANGES[:20])
    index.settle()
    script = """
import sys, time
from catalogue.indexing import open_index
from tests.catalogue.index_records import some_changes
def batches():
    yield some_changes(120, seed=3)[:50]
    print("begun", flush=True)
    sys.stdin.read()
open_index(sys.argv[1]).rebuild(batches())
"""
    other = in_another_process(script, url)
    assert other.stdout.readline().strip() == "begun"
    with pytest.raises(IndexUnavailable, match="being rebuilt by another process"):
        index.rebuild([CHANGES])
    other.kill()
    other.wait()
    assert index.position() == 20
    builds = Path(url.removeprefix("embedded:"))
    assert len(list(builds.glob("build-*"))) == 2
    rebuild(FakeStore(CHANGES), index)
    assert len(list(builds.glob("build-*"))) == 1
    assert ids(index) == expected_at(CHANGES[-1].sequence)


def test_only_one_process_writes_and_all_read(url):
    writer = in_another_process(WRITER, url)
    reader = open_index(url)
    seen = set()
    while (line := writer.stdout.readline().strip()) != "done":
        assert reader.position() >= int(line)
        seen.add(reader.position())
    assert len(seen) > 3
    assert ids(reader) == expected_at(CHANGES[-1].sequence)
    with pytest.raises(IndexUnavailable, match="being written by another process"):
        reader.apply(CHANGES[:1])
    assert ids(reader) == expected_at(CHANGES[-1].sequence)
    writer.kill()
    writer.wait()
    reader.apply(CHANGES[:1])


def test_settling_gives_the_lock_back(url):
    first, second = open_index(url), open_index(url)
    first.apply(CHANGES[:10])
    with pytest.raises(IndexUnavailable):
        second.apply(CHANGES[10:20])
    first.settle()
    second.apply(CHANGES[10:20])
    second.close()
    first.apply(CHANGES[20:30])
    assert first.position() == second.position() == 30


def test_a_rebuild_by_another_process_is_met_at_the_next_search_and_change(url):
    index, other = open_index(url), open_index(url)
    index.apply(CHANGES[:30])
    rebuild(FakeStore(CHANGES[:10]), other)
    assert index.position() == 10
    assert ids(index) == expected_at(10)
    assert sync(FakeStore(CHANGES), index) > 0
    assert ids(other) == expected_at(CHANGES[-1].sequence)


def test_opening_touches_nothing(url):
    index = open_index(url)
    index.close()
    assert not Path(url.removeprefix("embedded:")).parent.exists()


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _scribble(path: Path) -> None:
    path.write_bytes(bytes(range(256)) * (path.stat().st_size // 256 + 1))


DAMAGES = {
    "no meta.json": lambda build: (build / "meta.json").unlink(),
    "meta.json cut": lambda build: _cut(build / "meta.json"),
    "meta.json of another kind": lambda build: (build / "meta.json").write_text("{}"),
    "store missing": lambda build: next(build.glob("*.store")).unlink(),
    "terms cut": lambda build: _cut(next(build.glob("*.term"))),
    "terms scribbled": lambda build: _scribble(next(build.glob("*.term"))),
    "fast fields cut": lambda build: _cut(next(build.glob("*.fast"))),
    "build missing": shutil.rmtree,
    "pointer of another version": lambda build: (build.parent / "current").write_text(f"0 {build.name}\n"),
    "pointer scribbled": lambda build: (build.parent / "current").write_bytes(b"\xff\xfe\x00"),
    "pointer empty": lambda build: (build.parent / "current").write_bytes(b""),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES.keys())
def test_a_damaged_directory_says_how_to_mend_it(url, damage, capfd):
    index = open_index(url)
    index.apply(CHANGES)
    index.close()
    build = Builds(Path(url.removeprefix("embedded:"))).current()
    damage(build)
    index = open_index(url)
    with pytest.raises(IndexCorrupt, match=r"Run `almagest index rebuild`") as caught:
        index.search(Query(words="galaxy"))
        index.position()
    assert "\n" not in str(caught.value)
    rebuild(FakeStore(CHANGES), index)
    assert ids(index) == expected_at(CHANGES[-1].sequence)


def test_a_damage_that_comes_while_it_is_open(url):
    index = open_index(url)
    index.apply(CHANGES)
    index.settle()
    shutil.rmtree(Path(url.removeprefix("embedded:")))
    assert index.search(EVERYTHING).total == 0
    assert index.position() == 0
    sync(FakeStore(CHANGES), index)
    assert ids(index) == expected_at(CHANGES[-1].sequence)


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        (OSError(28, "No space left on device"), "No space is left"),
        (PermissionError(13, "Permission denied"), "permissions"),
        (ValueError("An IO error occurred: 'No space left on device (os error 28)'"), "No space is left"),
    ],
)
def test_faults_of_the_file_system_are_said_so(url, monkeypatch, fault, sentence):
    index = open_index(url)

    def fail(self):
        raise fault

    monkeypatch.setattr(Builds, "create", fail)
    with pytest.raises(IndexUnavailable, match=sentence):
        index.apply(CHANGES[:1])


def test_a_file_where_the_directory_should_be(tmp_path):
    (tmp_path / "index").write_text("no directory")
    index = open_index(f"embedded:{tmp_path}/index")
    with pytest.raises(IndexCorrupt):
        index.apply(CHANGES[:1])


def test_threads_search_while_one_writes(url):
    index = open_index(url)
    index.apply(CHANGES[:10])
    with ThreadPoolExecutor(4) as pool:
        totals = [
            pool.submit(lambda: index.search(Query(words="galaxy OR -galaxy")).total) for _ in range(40)
        ]
        for start in range(10, len(CHANGES), 10):
            index.apply(CHANGES[start : start + 10])
        assert all(total.result() >= 10 for total in totals)
    assert ids(index) == expected_at(CHANGES[-1].sequence)


@pytest.mark.parametrize("many", [100_000, 10])
def test_counts_are_exact_with_many_values_in_many_commits(url, monkeypatch, many):
    """Each commit prefers other values, so that no part of the index knows the most frequent ones."""
    monkeypatch.setattr("catalogue.tantivy_counts._MANY_HITS", many)
    chance = random.Random(8)
    index, reference = open_index(url), ReferenceIndex()
    for commit in range(5):
        changes = [
            change(
                1000 * commit + number + 1,
                title="galaxy" if number % 3 else "star",
                subjects=tuple(
                    Term(label=f'Value "{chance.randrange(40) if chance.random() < 0.2 else name}" \\')
                    for name in chance.sample(range(500 * commit, 500 * commit + 900), k=3)
                ),
            )
            for number in range(700)
        ]
        index.apply(changes)
        reference.apply(changes)
    for query in (
        Query(counts=("subject", "type")),
        Query(words="galaxy", counts=("subject",), counts_size=5),
        Query(counts=("subject", "creator"), counts_size=1000),
        Query(counts=("subject",), facets={"subject": ("nothing",)}),
    ):
        expected = reference.search(query).facets
        assert index.search(query).facets == expected
        # What is kept from the first time is the same.
        assert index.search(query).facets == expected


def again(sequence: int, of: int, title: str) -> Change:
    return replace(change(of, title=title), sequence=sequence)


def test_what_comes_again_while_an_empty_index_is_filled_is_there_once(url):
    batches = [
        [change(1, title="old one"), change(2, title="other")],
        [again(3, of=1, title="new one"), again(4, of=1, title="newest one")],
    ]
    index = open_index(url)
    for batch in batches:
        index.apply(batch)
    assert (index.search(Query(words="one")).total, len(ids(index))) == (1, 2)
    index.settle()
    index.apply([again(5, of=2, title="another one")])
    assert (index.search(Query(words="one")).total, len(ids(index))) == (2, 2)
    index.rebuild(iter([*batches, [replace(change(2), sequence=6, record=None)]]))
    assert (index.search(Query(words="newest")).total, len(ids(index))) == (1, 1)
    index.close()


def test_a_page_is_kept_until_a_record_changes_or_the_day(tmp_path: Path, monkeypatch) -> None:
    index = open_index(f"embedded:{tmp_path}")
    index.apply(CHANGES[:100])
    walks = []
    page = Search._page
    monkeypatch.setattr(Search, "_page", lambda self: walks.append(1) or page(self))
    asked = [
        Query(words="dark", size=5),
        Query(words="dark", size=6),
        Query(words="dark", size=5, sort="title"),
    ]
    first = [index.search(query) for query in asked]
    assert len(walks) == 3 and all(found.total for found in first)
    assert [index.search(query) for query in asked] == first
    assert len(walks) == 3
    monkeypatch.setattr(ranking, "today", lambda: 30_000)
    assert index.search(asked[0]).total == first[0].total
    assert len(walks) == 4
    index.apply(CHANGES[100:])
    reference = ReferenceIndex()
    reference.apply(CHANGES)
    for query in asked:
        assert index.search(query).total == reference.search(query).total
    assert len(walks) == 7
