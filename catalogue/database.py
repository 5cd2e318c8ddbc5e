"""One database behind one door: connections, transactions, migrations, locks, errors."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import os
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import sqlalchemy
from sqlalchemy import Connection, event, exc

from catalogue import tables
from catalogue.errors import (
    SettingsError,
    SourceBusy,
    StoreError,
    StoreFull,
    StoreTooNew,
    StoreUnavailable,
)

_MIGRATIONS = Path(__file__).with_name("migrations")
_MIGRATION_LOCK = 0x616C6D61
_NOT_STORABLE = re.compile("[\0\ud800-\udfff]")


class Database:
    """A connection pool to SQLite (WAL) or PostgreSQL; `read` and `write` are its transactions.

    Opening brings the tables to this program's version.  Raises `SettingsError` for an
    address that is none, `StoreUnavailable` for one that does not answer, `StoreTooNew`
    for a database that a newer Almagest has written.
    """

    def __init__(self, url: str) -> None:
        try:
            address = sqlalchemy.make_url(url)
        except exc.ArgumentError:
            raise SettingsError(
                "ALMAGEST_DATABASE_URL is not an address: use sqlite:///PATH or postgresql+psycopg://…"
            ) from None
        if address.drivername not in {"sqlite", "postgresql+psycopg"}:
            raise SettingsError(
                f"ALMAGEST_DATABASE_URL begins with «{address.drivername}»: "
                "use sqlite:///PATH or postgresql+psycopg://…"
            )
        self.url = address
        self.is_sqlite = address.drivername == "sqlite"
        with self._translated():
            if self.is_sqlite:
                self._path = _database_file(address.database)
                self.engine = _sqlite_engine(address)
            else:
                self.engine = sqlalchemy.create_engine(address, pool_pre_ping=True, pool_size=10)
            # What PostgreSQL calls so shows all statements of a transaction the same state, as SQLite does.
            snapshot = {} if self.is_sqlite else {"isolation_level": "REPEATABLE READ"}
            self._reading = self.engine.execution_options(**snapshot)
            self._migrate()

    @contextlib.contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that sees one state of the database; raises `StoreError`."""
        with self._translated(), self._reading.connect() as connection:
            yield connection

    @contextlib.contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction that commits at its end, or leaves no trace; raises `StoreError`."""
        with self._translated(), self.engine.connect() as connection:
            writing = connection.execution_options(almagest_write=True)
            with writing.begin():
                yield writing

    @contextlib.contextmanager
    def source_lock(self, name: str, *, shared: bool = False) -> Iterator[None]:
        """Only one process harvests a source; a killed process leaves no lock behind.

        Several may hold it ``shared``, to work on different records of the source.
        """
        holder = self._file_lock(name, shared) if self.is_sqlite else self._advisory_lock(name, shared)
        with holder as taken:
            if not taken:
                raise SourceBusy(
                    f"Source {name} is being harvested by another process; wait for it to finish."
                )
            yield

    def is_locked(self, name: str) -> bool:
        """Whether some process holds the `source_lock` of this name now; in nobody's way."""
        if self.is_sqlite:
            with self._file_lock(name, shared=True) as taken:
                return not taken
        key = _lock_key(name)
        with self.read() as connection:
            held = connection.execute(
                sqlalchemy.text(
                    "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 1 "
                    "AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) "
                    "AND classid = CAST(:high AS bigint) AND objid = CAST(:low AS bigint)"
                ),
                {"high": key >> 32 & 0xFFFFFFFF, "low": key & 0xFFFFFFFF},
            )
            return held.first() is not None

    def version(self) -> str | None:
        """The version of the tables: the number of the last migration; ``None`` before the first."""
        with self._translated(), self.engine.connect() as connection:
            if not sqlalchemy.inspect(connection).has_table("alembic_version"):
                return None
            return connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()

    def check_writable(self) -> None:
        """Raises `StoreError` where nothing can be written; leaves no trace."""
        with self._translated(), self.engine.connect() as connection:
            writing = connection.execution_options(almagest_write=True)
            with writing.begin() as transaction:
                row = {"name": ".check", "value": "written"}
                writing.execute(sqlalchemy.insert(tables.setting).values(row))
                transaction.rollback()

    def damage(self) -> str | None:
        """What SQLite finds wrong with its file; PostgreSQL looks after its own (None)."""
        if not self.is_sqlite:
            return None
        with self.read() as connection:
            found = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar()
        return None if found == "ok" else str(found)

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()

    @contextlib.contextmanager
    def _file_lock(self, name: str, shared: bool) -> Iterator[bool]:
        folder = self._path.with_name(self._path.name + ".locks")
        try:
            folder.mkdir(exist_ok=True)
            stream = (folder / f"{name}.lock").open("w")
        except OSError as error:
            if error.errno in {errno.ENOSPC, errno.EDQUOT}:
                raise StoreFull(_FULL) from error
            raise StoreUnavailable(
                f"No lock can be made in {folder} ({error.strerror}); check its permissions."
            ) from error
        with stream:
            try:
                _flock(stream, fcntl.LOCK_SH if shared else fcntl.LOCK_EX)
            except BlockingIOError:
                yield False
                return
            yield True

    @contextlib.contextmanager
    def _advisory_lock(self, name: str, shared: bool) -> Iterator[bool]:
        key, how = _lock_key(name), sqlalchemy.func
        take = how.pg_try_advisory_lock_shared if shared else how.pg_try_advisory_lock
        give = how.pg_advisory_unlock_shared if shared else how.pg_advisory_unlock
        with self._translated(), self.engine.connect() as connection:
            lock = connection.execution_options(isolation_level="AUTOCOMMIT")
            taken = bool(lock.scalar(sqlalchemy.select(take(key))))
            try:
                yield taken
            finally:
                # A server that has gone, or a connection that was cut, has given the lock up itself.
                with contextlib.suppress(exc.DBAPIError):
                    if taken:
                        lock.execute(sqlalchemy.select(give(key)))

    def _migrate(self) -> None:
        # A migration's file is named by its revision: v0001_first_tables.py.
        known = {path.name[1:5] for path in _MIGRATIONS.glob("versions/v*.py")}
        present = self.version()
        if present == max(known):
            return
        if present is not None and present not in known:
            raise StoreTooNew(
                f"The database was written by a newer Almagest (its version is {present}); "
                "install that version, or restore a backup made by this one."
            )
        # Imported only where it has work to do: it takes longer than most commands run.
        from alembic import command
        from alembic.config import Config

        config = Config()
        config.set_main_option("script_location", str(_MIGRATIONS))
        with self.write() as connection:
            if not self.is_sqlite:
                connection.execute(sqlalchemy.select(sqlalchemy.func.pg_advisory_xact_lock(_MIGRATION_LOCK)))
            config.attributes["connection"] = connection
            command.upgrade(config, "head")

    @contextlib.contextmanager
    def _translated(self) -> Iterator[None]:
        """The one place where errors of SQLAlchemy and its drivers become ours."""
        try:
            yield
        except exc.DBAPIError as error:
            raise self._ours(error) from error
        except exc.TimeoutError as error:
            raise StoreUnavailable("All connections to the database are in use; try again.") from error
        except OSError as error:
            if error.errno in {errno.ENOSPC, errno.EDQUOT}:
                raise StoreFull(_FULL) from error
            raise

    def _ours(self, error: exc.DBAPIError) -> Exception:
        text = str(error.orig).strip().splitlines()[0] if str(error.orig).strip() else "no reason given"
        where = self.url.render_as_string(hide_password=True)
        if re.search(r"disk is full|no space left|disk full", text, re.IGNORECASE):
            return StoreFull(_FULL)
        if isinstance(error, exc.IntegrityError | exc.ProgrammingError | exc.DataError):
            return error
        if re.search(r"not a database|malformed", text):
            return StoreError(f"The database {where} is damaged ({text}); restore a backup.")
        if "locked" in text:
            return StoreUnavailable(f"The database {where} is locked by another process; try again.")
        if "readonly" in text or "read-only" in text:
            return StoreUnavailable(f"The database {where} cannot be written; check the file's permissions.")
        return StoreUnavailable(
            f"The database {where} does not answer ({text}); check ALMAGEST_DATABASE_URL and that it runs."
        )


