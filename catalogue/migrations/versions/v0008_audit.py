"""What operators have done, and the harvests that they have asked for."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

_KNOWN = """
    INSERT INTO audit (at, by, subject, name, action)
    SELECT at, by, subject, name, action FROM (
        SELECT at, by, 'decision' AS subject, CAST(number AS VARCHAR) AS name, kind AS action FROM decision
        UNION ALL
        SELECT undone_at, undone_by, 'decision', CAST(number AS VARCHAR), 'undo' FROM decision
         WHERE undone_at IS NOT NULL
    ) AS known ORDER BY at
"""


def upgrade() -> None:
    op.create_table(
        "audit",
        sa.Column("number", _NUMBER, nullable=False),
        sa.Column("at", sa.String(length=20), nullable=False),
        sa.Column("by", sa.String(length=200), nullable=False),
        sa.Column("subject", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("action", sa.String(length=32), nullable=False),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_audit")),
    )
    op.create_index("ix_audit_subject_name", "audit", ["subject", "name"], unique=False)
    op.create_table(
        "asked_harvest",
        sa.Column("source", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("full", sa.Boolean(), nullable=False),
        sa.Column("at", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(
            ["source"], ["source.number"], name=op.f("fk_asked_harvest_source"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("source", name=op.f("pk_asked_harvest")),
    )
    op.execute(_KNOWN)


def downgrade() -> None:
    op.drop_table("asked_harvest")
    op.drop_index("ix_audit_subject_name", table_name="audit")
    op.drop_table("audit")
