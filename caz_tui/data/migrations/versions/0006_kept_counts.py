"""Counts kept beside the clients."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from caz_tui.data import kept_counts

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def _by_code(length: int | None = None) -> sa.types.TypeEngine[str]:
    kind = sa.String if length else sa.Text
    return kind(length).with_variant(kind(length, collation="C"), "postgresql")


_TABLES: dict[str, dict[str, tuple[sa.types.TypeEngine[Any], bool]]] = {
    "clients_by_kind": {
        "archived": (sa.Boolean(), False),
        "situation": (_by_code(24), False),
        "plan_folded": (_by_code(), True),
        "plan": (_by_code(), True),
        "payer": (_by_code(16), True),
        "licence_history": (_by_code(16), False),
        "auto_renews": (sa.Boolean(), True),
        "ca_charges": (_by_code(16), False),
        "carteira_id": (sa.Integer(), True),
    },
    "clients_by_expiry": {
        "archived": (sa.Boolean(), False),
        "expires_on": (sa.Date(), True),
        "auto_renews": (sa.Boolean(), True),
        "carteira_id": (sa.Integer(), True),
    },
    "clients_by_export": {
        "archived": (sa.Boolean(), False),
        "situation": (_by_code(24), False),
        "export_end": (sa.Date(), True),
        "carteira_id": (sa.Integer(), True),
    },
}


def upgrade() -> None:
    for name, columns in _TABLES.items():
        op.create_table(
            name,
            *(sa.Column(column, kind, nullable=is_optional) for column, (kind, is_optional) in columns.items()),
            sa.Column("clients", sa.Integer(), nullable=False),
        )
        op.create_index(f"ix_{name}_of_all", name, list(columns), unique=True, postgresql_nulls_not_distinct=True)
    connection = op.get_bind()
    if connection.dialect.name == "postgresql":
        from caz_tui.data.dialects import postgres_schema  # noqa: PLC0415 - its driver is an extra

        postgres_schema.create_counts(connection)
    else:
        kept_counts.create(connection)
