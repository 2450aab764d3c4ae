"""The index behind the search in the middle of words: SQLite's FTS5 over the trigrams of ``clients.search``.

Triggers keep it in step inside the transaction that changes a client. A word of three letters or more that few
clients have is found through it at once, however many clients there are; one that many have is found faster by walking
the list, since the first page of it is soon full. Where SQLite is too old for trigrams (before 3.34) every word is
walked for.
"""

from __future__ import annotations

import sqlite3
from contextlib import asynccontextmanager, closing
from typing import TYPE_CHECKING, Final

from sqlalchemy import ColumnElement, Select, column, func, select, table, text

from caz_tui.data.dialects.base import Search, nobody
from caz_tui.data.tables import clients

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Collection

    from sqlalchemy import Connection
    from sqlalchemy.ext.asyncio import AsyncConnection

LEAST_LETTERS: Final = 3

_INDEX: Final = table("client_search", column("rowid"), column("client_search"))
_ADD: Final = "INSERT INTO client_search(rowid, search) VALUES (new.id, new.search);"
_TAKE_OUT: Final = "INSERT INTO client_search(client_search, rowid, search) VALUES ('delete', old.id, old.search);"
_TRIGGER_STATEMENTS: Final = (
    f"CREATE TRIGGER client_search_insert AFTER INSERT ON clients BEGIN {_ADD} END",
    f"CREATE TRIGGER client_search_delete AFTER DELETE ON clients BEGIN {_TAKE_OUT} END",
    f"CREATE TRIGGER client_search_update AFTER UPDATE OF search ON clients BEGIN {_TAKE_OUT} {_ADD} END",
)
_STATEMENTS: Final = (
    "CREATE VIRTUAL TABLE client_search USING fts5(search, content='clients', content_rowid='id', tokenize='trigram')",
    *_TRIGGER_STATEMENTS,
    "INSERT INTO client_search(client_search) VALUES ('rebuild')",
)
_EMPTY: Final = "INSERT INTO client_search(client_search) VALUES ('delete-all')"
_FILL: Final = "INSERT INTO client_search(rowid, search) SELECT id, search FROM clients WHERE id > ? AND id <= ?"
_CLIENTS_AT_ONCE: Final = 10_000


_SECURE_DELETE: Final = (3, 42, 0)
_SECURELY: Final = text("INSERT INTO client_search(client_search, rank) VALUES ('secure-delete', 1)")
_TRIGGERS: Final = ("client_search_insert", "client_search_delete", "client_search_update")


def is_available() -> bool:
    """Tell whether this SQLite knows trigrams."""
    with closing(sqlite3.connect(":memory:")) as connection:
        try:
            connection.execute("CREATE VIRTUAL TABLE probe USING fts5(text, tokenize='trigram')")
        except sqlite3.OperationalError:
            return False
    return True


def create(connection: Connection) -> None:
    """Make the index over the clients there are, where this SQLite can."""
    if is_available():
        for statement in _STATEMENTS:
            connection.exec_driver_sql(statement)


def mend(connection: Connection) -> None:
    """Make the index anew when rebuilding ``clients`` has taken its triggers away."""
    names = set(connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE tbl_name = 'clients'").scalars())
    index = connection.exec_driver_sql("SELECT 1 FROM sqlite_master WHERE name = 'client_search'").first()
    if index is not None and not names.issuperset(_TRIGGERS):
        for trigger in _TRIGGERS:
            connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {trigger}")
        connection.exec_driver_sql("DROP TABLE client_search")
        create(connection)


async def is_there(connection: AsyncConnection) -> bool:
    """Tell whether the database has the index, and this SQLite can read it."""
    found = await connection.exec_driver_sql("SELECT 1 FROM sqlite_master WHERE name = 'client_search'")
    return found.first() is not None and is_available()


async def pause(connection: AsyncConnection) -> bool:
    """Let the index fall behind until it is made anew in the same transaction; tell whether there is one."""
    if not await is_there(connection):
        return False
    for trigger in _TRIGGERS:
        await connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {trigger}")
    return True


async def make_anew(connection: AsyncConnection, tell: Callable[[float], None]) -> None:
    """Fill the index with the clients there are and keep it in step again; tell the fraction that is done."""
    await connection.exec_driver_sql(_EMPTY)
    await _fill(connection, 0, tell)
    for statement in _TRIGGER_STATEMENTS:
        await connection.exec_driver_sql(statement)


@asynccontextmanager
async def gathering(connection: AsyncConnection) -> AsyncIterator[None]:
    """Let new clients into the index together at the end: one at a time each would be a piece of it on the disk."""
    if not await is_there(connection):
        yield
        return
    last = await _last_client(connection)
    await connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {_TRIGGERS[0]}")
    yield
    await _fill(connection, last, nobody)
    await connection.exec_driver_sql(_TRIGGER_STATEMENTS[0])


async def _fill(connection: AsyncConnection, first: int, tell: Callable[[float], None]) -> None:
    last = await _last_client(connection)
    for start in range(first, last, _CLIENTS_AT_ONCE):
        end = min(start + _CLIENTS_AT_ONCE, last)
        await connection.exec_driver_sql(_FILL, (start, end))
        tell((end - first) / (last - first))


async def _last_client(connection: AsyncConnection) -> int:
    return int(await connection.scalar(select(func.max(clients.c.id))) or 0)


async def forget_thoroughly(connection: AsyncConnection) -> None:
    """Have what leaves the database in this transaction overwritten, and not only let go of.

    The pages of tables and indexes are; the search index can do it from SQLite 3.42 on, and before that drops a text
    from what it finds, but keeps pieces of it until its segments are merged.
    """
    await connection.exec_driver_sql("PRAGMA secure_delete=ON")
    if sqlite3.sqlite_version_info >= _SECURE_DELETE and await is_there(connection):
        await connection.execute(_SECURELY)


class TrigramTable(Search):
    """The index, as lists ask it; see ``dialects.base.Search``."""

    least_letters = LEAST_LETTERS

    def who_has(self, word: str) -> Select[tuple[int]]:
        """Return what selects the ids of who has a folded word of ``LEAST_LETTERS`` or more in what is searched."""
        return _found(_phrase(word))

    def matches(self, word: str) -> ColumnElement[bool]:
        """Return the condition that a folded word of ``LEAST_LETTERS`` or more occurs in what is searched."""
        return clients.c.id.in_(self.who_has(word))

    def has_all(self, words: Collection[str]) -> Select[tuple[int]] | None:
        """Return what selects the ids of exactly those who have all of some folded words of ``LEAST_LETTERS`` or more.

        None where a word has other letters than those of ASCII: the index knows more of them to be alike.
        """
        if not all(word.isascii() for word in words):
            return None
        return _found(" ".join(map(_phrase, words)))

    def has_elsewhere(self, word: str) -> Select[tuple[int]] | None:
        """Return what selects the ids of exactly those who have a folded word of ``LEAST_LETTERS`` or more elsewhere.

        None where it has other letters than those of ASCII; see ``has_all``.
        """
        # What is searched begins with the name.
        return _found(f"{_phrase(word)} NOT ^{_phrase(word)}") if word.isascii() else None


def _found(asked: str) -> Select[tuple[int]]:
    return select(_INDEX.c.rowid).where(_INDEX.c.client_search.op("MATCH", is_comparison=True)(asked))


def _phrase(word: str) -> str:
    quoted = word.replace('"', '""')
    return f'"{quoted}"'
