"""The full screen: on the office's database, or on a demonstration that goes away on leaving."""

from __future__ import annotations

import tempfile
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from caz_tui.app import DEMO_STATUS, DeskApp
from caz_tui.console.arguments import DEMO_CLIENTS
from caz_tui.console.output import Progress, say
from caz_tui.data.clock import SystemClock
from caz_tui.data.demo import fill
from caz_tui.data.engine import Database
from caz_tui.data.service import PortfolioService

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from caz_tui.session import Session


async def run(path: Path | None, user: str, demo_clients: int | None, session: Session) -> int:
    """Open the desk and return the exit status it was left with."""
    if demo_clients is not None or path is None:
        return await _run_demo(user, demo_clients or DEMO_CLIENTS, session)
    service = await PortfolioService.open(path, user=user)
    try:
        status = await _show(service, session)
    finally:
        await service.close()
    return await _run_demo(user, DEMO_CLIENTS, replace(session, drafts=None)) if status == DEMO_STATUS else status


async def _run_demo(user: str, clients: int, session: Session) -> int:
    async with demonstration(user, clients) as service:
        return await _show(service, session)


@asynccontextmanager
async def demonstration(user: str, clients: int) -> AsyncIterator[PortfolioService]:
    """Give a service on a throw-away demonstration portfolio."""
    with tempfile.TemporaryDirectory(prefix="caz-tui-demo-") as folder:
        database = await Database.open(Path(folder) / "demonstracao.db")
        service = PortfolioService(database, user=user)
        progress = Progress("Preparando a demonstração")
        try:
            await fill(database, SystemClock(), clients, lambda done: progress(done, done / clients))
            progress.done()
            yield service
        finally:
            await service.close()


async def _show(service: PortfolioService, session: Session) -> int:
    app = DeskApp(service, session=session)
    result = await app.run_async()
    if app.last_words:
        say(app.last_words)
    return app.return_code or 0 if result is None else result
