"""The tables, as SQLAlchemy Core knows them.

Every text that is searched or sorted stands twice: as it was written and in its folded form, which is what indexes
hold. An index for an order begins with ``archived`` because every tab does, and ends with the name so that it also
serves a filter on its column in order of name.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    TypeDecorator,
)
from sqlalchemy import String as PlainString
from sqlalchemy import Text as PlainText

if TYPE_CHECKING:
    from sqlalchemy.engine import Dialect

SCHEMA_REVISION = "0006"
"""The newest migration; a database that says otherwise is upgraded or refused."""

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Moment(TypeDecorator[datetime]):
    """A moment, stored as whole microseconds since 1970 in UTC."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:  # noqa: ARG002
        """Return the integer that is stored."""
        if value is None:
            return None
        whole = int(value.timestamp())
        return whole * 1_000_000 + value.microsecond

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # noqa: ANN401, ARG002
        """Return the moment in UTC."""
        if value is None:
            return None
        seconds, microseconds = divmod(value, 1_000_000)
        return datetime.fromtimestamp(seconds, UTC).replace(microsecond=microseconds)


def _sorted_by_code(kind: type[PlainString], length: int | None = None) -> PlainString:
    # As SQLite sorts, whatever language a server was installed in: folded texts are in order by their codes.
    return kind(length).with_variant(kind(length, collation="C"), "postgresql")


def String(length: int) -> PlainString:  # noqa: N802 - stands for the type
    """Return the type of a text of limited length."""
    return _sorted_by_code(PlainString, length)


Text = _sorted_by_code(PlainText)

alembic_version = Table("alembic_version", metadata, Column("version_num", String(32), primary_key=True))

carteiras = Table(
    "carteiras",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    Column("name_folded", Text, nullable=False, unique=True),
    Column("created_at", Moment, nullable=False),
    Column("created_by", Text, nullable=False),
)
"""The parts of the portfolio that are given to analysts; a client is in one of them or in none."""

