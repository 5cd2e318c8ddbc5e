"""What curators have decided, and the identifiers to which records relate."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable

import sqlalchemy as sa
from alembic import op

from catalogue.errors import RecordRefused
from catalogue.identity_keys import key_number
from catalogue.json_form import joined, read_record

# What a name is has to be as the program sees it that reads the keys.
from catalogue.relation_keys import names_beside_joining, target_names

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_AT_ONCE = 1000


def upgrade() -> None:
    op.create_table(
        "decision",
        sa.Column("number", _NUMBER, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("field", sa.String(length=32), nullable=True),
        sa.Column("value", sa.LargeBinary(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("by", sa.String(length=200), nullable=False),
        sa.Column("at", sa.String(length=20), nullable=False),
        sa.Column("undone_by", sa.String(length=200), nullable=True),
        sa.Column("undone_at", sa.String(length=20), nullable=True),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_decision")),
    )
    op.create_table(
        "decided",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("decision", _NUMBER, autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["decision"], ["decision.number"], name=op.f("fk_decided_decision")),
        sa.PrimaryKeyConstraint("id", "decision", name=op.f("pk_decided")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_decided_decision", "decided", ["decision"], unique=False)
    op.create_table(
        "former_view",
        sa.Column("sequence", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("datestamp", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(["id"], ["record.id"], name=op.f("fk_former_view_id")),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_former_view")),
        sa.UniqueConstraint("id", name=op.f("uq_former_view_id")),
    )
    op.create_index(
        "ix_former_view_datestamp_sequence", "former_view", ["datestamp", "sequence"], unique=False
    )
    op.create_table(
        "relation_key",
        sa.Column("key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("key", "id", name=op.f("pk_relation_key")),
        sqlite_with_rowid=False,
    )
    _find_keys()


def _find_keys() -> None:
    """What the records that are there relate to, and the names by which relations find them."""
    names = ("sequence", "id", "deleted", "provenance", "body")
    record = sa.table("record", *(sa.column(name) for name in names))
    connection, after = op.get_bind(), 0
    while True:
        chosen = sa.select(record).where(record.c.sequence > after, record.c.deleted.is_(False))
        rows = connection.execute(chosen.order_by(record.c.sequence).limit(_AT_ONCE)).all()
        if not rows:
            return
        after = rows[-1].sequence
        relations: set[tuple[int, str]] = set()
        called: set[tuple[int, str]] = set()
        for row in rows:
            with contextlib.suppress(RecordRefused):
                found = read_record(joined(row.id, row.provenance, row.body))
                relations.update((key_number(name), row.id) for name in target_names(found))
                called.update((key_number(name), row.id) for name in names_beside_joining(found))
        _insert("relation_key", relations)
        _insert("identifier_key", called)


def _insert(table: str, keys: Iterable[tuple[int, str]]) -> None:
    statement = sa.text(f"INSERT INTO {table} (key, id) VALUES (:key, :id) ON CONFLICT DO NOTHING")  # noqa: S608
    rows = [{"key": key, "id": id} for key, id in sorted(keys)]
    if rows:
        op.get_bind().execute(statement, rows)


def downgrade() -> None:
    op.drop_index("ix_former_view_datestamp_sequence", table_name="former_view")
    op.drop_table("former_view")
    op.drop_table("relation_key")
    op.drop_index("ix_decided_decision", table_name="decided")
    op.drop_table("decided")
    op.drop_table("decision")
