"""Users with their roles, carteiras, and which of them a client is in."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_INDEXES = {
    "name": ["name_folded", "name"],
    **{
        column: [column, "name_folded"]
        for column in (
            "trade_name_folded", "situation", "plan_folded", "payer", "expires_on", "auto_renews", "licence_history",
            "export_end", "ca_charges", "email_folded", "phone", "city_folded", "state", "support_id_folded",
        )
    },
    "document": ["document"],
}  # fmt: skip
_COUNTED_ALONG = {
    "name": [
        "situation", "payer", "expires_on", "auto_renews", "licence_history", "export_end", "ca_charges", "plan_folded",
        "state",
    ],
    "situation": ["export_end"],
    "payer": ["licence_history", "plan_folded"],
    "plan_folded": ["payer", "plan"],
    "expires_on": ["auto_renews"],
}  # fmt: skip


def upgrade() -> None:
    op.create_table(
        "carteiras",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_folded", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_carteiras"),
        sa.UniqueConstraint("name_folded", name="uq_carteiras_name_folded"),
    )
    op.create_table(
        "users",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_users"),
        sa.UniqueConstraint("name", name="uq_users_name"),
    )
    op.create_table(
        "user_carteiras",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("carteira_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("user_id", "carteira_id", name="pk_user_carteiras"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_user_carteiras_user_id"),
        sa.ForeignKeyConstraint(["carteira_id"], ["carteiras.id"], name="fk_user_carteiras_carteira_id"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_user_carteiras_of_carteira", "user_carteiras", ["carteira_id"])
    # In place: a rebuild of the table would copy every client, and take the triggers of the search index away.
    op.execute(
        "ALTER TABLE clients ADD COLUMN carteira_id INTEGER CONSTRAINT fk_clients_carteira_id REFERENCES carteiras (id)"
    )
    for name, columns in _INDEXES.items():
        op.drop_index(f"ix_clients_by_{name}", table_name="clients")
        along = ["id", *_COUNTED_ALONG.get(name, []), "carteira_id"]
        op.create_index(f"ix_clients_by_{name}", "clients", ["archived", *columns, *along])
    op.create_index("ix_clients_by_carteira", "clients", ["carteira_id", "archived"])
