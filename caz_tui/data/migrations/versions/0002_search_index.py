"""The index behind the search in the middle of words."""

from __future__ import annotations

from alembic import op

from caz_tui.data import search_index

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    search_index.create(op.get_bind())
