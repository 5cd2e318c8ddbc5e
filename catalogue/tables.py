"""The tables of the database, the one source of truth.

`raw_record` keeps what sources gave; `record` is the change sequence: one row per
record at its latest sequence number, clustered by it, so that every follower and every
OAI-PMH list is a range scan.  Records that are one thing have a `product`, which stands in
the change sequence in their place (see `stream.py`).  `identifier_key` finds records by what they are
called themselves, `relation_key` by what they relate to (see `relation_keys.py`).  `decision` is what
curators have said, of the records in `decided`.
`former_view` has the records that were part of a product and stand for themselves again (see `views.py`).
`audit` has what operators have done, `asked_harvest` the harvests that they want and nobody has begun.
`representation`, `membership` and `assessment` are projections.  `subscription` has the searches whose
changes somebody is sent by e-mail: the only personal data that visitors give.
Times are ISO 8601 texts in UTC, whose order is that of time.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    text,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Bytes(LargeBinary):
    """Bytes as they are: SQLite's driver takes them without the wrapper that SQLAlchemy puts round each."""

    __visit_name__ = "large_binary"

    def bind_processor(self, dialect: Dialect) -> Any:
        """None where the driver takes bytes."""
        return None if dialect.name == "sqlite" else super().bind_processor(dialect)  # type: ignore[no-untyped-call]


# SQLite clusters a table only by a column of type INTEGER.
Number = BigInteger().with_variant(Integer(), "sqlite")

_IS_MEMBER = text("product IS NOT NULL")

source = Table(
    "source",
    metadata,
    Column("number", Number, primary_key=True),
    Column("name", String(64), nullable=False, unique=True),
    Column("kind", String(32), nullable=False),
    Column("url", Text, nullable=False),
    Column("prefix", String(64)),
    Column("sets", Text, nullable=False),
    Column("schedule", Text),
    Column("options", Text, nullable=False),
    Column("since", String(20)),
    Column("full_finished", String(20)),
    Column("checkpoint", Text),
    Column("memory", Text),
    Column("removed", String(20)),
    Column("confirmed", String(20)),
)

run = Table(
    "run",
    metadata,
    Column("number", Number, primary_key=True),
    Column("source", Number, ForeignKey("source.number", ondelete="CASCADE"), nullable=False),
    Column("started", String(20), nullable=False),
    Column("finished", String(20)),
    Column("status", String(16), nullable=False),
    Column("full", Boolean, nullable=False),
    Column("since", String(20)),
    Column("raws_before", Number, nullable=False, default=0),
    Column("expected", Number),
    Column("fetched", Number, nullable=False, default=0),
    Column("created", Number, nullable=False, default=0),
    Column("updated", Number, nullable=False, default=0),
    Column("unchanged", Number, nullable=False, default=0),
    Column("deleted", Number, nullable=False, default=0),
    Column("quarantined", Number, nullable=False, default=0),
    Column("pages", Number, nullable=False, default=0),
    Column("requests", Number, nullable=False, default=0),
    Column("seconds", Float, nullable=False, default=0.0),
    Column("error", Text),
    Column("excluded", Number, nullable=False, default=0),
    Column("fetched_before", Number, nullable=False, default=0),
    Column("phase", String(16)),
    Column("beat", String(20)),
    Index("ix_run_source_number", "source", "number"),
)

raw_record = Table(
    "raw_record",
    metadata,
    Column("number", Number, primary_key=True),
    Column("id", String(20), nullable=False, unique=True),
    Column("source", Number, ForeignKey("source.number"), nullable=False),
    Column("state", String(12), nullable=False),
    Column("missing_since", String(20)),
    Column("hash", Bytes, nullable=False),
    Column("provenance", Bytes, nullable=False),
    Column("data", Bytes, nullable=False),
    Index("ix_raw_record_source_number", "source", "number"),
    Index("ix_raw_record_source_state", "source", "state"),
)

record = Table(
    "record",
    metadata,
    Column("sequence", Number, primary_key=True, autoincrement=False),
    Column("id", String(20), nullable=False, unique=True),
    Column("source", Number, ForeignKey("source.number"), nullable=False),
    Column("datestamp", String(20), nullable=False),
    Column("created", String(20), nullable=False),
    Column("deleted", Boolean, nullable=False),
    Column("hash", Bytes, nullable=False),
    Column("provenance", Bytes, nullable=False),
    Column("body", Bytes, nullable=False),
    Column("product", String(20)),
    Index("ix_record_datestamp_sequence", "datestamp", "sequence"),
    Index("ix_record_source_sequence", "source", "sequence"),
    Index("ix_record_source_deleted", "source", "deleted"),
    Index("ix_record_product", "product", sqlite_where=_IS_MEMBER, postgresql_where=_IS_MEMBER),
)

product = Table(
    "product",
    metadata,
    Column("sequence", Number, primary_key=True, autoincrement=False),
    Column("id", String(20), nullable=False, unique=True),
    Column("source", Number, ForeignKey("source.number"), nullable=False),
    Column("datestamp", String(20), nullable=False),
    Column("created", String(20), nullable=False),
    Column("deleted", Boolean, nullable=False),
    Column("hash", Bytes, nullable=False),
    Column("provenance", Bytes, nullable=False),
    Column("body", Bytes, nullable=False),
    Column("said", Bytes),
    Column("joined", String(20)),
    Index("ix_product_datestamp_sequence", "datestamp", "sequence"),
)

identifier_key = Table(
    "identifier_key",
    metadata,
    Column("key", BigInteger, primary_key=True, autoincrement=False),
    Column("id", String(20), primary_key=True),
    sqlite_with_rowid=False,
)

