"""The shape of a dialect: all that the rest of the data asks of a database engine."""

from __future__ import annotations

from abc import ABC, abstractmethod
from contextlib import asynccontextmanager, nullcontext
from typing import TYPE_CHECKING, Any, Protocol, Self

from sqlalchemy import JSON, BigInteger, Text, bindparam, func, insert, select, type_coerce, update

from caz_tui.data.expressions import as_stored
from caz_tui.data.tables import Moment, audit_entries

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Collection, Iterable, Iterator, Sequence
    from contextlib import AbstractAsyncContextManager
    from types import TracebackType

    from sqlalchemy import Column, ColumnElement, Connection, Select, Table
    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
    from sqlalchemy.types import TypeEngine

    from caz_tui.data.address import Place
    from caz_tui.data.errors import StorageError
    from caz_tui.data.trail import Anchor

BEGINS_AS_WRITE = "caz_begins_as_write"
"""The execution option of a connection whose transaction begins as a write."""

DIALECT = "caz_dialect"
"""The execution option under which every connection knows its dialect; see ``dialect_of``."""


MOST_LOOKED_UP = 20_000
"""Up to this many clients that have a word are looked up; for more the list is walked."""


def nobody(_fraction: float) -> None:
    """Is told how far a work is, and does nothing."""


class Search(ABC):
    """An index over the texts that are searched, by which a word is found in the middle of them."""

    least_letters: int
    """Words shorter than this are not looked up."""

    @abstractmethod
    def who_has(self, word: str) -> Select[tuple[int]]:
        """Return what selects the ids of the clients in whose texts a folded word occurs, as the index knows it."""

    @abstractmethod
    def matches(self, word: str) -> ColumnElement[bool]:
        """Return the condition that a folded word occurs in what is searched of a client, as the index knows it."""

    def has_all(self, words: Collection[str]) -> Select[tuple[int]] | None:  # noqa: ARG002
        """Return what selects the ids of exactly those who have all of some folded words of enough letters.

        None where the index cannot tell by itself, without a look at the texts.
        """
        return None

    def has_elsewhere(self, word: str) -> Select[tuple[int]] | None:  # noqa: ARG002
        """Return what selects the ids of exactly those who have a folded word, but whose names do not begin with it.

        None where the index cannot tell by itself, without a look at the texts.
        """
        return None

    async def rare(self, connection: AsyncConnection, words: Iterable[str]) -> dict[str, int]:
        """Return those of some folded words that at most ``MOST_LOOKED_UP`` clients have, with how many have each."""
        found = {}
        for word in words:
            some = self.who_has(word).limit(MOST_LOOKED_UP + 1).subquery()
            count = int(await connection.scalar(select(func.count()).select_from(some)) or 0)
            if count <= MOST_LOOKED_UP:
                found[word] = count
        return found


class Watch(Protocol):
    """Tells when a database was written to, by whomever; a context manager."""

    async def __aenter__(self) -> Self: ...

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None: ...

    async def changed(self) -> None:
        """Return when the database may have been written to since the last call returned.

        The first call returns as soon as nothing is missed any more: nobody knows what was written until then.
        """
        ...


