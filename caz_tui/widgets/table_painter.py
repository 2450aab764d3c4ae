"""How the lines of a table look: header, row, row not yet known, nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.geometry import clamp
from textual.strip import Strip

from caz_tui.terminal.visible import visible
from caz_tui.widgets.table_layout import GAP_CELLS, GUTTER_CELLS, fit, lay_out

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from caz_tui.widgets.table_layout import Column

RowT = TypeVar("RowT")
Part = tuple[str, Style]
"""Some cells of a line that look alike."""

_STRIPS_KEPT = 200
"""Lines of a table that are drawn and kept: those of some pages."""
_CURSOR = "cursor"
_BAR, _MARK, _UNKNOWN = "▌", "◆", "·"
_MORE_LEFT, _MORE_RIGHT = "‹", "›"
_ASCENDING, _DESCENDING = "▲", "▼"
_GAP = " " * GAP_CELLS
_BOLD = Style(bold=True)


class SortedBy(NamedTuple):
    """The column, by key, and the direction in which the rows come sorted."""

    key: str
    descending: bool = False


class TablePainter(Generic[RowT]):
    """Draws the lines of a table and keeps those of rows for the next time."""

    def __init__(self, columns: Sequence[Column[RowT]], style_of: Callable[[str], Style]) -> None:
        """Make a painter that has no room yet.

        Args:
            columns: The first stays when the others scroll sideways.
            style_of: Gives the style of a tone or of a part of the table; "" is plain text.
        """
        self._columns = columns
        self._style_of = style_of
        self._styles: dict[str, Style] = {}
        self._former: dict[str, Style] = {}
        # Not Textual's cache: what is in it already stays as it was, whatever is put in its place.
        self._strips: dict[tuple[int, bool, bool], tuple[RowT, Strip]] = {}
        self._header: tuple[SortedBy | None, Strip] | None = None
        self._room = 0
        self._offset = self._last_offset = 0
        self._layout = lay_out(columns, 0)
        self._page = self._layout.page(0)

    def use_columns(self, columns: Sequence[Column[RowT]]) -> None:
        """Draw these columns from now on."""
        self._columns = columns
        self._lay_out()

    def use_room(self, room: int) -> None:
        """Draw lines of ``room`` cells from now on, in the styles of now."""
        if self._former:
            self._compare_styles()
        if room != self._room:
            self._room = room
            self._lay_out()

    def scroll_columns(self, columns: int) -> bool:
        """Scroll sideways by whole columns, and return whether there was anything to scroll."""
        offset = clamp(self._offset + columns, 0, self._last_offset)
        if offset == self._offset:
            return False
        self._offset = offset
        self._turn_page()
        return True

    def column_at(self, x: int) -> Column[RowT] | None:
        """Return the column at cell ``x`` of the lines."""
        at_x = (placed.column for placed in self._page if placed.x <= x < placed.x + placed.width)
        return next(at_x, None)

    def _lay_out(self) -> None:
        self._layout = lay_out(self._columns, self._room)
        self._last_offset = self._layout.last_offset()
        self._offset = min(self._offset, self._last_offset)
        self._turn_page()

    def _turn_page(self) -> None:
        self._page = self._layout.page(self._offset)
        self._forget_lines()

    def forget_styles(self) -> None:
        """Ask for every style anew before the next line; by then they are known."""
        self._former = self._styles | self._former
        self._styles = {}

    def _compare_styles(self) -> None:
        """Forget the lines that look otherwise now: of a table that gets the focus, only the one at the cursor does."""
        former, self._former = self._former, {}
        changed = {name for name, style in former.items() if self._style(name) != style}
        if changed == {_CURSOR}:
            self._strips = {drawn: line for drawn, line in self._strips.items() if not drawn[1]}
        elif changed:
            self._forget_lines()

    def _forget_lines(self) -> None:
        self._strips.clear()
        self._header = None

    def header(self, sorted_by: SortedBy | None) -> Strip:
        """Draw the labels, the arrow of the order, and where more columns are."""
        if self._header is None or self._header[0] != sorted_by:
            self._header = (sorted_by, self._draw_header(sorted_by))
        return self._header[1]

    def _draw_header(self, sorted_by: SortedBy | None) -> Strip:
        plain = self._style("header")
        segments = [Segment(" " * GUTTER_CELLS, plain)]
        for placed in self._page:
            label, style = placed.column.label, plain
            if sorted_by is not None and sorted_by.key == placed.column.key:
                style = self._style("sorted")
                arrow = _DESCENDING if sorted_by.descending else _ASCENDING
                label = f"{fit(label, min(cell_len(label), placed.width - 2))} {arrow}"
            segments.append(Segment(fit(label, placed.width, placed.column.justify), style))
            segments.append(Segment(_GAP, plain))
        if self._offset > 0:
            segments[2] = Segment(_MORE_LEFT.ljust(GAP_CELLS), plain)
        labels = Strip(segments).adjust_cell_length(max(0, self._room - 1), plain)
        more = Segment(_MORE_RIGHT if self._offset < self._last_offset else " ", plain)
        return Strip([*labels, more]).adjust_cell_length(self._room, plain)

    def knows(self, row: RowT, key: int, *, marked: bool) -> bool:
        """Tell whether a row away from the cursor has been drawn as it is now."""
        drawn = self._strips.get((key, False, marked))
        return drawn is not None and drawn[0] is row

    def row(self, row: RowT, key: int, *, at_cursor: bool, marked: bool) -> Strip:
        """Draw a row."""
        drawn = self._strips.get((key, at_cursor, marked))
        # The same key may have come back with other values.
        if drawn is not None and drawn[0] is row:
            return drawn[1]
        parts = self._gutter(at_cursor=at_cursor, marked=marked)
        bold = at_cursor and self._style(_CURSOR).bold
        plain = self._style("")
        for placed in self._page:
            text, tone = placed.column.cell(row)
            text = fit(visible(text), placed.width, placed.column.justify, placed.column.ellipsis)
            style = self._style(tone)
            parts += (text, style + _BOLD if bold else style), (_GAP, plain)
        # The last gap is no gap, but what is left of the line.
        parts.pop()
        strip = self._line(parts, self._page[-1].x + self._page[-1].width)
        self._strips.pop((key, at_cursor, marked), None)
        if len(self._strips) >= _STRIPS_KEPT:
            del self._strips[next(iter(self._strips))]
        self._strips[key, at_cursor, marked] = (row, strip)
        return strip

    def unknown_row(self, *, at_cursor: bool) -> Strip:
        """Draw the place of a row that is not known yet."""
        gutter = self._gutter(at_cursor=at_cursor, marked=False)
        return self._line([*gutter, (_UNKNOWN, self._style("muted"))], GUTTER_CELLS + 1)

    def sentence(self, text: str) -> Strip:
        """Draw a text in the middle of a line."""
        text = visible(text)
        cells = min(cell_len(text), self._room)
        indent = (self._room - cells) // 2
        return self._line([(" " * indent + fit(text, cells), self._style("muted"))], indent + cells)

    def blank(self) -> Strip:
        """Draw a line without anything."""
        return Strip.blank(self._room, self._style(""))

    def _gutter(self, *, at_cursor: bool, marked: bool) -> list[Part]:
        plain = self._style("")
        return [
            (_BAR, self._style(_CURSOR)) if at_cursor else (" ", plain),
            (_MARK, self._style("mark")) if marked else (" ", plain),
            (" ", plain),
        ]

    def _line(self, parts: Sequence[Part], cells: int) -> Strip:
        """Draw a line of some parts, which take so many cells, and of blanks to the edge."""
        plain = self._style("")
        blanks = " " * (self._room - cells)
        # Joined, because every change of style costs some twenty bytes on the wire.
        segments: list[Segment] = []
        text, style = "", plain
        for part, its_style in (*parts, (blanks, plain)):
            if its_style is style or its_style == style:
                text += part
            elif part:
                if text:
                    segments.append(Segment(text, style))
                text, style = part, its_style
        segments.append(Segment(text, style))
        return Strip(segments, max(cells, self._room)).adjust_cell_length(self._room, plain)

    def _style(self, name: str) -> Style:
        style = self._styles.get(name)
        if style is None:
            style = self._styles[name] = self._style_of(name)
        return style
