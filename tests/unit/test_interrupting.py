"""A reading that nobody waits for any more is stopped, and nothing else is."""

from __future__ import annotations

import asyncio
from contextlib import nullcontext
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from caz_tui.data.engine import Database
from caz_tui.data.errors import Superseded
from caz_tui.data.interrupting import Interruption
from caz_tui.screens.latest import Latest

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from pathlib import Path

PATIENCE_SECONDS = 20
WITHOUT_END = text("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n")


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    """A database, empty."""
    database = await Database.open(tmp_path / "carteira.db")
    yield database
    await database.close()


async def _read(database: Database, interruption: Interruption | None = None) -> None:
    with interruption or nullcontext():
        async with database.read() as connection:
            await connection.execute(WITHOUT_END)


async def _until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not holds():  # noqa: ASYNC110 - what is waited for knows no event
            await asyncio.sleep(0)


async def _interrupted(task: asyncio.Task[None], interruption: Interruption) -> None:
    interruption.interrupt()
    await asyncio.wait([task], timeout=PATIENCE_SECONDS)
    assert task.done()


async def test_a_query_without_end_is_stopped(database: Database) -> None:
    interruption = Interruption()
    reading = asyncio.create_task(_read(database, interruption))
    await _until(lambda: bool(interruption._stops))
    await _interrupted(reading, interruption)
    with pytest.raises(Superseded):
        await reading
    async with database.read() as connection:
        assert await connection.scalar(text("SELECT 1")) == 1


async def test_what_was_taken_back_does_not_begin(database: Database) -> None:
    interruption = Interruption()
    interruption.interrupt()
    with pytest.raises(Superseded):
        await _read(database, interruption)


async def test_only_what_was_read_in_its_context_is_stopped(database: Database) -> None:
    interruption, other = Interruption(), Interruption()
    reading, another = (asyncio.create_task(_read(database, each)) for each in (interruption, other))
    await _until(lambda: bool(interruption._stops and other._stops))
    await _interrupted(reading, interruption)
    assert not another.done()
    await _interrupted(another, other)
    for task in (reading, another):
        with pytest.raises(Superseded):
            await task


async def test_a_write_is_never_stopped(database: Database) -> None:
    interruption = Interruption()
    with interruption:
        async with database.write() as connection:
            interruption.interrupt()
            counting = asyncio.create_task(_counted(connection.execute))
            while not counting.done():
                interruption.interrupt()
                await asyncio.sleep(0)
            assert await counting == 100_000


async def _counted(execute: Callable[..., Awaitable[object]]) -> int:
    counting = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 100000) SELECT max(i) FROM n"
    return int((await execute(text(counting))).scalar_one())  # type: ignore[attr-defined]


class _Reader:
    """What reads and runs workers, as a screen does."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.tasks: list[asyncio.Task[None]] = []
        self.began = asyncio.Event()
        self.read = list[str]()

    def run_worker(self, work: Callable[[], Awaitable[None]], group: str) -> None:  # noqa: ARG002
        async def run() -> None:
            await work()

        self.tasks.append(asyncio.create_task(run()))

    async def reading(self, wanted: str) -> None:
        async with self.database.read() as connection:
            self.began.set()
            await connection.execute(WITHOUT_END if wanted == "longa" else text("SELECT 1"))
        self.read.append(wanted)


async def test_the_newest_is_read_though_the_one_before_would_never_end(database: Database) -> None:
    reader = _Reader(database)
    latest: Latest[str] = Latest(reader, reader.reading, interrupts=True)  # type: ignore[arg-type]
    latest.want("longa")
    await asyncio.wait_for(reader.began.wait(), PATIENCE_SECONDS)
    latest.want("curta")
    await asyncio.wait(reader.tasks, timeout=PATIENCE_SECONDS)
    assert reader.read == ["curta"]
