"""The follower that keeps representations: what it writes, when it is disturbed, on both databases."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from sqlalchemy import func, select

from catalogue import tables
from catalogue.database import Database
from catalogue.dissemination import Dissemination
from catalogue.items import SETS, Item
from catalogue.record import Mapped, Page, Provenance, RawRecord, Record, Term, Text, record_id
from catalogue.representations import Representations, kept_secret
from catalogue.runs import Sources
from catalogue.sequence import KEY_SHIFT
from catalogue.sources import Source
from catalogue.store import Store
from tests.conftest import PROJECT


class Plain:
    """A renderer for tests: an element is the id and the title; a set for each subject."""

    def __init__(self, edition: str = "1") -> None:
        self.editions: Mapping[str, str] = {SETS: SETS, "plain": f"plain@{edition}", "odd": f"odd@{edition}"}
        self.edition = edition
        self.rendered: list[tuple[str, int]] = []
        self.meanwhile: Callable[[], object] = lambda: None

    def sets(self, item: Item) -> Mapping[str, str]:
        return {term.label: term.label.upper() for term in item.record.subjects} if item.record else {}

    def wants_original(self, prefix: str) -> bool:
        return False

    def render(self, prefix: str, item: Item, sets: Mapping[str, str]) -> bytes | None:
        self.rendered.append((prefix, item.sequence))
        meanwhile, self.meanwhile = self.meanwhile, lambda: None
        meanwhile()
        if prefix == "odd" and "even" in sets:
            return None
        title = "-" if item.deleted or item.record is None else item.record.title
        return f"{self.edition} {title} {' '.join(sorted(sets))}".strip().encode()


def read(raw: RawRecord, provenance: Provenance) -> Mapped:
    """The first word of the bytes is the title, the others are subjects."""
    title, *subjects = raw.data.decode().split()
    record = Record(
        id=record_id(provenance.source, raw.identifier),
        kind="dataset",
        titles=(Text(value=title),),
        provenance=provenance,
        subjects=tuple(Term(label=subject) for subject in subjects),
    )
    return Mapped(record=record)


def rows_of(
    database: Database, renderer: Plain, prefix: str = "plain", after: int = 0, specs: tuple[str, ...] = ()
) -> list[tuple[int, bytes]]:
    with Dissemination(database, renderer).reading() as reader:
        return reader.page(prefix, after=after, until=None, specs=specs, limit=1000)


class House:
    """A database with one source, its renderer and its follower."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.sources = Sources(database)
        self.sources.add(Source(name="zoo", kind="oai-pmh", url="http://localhost/oai"))
        self.store = Store(database)
        self.renderer = Plain()
        self.follower = Representations(database, self.renderer)

    def put(self, *texts: str) -> None:
        """Records by «identifier=title subject …»; without a title they are deleted."""
        raws = []
        for text in texts:
            identifier, _, data = text.partition("=")
            raws.append(RawRecord(identifier=identifier, format="x", data=data.encode(), deleted=not data))
        run = self.sources.begin_run("zoo")
        run = self.store.put_page(run, Page(records=tuple(raws)), read)
        self.sources.finish_run(run, "succeeded", since=run.started)

    def page(self, prefix: str = "plain", after: int = 0, specs: tuple[str, ...] = ()) -> list[str]:
        return [
            payload.decode() for _, payload in rows_of(self.database, self.renderer, prefix, after, specs)
        ]

    def kept(self) -> dict[int, list[int]]:
        """The sequence numbers for which there are representations, by number of the edition."""
        found: dict[int, list[int]] = {}
        with self.database.read() as connection:
            for key in connection.scalars(select(tables.representation.c.key).order_by("key")):
                found.setdefault(key >> KEY_SHIFT, []).append(key & ((1 << KEY_SHIFT) - 1))
        return found

    def members(self) -> list[tuple[str, int]]:
        query = select(tables.oai_set.c.spec, tables.membership.c.sequence).join_from(
            tables.membership, tables.oai_set, tables.membership.c.oai_set == tables.oai_set.c.number
        )
        with self.database.read() as connection:
            return sorted((row.spec, row.sequence) for row in connection.execute(query))

    def editions(self) -> dict[str, int]:
        with self.database.read() as connection:
            rows = connection.execute(select(tables.dissemination.c.prefix, tables.dissemination.c.position))
            return {row.prefix: row.position for row in rows}


@pytest.fixture(params=["sqlite", "postgresql"])
def house(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[House]:
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path}/catalogue.db"
    else:
        url = request.getfixturevalue("postgres_url")
    database = Database(url)
    yield House(database)
    database.close()


def test_each_change_is_rendered_once(house: House) -> None:
    house.put("a=A", "b=B even")
    assert house.follower.follow() == 2
    assert sorted(house.renderer.rendered) == [("odd", 1), ("odd", 2), ("plain", 1), ("plain", 2)]
    assert house.follower.follow() == 0
    assert house.page() == ["1 A", "1 B even"]
    assert house.page("odd") == ["1 A"]
    assert len(house.renderer.rendered) == 4
    house.put("a=A", "c=C")
    assert house.follower.follow() == 1
    assert len(house.renderer.rendered) == 6
    assert house.follower.position() == 3


def test_what_changes_leaves_its_place(house: House) -> None:
    house.put("a=A x", "b=B x", "c=C")
    house.follower.follow()
    house.put("a=A2 y", "b=")
    assert [sorted(numbers) for numbers in house.kept().values()] == [[3], [3]]
    assert house.members() == []
    assert house.page() == ["1 C", "1 A2 y", "1 - x"]
    house.follower.follow()
    assert [sorted(numbers) for numbers in house.kept().values()] == [[3, 4, 5], [3, 4, 5]]
    assert house.members() == [("x", 5), ("y", 4)]
    assert house.page() == ["1 C", "1 A2 y", "1 - x"]
    assert house.page(specs=("x",)) == ["1 - x"]


