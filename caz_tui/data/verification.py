"""Proving that a database is well: the file, what is derived from each client, the figures."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from caz_tui.data import kept_counts, trail
from caz_tui.data.choices import Tab
from caz_tui.data.clock import SystemClock, today
from caz_tui.data.documents import is_valid, mask
from caz_tui.data.engine import Database
from caz_tui.data.files import refuse_missing
from caz_tui.data.reports import summary, tab_counts
from caz_tui.data.rows import CLIENT_COLUMNS, client, columns_of, tag_keys
from caz_tui.data.tables import client_tags, clients

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

    from caz_tui.data.address import Place

MOST_PROBLEMS = 50
_BATCH_ROWS = 1_000


async def verify(place: Place, progress: Callable[[int, float], None] = lambda *_: None) -> tuple[str, ...]:
    """Return what is wrong with a database, a sentence each; nothing when all is well.

    Args:
        place: The database.
        progress: Told how many clients were looked at, and the fraction of them.

    Raises:
        StorageError: there is no database, or it cannot be opened at all.
    """
    if isinstance(place, Path):
        refuse_missing(place)
    database = await Database.open(place)
    try:
        async with database.read() as connection:
            # What a damaged file holds is not worth a look.
            problems = await database.dialect.integrity(connection, MOST_PROBLEMS) or [
                *await _clients_in_step(connection, progress),
                *await _figures_add_up(connection),
                *await _trail_is_whole(connection),
            ]
    finally:
        await database.close()
    return tuple(problems[:MOST_PROBLEMS])


async def _clients_in_step(connection: AsyncConnection, progress: Callable[[int, float], None]) -> list[str]:
    """Compare what is derived from each client (folded forms, search text, tag index) with the client itself."""
    ids = (await connection.scalars(select(clients.c.id).order_by(clients.c.id))).all()
    problems: list[str] = []
    for start in range(0, len(ids), _BATCH_ROWS):
        progress(start, start / len(ids))
        problems += await _problems_among(connection, ids[start : start + _BATCH_ROWS])
    return problems


async def _problems_among(connection: AsyncConnection, ids: Sequence[int]) -> list[str]:
    problems: list[str] = []
    chosen = clients.c.id.in_(ids)
    try:
        whole = [client(row) for row in (await connection.execute(select(*CLIENT_COLUMNS).where(chosen))).all()]
        stored = {row["id"]: row for row in (await connection.execute(select(clients).where(chosen))).mappings()}
    except (TypeError, ValueError):
        # One of them holds something that is no value of its field; it is found by halving.
        if len(ids) == 1:
            return [f"Cliente {ids[0]}: um dos campos guarda um valor que não existe."]
        middle = len(ids) // 2
        return [*await _problems_among(connection, ids[:middle]), *await _problems_among(connection, ids[middle:])]
    tags: dict[int, set[str]] = {}
    for row in await connection.execute(select(client_tags).where(client_tags.c.client_id.in_(ids))):
        tags.setdefault(row.client_id, set()).add(row.tag_folded)
    for one in whole:
        off = [name for name, value in columns_of(one).items() if stored[one.id][name] != value]
        if tags.get(one.id, set()) != tag_keys(one):
            off.append("client_tags")
        if off:
            problems.append(f"Cliente {one.id}: fora de compasso em {', '.join(off)}.")
        if not is_valid(one.document):
            problems.append(f"Cliente {one.id}: o documento {mask(one.document)} não confere.")
    return problems


async def _figures_add_up(connection: AsyncConnection) -> list[str]:
    day = today(SystemClock())
    try:
        figures = await summary(connection, day)
    except (TypeError, ValueError):
        return ["Uma compra guarda um valor que não existe."]
    tabs = await tab_counts(connection, day)
    not_archived = await connection.scalar(select(func.count()).where(clients.c.archived.is_(False)))
    sums = (
        ("clientes por quem paga", sum(figures.by_payer.values()), figures.total),
        ("clientes por situação", sum(figures.by_situation.values()), figures.total),
        ("clientes com e sem plano", sum(figures.by_plan.values()) + tabs[Tab.WITHOUT_PLAN], figures.total),
        ("guia Todos", tabs[Tab.ALL], int(not_archived or 0)),
    )
    problems = [
        f"Os números não batem em {what}: {found} contra {wanted}." for what, found, wanted in sums if found != wanted
    ]
    return problems + await connection.run_sync(kept_counts.problems)


async def _trail_is_whole(connection: AsyncConnection) -> list[str]:
    broken = await trail.first_broken(connection)
    return [] if broken is None else [f"Auditoria: o registro {broken} foi mudado ou retirado por fora do programa."]
