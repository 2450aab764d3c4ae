"""Moving an office whole from one database to another, and proving that both hold the same."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from sqlalchemy import delete, func, select, tuple_

from caz_tui.bare_hashlib import hashlib
from caz_tui.data import trail
from caz_tui.data.clients import note
from caz_tui.data.dialects.base import dialect_of, stored
from caz_tui.data.engine import Database
from caz_tui.data.errors import StorageError
from caz_tui.data.files import refuse_missing
from caz_tui.data.guarding import COPIED
from caz_tui.data.tables import KEPT_COUNTS, alembic_version, metadata, settings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from sqlalchemy import Table
    from sqlalchemy.ext.asyncio import AsyncConnection

    from caz_tui.data.address import Place
    from caz_tui.data.clients import Author

_ROWS_AT_ONCE: Final = 2_000
_WRITING_SHARE: Final = 0.7
TABLES: Final = tuple(table for table in metadata.sorted_tables if table not in (alembic_version, *KEPT_COUNTS))
"""What is copied. The target counts its clients itself."""


class Proof(NamedTuple):
    """What a table holds: how many rows, and a hash over all of them in the order of their keys."""

    rows: int
    hash: str


async def move(
    source: Place,
    target: Place,
    progress: Callable[[int, float], None] | None = None,
    *,
    author: Author | None = None,
) -> int:
    """Copy an office into an empty database, in one transaction, and return how many rows it has.

    Nobody can write to the source meanwhile. The trail comes whole, with its seals and their key. What was
    written is read back and compared, row by row, before it is kept.

    Args:
        source: the database from which.
        target: the database into which.
        progress: told the rows dealt with and the fraction of the work done.
        author: who copies, for the trail of both; None leaves no entry.

    Raises:
        StorageError: there is no source, both are the same, the target holds something, or the copy is not equal;
            the target is then as empty as it was.
    """
    if isinstance(source, Path):
        refuse_missing(source)
    if source == target:
        raise StorageError("A origem e o destino são o mesmo banco.")
    origin = await Database.open(source)
    try:
        destination = await Database.open(target)
        try:
            return await _move(origin, destination, progress, author)
        finally:
            await destination.close()
    finally:
        await origin.close()


async def _move(
    origin: Database,
    destination: Database,
    progress: Callable[[int, float], None] | None,
    author: Author | None,
) -> int:
    # The turn to write, though hardly anything is written: what is copied is still all there is when the copy is done.
    async with origin.write() as reading, destination.write() as writing:
        await _refuse_full(writing, destination)
        if author is not None:
            await note(reading, author, COPIED, str(destination.path))
            # Before it is copied, so that both have it whole.
            await trail.seal(reading)
        whole = sum([await _count(reading, table) for table in TABLES]) or 1
        done = 0

        def tell(rows: int, share: float, first: float) -> None:
            nonlocal done
            done += rows
            if progress is not None:
                progress(min(done, whole), first + share * min(1.0, done / whole))

        await writing.execute(delete(settings).where(settings.c.name == trail.KEY_SETTING))
        wanted: dict[str, Proof] = {}
        for table in TABLES:
            wanted[table.name] = await _copy(reading, writing, table, lambda rows: tell(rows, _WRITING_SHARE, 0.0))
        await destination.dialect.settle(writing)
        done = 0
        for table in TABLES:
            seen = await _proof(writing, table, lambda rows: tell(rows, 1 - _WRITING_SHARE, _WRITING_SHARE))
            if seen != wanted[table.name]:
                raise StorageError(f"A cópia da tabela {table.name} não ficou igual à origem; nada foi gravado.")
        return sum(proof.rows for proof in wanted.values())


async def _refuse_full(connection: AsyncConnection, database: Database) -> None:
    for table in TABLES:
        counting = select(func.count()).select_from(table)
        if table is settings:
            # A new database has its own key, and nothing else.
            counting = counting.where(settings.c.name != trail.KEY_SETTING)
        if await connection.scalar(counting):
            raise StorageError(f"O destino {database.path} já tem dados; copie só para um banco vazio.")


async def _count(connection: AsyncConnection, table: Table) -> int:
    return int(await connection.scalar(select(func.count()).select_from(table)) or 0)


async def _copy(reading: AsyncConnection, writing: AsyncConnection, table: Table, tell: Callable[[int], None]) -> Proof:
    hashing, rows = hashlib.sha256(), 0
    async for batch in _batches(reading, table):
        hashing.update(_canonical(batch))
        await dialect_of(writing).insert_stored(writing, table, batch)
        rows += len(batch)
        tell(len(batch))
    return Proof(rows, hashing.hexdigest())


async def _proof(connection: AsyncConnection, table: Table, tell: Callable[[int], None]) -> Proof:
    hashing, rows = hashlib.sha256(), 0
    async for batch in _batches(connection, table):
        hashing.update(_canonical(batch))
        rows += len(batch)
        tell(len(batch))
    return Proof(rows, hashing.hexdigest())


async def _batches(connection: AsyncConnection, table: Table) -> AsyncIterator[list[tuple[Any, ...]]]:
    """Yield the rows of a table as they are stored, in the order of its key, some at a time."""
    key = list(table.primary_key.columns)
    asking = select(*map(stored, table.c)).order_by(*key).limit(_ROWS_AT_ONCE)
    places = [list(table.c).index(column) for column in key]
    last: tuple[Any, ...] | None = None
    while True:
        beyond = asking if last is None else asking.where(tuple_(*key) > tuple_(*last))
        batch = [tuple(row) for row in (await connection.execute(beyond)).all()]
        if not batch:
            return
        yield batch
        last = tuple(batch[-1][place] for place in places)


def _canonical(rows: list[tuple[Any, ...]]) -> bytes:
    """Return rows in a form that says everything and is the same wherever they come from."""
    return "".join(f"{json.dumps(row, ensure_ascii=False, default=date.isoformat)}\n" for row in rows).encode()


async def proofs(database: Database) -> dict[str, Proof]:
    """Return what every table of a database holds."""
    async with database.read() as connection:
        return {table.name: await _proof(connection, table, lambda _rows: None) for table in TABLES}
