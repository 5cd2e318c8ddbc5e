"""Alembic's entry: the program hands over its open connection (see catalogue/database.py)."""

from __future__ import annotations

from alembic import context

from catalogue.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    transaction_per_migration=False,
)
context.run_migrations()
