"""One choice from a list, on one line: ``‹ Em teste ›``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.binding import Binding
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from caz_tui.data.text import fold
from caz_tui.terminal.text import shown

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual import events
    from textual.app import RenderResult
    from textual.geometry import Size

_FRAME = 4
"""The cells that the two arrows and their spaces take."""


class Cycle(Widget, can_focus=True):
    """Shows one option; arrows and space change it, a letter goes to the next option that begins with it."""

    DEFAULT_CSS = """
    Cycle { width: auto; height: 1; max-width: 100%; background: $boost; }
    """

    BINDINGS = [
        Binding("left,up", "move(-1)", show=False),
        Binding("right,down,space", "move(1)", show=False),
        Binding("home", "move_to(0)", show=False),
        Binding("end", "move_to(-1)", show=False),
    ]

    value: reactive[str] = reactive("", init=False)

    @dataclass
    class Changed(Message):
        """Another option was chosen."""

        cycle: Cycle

        @property
        def control(self) -> Cycle:
            """The widget, for ``@on`` selectors."""
            return self.cycle

    def __init__(
        self,
        options: Iterable[tuple[str, str]],
        value: str,
        *,
        id: str | None = None,  # noqa: A002 - Textual's own name
    ) -> None:
        """Take pairs of slug and label, and the slug that is chosen at first."""
        super().__init__(id=id)
        self._labels = {slug: shown(label) for slug, label in options}
        self.set_reactive(Cycle.value, value)

    def offer(self, options: Iterable[tuple[str, str]], value: str) -> None:
        """Take other options, of which one is chosen; its own width stays."""
        self._labels = {slug: shown(label) for slug, label in options}
        self.value = value

    def watch_value(self) -> None:
        """Tell that the choice changed."""
        self.post_message(self.Changed(self))

    def action_move(self, step: int) -> None:
        """Choose the option before or after, going round."""
        slugs = list(self._labels)
        self.value = slugs[(slugs.index(self.value) + step) % len(slugs)]

    def action_move_to(self, index: int) -> None:
        """Choose the first option, or the last."""
        self.value = list(self._labels)[index]

    def on_key(self, event: events.Key) -> None:
        """Choose the next option that begins with a letter."""
        if not event.is_printable or event.character is None or event.character.isspace():
            return
        slugs = list(self._labels)
        here = slugs.index(self.value)
        for slug in slugs[here + 1 :] + slugs[: here + 1]:
            if _initial(self._labels[slug].plain) == fold(event.character):
                self.value = slug
                event.stop()
                event.prevent_default()
                return

    def on_click(self, event: events.Click) -> None:
        """Choose the option before or after."""
        offset = event.get_content_offset(self)
        self.action_move(-1 if offset is not None and offset.x < _FRAME // 2 else 1)

    def get_content_width(self, container: Size, viewport: Size) -> int:  # noqa: ARG002 - Textual's contract
        """Return the width of the longest option with the arrows."""
        return max(label.cell_length for label in self._labels.values()) + _FRAME

    def render(self) -> RenderResult:
        """Return the option between two arrows."""
        room = max(1, self.content_size.width - _FRAME)
        label = self._labels[self.value]
        label = label.truncate(room, ellipsis=True).pad_right(max(0, room - label.cell_length))
        if self.has_focus:
            return Content.assemble("‹ ", label, " ›").stylize("bold reverse $primary")
        return Content.assemble(("‹ ", "$muted"), label, (" ›", "$muted"))

    def on_focus(self) -> None:
        """Show the arrows strong."""
        self.refresh()

    def on_blur(self) -> None:
        """Show the arrows weak."""
        self.refresh()


def _initial(label: str) -> str:
    """Return the first letter or digit of a label, past a glyph that stands before it."""
    return next((character for character in fold(label) if character.isalnum()), "")
