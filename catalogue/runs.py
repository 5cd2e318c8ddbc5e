"""The runs of the registered sources and their issues, as the database keeps them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Literal

import orjson
from sqlalchemy import Connection, Row, delete, func, insert, select, update

from catalogue import tables
from catalogue.database import storable
from catalogue.errors import NotFound, SettingsError
from catalogue.issues import (
    IssueGroup,
    SourceIssue,
    group_issues,
    list_issues,
    lost_identifiers,
)
from catalogue.registry import Registry
from catalogue.registry import now as now
from catalogue.sources import Source

RunStatus = Literal["running", "succeeded", "partial", "failed", "interrupted"]
Phase = Literal["connecting", "fetching", "reconciling"]
_FRESH = 86400
"""Seconds for which a full list that was cut off may be read on as if it were one with its beginning."""
COUNTS = (
    "fetched",
    "created",
    "updated",
    "unchanged",
    "deleted",
    "quarantined",
    "excluded",
    "pages",
    "requests",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One harvest of one source: what it was asked to do and what it has counted so far.

    ``since`` is where an incremental run begins (UTC; ``None``: everything); ``resumed``
    tells that an earlier process was cut off and this one goes on at ``checkpoint``.
    ``raws_before`` is the number of the last raw record that was there when it began: only
    records up to it can be missing from a full list.  ``fetched_before`` records of the same
    list were fetched by the runs that it goes on from.  ``phase`` and ``beat`` tell of a
    run that is going on what it does and when it last put something down.  ``transient`` tells
    of one that has failed just now that it may fare better soon; it is not stored.
    """

    number: int
    source: str
    source_number: int
    started: str
    full: bool
    status: RunStatus = "running"
    since: str | None = None
    raws_before: int = 0
    finished: str | None = None
    checkpoint: dict[str, Any] | None = None
    resumed: bool = False
    expected: int | None = None
    fetched: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    deleted: int = 0
    quarantined: int = 0
    excluded: int = 0
    pages: int = 0
    requests: int = 0
    seconds: float = 0.0
    error: str | None = None
    transient: bool = False
    fetched_before: int = 0
    phase: Phase | None = None
    beat: str | None = None

    @property
    def rate(self) -> float | None:
        """Records a second so far; none before the first page."""
        return self.fetched / self.seconds if self.fetched and self.seconds > 0 else None

    @property
    def eta(self) -> float | None:
        """Seconds until all records that the source announces are fetched, of a run that is going on."""
        if self.status != "running" or self.rate is None or not self.expected:
            return None
        return max(self.expected - self.fetched_before - self.fetched, 0) / self.rate


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceState:
    """A source with what is known of it now."""

    source: Source
    records: int
    tombstones: int
    quarantined: int
    issues: int
    since: str | None
    last_run: Run | None
    last_success: str | None
    excluded: int = 0


