"""SQLite: one file, whose writers queue up beside it."""

from __future__ import annotations

import sqlite3
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import event, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError

from caz_tui.data import kept_counts, search_index, trail
from caz_tui.data.async_engine import create_async_engine
from caz_tui.data.database_file import Identity, address, gone, identity, inspect_file
from caz_tui.data.dialects.base import BEGINS_AS_WRITE, DIALECT, Dialect, as_bound, nobody
from caz_tui.data.dialects.one_trip import OneTripConnection, connected
from caz_tui.data.errors import StorageError, Superseded
from caz_tui.data.interrupting import SENTENCE
from caz_tui.data.tables import clients
from caz_tui.data.turns import PATIENCE_SECONDS, turn
from caz_tui.data.watching import DatabaseWatch

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence
    from contextlib import AbstractAsyncContextManager
    from pathlib import Path

    from sqlalchemy import Connection, Table
    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

    from caz_tui.data.dialects.base import Search

BUSY_TIMEOUT_MS = 20_000
"""Without WAL a commit waits for all who read, and who reads next for it: with thirty at it on two cores, seconds."""
_CACHE_KIB: Final = 800
"""How much of the file a connection, of which a session has four, keeps; with 2 MB no query was faster."""
_STATEMENTS_KEPT: Final = 32
"""How many a connection keeps prepared, with what they were last given: Python's own 128 are a megabyte and more."""
_ROOMY_CACHE_KIB: Final = 100_000
_INDEXES_SHARE: Final = 0.55
_COUNTS_SHARE: Final = 0.1
# Before 3.51.3 two processes that write and checkpoint at the same instant can corrupt a WAL database.
_SAFE_WAL: Final = (3, 51, 3)


