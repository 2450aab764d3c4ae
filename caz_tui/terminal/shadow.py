"""A shadow of what the terminal shows, and the shortest way from there to what it shall show.

Textual sends whatever it has drawn again, with every colour spelt out. Here the cells are compared first, and what goes
out is the cells that differ: short moves of the cursor, changes of the pen, erased ends of lines, and a scroll of the
lines that only moved. Nothing is believed of the terminal beyond what was sent to it; when that is in doubt (a start, a
resize, a return from the background) `forget` makes the next frame paint everything.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar
from unicodedata import combining, normalize

from rich.cells import cell_len, split_graphemes

from caz_tui.terminal.pens import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.segment import Segment

    from caz_tui.terminal.pens import Pens

T = TypeVar("T")

_FAINT_GAP: Final = 4
"""Unchanged cells up to this many are written again rather than jumped over, when the pen is right."""

_SHORT_TAIL: Final = 3
"""Changed blanks up to this many are written rather than erased."""

_SHORT_HOLE: Final = 8
"""Blanks in the middle of a line up to this many are written rather than erased and jumped over."""

_FEW_ROWS: Final = 4
_LEAST_SAVED_CELLS: Final = 24
"""A scroll is worth its own bytes from this many cells on."""

_REST: Final = ""
"""What stands in the second cell of a wide character."""

_NOTHING: Final = "\0"
"""What stands in a cell of which nothing is known."""


_HAS_CELL_EACH: Final = re.compile(
    r"[ -~\u00a1-\u00ac\u00ae-\u02ff\u2010-\u2027\u2030-\u203a\u2500-\u259f"
    r"\u25a0-\u25a9\u25b2-\u25b5\u25bc-\u25bf\u25c6-\u25d7]*"
).fullmatch
"""Matches a text each character of which takes one cell, whatever stands beside it: Latin letters, dashes and the
ellipsis, lines, blocks, the shapes that mark situations."""


class Cursor(NamedTuple):
    """A place on the screen, from zero."""

    x: int
    y: int


class ShadowScreen:
    """What a terminal shows, what it shall show, and the bytes between the two."""

    def __init__(self, pens: Pens, *, erases_in_colour: bool) -> None:
        """Begin with a terminal of no size.

        Args:
            pens: the colours of the terminal.
            erases_in_colour: whether erased and scrolled-in cells take the background of the pen.
        """
        self._pens = pens
        self._erases_in_colour = erases_in_colour
        self._columns = self._rows = 0
        self._texts: list[list[str]] = []
        self._inks: list[list[int]] = []
        self._shown_texts: list[list[str]] = []
        self._shown_inks: list[list[int]] = []
        self._touched: set[int] = set()
        self._is_known = False
        self._pen = UNKNOWN
        self._at: Cursor | None = None
        self._out: list[str] = []

    def forget(self) -> None:
        """Take nothing for granted of what the terminal shows: the next frame paints every cell."""
        self._is_known = False

    def resize(self, columns: int, rows: int) -> None:
        """Take note of the size of the terminal; another one than before makes the shadow forget.

        Args:
            columns: width in cells.
            rows: height in cells.
        """
        if (columns, rows) == (self._columns, self._rows):
            return
        self._columns, self._rows = columns, rows
        self._texts = [[" "] * columns for _ in range(rows)]
        self._inks = [[0] * columns for _ in range(rows)]
        self.forget()

    def paint(self, x: int, y: int, segments: Iterable[Segment]) -> None:
        """Say what a stretch of a line shall show.

        Args:
            x: column of the first cell; what falls outside of the screen is left out.
            y: line.
            segments: text with its styles; a control segment is no text.
        """
        if not 0 <= y < self._rows:
            return
        texts: list[str] = []
        inks: list[int] = []
        for text, style, control in segments:
            if control:
                continue
            ink = self._pens.of(style)
            cells = list(text) if text.isascii() or _HAS_CELL_EACH(text) else _cells(text)
            blank = self._pens.on_blanks[ink]
            texts += cells
            inks += [ink] * len(cells) if blank == ink else [blank if cell == " " else ink for cell in cells]
        if x < 0:
            texts, inks, x = texts[-x:], inks[-x:], 0
            if texts and texts[0] == _REST:
                texts[0] = " "
        room = self._columns - x
        if len(texts) > room:
            texts, inks = texts[:room], inks[:room]
            if texts and _width(texts[-1]) > 1:
                texts[-1] = " "
        end = x + len(texts)
        row, row_inks = self._texts[y], self._inks[y]
        if row[x:end] != texts or row_inks[x:end] != inks:
            # Half of a wide character cannot stay when the other half goes.
            if texts and row[x] == _REST and x:
                row[x - 1] = " "
            if end < self._columns and row[end] == _REST:
                row[end] = " "
            row[x:end] = texts
            row_inks[x:end] = inks
            self._touched.add(y)

    def frame(self, cursor: tuple[int, int] | None = None) -> str:
        """Return the sequence that makes the terminal show what was painted, and take it for shown.

        Args:
            cursor: where the terminal's own cursor is to stand afterwards; None where it does not matter.
        """
        self._out = []
        if not self._is_known:
            self._start_anew()
        changed = self._changed_rows()
        if len(changed) >= _FEW_ROWS and self._scroll(changed):
            changed = self._changed_rows()
        for y in changed:
            self._write_row(y)
        self._touched.clear()
        if cursor is not None and cursor[0] < self._columns and cursor[1] < self._rows:
            self._move(Cursor(*cursor))
        return "".join(self._out)

    # The whole screen

    def _start_anew(self) -> None:
        """Erase everything, in the background that most blanks have."""
        self._pen, self._at = UNKNOWN, None
        ink = self._usual_blank(range(self._rows), otherwise=0) if self._erases_in_colour else 0
        if not self._pens.is_plain(ink):
            ink = 0
        self._out.append("\x1b[r")
        self._use(ink)
        self._out.append("\x1b[H\x1b[J")
        self._shown_texts = [[" "] * self._columns for _ in range(self._rows)]
        self._shown_inks = [[ink] * self._columns for _ in range(self._rows)]
        self._touched = set(range(self._rows))
        self._is_known = True

    def _usual_blank(self, rows: Iterable[int], *, otherwise: int) -> int:
        """Return the ink that most blanks of some lines shall have."""
        cells = (cell for y in rows for cell in zip(self._texts[y], self._inks[y], strict=True))
        blanks = Counter(ink for text, ink in cells if text == " ")
        return blanks.most_common(1)[0][0] if blanks else otherwise

    def _changed_rows(self) -> list[int]:
        return sorted(
            y for y in self._touched if self._texts[y] != self._shown_texts[y] or self._inks[y] != self._shown_inks[y]
        )

    def _changed_cells(self, y: int, shown: int) -> list[int]:
        """Return the columns in which a line differs from a line that is shown."""
        if self._texts[y] == self._shown_texts[shown] and self._inks[y] == self._shown_inks[shown]:
            return []
        cells = zip(self._texts[y], self._inks[y], self._shown_texts[shown], self._shown_inks[shown], strict=True)
        return [x for x, (text, ink, old, old_ink) in enumerate(cells) if text != old or ink != old_ink]

    # Scrolling

    def _scroll(self, changed: list[int]) -> bool:
        """Move lines that only went up or down, if that saves something; tell whether it was done."""
        wanted = {y: "".join(self._texts[y][1:-1]) for y in changed}
        there: dict[str, int] = {}
        twice: set[str] = set()
        for y in range(changed[0], changed[-1] + 1):
            text = "".join(self._shown_texts[y][1:-1])
            if text in there:
                twice.add(text)
            there[text] = y
        moves = {y: there[text] - y for y, text in wanted.items() if text in there and text not in twice}
        votes = Counter(step for step in moves.values() if step)
        if not votes:
            return False
        step, number = votes.most_common(1)[0]
        movers = [y for y, move in moves.items() if move == step]
        top = min(movers) + min(step, 0)
        bottom = max(movers) + max(step, 0)
        if number < _FEW_ROWS - 1 or not self._saves(top, bottom, step):
            return False
        self._shift(top, bottom, step)
        return True

    def _saves(self, top: int, bottom: int, step: int) -> bool:
        """Tell whether enough cells are right after a shift of some lines that are not before."""
        lines = range(top, bottom + 1)
        # Most lines are those that moved, and equal then: that is soon told.
        left = _LEAST_SAVED_CELLS + sum(
            len(self._changed_cells(y, y + step)) if y + step in lines else self._columns for y in lines
        )
        for y in lines:
            left -= len(self._changed_cells(y, y))
            if left <= 0:
                return True
        return False

    def _shift(self, top: int, bottom: int, step: int) -> None:
        """Scroll the lines from ``top`` to ``bottom`` up by ``step`` lines, or down when it is negative."""
        fresh = range(bottom - step + 1, bottom + 1) if step > 0 else range(top, top - step)
        ink = self._usual_blank(fresh, otherwise=self._pen)
        if self._erases_in_colour and ink != UNKNOWN and self._pens.is_plain(ink):
            self._use(ink)
            blank = " "
        else:
            blank, ink = _NOTHING, UNKNOWN
        margins = f"\x1b[{top + 1};{bottom + 1}r"
        moved = f"\x1b[{bottom + 1}H" + "\n" * step if step > 0 else f"\x1b[{top + 1}H" + "\x1bM" * -step
        self._out.append(f"{margins}{moved}\x1b[r")
        # Terminals do not agree on where that leaves the cursor.
        self._at = None
        _rotate(self._shown_texts, top, bottom, step, blank, self._columns)
        _rotate(self._shown_inks, top, bottom, step, ink, self._columns)
        self._touched.update(range(top, bottom + 1))

    # One line

    def _write_row(self, y: int) -> None:
        texts, inks, on_blanks = self._texts[y], self._inks[y], self._pens.on_blanks
        changed = self._changed_cells(y, y)
        tail = self._tail(texts, inks)
        at, count = 0, len(changed)
        while at < count:
            x = changed[at]
            text, ink = texts[x], inks[x]
            if text == _REST:
                at += 1
                continue
            if x >= tail and changed[-1] - x >= _SHORT_TAIL:
                self._go(x, y)
                self._use(ink)
                self._out.append("\x1b[K")
                break
            if text == " " and (after := self._write_hole(x, y, changed, at)):
                at = after
                continue
            self._go(x, y)
            if not (text == " " and self._pen != UNKNOWN and on_blanks[self._pen] == ink):
                self._use(ink)
            if _is_simple(text):
                end, at = self._end_of_run(x, y, changed, at, tail)
                self._out.append("".join(texts[x:end]))
                self._at = Cursor(end, y) if end < self._columns else None
            else:
                self._put(text, x, y)
                at += 1
        self._shown_texts[y], self._shown_inks[y] = texts[:], inks[:]

    def _end_of_run(self, x: int, y: int, changed: list[int], at: int, tail: int) -> tuple[int, int]:
        """Return where the pen stops that writes changed cells from ``x`` on, and the few between them, in one go.

        Returns:
            The column after the last of them, and which of those that changed comes next.

        Args:
            x: the first of them.
            y: their line.
            changed: the columns that changed.
            at: where ``x`` stands among them.
            tail: where the blanks begin at which a line may be erased.
        """
        texts, inks, pen, columns = self._texts[y], self._inks[y], self._pen, self._columns
        blank = self._pens.on_blanks[pen]
        end = x + 1
        for place in range(at + 1, len(changed)):
            column = changed[place]
            text = texts[column]
            if text == " ":
                begins_hole = column + _SHORT_HOLE < columns and texts[column + _SHORT_HOLE] == " "
                if inks[column] != blank or column >= tail or begins_hole:
                    return end, place
            elif inks[column] != pen or not _is_simple(text):
                return end, place
            if column != end and not self._can_write(end, column, y):
                return end, place
            end = column + 1
        return end, len(changed)

    def _tail(self, texts: list[str], inks: list[int]) -> int:
        """Return where the blanks begin that erasing to the end of the line would leave."""
        last = inks[-1] if inks else 0
        if not self._pens.is_plain(last) or not (self._erases_in_colour or last == 0):
            return self._columns
        x = self._columns
        while x and texts[x - 1] == " " and inks[x - 1] == last:
            x -= 1
        return x

    def _write_hole(self, x: int, y: int, changed: list[int], at: int) -> int:
        """Erase a long run of blanks in the middle of a line.

        Args:
            x: the first of them.
            y: their line.
            changed: the columns that changed.
            at: where ``x`` stands among them.

        Returns:
            Which of the columns comes next, or 0 when there is no such run.
        """
        texts, inks = self._texts[y], self._inks[y]
        ink = inks[x]
        if x + _SHORT_HOLE >= self._columns or texts[x + _SHORT_HOLE] != " ":
            return 0
        if not self._erases_in_colour or not self._pens.is_plain(ink):
            return 0
        end = x
        while end < self._columns and texts[end] == " " and inks[end] == ink:
            end += 1
        after = bisect_left(changed, end, at)
        last = changed[after - 1]
        if last - x + 1 <= _SHORT_HOLE:
            return 0
        self._go(x, y)
        self._use(ink)
        self._out.append(f"\x1b[{last - x + 1}X")
        return after

    def _put(self, text: str, x: int, y: int) -> None:
        if len(text) > 1 and _width(text) > 1:
            # Some terminals give it one cell, and what stood in the other one would stay.
            self._out.append("  \x1b[2D")
        if x and x + 1 == self._columns and _is_marked(text):
            self._push_to_edge(text, x, y)
            return
        self._out.append(text)
        # Past the last column, and behind what terminals measure in different ways, nobody knows where the cursor is.
        self._at = Cursor(x + 1, y) if _is_simple(text) and x + 1 < self._columns else None

    def _push_to_edge(self, text: str, x: int, y: int) -> None:
        """Write a marked letter in the last column, where tmux would have its marks join the cell before.

        It is written one cell too early, pushed to its place by what is inserted there, and the cell written again.
        """
        self._move(Cursor(x - 1, y))
        self._out.append(text)
        self._at = None
        self._move(Cursor(x - 1, y))
        self._out.append("\x1b[@")
        before = x - 1 if self._texts[y][x - 1] else x - 2
        self._move(Cursor(before, y))
        self._use(self._inks[y][before])
        self._put(self._texts[y][before], before, y)

    def _use(self, ink: int) -> None:
        if ink != self._pen:
            self._out.append(self._pens.change(self._pen, ink))
            self._pen = ink

    def _go(self, x: int, y: int) -> None:
        """Go to a cell; over a few unchanged ones by writing them again."""
        at = self._at
        if at is not None and at.y == y and at.x < x and self._can_write(at.x, x, y):
            self._out.append("".join(self._texts[y][at.x : x]))
            self._at = Cursor(x, y)
            return
        self._move(Cursor(x, y))

    def _can_write(self, begin: int, end: int, y: int) -> bool:
        """Tell whether a gap is soon written: few cells, each of one byte and cell, the pen right for all."""
        if self._pen == UNKNOWN or end - begin > _FAINT_GAP:
            return False
        texts, inks, pen = self._texts[y], self._inks[y], self._pen
        blank = self._pens.on_blanks[pen]
        for x in range(begin, end):
            text = texts[x]
            if inks[x] != (blank if text == " " else pen) or not text or not text.isascii():
                return False
        return True

    def _move(self, to: Cursor) -> None:
        if self._at != to:
            self._out.append(_shortest_move(self._at, to))
            self._at = to


@lru_cache(maxsize=1024)
def _cells(text: str) -> tuple[str, ...]:
    """Divide a text into cells: what is wide takes two, and what has no width stands with what is before it."""
    spans, _ = split_graphemes(text)
    cells: list[str] = []
    for start, end, width in spans:
        if width:
            cells += [text[start:end], *[_REST] * (width - 1)]
        elif cells:
            at = -1 if cells[-1] else -2
            cells[at] += text[start:end]
    # A letter and its mark are one character where there is one: no terminal has to join them.
    return tuple(normalize("NFC", cell) if _is_marked(cell) else cell for cell in cells)


def _is_marked(text: str) -> bool:
    """Tell whether a cell's text is one character with marks on it, which take no room wherever it is shown."""
    return len(text) > 1 and all(map(combining, text[1:]))


