"""A question with two answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.widgets import Button, Static

from caz_tui.screens.base import Dialog
from caz_tui.terminal.text import shown, shown_lines

if TYPE_CHECKING:
    from textual.app import ComposeResult


class Confirm(Dialog[bool]):
    """Asks a question; Enter at once gives the answer by which nothing is lost."""

    keys_hint = "s sim · n não"
    """What the frame says of the letters that answer."""

    BINDINGS = [
        Binding("s,S", "answer(True)", show=False),
        Binding("n,N", "answer(False)", show=False),
        Binding("left", "app.focus_previous", show=False),
        Binding("right", "app.focus_next", show=False),
    ]

    DEFAULT_CSS = """
    Confirm > #window { max-width: 76; padding: 1 2 0 2; }
    Confirm #question { width: auto; max-width: 100%; text-style: bold; }
    Confirm #details { width: auto; max-width: 100%; margin-top: 1; color: $muted; }
    Confirm .buttons { width: auto; min-width: 100%; margin: 1 0; }
    """

    def __init__(
        self,
        question: str,
        *,
        details: str = "",
        confirm: str = "Sim",
        stay: str = "Cancelar",
        dangerous: bool = False,
    ) -> None:
        """Take the question and the words for its answers.

        Args:
            question: What is asked, in one sentence.
            details: What follows from confirming, in as many lines as it takes.
            confirm: The answer that goes on.
            stay: The answer that changes nothing.
            dangerous: Whether confirming loses something; the cursor then starts on the other answer.
        """
        super().__init__()
        self._question = question
        self._details = details
        self._confirm = confirm
        self._stay = stay
        self._first = "stay" if dangerous else "confirm"

    def compose(self) -> ComposeResult:
        """Put the answers under the question."""
        with Vertical(id="window"):
            yield Static(shown(self._question), id="question")
            if self._details:
                yield Static(shown_lines(self._details), id="details")
            with Horizontal(classes="buttons"):
                yield Button(shown(self._stay), id="stay")
                yield Button(shown(self._confirm), id="confirm")

    def on_mount(self) -> None:
        """Start on the safe answer."""
        self.query_one("#window").border_subtitle = self.keys_hint
        self.query_one(f"#{self._first}").focus()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Give the answer of the button."""
        self.dismiss(event.button.id == "confirm")

    def action_answer(self, answer: bool) -> None:  # noqa: FBT001 - the parameter of a key binding
        """Give the answer of a letter."""
        self.dismiss(answer)

    def action_confirm(self) -> None:
        """Give the answer the cursor is on."""
        focused = self.focused
        self.dismiss(focused is not None and focused.id == "confirm")