def test_a_record_that_changes_while_it_is_rendered(house: House) -> None:
    house.put("a=A x", "b=B x")
    house.renderer.meanwhile = lambda: house.put("a=A2 z")
    house.follower.follow()
    assert house.page() == ["1 B x", "1 A2 z"]
    assert [sorted(numbers) for numbers in house.kept().values()] == [[2, 3], [2, 3]]
    assert house.members() == [("x", 2), ("z", 3)]


def test_a_fault_leaves_nothing_half_done(house: House) -> None:
    house.put("a=A x", "b=B y")

    def fails() -> None:
        raise ZeroDivisionError

    house.renderer.meanwhile = fails
    with pytest.raises(ZeroDivisionError):
        house.follower.follow()
    assert house.kept() == {}
    assert house.members() == []
    assert house.page() == ["1 A x", "1 B y"]
    house.follower.follow()
    assert len(house.kept()) == 2


def test_two_followers_and_a_writer_at_once(house: House) -> None:
    house.put(*(f"r{number}=T{number} x" for number in range(300)))
    faults: list[BaseException] = []

    def follow() -> None:
        try:
            follower = Representations(house.database, Plain())
            for _ in range(10):
                # Without the lock that keeps others from doing the same work.
                follower._follow_batch()
        except BaseException as fault:
            faults.append(fault)

    house.follower._register(renew=True)
    threads = [threading.Thread(target=follow) for _ in range(2)]
    for thread in threads:
        thread.start()
    for turn in range(10):
        house.put(*(f"r{number}=U{turn} y" for number in range(turn * 10, turn * 10 + 30)))
    for thread in threads:
        thread.join()
    assert faults == []
    house.follower.follow()
    with house.database.read() as connection:
        alive = list(connection.scalars(select(tables.record.c.sequence).order_by("sequence")))
    assert list(house.kept().values()) == [alive, alive]
    assert [sequence for _, sequence in sorted(house.members(), key=lambda pair: pair[1])] == alive
    expected = house.page()
    house.renderer.editions = {SETS: "other"}
    assert house.page() == expected


def test_another_edition_grows_beside_and_replaces_the_old(house: House) -> None:
    house.put("a=A x", "b=B y")
    house.follower.follow()
    newer = Plain("2")
    assert [row[1] for row in rows_of(house.database, newer)] == [b"2 A x", b"2 B y"]
    assert house.page() == ["1 A x", "1 B y"]
    assert Representations(house.database, newer).follow(renew=False) == 0
    assert house.editions().keys() == {"sets", "plain@1", "odd@1"}
    assert Representations(house.database, newer).follow() == 2
    # The old one is no longer trusted, and dropped the next time: somebody may be reading from it.
    assert house.editions() == {"sets": 2, "plain@1": -1, "odd@1": -1, "plain@2": 2, "odd@2": 2}
    assert len(house.kept()) == 4
    assert house.page() == ["1 A x", "1 B y"]
    assert Representations(house.database, newer).follow() == 0
    assert house.editions() == {"sets": 2, "plain@2": 2, "odd@2": 2}
    assert len(house.kept()) == 2
    assert house.members() == [("x", 1), ("y", 2)]
    # A process of the old edition goes on answering as it did.
    assert house.page() == ["1 A x", "1 B y"]


def test_a_command_may_begin_where_nothing_is_kept(house: House) -> None:
    house.put("a=A")
    assert house.follower.follow(renew=False) == 1


def test_only_one_process_follows_at_a_time(house: House) -> None:
    house.put("a=A")
    with house.database.source_lock(".representations"):
        assert house.follower.follow() == 0
    assert house.follower.follow() == 1


def test_many_batches(house: House) -> None:
    house.put(*(f"r{number}=T x{number % 3}" for number in range(1200)))
    assert house.follower.follow() == 1200
    assert len(rows_of(house.database, house.renderer, specs=("x1",))) == 400
    with house.database.read() as connection:
        assert connection.scalar(select(func.count()).select_from(tables.oai_set)) == 3
    house.renderer = newer = Plain("3")
    for _ in range(2):
        Representations(house.database, newer).follow()
    assert [len(numbers) for numbers in house.kept().values()] == [1200, 1200]


def test_a_secret_is_made_once(house: House) -> None:
    first = kept_secret(house.database, "x")
    assert len(first) > 40
    assert kept_secret(house.database, "x") == first
    assert kept_secret(house.database, "y") != first


def test_a_killed_follower_leaves_what_the_next_one_finishes(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/catalogue.db"
    database = Database(url)
    house = House(database)
    house.put(*(f"r{number}=T x{number % 7}" for number in range(3000)))
    program = (
        "import sys\n"
        "from catalogue.database import Database\n"
        "from catalogue.representations import Representations\n"
        "from tests.catalogue.test_representations import Plain\n"
        f"follower = Representations(Database({url!r}), Plain())\n"
        "print('ready', flush=True)\n"
        "follower.follow()\n"
    )
    for delay in (0.0, 0.02, 0.05, 0.1):
        process = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, cwd=PROJECT)
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(delay)
        process.kill()
        process.wait()
        process.stdout.close()
        done = max([0, *house.editions().values()])
        assert all(numbers == list(range(1, done + 1)) for numbers in house.kept().values())
        assert len(house.members()) == done
        assert len(rows_of(database, house.renderer)) == 1000
    house.follower.follow()
    assert [len(numbers) for numbers in house.kept().values()] == [3000, 3000]
    assert len(house.members()) == 3000
    database.close()
