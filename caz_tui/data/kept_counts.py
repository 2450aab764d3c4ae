"""Counts that are kept beside the clients, so that the usual figures look at no client, however many there are.

For columns that are asked for together a table has a row for each combination of values that some client has, with
how many have it: some hundred rows for a million clients. Triggers keep them in step inside the transaction that
changes a client (SQLite's stand here, PostgreSQL's in ``dialects.postgres_schema``). A query that asks for no other
column, such as each figure of Início, each tab and most of Mais filtros, is counted by adding rows up.
"""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import (
    Column,
    ColumnClause,
    ColumnElement,
    Select,
    bindparam,
    delete,
    func,
    insert,
    select,
    true,
    type_coerce,
)
from sqlalchemy.sql.visitors import iterate, replacement_traverse
from sqlalchemy.types import UserDefinedType

from caz_tui.data.dialects.base import nobody
from caz_tui.data.gate import EVERY_CLIENT
from caz_tui.data.query import ClientQuery, ClientView, Criterion
from caz_tui.data.selects import part_condition, view_condition
from caz_tui.data.tables import KEPT_COUNTS, clients

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import date

    from sqlalchemy import Connection, Table
    from sqlalchemy.ext.asyncio import AsyncConnection

    from caz_tui.data.gate import Scope

BY_KIND: Final = KEPT_COUNTS[0]

_CLIENTS_AT_ONCE: Final = 10_000
_MOST_STATEMENTS: Final = 256


def counted_columns(table: Table) -> list[str]:
    """Return the columns whose combinations a table counts."""
    return [column.name for column in table.c if column.name != "clients"]


def within(table: Table, scope: Scope) -> ColumnElement[bool]:
    """Return which rows of a table count clients that exist within a scope."""
    return true() if scope.carteiras is None else table.c.carteira_id.in_(scope.carteiras)


@lru_cache(maxsize=_MOST_STATEMENTS)
def counting(view: ClientView, today: date, scope: Scope = EVERY_CLIENT) -> Select[tuple[int]] | None:
    """Return the statement that counts a view by adding up; None where it asks for more than is counted."""
    condition = view_condition(view, today)
    asked = [element for element in iterate(condition) if isinstance(element, ColumnClause)]
    names = {column.name for column in asked}
    if not all(_is_of_a_client(column) for column in asked):
        return None
    for table in KEPT_COUNTS:
        if names.issubset(counted_columns(table)):
            asking = select(func.coalesce(func.sum(table.c.clients), 0))
            return asking.where(_asked_of(table, condition), within(table, scope))
    return None


def counting_together(view: ClientView, today: date, scope: Scope) -> dict[tuple[Criterion, ...], Select[tuple[int]]]:
    """Return, for criteria of a view that are counted together, the statement that counts who in its tab has all."""
    found: dict[tuple[Criterion, ...], Select[tuple[int]]] = {}
    for table in KEPT_COUNTS:
        columns = set(counted_columns(table))
        parts = tuple(
            part
            for part in view.query.parts
            if isinstance(part, Criterion) and _asked_for(part_condition(part, today)) <= columns
        )
        is_new = not any(set(parts) <= set(known) for known in found)
        statement = counting(ClientView(view.tab, ClientQuery(parts)), today, scope) if is_new else None
        if statement is not None:
            found[parts] = statement
    return found


def _asked_for(condition: ColumnElement[bool]) -> set[str]:
    """Return the names of the columns that a condition asks for."""
    return {element.name for element in iterate(condition) if isinstance(element, ColumnClause)}


