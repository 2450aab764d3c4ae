"""The demonstration portfolio: believable, invented, and the same for everyone on the same day."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert

from caz_tui.data.clients import count_all, shown
from caz_tui.data.clock import today
from caz_tui.data.demo_clients import DemoClient, Inventor
from caz_tui.data.demo_copies import fill_copies
from caz_tui.data.demo_payments import benefits, purchases
from caz_tui.data.dialects.base import dialect_of
from caz_tui.data.documents import mask
from caz_tui.data.errors import Refused
from caz_tui.data.reports import licences
from caz_tui.data.rows import columns_of
from caz_tui.data.tables import audit_entries, client_tags, licence_events, purchase_items, settings
from caz_tui.data.tables import benefits as benefits_table
from caz_tui.data.tables import clients as clients_table
from caz_tui.data.tables import purchases as purchases_table
from caz_tui.data.text import fold

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import Table
    from sqlalchemy.ext.asyncio import AsyncConnection

    from caz_tui.data.clock import Clock
    from caz_tui.data.demo_licences import DemoEvent
    from caz_tui.data.engine import Database

OFFICE_NAME = "Escritório Demonstração"
_ROWS_AT_ONCE = 500
_MODELS = 5_000
"""How many clients are invented whole; any others are copies of them in all that does not tell clients apart."""
_TABLES: tuple[Table, ...] = (clients_table, client_tags, licence_events, audit_entries)
_OPENING = time(11, 0, tzinfo=UTC)
# The same plans and days come up for every client.
_shown = lru_cache(maxsize=None, typed=True)(shown)


async def fill(
    database: Database, clock: Clock, count: int = 300, progress: Callable[[int], None] | None = None
) -> None:
    """Put an invented portfolio of ``count`` clients, with purchases and benefits, into an empty database.

    Args:
        database: where it goes.
        clock: says the day that every date counts from.
        count: how many clients.
        progress: told now and then how many clients are in.

    Raises:
        Refused: the database holds clients already.
    """
    day = today(clock)
    inventor = Inventor()
    models = min(count, _MODELS)
    async with database.write() as connection:
        if await count_all(connection):
            raise Refused("A demonstração só entra numa carteira vazia.")
        async with database.dialect.bulk(connection, _TABLES) if count > models else nullcontext():
            await _fill_models(connection, inventor.clients(day, models), progress)
            if count > models:
                await fill_copies(connection, inventor, models, count, progress)
        await database.dialect.settle(connection)
        await _fill_payments(connection, day, (await licences(connection, day)).in_use)
        await connection.execute(insert(settings).values(name="office_name", value=OFFICE_NAME))


async def _fill_models(
    connection: AsyncConnection, found: Iterator[DemoClient], progress: Callable[[int], None] | None
) -> None:
    first_id = 1
    while chunk := list(islice(found, _ROWS_AT_ONCE)):
        for table, values in _rows_of(chunk, first_id).items():
            if values:
                await dialect_of(connection).insert_many(connection, table, values)
        first_id += len(chunk)
        if progress is not None:
            progress(first_id - 1)


def _rows_of(chunk: list[DemoClient], first_id: int) -> dict[Table, list[dict[str, Any]]]:
    rows: dict[Table, list[dict[str, Any]]] = {
        clients_table: [], client_tags: [], licence_events: [], audit_entries: []
    }  # fmt: skip
    for client_id, client in enumerate(chunk, first_id):
        trail = _trail(client, client_id)
        rows[clients_table].append(
            {
                **columns_of(client.fields),
                "id": client_id,
                "version": len(trail),
                "created_at": trail[0]["at"],
                "created_by": client.created_by,
                "updated_at": trail[-1]["at"],
            }
        )
        rows[client_tags] += [{"client_id": client_id, "tag_folded": fold(tag)} for tag in client.fields.tags]
        rows[licence_events] += [_event(event, client_id, client.created_by) for event in client.events]
        rows[audit_entries] += trail
    return rows


def _trail(client: DemoClient, client_id: int) -> list[dict[str, Any]]:
    """Return who did what on a client: the entry, the notes, the last step of its licence."""
    steps: list[tuple[date, str, dict[str, list[str]]]] = [(client.created_on, "Cadastrou", {})]
    if client.fields.notes:
        steps.append((client.created_on + timedelta(days=1), "Editou", {"notes": ["–", client.fields.notes]}))
    if client.events:
        steps.append((client.events[-1].on, client.events[-1].what, _changes(client)))
    return [
        {
            "at": _moment(day, client_id),
            "by": client.created_by,
            "action": action,
            "client_id": client_id,
            "subject": f"{client.fields.name} ({mask(client.fields.document)})",
            "changes": changes,
        }
        for day, action, changes in steps
    ]


def _changes(client: DemoClient) -> dict[str, list[str]]:
    last = client.events[-1]
    before = client.events[-2] if len(client.events) > 1 else None
    pairs = {
        "plan": (last.previous_plan, last.plan),
        "payer": (before.payer if before else None, last.payer),
        "expires_on": (before.expires_on if before else None, last.expires_on),
    }
    return {name: [_shown(old), _shown(new)] for name, (old, new) in pairs.items() if old != new}


def _event(event: DemoEvent, client_id: int, by: str) -> dict[str, Any]:
    return {
        "client_id": client_id,
        "at": _moment(event.on, client_id),
        "by": by,
        "what": event.what,
        "plan": event.plan,
        "previous_plan": event.previous_plan,
        "payer": event.payer,
        "term": event.term,
        "expires_on": event.expires_on,
        "auto_renews": event.auto_renews,
    }


def _moment(day: date, client_id: int) -> datetime:
    """Return a moment in office hours in São Paulo, so that the same client's steps of a day stay in order."""
    opening = datetime.combine(day, _OPENING)
    return opening + timedelta(minutes=client_id * 7 % 540)


async def _fill_payments(connection: AsyncConnection, day: date, licence_users: int) -> None:
    for purchase in purchases(day, licence_users):
        result = await connection.execute(insert(purchases_table).values(purchase.columns))
        purchase_id = result.inserted_primary_key[0]  # type: ignore[index]
        await connection.execute(
            insert(purchase_items), [{**item, "purchase_id": purchase_id} for item in purchase.items]
        )
    await connection.execute(insert(benefits_table), benefits(day))
