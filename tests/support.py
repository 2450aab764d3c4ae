"""What tests share: a clock that stands still, a database to fill again and again."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import delete

from caz_tui.data.clients import Author, insert_new
from caz_tui.data.demo import fill
from caz_tui.data.engine import Database
from caz_tui.data.service import PortfolioService
from caz_tui.data.tables import alembic_version, metadata

if TYPE_CHECKING:
    from collections.abc import Coroutine, Sequence
    from pathlib import Path

    from caz_tui.data.clock import Clock
    from caz_tui.data.schemas import ClientChanges

T = TypeVar("T")

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


class FrozenClock:
    """A clock that always tells the same moment."""

    def __init__(self, moment: datetime = NOON) -> None:
        self.moment = moment

    def now(self) -> datetime:
        """Return the moment."""
        return self.moment


def make_demonstration(path: Path, clock: Clock) -> Path:
    """Fill a new database with the demonstration portfolio of a clock's day, and return its path."""

    async def make() -> None:
        database = await Database.open(path)
        await fill(database, clock)
        await database.close()

    asyncio.run(make())
    return path


class Desk:
    """A database that one test fills again and again, driven from synchronous code such as hypothesis needs."""

    def __init__(self, path: Path) -> None:
        self._runner = asyncio.Runner()
        self.database = self.run(Database.open(path))
        self.service = self._new_service()

    def run(self, doing: Coroutine[Any, Any, T]) -> T:
        """Return what a coroutine returns."""
        return self._runner.run(doing)

    def refill(self, portfolio: Sequence[ClientChanges]) -> list[int]:
        """Put a portfolio in the place of whatever is there, and return the ids it was given."""
        self.service = self._new_service()
        return self.run(self._refill(portfolio))

    def close(self) -> None:
        """Give the database back."""
        self.run(self.database.close())
        self._runner.close()

    def _new_service(self) -> PortfolioService:
        return PortfolioService(self.database, user="operador", clock=FrozenClock())

    async def _refill(self, portfolio: Sequence[ClientChanges]) -> list[int]:
        author = Author("operador", FrozenClock())
        async with self.database.write() as connection:
            # Entries of the audit trail stay; here it is a new one each time.
            await connection.exec_driver_sql("DROP TRIGGER IF EXISTS audit_entries_stay")
            for table in reversed(metadata.sorted_tables):
                if table is not alembic_version:
                    await connection.execute(delete(table))
            return [await insert_new(connection, changes, author) for changes in portfolio]
