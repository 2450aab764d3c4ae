"""Seals on the audit trail, and triggers that keep it as it is."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from caz_tui.data import trail

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("audit_entries", sa.Column("seal", sa.String(length=64), nullable=True))
    op.create_index("ix_audit_entries_unsealed", "audit_entries", ["id"], sqlite_where=sa.text("seal IS NULL"))
    trail.create_key(op.get_bind())
    trail.create(op.get_bind())
