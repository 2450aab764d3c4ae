"""A text field that knows what others wrote there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.binding import Binding
from textual.suggester import Suggester

from caz_tui.data.text import fold
from caz_tui.terminal.visible import visible
from caz_tui.widgets.field import LineInput

if TYPE_CHECKING:
    from collections.abc import Iterable


class _Completions(Suggester):
    """Completes what is typed, or its last piece where commas separate several."""

    def __init__(self, *, several: bool) -> None:
        super().__init__(use_cache=False, case_sensitive=True)
        self.several = several
        self.texts: tuple[str, ...] = ()

    def split(self, value: str) -> tuple[str, str]:
        """Return what stands fast, and the piece that is being typed."""
        if not self.several:
            return "", value
        before, comma, piece = value.rpartition(",")
        typed = piece.lstrip()
        return before + comma + piece[: len(piece) - len(typed)], typed

    def beginning_with(self, typed: str) -> list[str]:
        """Return the texts that begin with what is typed, accents and case aside."""
        return [text for text in self.texts if fold(text).startswith(fold(typed))]

    async def get_suggestion(self, value: str) -> str | None:
        """Return the value with its last piece completed."""
        fast, typed = self.split(value)
        found = self.beginning_with(typed) if typed else []
        return fast + found[0] if found else None


class SuggestInput(LineInput):
    """A text field that completes from a list: → takes what is offered, ↓ and ↑ go through the list."""

    BINDINGS = [
        Binding("down", "offer(1)", show=False),
        Binding("up", "offer(-1)", show=False),
    ]

    def __init__(
        self,
        value: str = "",
        *,
        several: bool = False,
        placeholder: str = "",
        id: str | None = None,  # noqa: A002 - Textual's own name
    ) -> None:
        """Take the first value, and whether commas separate several."""
        self._completions = _Completions(several=several)
        super().__init__(value, placeholder=placeholder, suggester=self._completions, id=id)
        self._asked = ""
        self._offered: str | None = None

    def offer(self, texts: Iterable[str]) -> None:
        """Set the list of suggestions, those that are wanted most first."""
        self._completions.texts = tuple(dict.fromkeys(visible(text) for text in texts))

    def action_offer(self, step: int) -> None:
        """Put the next or previous suggestion into the field."""
        fast, typed = self._completions.split(self.value)
        if self.value != self._offered:
            # From one of the suggestions the way to the others is open.
            self._asked = "" if typed in self._completions.texts else typed
        found = self._completions.beginning_with(self._asked)
        if not found:
            return
        place = found.index(typed) + step if typed in found else (0 if step > 0 else -1)
        self.value = self._offered = fast + found[place % len(found)]
        self.cursor_position = len(self.value)
