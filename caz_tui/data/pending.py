"""A portfolio that is still being opened, for a screen that is there before its data.

What the data stands on (SQLAlchemy, pydantic) takes longer to import than the first frame to draw, so it is imported
when that frame is out.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from caz_tui.data.clock import SystemClock, today
from caz_tui.data.database_file import inspect_file, not_founded

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from datetime import date

    from caz_tui.data.address import Place
    from caz_tui.data.choices import Role
    from caz_tui.data.service import PortfolioService


class PendingService:
    """Stands in for a ``PortfolioService``: person, place and day are known, every call waits until it is open."""

    def __init__(self, place: Place, *, user: str, must_exist: bool = False) -> None:
        """Take the place, which is looked at already when it is a file.

        Args:
            place: where the database is, or will be.
            user: who is at the keyboard.
            must_exist: whether none is made where there is none.

        Raises:
            StorageError: the file can never become a database of this program, is read-only, or is none and may not
                become one.
        """
        if isinstance(place, Path) and not inspect_file(place) and must_exist:
            raise not_founded(place)
        self._must_exist = must_exist
        self.path = place
        self.user = user
        self._clock = SystemClock()
        self._begun = asyncio.Event()
        self._opening: asyncio.Task[PortfolioService] | None = None

    @property
    def role(self) -> Role | None:
        """What the person may do, as far as it is known yet."""
        if self._opening is None or not self._opening.done() or self._opening.cancelled():
            return None
        return None if self._opening.exception() else self._opening.result().role

    @property
    def today(self) -> date:
        """The date in São Paulo."""
        return today(self._clock)

    def begin(self) -> None:
        """Start opening: from now on the program may take its time for it."""
        self._begun.set()

    async def opened(self) -> PortfolioService:
        """Return the service when it is open.

        Raises:
            StorageError: it could not be opened.
        """
        if self._opening is None:
            self._opening = asyncio.create_task(self._open())
        return await asyncio.shield(self._opening)

    @property
    def is_open(self) -> bool:
        """Whether calls no longer wait."""
        opening = self._opening
        return opening is not None and opening.done() and not opening.cancelled() and opening.exception() is None

    async def close(self) -> None:
        """Close what was opened, or stop waiting to open it."""
        if self._opening is None:
            return
        if not self._begun.is_set():
            self._opening.cancel()
        # Whoever waited for it was told why it could not be opened.
        with suppress(Exception, asyncio.CancelledError):
            await (await self._opening).close()

    async def _open(self) -> PortfolioService:
        await self._begun.wait()
        module = await asyncio.to_thread(import_module, "caz_tui.data.service")
        service: PortfolioService = await module.PortfolioService.open(
            self.path, user=self.user, clock=self._clock, must_exist=self._must_exist
        )
        return service

    def __getattr__(self, name: str) -> Callable[..., Coroutine[Any, Any, Any]]:
        if name.startswith("_"):
            raise AttributeError(name)

        async def call(*args: object, **named: object) -> object:
            return await getattr(await self.opened(), name)(*args, **named)

        return call
