"""A table of few rows: Textual's DataTable with our gutter, our keys and columns that fit the width."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar

from textual.reactive import reactive
from textual.widgets import DataTable

from caz_tui.commands import COMMANDS, Place
from caz_tui.terminal.text import rich_shown
from caz_tui.terminal.visible import visible
from caz_tui.widgets.table_layout import GAP_CELLS, GUTTER_CELLS, Column, fit, lay_out

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from rich.text import Text
    from textual.coordinate import Coordinate

RowT = TypeVar("RowT")

_GUTTER = {True: "▌", False: "▏"}
"""The bar of a table that has the keys, and of one that has not: also without colours one sees which."""
_GUTTER_COLUMN = "gutter"
_ACTIONS = ("cursor_down", "cursor_up", "page_down", "page_up", "first", "last", "choose")


class ShortTable(DataTable["Text"], Generic[RowT]):
    """Some rows, all of them given at once; the line under the cursor has a bar in the gutter and weight."""

    BINDINGS = [command.binding() for command in COMMANDS if command.place is Place.TABLE and command.name in _ACTIONS]
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "short-table--bar",
        "short-table--ok",
        "short-table--attention",
        "short-table--problem",
        "short-table--muted",
        "short-table--strong",
    }
    DEFAULT_CSS = """
    ShortTable {
        background: $background;
        height: auto;
        overflow-x: hidden;
        scrollbar-size-vertical: 1;
        &:focus { background-tint: transparent; }
        & > .short-table--bar { color: $primary; background: $background; text-style: bold; }
        & > .short-table--ok { color: $success; background: $background; }
        & > .short-table--attention { color: $warning; background: $background; }
        & > .short-table--problem { color: $error; background: $background; }
        & > .short-table--muted { color: $muted; background: $background; }
        & > .short-table--strong { text-style: bold; background: $background; }
        & > .datatable--header, &:focus > .datatable--header {
            color: $muted; background: $background; background-tint: transparent; text-style: none;
        }
        & > .datatable--header-hover, & > .datatable--hover { background: $background; }
        & > .datatable--cursor { color: $foreground; background: $background; text-style: none; }
        &:focus > .datatable--cursor { color: $foreground; background: $background; text-style: bold; }
    }
    """

    rows_shown: reactive[tuple[RowT, ...]] = reactive((), init=False)

    def __init__(
        self,
        columns_for: Callable[[int], Sequence[Column[RowT]]],
        *,
        can_choose: bool = True,
        id: str | None = None,  # noqa: A002 - Textual's own name
    ) -> None:
        """Take the columns for a width in cells, and whether there is a cursor at all."""
        super().__init__(id=id, cursor_type="row", show_cursor=can_choose, cell_padding=0)
        self.can_focus = can_choose
        self._columns_for = columns_for

    def on_mount(self) -> None:
        """Take other colours when the theme changes: cells hold theirs."""
        self.app.theme_changed_signal.subscribe(self, lambda _: self._lay_out())

    def on_unmount(self) -> None:
        """Go whole: what calls a subscriber holds it."""
        self.app.theme_changed_signal.unsubscribe(self)

    @property
    def row_under_cursor(self) -> RowT | None:
        """The row under the cursor, or None when there is none."""
        return self.rows_shown[self.cursor_row] if self.cursor_row < len(self.rows_shown) else None

    def watch_rows_shown(self) -> None:
        """Show other rows; the cursor keeps its line."""
        self._lay_out()

    def on_resize(self) -> None:
        """Fit the columns to the new width."""
        self._lay_out()

    def _lay_out(self) -> None:
        width = self.size.width
        if not width:
            return
        cursor = self.cursor_row
        self.clear(columns=True)
        self.add_column("", width=GUTTER_CELLS, key=_GUTTER_COLUMN)
        placed = lay_out(tuple(self._columns_for(width)), width).page(0)
        for place in placed:
            label = fit(place.column.label, place.width, place.column.justify)
            gap = GAP_CELLS if place is not placed[-1] else 0
            self.add_column(rich_shown(label), width=place.width + gap, key=place.column.key)
        for row in self.rows_shown:
            cells = [self._cell(place.column, row, place.width) for place in placed]
            self.add_row(rich_shown(""), *cells)
        if self.rows_shown:
            self.move_cursor(row=min(cursor, len(self.rows_shown) - 1), animate=False)
            self._mark(self.cursor_row)

    def _cell(self, column: Column[RowT], row: RowT, width: int) -> Text:
        text, tone = column.cell(row)
        cell = rich_shown(fit(visible(text), width, column.justify, column.ellipsis))
        if tone:
            cell.stylize(self.get_component_rich_style(f"short-table--{tone}"))
        return cell

    def watch_cursor_coordinate(self, old_coordinate: Coordinate, new_coordinate: Coordinate) -> None:
        """Move the bar with the cursor."""
        super().watch_cursor_coordinate(old_coordinate, new_coordinate)
        self._mark(old_coordinate.row, bar=False)
        self._mark(new_coordinate.row)

    def _mark(self, row: int, *, bar: bool = True) -> None:
        if self.show_cursor and self.is_valid_row_index(row) and self.ordered_columns:
            text = rich_shown(_GUTTER[self.has_focus] if bar else "")
            text.stylize(self.get_component_rich_style(f"short-table--{'bar' if self.has_focus else 'muted'}"))
            self.update_cell_at((row, 0), text)  # type: ignore[arg-type]

    def watch_has_focus(self, has_focus: bool) -> None:  # noqa: FBT001 - Textual's own signature
        """Show whether the keys act here."""
        super().watch_has_focus(has_focus)
        self._mark(self.cursor_row)

    def action_first(self) -> None:
        """Go to the first row."""
        self.move_cursor(row=0)

    def action_last(self) -> None:
        """Go to the last row."""
        self.move_cursor(row=self.row_count - 1)

    def action_choose(self) -> None:
        """Choose the row under the cursor."""
        self.action_select_cursor()
