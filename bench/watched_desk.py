"""The desk with a watch on its event loop: ``python -m bench.watched_desk DATABASE REPORT``."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from pathlib import Path

from caz_tui.terminal.environment import scrub

scrub(os.environ)

from caz_tui.app import DeskApp  # noqa: E402 - Textual reads the environment while it is imported
from caz_tui.data.service import PortfolioService  # noqa: E402

TICK_SECONDS = 0.002
SLOW_SECONDS = 0.010


async def watch(lags: list[tuple[float, float]]) -> None:
    """Note when the loop came back noticeably later than it was asked to, on the system's clock, and by how much."""
    while True:
        before = time.monotonic()
        await asyncio.sleep(TICK_SECONDS)
        after = time.monotonic()
        if after - before - TICK_SECONDS > SLOW_SECONDS:
            lags.append((after, after - before - TICK_SECONDS))


async def main(database: Path, report: Path) -> None:
    """Run the desk until it is left, then write how late the loop was."""
    service = await PortfolioService.open(database, user="medidor")
    app = DeskApp(service)
    lags: list[tuple[float, float]] = []
    watching: list[asyncio.Task[None]] = []

    # Starting is not part of what is watched: a key can only be slow once there is something to press it on.
    async def begin() -> None:
        watching.append(asyncio.create_task(watch(lags)))

    app.call_after_refresh(begin)
    await app.run_async()
    await service.close()
    await asyncio.to_thread(report.write_text, json.dumps(lags))


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), Path(sys.argv[2])))
