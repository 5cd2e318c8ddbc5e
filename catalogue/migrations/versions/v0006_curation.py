"""What curators have decided, and the identifiers to which records relate."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


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
        "relation_key",
        sa.Column("key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("key", "id", name=op.f("pk_relation_key")),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("relation_key")
    op.drop_index("ix_decided_decision", table_name="decided")
    op.drop_table("decided")
    op.drop_table("decision")