class Dialect(ABC):
    """How one database is opened, written to and watched."""

    readers_wait_for_bulk = True
    """Whether whoever only reads has to wait for the end of a transaction in which there was ``bulk``."""
    knows_how_many = False
    """Whether the engine has statistics by which it chooses the way to some clients well."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.schema: str | None = None
        """The schema that holds the tables, where an engine has such a thing."""

    # Opening

    @abstractmethod
    def look(self) -> bool:
        """Tell whether there may be a database at the place already; raises ``StorageError`` if none ever can be."""

    @abstractmethod
    def make_engine(self) -> AsyncEngine:
        """Return what connections come from; each of its connections has ``DIALECT`` among its options."""

    async def prepare(self, engine: AsyncEngine) -> None:  # noqa: B027 - a file needs nothing of the kind
        """Learn what has to be known of the server before anything else; raises ``StorageError`` for one too old."""

    @abstractmethod
    def finish_schema(self, connection: Connection) -> None:
        """Make what belongs to new tables and is no table: triggers and the search index."""

    @abstractmethod
    async def upgrade(self) -> None:
        """Bring the tables up to date; raises ``StorageError`` and changes nothing when that fails."""

    @abstractmethod
    async def search(self, connection: AsyncConnection) -> Search | None:
        """Return the search index of the database, or None where it has none."""

    def know_again(self) -> None:  # noqa: B027
        """Remember which database it is that was opened."""

    def refuse_ghost(self) -> None:  # noqa: B027
        """Refuse to go on in a database that is no longer the one at its place; raises ``StorageError``."""

    # Transactions

    def turn(self, patience_seconds: float | None = None) -> AbstractAsyncContextManager[None]:  # noqa: ARG002
        """Give the turn to write, where the engine itself keeps no queue; raises ``TimeoutError``."""
        return nullcontext()

    @asynccontextmanager
    async def begun(self, engine: AsyncEngine, *, writes: bool) -> AsyncIterator[AsyncConnection]:
        """Give a connection in a transaction, which is taken back unless it is committed."""
        async with engine.connect() as connection:
            if writes:
                await connection.execution_options(**{BEGINS_AS_WRITE: True})
                await connection.begin()
            yield connection

    async def commit(self, connection: AsyncConnection, sealed: Anchor | None) -> None:  # noqa: ARG002
        """Commit a write, and see to it that others are told.

        Args:
            connection: in the transaction.
            sealed: the newest entry that the transaction added to the trail, by which it is known again.
        """
        await connection.commit()

    def interrupt(self, connection: AsyncConnection) -> None:  # noqa: B027
        """Stop the query that a connection is at, if that can be done without ever hitting the one after it."""

    async def forget_thoroughly(self, connection: AsyncConnection) -> None:  # noqa: B027
        """Have what leaves the database in this transaction overwritten, where the engine can be told to."""

    @abstractmethod
    def explain(self, error: BaseException) -> StorageError | None:
        """Return what a driver's error means, or None for one that is no trouble with the database itself."""

    # Writing much

    async def insert_many(self, connection: AsyncConnection, table: Table, rows: Sequence[dict[str, Any]]) -> None:
        """Insert rows that all have the same columns."""
        if rows:
            await connection.execute(insert(table), list(rows))

    async def insert_stored(self, connection: AsyncConnection, table: Table, rows: Sequence[tuple[Any, ...]]) -> None:
        """Insert rows whole as ``stored`` gives them."""
        statement = insert(table).values({column: bindparam(column.name, type_=_plain(column)) for column in table.c})
        names = [column.name for column in table.c]
        await connection.execute(statement, [dict(zip(names, row, strict=True)) for row in rows])

    async def write_seals(self, connection: AsyncConnection, seals: Sequence[tuple[int, str]]) -> None:
        """Put seals on entries of the trail, by their numbers."""
        sealing = update(audit_entries).where(audit_entries.c.id == bindparam("number"))
        rows = [{"number": number, "its_seal": seal} for number, seal in seals]
        await connection.execute(sealing.values(seal=bindparam("its_seal")), rows)

    def gathering(self, connection: AsyncConnection) -> AbstractAsyncContextManager[None]:  # noqa: ARG002
        """Make ready for many clients whose indexes are kept, where the search may find them when all are there."""
        return nullcontext()

    def bulk(
        self,
        connection: AsyncConnection,  # noqa: ARG002
        tables: Sequence[Table],  # noqa: ARG002
        tell: Callable[[float], None] = nobody,  # noqa: ARG002
    ) -> AbstractAsyncContextManager[None]:
        """Make ready for so many rows that the indexes of some tables had better be made afterwards.

        Args:
            connection: in a transaction, which is to be taken back when this raises.
            tables: to which the rows go.
            tell: told the fraction of the indexes that is made.
        """
        return nullcontext()

    async def settle(self, connection: AsyncConnection) -> None:  # noqa: B027
        """Let the engine learn of rows that came in bulk, with numbers of their own."""

    # Others

    @abstractmethod
    def watch(self, trouble: Callable[[str], None]) -> Watch:
        """Return what tells of writes.

        Args:
            trouble: told the sentence for a connection that was lost, and nothing ("") when it is back.
        """

    @abstractmethod
    async def edition(self, connection: AsyncConnection) -> int:
        """Return a number that is another one, as seen through this connection, when somebody else has written."""

    @abstractmethod
    async def integrity(self, connection: AsyncConnection, most: int) -> list[str]:
        """Return what the engine itself finds wrong, a sentence each."""


def as_bound(
    connection: AsyncConnection, columns: Sequence[Column[Any]], rows: Iterable[dict[str, Any]]
) -> Iterator[tuple[Any, ...]]:
    """Yield rows as the driver takes their values, in the order of some columns."""
    own = connection.dialect
    kinds: list[Any] = [column.type for column in columns]
    processors = [kind.dialect_impl(own).bind_processor(own) for kind in kinds]
    processed = [(place, process) for place, process in enumerate(processors) if process]
    names = [column.key for column in columns]
    for row in rows:
        values = [row[name] for name in names]
        for place, process in processed:
            values[place] = process(values[place])
        yield tuple(values)


def stored(column: Column[Any]) -> ColumnElement[Any]:
    """Return a column's value as it lies in the database: moments as numbers, JSON as its very text."""
    if isinstance(column.type, JSON):
        return as_stored(column).label(column.name)
    return type_coerce(column, _plain(column)).label(column.name)


def _plain(column: Column[Any]) -> TypeEngine[Any]:
    if isinstance(column.type, JSON):
        return Text()
    return BigInteger() if isinstance(column.type, Moment) else column.type


def dialect_of(connection: AsyncConnection) -> Dialect:
    """Return the dialect of an open connection."""
    assert connection.sync_connection is not None
    found = connection.sync_connection.get_execution_options()[DIALECT]
    assert isinstance(found, Dialect)
    return found
