"""The bulk of a very large demonstration: copies of invented clients, each under a name and document of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, insert, select

from caz_tui.data.demo_clients import phone, support_id
from caz_tui.data.demo_names import CITIES, pick
from caz_tui.data.rows import columns_of
from caz_tui.data.schemas import ClientChanges
from caz_tui.data.tables import audit_entries, client_tags, clients, licence_events

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import ColumnElement, Insert, Select, Table
    from sqlalchemy.ext.asyncio import AsyncConnection

    from caz_tui.data.demo_clients import Inventor

_COPIES_AT_ONCE = 1_000
_BLANK = ClientChanges()
_OWN_COLUMNS = (
    "id", "document", "name", "name_folded", "trade_name", "trade_name_folded", "email", "email_folded", "phone",
    "support_id", "support_id_folded", "search",
)  # fmt: skip


async def fill_copies(
    connection: AsyncConnection,
    inventor: Inventor,
    models: int,
    count: int,
    progress: Callable[[int], None] | None,
) -> None:
    """Copy the first ``models`` clients over and over until there are ``count``."""
    own: dict[str, ColumnElement[Any]] = {name: bindparam(name) for name in _OWN_COLUMNS}
    copying = _copy(clients, own).where(clients.c.id == bindparam("model"))
    statement = insert(clients).from_select([column.name for column in clients.c], copying)
    for first in range(models + 1, count + 1, _COPIES_AT_ONCE):
        end = min(first + _COPIES_AT_ONCE, count + 1)
        await connection.execute(statement, [_copied(inventor, place, models) for place in range(first, end)])
        if progress is not None:
            progress(end - 1)
    for table in (client_tags, licence_events, audit_entries):
        for distance in range(models, count, models):
            await connection.execute(_copy_belongings(table, models, distance))


def _copied(inventor: Inventor, place: int, models: int) -> dict[str, Any]:
    """Return the columns of a copy that are its own, and the id of its model."""
    rng = inventor.rng
    city = pick(rng, CITIES)
    own = {**inventor.identity(city)._asdict(), "phone": phone(rng, city), "support_id": support_id(rng)}
    columns = columns_of(_BLANK.model_copy(update=own))
    return {**{name: columns.get(name) for name in _OWN_COLUMNS}, "id": place, "model": (place - 1) % models + 1}


def _copy(table: Table, own: dict[str, ColumnElement[Any]]) -> Select[Any]:
    return select(*(own.get(column.name, column) for column in table.c))


def _copy_belongings(table: Table, models: int, distance: int) -> Insert:
    """Return the statement that gives one copy of each model what belongs to the model in a table."""
    own = {"client_id": clients.c.id, "subject": clients.c.name + " (" + clients.c.document + ")"}
    columns = [column for column in table.c if column.name != "id"]
    copying = (
        select(*(own.get(column.name, column) for column in columns))
        .join_from(table, clients, clients.c.id == table.c.client_id + distance)
        .where(table.c.client_id <= models)
    )
    return insert(table).from_select([column.name for column in columns], copying)
