"""What the shadow sends makes a terminal show exactly what was painted, whatever was there before."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Any

import pyte
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.color import ColorSystem
from rich.segment import Segment
from rich.style import Style

from caz_tui.terminal.pens import Pens
from caz_tui.terminal.shadow import ShadowScreen

if TYPE_CHECKING:
    from pyte.screens import Char

COLUMNS, ROWS = 24, 9
COLOURS = [None, "#2687e9", "#101010", "red", "bright_blue", "color(200)"]
# Texts of one cell, of two, and of several characters that share a cell.
CELLS = st.sampled_from([" ", " ", " ", "a", "b", "ç", "▌", "●", "e\u0301", "中", "😀", "x\u0327\u0301"])
STYLES = st.builds(
    Style,
    color=st.sampled_from(COLOURS),
    bgcolor=st.sampled_from(COLOURS),
    bold=st.sampled_from([None, True]),
    italic=st.sampled_from([None, True]),
    underline=st.sampled_from([None, True]),
    reverse=st.sampled_from([None, True]),
    strike=st.sampled_from([None, True]),
)
SEGMENTS = st.lists(
    st.builds(Segment, st.lists(CELLS, min_size=1, max_size=12).map("".join), st.one_of(st.none(), STYLES)), max_size=4
)
PIECES = st.lists(
    st.tuples(st.integers(-2, COLUMNS - 1), st.integers(0, ROWS - 1), SEGMENTS), min_size=1, max_size=ROWS * 2
)
SHIFTS = st.integers(-ROWS + 1, ROWS - 1)


class Colouring(pyte.Screen):
    """A terminal that fills what it scrolls in, as it fills what it erases, with the background of the pen."""

    def index(self) -> None:
        at_edge = self.cursor.y == (self.margins.bottom if self.margins else self.lines - 1)
        super().index()
        if at_edge:
            self._fill(self.cursor.y)

    def reverse_index(self) -> None:
        at_edge = self.cursor.y == (self.margins.top if self.margins else 0)
        super().reverse_index()
        if at_edge:
            self._fill(self.cursor.y)

    def _fill(self, y: int) -> None:
        for x in range(self.columns):
            self.buffer[y][x] = self.cursor.attrs


class Pair:
    """A shadow, and a terminal that gets what it sends."""

    def __init__(self, colours: ColorSystem = ColorSystem.TRUECOLOR, *, erases_in_colour: bool = True) -> None:
        self.screen = (Colouring if erases_in_colour else pyte.Screen)(COLUMNS, ROWS)
        self.screen.reset_mode(7, private=True)
        self.stream = pyte.Stream(self.screen)
        self.shadow = ShadowScreen(Pens(colours), erases_in_colour=erases_in_colour)
        self.shadow.resize(COLUMNS, ROWS)
        self.colours = colours

    def frame(self, cursor: tuple[int, int] | None = None) -> str:
        sent = self.shadow.frame(cursor)
        self.stream.feed(sent)
        return sent

    def shows(self) -> list[list[tuple[Any, ...]]]:
        return look(self.screen)

    def meant(self) -> list[list[tuple[Any, ...]]]:
        """What a fresh terminal shows that is painted with the same cells and nothing else."""
        fresh = Pair(self.colours, erases_in_colour=False)
        fresh.stream.feed(self.cell_by_cell())
        return fresh.shows()

    def cell_by_cell(self) -> str:
        """Return what paints every cell by itself, whatever stands around it."""
        texts, inks, pens = self.shadow._texts, self.shadow._inks, self.shadow._pens
        return "".join(
            f"\x1b[{y + 1};{x + 1}H{pens.change(-1, 0)}{pens.change(0, inks[y][x])}{texts[y][x]}"
            for y in range(ROWS)
            for x in range(COLUMNS)
            if texts[y][x]
        )


def look(screen: pyte.Screen) -> list[list[tuple[Any, ...]]]:
    """Return what an eye sees of every cell: on a blank, no foreground and no weight."""
    return [[_seen(screen.buffer[y][x]) for x in range(screen.columns)] for y in range(screen.lines)]


def _seen(cell: Char) -> tuple[Any, ...]:
    marks = (cell.underscore, cell.strikethrough, cell.reverse)
    if cell.data == " " and not any(marks):
        return (" ", cell.bg)
    text = unicodedata.normalize("NFC", cell.data)
    return (text, cell.fg, cell.bg, cell.bold, cell.italics, *marks)


def paint(pair: Pair, pieces: list[tuple[int, int, list[Segment]]]) -> None:
    for x, y, segments in pieces:
        pair.shadow.paint(x, y, segments)


def shift(pair: Pair, step: int) -> None:
    """Paint every line with what stands some lines below or above it."""
    texts = [row[:] for row in pair.shadow._texts]
    inks = [row[:] for row in pair.shadow._inks]
    for y in range(ROWS):
        if 0 <= y + step < ROWS:
            pair.shadow._texts[y], pair.shadow._inks[y] = texts[y + step][:], inks[y + step][:]
            pair.shadow._touched.add(y)


FRAMES = st.lists(st.tuples(SHIFTS, PIECES, st.booleans()), min_size=1, max_size=5)


@pytest.mark.parametrize("erases_in_colour", [True, False])
@given(frames=FRAMES, colours=st.sampled_from(list(ColorSystem)[:3]))
def test_the_terminal_shows_what_was_painted(
    erases_in_colour: bool, frames: list[tuple[int, list[tuple[int, int, list[Segment]]], bool]], colours: ColorSystem
) -> None:
    pair = Pair(colours, erases_in_colour=erases_in_colour)
    for step, pieces, forgets in frames:
        shift(pair, step)
        paint(pair, pieces)
        if forgets:
            pair.screen.reset()
            pair.screen.reset_mode(7, private=True)
            pair.shadow.forget()
        pair.frame()
        assert pair.shows() == pair.meant()
    assert pair.frame() == ""


def rows(*texts: str) -> list[tuple[int, int, list[Segment]]]:
    return [(0, y, [Segment(text.ljust(COLUMNS))]) for y, text in enumerate(texts)]


def test_nothing_new_sends_nothing() -> None:
    pair = Pair()
    paint(pair, rows("um", "dois"))
    pair.frame()
    paint(pair, rows("um", "dois"))
    assert pair.frame() == ""


def test_one_letter_is_a_move_and_a_letter() -> None:
    pair = Pair()
    paint(pair, rows("um", "dois", "três"))
    pair.frame()
    paint(pair, rows("um", "doze", "três"))
    assert pair.frame() == "\x1b[2;3Hze"


def test_a_list_that_moves_up_is_scrolled() -> None:
    pair = Pair()
    lines = ["Açaí da Praça", "Bistrô", "Casa Verde", "Doceria", "Estúdio 7", "Farmácia", "Gráfica 739", "Horta"]
    paint(pair, rows(*lines[:7]))
    pair.frame()
    paint(pair, rows(*lines[1:8]))
    sent = pair.frame()
    assert "\x1b[1;7r" in sent
    assert "\n" in sent
    assert "739" not in sent
    assert "Horta" in sent
    assert pair.shows() == pair.meant()


def test_a_cell_of_text_wider_than_its_place_is_left_out() -> None:
    pair = Pair()
    pair.shadow.paint(COLUMNS - 1, 0, [Segment("中")])
    pair.shadow.paint(-1, 1, [Segment("中a")])
    pair.shadow.paint(0, ROWS, [Segment("fora")])
    pair.frame()
    assert pair.screen.display[0].strip() == ""
    assert pair.screen.display[1].rstrip() == " a"


@pytest.mark.parametrize("before", ["a", " ", "中", "e\u0327\u0301"])
def test_a_mark_in_the_last_column_stays_with_its_letter(before: str) -> None:
    pair = Pair()
    segments = [Segment(f"b{before}", Style(bold=True)), Segment("x\u0327\u0301")]
    paint(pair, [(COLUMNS - Segment.get_line_length(segments), ROWS - 1, segments)])
    sent = pair.frame()
    assert pair.screen.buffer[ROWS - 1][COLUMNS - 1].data == "x\u0327\u0301"
    assert pair.shows() == pair.meant()
    # Wherever a terminal that wraps nothing has its cursor behind the last cell: it never gets a mark there.
    assert not re.search(rf"\x1b\[{ROWS};{COLUMNS}H(\x1b\[[0-9;]*m)*x\u0327", sent)


def test_a_letter_and_its_mark_are_sent_as_one_character() -> None:
    pair = Pair()
    paint(pair, [(0, 0, [Segment("Sa\u0303o Jose\u0301")])])
    assert "São José" in pair.frame()


def test_the_cursor_goes_where_it_is_wanted() -> None:
    pair = Pair()
    paint(pair, rows("um"))
    pair.frame((5, 3))
    assert (pair.screen.cursor.x, pair.screen.cursor.y) == (5, 3)
    assert pair.frame((4, 3)) == "\x1b[D"
    assert pair.frame((5, 3)) == "\x1b[C"
    assert pair.frame((0, 3)) == "\r"
    assert pair.frame((0, 4)) == "\x1b[B"
    assert pair.frame((7, 8)) == "\x1b[9;8H"


def test_another_size_paints_everything() -> None:
    pair = Pair()
    paint(pair, rows("um"))
    pair.frame()
    pair.shadow.resize(COLUMNS, ROWS - 1)
    assert "\x1b[H\x1b[J" in pair.frame()
