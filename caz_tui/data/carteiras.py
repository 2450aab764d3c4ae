"""Carteiras: the parts of the portfolio that analysts are given, filled and emptied by query."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import and_, func, insert, select, update

from caz_tui.data import kept_counts
from caz_tui.data.clients import audit_row, note
from caz_tui.data.clock import today
from caz_tui.data.errors import NotFound, Refused
from caz_tui.data.gate import EVERY_CLIENT
from caz_tui.data.schemas import Assigned, Carteira
from caz_tui.data.selects import scope_condition, view_condition
from caz_tui.data.tables import audit_entries, carteiras, clients, user_carteiras, users
from caz_tui.data.text import clean_line, fold

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from sqlalchemy import ColumnElement
    from sqlalchemy.ext.asyncio import AsyncConnection

    from caz_tui.data.gate import Scope, Visit
    from caz_tui.data.query import Selection

MOST_NOTED_SINGLY: Final = 1_000
"""Up to this many clients moved at once have an entry each in the trail; more have one that holds query and count."""

LONGEST_NAME_CHARS: Final = 60
_NONE: Final = "–"


async def listed(connection: AsyncConnection) -> tuple[Carteira, ...]:
    """Return every carteira in order of name."""
    kind = kept_counts.BY_KIND.c
    counting = select(kind.carteira_id, func.sum(kind.clients)).where(kind.carteira_id.is_not(None))
    counts = {row[0]: row[1] for row in await connection.execute(counting.group_by(kind.carteira_id))}
    given: dict[int, list[str]] = {}
    pairs = select(user_carteiras.c.carteira_id, users.c.name).join(users, users.c.id == user_carteiras.c.user_id)
    for carteira_id, name in await connection.execute(pairs.order_by(users.c.name)):
        given.setdefault(carteira_id, []).append(name)
    rows = await connection.execute(select(carteiras).order_by(carteiras.c.name_folded))
    return tuple(
        Carteira(name=row.name, clients=counts.get(row.id, 0), users=tuple(given.get(row.id, ()))) for row in rows
    )


async def names(connection: AsyncConnection, scope: Scope) -> tuple[str, ...]:
    """Return the names of the carteiras that exist within a scope, in order."""
    asking = select(carteiras.c.name).order_by(carteiras.c.name_folded)
    if scope.carteiras is not None:
        asking = asking.where(carteiras.c.id.in_(scope.carteiras))
    return tuple(await connection.scalars(asking))


async def create(visit: Visit, name: str) -> Carteira:
    """Add a carteira; raises ``Refused`` for a name that is taken or would not do."""
    try:
        name = clean_line(name)
    except ValueError as error:
        raise Refused(f"O nome da carteira {error}.") from None
    if not 1 <= len(name) <= LONGEST_NAME_CHARS:
        raise Refused(f"O nome da carteira vai de 1 a {LONGEST_NAME_CHARS} caracteres.")
    taken = await visit.connection.scalar(select(carteiras.c.name).where(carteiras.c.name_folded == fold(name)))
    if taken is not None:
        raise Refused(f"Já há a carteira {taken}.")
    row = {"name": name, "name_folded": fold(name)}
    stamp = {"created_at": visit.author.clock.now(), "created_by": visit.author.name}
    await visit.connection.execute(insert(carteiras).values({**row, **stamp}))
    await note(visit.connection, visit.author, "Criou a carteira", name)
    return Carteira(name=name, clients=0, users=())


async def find(connection: AsyncConnection, name: str, scope: Scope) -> str:
    """Return a carteira's name as it is written, accents and case aside; raises ``NotFound``."""
    known = await names(connection, scope)
    for one in known:
        if fold(one) == fold(name.strip()):
            return one
    valid = f"Use uma de: {', '.join(known)}." if known else "Crie-a antes."
    raise NotFound(f"Não há carteira com o nome {name.strip()}. {valid}")


async def ids_of(connection: AsyncConnection, named: Sequence[str]) -> tuple[int, ...]:
    """Return the ids of carteiras, accents and case aside; raises ``NotFound`` for a name that none has."""
    found = dict.fromkeys([await find(connection, name, EVERY_CLIENT) for name in named])
    ids = [await connection.scalar(select(carteiras.c.id).where(carteiras.c.name == name)) for name in found]
    return tuple(map(int, filter(None, ids)))


async def count(connection: AsyncConnection, selection: Selection, day: date, scope: Scope) -> int:
    """Return how many clients a selection holds."""
    counting = select(func.count()).select_from(clients).where(_chosen(selection, day, scope))
    return int(await connection.scalar(counting) or 0)


async def assign(visit: Visit, selection: Selection, name: str | None) -> Assigned:
    """Put the clients of a selection into a carteira, or out of theirs when no name is given; all of them or none.

    Raises:
        NotFound: there is no such carteira.
    """
    connection, author = visit.connection, visit.author
    target: int | None = None
    label = _NONE
    if name is not None:
        (target,) = await ids_of(connection, (name,))
        label = str(await connection.scalar(select(carteiras.c.name).where(carteiras.c.id == target)))
    day = today(author.clock)
    total = await count(connection, selection, day, visit.scope)
    moving = and_(_chosen(selection, day, visit.scope), clients.c.carteira_id.is_distinct_from(target))
    action = "Pôs na carteira" if target is not None else "Tirou da carteira"
    before = select(carteiras.c.name).where(carteiras.c.id == clients.c.carteira_id).scalar_subquery()
    some = select(clients.c.id, clients.c.name, clients.c.document, before.label("before")).where(moving)
    rows: Sequence[Any] = (await connection.execute(some.limit(MOST_NOTED_SINGLY + 1))).all()
    if len(rows) > MOST_NOTED_SINGLY:
        done = await connection.execute(update(clients).where(moving).values(carteira_id=target))
        moved = done.rowcount
        subject = f"{label}: {moved} clientes ({selection.title})" if name else f"{moved} clientes ({selection.title})"
        await note(connection, author, action, subject)
    elif rows:
        moved = len(rows)
        chosen = clients.c.id.in_([row.id for row in rows])
        await connection.execute(update(clients).where(chosen).values(carteira_id=target))
        entries = [audit_row(author, action, row.id, row, {"carteira": [row.before or _NONE, label]}) for row in rows]
        await connection.execute(insert(audit_entries), entries)
    else:
        moved = 0
    return Assigned(carteira=None if target is None else label, moved=moved, already=total - moved)


def _chosen(selection: Selection, day: date, scope: Scope) -> ColumnElement[bool]:
    if selection.only is not None:
        return and_(clients.c.id.in_(sorted(selection.only)), scope_condition(scope))
    condition = view_condition(selection.view, day, scope=scope)
    return and_(condition, clients.c.id.not_in(sorted(selection.but))) if selection.but else condition
