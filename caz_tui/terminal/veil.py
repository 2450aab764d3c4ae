"""A sentence over the whole terminal while nobody is at the keyboard.

It lies over what is sent, not in the app: whatever a screen draws meanwhile, and whichever dialog opens, none of it is
seen. The key that lifts it does nothing else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from textual import events

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Iterable, Iterator

    from textual.message import Message

_CLEAR: Final = "\x1b[m\x1b[H\x1b[2J"


class Covered(Protocol):
    """What a veil lies over."""

    @property
    def terminal_size(self) -> tuple[int, int]:
        """Columns and rows."""

    def write_over(self, data: str) -> None:
        """Send a text although everything else is held back."""

    def redraw(self) -> None:
        """Send all that should be on the screen."""


class Veil:
    """Falls after some time without a key, a click or a paste; the next of these lifts it."""

    def __init__(
        self,
        beneath: Covered,
        loop: asyncio.AbstractEventLoop,
        after_seconds: float,
        sentence: str,
        lifted: Callable[[], None],
    ) -> None:
        """Begin to wait.

        Args:
            beneath: the terminal.
            loop: its event loop.
            after_seconds: how long nobody has touched the keyboard when it falls.
            sentence: what is on it.
            lifted: called when somebody has lifted it.
        """
        self.is_down = False
        self._beneath = beneath
        self._loop = loop
        self._after_seconds = after_seconds
        self._sentence = sentence
        self._lifted = lifted
        self.begin()

    def begin(self) -> None:
        """Begin to wait, for the first time or when the terminal has come back from another program."""
        self._touched_at = self._loop.time()
        self._timer = self._loop.call_later(self._after_seconds, self._look)

    def pass_on(self, found: Iterable[Message]) -> Iterator[Message]:
        """Yield what came from the terminal, but nothing that a person did in order to lift the veil."""
        was_down = self.is_down
        for message in found:
            if isinstance(message, events.InputEvent | events.Paste):
                self._touched_at = self._loop.time()
                if was_down:
                    self._lift()
                    continue
            yield message

    def draw(self) -> None:
        """Send the sentence, cut to the width, and nothing else."""
        columns, rows = self._beneath.terminal_size
        text = self._sentence[:columns]
        place = f"\x1b[{max(1, rows // 2)};{(columns - len(text)) // 2 + 1}H"
        self._beneath.write_over(f"{_CLEAR}{place}{text}")

    def stop(self) -> None:
        """Be of no effect any more; what was covered may come out."""
        self._timer.cancel()
        self.is_down = False

    def _look(self) -> None:
        left_seconds = self._after_seconds - (self._loop.time() - self._touched_at)
        if left_seconds > 0:
            self._timer = self._loop.call_later(left_seconds, self._look)
        else:
            self.is_down = True
            self.draw()

    def _lift(self) -> None:
        if self.is_down:
            self.is_down = False
            self._timer = self._loop.call_later(self._after_seconds, self._look)
            self._beneath.redraw()
            self._lifted()
