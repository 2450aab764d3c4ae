"""What Alembic runs: upgrades on the connection it is handed."""

from __future__ import annotations

from alembic import context

from caz_tui.data.tables import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
# The caller holds the transaction: a migration that fails half-way leaves nothing behind.
context.run_migrations()
