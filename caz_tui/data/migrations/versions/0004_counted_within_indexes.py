"""Indexes that hold what the figures count."""

from __future__ import annotations

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_ALONG = {
    "situation": ["export_end"],
    "payer": ["licence_history", "plan_folded"],
    "plan_folded": ["payer", "plan"],
    "expires_on": ["auto_renews"],
}


def upgrade() -> None:
    for column, along in _ALONG.items():
        name = f"ix_clients_by_{column}"
        op.drop_index(name, table_name="clients")
        op.create_index(name, "clients", ["archived", column, "name_folded", "id", *along])