class SqliteDialect(Dialect):
    """A database in a file."""

    readers_wait_for_bulk = False

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._path = path
        self._identity: Identity | None = None
        self._may_be_made = True

    def look(self) -> bool:
        """Tell whether the file holds a database already."""
        is_there = inspect_file(self._path)
        self._may_be_made = not is_there
        return is_there

    def make_engine(self) -> AsyncEngine:
        """Return the engine over the file."""
        engine = create_async_engine(
            URL.create("sqlite+aiosqlite", database=str(self._path)),
            async_creator=self._connected,
            execution_options={DIALECT: self},
            pool_size=4,
            max_overflow=0,
            # The one used last has the pages that are asked for next; taken in turns, all four would keep them.
            pool_use_lifo=True,
        )
        event.listen(engine.sync_engine, "connect", _prepare_connection)
        event.listen(engine.sync_engine, "begin", _begin)
        return engine

    async def _connected(self) -> OneTripConnection:
        """Return an open connection; raises ``StorageError`` where the file is another by now."""
        connection = await connected(
            address(self._path, "rwc" if self._may_be_made else "rw"),
            uri=True,
            timeout=BUSY_TIMEOUT_MS / 1000,
            cached_statements=_STATEMENTS_KEPT,
        )
        try:
            # What was looked at before may have lost its name until the file was opened.
            self.refuse_ghost()
        except StorageError:
            await connection.close()
            raise
        return connection

    def finish_schema(self, connection: Connection) -> None:
        """Make the triggers of the trail and of the counts, and the search index."""
        trail.create(connection)
        kept_counts.create(connection)
        search_index.create(connection)

    async def upgrade(self) -> None:
        """Bring the file up to date after a copy of it."""
        # Alembic costs start-up time, so it is imported only when the schema is behind.
        from caz_tui.data.migrations.upgrade import upgrade  # noqa: PLC0415

        await upgrade(self._path)

    async def search(self, connection: AsyncConnection) -> Search | None:
        """Return FTS5 over trigrams, where the database has it and this SQLite can read it."""
        return search_index.TrigramTable() if await search_index.is_there(connection) else None

    def know_again(self) -> None:
        """Remember which file it is."""
        self._identity = identity(self._path)
        self._may_be_made = False

    def refuse_ghost(self) -> None:
        """Refuse to go on in a file that has lost its name: what is written there is gone when the program ends.

        Nor is the file opened that stands in its place: it may be another portfolio, and what is on the screen is not
        from it.
        """
        if self._is_ghost:
            raise gone(self._path)

    @property
    def _is_ghost(self) -> bool:
        return self._identity is not None and identity(self._path) != self._identity

    def turn(self, patience_seconds: float | None = None) -> AbstractAsyncContextManager[None]:
        """Give the turn to write among all processes on the file."""
        return turn(self._path, patience_seconds)

    def interrupt(self, connection: AsyncConnection) -> None:
        """Stop the query that a connection is at; where it is at none, nothing is stopped."""
        proxied = connection.sync_connection and connection.sync_connection.connection
        if proxied and proxied.driver_connection is not None:
            # It awaits nothing, and a moment later the connection may serve somebody else.
            with suppress(StopIteration):
                proxied.driver_connection.interrupt().send(None)

    async def forget_thoroughly(self, connection: AsyncConnection) -> None:
        """Have pages and the search index overwritten."""
        await search_index.forget_thoroughly(connection)

    def explain(self, error: BaseException) -> StorageError | None:
        """Return what an error of SQLite's means; one about the data itself is none of the database's."""
        if isinstance(error, TimeoutError):
            return StorageError(_busy(self._path, PATIENCE_SECONDS))
        cause = error.orig if isinstance(error, DBAPIError) else error
        while cause is not None and not isinstance(cause, sqlite3.Error):
            cause = cause.__cause__
        if cause is None or isinstance(cause, sqlite3.IntegrityError):
            return None
        if getattr(cause, "sqlite_errorcode", None) == sqlite3.SQLITE_INTERRUPT:
            return Superseded(SENTENCE)
        if self._is_ghost:
            return gone(self._path)
        return StorageError(_sentence(self._path, cause))

    async def insert_many(self, connection: AsyncConnection, table: Table, rows: Sequence[dict[str, Any]]) -> None:
        """Insert rows by the driver's own words, in a fraction of the time that SQLAlchemy's take."""
        if rows:
            columns = [table.c[name] for name in rows[0]]
            names = ", ".join(f'"{column.name}"' for column in columns)
            marks = ", ".join("?" * len(columns))
            await connection.exec_driver_sql(
                f'INSERT INTO "{table.name}" ({names}) VALUES ({marks})',  # noqa: S608 - our own names
                list(as_bound(connection, columns, rows)),
            )

    @asynccontextmanager
    async def gathering(self, connection: AsyncConnection) -> AsyncIterator[None]:
        """Keep the pages in memory, and let clients into the search index together."""
        async with self._roomy(connection), search_index.gathering(connection):
            yield

    @asynccontextmanager
    async def _roomy(self, connection: AsyncConnection) -> AsyncIterator[None]:
        """Keep the pages in memory, and let go of them afterwards, whatever happens."""
        cache_size = await connection.scalar(text("PRAGMA cache_size"))
        await connection.execute(text(f"PRAGMA cache_size=-{_ROOMY_CACHE_KIB}"))
        try:
            yield
        finally:
            # One that was left in the middle of a statement is closed already, and its pages are gone with it.
            if not connection.closed and not connection.invalidated:
                await connection.execute(text(f"PRAGMA cache_size={cache_size}"))

    @asynccontextmanager
    async def bulk(
        self, connection: AsyncConnection, tables: Sequence[Table], tell: Callable[[float], None] = nobody
    ) -> AsyncIterator[None]:
        """Keep the pages in memory and the indexes away: sorting one at the end costs a fraction of keeping it."""
        indexes = sorted((index for table in tables for index in table.indexes), key=lambda index: str(index.name))
        async with self._roomy(connection):
            for index in indexes:
                await connection.run_sync(index.drop)
            has_search = clients in tables and await search_index.pause(connection)
            if clients in tables:
                await kept_counts.pause(connection)
            share = _INDEXES_SHARE if has_search else 1 - _COUNTS_SHARE
            yield
            for made, index in enumerate(indexes, 1):
                await connection.run_sync(index.create)
                tell(share * made / len(indexes))
            if clients in tables:
                await kept_counts.make_anew(connection, lambda done: tell(share + _COUNTS_SHARE * done))
            if has_search:
                share += _COUNTS_SHARE
                await search_index.make_anew(connection, lambda done: tell(share + (1 - share) * done))

    async def settle(self, connection: AsyncConnection) -> None:
        """Let nobody get the number of a client that was deleted, and lives on in the trail."""
        await connection.exec_driver_sql(
            "INSERT INTO sqlite_sequence (name, seq) SELECT 'clients', 0 "
            "WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'clients')"
        )
        await connection.exec_driver_sql(
            "UPDATE sqlite_sequence SET seq = max(seq, (SELECT coalesce(max(client_id), 0) FROM audit_entries)) "
            "WHERE name = 'clients'"
        )

    def watch(self, trouble: Callable[[str], None]) -> DatabaseWatch:  # noqa: ARG002 - a file is never out of reach
        """Return what tells of writes to the file."""
        return DatabaseWatch(self._path)

    async def edition(self, connection: AsyncConnection) -> int:
        """Return SQLite's own number, which each connection counts for itself."""
        return int(await connection.scalar(text("PRAGMA data_version")) or 0)

    async def integrity(self, connection: AsyncConnection, most: int) -> list[str]:
        """Return what SQLite finds wrong with its pages and with what rows point to."""
        found = (await connection.exec_driver_sql(f"PRAGMA integrity_check({most})")).scalars().all()
        problems = [f"Integridade: {line}" for line in found if line != "ok"]
        orphans = (await connection.exec_driver_sql("PRAGMA foreign_key_check")).mappings().all()
        for orphan in orphans:
            line = "Uma linha" if orphan["rowid"] is None else f"A linha {orphan['rowid']}"
            problems.append(
                f"{line} da tabela {orphan['table']} aponta para uma linha de {orphan['parent']} que não existe."
            )
        return problems


