"""A portfolio that is still being opened, for a screen that is there before its data.

What the data stands on (SQLAlchemy, pydantic) takes longer to import than the first frame to draw. What the first
screens show of a file is read without it (``first_look``); it is imported when somebody asks for more.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from caz_tui.data.clock import SystemClock, today
from caz_tui.data.database_file import inspect_file, not_founded
from caz_tui.data.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Coroutine
    from datetime import date

    from caz_tui.data.address import Place
    from caz_tui.data.choices import Role
    from caz_tui.data.first_look import FirstLook
    from caz_tui.data.readings import PortfolioSummary
    from caz_tui.data.service import PortfolioService

_LOOKED_AT: Final = frozenset({"me", "office_name", "is_empty", "tab_counts", "page", "count"})
"""The calls that a first look may answer; the figures besides, which it has to be told the day for."""


SHOWN_SECONDS: Final = 0.02
"""How long the rows of a list have the processor for themselves when they have been read: until they are shown."""


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
        self._wanted = asyncio.Event()
        self._opening: asyncio.Task[PortfolioService] | None = None
        self._looking: asyncio.Task[FirstLook | None] | None = None
        self._is_closed = False
        self._lists_waited_for = 0
        self._may_read_more = asyncio.Event()
        self._may_read_more.set()
        self.has_shown = False
        """Whether somebody has seen anything of the portfolio before it was open."""

    @property
    def role(self) -> Role | None:
        """What the person may do, as far as it is known yet."""
        if self.is_open and self._opening is not None:
            return self._opening.result().role
        look = self._looking.result() if self._looking is not None and _has_result(self._looking) else None
        return look.role if look is not None else None

    @property
    def today(self) -> date:
        """The date in São Paulo."""
        return today(self._clock)

    def begin(self) -> None:
        """Allow that anything is read: from now on the program may take its time for it."""
        self._begun.set()

    async def opened(self) -> PortfolioService:
        """Return the service when it is open, for more than a first look.

        Raises:
            StorageError: it could not be opened.
        """
        self._wanted.set()
        return await self.open_when_wanted()

    async def open_when_wanted(self) -> PortfolioService:
        """Return the service when it is open, which it is not before somebody wants more than a first look.

        Raises:
            StorageError: it could not be opened.
        """
        if self._opening is None:
            self._opening = asyncio.create_task(self._open())
        return await asyncio.shield(self._opening)

    @property
    def is_open(self) -> bool:
        """Whether calls no longer wait."""
        return self._opening is not None and _has_result(self._opening)

    async def close(self) -> None:
        """Close what was opened, or stop waiting to open it."""
        self._is_closed = True
        if self._opening is not None:
            if not (self._begun.is_set() and self._wanted.is_set()):
                self._opening.cancel()
            # Whoever waited for it was told why it could not be opened.
            with suppress(Exception, asyncio.CancelledError):
                await (await self._opening).close()
        look = await self._look_taken()
        if look is not None:
            look.close()
        self._begun.set()

    async def summary(self) -> PortfolioSummary:
        """Return the figures of Minha carteira."""
        return await self._first_told("summary", self.today) or await (await self.opened()).summary()

    async def _open(self) -> PortfolioService:
        await self._begun.wait()
        await self._wanted.wait()
        module = await asyncio.to_thread(import_module, "caz_tui.data.service")
        look = await self._look_taken()

        def refuse_ghost() -> None:
            if look is not None:
                look.refuse_ghost()

        refuse_ghost()
        try:
            service: PortfolioService = await module.PortfolioService.open(
                self.path, user=self.user, clock=self._clock, must_exist=self._must_exist or look is not None
            )
        except StorageError:
            # What is said of another file, or of none, would lead astray.
            refuse_ghost()
            raise
        try:
            refuse_ghost()
        except StorageError:
            await service.close()
            raise
        return service

    async def _look(self) -> FirstLook | None:
        """Return the first look, while there is one and the service is not open yet."""
        await self._begun.wait()
        if self._is_closed:
            raise asyncio.CancelledError
        if self.is_open or not isinstance(self.path, Path):
            return None
        if self._looking is None:
            self._looking = asyncio.create_task(_first_look(self.path, self.user))
        return await asyncio.shield(self._looking)

    async def _look_taken(self) -> FirstLook | None:
        """Return the first look that was taken, if one was."""
        return await self._looking if self._looking is not None else None

    async def _first_told(self, name: str, *args: Any, **named: Any) -> Any:  # noqa: ANN401 - as the call has it
        """Return what a first look answers a call; None where the service has to be asked."""
        if self.is_open:
            return None
        if name == "page":
            async with self._before_all_else():
                return await self._told(name, *args, **named)
        return await self._told(name, *args, **named)

    async def _told(self, name: str, *args: Any, **named: Any) -> Any:  # noqa: ANN401 - as the call has it
        look = await self._look()
        if look is None:
            return None
        if name != "page":
            await self._may_read_more.wait()
        found = await asyncio.to_thread(getattr(look, name), *args, **named)
        self.has_shown |= found is not None
        return found

    @asynccontextmanager
    async def _before_all_else(self) -> AsyncIterator[None]:
        """Read the rows of a list before what stands around them, and was asked for before.

        Python runs one thread at a time: what is read beside them is waited for.
        """
        self._lists_waited_for += 1
        self._may_read_more.clear()
        try:
            yield
        finally:
            self._lists_waited_for -= 1
            asyncio.get_running_loop().call_later(SHOWN_SECONDS, self._read_more)

    def _read_more(self) -> None:
        if not self._lists_waited_for:
            self._may_read_more.set()

    def __getattr__(self, name: str) -> Callable[..., Coroutine[Any, Any, Any]]:
        if name.startswith("_"):
            raise AttributeError(name)

        async def call(*args: object, **named: object) -> object:
            found = await self._first_told(name, *args, **named) if name in _LOOKED_AT else None
            if found is not None:
                return found
            return await getattr(await self.opened(), name)(*args, **named)

        return call


async def _first_look(path: Path, user: str) -> FirstLook | None:
    module = await asyncio.to_thread(import_module, "caz_tui.data.first_look")
    look: FirstLook | None = await asyncio.to_thread(module.FirstLook.at, path, user)
    return look


def _has_result(task: asyncio.Task[Any]) -> bool:
    return task.done() and not task.cancelled() and task.exception() is None
