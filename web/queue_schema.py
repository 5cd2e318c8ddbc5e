"""The tables of the task queue: procrastinate's own, in a schema of their own beside ours.

The comment of the schema says which version of procrastinate made it; a newer one brings
its migrations along.
"""

from __future__ import annotations

import re
from pathlib import Path

import procrastinate
import psycopg
from procrastinate.schema import SchemaManager
from psycopg import sql

from catalogue.errors import StoreTooNew

SCHEMA = "almagest_queue"
_LOCK = 0x616C6D71
_FILE = re.compile(r"(\d+)\.(\d+)\.(\d+)_\d+_.*\.sql")

Version = tuple[int, ...]


def apply_schema(conninfo: str) -> None:
    """Bring the tables of the queue to the installed version; several processes may call it at once.

    Raises `psycopg.Error`, and `StoreTooNew` for tables of a newer procrastinate.
    """
    installed = _version(procrastinate.__version__)
    with psycopg.connect(conninfo, autocommit=True) as connection:
        if _present(connection) == installed:
            return
        connection.execute("SELECT pg_advisory_lock(%s)", (_LOCK,))
        present = _present(connection)
        if present is None:
            _create(connection)
        elif present > installed:
            raise StoreTooNew(
                f"The queue in the database was written by procrastinate {'.'.join(map(str, present))}; "
                "install that version or a newer one."
            )
        else:
            for script in _newer(present):
                connection.execute(script.read_bytes())
        comment = sql.SQL("COMMENT ON SCHEMA {} IS {}")
        text = sql.Literal(procrastinate.__version__)
        connection.execute(comment.format(sql.Identifier(SCHEMA), text))


def _present(connection: psycopg.Connection) -> Version | None:
    """The version that made the tables; ``None`` where there are none."""
    query = "SELECT obj_description(oid, 'pg_namespace') FROM pg_namespace WHERE nspname = %s"
    row = connection.execute(query, (SCHEMA,)).fetchone()
    return None if row is None else _version(row[0] or "")


def _create(connection: psycopg.Connection) -> None:
    with connection.transaction():
        connection.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(SCHEMA)))
        connection.execute(SchemaManager.get_schema().encode())


def _newer(present: Version) -> list[Path]:
    """The migrations that come after a version, in their order."""
    found = []
    for path in sorted(Path(SchemaManager.get_migrations_path()).glob("*.sql")):
        match = _FILE.fullmatch(path.name)
        if match and tuple(int(part) for part in match.groups()) > present:
            found.append(path)
    return found


def _version(text: str) -> Version:
    return tuple(int(part) for part in re.findall(r"\d+", text)[:3])
