"""Blocks of figures in two columns, with one cursor that walks through all of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from textual.containers import Vertical, VerticalScroll
from textual.message import Message
from textual.reactive import reactive

from caz_tui.commands import COMMANDS, Place
from caz_tui.widgets.figure_charts import WeekBlock

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult
    from textual.geometry import Region

    from caz_tui.data.query import ClientQuery
    from caz_tui.widgets.figures import FigureBlock

_ACTIONS = ("cursor_down", "cursor_up", "page_down", "page_up", "first", "last")


class Spot(NamedTuple):
    """A figure: the place of its block on the board, and its line in the block."""

    block: int
    line: int


class FigureBoard(VerticalScroll, can_focus=True, inherit_bindings=False):
    """Two columns of blocks, one under the other where the terminal is narrow."""

    ALLOW_SELECT = False
    BINDINGS = [
        command.binding()
        for command in COMMANDS
        if command.place is Place.HOME or (command.place is Place.TABLE and command.name in _ACTIONS)
    ]
    DEFAULT_CSS = """
    FigureBoard { layout: horizontal; height: 1fr; padding: 0 1; }
    FigureBoard > Vertical { width: 1fr; height: auto; }
    """

    cursor: reactive[Spot] = reactive(Spot(0, 0))

    @dataclass
    class Opened(Message):
        """Someone went through the door of a figure."""

        door: ClientQuery

    def __init__(self, left: Sequence[FigureBlock], right: Sequence[FigureBlock]) -> None:
        super().__init__()
        self._left = tuple(left)
        self._right = tuple(right)
        self._blocks = self._left + self._right

    def compose(self) -> ComposeResult:
        """Put the blocks into their columns."""
        yield Vertical(*self._left, classes="left")
        yield Vertical(*self._right)

    def spots(self) -> list[Spot]:
        """Return every figure in reading order: down the left column, then down the right one."""
        return [Spot(at, index) for at, block in enumerate(self._blocks) for index in range(len(block.figures))]

    def validate_cursor(self, cursor: Spot) -> Spot:
        """Keep the cursor on a figure that is there."""
        spots = self.spots()
        if not spots or cursor in spots:
            return cursor
        return max((spot for spot in spots if spot < cursor), default=spots[0])

    def watch_cursor(self, old: Spot, new: Spot) -> None:
        """Mark the figure under the cursor and bring it into view."""
        self._blocks[old.block].cursor = None
        self._blocks[new.block].cursor = new.line
        self.scroll_to_region(self._region_of(new), animate=False, force=True)

    def settle(self) -> None:
        """Put the cursor back on a figure after the figures have changed."""
        self.cursor = self.validate_cursor(self.cursor)
        self._blocks[self.cursor.block].cursor = self.cursor.line

    def _region_of(self, spot: Spot) -> Region:
        block = self._blocks[spot.block]
        column = block.parent
        above = column.virtual_region.y if isinstance(column, Vertical) else 0
        return block.region_of(spot.line).translate((0, above + block.virtual_region.y))

    def _move(self, steps: int) -> None:
        spots = self.spots()
        if spots:
            at = spots.index(self.validate_cursor(self.cursor)) + steps
            self.cursor = spots[max(0, min(at, len(spots) - 1))]

    def action_cursor_down(self) -> None:
        """Go to the next figure."""
        self._move(1)

    def action_cursor_up(self) -> None:
        """Go to the figure before."""
        self._move(-1)

    def action_first(self) -> None:
        """Go to the first figure."""
        self._move(-len(self.spots()))

    def action_last(self) -> None:
        """Go to the last figure."""
        self._move(len(self.spots()))

    def action_page_down(self) -> None:
        """Go to the first figure of the next block."""
        following = [spot for spot in self.spots() if spot.block > self.cursor.block]
        self.cursor = following[0] if following else self.spots()[-1]

    def action_page_up(self) -> None:
        """Go to the first figure of the block, or from there to that of the block before."""
        heads = [spot for spot in self.spots() if spot.line == 0 and spot < self.cursor]
        self.cursor = heads[-1] if heads else self.cursor

    def action_column_right(self) -> None:
        """Go to the next week of a chart, or to the figure at the same height in the right column."""
        block = self._blocks[self.cursor.block]
        if isinstance(block, WeekBlock):
            self.cursor = Spot(self.cursor.block, min(self.cursor.line + 1, len(block.figures) - 1))
        elif block in self._left:
            self._cross()

    def action_column_left(self) -> None:
        """Go to the week before in a chart, or to the figure at the same height in the left column."""
        block = self._blocks[self.cursor.block]
        if isinstance(block, WeekBlock) and self.cursor.line > 0:
            self.cursor = Spot(self.cursor.block, self.cursor.line - 1)
        elif block in self._right:
            self._cross()

    def _cross(self) -> None:
        """Go to the nearest figure of the other column, when the two stand side by side."""
        here = self._blocks[self.cursor.block]
        over_there = self._right if here in self._left else self._left
        there = [spot for spot in self.spots() if self._blocks[spot.block] in over_there]
        if there and self._left[0].region.x != self._right[0].region.x:
            height = self._region_of(self.cursor).bottom
            self.cursor = min(there, key=lambda spot: (abs(self._region_of(spot).bottom - height), spot.line))

    def action_choose(self) -> None:
        """Go through the door under the cursor."""
        figures = self._blocks[self.cursor.block].figures
        if self.cursor.line < len(figures):
            self.post_message(self.Opened(figures[self.cursor.line].door))

    def on_figure_block_clicked(self, message: FigureBlock.Clicked) -> None:
        """Go to the figure that was clicked, and through its door."""
        message.stop()
        self.cursor = Spot(self._blocks.index(message.block), message.index)
        self.action_choose()
