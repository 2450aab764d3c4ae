"""The big table, driven by keys and mouse in a small app that feeds it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from textual.app import App
from textual.binding import Binding
from textual.events import Key, MouseScrollDown, MouseScrollUp
from textual.geometry import Region
from textual.scrollbar import ScrollTo
from textual.widgets import TabbedContent, TabPane

from caz_tui.widgets.table_layout import GUTTER_CELLS
from caz_tui.widgets.windowed_table import Column, Marks, SortedBy, WindowedTable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult
    from textual.message import Message
    from textual.pilot import Pilot

MILLION = 1_000_000
EMPTY = "Nenhum cliente com esses filtros."


@dataclass(frozen=True)
class Row:
    id: int
    name: str
    email: str = "a@b.br"


COLUMNS: tuple[Column[Row], ...] = (
    Column("nome", "Cliente", 24, lambda row: (row.name, ""), flex=1, max_width=40),
    Column("documento", "CNPJ/CPF", 18, lambda _: ("11.222.333/0001-81", "muted"), rank=5),
    Column("situacao", "Situação", 12, lambda _: ("● Ativo", "ok"), rank=1),
    Column("plano", "Plano", 12, lambda _: ("Controle I", ""), rank=2),
    Column("vencimento", "Vencimento", 15, lambda _: ("12/12  em 18 d", ""), rank=3, justify="right"),
    Column("email", "E-mail", 20, lambda row: (row.email, "accent"), rank=6, ellipsis="middle", sortable=False),
)


def rows(start: int, stop: int) -> list[Row]:
    return [Row(index + 1, f"Cliente {index:07}") for index in range(start, stop)]


class TableApp(App[None]):
    """An app with one table, which it feeds at once or not at all."""

    def __init__(self, total: int = MILLION, *, feeds: bool = True, can_mark: bool = True) -> None:
        super().__init__()
        self.table = WindowedTable(COLUMNS, key=lambda row: row.id, empty_text=EMPTY, can_mark=can_mark)
        self.total = total
        self.feeds = feeds
        self.said: list[Message] = []

    def compose(self) -> ComposeResult:
        yield self.table

    def on_mount(self) -> None:
        self.table.reset(self.total, generation=1)

    def on_windowed_table_rows_wanted(self, message: WindowedTable.RowsWanted) -> None:
        self.said.append(message)
        if self.feeds:
            self.table.feed(message.offset, rows(message.offset, message.offset + message.limit), message.generation)

    def on_windowed_table_cursor_moved(self, message: WindowedTable.CursorMoved[Row]) -> None:
        self.said.append(message)

    def on_windowed_table_row_chosen(self, message: WindowedTable.RowChosen[Row]) -> None:
        self.said.append(message)

    def on_windowed_table_sort_requested(self, message: WindowedTable.SortRequested) -> None:
        self.said.append(message)

    def on_windowed_table_marks_changed(self, message: WindowedTable.MarksChanged) -> None:
        self.said.append(message)

    @property
    def asked(self) -> list[tuple[int, int, int]]:
        return [
            (message.offset, message.limit, message.generation)
            for message in self.said
            if isinstance(message, WindowedTable.RowsWanted)
        ]

    @property
    def moves(self) -> list[tuple[int, int | None]]:
        return [
            (message.index, message.row and message.row.id)
            for message in self.said
            if isinstance(message, WindowedTable.CursorMoved)
        ]

    @property
    def chosen(self) -> list[int]:
        return [message.row.id for message in self.said if isinstance(message, WindowedTable.RowChosen)]


def screen(table: WindowedTable[Row]) -> list[str]:
    return [table.render_line(y).text for y in range(table.size.height)]


async def settle(pilot: Pilot[None]) -> None:
    await pilot.pause()
    await pilot.pause()


async def test_only_a_window_of_a_million_rows_is_asked_for() -> None:
    app = TableApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        assert app.asked == [(0, 46, 1)]
        assert "Cliente 0000000" in screen(app.table)[1]
        await pilot.press("G")
        await settle(pilot)
        assert app.asked[1:] == [(MILLION - 23, 23, 1)]
        assert app.table.cursor_key == MILLION
        assert screen(app.table)[-1].startswith("▌  Cliente 0999999")
        await pilot.press("home")
        assert screen(app.table)[1].startswith("▌  Cliente 0000000")


async def test_walking_asks_a_page_ahead_and_not_row_by_row() -> None:
    app = TableApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        for _ in range(23 + 15):
            await pilot.press("j")
            assert "·" not in "".join(screen(app.table))
        assert app.table.viewport.start == 16
        assert app.asked[1:] == [(46, 13, 1)]


async def test_what_comes_after_the_first_rows_is_asked_for_when_the_hands_rest(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    app = TableApp(0)
    async with app.run_test(size=(80, 24)) as pilot:
        monkeypatch.setattr("caz_tui.widgets.windowed_table.FIRST_ROWS_SECONDS", 3_600.0)
        app.table.reset(MILLION, rows=rows(0, 24), generation=2)
        await settle(pilot)
        assert app.asked == []
        # Whoever moves on does not wait for the rest.
        await pilot.press("pagedown")
        await settle(pilot)
        assert app.asked == [(24, 45, 2)]
        await pilot.press("home")
        monkeypatch.setattr("caz_tui.widgets.windowed_table.FIRST_ROWS_SECONDS", 0.0)
        app.table.reset(MILLION, rows=rows(0, 24), generation=3)
        await settle(pilot)
        assert app.asked[1:] == [(24, 22, 3)]


async def test_a_result_of_unknown_length_grows_as_it_is_read() -> None:
    app = TableApp(0)
    async with app.run_test(size=(80, 24)) as pilot:
        app.table.reset(24, total_is_exact=False, rows=rows(0, 24), generation=2)
        await pilot.press("pagedown", "pagedown", "pagedown", "down")
        await settle(pilot)
        assert app.table.cursor_row == 70
        assert app.table.scroll_offset.y == 69
        assert not app.table.total_is_exact
        assert "Cliente 0000091" in screen(app.table)[-1]


async def test_moves_beyond_what_is_known_are_made_when_it_is_read() -> None:
    app = TableApp(0, feeds=False)
    async with app.run_test(size=(80, 24)) as pilot:
        app.table.reset(24, total_is_exact=False, rows=rows(0, 24), generation=2)
        await pilot.press("down", "pagedown", "pagedown", "up")
        await settle(pilot)
        assert (app.table.cursor_row, app.table.scroll_offset.y) == (1, 0)
        asked = [message for message in app.said if isinstance(message, WindowedTable.RowsWanted)]
        assert asked[0].offset == 24
        assert asked[0].are_on_screen
        app.table.feed(24, rows(24, 92), 2)
        await settle(pilot)
        assert (app.table.cursor_row, app.table.scroll_offset.y) == (46, 45)
        # There are fewer than one has gone.
        await pilot.press("pagedown", "pagedown", "pagedown")
        app.table.take_count(95)
        await settle(pilot)
        assert app.table.cursor_row == 94


async def test_the_end_of_a_result_of_unknown_length_is_gone_to_when_it_is_known() -> None:
    app = TableApp(0)
    async with app.run_test(size=(80, 24)) as pilot:
        app.table.reset(24, total_is_exact=False, rows=rows(0, 24), generation=2)
        await pilot.press("end")
        app.table.take_count(MILLION)
        await settle(pilot)
        assert app.table.cursor_row == MILLION - 1
        app.table.reset(24, total_is_exact=False, rows=rows(0, 24), generation=3)
        await pilot.press("end", "up")
        row = app.table.cursor_row
        app.table.take_count(MILLION)
        await settle(pilot)
        # They went elsewhere meanwhile.
        assert app.table.cursor_row == row < MILLION - 1


async def test_a_row_that_is_far_is_gone_to_when_the_result_has_been_counted() -> None:
    app = TableApp(0)
    async with app.run_test(size=(80, 24)) as pilot:
        app.table.reset(24, total_is_exact=False, rows=rows(0, 24), generation=2)
        app.table.move_to(500_000)
        await settle(pilot)
        for _ in range(1_000):
            app.table.action_page_down()
        await settle(pilot)
        app.table.move_to(500_000)
        await settle(pilot)
        # No half a million rows are read for it, nor a thousand pages.
        assert sum(limit for _, limit, _ in app.asked) < 3_000
        app.table.take_count(MILLION)
        await settle(pilot)
        assert app.table.cursor_row == 500_000


async def test_keys_held_down_are_neither_lost_nor_left_behind() -> None:
    app = TableApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        for key, character in [("down", None)] * 200 + [("k", "k")] * 50:
            app.post_message(Key(key, character))
        await settle(pilot)
        assert app.table.cursor_row == 150
        assert app.table.cursor_row in app.table.viewport


async def test_pages_and_both_ends() -> None:
    app = TableApp(total=100)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("down", "pagedown")
        assert (app.table.cursor_row, app.table.viewport.start) == (24, 23)
        await pilot.press("pageup", "pageup")
        assert (app.table.cursor_row, app.table.viewport.start) == (0, 0)
        await pilot.press("end", "down")
        assert app.table.cursor_row == 99
        await pilot.press("g", "up")
        assert app.table.cursor_row == 0


async def test_a_move_repaints_two_lines() -> None:
    app = TableApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        app.table._exchange_repaint_regions()
        app.table.action_cursor_down()
        assert app.table._exchange_repaint_regions() == {Region(0, 1, 80, 1), Region(0, 2, 80, 1)}


async def test_rows_not_yet_there_are_a_dot_and_rows_of_another_result_are_dropped() -> None:
    app = TableApp(feeds=False)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        assert [line.strip() for line in screen(app.table)[1:3]] == ["▌  ·", "·"]
        app.table.feed(0, rows(0, 46), 0)
        assert screen(app.table)[1].strip() == "▌  ·"
        app.table.feed(0, rows(0, 46), 1)
        assert app.table.row_under_cursor == Row(1, "Cliente 0000000")
        await settle(pilot)
        assert app.moves == [(0, None), (0, 1)]
        assert len(app.asked) == 1


async def test_the_cursor_finds_its_row_again_among_the_rows_of_a_reload() -> None:
    app = TableApp(total=100)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        app.table.move_to(40)
        app.table.move_to(30)
        await settle(pilot)
        line = app.table.cursor_row - app.table.viewport.start
        app.said.clear()
        app.feeds = False
        newer = [Row(500, "Nova"), *rows(0, 100)]
        app.table.reset(101, rows=newer[20:60], offset=20, generation=2)
        await settle(pilot)
        assert (app.table.cursor_row, app.table.cursor_key) == (31, 31)
        assert app.table.cursor_row - app.table.viewport.start == line
        assert app.moves == [(31, 31)]


async def test_the_cursor_is_restored_where_the_row_stands_now_without_passing_by_the_first() -> None:
    app = TableApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        app.table.move_to(500)
        app.table.marks = Marks().toggle(501)
        await settle(pilot)
        line = app.table.cursor_row - app.table.viewport.start
        app.said.clear()
        app.table.reset(MILLION, generation=2)
        app.table.restore(501, 700_000)
        assert app.table.cursor_key == 501
        app.feeds = False
        await settle(pilot)
        assert app.moves == [(700_000, None)]
        assert app.table.cursor_row - app.table.viewport.start == line
        [(offset, limit, generation)] = app.asked
        assert 699_900 < offset <= 700_000 < offset + limit
        app.table.feed(
            offset, [Row(501 + index - 700_000, "Movido") for index in range(offset, offset + limit)], generation
        )
        await settle(pilot)
        assert app.moves[-1] == (700_000, 501)
        assert screen(app.table)[1 + line].startswith("▌◆ Movido")


async def test_another_result_begins_at_its_first_row() -> None:
    app = TableApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("G")
        app.table.reset(10, rows=rows(2_000, 2_010), generation=2)
        await settle(pilot)
        assert (app.table.cursor_row, app.table.cursor_key) == (0, 2_001)
        assert screen(app.table)[11].strip() == ""


async def test_the_row_under_the_cursor_stays_known_however_far_one_scrolls() -> None:
    app = TableApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        app.table.scroll_rows_to(50_000)
        app.table.feed(50_000, rows(50_000, 52_500), 1)
        assert app.table._window.get(0) is None
        assert len(app.table._window) <= 600
        await pilot.press("enter")
        assert app.chosen == [1]


async def test_an_empty_result_says_why() -> None:
    app = TableApp(total=0)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        assert screen(app.table)[12].strip() == EMPTY
        assert app.asked == []
        assert app.table.cursor_key is None
        await pilot.press("down", "G", "pagedown", "space", "asterisk", "enter")
        assert app.table.marks == Marks()
        assert app.chosen == []


async def test_nothing_is_called_empty_before_there_is_a_result() -> None:
    class Waiting(TableApp):
        def on_mount(self) -> None:
            """Wait for a result."""

    app = Waiting()
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        assert EMPTY not in "".join(screen(app.table))


async def test_marks_are_a_glyph_go_down_and_cover_the_whole_result() -> None:
    app = TableApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("space", "space")
        assert app.table.marks == Marks(keys=frozenset({1, 2}))
        assert app.table.cursor_row == 2
        assert [line[:3] for line in screen(app.table)[1:5]] == [" ◆ ", " ◆ ", "▌  ", "   "]
        await pilot.press("asterisk")
        assert app.table.marks.number_in(app.table.total) == MILLION
        await pilot.press("up", "space")
        assert not app.table.marks.contains(2)
        assert app.table.marks.number_in(app.table.total) == MILLION - 1
        assert [line[:3] for line in screen(app.table)[1:5]] == [" ◆ ", "   ", "▌◆ ", " ◆ "]
        await pilot.press("asterisk")
        assert app.table.marks == Marks(inverted=True)
        await pilot.press("asterisk")
        assert app.table.marks == Marks()
        changes = [message.marks for message in app.said if isinstance(message, WindowedTable.MarksChanged)]
        assert len(changes) == 6
        assert changes[-1] == Marks()


async def test_a_table_without_marks_leaves_their_keys_alone() -> None:
    app = TableApp(can_mark=False)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("space", "asterisk")
        assert app.table.marks == Marks()


async def test_scrolling_sideways_keeps_the_first_column() -> None:
    app = TableApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        before = screen(app.table)
        assert "CNPJ/CPF" not in before[0]
        assert before[0].rstrip().endswith("›")
        await pilot.press("right", "right")
        after = screen(app.table)
        assert "CNPJ/CPF" in after[0]
        assert "‹" in after[0]
        assert [line[:26] for line in after[1:]] == [line[:26] for line in before[1:]]
        await pilot.press("right", "right", "right", "right")
        assert "E-mail" in screen(app.table)[0]
        assert "›" not in screen(app.table)[0]
        await pilot.press(*["left"] * 9)
        assert screen(app.table) == before


async def test_shift_and_the_wheel_scroll_sideways() -> None:
    app = TableApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        before = screen(app.table)
        await pilot._post_mouse_events([MouseScrollDown], app.table, (5, 5), shift=True)
        await settle(pilot)
        assert "‹" in screen(app.table)[0]
        await pilot._post_mouse_events([MouseScrollUp], app.table, (5, 5), shift=True)
        await settle(pilot)
        assert screen(app.table) == before
        await pilot._post_mouse_events([MouseScrollDown], app.table, (5, 5))
        await settle(pilot)
        assert app.table.viewport.start > 0
        assert app.table.cursor_row == 0


async def test_the_scroll_bar_is_followed_at_once() -> None:
    app = TableApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        app.table.post_message(ScrollTo(y=654_321.4))
        await settle(pilot)
        assert app.table.viewport.start == 654_321
        assert "Cliente 0654321" in screen(app.table)[1]


async def test_the_header_shows_the_order_and_asks_for_another() -> None:
    app = TableApp()
    async with app.run_test(size=(120, 24)) as pilot:
        await settle(pilot)
        app.table.sorted_by = SortedBy("nome")
        assert "Cliente ▲" in screen(app.table)[0]
        app.table.sorted_by = SortedBy("vencimento", descending=True)
        header = screen(app.table)[0]
        assert "Vencimento ▼" in header
        assert "▲" not in header
        for label in ("Situação", "E-mail", "Cliente"):
            await pilot.click(app.table, offset=(header.index(label), 0))
        await pilot.click(app.table, offset=(1, 0))
        wanted = [message.key for message in app.said if isinstance(message, WindowedTable.SortRequested)]
        assert wanted == ["situacao", "nome"]
        assert app.table.cursor_row == 0


async def test_a_click_moves_and_a_second_one_chooses() -> None:
    app = TableApp(total=10)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.click(app.table, offset=(10, 5))
        assert app.table.cursor_row == 4
        assert app.chosen == []
        await pilot.click(app.table, offset=(10, 7), times=2)
        assert app.table.cursor_row == 6
        assert app.chosen == [7]
        await pilot.click(app.table, offset=(10, 20), times=2)
        assert app.table.cursor_row == 6
        await pilot.press("up", "enter")
        assert app.chosen == [7, 6]


@pytest.mark.parametrize("name", ["[/]", "[x=y", "[@click=app.quit]q[/]", "[bold red]x", r"\[a]"])
async def test_markup_in_data_is_text(name: str) -> None:
    app = TableApp(total=1, feeds=False)
    async with app.run_test(size=(80, 24)) as pilot:
        app.table.feed(0, [Row(1, name)], 1)
        await settle(pilot)
        assert name in screen(app.table)[1]
        assert all("@click" not in (style.meta if style else {}) for _, style, _ in app.table.render_line(1))
        await pilot.click(app.table, offset=(GUTTER_CELLS, 1))
        assert app.is_running


@pytest.mark.parametrize("name", ["a\x1b[31mb", "a\x1b]52;c;aGk=\x07b", "a\u202eb", "a\x9bb", "a\nb", "a\x00b"])
async def test_no_control_reaches_the_terminal(name: str) -> None:
    app = TableApp(total=1, feeds=False)
    async with app.run_test(size=(80, 24)) as pilot:
        app.table.feed(0, [Row(1, name)], 1)
        await settle(pilot)
        line = screen(app.table)[1]
        assert not any(ord(char) < 32 or 0x7F <= ord(char) < 0xA0 or char == "\u202e" for char in line)
        assert cell_len(line) == 80


async def test_every_line_is_exactly_as_wide_as_the_table() -> None:
    app = TableApp(total=3, feeds=False)
    awkward = st.text(
        st.sampled_from("aç日本\u0301\u200d\ufe0f👩💻❤🇧🇷1#\u1100\u1161\u0915\u094d") | st.characters(), max_size=60
    )

    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)

        @settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
        @given(names=st.lists(awkward, min_size=3, max_size=3), email=awkward, width=st.integers(1, 140))
        def check(names: Sequence[str], email: str, width: int) -> None:
            app.table._painter.use_room(width)
            for row in (Row(index, name, email) for index, name in enumerate(names)):
                strip = app.table._painter.row(row, row.id, at_cursor=row.id == 1, marked=row.id == 2)
                assert strip.cell_length == sum(cell_len(segment.text) for segment in strip) == width
            header = app.table._painter.header(SortedBy("nome"))
            assert header.cell_length == sum(cell_len(segment.text) for segment in header) == width

        check()


async def test_a_resize_keeps_cursor_and_width() -> None:
    app = TableApp()
    async with app.run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        app.table.move_to(38)
        for size in ((80, 24), (50, 10), (12, 5), (3, 3), (200, 60)):
            await pilot.resize_terminal(*size)
            await settle(pilot)
            assert app.table.cursor_row in app.table.viewport
            assert {table_line.cell_length for table_line in map(app.table.render_line, range(size[1]))} == {size[0]}
        assert "·" not in "".join(screen(app.table))


async def test_the_colours_follow_the_theme() -> None:
    app = TableApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        dark = app.table.render_line(2)
        assert app.table.render_line(2) is dark
        app.theme = "textual-light"
        await settle(pilot)
        light = app.table.render_line(2)
        assert light.text == dark.text
        assert [segment.style for segment in light] != [segment.style for segment in dark]


async def test_the_line_of_the_cursor_is_bold_only_in_the_focused_table() -> None:
    app = TableApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)

        def weights(y: int) -> set[bool]:
            return {bool(style and style.bold) for text, style, _ in app.table.render_line(y) if "Cliente" in text}

        assert weights(1) == {True}
        assert weights(2) == {False}
        other = app.table.render_line(2)
        app.table.blur()
        await settle(pilot)
        assert weights(1) == {False}
        # No other line is drawn anew for it.
        assert app.table.render_line(2) is other
        assert screen(app.table)[1].startswith("▌")


async def test_the_same_key_with_other_values_is_drawn_anew() -> None:
    app = TableApp(total=2, feeds=False)
    async with app.run_test(size=(80, 24)) as pilot:
        app.table.feed(0, [Row(1, "Antes"), Row(2, "Outro")], 1)
        await settle(pilot)
        assert "Antes" in screen(app.table)[1]
        app.table.feed(0, [Row(1, "Depois")], 1)
        assert "Depois" in screen(app.table)[1]
        await settle(pilot)
        assert app.table.row_under_cursor == Row(1, "Depois")


async def test_other_columns_can_take_over() -> None:
    app = TableApp(total=2)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        app.table.set_columns(COLUMNS[:1])
        assert screen(app.table)[0].split() == ["Cliente"]


async def test_a_table_in_a_tab_asks_when_the_tab_is_opened() -> None:
    class TabbedApp(TableApp):
        CSS = "TabbedContent, ContentSwitcher, TabPane { height: 1fr; } TabPane { padding: 0; }"

        def compose(self) -> ComposeResult:
            with TabbedContent():
                yield TabPane("Um", id="one")
                with TabPane("Dois", id="two"):
                    yield self.table

    app = TabbedApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        assert app.asked == []
        app.query_one(TabbedContent).active = "two"
        await settle(pilot)
        assert len(app.asked) == 1
        assert "Cliente 0000000" in screen(app.table)[1]
        app.query_one(TabbedContent).active = "one"
        await settle(pilot)
        app.table.reset(50, generation=2)
        await settle(pilot)
        app.query_one(TabbedContent).active = "two"
        await settle(pilot)
        assert app.asked[-1][2] == 2
        assert "·" not in "".join(screen(app.table))


def test_every_key_of_the_table_is_in_the_registry() -> None:
    bindings = [binding for binding in WindowedTable.BINDINGS if isinstance(binding, Binding)]
    keys = {key for binding in bindings for key in binding.key.split(",")}
    assert keys >= {"up", "down", "k", "j", "pageup", "pagedown", "home", "end", "g", "G"}
    assert keys >= {"left", "right", "enter", "space", "asterisk"}
    assert all(hasattr(WindowedTable, f"action_{binding.action}") for binding in bindings)
