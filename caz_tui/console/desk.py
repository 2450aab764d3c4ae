"""The full screen: on the office's database, or on a demonstration that goes away on leaving."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, cast

from caz_tui.app import DEMO_STATUS, DeskApp
from caz_tui.console.arguments import DEMO_CLIENTS, FAILED_STATUS
from caz_tui.console.output import Progress, say
from caz_tui.console.visits import Attendance, ending
from caz_tui.data.clock import SystemClock
from caz_tui.data.errors import StorageError
from caz_tui.data.pending import PendingService
from caz_tui.session import EVERYDAY

COPY_PATIENCE_SECONDS = 0.3
"""How long a copy that is being made may keep a session from ending."""

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from caz_tui.console.presence import Presence
    from caz_tui.data.address import Place
    from caz_tui.data.copies import DailyCopy
    from caz_tui.data.service import PortfolioService
    from caz_tui.session import Session


async def run(
    place: Place | None,
    user: str,
    demo_clients: int | None,
    session: Session = EVERYDAY,
    say_here: Callable[[], Presence | None] = lambda: None,
) -> int:
    """Open the desk and return the exit status it was left with.

    Args:
        place: the database; None for the demonstration.
        user: who is at the keyboard.
        demo_clients: how many clients the demonstration has, where it is one.
        session: what an administrator settled.
        say_here: returns the file of this session, made when nothing is known that keeps the person out; by it their
            coming and going gets into the audit trail.
    """
    if demo_clients is not None or place is None:
        return await _run_demo(user, demo_clients or DEMO_CLIENTS, session)
    # Whoever founds a database is its administrator, and a restricted session is never that by itself.
    pending = PendingService(place, user=user, must_exist=session.is_restricted)
    status = await _run_on(pending, session, say_here())
    return await _run_demo(user, DEMO_CLIENTS, session._replace(drafts=None)) if status == DEMO_STATUS else status


async def _run_on(pending: PendingService, session: Session, presence: Presence | None) -> int:
    """Show the frame and open the database behind it; raises what kept it from being opened, when the app has left."""
    failures: list[Exception] = []
    attendance = Attendance(pending, presence, SystemClock()) if presence is not None else None
    copying: list[DailyCopy] = []

    async def settled() -> None:
        await pending.opened()
        if attendance is not None:
            await attendance.begin()
            # A server's copies are its administrator's.
            if isinstance(pending.path, Path):
                copying.append(_copy_of_today(pending.path, app))

    service = cast("PortfolioService", pending)
    app = DeskApp(service, begin=pending.begin, settled=settled, prepares=True, session=session)

    async def open_portfolio() -> None:
        try:
            await pending.open_when_wanted()
        except Exception as error:  # noqa: BLE001 - raised again below
            # Whoever has seen something already is told by every call that fails, and may be typing.
            if not (pending.has_shown and isinstance(error, StorageError)):
                failures.append(error)
                app.exit(FAILED_STATUS)

    opening = asyncio.create_task(open_portfolio())
    status = FAILED_STATUS
    try:
        status = await _shown(app)
    finally:
        for copy in copying:
            copy.stop(COPY_PATIENCE_SECONDS)
        if attendance is not None:
            await attendance.end(app.why_over or ending(status))
        await pending.close()
        opening.cancel()
        await asyncio.gather(opening, return_exceptions=True)
    for failure in failures:
        raise failure
    return status


def _copy_of_today(path: Path, app: DeskApp) -> DailyCopy:
    """Begin to make the copy of the day, if there is none yet."""
    from caz_tui.data.copies import DailyCopy  # noqa: PLC0415 - after the first frame

    loop = asyncio.get_running_loop()

    def failed(sentence: str) -> None:
        with suppress(RuntimeError):  # the loop has gone, and the program with it
            loop.call_soon_threadsafe(partial(app.warn, sentence))

    copy = DailyCopy(path, SystemClock(), failed)
    copy.start()
    return copy


async def _run_demo(user: str, clients: int, session: Session) -> int:
    async with demonstration(user, clients) as service:
        return await _shown(DeskApp(service, session=session))


@asynccontextmanager
async def demonstration(user: str, clients: int) -> AsyncIterator[PortfolioService]:
    """Give a service on a throw-away demonstration portfolio."""
    # What a portfolio on disk is opened with comes after the first frame; here it is needed before.
    import tempfile  # noqa: PLC0415

    from caz_tui.data.demo import fill  # noqa: PLC0415
    from caz_tui.data.engine import Database  # noqa: PLC0415
    from caz_tui.data.service import PortfolioService  # noqa: PLC0415

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


async def _shown(app: DeskApp) -> int:
    result = await app.run_async()
    if app.last_words:
        say(app.last_words)
    return app.return_code or 0 if result is None else result
