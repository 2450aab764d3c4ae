"""Demonstration portfolios of the measured sizes, kept between runs: ``python -m bench.demo_data [SIZE ...]``."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from caz_tui import __version__
from caz_tui.console.output import Progress
from caz_tui.data.clock import SystemClock, today
from caz_tui.data.demo import fill
from caz_tui.data.engine import Database

FOLDER = Path(__file__).parent / "data"
SIZES = (1_000, 100_000, 1_000_000)


def portfolio(size: int) -> Path:
    """Return the file of a demonstration portfolio of a size as of today, made when it is not there yet."""
    FOLDER.mkdir(exist_ok=True)
    path = FOLDER / f"{size}-{__version__}-{today(SystemClock()):%Y%m%d}.db"
    if not path.exists():
        asyncio.run(_make(path, size))
    return path


async def _make(path: Path, size: int) -> None:
    unfinished = path.with_suffix(".unfinished")
    unfinished.unlink(missing_ok=True)
    database = await Database.open(unfinished)
    progress = Progress(f"{size} clientes")
    await fill(database, SystemClock(), size, lambda done: progress(done, done / size))
    await database.close()
    progress.done()
    unfinished.replace(path)


if __name__ == "__main__":
    for wanted in [int(word) for word in sys.argv[1:]] or SIZES:
        print(portfolio(wanted))
