"""How FAIR each record is as its source tells it, so that a source is summed up without reading records."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "assessment",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("source", _NUMBER, nullable=False),
        sa.Column("applies", sa.BigInteger(), nullable=False),
        sa.Column("holds", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessment")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_assessment_source_marks", "assessment", ["source", "applies", "holds"])


def downgrade() -> None:
    op.drop_index("ix_assessment_source_marks", table_name="assessment")
    op.drop_table("assessment")
