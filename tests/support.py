"""What tests share: a clock that stands still, a database to fill again and again."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from hypothesis import settings
from sqlalchemy import delete, insert, update

from caz_tui.data.choices import Role
from caz_tui.data.clients import Author, insert_all
from caz_tui.data.demo import fill
from caz_tui.data.engine import Database
from caz_tui.data.service import PortfolioService
from caz_tui.data.tables import KEPT_COUNTS, alembic_version, carteiras, clients, metadata
from caz_tui.data.text import fold

if TYPE_CHECKING:
    from collections.abc import Coroutine, Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

    from caz_tui.data.address import Place, ServerAddress
    from caz_tui.data.clock import Clock
    from caz_tui.data.schemas import ClientChanges

T = TypeVar("T")

QUICK_EXAMPLES = 25
"""How many examples hypothesis tries of what ``make test`` runs, unless a test says fewer."""

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def dear(examples: int, **more: Any) -> settings:
    """Return the settings of a property whose examples are dear: few by ``make test``, as many as any in a long search.

    Args:
        examples: how many ``make test`` tries.
        more: further settings of hypothesis.
    """
    wanted = settings().max_examples
    return settings(max_examples=examples if wanted <= QUICK_EXAMPLES else wanted, **more)


class FrozenClock:
    """A clock that always tells the same moment."""

    def __init__(self, moment: datetime = NOON) -> None:
        self.moment = moment

    def now(self) -> datetime:
        """Return the moment."""
        return self.moment


PlaceT = TypeVar("PlaceT", bound="Path | ServerAddress")


def make_demonstration(place: PlaceT, clock: Clock, count: int = 300) -> PlaceT:
    """Fill a new database with the demonstration portfolio of a clock's day, and return its place."""

    async def make() -> None:
        database = await Database.open(place)
        await fill(database, clock, count)
        await database.close()

    asyncio.run(make())
    return place


async def open_and_close(place: Place) -> None:
    """Open a database, which makes it if need be, and give it back."""
    await (await Database.open(place)).close()


def file_of(service: PortfolioService) -> Path:
    """Return the file of a service's database."""
    assert isinstance(service.path, Path)
    return service.path


_TRAIL_MAY_GO = {
    "sqlite": "DROP TRIGGER IF EXISTS audit_entries_stay",
    "postgresql": "ALTER TABLE audit_entries DISABLE TRIGGER audit_entries_stay",
}


class Desk:
    """A database that one test fills again and again, driven from synchronous code such as hypothesis needs."""

    def __init__(self, place: Place) -> None:
        self._runner = asyncio.Runner()
        self.database = self.run(Database.open(place))
        self.service = self._new_service()

    def run(self, doing: Coroutine[Any, Any, T]) -> T:
        """Return what a coroutine returns."""
        return self._runner.run(doing)

    def refill(self, portfolio: Sequence[ClientChanges], carteiras: Sequence[str | None] = ()) -> list[int]:
        """Put a portfolio in the place of whatever is there, and return the ids it was given.

        ``carteiras`` names the one each client is in, as far as it goes; nothing tells how it came there.
        """
        self.service = self._new_service()
        return self.run(self._refill(portfolio, carteiras))

    def analyst(self, name: str, carteiras: Sequence[str]) -> PortfolioService:
        """Return the service as an analyst with these carteiras has it."""
        self.run(self.service.create_user(name, Role.ANALYST, carteiras))
        return self._new_service(name)

    def close(self) -> None:
        """Give the database back."""
        self.run(self.database.close())
        self._runner.close()

    def _new_service(self, user: str = "operador") -> PortfolioService:
        return PortfolioService(self.database, user=user, clock=FrozenClock())

    async def _refill(self, portfolio: Sequence[ClientChanges], names: Sequence[str | None]) -> list[int]:
        author = Author("operador", FrozenClock())
        async with self.database.write() as connection:
            # Entries of the audit trail stay; here it is a new one each time.
            await connection.exec_driver_sql(_TRAIL_MAY_GO[connection.dialect.name])
            for table in reversed(metadata.sorted_tables):
                if table not in (alembic_version, *KEPT_COUNTS):
                    await connection.execute(delete(table))
            ids = await insert_all(connection, portfolio, author) if portfolio else []
            await _put_into_carteiras(connection, ids, names)
        return ids


async def _put_into_carteiras(connection: AsyncConnection, ids: Sequence[int], names: Sequence[str | None]) -> None:
    for name in sorted({name for name in names if name is not None}):
        row = {"name": name, "name_folded": fold(name), "created_at": NOON, "created_by": "operador"}
        carteira_id = await connection.scalar(insert(carteiras).values(row).returning(carteiras.c.id))
        chosen = [one for one, its in zip(ids, names, strict=False) if its == name]
        await connection.execute(update(clients).where(clients.c.id.in_(chosen)).values(carteira_id=carteira_id))