relation_key = Table(
    "relation_key",
    metadata,
    Column("key", BigInteger, primary_key=True, autoincrement=False),
    Column("id", String(20), primary_key=True),
    sqlite_with_rowid=False,
)

decision = Table(
    "decision",
    metadata,
    Column("number", Number, primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("field", String(32)),
    Column("value", Bytes),
    Column("note", Text),
    Column("by", String(200), nullable=False),
    Column("at", String(20), nullable=False),
    Column("undone_by", String(200)),
    Column("undone_at", String(20)),
)

decided = Table(
    "decided",
    metadata,
    Column("id", String(20), primary_key=True),
    Column("decision", Number, ForeignKey("decision.number"), primary_key=True, autoincrement=False),
    Index("ix_decided_decision", "decision"),
    sqlite_with_rowid=False,
)

audit = Table(
    "audit",
    metadata,
    Column("number", Number, primary_key=True),
    Column("at", String(20), nullable=False),
    Column("by", String(200), nullable=False),
    Column("subject", String(16), nullable=False),
    Column("name", String(100), nullable=False),
    Column("action", String(32), nullable=False),
    Column("detail", Text),
    Index("ix_audit_subject_name", "subject", "name"),
)

asked_harvest = Table(
    "asked_harvest",
    metadata,
    Column(
        "source",
        Number,
        ForeignKey("source.number", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    ),
    Column("full", Boolean, nullable=False),
    Column("at", String(20), nullable=False),
)

former_view = Table(
    "former_view",
    metadata,
    Column("sequence", Number, primary_key=True, autoincrement=False),
    Column("id", String(20), ForeignKey("record.id"), nullable=False, unique=True),
    Column("datestamp", String(20), nullable=False),
    Index("ix_former_view_datestamp_sequence", "datestamp", "sequence"),
)

history = Table(
    "history",
    metadata,
    Column("sequence", Number, primary_key=True, autoincrement=False),
    Column("id", String(20), nullable=False),
    Column("datestamp", String(20), nullable=False),
    Column("deleted", Boolean, nullable=False),
    Column("provenance", Bytes, nullable=False),
    Column("body", Bytes, nullable=False),
    Index("ix_history_id_sequence", "id", "sequence"),
)

issue = Table(
    "issue",
    metadata,
    Column("number", Number, primary_key=True),
    Column("source", Number, ForeignKey("source.number", ondelete="CASCADE"), nullable=False),
    Column("id", String(20), nullable=False),
    Column("identifier", Text, nullable=False),
    Column("path", Text, nullable=False),
    Column("rule", String(32), nullable=False),
    Column("reason", Text, nullable=False),
    Column("value", Text),
    Column("since", String(20), nullable=False),
    Column("seen", String(20), nullable=False),
    Column("stands", Boolean, nullable=False),
    Column("topic", String(16), nullable=False),
    Index("ix_issue_source_number", "source", "number"),
    Index("ix_issue_source_topic_number", "source", "topic", "number"),
    Index("ix_issue_source_id", "source", "id"),
)

notice = Table(
    "notice",
    metadata,
    Column(
        "source",
        Number,
        ForeignKey("source.number", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    ),
    Column("recipient", String(500), primary_key=True),
    Column("told", String(16), nullable=False),
    Column("at", String(20), nullable=False),
)

seen = Table(
    "seen",
    metadata,
    Column("source", Number, primary_key=True, autoincrement=False),
    Column("id", String(20), primary_key=True),
    sqlite_with_rowid=False,
)

counter = Table(
    "counter",
    metadata,
    Column("name", String(32), primary_key=True),
    Column("value", Number, nullable=False),
    Column("datestamp", String(20), nullable=False),
)

dissemination = Table(
    "dissemination",
    metadata,
    Column("number", Number, primary_key=True),
    Column("prefix", String(64), nullable=False, unique=True),
    Column("position", Number, nullable=False),
)

representation = Table(
    "representation",
    metadata,
    Column("key", Number, primary_key=True, autoincrement=False),
    Column("payload", Bytes, nullable=False),
)

oai_set = Table(
    "oai_set",
    metadata,
    Column("number", Number, primary_key=True),
    Column("spec", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
)

membership = Table(
    "membership",
    metadata,
    Column("oai_set", Number, primary_key=True, autoincrement=False),
    Column("sequence", Number, primary_key=True, autoincrement=False),
    Index("ix_membership_sequence", "sequence"),
    sqlite_with_rowid=False,
)

assessment = Table(
    "assessment",
    metadata,
    Column("id", String(20), primary_key=True),
    Column("source", Number, nullable=False),
    Column("applies", BigInteger, nullable=False),
    Column("holds", BigInteger, nullable=False),
    Index("ix_assessment_source_marks", "source", "applies", "holds"),
    sqlite_with_rowid=False,
)

subscription = Table(
    "subscription",
    metadata,
    Column("number", Number, primary_key=True),
    Column("key", String(32), nullable=False, unique=True),
    Column("address", String(320), nullable=False),
    Column("search", Text, nullable=False),
    Column("search_hash", String(32), nullable=False),
    Column("every", String(8), nullable=False),
    Column("created", String(20), nullable=False),
    Column("confirmed", String(20)),
    Column("position", Number, nullable=False),
    Column("due", String(20), nullable=False),
    Column("sending", String(20)),
    Column("sent", String(20)),
    Column("doubtful", String(20)),
    Column("failures", Integer, nullable=False),
    Column("fault", Text),
    Index("uq_subscription_address_search_hash", "address", "search_hash", unique=True),
    Index("ix_subscription_due", "due"),
)

setting = Table(
    "setting",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("value", Text, nullable=False),
)
