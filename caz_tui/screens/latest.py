"""One reading at a time, and of those that wait only the newest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from textual.dom import DOMNode
    from textual.worker import WorkType

WantedT = TypeVar("WantedT")


class Latest(Generic[WantedT]):
    """Reads what is wanted in a worker; what is wanted meanwhile replaces what was waiting.

    A query that has begun cannot be taken back, so starting one for every letter would only queue them.
    """

    def __init__(self, node: DOMNode, read: Callable[[WantedT], Awaitable[None]]) -> None:
        self._node = node
        self._read = read
        self._waiting: list[WantedT] = []
        self._current: WantedT | None = None
        self.is_reading = False
        """Whether a reading is under way."""

    @property
    def is_superseded(self) -> bool:
        """Whether something else waits, so that what is being read is no longer wanted."""
        return any(wanted != self._current for wanted in self._waiting)

    def want(self, wanted: WantedT) -> None:
        """Read this next, instead of whatever was waiting."""
        self._waiting = [wanted]
        if not self.is_reading:
            self.is_reading = True
            # A function, not its coroutine: one that never starts because the screen goes would be complained of.
            work: WorkType[None] = self._work
            self._node.run_worker(work, group="reading")

    async def _work(self) -> None:
        try:
            while self._waiting:
                self._current = self._waiting.pop()
                await self._read(self._current)
        finally:
            self.is_reading = False
