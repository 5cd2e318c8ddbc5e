"""What pages and crawlers ask of the database, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy

from catalogue import reports
from catalogue.database import Database
from catalogue.errors import NotFound
from catalogue.record import Issue, Mapped, Page, Provenance, RawRecord, Record, Text, record_id
from catalogue.reports import Reports
from catalogue.runs import Run, Sources
from catalogue.sources import Source
from catalogue.store import Store


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path}/catalogue.db"
    else:
        url = request.getfixturevalue("postgres_url")
    opened = Database(url)
    yield opened
    opened.close()


def read(raw: RawRecord, provenance: Provenance) -> Mapped:
    title = raw.data.decode()
    record = Record(
        id=record_id(provenance.source, raw.identifier),
        kind="dataset",
        titles=(Text(value=title),),
        provenance=provenance,
    )
    issues = (Issue(identifier=raw.identifier, path="/rights", reason="no licence"),) * ("bare" in title)
    return Mapped(record=record, issues=issues)


def harvest(database: Database, source: str, titles: dict[str, str | None]) -> Run:
    sources, store = Sources(database), Store(database)
    if source not in [known.name for known in sources.all()]:
        sources.add(Source(name=source, kind="oai-pmh", url="http://localhost/oai"))
    raws = tuple(
        RawRecord(identifier=name, format="test", data=(title or "").encode(), deleted=title is None)
        for name, title in titles.items()
    )
    run = store.put_page(sources.begin_run(source), Page(records=raws), read)
    return sources.finish_run(run, "succeeded", since=run.started)


def test_counting_reads_no_record(tmp_path: Path) -> None:
    """A page of sources must not wait until the gigabytes of all records have been read."""
    database = Database(f"sqlite:///{tmp_path}/catalogue.db")
    counts = []
    with database.read() as connection:
        sqlalchemy.event.listen(
            database.engine, "before_cursor_execute", lambda *told: counts.append((told[2], told[3]))
        )
        Sources(database).add(Source(name="alpha", kind="oai-pmh", url="http://localhost/oai"))
        Reports(database).states()
        Sources(database).state("alpha")
        asked = [one for one in counts if "count(*)" in one[0]]
        assert len(asked) == 9
        for statement, values in asked:
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).all()
            assert all("COVERING INDEX" in row[3] for row in plan), (statement, plan)
    database.close()


def test_states_say_the_same_as_each_state(database: Database) -> None:
    harvest(database, "alpha", {"1": "x", "2": "bare", "3": "y"})
    harvest(database, "alpha", {"1": None})
    harvest(database, "beta", {"1": "bare"})
    Sources(database).add(Source(name="gamma", kind="oai-pmh", url="http://localhost/oai"))
    states = Reports(database).states()
    assert [state.source.name for state in states] == ["alpha", "beta", "gamma"]
    assert states == [Sources(database).state(state.source.name) for state in states]
    assert (states[0].records, states[0].tombstones, states[0].issues) == (2, 1, 1)
    assert states[2].last_run is None


def test_states_cost_the_same_for_many_sources(database: Database) -> None:
    def cost() -> int:
        asked: list[str] = []

        def count(connection: object, cursor: object, statement: str, *_: object) -> None:
            if statement.startswith("SELECT"):
                asked.append(statement)

        sqlalchemy.event.listen(database.engine, "before_cursor_execute", count)
        Reports(database).states()
        sqlalchemy.event.remove(database.engine, "before_cursor_execute", count)
        return len(asked)

    harvest(database, "alpha", {"1": "x"})
    one = cost()
    for name in ("beta", "gamma", "delta"):
        harvest(database, name, {"1": "x"})
    assert cost() == one


def test_runs_go_back_page_by_page(database: Database) -> None:
    numbers = [harvest(database, "alpha", {"1": "x"}).number for _ in range(5)]
    report = Reports(database)
    first = report.runs("alpha", limit=2)
    assert [run.number for run in first] == numbers[:-3:-1]
    second = report.runs("alpha", before=first[-1].number, limit=10)
    assert [run.number for run in first + second] == numbers[::-1]
    with pytest.raises(NotFound, match="beta"):
        report.runs("beta")


def test_issues_are_grouped_by_what_they_say(database: Database) -> None:
    harvest(database, "alpha", {"1": "bare", "2": "bare stone", "3": "x"})
    (group,) = Reports(database).issue_groups("alpha")
    assert (group.rule, group.path, group.reason, group.records) == ("crosswalk", "/rights", "no licence", 2)


def test_sitemaps_hold_every_live_record_once(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reports, "SITEMAP_SIZE", 3)
    harvest(database, "alpha", {str(number): f"title {number}" for number in range(8)})
    harvest(database, "alpha", {"0": None, "1": "changed"})
    report, store = Reports(database), Store(database)
    parts = report.sitemap_parts()
    found = [entry for number, _ in parts for entry in report.sitemap(number)]
    assert found == [(change.id, change.datestamp) for change in store.walk()]
    assert len(found) == 7
    assert max(len(report.sitemap(number)) for number, _ in parts) <= 3
    for number, changed in parts:
        assert all(datestamp <= changed for _, datestamp in report.sitemap(number))
