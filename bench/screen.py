"""What a terminal shows after some bytes: pyte's screen, its pen kept as it was sent, erasing in its background.

pyte turns colours into names and knows no faint text; here a cell keeps the parameters that coloured it, so that what
they cost on the wire can be counted.
"""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import pyte
from pyte.screens import StaticDefaultDict

if TYPE_CHECKING:
    from collections.abc import Callable


class Style(NamedTuple):
    """How a cell is drawn.

    Attributes:
        foreground: the SGR parameters of its colour, such as ``31`` or ``38;2;1;2;3``; empty for the terminal's own.
        background: the same for what is behind it.
        attributes: bit n is set when SGR n (1 to 9) is on.
    """

    foreground: str = ""
    background: str = ""
    attributes: int = 0


Cell = tuple[str, Style]
Row = tuple[Cell, ...]
Grid = tuple[Row, ...]
"""A whole screen, cell by cell; the second cell of a wide character holds an empty text."""

PLAIN: Final = Style()

_TOKEN: Final = re.compile(
    r"\x1b\[(?P<parameters>[0-?]*)(?P<between>[ -/]*)(?P<final>[@-~])"
    r"|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)"
    r"|\x1b[PX^_][^\x1b]*\x1b\\"
    r"|\x1b[ #%()*+./-][ -~]"
    r"|\x1b(?P<escape>[0-OQ-WYZ\\`-~])"
    r"|(?P<control>[\x00-\x1a\x1c-\x1f\x7f])"
    r"|(?P<text>[^\x00-\x1f\x7f]+)",
    re.DOTALL,
)
_UNFINISHED: Final = re.compile(
    r"\x1b(?:\[[0-?]*[ -/]*|\][^\x07\x1b]*\x1b?|[PX^_][^\x1b]*\x1b?|[ #%()*+./-]?)\Z", re.DOTALL
)
_ALTERNATE_SCREENS: Final = frozenset({47, 1047, 1049})
_APPLICATION_CURSOR: Final = 1


class _Canvas(pyte.Screen):
    """pyte's screen with a `Style` where it carries the foreground, and blanks in the background of the pen."""

    @property
    def default_char(self) -> pyte.screens.Char:
        return pyte.screens.Char(" ", fg=PLAIN)  # type: ignore[arg-type]

    @property
    def pen(self) -> Style:
        return self.cursor.attrs.fg  # type: ignore[return-value]

    @pen.setter
    def pen(self, style: Style) -> None:
        self.cursor.attrs = self.default_char._replace(fg=style)  # type: ignore[arg-type]

    def reset(self) -> None:
        super().reset()
        self.pen = PLAIN

    def blank(self) -> pyte.screens.Char:
        return self.default_char._replace(fg=Style("", self.pen.background))  # type: ignore[arg-type]

    def wipe(self, row: int, first: int, end: int) -> None:
        self.dirty.add(row)
        line, blank = self.buffer[row], self.blank()
        for column in range(first, min(end, self.columns)):
            line[column] = blank

    def shift(self, top: int, bottom: int, count: int) -> None:
        """Move the rows of a region up by a count, or down when it is negative."""
        count = max(-(bottom - top + 1), min(count, bottom - top + 1))
        rows = [self.buffer[row] for row in range(top, bottom + 1)]
        blanks = [StaticDefaultDict[int, pyte.screens.Char](self.blank()) for _ in range(abs(count))]
        rows = rows[count:] + blanks if count > 0 else blanks + rows[: len(rows) + count]
        for row, line in enumerate(rows, top):
            self.buffer[row] = line
        self.dirty.update(range(top, bottom + 1))

    def region(self) -> tuple[int, int]:
        return (self.margins.top, self.margins.bottom) if self.margins else (0, self.lines - 1)

    def index(self) -> None:
        top, bottom = self.region()
        if self.cursor.y == bottom:
            self.shift(top, bottom, 1)
        else:
            self.cursor_down()

    def reverse_index(self) -> None:
        top, bottom = self.region()
        if self.cursor.y == top:
            self.shift(top, bottom, -1)
        else:
            self.cursor_up()


