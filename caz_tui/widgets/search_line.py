"""The line in which a search is typed."""

from __future__ import annotations

from dataclasses import dataclass

from textual.binding import Binding
from textual.message import Message

from caz_tui.widgets.one_line import OneLine

_KEY = "/"
"""What somebody presses who wants to search, and does not see that the line has the focus already."""


class SearchLine(OneLine):
    """A field whose text is the search: Esc clears it and then leaves, Enter and ↓ go on to the list."""

    DEFAULT_CSS = """
    SearchLine, SearchLine:focus { border: none; height: 1; padding: 0; background: transparent; }
    """
    BINDINGS = [
        Binding("down", "to_list", show=False),
        Binding("escape", "clear_or_leave", show=False),
    ]

    @dataclass
    class Left(Message):
        """The person is done with the line and wants the list."""

    def __init__(self, placeholder: str) -> None:
        super().__init__(placeholder=placeholder, select_on_focus=False)
        self.cursor_blink = False

    def replace(self, text: str, start: int, end: int) -> None:
        """Put a text in the place of another, but not the key that leads here where it would be all there is."""
        if text != _KEY or self.value[:start] + self.value[end:]:
            super().replace(text, start, end)

    def action_to_list(self) -> None:
        """Go on to the list."""
        self.post_message(self.Left())

    def action_clear_or_leave(self) -> None:
        """Clear the text, or leave the line when there is none."""
        if self.value:
            self.value = ""
        else:
            self.post_message(self.Left())
