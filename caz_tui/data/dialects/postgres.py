"""PostgreSQL: a schema of a database on a server, for offices that outgrow one machine.

Nothing here leans on what a session remembers, so that a pooler may hand each transaction to another connection: a
transaction says itself where its tables are, and statements are not prepared. Only being told of writes needs a
connection of its own; see ``postgres_watch``.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import psycopg
from sqlalchemy import event, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError, InterfaceError

from caz_tui.data import trail
from caz_tui.data.async_engine import create_async_engine
from caz_tui.data.dialects import postgres_schema, postgres_trouble
from caz_tui.data.dialects.base import BEGINS_AS_WRITE, DIALECT, Dialect, as_bound, nobody
from caz_tui.data.dialects.postgres_watch import ServerWatch, channel_of
from caz_tui.data.errors import ServerGone, StorageError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable, Sequence

    from sqlalchemy import Column, Connection, Table
    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

    from caz_tui.data.address import ServerAddress
    from caz_tui.data.dialects.base import Search
    from caz_tui.data.trail import Anchor

OLDEST_MAJOR: Final = 15
PATIENCE_SECONDS: Final = 30
"""How long a writer waits for its turn, and a commit whose answer was lost for the server to come back."""

_IDLE_SECONDS: Final = 120
_LOOK_AGAIN_SECONDS: Final = 0.2
_LOCK: Final = "pg_advisory_xact_lock(hashtextextended('caz-tui/' || current_schema(), 0))"
_STARTED: Final = "pg_postmaster_start_time()::text"
_LASTING_CONNECTIONS: Final = 1
_MORE_CONNECTIONS: Final = 3
_DEFAULTS: Final[dict[str, str | int]] = {
    "application_name": "caz-tui",
    "connect_timeout": 10,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
}


class _Write(NamedTuple):
    """By what a transaction is known again after its connection was lost.

    Attributes:
        number: the server's own number of it.
        started: when the server was started.
        sealed: the newest entry that it added to the trail.
    """

    number: str
    started: str
    sealed: Anchor | None


class PostgresDialect(Dialect):
    """A database on a server."""

    knows_how_many = True

    def __init__(self, address: ServerAddress) -> None:
        super().__init__(address)
        self._address = address
        self._engine: AsyncEngine | None = None

    def look(self) -> bool:
        """Return that there may be tables: only the server knows."""
        return True

    def make_engine(self) -> AsyncEngine:
        """Return the engine; the address goes past its URL, so that nothing that shows the URL shows a password."""
        engine = create_async_engine(
            URL.create("postgresql+psycopg"),
            connect_args={**_DEFAULTS, **self._address.for_library(), "autocommit": True, "prepare_threshold": None},
            execution_options={DIALECT: self},
            hide_parameters=True,
            # Most of the day a session waits for its person: it keeps one connection, and takes more while it works.
            pool_size=_LASTING_CONNECTIONS,
            max_overflow=_MORE_CONNECTIONS,
        )
        event.listen(engine.sync_engine, "begin", self._begin)
        self._engine = engine
        return engine

    async def prepare(self, engine: AsyncEngine) -> None:
        """Learn which schema the tables are in, and make the one that is asked for when there is none.

        Raises:
            StorageError: the server is too old, or there is no schema and none may be made.
        """
        asking = text("SELECT current_setting('server_version_num')::int, current_schema()")
        async with engine.connect() as connection:
            version, current = (await connection.execute(asking)).one()
        if version < OLDEST_MAJOR * 10_000:
            raise StorageError(
                f"O servidor de {self.place} é o PostgreSQL {version // 10_000}; o caz-tui precisa do {OLDEST_MAJOR} "
                "ou mais novo."
            )
        wanted = self._address.schema
        if wanted is None and current is None:
            raise StorageError(f"O usuário não tem um esquema em {self.place}; escolha um com ?esquema=nome.")
        if wanted is not None:
            await self._make_schema(engine, wanted)
        self.schema = wanted or str(current)

    async def _make_schema(self, engine: AsyncEngine, name: str) -> None:
        async with engine.connect() as connection:
            there = text("SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = :name")
            if await connection.scalar(there, {"name": name}) is None:
                # Two first starts at once: the second waits, and finds it made.
                await connection.execute(text("SELECT pg_advisory_xact_lock(hashtextextended('caz-tui/schema', 0))"))
                await connection.exec_driver_sql(f'CREATE SCHEMA IF NOT EXISTS "{name}"')
                await connection.commit()

    def finish_schema(self, connection: Connection) -> None:
        """Make triggers, numbering and the search index."""
        postgres_schema.finish(connection)

    async def upgrade(self) -> None:
        """Bring the tables up to date in one transaction; whoever comes second finds it done."""
        from caz_tui.data.migrations.upgrade import migrate_server  # noqa: PLC0415 - Alembic costs start-up time

        assert self._engine is not None
        async with self.begun(self._engine, writes=True) as connection:
            await connection.run_sync(migrate_server, self.place)
            await self.commit(connection, None)

    async def search(self, connection: AsyncConnection) -> Search | None:
        """Return the trigram index that the database has: the server's own, or ours where that was not to be had."""
        return await postgres_schema.search(connection)

    @asynccontextmanager
    async def begun(self, engine: AsyncEngine, *, writes: bool) -> AsyncIterator[AsyncConnection]:
        """Give a connection in a transaction; one that the server has closed meanwhile is replaced unnoticed."""
        connection = await self._connect(engine, writes=writes)
        try:
            yield connection
        finally:
            await asyncio.shield(connection.close())

    async def _connect(self, engine: AsyncEngine, *, writes: bool) -> AsyncConnection:
        for is_last in (False, True):
            connection = await engine.connect()
            try:
                await connection.execution_options(**{BEGINS_AS_WRITE: writes})
                await connection.begin()
            except BaseException as error:
                await connection.close()
                # It had stood idle since before the server went; nothing was asked through it yet.
                if is_last or not _is_lost(error):
                    raise
            else:
                return connection
        raise AssertionError

    def _begin(self, connection: Connection) -> None:
        """Begin as one message: the kind of transaction, where its tables are, and for a write the turn."""
        if self.schema is None:
            connection.exec_driver_sql("BEGIN")
            return
        home = f'SET LOCAL search_path TO "{self.schema}"'
        if connection.get_execution_options().get(BEGINS_AS_WRITE, False):
            # Read committed: what the turn before wrote is seen by the first statement after the lock is given.
            connection.exec_driver_sql(
                f"BEGIN ISOLATION LEVEL READ COMMITTED; {home}; SET LOCAL lock_timeout = '{PATIENCE_SECONDS}s'; "
                f"SET LOCAL idle_in_transaction_session_timeout = '{_IDLE_SECONDS}s'; SELECT {_LOCK}"
            )
        else:
            connection.exec_driver_sql(f"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; {home}")

    async def commit(self, connection: AsyncConnection, sealed: Anchor | None) -> None:
        """Commit, tell whoever listens, and when the answer is lost find out what became of it.

        Raises:
            ServerGone: it was not committed, or nobody can tell.
        """
        assert self.schema is not None
        telling = text(f"SELECT pg_notify(:channel, ''), pg_current_xact_id()::text, {_STARTED}")
        _, number, started = (await connection.execute(telling, {"channel": channel_of(self.schema)})).one()
        try:
            await connection.commit()
        except DBAPIError as error:
            if not _is_lost(error):
                raise
            if not await self._was_committed(_Write(number, started, sealed)):
                raise ServerGone(postgres_trouble.NOT_WRITTEN) from error

    async def _was_committed(self, write: _Write) -> bool:
        """Tell whether a transaction was committed whose answer was lost; raises ``ServerGone`` when nobody can."""
        assert self._engine is not None
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            try:
                # The turn is given when the transaction has ended, one way or the other.
                async with self.begun(self._engine, writes=True) as connection:
                    if write.sealed is not None:
                        return await trail.seal_of(connection, write.sealed.number) == write.sealed.seal
                    return await _status(connection, write) == "committed"
            except DBAPIError:
                await asyncio.sleep(_LOOK_AGAIN_SECONDS)
        raise ServerGone(postgres_trouble.PERHAPS_WRITTEN)

    def explain(self, error: BaseException) -> StorageError | None:
        """Return what an error of the server's or of the way to it means."""
        return postgres_trouble.explain(error, self._address)

    async def insert_many(self, connection: AsyncConnection, table: Table, rows: Sequence[dict[str, Any]]) -> None:
        """Insert rows by COPY, several times as fast as INSERT."""
        if not rows:
            return
        columns = [table.c[name] for name in rows[0]]
        await _copy_in(connection, columns, as_bound(connection, columns, rows))

    async def insert_stored(self, connection: AsyncConnection, table: Table, rows: Sequence[tuple[Any, ...]]) -> None:
        """Insert rows whole, by COPY too."""
        await _copy_in(connection, list(table.c), rows)

    async def write_seals(self, connection: AsyncConnection, seals: Sequence[tuple[int, str]]) -> None:
        """Put seals on entries in one statement."""
        sealing = text(
            "UPDATE audit_entries SET seal = sealed.seal "
            "FROM unnest(CAST(:numbers AS int[]), CAST(:seals AS text[])) AS sealed (id, seal) "
            "WHERE audit_entries.id = sealed.id"
        )
        numbers, texts = zip(*seals, strict=True)
        await connection.execute(sealing, {"numbers": list(numbers), "seals": list(texts)})

    @asynccontextmanager
    async def bulk(
        self, connection: AsyncConnection, tables: Sequence[Table], tell: Callable[[float], None] = nobody
    ) -> AsyncIterator[None]:
        """Keep the indexes away meanwhile, that of the search too."""
        indexes = sorted((index for table in tables for index in table.indexes), key=lambda index: str(index.name))
        for index in indexes:
            await connection.run_sync(index.drop)
        await connection.run_sync(postgres_schema.drop_search)
        yield
        for made, index in enumerate(indexes, 1):
            await connection.run_sync(index.create)
            tell(made / (len(indexes) + 1))
        await connection.run_sync(postgres_schema.create_search)

    async def settle(self, connection: AsyncConnection) -> None:
        """Let sequences go on behind the numbers that rows brought along, and the planner learn what there is."""
        await connection.run_sync(postgres_schema.settle)

    def watch(self, trouble: Callable[[str], None]) -> ServerWatch:
        """Return what tells of writes to the schema."""
        assert self.schema is not None
        return ServerWatch(
            {**_DEFAULTS, **self._address.for_library(direct=True)}, self.schema, self._newest, trouble, self.explain
        )

    async def _newest(self) -> int:
        assert self._engine is not None
        async with self.begun(self._engine, writes=False) as connection:
            return await self.edition(connection)

    async def edition(self, connection: AsyncConnection) -> int:
        """Return the number of the newest entry in the trail, in which every change to a client stands."""
        return int(await connection.scalar(text("SELECT max(id) FROM audit_entries")) or 0)

    async def integrity(self, connection: AsyncConnection, most: int) -> list[str]:
        """Return what is wrong with constraints, indexes, triggers and the server's checksums."""
        return (await connection.run_sync(postgres_schema.problems))[:most]


async def _status(connection: AsyncConnection, write: _Write) -> str:
    """Return what became of a transaction that left nothing in the trail."""
    if await connection.scalar(text(f"SELECT {_STARTED}")) != write.started:
        # A server that crashed gives the number of a transaction that it lost to another one.
        raise ServerGone(postgres_trouble.PERHAPS_WRITTEN)
    return str(await connection.scalar(text("SELECT pg_xact_status(CAST(:number AS xid8))"), {"number": write.number}))


async def _copy_in(connection: AsyncConnection, columns: Sequence[Column[Any]], rows: Iterable[Sequence[Any]]) -> None:
    driver = (await connection.get_raw_connection()).driver_connection
    assert isinstance(driver, psycopg.AsyncConnection)
    names = ", ".join(f'"{column.name}"' for column in columns)
    async with driver.cursor() as cursor, cursor.copy(f'COPY "{columns[0].table.name}" ({names}) FROM STDIN') as copy:
        for row in rows:
            await copy.write_row(row)


def _is_lost(error: BaseException) -> bool:
    return isinstance(error, InterfaceError) or (isinstance(error, DBAPIError) and error.connection_invalidated)
