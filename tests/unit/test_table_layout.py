"""Columns, cut texts, marks and the window of rows, without a terminal."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from caz_tui.widgets.table_layout import GAP_CELLS, GUTTER_CELLS, MARGIN_CELLS, Column, fit, lay_out
from caz_tui.widgets.table_rows import Marks, RowWindow

AWKWARD = st.text(
    st.sampled_from("aç ã日本語\u0301\u200d\ufe0f\ufe0e\u20e3👩💻❤🇧🇷1#…\u3000\u1100\u1161\u0915\u094d\u0937")
    | st.characters(),
    max_size=40,
)


def column(key: str, width: int, *, rank: int = 0, flex: int = 0, max_width: int | None = None) -> Column[str]:
    return Column(key, key.title(), width, lambda row: (row, ""), rank=rank, flex=flex, max_width=max_width)


NAME = column("name", 20, flex=2, max_width=40)
DOCUMENT = column("document", 18, rank=5)
SITUATION = column("situation", 12, rank=1)
PLAN = column("plan", 12, rank=2, flex=1)
COLUMNS = (NAME, DOCUMENT, SITUATION, PLAN)


def keys_on_page(width: int, offset: int = 0) -> list[str]:
    return [placed.column.key for placed in lay_out(COLUMNS, width).page(offset)]


def test_all_columns_stand_in_the_given_order_when_there_is_room() -> None:
    assert keys_on_page(120) == ["name", "document", "situation", "plan"]
    assert lay_out(COLUMNS, 120).last_offset() == 0


def test_columns_of_low_rank_stay_when_it_is_narrow_and_the_others_follow() -> None:
    assert keys_on_page(60) == ["name", "situation", "plan"]
    layout = lay_out(COLUMNS, 60)
    assert [column.key for column in layout.columns] == ["name", "situation", "plan", "document"]
    assert keys_on_page(60, layout.last_offset())[0] == "name"
    assert keys_on_page(60, layout.last_offset())[-1] == "document"


def test_spare_width_goes_to_flexible_columns_in_their_shares_up_to_their_limit() -> None:
    narrow = {placed.column.key: placed.width for placed in lay_out(COLUMNS, 84).page(0)}
    assert narrow == {"name": 28, "document": 18, "situation": 12, "plan": 16}
    wide = {placed.column.key: placed.width for placed in lay_out(COLUMNS, 200).page(0)}
    assert wide["name"] == 40
    assert wide["plan"] == 200 - GUTTER_CELLS - MARGIN_CELLS - 40 - 18 - 12 - 3 * GAP_CELLS


def test_the_first_column_shrinks_rather_than_stand_alone() -> None:
    assert keys_on_page(30) == ["name", "situation"]


@given(
    width=st.integers(0, 300),
    sizes=st.lists(
        st.tuples(st.integers(1, 60), st.integers(0, 3), st.integers(0, 5), st.none() | st.integers(1, 80)),
        min_size=1,
        max_size=9,
    ),
)
def test_every_column_can_be_reached_and_none_leaves_the_room(
    width: int, sizes: list[tuple[int, int, int, int | None]]
) -> None:
    columns = [
        column(str(index), least, flex=flex, rank=rank, max_width=limit)
        for index, (least, flex, rank, limit) in enumerate(sizes)
    ]
    layout = lay_out(columns, width)
    pages = [layout.page(offset) for offset in range(layout.last_offset() + 1)]
    for page in pages:
        assert page[0].column is columns[0]
        assert page[0].width == layout.fixed_width
        assert all(placed.width >= 1 for placed in page)
        assert all(left.x + left.width + GAP_CELLS == right.x for left, right in pairwise(page))
        assert page[-1].x + page[-1].width <= layout.right
    if width >= GUTTER_CELLS + MARGIN_CELLS + 12:
        assert {placed.column.key for page in pages for placed in page} == {column.key for column in columns}


def test_a_wider_terminal_shows_no_fewer_columns() -> None:
    shown: set[str] = set()
    for width in range(20, 140):
        now = set(keys_on_page(width))
        assert shown <= now
        shown = now


@pytest.mark.parametrize(
    ("text", "width", "ellipsis", "fitted"),
    [
        ("Água", 6, "end", "Água  "),
        ("Água Viva", 6, "end", "Água …"),
        ("financeiro@escritorio.com.br", 11, "middle", "finan…om.br"),
        ("financeiro@escritorio.com.br", 10, "middle", "finan…m.br"),
        ("日本語", 5, "end", "日本…"),
        ("日本語", 4, "end", "日… "),
        ("e\u0301e\u0301e\u0301", 2, "end", "e\u0301…"),
        ("abc", 1, "end", "…"),
        ("abc", 0, "end", ""),
    ],
)
def test_a_text_is_cut_or_padded(text: str, width: int, ellipsis: str, fitted: str) -> None:
    assert fit(text, width, ellipsis="middle" if ellipsis == "middle" else "end") == fitted


def test_a_text_that_stands_right_is_padded_left() -> None:
    assert fit("12", 4, "right") == "  12"


@given(text=AWKWARD, width=st.integers(0, 50), right=st.booleans(), middle=st.booleans())
def test_a_text_fits_exactly_whatever_it_is_made_of(text: str, width: int, right: bool, middle: bool) -> None:
    fitted = fit(text, width, "right" if right else "left", "middle" if middle else "end")
    assert cell_len(fitted) == width


def test_marks_turn_over_one_by_one_and_all_at_once() -> None:
    marks = Marks().toggle(3).toggle(5).toggle(3)
    assert marks.contains(5)
    assert not marks.contains(3)
    assert marks.number_in(10) == 1
    all_but_one = Marks(inverted=True).toggle(5)
    assert all_but_one.contains(3)
    assert not all_but_one.contains(5)
    assert all_but_one.number_in(10) == 9


def window(total: int, capacity: int = 2_000) -> RowWindow[str]:
    rows: RowWindow[str] = RowWindow(capacity)
    rows.reset(total, 1)
    return rows


def texts(rows: range) -> list[str]:
    return [str(index) for index in rows]


def test_a_window_asks_for_the_viewport_and_a_page_ahead() -> None:
    assert window(1_000_000).ask(range(500, 520), 1) == range(500, 540)
    assert window(1_000_000).ask(range(500, 520), -1) == range(480, 520)
    assert window(510).ask(range(500, 510), 1) == range(500, 510)


def test_a_window_does_not_ask_twice_while_an_answer_is_on_its_way() -> None:
    rows = window(1_000)
    assert rows.ask(range(20), 1) == range(40)
    assert rows.ask(range(5, 25), 1) is None
    rows.put(0, texts(range(40)), centre=10)
    assert rows.ask(range(5, 25), 1) is None
    assert rows.ask(range(15, 35), 1) == range(40, 55)


def test_a_window_asks_anew_when_the_viewport_has_left_what_is_on_its_way() -> None:
    rows = window(1_000)
    rows.ask(range(20), 1)
    assert rows.ask(range(500, 520), 1) == range(500, 540)


def test_an_answer_that_comes_back_short_is_not_asked_for_for_ever() -> None:
    rows = window(1_000)
    rows.ask(range(20), 1)
    rows.put(0, texts(range(10)), centre=10)
    assert rows.ask(range(20), 1) == range(10, 40)
    rows.put(10, [], centre=10)
    assert rows.ask(range(20), 1) is None


def test_a_window_lets_go_of_the_rows_that_are_far() -> None:
    rows = window(10_000, capacity=100)
    rows.put(0, texts(range(100)), centre=10)
    rows.put(5_000, texts(range(5_000, 5_040)), centre=5_010)
    assert len(rows) == 40
    assert rows.get(5_010) == "5010"
    assert rows.get(10) is None


def test_rows_beyond_the_total_are_left_out() -> None:
    rows = window(3)
    rows.put(1, ["b", "c", "d"], centre=0)
    assert [rows.get(index) for index in range(5)] == [None, "b", "c", None, None]
