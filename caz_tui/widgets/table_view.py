"""Scrolling without sliding: a header line, rows of one line each, whole columns sideways."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.geometry import Region, Size
from textual.reactive import Reactive
from textual.scroll_view import ScrollView

from caz_tui.widgets.scroll_handle import ScrollHandle

if TYPE_CHECKING:
    from textual import events
    from textual.scrollbar import ScrollBar, ScrollDown, ScrollTo, ScrollUp

HEADER_LINES = 1


class TableView(ScrollView, inherit_bindings=False):
    """A view of rows below a header that stays."""

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    TableView {
        width: 1fr;
        height: 1fr;
        overflow-x: hidden;
        scrollbar-gutter: stable;
        scrollbar-size-vertical: 1;
    }
    """

    virtual_size = Reactive(Size(0, 0))
    """How far there is to scroll; Textual would lay the whole screen out whenever that changes."""

    @property
    def vertical_scrollbar(self) -> ScrollBar:
        """The scroll bar, made when it is first asked for."""
        if self._vertical_scrollbar is None:
            self._vertical_scrollbar = bar = ScrollHandle(name="vertical", thickness=self.scrollbar_size_vertical)
            bar.display = False
            self.app._start_widget(self, bar)  # noqa: SLF001 - as Textual makes its own
        return self._vertical_scrollbar

    @property
    def body_lines(self) -> int:
        """How many rows the view has room for."""
        return max(0, self.size.height - HEADER_LINES)

    @property
    def viewport(self) -> range:
        """Indices of the rows in view."""
        top = self.scroll_offset.y
        return range(top, min(top + self.body_lines, self.virtual_size.height - HEADER_LINES))

    def set_row_count(self, rows: int) -> None:
        """Make the view as tall as this many rows."""
        self.virtual_size = Size(0, rows + HEADER_LINES)
        self._scroll_update(self.virtual_size)

    def scroll_rows_to(self, top: int) -> None:
        """Scroll at once until row ``top`` stands below the header, or as near as there are rows."""
        # Forced, because Textual refuses until the layout has caught up with the number of rows.
        self.scroll_to(y=top, animate=False, force=True)

    def scroll_columns(self, columns: int) -> None:
        """Scroll sideways by whole columns."""

    def refresh_rows(self, start: int, stop: int) -> None:
        """Repaint the rows from ``start`` to before ``stop`` that are in view."""
        viewport = self.viewport
        start, stop = max(start, viewport.start), min(stop, viewport.stop)
        if start < stop:
            line = start - viewport.start + HEADER_LINES
            self.refresh(Region(0, line, self.size.width, stop - start))

    def refresh_header(self) -> None:
        """Repaint the header."""
        self.refresh(Region(0, 0, self.size.width, HEADER_LINES))

    def on_scroll_to(self, message: ScrollTo) -> None:
        """Follow the handle of the scroll bar at once: Textual would slide there."""
        message.stop().prevent_default()
        if message.y is not None:
            self.scroll_rows_to(round(message.y))

    def on_scroll_up(self, message: ScrollUp) -> None:
        """Turn a page at a click above the handle of the scroll bar."""
        message.stop().prevent_default()
        self.scroll_rows_to(self.scroll_offset.y - self.body_lines)

    def on_scroll_down(self, message: ScrollDown) -> None:
        """Turn a page at a click below the handle of the scroll bar."""
        message.stop().prevent_default()
        self.scroll_rows_to(self.scroll_offset.y + self.body_lines)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Turn the wheel with shift into columns."""
        if event.shift or event.ctrl:
            self._scroll_columns_by_mouse(event, -1)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Turn the wheel with shift into columns."""
        if event.shift or event.ctrl:
            self._scroll_columns_by_mouse(event, 1)

    def on_mouse_scroll_left(self, event: events.MouseScrollLeft) -> None:
        """Turn the tilted wheel into columns."""
        self._scroll_columns_by_mouse(event, -1)

    def on_mouse_scroll_right(self, event: events.MouseScrollRight) -> None:
        """Turn the tilted wheel into columns."""
        self._scroll_columns_by_mouse(event, 1)

    def _scroll_columns_by_mouse(self, event: events.MouseEvent, columns: int) -> None:
        event.stop().prevent_default()
        self.scroll_columns(columns)
