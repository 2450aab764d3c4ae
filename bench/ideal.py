"""The fewest bytes that a plain encoder of changed cells needs to turn one screen into another.

Such an encoder goes over the changed cells from top to bottom, moves with CUP and CUF, changes the pen by the shorter
of a difference and a reset, writes text, and erases the blank end of a line with EL. A second form moves a region of
the screen first, as a list that scrolls does. Repetition, ECH and tabs are not used: a program that uses them may stay
below the ideal.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from bench.screen import PLAIN, Cell, Grid, Row, Style

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST_SCROLL_ROWS: Final = 3
_CSI_BYTES: Final = 2
_EL_BYTES: Final = 3
_OFF_OF_ATTRIBUTE: Final = {1: 22, 2: 22, 3: 23, 4: 24, 5: 25, 6: 25, 7: 27, 8: 28, 9: 29}


class Ideal(NamedTuple):
    """What a change of the screen costs at least.

    Attributes:
        fewest: bytes, with a scroll where that is cheaper.
        plain: bytes without scrolling.
        cells: how many cells differ in text or style.
    """

    fewest: int
    plain: int
    cells: int


def ideal(before: Grid, after: Grid) -> Ideal:
    """Return the bytes the change from one screen to another needs, and the cells it changes."""
    plain = _difference_bytes(before, after)
    changed = [number for number, (old, new) in enumerate(zip(before, after, strict=True)) if old != new]
    cells = sum(len(_changed(before[number], after[number])) for number in changed)
    fewest = min([plain, *_scrolled(before, after, changed)])
    return Ideal(fewest, plain, cells)


def move_bytes(row: int, column: int) -> int:
    """Return the bytes of the shortest CUP to a cell, counted from zero."""
    if column:
        return _CSI_BYTES + len(str(row + 1)) + 1 + len(str(column + 1)) + 1
    return _CSI_BYTES + (len(str(row + 1)) if row else 0) + 1


def pen_bytes(pen: Style, wanted: Style) -> int:
    """Return the bytes of the shortest SGR sequence from one pen to another; none when they are the same."""
    if pen == wanted:
        return 0
    turned_on = [str(number) for number in range(1, 10) if wanted.attributes >> number & 1]
    colours = [colour for colour in (wanted.foreground, wanted.background) if colour]
    reset = ["", *turned_on, *colours] if turned_on or colours else []
    difference = list(_changes(pen, wanted))
    return _CSI_BYTES + min(len(";".join(reset)), len(";".join(difference))) + 1


def _changes(pen: Style, wanted: Style) -> Iterator[str]:
    gone = pen.attributes & ~wanted.attributes
    off = {_OFF_OF_ATTRIBUTE[number] for number in range(1, 10) if gone >> number & 1}
    yield from map(str, sorted(off))
    for number in range(1, 10):
        # Bold and faint are put out together; the one that stays is lit again.
        lit_again = wanted.attributes >> number & 1 and _OFF_OF_ATTRIBUTE[number] in off
        if wanted.attributes & ~pen.attributes & 1 << number or lit_again:
            yield str(number)
    if pen.foreground != wanted.foreground:
        yield wanted.foreground or "39"
    if pen.background != wanted.background:
        yield wanted.background or "49"


def _changed(old: Row, new: Row) -> list[int]:
    return [column for column, (was, now) in enumerate(zip(old, new, strict=True)) if was != now]


def _difference_bytes(before: Grid, after: Grid) -> int:
    total, pen = 0, PLAIN
    for number, (old, new) in enumerate(zip(before, after, strict=True)):
        if old is not new and old != new:
            cost, pen = _row_bytes(number, _changed(old, new), new, pen)
            total += cost
    return total


def _row_bytes(number: int, changed: list[int], new: Row, pen: Style) -> tuple[int, Style]:
    """Return what the changed cells of a row cost and the pen after them, its blank end written or erased."""
    written = _written_bytes(number, changed, new, pen)
    tail = _tail(new)
    if changed[-1] < tail:
        return written
    head = [column for column in changed if column < tail]
    cost, after = _written_bytes(number, head, new, pen)
    if not head:
        cost += move_bytes(number, tail)
    elif head[-1] + 1 < tail:
        cost += min(_cuf_bytes(tail - head[-1] - 1), _text_bytes(new[head[-1] + 1 : tail], after))
    eraser = Style("", new[-1][1].background)
    erased = cost + pen_bytes(after, eraser) + _EL_BYTES, eraser
    return min(written, erased)


def _written_bytes(number: int, columns: list[int], new: Row, pen: Style) -> tuple[int, Style]:
    total = 0
    at: int | None = None
    for column in columns:
        text, style = new[column]
        if at is None:
            total += move_bytes(number, column)
        elif at != column:
            total += min(_cuf_bytes(column - at), _text_bytes(new[at:column], pen))
        total += pen_bytes(pen, style) + len(text.encode())
        pen = style
        at = column + 1
    return total, pen


def _cuf_bytes(cells: int) -> int:
    return _CSI_BYTES + (len(str(cells)) if cells > 1 else 0) + 1


def _text_bytes(cells: tuple[Cell, ...], pen: Style) -> int:
    """Return what writing over unchanged cells costs; more than any move when the pen would have to change."""
    if any(style != pen for _, style in cells):
        return 1 << 16
    return sum(len(text.encode()) for text, _ in cells)


def _tail(row: Row) -> int:
    """Return where the blank end of a row begins that one EL can draw; the row's length when there is none."""
    background = row[-1][1].background
    end = len(row)
    while end and row[end - 1][0] == " " and row[end - 1][1][1:] == (background, 0):
        end -= 1
    return end


def _scrolled(before: Grid, after: Grid, changed: list[int]) -> Iterator[int]:
    if len(changed) <= LONGEST_SCROLL_ROWS:
        return
    blank: Row = ((" ", PLAIN),) * len(after[0])
    for top in {changed[0], changed[0] + 1, changed[0] + 2}:
        for bottom in {changed[-1], changed[-1] - 1, changed[-1] - 2}:
            for count in range(1, min(LONGEST_SCROLL_ROWS, bottom - top) + 1):
                region, blanks = before[top : bottom + 1], (blank,) * count
                around = before[:top], before[bottom + 1 :]
                cost = _scroll_bytes(top, bottom, count)
                for moved in (region[count:] + blanks, blanks + region[:-count]):
                    yield cost + _difference_bytes(around[0] + moved + around[1], after)


def _scroll_bytes(top: int, bottom: int, count: int) -> int:
    """Return the bytes of setting a region, scrolling it by some rows, and giving the whole screen back."""
    region = _CSI_BYTES + len(str(top + 1)) + 1 + len(str(bottom + 1)) + 1
    return region + _CSI_BYTES + (len(str(count)) if count > 1 else 0) + 1 + _CSI_BYTES + 1
