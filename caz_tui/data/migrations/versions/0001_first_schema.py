"""The first schema: clients, their licences and tags, purchases, benefits, the audit trail, saved views."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit_entries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("client_id", sa.Integer(), nullable=True),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entries")),
    )
    op.create_index("ix_audit_entries_of_client", "audit_entries", ["client_id", "id"], unique=False)
    op.create_table(
        "benefits",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("credited_on", sa.Date(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_benefits")),
    )
    op.create_index("ix_benefits_by_date", "benefits", ["credited_on"], unique=False)
    op.create_table(
        "clients",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("document", sa.String(length=14), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_folded", sa.Text(), nullable=False),
        sa.Column("trade_name", sa.Text(), nullable=True),
        sa.Column("trade_name_folded", sa.Text(), nullable=True),
        sa.Column("situation", sa.String(length=24), nullable=False),
        sa.Column("plan", sa.Text(), nullable=True),
        sa.Column("plan_folded", sa.Text(), nullable=True),
        sa.Column("payer", sa.String(length=16), nullable=True),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("auto_renews", sa.Boolean(), nullable=True),
        sa.Column("licence_history", sa.String(length=16), nullable=False),
        sa.Column("export_start", sa.Date(), nullable=True),
        sa.Column("export_end", sa.Date(), nullable=True),
        sa.Column("ca_charges", sa.String(length=16), nullable=False),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("email_folded", sa.Text(), nullable=True),
        sa.Column("phone", sa.String(length=16), nullable=True),
        sa.Column("city", sa.Text(), nullable=True),
        sa.Column("city_folded", sa.Text(), nullable=True),
        sa.Column("state", sa.String(length=2), nullable=True),
        sa.Column("tags", sa.JSON(), nullable=False),
        sa.Column("notes", sa.Text(), nullable=True),
        sa.Column("support_id", sa.Text(), nullable=True),
        sa.Column("support_id_folded", sa.Text(), nullable=True),
        sa.Column("archived", sa.Boolean(), nullable=False),
        sa.Column("search", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("(export_start IS NULL) = (export_end IS NULL)", name=op.f("ck_clients_export_period")),
        sa.CheckConstraint("length(name) BETWEEN 1 AND 200", name=op.f("ck_clients_name_length")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clients")),
        sa.UniqueConstraint("document", name=op.f("uq_clients_document")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_clients_by_auto_renews", "clients", ["archived", "auto_renews", "name_folded"], unique=False)
    op.create_index("ix_clients_by_ca_charges", "clients", ["archived", "ca_charges", "name_folded"], unique=False)
    op.create_index("ix_clients_by_city_folded", "clients", ["archived", "city_folded", "name_folded"], unique=False)
    op.create_index("ix_clients_by_document", "clients", ["archived", "document"], unique=False)
    op.create_index("ix_clients_by_email_folded", "clients", ["archived", "email_folded", "name_folded"], unique=False)
    op.create_index("ix_clients_by_expires_on", "clients", ["archived", "expires_on", "name_folded"], unique=False)
    op.create_index("ix_clients_by_export_end", "clients", ["archived", "export_end", "name_folded"], unique=False)
    op.create_index(
        "ix_clients_by_licence_history",
        "clients",
        ["archived", "licence_history", "name_folded"],
        unique=False,
    )
    op.create_index("ix_clients_by_name", "clients", ["archived", "name_folded", "name"], unique=False)
    op.create_index("ix_clients_by_payer", "clients", ["archived", "payer", "name_folded"], unique=False)
    op.create_index("ix_clients_by_phone", "clients", ["archived", "phone", "name_folded"], unique=False)
    op.create_index("ix_clients_by_plan_folded", "clients", ["archived", "plan_folded", "name_folded"], unique=False)
    op.create_index("ix_clients_by_situation", "clients", ["archived", "situation", "name_folded"], unique=False)
    op.create_index("ix_clients_by_state", "clients", ["archived", "state", "name_folded"], unique=False)
    op.create_index(
        "ix_clients_by_support_id_folded", "clients", ["archived", "support_id_folded", "name_folded"], unique=False
    )
    op.create_index(
        "ix_clients_by_trade_name_folded", "clients", ["archived", "trade_name_folded", "name_folded"], unique=False
    )
    op.create_table(
        "purchases",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("bought_on", sa.Date(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("payment_method", sa.Text(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("renews_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_purchases")),
        sa.UniqueConstraint("number", name=op.f("uq_purchases_number")),
    )
    op.create_index("ix_purchases_by_date", "purchases", ["bought_on"], unique=False)
    op.create_table(
        "saved_views",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("tab", sa.String(length=32), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("order_field", sa.String(length=32), nullable=False),
        sa.Column("order_descending", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_saved_views")),
    )
    op.create_table(
        "settings",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_settings")),
    )
    op.create_table(
        "client_tags",
        sa.Column("tag_folded", sa.Text(), nullable=False),
        sa.Column("client_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["client_id"], ["clients.id"], name=op.f("fk_client_tags_client_id")),
        sa.PrimaryKeyConstraint("tag_folded", "client_id", name=op.f("pk_client_tags")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_client_tags_of_client", "client_tags", ["client_id"], unique=False)
    op.create_table(
        "licence_events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("client_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("plan", sa.Text(), nullable=True),
        sa.Column("previous_plan", sa.Text(), nullable=True),
        sa.Column("payer", sa.String(length=16), nullable=True),
        sa.Column("term", sa.String(length=16), nullable=True),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("auto_renews", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(["client_id"], ["clients.id"], name=op.f("fk_licence_events_client_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_licence_events")),
    )
    op.create_index("ix_licence_events_of_client", "licence_events", ["client_id", "at"], unique=False)
    op.create_table(
        "purchase_items",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("purchase_id", sa.Integer(), nullable=False),
        sa.Column("product", sa.Text(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("unit_price_cents", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_purchase_items_quantity")),
        sa.CheckConstraint("unit_price_cents >= 0", name=op.f("ck_purchase_items_unit_price")),
        sa.ForeignKeyConstraint(["purchase_id"], ["purchases.id"], name=op.f("fk_purchase_items_purchase_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_purchase_items")),
    )
    op.create_index("ix_purchase_items_of_purchase", "purchase_items", ["purchase_id"], unique=False)
