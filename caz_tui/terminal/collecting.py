"""The garbage collector let loose when nobody is at the keys.

A look at everything takes a tenth of a second, which a key would have to wait; put off for ever it lets what closed
dialogs leave behind grow to hundreds of megabytes. So it comes in the first pause of the hands, if there is enough to
collect; the collector's own thresholds are for hands that never pause.
"""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import asyncio

PAUSE_SECONDS: Final = 1.0
WORTH_IT: Final = 4
"""How many collections of the middle generation there have been since all was looked at."""


class IdleCollector:
    """Collects once in a pause after keys, and is no timer at all when there were none."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Wait for keys."""
        self._loop = loop
        self._touched_at = 0.0
        self._timer: asyncio.TimerHandle | None = None

    def touched(self) -> None:
        """Take note of a key, a click or a paste."""
        self._touched_at = self._loop.time()
        if self._timer is None:
            self._timer = self._loop.call_later(PAUSE_SECONDS, self._look)

    def stop(self) -> None:
        """Collect no more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _look(self) -> None:
        left_seconds = self._touched_at + PAUSE_SECONDS - self._loop.time()
        if left_seconds > 0:
            self._timer = self._loop.call_later(left_seconds, self._look)
            return
        self._timer = None
        if gc.isenabled() and gc.get_count()[2] >= WORTH_IT:
            gc.collect()
