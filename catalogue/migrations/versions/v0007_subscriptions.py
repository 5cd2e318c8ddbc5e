"""The searches whose changes somebody is sent by e-mail."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "subscription",
        sa.Column("number", _NUMBER, nullable=False),
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("address", sa.String(length=320), nullable=False),
        sa.Column("search", sa.Text(), nullable=False),
        sa.Column("search_hash", sa.String(length=32), nullable=False),
        sa.Column("every", sa.String(length=8), nullable=False),
        sa.Column("created", sa.String(length=20), nullable=False),
        sa.Column("confirmed", sa.String(length=20), nullable=True),
        sa.Column("position", _NUMBER, nullable=False),
        sa.Column("due", sa.String(length=20), nullable=False),
        sa.Column("sending", sa.String(length=20), nullable=True),
        sa.Column("sent", sa.String(length=20), nullable=True),
        sa.Column("doubtful", sa.String(length=20), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("fault", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_subscription")),
        sa.UniqueConstraint("key", name=op.f("uq_subscription_key")),
    )
    op.create_index(
        "uq_subscription_address_search_hash", "subscription", ["address", "search_hash"], unique=True
    )
    op.create_index("ix_subscription_due", "subscription", ["due"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_subscription_due", table_name="subscription")
    op.drop_index("uq_subscription_address_search_hash", table_name="subscription")
    op.drop_table("subscription")
