"""Waiting until an app has done all it was asked for: a condition, where Textual's pilot sleeps and hopes."""

from __future__ import annotations

import asyncio
import heapq
import inspect
from typing import TYPE_CHECKING, Any, cast

from textual._context import active_app

if TYPE_CHECKING:
    from collections.abc import Iterator

SOON_SECONDS = 1.0
"""What is planned for later than this (the end of a notification) is not waited for."""

GIVE_UP_SECONDS = 30.0
STEP_SECONDS = 0.001
_TIMERS_LOOKED_AT = 16
_WAITING = ("push_screen_wait", "DatabaseWatch.changed", "ServerWatch.changed")


async def quiet(min_sleep: float = 0.0, max_sleep: float = GIVE_UP_SECONDS) -> None:  # noqa: ARG001
    """Return when nothing is left to be done: no callback, no timer that is due soon, no query, no worker.

    A worker that waits for an answer to its dialog, or for somebody else to write, is at rest. The parameters are
    those of Textual's ``wait_for_idle``, which this stands in for.

    Raises:
        TimeoutError: the app never came to rest.
    """
    async with asyncio.timeout(GIVE_UP_SECONDS):
        while True:
            await asyncio.sleep(STEP_SECONDS)
            if not _has_callbacks() and not _has_work():
                return


def _has_callbacks() -> bool:
    loop = cast("Any", asyncio.get_running_loop())
    # A copy, for a thread may add to it at any time.
    if any(not handle.cancelled() for handle in tuple(loop._ready)):
        return True
    app = active_app.get(None)
    if app is not None and app._exit:
        # Textual's timers no longer do anything then, and one that would draw is never paused.
        return False
    horizon = loop.time() + SOON_SECONDS
    soonest = heapq.nsmallest(_TIMERS_LOOKED_AT, loop._scheduled)
    return any(not timer.cancelled() and timer.when() < horizon for timer in soonest)


def _has_work() -> bool:
    for task in asyncio.all_tasks():
        names = list(_awaits(task.get_coro()))
        if not names:
            continue
        if names[0].startswith("PortfolioService."):
            return True
        if names[0] == "Worker._run" and not any(name.endswith(_WAITING) for name in names):
            return True
    return False


def _awaits(coroutine: object) -> Iterator[str]:
    """Yield the names of a coroutine, of the one it awaits, and so on."""
    while inspect.iscoroutine(coroutine):
        yield coroutine.__qualname__
        coroutine = coroutine.cr_await
