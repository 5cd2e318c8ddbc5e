"""The database's door: migrations equal the tables, and every fault is one clear sentence."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from catalogue.database import Database
from catalogue.errors import SettingsError, StoreError, StoreFull, StoreUnavailable
from catalogue.tables import metadata


def test_migrations_make_the_tables_that_the_program_knows(tmp_path: Path, postgres_url: str) -> None:
    for url in (f"sqlite:///{tmp_path}/catalogue.db", postgres_url):
        database = Database(url)
        with database.engine.connect() as connection:
            context = MigrationContext.configure(connection, opts={"render_as_batch": True})
            assert compare_metadata(context, metadata) == []
        database.close()


@pytest.mark.parametrize("url", ["nonsense", "mysql://x/y", "sqlite://", "postgresql://x/y"])
def test_a_wrong_address_is_a_wrong_setting(url: str) -> None:
    with pytest.raises(SettingsError):
        Database(url)


def test_a_server_that_is_down_is_said_without_its_password() -> None:
    with pytest.raises(StoreUnavailable, match="does not answer") as error:
        Database("postgresql+psycopg://user:secret@127.0.0.1:1/almagest")
    assert "secret" not in str(error.value)


def test_a_file_that_is_no_database_is_said(tmp_path: Path) -> None:
    (tmp_path / "catalogue.db").write_bytes(b"not a database, but long enough to be read as one" * 100)
    with pytest.raises(StoreError, match="damaged"):
        Database(f"sqlite:///{tmp_path}/catalogue.db")


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreUnavailable, match="ALMAGEST_HOME"):
        Database(f"sqlite:///{tmp_path}/file/catalogue.db")


def test_a_locked_database_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "catalogue.db"
    database = Database(f"sqlite:///{path}")
    with database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA busy_timeout=10")
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        with pytest.raises(StoreUnavailable, match="locked by another process"), database.write():
            pass
    finally:
        other.close()


def test_a_full_disk_loses_nothing(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/catalogue.db")
    insert = "INSERT INTO setting (name, value) VALUES (?, ?)"
    with database.write() as connection:
        connection.exec_driver_sql(insert, ("kept", "yes"))
    with database.engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages + 5}")
    with pytest.raises(StoreFull, match="Nothing is lost"), database.write() as connection:
        connection.exec_driver_sql(insert, ("much", "x" * 1_000_000))
    with database.read() as connection:
        assert connection.exec_driver_sql("SELECT name FROM setting").scalars().all() == ["kept"]


def test_two_processes_may_open_a_new_database_at_once(tmp_path: Path) -> None:
    code = "import sys; from catalogue.database import Database; Database(sys.argv[1])"
    command = [sys.executable, "-c", code, f"sqlite:///{tmp_path}/catalogue.db"]
    running = [subprocess.Popen(command, env=os.environ) for _ in range(4)]
    assert [process.wait() for process in running] == [0, 0, 0, 0]
