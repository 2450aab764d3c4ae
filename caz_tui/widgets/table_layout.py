"""Which columns of a wide table stand on the screen, how wide, and how a text is made to fit one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, Literal, NamedTuple, TypeVar

from rich.cells import cell_len

from caz_tui.terminal.visible import takes_a_cell_each

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

RowT = TypeVar("RowT")

Cell = tuple[str, str]
"""The plain text of a cell and the name of its tone."""

GUTTER_CELLS = 3
"""The bar of the cursor, the mark, a space."""
GAP_CELLS = 2
"""Between two columns."""
MARGIN_CELLS = 1
"""At the right edge, where the header says that more columns follow."""

_FIXED_FLOOR_CELLS = 8
_ELLIPSIS = "…"
_JOINER = "\u200d"


class Column(NamedTuple, Generic[RowT]):
    """One column of a table.

    Attributes:
        key: Name by which the column is sorted.
        label: Header, plain text.
        width: Least width in cells.
        cell: Gives the text and the tone of a row in this column.
        justify: Side on which the text stands.
        flex: Share of the spare width.
        rank: When the terminal is narrow, lower ranks stay.
        sortable: Whether a click on the header asks for this order.
        max_width: Width in cells beyond which the column does not grow.
        ellipsis: Where a text that is too long is cut.
    """

    key: str
    label: str
    width: int
    cell: Callable[[RowT], Cell]
    justify: Literal["left", "right"] = "left"
    flex: int = 0
    rank: int = 0
    sortable: bool = True
    max_width: int | None = None
    ellipsis: Literal["end", "middle"] = "end"


class PlacedColumn(NamedTuple, Generic[RowT]):
    """A column that is on the screen, from cell ``x`` on, ``width`` cells wide."""

    column: Column[RowT]
    x: int
    width: int


class TableLayout(NamedTuple, Generic[RowT]):
    """The columns of a table in the order of the screen.

    Attributes:
        columns: The fixed column, those that fit beside it, those that only scrolling brings.
        fixed_width: Cells of the fixed column.
        right: Cell at which the room for columns ends.
    """

    columns: tuple[Column[RowT], ...]
    fixed_width: int
    right: int

    def page(self, offset: int) -> tuple[PlacedColumn[RowT], ...]:
        """Return the columns on the screen after scrolling past ``offset`` of them; the first one stays.

        A column is shown whole or not at all, unless it is alone beside the first one: half a number is
        another number.
        """
        room = self.right - GUTTER_CELLS - self.fixed_width
        shown: list[Column[RowT]] = []
        widths: list[int] = []
        for column in self.columns[1 + offset :]:
            room -= GAP_CELLS
            if room < 1 or (column.width > room and shown):
                room += GAP_CELLS
                break
            shown.append(column)
            widths.append(min(column.width, room))
            room -= widths[-1]
        placed = [PlacedColumn(self.columns[0], GUTTER_CELLS, self.fixed_width)]
        for column, width in zip(shown, _widened(widths, shown, room), strict=True):
            placed.append(PlacedColumn(column, placed[-1].x + placed[-1].width + GAP_CELLS, width))
        return tuple(placed)

    def last_offset(self) -> int:
        """Return the least offset at which the last column is on the screen."""
        last = max(0, len(self.columns) - 2)
        return next((offset for offset in range(last) if self._shows_last(offset)), last)

    def _shows_last(self, offset: int) -> bool:
        return self.page(offset)[-1].column is self.columns[-1]


def lay_out(columns: Sequence[Column[RowT]], width: int) -> TableLayout[RowT]:
    """Choose the order of the columns and the width of the first for a table of ``width`` cells."""
    right = max(GUTTER_CELLS + 1, width - MARGIN_CELLS)
    room = right - GUTTER_CELLS
    first, *others = columns
    by_rank = sorted(others, key=lambda column: column.rank)
    fixed_width = min(first.width, room)
    if by_rank and fixed_width + GAP_CELLS + by_rank[0].width > room:
        fixed_width = min(fixed_width, max(_FIXED_FLOOR_CELLS, room // 2))
    spare = room - fixed_width
    fitting: list[Column[RowT]] = []
    for column in by_rank:
        # Stopping at the first that does not fit keeps every column in place while the terminal widens.
        if fitting and column.width + GAP_CELLS > spare:
            break
        spare = max(0, spare - column.width - GAP_CELLS)
        fitting.append(column)
    shown = [column for column in others if column in fitting]
    hidden = [column for column in others if column not in fitting]
    widths = _widened([fixed_width, *(column.width for column in shown)], [first, *shown], spare)
    return TableLayout((first, *shown, *hidden), widths[0], right)


def _widened(widths: Sequence[int], columns: Sequence[Column[RowT]], spare: int) -> list[int]:
    grown = list(widths)
    limits = [column.max_width or grown[index] + spare for index, column in enumerate(columns)]

    def can_grow(index: int) -> bool:
        return columns[index].flex > 0 and grown[index] < limits[index]

    growing = list(filter(can_grow, range(len(columns))))
    while spare > 0 and growing:
        shares = sum(columns[index].flex for index in growing)
        round_spare = spare
        for index in growing:
            share = max(1, round_spare * columns[index].flex // shares)
            growth = min(share, limits[index] - grown[index], spare)
            grown[index] += growth
            spare -= growth
        growing = list(filter(can_grow, growing))
    return grown


def fit(
    text: str,
    width: int,
    justify: Literal["left", "right"] = "left",
    ellipsis: Literal["end", "middle"] = "end",
) -> str:
    """Return the text cut or padded to exactly ``width`` cells."""
    if width < 1:
        return ""
    if len(text) <= width and takes_a_cell_each(text):
        # As nearly all do.
        return text.rjust(width) if justify == "right" else text.ljust(width)
    # A joiner at the end would swallow the padding that follows.
    text = text.rstrip(_JOINER)
    cells = cell_len(text)
    if cells > width:
        text = _cut(text, width, ellipsis)
        cells = cell_len(text)
    padding = " " * (width - cells)
    return padding + text if justify == "right" else text + padding


def _cut(text: str, width: int, ellipsis: Literal["end", "middle"]) -> str:
    tail_cells = (width - 1) // 2 if ellipsis == "middle" else 0
    head = _head(text, width - 1 - tail_cells).rstrip(_JOINER)
    return head + _ELLIPSIS + _tail(text, tail_cells)


def _head(text: str, cells: int) -> str:
    end = min(len(text), cells)
    if text.isascii():
        return text[:end]
    while cell_len(text[:end]) > cells:
        end -= 1
    while end < len(text) and cell_len(text[: end + 1]) <= cells:
        end += 1
    return text[:end]


def _tail(text: str, cells: int) -> str:
    start = len(text) - min(len(text), cells)
    while cell_len(text[start:]) > cells:
        start += 1
    # What joins or varies a character that was cut off would do so to the ellipsis.
    return text[start:].lstrip(_JOINER + "\ufe0e\ufe0f")
