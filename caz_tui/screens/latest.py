"""One reading at a time, and of those that wait only the newest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar
from weakref import WeakMethod, ref

from caz_tui.data.errors import Superseded
from caz_tui.data.interrupting import Interruption
from caz_tui.terminal.untied import let_go

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from textual.dom import DOMNode
    from textual.worker import WorkType

WantedT = TypeVar("WantedT")


class Latest(Generic[WantedT]):
    """Reads what is wanted in a worker; what is wanted meanwhile replaces what was waiting.

    Starting a query for every letter would only queue them.
    """

    def __init__(self, node: DOMNode, read: Callable[[WantedT], Awaitable[None]], *, interrupts: bool = False) -> None:
        """Take what reads.

        Args:
            node: whose workers they are.
            read: reads one of what is wanted; a method of whoever has this.
            interrupts: whether what is being read is of no use once something else is wanted, so that its query is
                stopped. Not for what is wanted anew with every key that is held down: none would ever be shown.
        """
        # Whoever reads has this, and would not go by itself if this had it too.
        self._node = ref(node)
        self._read = WeakMethod(read)
        self._interrupts = interrupts
        self._interruption = Interruption()
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
        node = self._node()
        if not self.is_reading and node is not None:
            self.is_reading = True
            # A function, not its coroutine: one that never starts because the screen goes would be complained of.
            work: WorkType[None] = self._work
            node.run_worker(work, group="reading")
        elif self._interrupts and self.is_superseded:
            self._interruption.interrupt()

    def stop(self) -> None:
        """Read nothing any more: what waits is forgotten, and the query of what is being read is stopped."""
        self._waiting.clear()
        if self.is_reading:
            self._interruption.interrupt()

    async def _work(self) -> None:
        try:
            while self._waiting and (read := self._read()) is not None:
                self._current = self._waiting.pop()
                self._interruption = Interruption()
                try:
                    with self._interruption:
                        await read(self._current)
                except Superseded as error:
                    let_go(error)
        finally:
            self.is_reading = False
