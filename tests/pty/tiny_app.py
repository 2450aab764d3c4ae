"""A program of a few lines for the driver to carry: it counts the keys that reach it and quits on `f10` alone."""

from __future__ import annotations

import asyncio
import os
import sys
from typing import TYPE_CHECKING

from caz_tui.terminal.environment import scrub

scrub(os.environ)

from textual import events  # noqa: E402
from textual.app import App, ComposeResult  # noqa: E402
from textual.binding import Binding  # noqa: E402
from textual.containers import Vertical  # noqa: E402
from textual.screen import ModalScreen  # noqa: E402
from textual.widgets import Input, Label  # noqa: E402

from caz_tui.terminal.driver import DeskDriver  # noqa: E402
from caz_tui.terminal.gate import guarded  # noqa: E402
from caz_tui.terminal.signals import exit_status, leave_on_signals  # noqa: E402
from caz_tui.terminal.text import shown  # noqa: E402

if TYPE_CHECKING:
    import signal
    from collections.abc import Sequence

    from textual.filter import LineFilter


class ImpatientDriver(DeskDriver):
    """A driver that loses its patience within a test."""

    stalled_seconds = 0.5
    paste_pause_seconds = 0.2


class Question(ModalScreen[str]):
    """A dialog whose field has the focus once it is open."""

    BINDINGS = [Binding("escape", "dismiss", priority=True)]

    def compose(self) -> ComposeResult:
        """Show the field."""
        with Vertical():
            yield Label("?")
            yield Input(id="answer")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Close with the answer."""
        self.dismiss(event.value)


class TinyApp(App[None], inherit_bindings=False):
    """An input, and what happened so far."""

    BINDINGS = [
        Binding("f10", "quit", priority=True),
        Binding("f9", "flood", priority=True),
        Binding("f8", "begin_anew", priority=True),
        Binding("f2", "ask"),
    ]
    ENABLE_COMMAND_PALETTE = False

    def __init__(self) -> None:
        super().__init__(driver_class=ImpatientDriver if "--impatient" in sys.argv else DeskDriver)
        self.forget()

    def forget(self) -> None:
        """Know of nothing that happened."""
        self.key_count = 0
        self.clicks = 0
        self.last = ""
        self.answer: str | None = ""

    def action_begin_anew(self) -> None:
        """Be as after the start, for the next test."""
        self.query_one(Input).value = ""
        self.forget()
        self.show()

    def compose(self) -> ComposeResult:
        """Show the input, the counts and the size."""
        text = Input()
        text.cursor_blink = False
        yield text
        yield Label(id="counts")

    def on_mount(self) -> None:
        """Listen to signals unless told to ignore them, and say that the keys may come."""
        if "--deaf" not in sys.argv:
            leave_on_signals(asyncio.get_running_loop(), self.leave)
        self.show()

    def leave(self, number: signal.Signals) -> None:
        """Exit as a process that a signal ended."""
        self.exit(return_code=exit_status(number))

    async def on_event(self, event: events.Event) -> None:
        """Count before anything can stop the event."""
        if isinstance(event, events.Key) and not event.is_forwarded:
            self.key_count += 1
            self.last = event.key
        if isinstance(event, events.MouseUp) and not event.is_forwarded:
            self.clicks += 1
        await super().on_event(event)
        if isinstance(event, (events.Key, events.MouseUp, events.Resize)):
            self.show()

    def show(self) -> None:
        """Write the counts."""
        parts = [
            f"keys={self.key_count}",
            f"last={self.last}",
            f"clicks={self.clicks}",
            f"size={self.size}",
            f"answer={self.answer}",
        ]
        for label in self.query("#counts").results(Label):
            label.update(shown(" ".join(parts)))

    def action_ask(self) -> None:
        """Open the dialog, and show its answer."""
        self.push_screen(Question(), self.take_answer)

    def take_answer(self, answer: str | None) -> None:
        """Show the answer."""
        self.answer = answer
        self.show()

    def action_flood(self) -> None:
        """Say more than any line takes at once."""
        assert self._driver is not None
        self._driver.write("." * 4_000_000)

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Pass every line through the gate."""
        return guarded(super().get_line_filters(), colourless=self.no_color)


if __name__ == "__main__":
    app = TinyApp()
    app.run()
    sys.exit(app.return_code or 0)