_FULL = "No space is left on the database's device; free some and run the command again. Nothing is lost."


def _database_file(name: str | None) -> Path:
    if not name or name == ":memory:":
        raise SettingsError("ALMAGEST_DATABASE_URL must name a file: sqlite:///PATH")
    path = Path(name).absolute()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise
        raise StoreUnavailable(
            f"The folder {path.parent} cannot be made ({error.strerror}); choose another ALMAGEST_HOME."
        ) from None
    if not os.access(path.parent, os.W_OK):
        raise StoreUnavailable(f"The folder {path.parent} cannot be written; choose another ALMAGEST_HOME.")
    return path


def storable(text: str) -> str:
    """Foreign text as both databases take it: PostgreSQL knows no NUL and no half of a surrogate pair."""
    return _NOT_STORABLE.sub("\ufffd", text)


def _flock(stream: IO[str], kind: int) -> None:
    """Take a lock on a file; raises `BlockingIOError` when another has it for longer than a look takes."""
    for _ in range(4):
        with contextlib.suppress(BlockingIOError):
            fcntl.flock(stream, kind | fcntl.LOCK_NB)
            return
        time.sleep(0.01)
    fcntl.flock(stream, kind | fcntl.LOCK_NB)


def _lock_key(name: str) -> int:
    """The number by which PostgreSQL knows a lock."""
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "big", signed=True)


def _sqlite_engine(address: sqlalchemy.URL) -> sqlalchemy.Engine:
    engine = sqlalchemy.create_engine(address, connect_args={"timeout": 30, "check_same_thread": False})

    @event.listens_for(engine, "connect")
    def set_up(connection: Any, _: Any) -> None:
        # The driver must not begin transactions by itself: we choose their kind below.
        connection.isolation_level = None
        for pragma in (
            # Half the system calls of the default of 4096, for rows of one to three kilobytes.
            "page_size=8192",
            "journal_mode=WAL",
            "synchronous=FULL",
            "wal_autocheckpoint=16384",
            "foreign_keys=ON",
            "cache_size=-65536",
            "mmap_size=1073741824",
            "temp_store=MEMORY",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # A deferred transaction that turns to writing fails at once when another writes.
        kind = "IMMEDIATE" if connection.get_execution_options().get("almagest_write") else "DEFERRED"
        connection.exec_driver_sql(f"BEGIN {kind}")

    return engine
