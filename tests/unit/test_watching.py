"""Being told that somebody wrote to the database."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from caz_tui.data import watching
from caz_tui.data.watching import DatabaseWatch

if TYPE_CHECKING:
    from pathlib import Path

PATIENCE_SECONDS = 10


@pytest.fixture(params=["kernel tells", "looked at"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Both ways to notice."""
    if request.param == "looked at":
        monkeypatch.setattr(watching, "_notifier", lambda _folder: None)
        monkeypatch.setattr(watching, "POLL_SECONDS", 0.01)
    return str(request.param)


def write(path: Path, journal: str = "DELETE") -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA journal_mode={journal}")
        connection.execute("CREATE TABLE IF NOT EXISTS told (number)")
        connection.execute("INSERT INTO told VALUES (1)")
        connection.commit()


def read(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("SELECT * FROM told").fetchall()


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("journal", ["DELETE", "WAL"])
async def test_each_write_is_told(tmp_path: Path, journal: str) -> None:
    path = tmp_path / "carteira.db"
    write(path, journal)
    async with DatabaseWatch(path) as watch:
        await watch.changed()
        for _ in range(2):
            telling = asyncio.create_task(watch.changed())
            await asyncio.to_thread(write, path, journal)
            await asyncio.wait_for(telling, PATIENCE_SECONDS)


@pytest.mark.usefixtures("way")
async def test_a_database_that_was_replaced_is_told(tmp_path: Path) -> None:
    path, other = tmp_path / "carteira.db", tmp_path / "outro.db"
    write(path)
    write(other)
    async with DatabaseWatch(path) as watch:
        await watch.changed()
        telling = asyncio.create_task(watch.changed())
        await asyncio.sleep(0)
        other.replace(path)
        await asyncio.wait_for(telling, PATIENCE_SECONDS)


async def test_reading_and_other_files_are_not_told(tmp_path: Path) -> None:
    path = tmp_path / "carteira.db"
    write(path)
    async with DatabaseWatch(path) as watch:
        await watch.changed()
        await asyncio.to_thread(read, path)
        await asyncio.to_thread(write, tmp_path / "outro.db")
        telling = asyncio.create_task(watch.changed())
        await asyncio.sleep(0)
        assert not watch._touched.is_set()
        await asyncio.to_thread(write, path)
        await asyncio.wait_for(telling, PATIENCE_SECONDS)


async def test_what_was_written_before_it_began_may_have_been_missed(tmp_path: Path) -> None:
    path = tmp_path / "carteira.db"
    write(path)
    async with DatabaseWatch(path) as watch:
        await asyncio.wait_for(watch.changed(), PATIENCE_SECONDS)
        assert not watch._touched.is_set()


async def test_what_was_written_before_anyone_asked_again_is_told_too(tmp_path: Path) -> None:
    path = tmp_path / "carteira.db"
    write(path)
    async with DatabaseWatch(path) as watch:
        await watch.changed()
        await asyncio.to_thread(write, path)
        await asyncio.wait_for(watch.changed(), PATIENCE_SECONDS)