class Sources(Registry):
    """The registry of sources with their runs and issues."""

    def state(self, name: str) -> SourceState:
        """What is known of a source now."""
        source = self.get(name)
        record, raw, issue = tables.record.c, tables.raw_record.c, tables.issue.c
        with self._database.read() as connection:
            number = self._number(connection, name)
            by_state = select(record.deleted, func.count()).where(record.source == number)
            counts = {row.deleted: row[1] for row in connection.execute(by_state.group_by(record.deleted))}
            mine = raw.source == number
            quarantined = select(func.count()).where(mine, raw.state == "quarantined")
            excluded = select(func.count()).where(mine, raw.state == "excluded")
            issues = select(func.count()).where(issue.source == number)
            since = select(tables.source.c.since).where(tables.source.c.number == number)
            success = select(func.max(tables.run.c.finished)).where(
                tables.run.c.source == number, tables.run.c.status == "succeeded"
            )
            last = self._runs(connection, number, name, 1)
            return SourceState(
                source=source,
                records=counts.get(False, 0),
                tombstones=counts.get(True, 0),
                quarantined=connection.scalar(quarantined) or 0,
                excluded=connection.scalar(excluded) or 0,
                issues=connection.scalar(issues) or 0,
                since=connection.scalar(since),
                last_run=last[0] if last else None,
                last_success=connection.scalar(success),
            )

    def begin_run(self, name: str, *, full: bool = False, anew: bool = False) -> Run:
        """Begin a run, or go on with one that was cut off; hold `Database.source_lock` meanwhile.

        A run is full when asked for, when the source was never read to its end, and when
        its option ``full-every`` says that it is time.  A killed run is continued as
        itself, a failed one by a new run that begins at its checkpoint.  With ``anew`` only one that
        was killed or stopped during the last day is gone on with: of a list that has failed, or that
        is old, what was read before is not to be trusted.
        """
        source = self.get(name)
        with self._database.write() as connection:
            row = connection.execute(select(tables.source).where(tables.source.c.name == name)).one()
            latest = self._runs(connection, row.number, name, 1)
            cut_off = (
                latest[0] if latest and latest[0].status in {"running", "failed", "interrupted"} else None
            )
            fits = cut_off is not None and (cut_off.full or not full) and not (anew and _is_stale(cut_off))
            if cut_off and fits and row.checkpoint is not None:
                checkpoint = orjson.loads(row.checkpoint)
                if cut_off.status == "running":
                    return replace(cut_off, checkpoint=checkpoint, resumed=True)
                run = self._open(connection, row, name, cut_off)
                return replace(run, checkpoint=checkpoint, resumed=True)
            if cut_off and cut_off.status == "running":
                self._close(
                    connection, cut_off.number, "interrupted", "The process ended before the run did."
                )
            connection.execute(delete(tables.seen).where(tables.seen.c.source == row.number))
            connection.execute(
                update(tables.source).where(tables.source.c.number == row.number).values(checkpoint=None)
            )
            whole = full or row.since is None or _is_due(row.full_finished, source)
            if whole:
                # Nobody could tell which record they are about, nor that it has arrived since.
                issue = tables.issue.c
                unnamed = (issue.source == row.number) & (issue.rule == "unnamed")
                connection.execute(delete(tables.issue).where(unnamed))
            raws = connection.scalar(select(func.max(tables.raw_record.c.number))) or 0
            since = None if whole else row.since
            return self._open(connection, row, name, _like(name, full=whole, since=since, raws_before=raws))

    @staticmethod
    def _open(connection: Connection, row: Row[Any], name: str, like: Run) -> Run:
        """A new run of the same list as another one, which it goes on from."""
        present = now()
        values = {
            "source": row.number,
            "started": present,
            "status": "running",
            "full": like.full,
            "since": like.since,
            "raws_before": like.raws_before,
            "fetched_before": like.fetched_before + like.fetched,
            "phase": "connecting",
            "beat": present,
        }
        opened = connection.execute(insert(tables.run).values(values).returning(*tables.run.c)).one()
        return run_of(opened, name)

    def note_phase(self, run: Run, phase: Phase) -> Run:
        """Tell what a run does now."""
        run = replace(run, phase=phase, beat=now())
        with self._database.write() as connection:
            mine = update(tables.run).where(tables.run.c.number == run.number)
            connection.execute(mine.values(phase=run.phase, beat=run.beat, seconds=run.seconds))
        return run

    def finish_run(
        self,
        run: Run,
        status: RunStatus,
        *,
        since: str | None = None,
        seconds: float | None = None,
        error: str | None = None,
        begin_anew: bool = False,
        repeat: bool = False,
        memory: dict[str, Any] | None = None,
        confirmed: str | None = None,
    ) -> Run:
        """Close a run.  ``since`` is where the next one begins, unless it is to ``repeat`` this one.

        ``seconds`` is how long it took altogether.  ``begin_anew`` tells that the next run must
        not go on where this one ended.  ``memory`` is what the harvester wants to know again; it
        is kept when the run has ended well.  ``confirmed`` is when a run began that has read the
        whole of what it asked for: it has met all records that are not missing.
        """
        with self._database.write() as connection:
            self._close(connection, run.number, status, error, seconds)
            withdrawn = update(tables.run).where(tables.run.c.number == run.number)
            connection.execute(withdrawn.values(deleted=run.deleted))
            if begin_anew:
                connection.execute(
                    update(tables.source)
                    .where(tables.source.c.number == run.source_number)
                    .values(checkpoint=None)
                )
            if status in {"succeeded", "partial"}:
                values: dict[str, Any] = {"checkpoint": None}
                if since is not None and not repeat:
                    values["since"] = since
                if confirmed is not None:
                    values["confirmed"] = confirmed
                if memory is not None:
                    values["memory"] = orjson.dumps(memory).decode() if memory else None
                if run.full:
                    values["full_finished"] = None if repeat else now()
                connection.execute(
                    update(tables.source).where(tables.source.c.number == run.source_number).values(values)
                )
                connection.execute(delete(tables.seen).where(tables.seen.c.source == run.source_number))
            row = connection.execute(select(tables.run).where(tables.run.c.number == run.number)).one()
            return run_of(row, run.source)

    def fell_short_before(self, run: Run, missing: int) -> bool:
        """Whether it is no news that fewer records came than were announced, by so many that are missing.

        So it is where the run before this one was short and is repeated by it, and where the last full
        list lacked as many as this one does: its source counts wrong, or has what it cannot give.
        """
        column = tables.run.c
        ended = column.status.in_(("succeeded", "partial")) & (column.number < run.number)
        with self._database.read() as connection:
            mine = select(*tables.run.c).where(column.source == run.source_number, ended)
            newest = mine.order_by(column.number.desc()).limit(1)
            last = connection.execute(newest.where(column.full) if run.full else newest).first()
            number = tables.source.c.number
            finished = connection.scalar(
                select(tables.source.c.full_finished).where(number == run.source_number)
            )
        if last is None:
            return False
        if not run.full:
            return (last.full, last.since) == (False, run.since)
        return finished is None or (last.expected or 0) - last.fetched_before - last.fetched >= missing

    def runs(self, name: str, limit: int = 50) -> list[Run]:
        """The runs of a source, newest first."""
        with self._database.read() as connection:
            return self._runs(connection, self._number(connection, name), name, limit)

    def latest(self) -> dict[str, Run]:
        """The last run of each source that has one, by name."""
        last = select(func.max(tables.run.c.number)).group_by(tables.run.c.source)
        joined = tables.run.join(tables.source, tables.run.c.source == tables.source.c.number)
        query = select(*tables.run.c, tables.source.c.name.label("name")).select_from(joined)
        with self._database.read() as connection:
            rows = connection.execute(
                query.where(tables.run.c.number.in_(last), tables.source.c.removed.is_(None))
            )
            return {row.name: run_of(row, row.name) for row in rows}

    def ask_to_stop(self, run: Run) -> None:
        """Let the process that does this run end it after the page in work; see `is_to_stop`."""
        with self._database.write() as connection:
            name = _stop_mark(run.number)
            connection.execute(delete(tables.setting).where(tables.setting.c.name == name))
            connection.execute(insert(tables.setting).values(name=name, value=now()))

    def is_to_stop(self, run: Run) -> bool:
        """Whether an operator has asked to end this run."""
        column = tables.setting.c
        with self._database.read() as connection:
            mark = select(column.value).where(column.name == _stop_mark(run.number))
            return connection.scalar(mark) is not None

    def issues(self, name: str, *, after: int = 0, limit: int = 1000) -> list[tuple[int, SourceIssue]]:
        """Issues of a source's records in the order they came, with their numbers for paging."""
        with self._database.read() as connection:
            return list_issues(connection, self._number(connection, name), after, limit)

    def all_issues(self, name: str) -> Iterator[SourceIssue]:
        """All issues of a source in the order they came, however many; raises `NotFound` at once."""
        first = self.issues(name)

        def walk(batch: list[tuple[int, SourceIssue]]) -> Iterator[SourceIssue]:
            while batch:
                yield from (issue for _, issue in batch)
                batch = self.issues(name, after=batch[-1][0])

        return walk(first)

    def issue_groups(self, name: str, limit: int = 100) -> list[IssueGroup]:
        """A source's issues by rule, reason and place, those of the most records first."""
        with self._database.read() as connection:
            return group_issues(connection, self._number(connection, name), limit)

    def lost(self, name: str, limit: int) -> list[str]:
        """The source's identifiers of records that did not arrive, those missed longest first."""
        with self._database.read() as connection:
            return lost_identifiers(connection, self._number(connection, name), limit)

    def run(self, name: str, number: int) -> Run:
        """One run of a source; raises `NotFound`."""
        with self._database.read() as connection:
            mine = (tables.run.c.source == self._number(connection, name)) & (tables.run.c.number == number)
            row = connection.execute(select(tables.run).where(mine)).one_or_none()
        if row is None:
            raise NotFound(f"Source {name} has no run {number}.")
        return run_of(row, name)

    def _runs(self, connection: Connection, number: int, name: str, limit: int) -> list[Run]:
        rows = connection.execute(
            select(tables.run)
            .where(tables.run.c.source == number)
            .order_by(tables.run.c.number.desc())
            .limit(limit)
        )
        return [run_of(row, name) for row in rows]

    @staticmethod
    def _close(
        connection: Connection,
        number: int,
        status: RunStatus,
        error: str | None,
        seconds: float | None = None,
    ) -> None:
        connection.execute(
            update(tables.run)
            .where(tables.run.c.number == number)
            .values(
                status=status,
                error=None if error is None else storable(error),
                finished=now(),
                phase=None,
                seconds=func.coalesce(seconds, tables.run.c.seconds),
            )
        )
        connection.execute(delete(tables.setting).where(tables.setting.c.name == _stop_mark(number)))


