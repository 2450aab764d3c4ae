"""SQLite through ``aiosqlite``, a trip to its thread for each statement.

Making a cursor, executing, fetching and closing are four trips of ``aiosqlite``, each with a change of threads there
and one back: a short list cost a dozen of them, more than the reading itself. SQLAlchemy fetches every row at once
anyway. What is known of the inside, watched by `tests/unit/test_engine.py`: `aiosqlite.Connection` takes what opens the
file, keeps its thread in `_thread` and runs there what `_execute` is given; SQLAlchemy's cursor for it wants `cursor()`
to be entered, and then what is public here.
"""

from __future__ import annotations

import sqlite3
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Self

import aiosqlite

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable, Sequence

ROWS_A_TRIP: Final = 1_000
"""How many rows come with the statement itself: more than any screen asks for."""


async def connected(database: str, **options: Any) -> OneTripConnection:  # noqa: ANN401 - handed on as they are
    """Return an open connection to a file; the options are those of ``sqlite3.connect``."""
    connection = OneTripConnection(partial(sqlite3.connect, database, **options), ROWS_A_TRIP)
    # One that is never closed must not keep the program from ending.
    connection._thread.daemon = True  # noqa: SLF001
    await connection
    return connection


class OneTripConnection(aiosqlite.Connection):
    """A connection whose cursors travel once for each statement."""

    def cursor(self) -> OneTripCursor:  # type: ignore[override]  # whatever can be entered
        """Return a cursor, which is not known to SQLite before it executes something."""
        return OneTripCursor(self)


class OneTripCursor:
    """Executes a statement, fetches its rows and gives SQLite's cursor back, in one trip to the thread.

    Of very many rows the rest is fetched when it is asked for, so that a list that is read as a stream is never held
    whole.
    """

    arraysize = 1

    def __init__(self, connection: OneTripConnection) -> None:
        self._connection = connection
        self._open: sqlite3.Cursor | None = None
        self._rows: list[Any] = []
        self.description: Any = None
        self.rowcount = -1
        self.lastrowid: int | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def execute(self, statement: str, parameters: Sequence[Any] = ()) -> Self:
        """Execute a statement and fetch its rows, the first ones at least."""
        await self._travel(self._run, lambda cursor: cursor.execute(statement, parameters))
        return self

    async def executemany(self, statement: str, parameters: Iterable[Sequence[Any]]) -> Self:
        """Execute a statement for each of many parameters."""
        await self._travel(self._run, lambda cursor: cursor.executemany(statement, parameters))
        return self

    async def fetchall(self) -> list[Any]:
        """Return the rows that were not given yet."""
        if self._open is not None:
            await self._travel(self._fetch, None)
        rows, self._rows = self._rows, []
        return rows

    async def fetchmany(self, size: int | None = None) -> list[Any]:
        """Return as many of the rows that were not given yet, or those that are left."""
        wanted = size or self.arraysize
        if self._open is not None and len(self._rows) < wanted:
            await self._travel(self._fetch, wanted)
        rows, self._rows = self._rows[:wanted], self._rows[wanted:]
        return rows

    async def fetchone(self) -> Any:  # noqa: ANN401 - a row
        """Return the next row; None behind the last one."""
        rows = await self.fetchmany(1)
        return rows[0] if rows else None

    async def __aiter__(self) -> AsyncIterator[Any]:
        while rows := await self.fetchmany(ROWS_A_TRIP):
            for row in rows:
                yield row

    async def close(self) -> None:
        """Forget what was not fetched."""
        self._rows = []
        if self._open is not None:
            await self._travel(self._give_back)

    async def _travel(self, deed: Callable[..., None], *arguments: object) -> None:
        await self._connection._execute(deed, *arguments)  # type: ignore[no-untyped-call]  # noqa: SLF001

    def _run(self, run: Callable[[sqlite3.Cursor], object]) -> None:
        self._give_back()
        self._open = cursor = self._connection._conn.cursor()  # noqa: SLF001
        self._rows = []
        try:
            run(cursor)
            self.description = cursor.description
            if cursor.description:
                self._fetch(ROWS_A_TRIP)
            else:
                self._give_back()
        except BaseException:
            self._give_back()
            raise
        self.rowcount, self.lastrowid = cursor.rowcount, cursor.lastrowid

    def _fetch(self, size: int | None) -> None:
        assert self._open is not None
        found = self._open.fetchall() if size is None else self._open.fetchmany(max(size, ROWS_A_TRIP))
        self._rows += found
        if size is None or len(found) < max(size, ROWS_A_TRIP):
            self._give_back()

    def _give_back(self) -> None:
        cursor, self._open = self._open, None
        if cursor is not None:
            cursor.close()