def _asked_of(table: Table, condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """Return a condition on clients as one on the rows of a table that counts them."""

    def column(element: Any, **_: object) -> ColumnElement[Any] | None:  # noqa: ANN401 - any part of it
        return table.c[element.name] if _is_of_a_client(element) else None

    return replacement_traverse(condition, {}, column)


def _is_of_a_client(element: object) -> bool:
    return isinstance(element, Column) and element.table is clients


def fill(connection: Connection, tell: Callable[[float], None] = nobody) -> None:
    """Count the clients there are; tell the fraction that is done."""
    for table, counts in _count(connection, tell).items():
        connection.execute(delete(table))
        names = [column.name for column in table.c]
        if counts:
            rows = [dict(zip(names, (*values, number), strict=True)) for values, number in counts.items()]
            values = {name: bindparam(name, type_=_AsItIs()) for name in names}
            connection.execute(insert(table).values(values), rows)


def problems(connection: Connection) -> list[str]:
    """Return what does not agree with the clients there are, a sentence each."""
    return [
        f"Os números guardados em {table.name} não batem com os clientes."
        for table, counts in _count(connection).items()
        if counts != Counter({tuple(row[:-1]): row[-1] for row in connection.execute(select(*_as_they_are(table.c)))})
    ]


def _count(connection: Connection, tell: Callable[[float], None] = nobody) -> dict[Table, Counter[tuple[Any, ...]]]:
    """Return how many clients have which values, some clients at a time: sorting a million takes more memory."""
    counts: dict[Table, Counter[tuple[Any, ...]]] = {table: Counter() for table in KEPT_COUNTS}
    last = connection.scalar(select(func.max(clients.c.id))) or 0
    for start in range(0, last, _CLIENTS_AT_ONCE):
        some = clients.c.id > start, clients.c.id <= start + _CLIENTS_AT_ONCE
        for table, found in counts.items():
            columns = _as_they_are(clients.c[name] for name in counted_columns(table))
            for *values, number in connection.execute(select(*columns, func.count()).where(*some).group_by(*columns)):
                found[tuple(values)] += number
        tell(min(1.0, (start + _CLIENTS_AT_ONCE) / last))
    return counts


class _AsItIs(UserDefinedType[Any]):
    """A value as the driver gives and takes it: in a damaged file it may be none of its column's type."""

    cache_ok = True


def _as_they_are(columns: Iterable[Column[Any]]) -> list[ColumnElement[Any]]:
    return [type_coerce(column, _AsItIs()) for column in columns]


# SQLite


def create(connection: Connection, tell: Callable[[float], None] = nobody) -> None:
    """Make the triggers, and count the clients there are; tell the fraction that is done."""
    for name, statement in _TRIGGERS.items():
        connection.exec_driver_sql(f"CREATE TRIGGER {name} {statement}")
    fill(connection, tell)


def mend(connection: Connection) -> None:
    """Make everything anew when rebuilding ``clients`` has taken the triggers away."""
    names = set(connection.exec_driver_sql("SELECT name FROM sqlite_master").scalars())
    if names.issuperset(table.name for table in KEPT_COUNTS) and not names.issuperset(_TRIGGERS):
        _drop(connection)
        create(connection)


async def pause(connection: AsyncConnection) -> None:
    """Let the counts fall behind until they are made anew in the same transaction."""
    await connection.run_sync(_drop)


async def make_anew(connection: AsyncConnection, tell: Callable[[float], None]) -> None:
    """Count the clients there are, and keep the counts in step again; tell the fraction that is done."""
    await connection.run_sync(create, tell)


def _drop(connection: Connection) -> None:
    for name in _TRIGGERS:
        connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name}")


def _triggers_of(table: Table) -> dict[str, str]:
    names = counted_columns(table)
    columns, values = ", ".join(names), ", ".join(f"new.{name}" for name in names)
    # All words are our own.
    added = (
        f"UPDATE {table.name} SET clients = clients + 1 WHERE {_same(names, 'new')}; "  # noqa: S608
        f"INSERT INTO {table.name} ({columns}, clients) SELECT {values}, 1 WHERE changes() = 0;"
    )
    gone = (
        f"UPDATE {table.name} SET clients = clients - 1 WHERE {_same(names, 'old')}; "  # noqa: S608
        f"DELETE FROM {table.name} WHERE {_same(names, 'old')} AND clients = 0;"
    )
    changed = " OR ".join(f"new.{name} IS NOT old.{name}" for name in names)
    return {
        f"{table.name}_insert": f"AFTER INSERT ON clients BEGIN {added} END",
        f"{table.name}_delete": f"AFTER DELETE ON clients BEGIN {gone} END",
        f"{table.name}_update": f"AFTER UPDATE OF {columns} ON clients WHEN {changed} BEGIN {gone} {added} END",
    }


def _same(names: list[str], row: str) -> str:
    return " AND ".join(f"{name} IS {row}.{name}" for name in names)


_TRIGGERS: Final = {name: statement for table in KEPT_COUNTS for name, statement in _triggers_of(table).items()}
