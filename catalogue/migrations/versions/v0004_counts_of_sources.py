"""What is counted of each source: its live, withdrawn, quarantined and excluded records."""

from __future__ import annotations

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_record_source_deleted", "record", ["source", "deleted"], unique=False)
    op.create_index("ix_raw_record_source_state", "raw_record", ["source", "state"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_raw_record_source_state", "raw_record")
    op.drop_index("ix_record_source_deleted", "record")
