"""A table as tall as a result of any size, which knows only the rows around those it shows."""

from __future__ import annotations

import asyncio
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from textual.geometry import clamp
from textual.message import Message
from textual.reactive import reactive

from caz_tui.commands import COMMANDS
from caz_tui.widgets.own_lines import filtered
from caz_tui.widgets.table_layout import Cell, Column
from caz_tui.widgets.table_painter import SortedBy, TablePainter
from caz_tui.widgets.table_rows import Marks, RowWindow
from caz_tui.widgets.table_view import HEADER_LINES, TableView

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from rich.style import Style
    from textual import events
    from textual.geometry import Region
    from textual.strip import Strip

__all__ = ["Cell", "Column", "Marks", "SortedBy", "WindowedTable"]

RowT = TypeVar("RowT")
MessageRowT = TypeVar("MessageRowT")

_ACTIONS = {
    "cursor_up",
    "cursor_down",
    "page_up",
    "page_down",
    "first",
    "last",
    "scroll_columns_left",
    "scroll_columns_right",
    "choose",
    "mark",
    "mark_all",
}


PAUSE_SECONDS = 0.04
"""How long nothing moves before the lines that come next are drawn; a key that is held down comes sooner."""
FIRST_ROWS_SECONDS = 0.25
"""How long nothing moves before the rows are asked for that come after the first ones of a result: it may be left
before, as the results of a word that is being typed are."""
MOST_ROWS_AWAITED = 1_000
"""How far a move may go beyond what has been read of a result whose length is not known."""
TURN_SECONDS = 0.002
"""How long lines are drawn ahead before a key may come between."""


@dataclass
class TableMessage(Message, Generic[MessageRowT]):
    """What a table says of itself."""

    table: WindowedTable[MessageRowT]

    @property
    def control(self) -> WindowedTable[MessageRowT]:
        """The table that says it."""
        return self.table