@lru_cache(maxsize=4_096)
def _is_simple(text: str) -> bool:
    """Tell whether a cell's text is one character of one cell, which every terminal gives it."""
    return len(text) == 1 and _width(text) == 1


def _width(text: str) -> int:
    return 1 if text.isascii() else cell_len(text)


def _rotate(rows: list[list[T]], top: int, bottom: int, step: int, filling: T, columns: int) -> None:
    """Move rows between two edges up by ``step``, or down when it is negative, and fill what becomes free."""
    fresh = [[filling] * columns for _ in range(abs(step))]
    block = rows[top : bottom + 1]
    rows[top : bottom + 1] = block[step:] + fresh if step > 0 else fresh + block[:step]


def _shortest_move(at: Cursor | None, to: Cursor) -> str:
    """Return the shortest sequence that takes the cursor from one cell to another."""
    x, y = to
    absolute = f"\x1b[{y + 1};{x + 1}H" if x else (f"\x1b[{y + 1}H" if y else "\x1b[H")
    if at is None:
        return absolute
    if at.y == y:
        ahead = x - at.x
        if ahead > 0:
            return f"\x1b[{ahead if ahead > 1 else ''}C"
        if x == 0:
            return "\r"
        return f"\x1b[{-ahead if ahead < -1 else ''}D"
    if x == 0 and at.y + 1 == y:
        return "\r\x1b[B" if at.x else "\x1b[B"
    if x == at.x:
        down = y - at.y
        return f"\x1b[{abs(down) if abs(down) > 1 else ''}{'B' if down > 0 else 'A'}"
    return absolute
