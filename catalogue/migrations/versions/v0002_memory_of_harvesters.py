"""What a harvester wants to know again at the next run."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("source", sa.Column("memory", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("source", "memory")
