"""Taking back a reading that nobody waits for any more, while the database is at it."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Final, Self

from caz_tui.data.errors import Superseded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextvars import Token
    from types import TracebackType

AGAIN_SECONDS: Final = 0.01
SENTENCE: Final = "A leitura foi interrompida."


class Interruption:
    """One reading, which can be taken back; a context manager around it.

    Taken back, it raises ``Superseded``, unless it had just ended. Writes are never stopped.
    """

    def __init__(self) -> None:
        self._stops: list[Callable[[], None]] = []
        self._is_over = False
        self._token: Token[Interruption | None] | None = None

    def __enter__(self) -> Self:
        self._token = _CURRENT.set(self)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        assert self._token is not None
        _CURRENT.reset(self._token)
        # It holds the context, and with it the worker and the screen that are reading.
        self._token = None

    def interrupt(self) -> None:
        """Have the queries stopped that are under way, and those that this reading has still to come to."""
        self._is_over = True
        self._stop()

    def _stop(self) -> None:
        if self._stops:
            for stop in self._stops:
                stop()
            # A query that was on its way to the database, but not yet there, has not noticed.
            asyncio.get_running_loop().call_later(AGAIN_SECONDS, self._stop)

    def add(self, stop: Callable[[], None]) -> None:
        """Take note of what stops the query of a connection; raises ``Superseded`` when it is not to begin at all."""
        if self._is_over:
            raise Superseded(SENTENCE)
        self._stops.append(stop)

    def remove(self, stop: Callable[[], None]) -> None:
        """Forget a connection, which is about to serve somebody else."""
        self._stops.remove(stop)


_CURRENT: ContextVar[Interruption | None] = ContextVar("caz_interruption", default=None)


@contextmanager
def stopped_by(stop: Callable[[], None]) -> Iterator[None]:
    """Let whoever may take back this context's readings call ``stop`` meanwhile."""
    current = _CURRENT.get()
    if current is None:
        yield
        return
    current.add(stop)
    try:
        yield
    finally:
        current.remove(stop)
