"""The store on both databases: pages, changes, history, issues, absence, remap."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import func, select

from catalogue import tables
from catalogue.database import Database
from catalogue.errors import (
    Conflict,
    Gone,
    NotFound,
    RecordRefused,
    RecordWithdrawn,
    SettingsError,
    SourceBusy,
    StoreTooNew,
    StoreUnavailable,
)
from catalogue.record import Issue, Mapped, Page, Provenance, RawRecord, Record, Text, record_id
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


@pytest.fixture
def sources(database: Database) -> Sources:
    registry = Sources(database)
    registry.add(Source(name="zoo", kind="oai-pmh", url="http://localhost/oai"))
    return registry


@pytest.fixture
def store(database: Database, sources: Sources) -> Store:
    return Store(database)


def read(raw: RawRecord, provenance: Provenance) -> Mapped:
    """A crosswalk for tests: the bytes are the title."""
    if raw.data == b"refuse":
        raise RecordRefused("no title", path="/title")
    if raw.data == b"withdrawn":
        raise RecordWithdrawn("the resource is deleted", path="/@status")
    if raw.data == b"bug":
        raise ZeroDivisionError
    record = Record(
        id=record_id(provenance.source, raw.identifier),
        kind="dataset",
        titles=(Text(value=raw.data.decode().rstrip("!")),),
        provenance=provenance,
    )
    issues = (Issue(identifier=raw.identifier, path="/date", reason="odd"),) if b"odd" in raw.data else ()
    return Mapped(record=record, issues=issues)


def raw(identifier: str, title: str = "", *, deleted: bool = False) -> RawRecord:
    data = b"" if deleted else (title or identifier).encode()
    return RawRecord(identifier=identifier, format="test", data=data, deleted=deleted, datestamp="2020-01-01")


def harvest(
    store: Store, sources: Sources, *raws: RawRecord, full: bool = False, issues: tuple[Issue, ...] = ()
) -> Run:
    run = sources.begin_run("zoo", full=full)
    run = store.put_page(run, Page(records=raws, issues=issues), read)
    return sources.finish_run(run, "succeeded", since=run.started)


def titles(store: Store) -> dict[str, str | None]:
    return {change.id: change.record.title if change.record else None for change in store.walk(deleted=True)}


A, B = record_id("zoo", "a"), record_id("zoo", "b")


def test_a_page_brings_records_with_sequence_and_datestamp(store: Store, sources: Sources) -> None:
    run = harvest(store, sources, raw("a"), raw("b"))
    assert (run.fetched, run.created, run.pages) == (2, 2, 1)
    first, second = store.changes()
    assert (first.sequence, second.sequence) == (1, 2)
    assert first.datestamp == second.datestamp >= run.started
    assert store.get(A).title == "a"
    assert store.get(A).provenance.datestamp == "2020-01-01"
    assert store.raw(A).data == b"a"
    assert store.last_sequence() == 2


def test_nothing_changed_gives_no_new_datestamp(store: Store, sources: Sources) -> None:
    harvest(store, sources, raw("a"), raw("b"))
    before = store.changes()
    run = harvest(store, sources, raw("a"), raw("b"))
    assert (run.unchanged, run.updated, run.created) == (2, 0, 0)
    assert store.changes() == before


def test_raw_change_that_maps_to_the_same_keeps_the_datestamp(store: Store, sources: Sources) -> None:
    harvest(store, sources, raw("a"))
    run = harvest(store, sources, raw("a", "a!"))
    assert (run.unchanged, run.updated) == (1, 0)
    assert store.last_sequence() == 1
    assert store.raw(A).data == b"a!"


def test_what_only_the_header_says_anew_is_provenance(store: Store, sources: Sources) -> None:
    harvest(store, sources, raw("a"))
    later = replace(raw("a"), datestamp="2021-01-01", sets=("physics",))
    assert harvest(store, sources, later).unchanged == 1
    assert store.last_sequence() == 1
    provenance = store.get(A).provenance
    assert (provenance.datestamp, provenance.sets) == ("2021-01-01", ("physics",))


def test_an_update_moves_to_the_end_and_keeps_history(store: Store, sources: Sources) -> None:
    harvest(store, sources, raw("a"), raw("b"))
    run = harvest(store, sources, raw("a", "new"))
    assert run.updated == 1
    assert [change.id for change in store.changes()] == [B, A]
    assert [version.record.title for version in store.history(A) if version.record] == ["new", "a"]


def test_deletion_leaves_a_tombstone_and_return_revives(store: Store, sources: Sources) -> None:
    harvest(store, sources, raw("a"))
    run = harvest(store, sources, raw("a", deleted=True))
    assert run.deleted == 1
    with pytest.raises(Gone):
        store.get(A)
    assert titles(store) == {A: None}
    assert harvest(store, sources, raw("a", deleted=True)).unchanged == 1
    assert harvest(store, sources, raw("a")).created == 1
    assert store.get(A).title == "a"
    assert [version.record is None for version in store.history(A)] == [False, True, False]


def test_a_record_first_met_as_deleted_is_a_tombstone(store: Store, sources: Sources) -> None:
    assert harvest(store, sources, raw("a", deleted=True)).deleted == 1
    assert titles(store) == {A: None}


def test_a_record_that_says_that_it_is_deleted_is_a_tombstone(store: Store, sources: Sources) -> None:
    harvest(store, sources, raw("a"))
    run = harvest(store, sources, raw("a", "withdrawn"), raw("b", "withdrawn"))
    assert (run.deleted, run.quarantined) == (2, 0)
    assert titles(store) == {A: None, B: None}
    assert sources.issues("zoo") == []
    last = store.last_sequence()
    assert harvest(store, sources, raw("a", "withdrawn"), raw("b", "withdrawn")).unchanged == 2
    assert store.last_sequence() == last
    assert harvest(store, sources, raw("a", "back")).created == 1


def test_refused_records_are_kept_raw_with_an_issue(store: Store, sources: Sources) -> None:
    run = harvest(store, sources, raw("a", "refuse"), raw("b"), raw("c", "bug"))
    assert (run.created, run.quarantined) == (1, 2)
    found = [issue for _, issue in sources.issues("zoo")]
    assert [(issue.identifier, issue.path, issue.rule) for issue in found] == [
        ("a", "/title", "refused"),
        ("c", "/", "bug"),
    ]
    assert store.raw(A).state == "quarantined"
    assert harvest(store, sources, raw("a", "refuse")).quarantined == 1
    again = [issue for _, issue in sources.issues("zoo")]
    assert again == found
    run = harvest(store, sources, raw("a", "fine"))
    assert run.created == 1
    assert [issue.identifier for _, issue in sources.issues("zoo")] == ["c"]


def test_a_mapped_record_stays_when_its_new_form_is_refused(store: Store, sources: Sources) -> None:
    harvest(store, sources, raw("a", "good"))
    assert harvest(store, sources, raw("a", "refuse")).quarantined == 1
    assert store.get(A).title == "good"


def test_records_that_did_not_arrive_count_as_quarantined(store: Store, sources: Sources) -> None:
    lost = Issue(identifier="z", path="/", reason="not well-formed", rule="unreadable")
    run = harvest(store, sources, raw("a"), issues=(lost,))
    assert (run.fetched, run.created, run.quarantined) == (2, 1, 1)
    assert [issue.rule for _, issue in sources.issues("zoo")] == ["unreadable"]
    assert sources.state("zoo").issues == 1


def test_the_issue_of_a_record_that_did_not_arrive_ends_when_it_does(store: Store, sources: Sources) -> None:
    harvest(store, sources, raw("a", "odd"))
    lost = Issue(identifier="a", path="/record", reason="the server timed out", rule="unreadable")
    harvest(store, sources, issues=(lost,))
    harvest(store, sources, issues=(lost,))
    assert sorted(issue.rule for _, issue in sources.issues("zoo")) == ["crosswalk", "unreadable"]
    assert harvest(store, sources, raw("a", "odd")).unchanged == 1
    assert [issue.rule for _, issue in sources.issues("zoo")] == ["crosswalk"]


def test_issues_of_records_without_a_name_end_with_the_next_full_list(store: Store, sources: Sources) -> None:
    harvest(store, sources, issues=(Issue(identifier="(record 1)", path="/", reason="?", rule="unnamed"),))
    harvest(store, sources, raw("a"))
    assert sources.state("zoo").issues == 1
    harvest(store, sources, raw("a"), full=True)
    assert sources.state("zoo").issues == 0


def test_grace_begins_anew_for_a_record_that_came_between(store: Store, sources: Sources) -> None:
    def missing_since() -> str | None:
        with store.database.read() as connection:
            row = tables.raw_record.c
            since: str | None = connection.scalar(select(row.missing_since).where(row.id == B))
            return since

    harvest(store, sources, raw("a"), raw("b"))
    run = sources.begin_run("zoo", full=True)
    run = store.put_page(run, Page(records=(raw("a"),)), read)
    store.absence(run, grace_days=7, note=True)
    sources.finish_run(run, "succeeded", since=run.started)
    assert missing_since() == run.started
    # An incremental harvest brings it again, be it as it was.
    assert harvest(store, sources, raw("b")).unchanged == 1
    assert missing_since() is None


def test_only_what_another_list_may_come_of_is_read_from_the_beginning(
    store: Store, sources: Sources
) -> None:
    harvest(store, sources, raw("a"))
    source = sources.get("zoo")
    sources.change(replace(source, schedule="1 2 * * *", options={"delay": "3"}))
    assert sources.state("zoo").since is not None
    assert sources.get("zoo").delay == 3
    sources.change(replace(source, sets=("physics",)))
    assert sources.state("zoo").since is None


def test_the_same_identifier_twice_in_a_page_counts_once(store: Store, sources: Sources) -> None:
    run = harvest(store, sources, raw("a", "first"), raw("a", "second"))
    assert (run.fetched, run.created, run.unchanged) == (2, 1, 1)
    assert store.get(A).title == "second"


def test_absence_needs_a_full_list_and_grace(store: Store, sources: Sources) -> None:
    harvest(store, sources, raw("a"), raw("b"))
    run = sources.begin_run("zoo", full=True)
    run = store.put_page(run, Page(records=(raw("a"),)), read)
    assert store.absence(run, grace_days=7, note=True).due == ()
    absence = store.absence(run, grace_days=0, note=True)
    assert (absence.live, absence.missing, absence.due) == (2, 1, (B,))
    assert store.withdraw("zoo", absence.due) == 1
    assert titles(store) == {A: "a", B: None}
    sources.finish_run(run, "succeeded", since=run.started)
    assert harvest(store, sources, raw("b")).created == 1


def test_only_the_sets_that_were_read_in_full_lack_records(store: Store, sources: Sources) -> None:
    harvest(store, sources, *(replace(raw(one), sets=("x" if one in "ab" else "y",)) for one in "abcd"))
    run = sources.begin_run("zoo")
    assert not run.full
    run = store.put_page(run, Page(records=(replace(raw("a"), sets=("x",)),)), read)
    absence = store.absence(run, grace_days=0, note=True, among=frozenset({"x"}))
    assert (absence.live, absence.missing, absence.due) == (2, 1, (B,))
    spared = store.absence(run, grace_days=0, note=False, among=frozenset({"x"}), spared=frozenset({"x"}))
    assert spared.missing == 0


def test_a_killed_run_goes_on_where_it_was(store: Store, sources: Sources) -> None:
    run = sources.begin_run("zoo")
    store.put_page(run, Page(records=(raw("a"),), checkpoint={"token": "2"}), read)
    resumed = sources.begin_run("zoo")
    assert resumed.number == run.number
    assert (resumed.resumed, resumed.checkpoint, resumed.fetched) == (True, {"token": "2"}, 1)
    sources.finish_run(resumed, "failed", error="gone")
    third = sources.begin_run("zoo")
    assert third.number != run.number
    assert (third.resumed, third.checkpoint, third.full) == (True, {"token": "2"}, True)
    store.put_page(third, Page(records=(raw("b"),), checkpoint={"done": True}), read)
    assert store.absence(third, grace_days=0, note=True).missing == 0
    sources.finish_run(third, "succeeded", since=third.started)
    assert sources.begin_run("zoo").full is False


def test_remap_needs_no_network_and_changes_only_what_differs(store: Store, sources: Sources) -> None:
    harvest(store, sources, raw("a"), raw("b"), raw("c", "refuse"), raw("d", deleted=True))
    before = store.last_sequence()

    def other(one: RawRecord, provenance: Provenance) -> Mapped:
        if one.identifier == "b":
            return read(one, provenance)
        return read(RawRecord(identifier=one.identifier, format="test", data=b"again"), provenance)

    after, counts = store.remap("zoo", other)
    assert after == 0
    assert (counts["updated"], counts["unchanged"], counts["created"]) == (1, 1, 1)
    assert store.last_sequence() == before + 2
    assert sources.issues("zoo") == []
    assert store.raw(A).data == b"a"


def test_unknown_ids_and_names_say_so(store: Store, sources: Sources) -> None:
    with pytest.raises(NotFound, match="no record «nope»"):
        store.get("nope")
    with pytest.raises(NotFound, match="known are zoo"):
        sources.get("nope")
    with pytest.raises(Conflict, match="zoo"):
        sources.add(Source(name="zoo", kind="oai-pmh", url="http://localhost/oai"))
    with pytest.raises(SettingsError, match="lower-case"):
        sources.add(Source(name="Zoo!", kind="oai-pmh", url="http://localhost/oai"))


def test_a_removed_source_can_come_back(store: Store, sources: Sources) -> None:
    harvest(store, sources, raw("a"))
    store.withdraw("zoo", store.live_ids("zoo"))
    sources.forget("zoo")
    assert sources.all() == []
    assert titles(store) == {A: None}
    sources.add(Source(name="zoo", kind="oai-pmh", url="http://localhost/oai"))
    assert harvest(store, sources, raw("a")).created == 1


def test_one_process_harvests_a_source(database: Database) -> None:
    with database.source_lock("zoo"):
        with pytest.raises(SourceBusy), database.source_lock("zoo"):
            pass
        with database.source_lock("other"):
            pass
    with database.source_lock("zoo"):
        pass


def test_a_reading_transaction_sees_one_state(database: Database, store: Store, sources: Sources) -> None:
    with database.read() as connection:
        assert connection.scalar(select(func.count()).select_from(tables.record)) == 0
        harvest(store, sources, raw("a"))
        assert connection.scalar(select(func.count()).select_from(tables.record)) == 0
    assert store.last_sequence() == 1


def test_a_lock_that_the_server_has_dropped_harms_nothing(postgres_url: str) -> None:
    database, other = Database(postgres_url), Database(postgres_url)
    cut = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = "
    )
    with database.source_lock("zoo"), other.write() as connection:
        connection.exec_driver_sql(cut + "current_database()")
    with database.source_lock("zoo"):
        pass
    other.close()
    database.close()


def test_a_folder_without_locks_is_said(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/catalogue.db")
    (tmp_path / "catalogue.db.locks").write_text("in the way")
    with pytest.raises(StoreUnavailable, match="No lock can be made"), database.source_lock("zoo"):
        pass
    database.close()


def test_a_newer_database_is_left_alone(database: Database) -> None:
    with database.write() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StoreTooNew, match="newer Almagest"):
        Database(database.url.render_as_string(hide_password=False))


def test_what_a_database_cannot_store_as_text_costs_no_page(store: Store, sources: Sources) -> None:
    lost = Issue(identifier="a\0b", path="/x\0", reason="odd \0\ud800", rule="unreadable", value="v\0")
    for _ in range(2):
        run = harvest(store, sources, raw("one"), raw("x\0y", "refuse"), issues=(lost,))
        assert run.fetched == 3
    known = {issue.identifier: issue for _, issue in sources.issues("zoo")}
    assert set(known) == {"a\ufffdb", "x\ufffdy"}
    assert (known["a\ufffdb"].path, known["a\ufffdb"].reason) == ("/x\ufffd", "odd \ufffd\ufffd")
    failed = sources.finish_run(sources.begin_run("zoo"), "failed", error="it said \0")
    assert failed.error == "it said \ufffd"


def test_a_long_list_is_compared_in_a_time_that_grows_with_it(database: Database, sources: Sources) -> None:
    """PostgreSQL takes a «NOT IN» of so many rows for a loop in a loop, which would take an hour."""
    many = 150_000
    run = replace(sources.begin_run("zoo"), raws_before=many)
    numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {})"
    nothing = "''" if not database.is_sqlite else "x''"
    columns = f"i, 'record ' || i, 1, 'live', NULL, {nothing}, {nothing}, {nothing}"
    with database.write() as connection:
        for statement in (
            f"INSERT INTO raw_record {numbers.format(many)} SELECT {columns} FROM n",
            f"INSERT INTO seen {numbers.format(many - 3)} SELECT 1, 'record ' || i FROM n",
            "ANALYZE",
        ):
            connection.exec_driver_sql(statement)
    begun = time.monotonic()
    absence = Store(database).absence(run, grace_days=7, note=True)
    assert (absence.live, absence.missing) == (many, 3)
    assert time.monotonic() - begun < 30


def test_a_source_that_is_removed_leaves_no_credential(database: Database) -> None:
    registry, hidden = (
        Sources(database),
        {"token": "sesame", "notify": "https://x.org/hook", "originals": "no"},
    )
    registry.add(Source(name="den", kind="oai-pmh", url="http://localhost/", options=hidden))
    registry.forget("den")
    with database.read() as connection:
        assert connection.scalar(select(tables.source.c.options)) == '{"originals":"no"}'
    assert registry.all() == []
