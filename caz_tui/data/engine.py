"""The database: opening it safely, transactions that lose nothing, driver errors said in Portuguese."""

from __future__ import annotations

from contextlib import asynccontextmanager, contextmanager
from functools import partial
from typing import TYPE_CHECKING

from sqlalchemy import insert, inspect, select
from sqlalchemy.schema import CreateIndex, CreateTable

from caz_tui.data import trail
from caz_tui.data.database_file import not_founded
from caz_tui.data.dialects.opening import dialect_for
from caz_tui.data.errors import PortfolioError, StorageError
from caz_tui.data.founding import found
from caz_tui.data.interrupting import stopped_by
from caz_tui.data.tables import SCHEMA_REVISION, alembic_version, metadata

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from sqlalchemy import Connection
    from sqlalchemy.ext.asyncio import AsyncConnection

    from caz_tui.data.address import Place
    from caz_tui.data.clients import Author
    from caz_tui.data.dialects.base import Dialect, Search


class Database:
    """An office's database, open: hands out connections for reading and for writing."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        """What is particular to the engine."""
        self.search: Search | None = None
        """The index by which words are found, where the database has one."""
        self._engine = dialect.make_engine()

    @property
    def path(self) -> Place:
        """Where the database is."""
        return self.dialect.place

    @classmethod
    async def open(cls, place: Place, *, founder: Author | None = None, must_exist: bool = False) -> Database:
        """Return the database at a place, created when there is none and upgraded when it is older.

        Args:
            place: a file or an address.
            founder: who is its first administrator if it is created; None leaves it without users.
            must_exist: whether it is refused where there is none.

        Raises:
            StorageError: what is there is no database of this program, is read-only, locked, damaged or newer; or the
                server cannot be reached or refuses.
        """
        dialect = dialect_for(place)
        may_be_there = dialect.look()
        if must_exist and not may_be_there:
            raise not_founded(place)
        database = cls(dialect)
        try:
            with database._in_portuguese():
                await dialect.prepare(database._engine)
            revision = await database._revision() if may_be_there else None
            if revision is None:
                await database._create(founder, must_exist=must_exist)
            elif revision != SCHEMA_REVISION:
                await database._upgrade(revision)
            async with database.read() as connection:
                database.search = await dialect.search(connection)
                is_sealed = await trail.is_sealed(connection)
            if not is_sealed:
                # A trail that has just got its seals, or whose upgrade was cut off before it had them.
                async with database.write():
                    pass
            dialect.know_again()
        except BaseException:
            await database.close()
            raise
        return database

    async def close(self) -> None:
        """Give back every connection."""
        await self._engine.dispose()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """Give a connection for one consistent look at the data; raises ``Superseded`` when that is taken back."""
        with self._in_portuguese():
            self.dialect.refuse_ghost()
            async with self.dialect.begun(self._engine, writes=False) as connection:
                with stopped_by(partial(self.dialect.interrupt, connection)):
                    yield connection

    @asynccontextmanager
    async def write(self, patience_seconds: float | None = None) -> AsyncIterator[AsyncConnection]:
        """Give a connection in a transaction that holds the write lock from its start; commits unless it raises."""
        with self._in_portuguese():
            self.dialect.refuse_ghost()
            turn = self.dialect.turn(patience_seconds)
            async with turn, self.dialect.begun(self._engine, writes=True) as connection:
                yield connection
                sealed = await trail.seal(connection)
                self.dialect.refuse_ghost()
                await self.dialect.commit(connection, sealed)

    async def _revision(self) -> str | None:
        """Return the schema revision, or None for an empty database."""
        async with self.read() as connection:
            schema = self.dialect.schema
            names = await connection.run_sync(lambda sync: inspect(sync).get_table_names(schema=schema))
            if not names:
                return None
            if alembic_version.name not in names or "clients" not in names:
                raise StorageError(f"O banco {self.path} não é do caz-tui.")
            return str(await connection.scalar(select(alembic_version.c.version_num)))

    async def _create(self, founder: Author | None, *, must_exist: bool) -> None:
        if must_exist:
            raise not_founded(self.path)
        async with self.write() as connection:
            await connection.run_sync(self._create_schema, founder)

    def _create_schema(self, connection: Connection, founder: Author | None) -> None:
        if inspect(connection).get_table_names(schema=self.dialect.schema):
            return  # another first start was quicker
        for table in metadata.sorted_tables:
            connection.execute(CreateTable(table))
            # Always in the same order: which of two SQLite takes that serve as well depends on it.
            for index in sorted(table.indexes, key=lambda index: str(index.name)):
                connection.execute(CreateIndex(index))
        trail.create_key(connection)
        self.dialect.finish_schema(connection)
        connection.execute(insert(alembic_version).values(version_num=SCHEMA_REVISION))
        if founder is not None:
            found(connection, founder)

    async def _upgrade(self, revision: str) -> None:
        # Alembic costs start-up time, so it is imported only when the schema is behind.
        from caz_tui.data.migrations.upgrade import is_known  # noqa: PLC0415

        if not is_known(revision):
            raise StorageError(
                f"O banco {self.path} foi criado por uma versão mais nova do caz-tui; atualize o programa para abri-lo."
            )
        with self._in_portuguese():
            async with self.dialect.turn():
                if await self._revision() != SCHEMA_REVISION:  # nobody else was quicker
                    await self.close()
                    await self.dialect.upgrade()

    @contextmanager
    def _in_portuguese(self) -> Iterator[None]:
        """Turn driver errors into ``StorageError``."""
        try:
            yield
        except PortfolioError:
            raise
        except Exception as error:
            said = self.dialect.explain(error)
            if said is None:
                raise
            raise said from error