class WindowedTable(TableView, Generic[RowT], can_focus=True):
    """A table of ``total`` rows that is fed the rows it asks for."""

    BINDINGS = [command.binding() for command in COMMANDS if command.name in _ACTIONS]
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "windowed-table--header",
        "windowed-table--sorted",
        "windowed-table--cursor",
        "windowed-table--mark",
        "windowed-table--muted",
        "windowed-table--ok",
        "windowed-table--attention",
        "windowed-table--problem",
        "windowed-table--accent",
        "windowed-table--strong",
    }
    DEFAULT_CSS = """
    WindowedTable {
        & > .windowed-table--header { color: $text-muted; }
        & > .windowed-table--sorted { color: $foreground; text-style: bold; }
        & > .windowed-table--cursor { color: $text-muted; }
        & > .windowed-table--mark { color: $accent; }
        & > .windowed-table--muted { color: $text-muted; }
        & > .windowed-table--ok { color: $success; }
        & > .windowed-table--attention { color: $warning; }
        & > .windowed-table--problem { color: $error; }
        & > .windowed-table--accent { color: $accent; }
        & > .windowed-table--strong { text-style: bold; }
        &:focus > .windowed-table--cursor { color: $accent; text-style: bold; }
    }
    """

    empty_text: reactive[str] = reactive("", init=False)
    """Said in the middle of the table when the result has no row."""
    marks: reactive[Marks] = reactive(Marks(), init=False, repaint=False)
    """The marked rows; whoever shows another result decides whether they still hold."""
    sorted_by: reactive[SortedBy | None] = reactive[SortedBy | None](None, init=False, repaint=False)
    """What the arrow in the header says."""

    @dataclass
    class RowsWanted(TableMessage[Any]):
        """Rows are missing: ``limit`` of them from ``offset`` on, to be fed with this generation.

        Some of them may be on the screen (``are_on_screen``), the others are the ones that come next.
        """

        offset: int
        limit: int
        generation: int
        are_on_screen: bool = False

    @dataclass
    class CursorMoved(TableMessage[MessageRowT]):
        """The cursor stands on another row, or more has become known of it; None is a row not yet fed."""

        index: int
        row: MessageRowT | None

    @dataclass
    class RowChosen(TableMessage[MessageRowT]):
        """The row under the cursor was chosen, with Enter or a double click."""

        row: MessageRowT

    @dataclass
    class SortRequested(TableMessage[Any]):
        """The header of a column was clicked."""

        key: str

    @dataclass
    class MarksChanged(TableMessage[Any]):
        """Other rows are marked than before."""

        marks: Marks

    def __init__(
        self,
        columns: Sequence[Column[RowT]],
        *,
        key: Callable[[RowT], int],
        can_mark: bool = True,
        empty_text: str = "",
        id: str | None = None,  # noqa: A002 - Textual's own name
        classes: str | None = None,
    ) -> None:
        """Make a table without rows.

        Args:
            columns: The first stays when the others scroll sideways.
            key: Gives the number that identifies a row in every result.
            can_mark: Whether the keys that mark rows act.
            empty_text: What the table says when the result has no row.
            id: Textual's name of the widget.
            classes: Textual's classes of the widget.
        """
        super().__init__(id=id, classes=classes)
        self.set_reactive(WindowedTable.empty_text, empty_text)
        self._key = key
        self._can_mark = can_mark
        self._window: RowWindow[RowT] = RowWindow()
        self._cursor_row = 0
        self._cursor_key: int | None = None
        self._row_under_cursor: RowT | None = None
        self._line_before_reset = 0
        self._announced: tuple[int, RowT | None] | None = None
        self._announcing = False
        self._asking = self._asking_now = False
        self._asking_ahead: asyncio.TimerHandle | None = None
        self._is_unmoved = False
        self._awaited_row: int | None = None
        self._wanted_row: int | None = None
        self._drawing_ahead: asyncio.TimerHandle | None = None
        self._direction = 1
        self._lines_at_resize = 0
        self._painter: TablePainter[RowT] = TablePainter(tuple(columns), self._style_of)

    @property
    def total(self) -> int:
        """How many rows the result has, as far as is known."""
        return self._window.total

    @property
    def total_is_exact(self) -> bool:
        """Whether the result has no more rows than ``total``."""
        return self._window.is_exact

    @property
    def generation(self) -> int | None:
        """The number of the result that is shown, or None before the first one."""
        return self._window.generation

    @property
    def cursor_row(self) -> int:
        """Index of the row under the cursor; 0 in an empty result."""
        return self._cursor_row

    @property
    def cursor_key(self) -> int | None:
        """Key of the row under the cursor, or None while it is not known."""
        return self._cursor_key

    @property
    def row_under_cursor(self) -> RowT | None:
        """The row under the cursor, or None while it is not known."""
        return self._row_under_cursor

    def reset(
        self,
        total: int,
        *,
        total_is_exact: bool = True,
        rows: Sequence[RowT] = (),
        offset: int = 0,
        generation: int,
    ) -> None:
        """Begin another result, or the same one read anew.

        The cursor stays on the row it was on if that is among ``rows``; else it goes to the first row, and
        ``restore`` brings it back to wherever the row stands now. The marks stay.

        Args:
            total: How many rows the result has.
            total_is_exact: False when the result may have more rows than ``total``; what is fed makes it longer.
            rows: The rows that are known already.
            offset: Index of the first of them.
            generation: Number of this result: what is fed with another one is dropped.
        """
        self._line_before_reset = self._cursor_row - self.scroll_offset.y
        self._window.reset(total, generation, is_exact=total_is_exact)
        self._window.put(offset, rows, centre=offset)
        self.set_row_count(total)
        kept = (index for index, row in enumerate(rows, offset) if self._key(row) == self._cursor_key)
        index = next(kept, None)
        if index is None:
            self._place_cursor(None, 0, top=0)
        else:
            self.restore(self._cursor_key, index)
        self._is_unmoved = True
        if self._asking_ahead is not None:
            self._asking_ahead.cancel()
        self._asking_ahead = asyncio.get_running_loop().call_later(FIRST_ROWS_SECONDS, self._ask_ahead)

    def take_count(self, total: int) -> None:
        """Take note of how many rows the result has, of which only the first ones were known until now."""
        self._window.total, self._window.is_exact = total, True
        self.set_row_count(total)
        if self._cursor_row >= total:
            self._place_cursor(None, total, top=self.scroll_offset.y)
        elif self._wanted_row is not None:
            self.move_to(self._wanted_row)
        else:
            self._go_on()
        self._ask_soon()

    def restore(self, key: int | None, row: int) -> None:
        """Put the cursor on ``row``, where the row ``key`` stands now, at the line it had before the reset.

        To be called right after ``reset``, before anything is awaited.
        """
        self._place_cursor(key, row, top=row - self._line_before_reset)

    def _place_cursor(self, key: int | None, row: int, *, top: int) -> None:
        self._awaited_row = self._wanted_row = None
        self._cursor_row = self._clamped(row)
        self._cursor_key = key if self.total else None
        self._meet_row_under_cursor()
        self.scroll_rows_to(top)
        self._direction = 1
        self.refresh()
        self._ask_soon()

    def feed(self, offset: int, rows: Sequence[RowT], generation: int) -> None:
        """Take in the rows of the result from ``offset`` on, unless they belong to another one."""
        if generation != self.generation:
            return
        viewport, total = self.viewport, self.total
        self._window.put(offset, rows, centre=(viewport.start + viewport.stop) // 2)
        if self.total > total:
            self.set_row_count(self.total)
            self._go_on()
        self.refresh_rows(offset, offset + len(rows))
        if self._cursor_row in range(offset, offset + len(rows)):
            self._meet_row_under_cursor()
        self._ask_soon()

    def set_columns(self, columns: Sequence[Column[RowT]]) -> None:
        """Show other columns."""
        self._painter.use_columns(tuple(columns))
        self.refresh()

    def move_to(self, row: int) -> None:
        """Move the cursor to the row at this index, or the nearest there is, and show it.

        In a result that is being counted that may be a row that has to be read first; one that is far is gone to when
        it has been counted, and the last that is known meanwhile.
        """
        self._awaited_row = self._wanted_row = None
        if row >= self.total and not self.total_is_exact:
            if row - self._cursor_row <= MOST_ROWS_AWAITED:
                self._awaited_row = row
                self._ask_soon()
                return
            self._wanted_row = row
        row = self._clamped(row)
        if row != self._cursor_row:
            left, self._cursor_row = self._cursor_row, row
            self._cursor_key = None
            self.refresh_rows(left, left + 1)
            self.refresh_rows(row, row + 1)
            self._meet_row_under_cursor()
        self._show_cursor()

    def _go_on(self) -> None:
        """Go to the row that is awaited if what will be in view has been read, and else ask for it.

        The cursor keeps its line.
        """
        coming, row = self._coming_viewport, self._awaited_row
        if row is None:
            return
        if coming.stop <= self.total or self.total_is_exact:
            self._awaited_row = None
            self.scroll_rows_to(coming.start)
            self.move_to(row)
        elif row - self._cursor_row > MOST_ROWS_AWAITED:
            self.move_to(row)
        else:
            self._ask_soon()

    @property
    def _moving_row(self) -> int:
        """Where the cursor stands, or will stand when the row has been read."""
        return self._cursor_row if self._awaited_row is None else self._awaited_row

    def _clamped(self, row: int) -> int:
        return clamp(row, 0, max(0, self.total - 1))

    def _meet_row_under_cursor(self) -> None:
        self._row_under_cursor = row = self._window.get(self._cursor_row)
        if row is not None:
            self._cursor_key = self._key(row)
        # Told once everything in hand is done: a reset that ends in a restore is one move, not two.
        if not self._announcing:
            self._announcing = True
            asyncio.get_running_loop().call_soon(self._announce_cursor)

    def _announce_cursor(self) -> None:
        self._announcing = False
        if not self.is_attached:
            return
        standing = (self._cursor_row, self._row_under_cursor)
        if standing != self._announced:
            self._announced = standing
            # Not by way of all the containers: it would arrive behind the frame that moves the cursor.
            self.screen.post_message(self.CursorMoved(self, *standing))

    def _show_cursor(self) -> None:
        top, lines = self.scroll_offset.y, self.body_lines
        if lines:
            self.scroll_rows_to(clamp(top, self._cursor_row - lines + 1, self._cursor_row))

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Notice in which direction the rows travel, and ask for those that come."""
        super().watch_scroll_y(old_value, new_value)
        self._direction = 1 if new_value >= old_value else -1
        self._is_unmoved = False
        self._ask_soon()

    def _ask_soon(self) -> None:
        # After the refresh, so that whatever moves the viewport within one frame ends in one request.
        if not self._asking:
            self._asking = self.call_after_refresh(self._ask)
        if not self._asking_now and self._window.lacks(self._coming_viewport):
            # Before it, where the frame would show holes.
            self._asking_now = True
            asyncio.get_running_loop().call_soon(self._ask_now)

    def _ask_now(self) -> None:
        self._asking_now = False
        if self.is_attached:
            self._ask()

    @property
    def _coming_viewport(self) -> range:
        """Indices of the rows that are in view, or will be when the cursor is where it is to go."""
        viewport = self.viewport
        if self._awaited_row is None:
            return viewport
        top = viewport.start + self._awaited_row - self._cursor_row
        return range(top, top + self.body_lines)

    def _ask_ahead(self) -> None:
        self._asking_ahead = None
        if self.is_attached:
            self._ask()

    def _ask(self) -> None:
        self._asking = False
        self._draw_ahead_soon()
        viewport, generation = self._coming_viewport, self.generation
        are_on_screen = self._window.lacks(viewport)
        # Of a result that is being counted the rest would be seen as another count, and that comes by itself.
        waits = self._asking_ahead is not None or not self.total_is_exact
        if self._is_unmoved and waits and not are_on_screen:
            return
        wanted = self._window.ask(viewport, self._direction)
        if wanted is not None and generation is not None:
            # Not by way of all the containers, as everything that a frame waits for.
            self.screen.post_message(self.RowsWanted(self, wanted.start, len(wanted), generation, are_on_screen))

    def _draw_ahead_soon(self) -> None:
        """Draw the lines of the page that would come next when the hands rest for a moment."""
        if self._drawing_ahead is not None:
            self._drawing_ahead.cancel()
        self._drawing_ahead = asyncio.get_running_loop().call_later(PAUSE_SECONDS, self._draw_ahead)

    def _draw_ahead(self) -> None:
        self._drawing_ahead = None
        viewport = self.viewport
        if not self.is_attached or not self.screen.is_active or not viewport:
            return
        if self._direction > 0:
            coming = range(viewport.stop, min(self.total, viewport.stop + len(viewport)))
        else:
            coming = range(viewport.start - 1, max(-1, viewport.start - 1 - len(viewport)), -1)
        end = time.perf_counter() + TURN_SECONDS
        self._painter.use_room(self._room)
        fresh: list[Strip] = []
        for index in coming:
            row = self._window.get(index)
            if row is None or self._painter.knows(row, self._key(row), marked=self.marks.contains(self._key(row))):
                continue
            if time.perf_counter() > end:
                self._drawing_ahead = asyncio.get_running_loop().call_later(TURN_SECONDS, self._draw_ahead)
                break
            fresh.append(self._row_line(index))
        filtered(self, fresh)

    def watch_marks(self, old: Marks, new: Marks) -> None:
        """Repaint the lines whose mark changed."""
        for index in self.viewport:
            row = self._window.get(index)
            if row is not None and old.contains(self._key(row)) != new.contains(self._key(row)):
                self.refresh_rows(index, index + 1)
        self.post_message(self.MarksChanged(self, new))

    def watch_sorted_by(self) -> None:
        """Repaint the header."""
        self.refresh_header()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """Leave the marking keys to others where rows are not marked."""
        return self._can_mark or action not in {"mark", "mark_all"}

    def take_repeated(self, key: str, times: int) -> bool:
        """Move as often as a key that is held down came, and return True; False for a key that moves nothing."""
        move = {
            "up": self.action_cursor_up,
            "down": self.action_cursor_down,
            "pageup": self.action_page_up,
            "pagedown": self.action_page_down,
        }.get(key)
        if move is None:
            return False
        for _ in range(times):
            move()
        return True

    def action_cursor_up(self) -> None:
        """Move one row up."""
        self.move_to(self._moving_row - 1)

    def action_cursor_down(self) -> None:
        """Move one row down."""
        self.move_to(self._moving_row + 1)

    def action_page_up(self) -> None:
        """Move one page up; the cursor keeps its line on the screen."""
        self._move_page(-1)

    def action_page_down(self) -> None:
        """Move one page down; the cursor keeps its line on the screen."""
        self._move_page(1)

    def _move_page(self, direction: int) -> None:
        self._awaited_row = self._moving_row + direction * max(1, self.body_lines)
        self._go_on()

    def action_first(self) -> None:
        """Move to the first row."""
        self.move_to(0)

    def action_last(self) -> None:
        """Move to the last row, or to the last that is known until it is known how many there are."""
        self.move_to(self.total - 1 if self.total_is_exact else sys.maxsize)

    def action_choose(self) -> None:
        """Choose the row under the cursor."""
        if self._row_under_cursor is not None:
            self.post_message(self.RowChosen(self, self._row_under_cursor))

    def action_mark(self) -> None:
        """Mark the row under the cursor, or take its mark away, and move on to the next."""
        if self._cursor_key is not None:
            self.marks = self.marks.toggle(self._cursor_key)
            self.action_cursor_down()

    def action_mark_all(self) -> None:
        """Mark every row of the result, or none if every one is marked."""
        if self.total:
            self.marks = Marks(inverted=self.marks.number_in(self.total) < self.total)

    def action_scroll_columns_left(self) -> None:
        """Bring back the nearest column that left at the left."""
        self.scroll_columns(-1)

    def action_scroll_columns_right(self) -> None:
        """Bring columns in at the right; the first one stays."""
        self.scroll_columns(1)

    def scroll_columns(self, columns: int) -> None:
        """Scroll sideways by whole columns; the first one stays."""
        if self._painter.scroll_columns(columns):
            self.refresh()

    def on_click(self, event: events.Click) -> None:
        """Move to the row that was clicked; choose it at the second click; ask for an order at a header."""
        place = event.get_content_offset(self)
        if place is None:
            return
        if place.y < HEADER_LINES:
            column = self._painter.column_at(place.x)
            if column is not None and column.sortable:
                self.post_message(self.SortRequested(self, column.key))
            return
        row = self.scroll_offset.y + place.y - HEADER_LINES
        if row < self.total:
            self.move_to(row)
            if event.chain == 2:
                self.action_choose()

    def on_resize(self) -> None:
        """Keep the cursor on the screen if it was there, and ask for rows that came into view."""
        line = self._cursor_row - self.scroll_offset.y
        if not self._lines_at_resize or 0 <= line < self._lines_at_resize:
            self._show_cursor()
        self._lines_at_resize = self.body_lines
        self._ask_soon()

    def on_show(self) -> None:
        """Ask for the rows that nobody saw until now."""
        self._ask_soon()

    def notify_style_update(self) -> None:
        """Forget the lines that were drawn in other colours."""
        super().notify_style_update()
        self._painter.forget_styles()

    def _style_of(self, name: str) -> Style:
        if not name:
            return self.rich_style
        return self.get_component_rich_style(f"windowed-table--{name}", default=self.rich_style)

    def render_lines(self, crop: Region) -> list[Strip]:
        """Return lines as the painter keeps them: there is no border around them that Textual would have to draw."""
        if self.size != self.outer_size:
            return super().render_lines(crop)
        room = self._room
        self._painter.use_room(room)
        # What is the same for all lines is found once: a size or a style takes Textual longer than drawing a line.
        top, middle = self.scroll_offset.y, self.size.height // 2
        strips = filtered(self, (self._line(y, top, middle) for y in crop.line_range))
        if crop.x or crop.right != room:
            behind = self.rich_style
            strips = [strip.adjust_cell_length(crop.right, behind).crop(crop.x) for strip in strips]
        return strips

    def render_line(self, y: int) -> Strip:
        """Return what line ``y`` of the widget shows."""
        self._painter.use_room(self._room)
        line = self._line(y, self.scroll_offset.y, self.size.height // 2)
        return line.adjust_cell_length(self.size.width, self.rich_style)

    @property
    def _room(self) -> int:
        """How many cells of a line are left of the scroll bar."""
        return max(0, self.size.width - self.scrollbar_size_vertical)

    def _line(self, y: int, top: int, middle: int) -> Strip:
        """Return line ``y`` of a table that is scrolled to row ``top`` and says in its middle line that it is empty."""
        if y < HEADER_LINES:
            return self._painter.header(self.sorted_by)
        index = top + y - HEADER_LINES
        if index < self.total:
            return self._row_line(index)
        if self.generation is not None and self.total == 0 and y == middle:
            return self._painter.sentence(self.empty_text)
        return self._painter.blank()

    def _row_line(self, index: int) -> Strip:
        row, at_cursor = self._window.get(index), index == self._cursor_row
        if row is None:
            return self._painter.unknown_row(at_cursor=at_cursor)
        key = self._key(row)
        return self._painter.row(row, key, at_cursor=at_cursor, marked=self.marks.contains(key))
