"""The ideal encoder of the measurements, against cases counted by hand."""

from __future__ import annotations

from bench.ideal import Ideal, ideal, move_bytes, pen_bytes
from bench.screen import PLAIN, Emulator, Grid, Style


def screens(first: str, then: str, *, cols: int = 20, rows: int = 8) -> tuple[Grid, Grid]:
    emulator = Emulator(cols, rows)
    emulator.feed(first.encode())
    before = emulator.grid()
    emulator.feed(then.encode())
    return before, emulator.grid()


def test_nothing_changed_costs_nothing() -> None:
    assert ideal(*screens("abc", "\x1b[Habc")) == Ideal(0, 0, 0)


def test_one_cell_is_a_move_and_its_text() -> None:
    assert ideal(*screens("", "\x1b[3;4HQ")) == Ideal(len("\x1b[3;4HQ"), 7, 1)


def test_the_first_column_needs_no_column() -> None:
    assert ideal(*screens("", "\x1b[3;1Hx")).fewest == len("\x1b[3Hx")
    assert ideal(*screens("", "\x1b[Hx")).fewest == len("\x1b[Hx")
    assert move_bytes(9, 99) == len("\x1b[10;100H")


def test_accents_count_in_bytes() -> None:
    assert ideal(*screens("", "\x1b[2;2Hção")).fewest == len("\x1b[2;2Hção".encode())


def test_a_gap_is_jumped_or_written_over_whichever_is_shorter() -> None:
    assert ideal(*screens("aXcdefghXj", "\x1b[1;2HB\x1b[1;9HI")).fewest == len("\x1b[1;2HB\x1b[6CI")
    assert ideal(*screens("aXcXe", "\x1b[1;2HB\x1b[1;4HD")).fewest == len("\x1b[1;2HBcD")


def test_the_blank_end_of_a_line_is_erased() -> None:
    assert ideal(*screens("abcdefghijklmno", "\x1b[1;3H\x1b[K")).fewest == len("\x1b[1;3H\x1b[K")


def test_a_short_blank_end_is_written() -> None:
    assert ideal(*screens("\x1b[1;19Hab", "\x1b[1;20H ")).fewest == len("\x1b[1;20H ")


def test_erasing_keeps_the_background() -> None:
    blue = "\x1b[44m"
    before, after = screens(f"{blue}\x1b[Habcdefghij", "\x1b[H\x1b[K")
    assert after[0] == ((" ", Style("", "44")),) * 20
    assert ideal(before, after).fewest == len(f"\x1b[H{blue}\x1b[K")


def test_the_pen_takes_the_shorter_way() -> None:
    red_on_blue = Style("31", "44", 1 << 1)
    assert pen_bytes(PLAIN, red_on_blue) == len("\x1b[1;31;44m")
    assert pen_bytes(red_on_blue, PLAIN) == len("\x1b[m")
    assert pen_bytes(red_on_blue, Style("31", "44")) == len("\x1b[22m")
    assert pen_bytes(Style("", "", 1 << 1 | 1 << 4), Style("", "", 1 << 4)) == len("\x1b[22m")
    assert pen_bytes(Style("", "", 1 << 1 | 1 << 2), Style("", "", 1 << 2)) == len("\x1b[;2m")


def test_a_list_that_moved_is_scrolled() -> None:
    names = ["ana clara", "bento", "caio mario", "davi", "elisa prado", "fabio", "gil gomes", "heitor", "iara"]
    before, after = screens("\r\n".join(names[:8]), "\x1b[2J\x1b[H" + "\r\n".join(names[1:]))
    found = ideal(before, after)
    assert found.fewest == len("\x1b[1;8r\x1b[S\x1b[r") + len("\x1b[8Hiara")
    assert found.fewest < found.plain


def test_a_repeated_character_and_a_scrolled_region_are_understood() -> None:
    _, after = screens("a\x1b[4b", "\x1b[2;3r\x1b[2;1Htwo\r\nthree\x1b[S\x1b[r")
    lines = ["".join(text for text, _ in row).rstrip() for row in after]
    assert lines[:3] == ["aaaaa", "three", ""]