def _prepare_connection(dbapi_connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver has no type
    # The driver's own transactions begin as reads and lose updates between processes: ours are begun by hand.
    dbapi_connection.isolation_level = None
    journal = "WAL" if sqlite3.sqlite_version_info >= _SAFE_WAL else "DELETE"
    cursor = dbapi_connection.cursor()
    for pragma in (
        f"busy_timeout={BUSY_TIMEOUT_MS}",
        "foreign_keys=ON",
        f"journal_mode={journal}",
        "synchronous=FULL",
        "temp_store=MEMORY",
        f"cache_size=-{_CACHE_KIB}",
        "mmap_size=0",
        # The triggers of the search index write to a virtual table, which SQLite allows a trusted schema only.
        "trusted_schema=ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get(BEGINS_AS_WRITE, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _busy(path: Path, seconds: float) -> str:
    return f"O banco {path} está ocupado por outro programa há mais de {seconds:.0f} s; tente de novo."


def _sentence(path: Path, error: sqlite3.Error) -> str:
    # The low byte is the primary code; the rest refines it.
    code = (getattr(error, "sqlite_errorcode", None) or 0) & 0xFF
    busy = _busy(path, BUSY_TIMEOUT_MS / 1000)
    return {
        sqlite3.SQLITE_BUSY: busy,
        sqlite3.SQLITE_LOCKED: busy,
        sqlite3.SQLITE_READONLY: f"O banco {path} está só para leitura; nada foi gravado.",
        sqlite3.SQLITE_NOTADB: f"O arquivo {path} não é um banco do caz-tui.",
        sqlite3.SQLITE_CORRUPT: f"O banco {path} está danificado; restaure uma cópia com «caz-tui banco restaurar».",
        sqlite3.SQLITE_FULL: "O disco está cheio; nada foi gravado.",
        sqlite3.SQLITE_IOERR: f"O disco falhou ao ler ou gravar {path}; nada foi gravado.",
        sqlite3.SQLITE_CANTOPEN: f"O banco {path} não pode ser aberto; confira o caminho e as permissões.",
    }.get(code, f"O banco {path} não respondeu como esperado.")
