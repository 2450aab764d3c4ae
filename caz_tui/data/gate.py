"""The gate every call of the service goes through: who asks is looked up and checked in the call's own transaction."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from sqlalchemy import bindparam, func, select

from caz_tui.data.access import Permission, admitted, may, why_not
from caz_tui.data.choices import Role
from caz_tui.data.errors import NotAllowed
from caz_tui.data.tables import clients, user_carteiras, users

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from sqlalchemy.ext.asyncio import AsyncConnection

    from caz_tui.data.clients import Author
    from caz_tui.data.engine import Database

FEW_CLIENTS: Final = 5_000
"""Up to this many clients a scope is looked up and sorted; the list of a larger one is walked for."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Which clients exist for somebody.

    Attributes:
        carteiras: the ids of the carteiras whose clients they are; None for every client there is.
        is_small: whether they are so few that looking them up beats walking a list of all clients.
    """

    carteiras: tuple[int, ...] | None = None
    is_small: bool = False


EVERY_CLIENT: Final = Scope()


_NAME: Final = "person"
_SOME_USERS = select(users.c.id).limit(2).subquery()
_ASKING: Final = select(
    select(func.count()).select_from(_SOME_USERS).scalar_subquery(),
    *(
        select(column).where(users.c.name == bindparam(_NAME)).scalar_subquery()
        for column in (users.c.id, users.c.role, users.c.active)
    ),
)
"""How many users there are, up to two, and who the one of a name is: asked in every call, so made once."""


class Visit(NamedTuple):
    """One call that was let in: its transaction, who makes it, and which clients exist for them."""

    connection: AsyncConnection
    author: Author
    role: Role
    scope: Scope


class Gate:
    """Lets one person into one database, call by call."""

    def __init__(self, database: Database, author: Author) -> None:
        self._database = database
        self._author = author
        self.role: Role | None = None
        """The role as of the last call; None before the first."""

    @asynccontextmanager
    async def read(self, permission: Permission = Permission.SEE) -> AsyncIterator[Visit]:
        """Give one consistent look at the data.

        Raises:
            AccessGone: the person is no user, or no longer.
            NotAllowed: their role lacks the permission.
        """
        async with self._database.read() as connection:
            yield await self._visit(connection, permission)

    @asynccontextmanager
    async def write(self, permission: Permission = Permission.WORK) -> AsyncIterator[Visit]:
        """Give a transaction that holds the write lock, so that nobody is sent away between the check and the deed.

        Raises:
            AccessGone: the person is no user, or no longer.
            NotAllowed: their role lacks the permission.
        """
        async with self._database.write() as connection:
            yield await self._visit(connection, permission)

    async def _visit(self, connection: AsyncConnection, permission: Permission) -> Visit:
        role, user_id = await _admitted(connection, self._author.name)
        self.role = role
        if not may(role, permission):
            raise NotAllowed(why_not(role, permission))
        scope = await _scope_of(connection, user_id) if role is Role.ANALYST else EVERY_CLIENT
        return Visit(connection, self._author, role, scope)


async def _admitted(connection: AsyncConnection, name: str) -> tuple[Role, int]:
    """Return the role and the id of a person; raises ``AccessGone``."""
    known, user_id, role, is_active = (await connection.execute(_ASKING, {_NAME: name})).one()
    return admitted(name, known, role, is_active=is_active), user_id or 0


async def _scope_of(connection: AsyncConnection, user_id: int) -> Scope:
    given = select(user_carteiras.c.carteira_id).where(user_carteiras.c.user_id == user_id)
    carteiras = tuple(await connection.scalars(given.order_by(user_carteiras.c.carteira_id)))
    some = select(clients.c.id).where(clients.c.carteira_id.in_(carteiras)).limit(FEW_CLIENTS + 1).subquery()
    held = await connection.scalar(select(func.count()).select_from(some)) if carteiras else 0
    return Scope(carteiras, is_small=int(held or 0) <= FEW_CLIENTS)
