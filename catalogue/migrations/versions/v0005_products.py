"""Products: records that are one thing, and the keys by which they are found."""

from __future__ import annotations

import hashlib

import orjson
import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_AT_ONCE = 1000
_JOINABLE = frozenset({"doi", "ivoid", "handle", "ark", "urn", "arxiv", "bibcode", "swhid", "rrid", "igsn"})
_IS_MEMBER = sa.text("product IS NOT NULL")


def upgrade() -> None:
    op.add_column("record", sa.Column("product", sa.String(length=20), nullable=True))
    op.create_index(
        "ix_record_product",
        "record",
        ["product"],
        unique=False,
        sqlite_where=_IS_MEMBER,
        postgresql_where=_IS_MEMBER,
    )
    op.create_table(
        "product",
        sa.Column("sequence", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("source", _NUMBER, nullable=False),
        sa.Column("datestamp", sa.String(length=20), nullable=False),
        sa.Column("created", sa.String(length=20), nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("provenance", sa.LargeBinary(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("said", sa.LargeBinary(), nullable=True),
        sa.Column("joined", sa.String(length=20), nullable=True),
        sa.ForeignKeyConstraint(["source"], ["source.number"], name=op.f("fk_product_source")),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_product")),
        sa.UniqueConstraint("id", name=op.f("uq_product_id")),
    )
    op.create_index("ix_product_datestamp_sequence", "product", ["datestamp", "sequence"], unique=False)
    op.create_table(
        "identifier_key",
        sa.Column("key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("key", "id", name=op.f("pk_identifier_key")),
        sqlite_with_rowid=False,
    )
    _find_keys()


def _find_keys() -> None:
    """The keys of the records that are there, so that what comes from now on is joined with them."""
    record = sa.table("record", *(sa.column(name) for name in ("sequence", "id", "deleted", "body")))
    keys = sa.table("identifier_key", sa.column("key"), sa.column("id"))
    connection, after = op.get_bind(), 0
    while True:
        chosen = sa.select(record).where(record.c.sequence > after, record.c.deleted.is_(False))
        rows = connection.execute(chosen.order_by(record.c.sequence).limit(_AT_ONCE)).all()
        if not rows:
            return
        after = rows[-1].sequence
        found = {(key, row.id) for row in rows for key in _keys(row.body)}
        if found:
            connection.execute(sa.insert(keys), [{"key": key, "id": id} for key, id in sorted(found)])


def _keys(body: bytes) -> set[int]:
    own = (one for one in orjson.loads(body).get("identifiers", ()) if one.get("role", "own") == "own")
    names = (f"{one['scheme']}:{one['value']}" for one in own if one["scheme"] in _JOINABLE)
    return {
        int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "big", signed=True)
        for name in names
    }


def downgrade() -> None:
    op.drop_table("identifier_key")
    op.drop_index("ix_product_datestamp_sequence", table_name="product")
    op.drop_table("product")
    op.drop_index("ix_record_product", table_name="record")
    op.drop_column("record", "product")