def _stop_mark(number: int) -> str:
    return f".stop {number}"


def _is_stale(run: Run) -> bool:
    """Whether one who asks for the full list does not want it to be put together with this run's."""
    ended = run.finished or run.beat or run.started
    age = datetime.now(UTC) - datetime.fromisoformat(ended)
    return run.status == "failed" or age.total_seconds() >= _FRESH


def _is_due(finished: str | None, source: Source) -> bool:
    try:
        days = source.full_every
    except SettingsError:
        # Whoever begins the run checks the options, so that it is the run that fails and says why.
        return False
    if not days:
        return False
    if finished is None:
        return True
    age = datetime.now(UTC) - datetime.fromisoformat(finished)
    return age.total_seconds() >= days * 86400


def _like(name: str, *, full: bool, since: str | None, raws_before: int) -> Run:
    return Run(
        number=0, source=name, source_number=0, started="", full=full, since=since, raws_before=raws_before
    )


def run_of(row: Row[Any], name: str) -> Run:
    """A run from its row in the table."""
    values = {key: value for key, value in row._mapping.items() if key not in {"source", "name"}}
    return Run(**values, source=name, source_number=row.source)


def with_counts(run: Run, counts: Sequence[int]) -> Run:
    """The run after one more page: ``counts`` in the order of `COUNTS`."""
    return replace(
        run, **{name: getattr(run, name) + count for name, count in zip(COUNTS, counts, strict=True)}
    )
