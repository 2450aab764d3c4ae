"""The filters in force on one line, each of which can be taken away."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.binding import Binding
from textual.content import Content
from textual.geometry import clamp
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from caz_tui.terminal.text import shown

if TYPE_CHECKING:
    from textual import events
    from textual.app import RenderResult
    from textual.geometry import Size

    from caz_tui.data.query import Chip

_CROSS = " ✕"
_GAP = 2
_SHORTEST_CELLS, _LONGEST_CELLS = 8, 44


class Chips(Widget, can_focus=True):
    """One line of chips: arrows go between them, Backspace, Delete, Enter or a click on the cross takes one away."""

    DEFAULT_CSS = "Chips { width: auto; height: 1; }"
    BINDINGS = [
        Binding("left", "previous", show=False),
        Binding("right", "next", show=False),
        Binding("backspace,delete,enter", "remove", show=False),
    ]

    chips: reactive[tuple[Chip, ...]] = reactive((), layout=True)
    current: reactive[int] = reactive(0)

    @dataclass
    class Removed(Message):
        """The person took a filter away; ``index`` is its place in the query the chips describe."""

        index: int

    def validate_current(self, current: int) -> int:
        """Keep the current chip among those there are."""
        return clamp(current, 0, max(0, len(self.chips) - 1))

    def watch_chips(self) -> None:
        """Take the line away when there is no filter."""
        self.display = bool(self.chips)
        self.current = min(self.current, max(0, len(self.chips) - 1))

    def get_content_width(self, container: Size, viewport: Size) -> int:  # noqa: ARG002 - Textual's signature
        """Return the cells that all the chips take."""
        return sum(label.cell_length + _GAP for label in self._labels(_LONGEST_CELLS)) - _GAP if self.chips else 0

    def on_focus(self) -> None:
        """Show which chip is current."""
        self.refresh()

    def on_blur(self) -> None:
        """Show no current chip."""
        self.refresh()

    def render(self) -> RenderResult:
        """Return the chips that fit, and how many do not."""
        placed = self._placed()
        line = Content("")
        for index, label in placed:
            line += Content(" " * _GAP) + label if line else label
            if self.has_focus and index == self.current:
                line = line[: len(line) - len(label)] + label.stylize("bold reverse")
        left_out = len(self.chips) - len(placed)
        if left_out:
            line += Content.styled(f"{' ' if placed else ''}… +{left_out}", "$muted")
        return line

    def on_click(self, event: events.Click) -> None:
        """Take a chip away when its cross is clicked; else make it the current one."""
        x = 0
        for index, label in self._placed():
            end = x + label.cell_length
            if x <= event.x < end:
                self.current = index
                if event.x >= end - len(_CROSS):
                    self.post_message(self.Removed(self.chips[index].place))
                return
            x = end + _GAP

    def action_previous(self) -> None:
        """Go to the chip at the left."""
        self.current -= 1

    def action_next(self) -> None:
        """Go to the chip at the right."""
        self.current += 1

    def action_remove(self) -> None:
        """Take the current chip away."""
        if self.chips:
            self.post_message(self.Removed(self.chips[self.current].place))

    def _labels(self, longest: int) -> list[Content]:
        room = max(_SHORTEST_CELLS, min(_LONGEST_CELLS, longest)) - len(_CROSS)
        return [
            Content.assemble(shown(chip.text).truncate(room, ellipsis=True), (_CROSS, "$muted")) for chip in self.chips
        ]

    def _placed(self) -> list[tuple[int, Content]]:
        """Return the chips that fit with their places, the current one always among them."""
        labels = self._labels(self.size.width)
        first = 0
        while True:
            placed = self._fitting(labels, first)
            if not self.has_focus or first >= self.current or self.current < first + len(placed):
                return placed
            first += 1

    def _fitting(self, labels: list[Content], first: int) -> list[tuple[int, Content]]:
        placed: list[tuple[int, Content]] = []
        used = 0
        for index in range(first, len(labels)):
            width = labels[index].cell_length + (_GAP if placed else 0)
            hidden_after = len(labels) - index - 1 + first
            reserve = len(f" … +{hidden_after}") if hidden_after else 0
            if placed and used + width + reserve > self.size.width:
                break
            placed.append((index, labels[index]))
            used += width
        return placed
