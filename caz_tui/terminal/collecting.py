"""The garbage collector let loose when nobody waits: behind a frame that is out, and in the pauses of the hands.

A look at everything takes a tenth of a second, and longer on a slow machine, which a key would have to wait; put off
for ever it lets what went in circles grow to hundreds of megabytes. The collector's own thresholds fall into the middle
of a key, and into that of the longest: what opens a dialog makes the most. So it looks when what a key asked for is on
the screen and no other key waits: briefly at what is new, now and then at everything. What is there at the start, and
what outlives the first looks at everything, is what stays (classes, styles, the places), and is not looked at again:
what is closed goes without the collector (`untied.py`).
"""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import asyncio

THRESHOLDS: Final = (20_000, 5, 10)
"""The collector's own, for work that draws nothing: more than a key makes, but for the largest dialogs."""

NEW: Final = 3_000
"""So many new objects are worth a brief look."""

BRIEF_LOOKS: Final = 4
"""After so many, what outlived them is looked at together."""

MIDDLE_LOOKS: Final = 4
"""After so many of these, everything is looked at although the hands do not pause."""

MIDDLE_LOOKS_IN_PAUSE: Final = 2
"""After so many it is in a pause."""

FIRST_LOOKS: Final = 3
"""So many looks at everything tell what stays; of what comes later some will go, as statements do."""

PAUSE_SECONDS: Final = 1.0


class Collector:
    """Collects when nobody waits, and is no timer at all when there were no keys."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Leave the collector of garbage as it is, and wait on a loop later."""
        self._loop = loop
        self._touched_at = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._first_looks_left = FIRST_LOOKS

    def begin(self) -> None:
        """Let it work, but for what is there now: what was imported and built for the first screen."""
        # Nothing is collected first: that would take longer than a key may.
        gc.freeze()
        gc.set_threshold(*THRESHOLDS)
        gc.enable()

    def touched(self) -> None:
        """Take note of a key, a click or a paste."""
        self._touched_at = self._loop.time()
        if self._timer is None:
            self._wait()

    def frame_is_out(self) -> None:
        """Take note that what was asked for is on the screen, and that nobody waits for more."""
        if gc.isenabled() and gc.get_count()[0] >= NEW:
            self._loop.call_soon(self._look)

    def stop(self) -> None:
        """Wait for no pause any more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _wait(self) -> None:
        left_seconds = self._touched_at + PAUSE_SECONDS - self._loop.time()
        self._timer = self._loop.call_later(left_seconds, self._look_in_pause)

    def _look_in_pause(self) -> None:
        self._timer = None
        if not gc.isenabled():
            return
        if self._touched_at + PAUSE_SECONDS > self._loop.time():
            self._wait()
        elif gc.get_count()[2] >= MIDDLE_LOOKS_IN_PAUSE:
            self._look_at_everything()

    def _look(self) -> None:
        new, brief, middle = gc.get_count()
        if middle >= MIDDLE_LOOKS:
            self._look_at_everything()
        elif brief >= BRIEF_LOOKS:
            gc.collect(1)
        elif new >= NEW:
            gc.collect(0)

    def _look_at_everything(self) -> None:
        gc.collect()
        if self._first_looks_left:
            self._first_looks_left -= 1
            gc.freeze()
