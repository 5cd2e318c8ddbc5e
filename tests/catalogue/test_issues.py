"""Issues: first and last seen without rewriting them, in groups, fast with a hundred thousand."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy
from alembic import command
from alembic.config import Config

from catalogue import database as database_module
from catalogue import runs, store, tables
from catalogue.database import Database
from catalogue.errors import NotFound
from catalogue.issues import gist_of, pattern_of
from catalogue.record import Issue, Page
from catalogue.runs import Run, Sources
from catalogue.sources import Source
from catalogue.store import Store
from tests.catalogue.test_store import raw, read

Opened = tuple[Database, Sources, Store]


@pytest.fixture(params=["sqlite", "postgresql"])
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Opened]:
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path}/catalogue.db"
    else:
        url = request.getfixturevalue("postgres_url")
    database = Database(url)
    registry = Sources(database)
    registry.add(Source(name="zoo", kind="oai-pmh", url="http://localhost/oai", options={"full-every": "0"}))
    yield database, registry, Store(database)
    database.close()


@pytest.fixture
def day(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """A clock whose day is told."""
    present = [1]

    def now() -> str:
        return f"2026-01-{present[0]:02d}T00:00:00Z"

    for module in (runs, store):
        monkeypatch.setattr(module, "now", now)
    monkeypatch.setattr("catalogue.writing.now", now)
    monkeypatch.setattr("catalogue.sequence.now", now)
    yield present


def harvest(
    opened: Opened, *records: str, full: bool = False, lost: tuple[str, ...] = (), whole: bool = True
) -> Run:
    """A run with these records (a name with «odd» has an issue), then the comparison of a full list."""
    _, sources, pages = opened
    run = sources.begin_run("zoo", full=full)
    issues = tuple(Issue(identifier=one, path="/", reason="gone", rule="unreadable") for one in lost)
    run = pages.put_page(run, Page(records=tuple(raw(one) for one in records), issues=issues), read)
    if run.full and whole:
        pages.absence(run, grace_days=7, note=True)
    status: runs.RunStatus = "succeeded" if whole else "partial"
    confirmed = run.started if whole else None
    return sources.finish_run(run, status, since=run.started, confirmed=confirmed)


def spans(opened: Opened) -> dict[str, tuple[str, str]]:
    """The days at which the issues of each record were seen first and last."""
    return {issue.identifier: (issue.since[8:10], issue.seen[8:10]) for issue in opened[1].all_issues("zoo")}


def test_first_and_last_seen(opened: Opened, day: list[int]) -> None:
    harvest(opened, "odd1", "odd2", "good")
    assert spans(opened) == {"odd1": ("01", "01"), "odd2": ("01", "01")}
    day[0] = 2
    harvest(opened)
    # Nothing has changed at the source: what was odd is odd.
    assert spans(opened) == {"odd1": ("01", "02"), "odd2": ("01", "02")}
    day[0] = 3
    harvest(opened, "odd1", "good", full=True)
    assert spans(opened) == {"odd1": ("01", "03"), "odd2": ("01", "02")}
    day[0] = 4
    harvest(opened, whole=False)
    assert spans(opened) == {"odd1": ("01", "03"), "odd2": ("01", "02")}
    day[0] = 5
    harvest(opened, "odd1", "odd2", "good", full=True)
    assert spans(opened) == {"odd1": ("01", "05"), "odd2": ("01", "05")}
    day[0] = 6
    harvest(opened, "odd3")
    assert spans(opened)["odd3"] == ("06", "06")


def test_what_does_not_arrive_was_seen_when_it_was_asked_for(opened: Opened, day: list[int]) -> None:
    harvest(opened, "a", lost=("b",))
    day[0] = 2
    harvest(opened)
    assert spans(opened) == {"b": ("01", "01")}
    day[0] = 3
    harvest(opened, lost=("b",))
    assert spans(opened) == {"b": ("01", "03")}
    day[0] = 4
    harvest(opened, "b")
    assert spans(opened) == {}


def test_an_issue_that_stands_is_not_written_again(opened: Opened, day: list[int]) -> None:
    database = opened[0]
    harvest(opened, *(f"odd{number}" for number in range(50)))
    written: list[str] = []

    def note(connection: object, cursor: object, statement: str, *_: object) -> None:
        if statement.startswith(("UPDATE issue", "INSERT INTO issue", "DELETE FROM issue")):
            written.append(statement)

    sqlalchemy.event.listen(database.engine, "before_cursor_execute", note)
    day[0] = 2
    harvest(opened, *(f"odd{number}" for number in range(50)), full=True)
    harvest(opened)
    assert [one for one in written if "unnamed" not in one and not one.startswith("DELETE")] == []
    assert set(spans(opened).values()) == {("01", "02")}


def test_groups(opened: Opened, day: list[int]) -> None:
    _, sources, _ = opened
    harvest(opened, *(f"odd{number}" for number in range(5)), "refuse")
    day[0] = 2
    harvest(opened, "odd9", full=True)
    first, second = sources.issue_groups("zoo")
    assert (first.rule, first.reason, first.path, first.records, first.issues) == (
        "crosswalk",
        "odd",
        "/date",
        6,
        6,
    )
    assert (first.first[:10], first.last[:10]) == ("2026-01-01", "2026-01-02")
    assert first.examples == ("odd0", "odd1", "odd2")
    assert (second.rule, second.records, second.last[:10]) == ("refused", 1, "2026-01-01")
    assert sources.issue_groups("zoo", limit=1) == [first]
    with pytest.raises(NotFound):
        sources.issue_groups("nowhere")
    with pytest.raises(NotFound):
        sources.all_issues("nowhere")


def test_figures_and_places_do_not_divide_a_group(opened: Opened) -> None:
    _, sources, pages = opened
    run = sources.begin_run("zoo")
    told = [
        ("a", "creators[0].name", "The name has 300 characters."),
        ("a", "creators[7].name", "The name has 2,400 characters."),
        ("b", "creators[0].name", "The name has 301 characters."),
        ("b", "line 3, column 9", "«x» is no unit."),
    ]
    issues = [
        Issue(identifier=who, path=path, reason=reason, rule="unreadable") for who, path, reason in told
    ]
    pages.put_page(run, Page(records=(), issues=tuple(issues)), read)
    first, second = sources.issue_groups("zoo")
    assert (first.reason, first.path) == ("The name has # characters.", "creators[*].name")
    assert (first.records, first.issues, first.examples) == (2, 3, ("a", "b"))
    assert (second.reason, second.path) == ("«x» is no unit.", "line 3, column 9")


@pytest.mark.parametrize(
    ("text", "gist"),
    [
        ("The title has 2400 characters, the limit is 2,000.", "The title has # characters, the limit is #."),
        ("«10 m/s» is no unit", "«…» is no unit"),
        ("no figures", "no figures"),
    ],
)
def test_the_gist_of_a_reason(text: str, gist: str) -> None:
    assert gist_of(text) == gist


@pytest.mark.parametrize(
    ("path", "pattern"),
    [
        ("a[0].b[12].c2", "a[*].b[*].c2"),
        ("/resource/creator[2]/name", "/resource/creator[*]/name"),
        ("line 3, column 14", "line *, column *"),
        ("online 3", "online *"),
        ("/", "/"),
    ],
)
def test_the_pattern_of_a_path(path: str, pattern: str) -> None:
    assert pattern_of(path) == pattern


def many(database: Database, count: int) -> None:
    rows = [
        {
            "source": 1,
            "id": f"{number // 2:020d}",
            "identifier": f"oai:zoo:{number // 2}",
            "path": f"creators[{number % 9}].name",
            "rule": "crosswalk",
            "reason": f"Reason {number % 40} with {number} figures.",
            "since": "2026-01-01T00:00:00Z",
            "seen": "2026-01-01T00:00:00Z",
            "stands": True,
            "topic": f"{number % 40:016d}",
        }
        for number in range(count)
    ]
    with database.write() as connection:
        connection.execute(sqlalchemy.insert(tables.issue), rows)


def test_a_hundred_thousand_issues_are_grouped_quickly(opened: Opened) -> None:
    database, sources, _ = opened
    many(database, 100_000)
    times = []
    for _ in range(3):
        begun = time.perf_counter()
        groups = sources.issue_groups("zoo")
        times.append(time.perf_counter() - begun)
    assert len(groups) == 40
    assert sum(group.issues for group in groups) == 100_000
    print(f"{min(times):.2f} s")
    assert min(times) < 2


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_issues_of_an_older_database_are_described(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    url = f"sqlite:///{tmp_path}/old.db" if kind == "sqlite" else request.getfixturevalue("postgres_url")
    config = Config()
    config.set_main_option("script_location", str(database_module._MIGRATIONS))
    engine = sqlalchemy.create_engine(url)
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0002")
        connection.exec_driver_sql(
            "INSERT INTO source (number, name, kind, url, sets, options) "
            "VALUES (1, 'zoo', 'oai-pmh', 'http://x/', '[]', '{}')"
        )
        connection.exec_driver_sql(
            'INSERT INTO run (number, source, started, status, "full", raws_before, fetched, created, '
            "updated, unchanged, deleted, quarantined, pages, requests, seconds) "
            "VALUES (1, 1, '2025-01-01T00:00:00Z', 'succeeded', true, 0, 3, 3, 0, 0, 0, 0, 1, 1, 2.0)"
        )
        for number in range(2500):
            connection.exec_driver_sql(
                "INSERT INTO issue (source, id, identifier, path, rule, reason, since) "
                f"VALUES (1, '{number}', 'oai:{number}', 'a[{number}]', 'unreadable', "
                f"'Has {number} «x».', '2025-01-01T00:00:00Z')"
            )
    engine.dispose()
    database = Database(url)
    sources = Sources(database)
    (group,) = sources.issue_groups("zoo")
    assert (group.reason, group.path, group.records) == ("Has # «…».", "a[*]", 2500)
    assert group.last == "2025-01-01T00:00:00Z"
    (run,) = sources.runs("zoo")
    assert (run.excluded, run.fetched_before, run.phase, run.rate) == (0, 0, None, 1.5)
    with database.write() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "0002")
        assert connection.exec_driver_sql("SELECT count(*) FROM issue").scalar() == 2500
    database.close()
