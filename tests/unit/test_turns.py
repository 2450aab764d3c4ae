"""Taking turns to write."""

from __future__ import annotations

import asyncio
import fcntl
import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from caz_tui.data import turns
from caz_tui.data.engine import Database
from caz_tui.data.errors import StorageError
from caz_tui.data.turns import turn

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def taken(tmp_path: Path) -> Iterator[int]:
    """A turn that somebody else has and keeps; the descriptor to close for giving it up."""
    queue = os.open(tmp_path / ".carteira.db.vez", os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(queue, fcntl.LOCK_EX)
    yield queue
    with suppress(OSError):  # given up by the test
        os.close(queue)


async def test_one_at_a_time_in_the_order_of_asking(tmp_path: Path) -> None:
    path, order = tmp_path / "carteira.db", []

    async def write(number: int) -> None:
        async with turn(path):
            order.append(number)
            await asyncio.sleep(0)
            order.append(number)

    async with turn(path):
        writers = []
        for number in range(5):
            writers.append(asyncio.create_task(write(number)))
            while waiting(path) <= number:  # noqa: ASYNC110 - the kernel tells nobody
                await asyncio.sleep(0.001)
        assert order == []
    await asyncio.gather(*writers)
    assert order == [number for number in range(5) for _ in range(2)]


def waiting(path: Path) -> int:
    """Return how many wait for the turn, as the kernel knows it."""
    inode = path.with_name(f".{path.name}.vez").stat().st_ino
    locks = Path("/proc/locks").read_text(encoding="ascii").splitlines()
    return sum("->" in line and f":{inode} " in line for line in locks)


async def test_who_waits_too_long_is_told_and_leaves_the_queue(
    tmp_path: Path, taken: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = await Database.open(tmp_path / "outro.db")
    monkeypatch.setattr(database.dialect, "_path", tmp_path / "carteira.db")
    monkeypatch.setattr(database.dialect, "_identity", None)
    monkeypatch.setattr(turns, "PATIENCE_SECONDS", 0.02)

    async def write() -> None:
        async with database.write():
            raise AssertionError("it was not our turn")

    with pytest.raises(StorageError, match="está ocupado por outro programa"):
        await write()
    os.close(taken)
    async with turn(tmp_path / "carteira.db"):
        pass
    await database.close()


def test_who_dies_gives_up_the_turn(tmp_path: Path) -> None:
    script = (
        "import asyncio, os, sys; from pathlib import Path; from caz_tui.data.turns import turn\n"
        "async def hold():\n"
        "    async with turn(Path(sys.argv[1])):\n"
        "        print('held', flush=True)\n"
        "        await asyncio.Event().wait()\n"
        "asyncio.run(hold())\n"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path / "carteira.db")], stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None
    with holder.stdout:
        assert holder.stdout.readline() == "held\n"

        async def write() -> None:
            async with turn(tmp_path / "carteira.db"):
                pass

        holder.kill()
        asyncio.run(write())
    holder.wait()


def test_the_queue_follows_no_link(tmp_path: Path) -> None:
    (tmp_path / ".carteira.db.vez").symlink_to(tmp_path / "alheio")

    async def write() -> None:
        async with turn(tmp_path / "carteira.db"):
            pass

    with pytest.raises(StorageError, match="não aceita gravações"):
        asyncio.run(write())
    assert not (tmp_path / "alheio").exists()
