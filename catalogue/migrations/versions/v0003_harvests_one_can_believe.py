"""Excluded records, runs that tell how far they are, issues by what they say, notices that were sent."""

from __future__ import annotations

import hashlib
import re

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_AT_ONCE = 1000


def upgrade() -> None:
    op.add_column("source", sa.Column("confirmed", sa.String(length=20), nullable=True))
    op.add_column("run", sa.Column("excluded", _NUMBER, nullable=False, server_default="0"))
    op.add_column("run", sa.Column("fetched_before", _NUMBER, nullable=False, server_default="0"))
    op.add_column("run", sa.Column("phase", sa.String(length=16), nullable=True))
    op.add_column("run", sa.Column("beat", sa.String(length=20), nullable=True))
    op.add_column("issue", sa.Column("seen", sa.String(length=20), nullable=False, server_default=""))
    op.add_column("issue", sa.Column("stands", sa.Boolean(), nullable=False, server_default=sa.true()))
    op.add_column("issue", sa.Column("topic", sa.String(length=16), nullable=False, server_default=""))
    op.create_index("ix_issue_source_topic_number", "issue", ["source", "topic", "number"], unique=False)
    op.create_table(
        "notice",
        sa.Column("source", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("recipient", sa.String(length=500), nullable=False),
        sa.Column("told", sa.String(length=16), nullable=False),
        sa.Column("at", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(
            ["source"], ["source.number"], name=op.f("fk_notice_source"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("source", "recipient", name=op.f("pk_notice")),
    )
    _describe_issues()


def _describe_issues() -> None:
    """What `catalogue.issues` writes beside a new issue, for those that are there."""
    issue = sa.table(
        "issue",
        *(sa.column(name) for name in ("number", "path", "rule", "reason", "since")),
        *(sa.column(name) for name in ("seen", "stands", "topic")),
    )
    connection, after = op.get_bind(), 0
    statement = sa.update(issue).where(issue.c.number == sa.bindparam("mine"))
    statement = statement.values({name: sa.bindparam(name) for name in ("seen", "stands", "topic")})
    while True:
        chosen = sa.select(issue).where(issue.c.number > after).order_by(issue.c.number).limit(_AT_ONCE)
        rows = connection.execute(chosen).all()
        if not rows:
            return
        after = rows[-1].number
        described = [
            {
                "mine": row.number,
                "seen": row.since,
                "stands": row.rule not in {"unreadable", "unnamed"},
                "topic": _topic(row.rule, row.reason, row.path),
            }
            for row in rows
        ]
        connection.execute(statement, described)


def _topic(rule: str, reason: str, path: str) -> str:
    gist = re.sub(r"\d+(?:[.,]\d+)*", "#", re.sub(r"«[^»]*»", "«…»", reason))
    pattern = re.sub(r"\[\d+\]|(?<=line )\d+|(?<=column )\d+", _star, path)
    return hashlib.blake2b(f"{rule}\n{gist}\n{pattern}".encode(), digest_size=8).hexdigest()


def _star(found: re.Match[str]) -> str:
    return "[*]" if found[0].startswith("[") else "*"


def downgrade() -> None:
    op.drop_table("notice")
    op.drop_index("ix_issue_source_topic_number", "issue")
    for name in ("topic", "stands", "seen"):
        op.drop_column("issue", name)
    for name in ("beat", "phase", "fetched_before", "excluded"):
        op.drop_column("run", name)
    op.drop_column("source", "confirmed")