users = Table(
    "users",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("role", String(16), nullable=False),
    Column("active", Boolean, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("created_by", Text, nullable=False),
)
"""Who may open the portfolio; nobody is ever removed, so that their names in the trail stay somebody's."""

user_carteiras = Table(
    "user_carteiras",
    metadata,
    Column("user_id", ForeignKey("users.id"), primary_key=True),
    Column("carteira_id", ForeignKey("carteiras.id"), primary_key=True),
    Index("ix_user_carteiras_of_carteira", "carteira_id"),
    sqlite_with_rowid=False,
)

clients = Table(
    "clients",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("document", String(14), nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("name_folded", Text, nullable=False),
    Column("trade_name", Text),
    Column("trade_name_folded", Text),
    Column("situation", String(24), nullable=False),
    Column("plan", Text),
    Column("plan_folded", Text),
    Column("payer", String(16)),
    Column("expires_on", Date),
    Column("auto_renews", Boolean),
    Column("licence_history", String(16), nullable=False),
    Column("export_start", Date),
    Column("export_end", Date),
    Column("ca_charges", String(16), nullable=False),
    Column("email", Text),
    Column("email_folded", Text),
    Column("phone", String(16)),
    Column("city", Text),
    Column("city_folded", Text),
    Column("state", String(2)),
    Column("tags", JSON, nullable=False),
    Column("notes", Text),
    Column("support_id", Text),
    Column("support_id_folded", Text),
    Column("archived", Boolean, nullable=False),
    Column("search", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("created_by", Text, nullable=False),
    Column("updated_at", Moment, nullable=False),
    # The last one, as the migration that brought it could only add it at the end.
    Column("carteira_id", ForeignKey("carteiras.id")),
    CheckConstraint("length(name) BETWEEN 1 AND 200", name="name_length"),
    CheckConstraint("(export_start IS NULL) = (export_end IS NULL)", name="export_period"),
    sqlite_autoincrement=True,
)

_NAMED_ORDERS = (
    "trade_name_folded", "situation", "plan_folded", "payer", "expires_on", "auto_renews", "licence_history",
    "export_end", "ca_charges", "email_folded", "phone", "city_folded", "state", "support_id_folded",
)  # fmt: skip

# What is asked for besides is read within the index, without a look at each client: what the lists behind the figures
# of Início and the tabs ask for, and the carteira, by which every list of an analyst is narrowed. It stands behind the
# id, by which clients of the same name are sorted. What criteria are made of is read within the index by name: a list
# that several criteria leave few clients of is walked there too.
READ_BY_NAME = (
    "situation", "payer", "expires_on", "auto_renews", "licence_history", "export_end", "ca_charges", "plan_folded",
    "state",
)  # fmt: skip
Index(
    "ix_clients_by_name",
    *(clients.c[name] for name in ("archived", "name_folded", "name", "id", *READ_BY_NAME, "carteira_id")),
)
_COUNTED_ALONG = {
    "situation": ("export_end",),
    "payer": ("licence_history", "plan_folded"),
    "plan_folded": ("payer", "plan"),
    "expires_on": ("auto_renews",),
}
for _column in _NAMED_ORDERS:
    _columns = ("archived", _column, "name_folded", "id", *_COUNTED_ALONG.get(_column, ()), "carteira_id")
    Index(f"ix_clients_by_{_column}", *(clients.c[name] for name in _columns))
Index("ix_clients_by_document", clients.c.archived, clients.c.document, clients.c.id, clients.c.carteira_id)
# For a carteira of a few thousand clients: they are looked up, whatever else is asked of them.
Index("ix_clients_by_carteira", clients.c.carteira_id, clients.c.archived)


def _counts(name: str, *columns: str) -> Table:
    kept = [Column(column, clients.c[column].type, nullable=clients.c[column].nullable) for column in columns]
    return Table(
        name,
        metadata,
        *kept,
        Column("clients", Integer, nullable=False),
        # What has no value is a value like any other here, which only PostgreSQL can be told.
        Index(f"ix_{name}_of_all", *columns, unique=True),
    )


KEPT_COUNTS = (
    _counts(
        "clients_by_kind", "archived", "situation", "plan_folded", "plan", "payer", "licence_history", "auto_renews",
        "ca_charges", "carteira_id",
    ),
    _counts("clients_by_expiry", "archived", "expires_on", "auto_renews", "carteira_id"),
    _counts("clients_by_export", "archived", "situation", "export_end", "carteira_id"),
)  # fmt: skip
"""How many clients have which values, for columns that are asked for together; see ``kept_counts``."""

client_tags = Table(
    "client_tags",
    metadata,
    Column("tag_folded", Text, primary_key=True),
    Column("client_id", ForeignKey("clients.id"), primary_key=True),
    Index("ix_client_tags_of_client", "client_id"),
    sqlite_with_rowid=False,
)
"""The index of the tags that ``clients.tags`` holds."""

licence_events = Table(
    "licence_events",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("client_id", ForeignKey("clients.id"), nullable=False),
    Column("at", Moment, nullable=False),
    Column("by", Text, nullable=False),
    Column("what", Text, nullable=False),
    Column("plan", Text),
    Column("previous_plan", Text),
    Column("payer", String(16)),
    Column("term", String(16)),
    Column("expires_on", Date),
    Column("auto_renews", Boolean),
    Index("ix_licence_events_of_client", "client_id", "at"),
)

purchases = Table(
    "purchases",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("number", Text, nullable=False, unique=True),
    Column("bought_on", Date, nullable=False),
    Column("description", Text, nullable=False),
    Column("payment_method", Text, nullable=False),
    Column("status", String(16), nullable=False),
    Column("renews_on", Date),
    Index("ix_purchases_by_date", "bought_on"),
)

purchase_items = Table(
    "purchase_items",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("purchase_id", ForeignKey("purchases.id"), nullable=False),
    Column("product", Text, nullable=False),
    Column("quantity", Integer, nullable=False),
    Column("unit_price_cents", BigInteger, nullable=False),
    CheckConstraint("quantity > 0", name="quantity"),
    CheckConstraint("unit_price_cents >= 0", name="unit_price"),
    Index("ix_purchase_items_of_purchase", "purchase_id"),
)

benefits = Table(
    "benefits",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("credited_on", Date, nullable=False),
    Column("description", Text, nullable=False),
    Column("amount_cents", BigInteger, nullable=False),
    Index("ix_benefits_by_date", "credited_on"),
)

audit_entries = Table(
    "audit_entries",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("by", Text, nullable=False),
    Column("action", Text, nullable=False),
    # No foreign key: the trail outlives the client.
    Column("client_id", Integer),
    Column("subject", Text, nullable=False),
    Column("changes", JSON, nullable=False),
    # A keyed hash over the entry and the seal of the one before; see ``trail``.
    Column("seal", String(64)),
    Index("ix_audit_entries_of_client", "client_id", "id"),
)
# What it is on PostgreSQL stands in dialects.postgres_schema: said here, it would import that engine at every start.
unsealed_entries = Index("ix_audit_entries_unsealed", audit_entries.c.id, sqlite_where=audit_entries.c.seal.is_(None))

saved_views = Table(
    "saved_views",
    metadata,
    Column("name", Text, primary_key=True),
    Column("tab", String(32), nullable=False),
    Column("query", Text, nullable=False),
    Column("order_field", String(32), nullable=False),
    Column("order_descending", Boolean, nullable=False),
)

settings = Table(
    "settings",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)
"""What belongs to the office as a whole, such as its name in the top line."""
