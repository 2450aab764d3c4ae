"""What the tests in a real terminal share: a portfolio of today, because the program there has the real clock."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from caz_tui.data.clock import SystemClock
from caz_tui.data.demo import fill
from caz_tui.data.engine import Database

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="session")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a demonstration portfolio, made once, to be copied and not to be written to."""
    path = tmp_path_factory.mktemp("demonstration") / "demonstracao.db"

    async def make() -> None:
        database = await Database.open(path)
        await fill(database, SystemClock())
        await database.close()

    asyncio.run(make())
    return path
