"""The database: opening it safely, transactions that lose nothing, driver errors said in Portuguese."""

from __future__ import annotations

import sqlite3
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from sqlalchemy import event, insert, inspect, select
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError

from caz_tui.data import search_index, trail
from caz_tui.data.async_engine import create_async_engine
from caz_tui.data.database_file import Identity, identity, inspect_file
from caz_tui.data.errors import StorageError
from caz_tui.data.founding import found
from caz_tui.data.tables import SCHEMA_REVISION, alembic_version, metadata
from caz_tui.data.turns import PATIENCE_SECONDS, turn

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from sqlalchemy import Connection
    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

    from caz_tui.data.clients import Author

BUSY_TIMEOUT_MS = 20_000
"""Without WAL a commit waits for all who read, and who reads next for it: with thirty at it on two cores, seconds."""
_CACHE_KIB = 2_000
# Before 3.51.3 two processes that write and checkpoint at the same instant can corrupt a WAL database.
_SAFE_WAL = (3, 51, 3)
_BEGINS_AS_WRITE = "caz_begins_as_write"


class Database:
    """An office's database, open: hands out connections for reading and for writing."""

    def __init__(self, path: Path, engine: AsyncEngine) -> None:
        self.path = path
        self.has_search_index = False
        """Whether words are found through an index; see ``search_index``."""
        self._engine = engine
        self._identity: Identity | None = None

    @classmethod
    async def open(cls, path: Path, *, founder: Author | None = None) -> Database:
        """Return the database in a file, created when there is none and upgraded when it is older.

        Args:
            path: the file.
            founder: who is its first administrator if it is created; None leaves it without users.

        Raises:
            StorageError: the file is not a database of this program, is read-only, locked, damaged or newer.
        """
        existed = inspect_file(path)
        database = cls(path, _make_engine(path))
        try:
            revision = await database._revision() if existed else None
            if revision is None:
                await database._create(founder)
            elif revision != SCHEMA_REVISION:
                await database._upgrade(revision)
            async with database.read() as connection:
                database.has_search_index = await search_index.is_there(connection)
                is_sealed = await trail.is_sealed(connection)
            if not is_sealed:
                # A trail that has just got its seals, or whose upgrade was cut off before it had them.
                async with database.write():
                    pass
            database._identity = identity(path)
        except BaseException:
            await database.close()
            raise
        return database

    async def close(self) -> None:
        """Give back every connection."""
        await self._engine.dispose()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """Give a connection for one consistent look at the data."""
        with _in_portuguese(self.path):
            self._refuse_ghost()
            async with self._engine.connect() as connection:
                yield connection

    @asynccontextmanager
    async def write(self, patience_seconds: float | None = None) -> AsyncIterator[AsyncConnection]:
        """Give a connection in a transaction that holds the write lock from its start; commits unless it raises."""
        with _in_portuguese(self.path):
            self._refuse_ghost()
            async with turn(self.path, patience_seconds), self._engine.connect() as connection:
                await connection.execution_options(**{_BEGINS_AS_WRITE: True})
                async with connection.begin():
                    yield connection
                    await trail.seal(connection)
                    self._refuse_ghost()

    def _refuse_ghost(self) -> None:
        """Refuse to go on in a file that has lost its name: what is written there is gone when the program ends.

        Nor is the file opened that stands in its place: it may be another portfolio, and what is on the screen is not
        from it.
        """
        if self._identity is not None and identity(self.path) != self._identity:
            raise StorageError(
                f"O banco {self.path} foi apagado ou trocado por outro; daqui nada mais se grava. Saia e entre de novo."
            )

    async def _revision(self) -> str | None:
        """Return the schema revision, or None for an empty database."""
        async with self.read() as connection:
            names = await connection.run_sync(lambda sync: inspect(sync).get_table_names())
            if not names:
                return None
            if alembic_version.name not in names or "clients" not in names:
                raise StorageError(f"O banco {self.path} não é do caz-tui.")
            return str(await connection.scalar(select(alembic_version.c.version_num)))

    async def _create(self, founder: Author | None) -> None:
        async with self.write() as connection:
            await connection.run_sync(_create_schema, founder)

    async def _upgrade(self, revision: str) -> None:
        # Alembic costs start-up time, so it is imported only when the schema is behind.
        from caz_tui.data.migrations.upgrade import is_known, upgrade  # noqa: PLC0415

        if not is_known(revision):
            raise StorageError(
                f"O banco {self.path} foi criado por uma versão mais nova do caz-tui; atualize o programa para abri-lo."
            )
        with _in_portuguese(self.path):
            async with turn(self.path):
                if await self._revision() != SCHEMA_REVISION:  # nobody else was quicker
                    await self.close()
                    await upgrade(self.path)


def _create_schema(connection: Connection, founder: Author | None = None) -> None:
    if inspect(connection).get_table_names():
        return  # another first start was quicker
    metadata.create_all(connection)
    connection.execute(insert(alembic_version).values(version_num=SCHEMA_REVISION))
    if founder is not None:
        found(connection, founder)


def _make_engine(path: Path) -> AsyncEngine:
    engine = create_async_engine(
        URL.create("sqlite+aiosqlite", database=str(path)),
        connect_args={"timeout": BUSY_TIMEOUT_MS / 1000},
        pool_size=4,
        max_overflow=0,
    )
    event.listen(engine.sync_engine, "connect", _prepare_connection)
    event.listen(engine.sync_engine, "begin", _begin)
    return engine


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
    writes = connection.get_execution_options().get(_BEGINS_AS_WRITE, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


class _in_portuguese:  # noqa: N801 - reads as the with statement it is
    """Turn driver errors into ``StorageError``."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> None:
        return None

    def __exit__(self, _kind: object, error: BaseException | None, _traceback: object) -> None:
        if isinstance(error, TimeoutError):
            raise StorageError(_busy(self._path, PATIENCE_SECONDS)) from error
        cause = error.orig if isinstance(error, DBAPIError) else error
        if isinstance(cause, BaseException):
            while cause is not None and not isinstance(cause, sqlite3.Error):
                cause = cause.__cause__
        if isinstance(cause, sqlite3.Error) and not isinstance(cause, sqlite3.IntegrityError):
            raise StorageError(_sentence(self._path, cause)) from error


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