class Emulator:
    """A terminal that is fed bytes and remembers what it shows.

    Attributes:
        application_cursor: whether the program asked for the other form of the cursor keys.
    """

    def __init__(self, cols: int = 120, rows: int = 40) -> None:
        """Begin with an empty screen of a size in cells."""
        self.cols, self.rows = cols, rows
        self.application_cursor = False
        self._canvas = _Canvas(cols, rows)
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._unread = ""
        self._last = " "
        self._grid: list[Row] = [((" ", PLAIN),) * cols for _ in range(rows)]
        canvas = self._canvas
        self._controls: dict[str, Callable[[], object]] = {
            "\n": canvas.linefeed, "\v": canvas.linefeed, "\f": canvas.linefeed, "\r": canvas.carriage_return,
            "\b": canvas.backspace, "\t": canvas.tab,
        }  # fmt: skip
        self._escapes: dict[str, Callable[[], object]] = {
            "7": canvas.save_cursor, "8": canvas.restore_cursor, "D": canvas.index, "M": canvas.reverse_index,
            "c": canvas.reset,
        }  # fmt: skip
        self._moves: dict[str, Callable[..., object]] = {
            "A": canvas.cursor_up, "B": canvas.cursor_down, "e": canvas.cursor_down, "C": canvas.cursor_forward,
            "a": canvas.cursor_forward, "D": canvas.cursor_back, "E": canvas.cursor_down1, "F": canvas.cursor_up1,
            "G": canvas.cursor_to_column, "`": canvas.cursor_to_column, "d": canvas.cursor_to_line,
            "H": canvas.cursor_position, "f": canvas.cursor_position, "r": canvas.set_margins,
            "@": canvas.insert_characters, "P": self._delete, "X": self._erase_characters, "K": self._erase_line,
            "J": self._erase_display, "L": self._insert_lines, "M": self._delete_lines, "S": self._scroll_up,
            "T": self._scroll_down, "b": self._repeat,
        }  # fmt: skip

    def feed(self, data: bytes) -> None:
        """Take in what a program has sent, cut anywhere."""
        text = self._unread + self._decoder.decode(data)
        unfinished = _UNFINISHED.search(text)
        end = unfinished.start() if unfinished else len(text)
        text, self._unread = text[:end], text[end:]
        for token in _TOKEN.finditer(text):
            if drawn := token["text"]:
                self._canvas.draw(drawn)
                self._last = drawn[-1]
            elif final := token["final"]:
                self._control_sequence(token["parameters"], token["between"], final)
            elif control := token["control"]:
                self._controls.get(control, lambda: None)()
            elif escape := token["escape"]:
                self._escapes.get(escape, lambda: None)()

    def grid(self) -> Grid:
        """Return the screen as it is now; rows that did not change are the same objects as before."""
        canvas = self._canvas
        for number in sorted(canvas.dirty):
            if number < self.rows:
                line = canvas.buffer[number]
                row: Any = tuple([(char.data, char.fg) for char in [line[x] for x in range(self.cols)]])
                if row != self._grid[number]:
                    self._grid[number] = row
        canvas.dirty.clear()
        return tuple(self._grid)

    def _control_sequence(self, parameters: str, between: str, final: str) -> None:
        if parameters.startswith("?") and final in "hl":
            self._set_modes(parameters[1:], on=final == "h")
        elif between or parameters[:1] in {"<", "=", ">", "?"}:
            return
        elif final == "m":
            self._canvas.pen = _drawn_with(self._canvas.pen, parameters)
        elif move := self._moves.get(final):
            move(*[int(number or 0) for number in parameters.split(";")] if parameters else [])

    def _set_modes(self, numbers: str, *, on: bool) -> None:
        modes = {int(number) for number in numbers.split(";") if number.isdigit()}
        if _APPLICATION_CURSOR in modes:
            self.application_cursor = on
        if modes & _ALTERNATE_SCREENS and on:
            for row in range(self.rows):
                self._canvas.wipe(row, 0, self.cols)

    def _erase_line(self, how: int = 0) -> None:
        column, row = self._canvas.cursor.x, self._canvas.cursor.y
        first, end = ((column, self.cols), (0, column + 1), (0, self.cols))[how]
        self._canvas.wipe(row, first, end)

    def _erase_display(self, how: int = 0) -> None:
        row = self._canvas.cursor.y
        for number in (range(row + 1, self.rows), range(row), range(self.rows), ())[how]:
            self._canvas.wipe(number, 0, self.cols)
        if how < 2:
            self._erase_line(how)

    def _erase_characters(self, count: int = 1) -> None:
        cursor = self._canvas.cursor
        self._canvas.wipe(cursor.y, cursor.x, cursor.x + (count or 1))

    def _delete(self, count: int = 1) -> None:
        cursor = self._canvas.cursor
        self._canvas.delete_characters(count)
        self._canvas.wipe(cursor.y, max(cursor.x, self.cols - (count or 1)), self.cols)

    def _insert_lines(self, count: int = 1) -> None:
        self._canvas.shift(self._canvas.cursor.y, self._canvas.region()[1], -(count or 1))

    def _delete_lines(self, count: int = 1) -> None:
        self._canvas.shift(self._canvas.cursor.y, self._canvas.region()[1], count or 1)

    def _scroll_up(self, count: int = 1) -> None:
        self._canvas.shift(*self._canvas.region(), count or 1)

    def _scroll_down(self, count: int = 1) -> None:
        self._canvas.shift(*self._canvas.region(), -(count or 1))

    def _repeat(self, count: int = 1) -> None:
        self._canvas.draw(self._last * (count or 1))


def _drawn_with(pen: Style, parameters: str) -> Style:
    """Return the pen after the parameters of one SGR sequence."""
    foreground, background, attributes = pen
    numbers = parameters.split(";")
    place = 0
    while place < len(numbers):
        word = numbers[place]
        number = int(word.split(":")[0] or 0)
        length = 1
        if number in {38, 48}:
            if ":" not in word:
                length = 5 if numbers[place + 1 : place + 2] == ["2"] else 3
            colour = ";".join(numbers[place : place + length])
            foreground, background = (colour, background) if number == 38 else (foreground, colour)
        elif number == 0:
            foreground, background, attributes = PLAIN
        elif 1 <= number <= 9:
            attributes |= 1 << number
        elif number == 22:
            attributes &= ~(1 << 1 | 1 << 2)
        elif 23 <= number <= 29:
            attributes &= ~(1 << number - 20)
        elif 30 <= number <= 39 or 90 <= number <= 97:
            foreground = "" if number == 39 else str(number)
        elif 40 <= number <= 49 or 100 <= number <= 107:
            background = "" if number == 49 else str(number)
        place += length
    return Style(foreground, background, attributes)


def text_of(grid: Grid) -> str:
    """Return what a screen says, a line a row, without the blanks at their ends."""
    return "\n".join("".join(text for text, _ in row).rstrip() for row in grid)
