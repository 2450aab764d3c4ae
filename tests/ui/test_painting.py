"""What a screen has to show reaches a frame, whenever it came."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.style import Style
from textual._compositor import Compositor, LayoutUpdate
from textual.containers import Vertical
from textual.css.stylesheet import Stylesheet
from textual.dom import DOMNode
from textual.geometry import Region
from textual.widget import Widget
from textual.widgets import Static

from caz_tui.app import DeskApp
from caz_tui.known_styles import KnownStyles
from caz_tui.styling import StyledApp
from caz_tui.terminal.composing import Piece, PiecesUpdate
from caz_tui.terminal.painting import SETTLING_ROUNDS, FrugalApp, FrugalScreen, _pieces
from caz_tui.widgets.count_line import CountLine
from caz_tui.widgets.scroll_handle import ScrollHandle
from caz_tui.widgets.windowed_table import WindowedTable
from tests.quiet import quiet
from tests.ui.client_desk import SIZES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.console import RenderableType
    from textual.app import ComposeResult
    from textual.screen import Screen
    from textual.strip import Strip

    from caz_tui.data.service import PortfolioService


class OneLine(FrugalScreen[None]):
    """A screen with one line."""

    def compose(self) -> ComposeResult:
        yield Static("before", id="line")


class FramesApp(FrugalApp[None]):
    """Keeps the text of every frame."""

    def __init__(self) -> None:
        super().__init__()
        self.frames: list[str] = []

    def on_mount(self) -> None:
        self.push_screen(OneLine())

    def _display(self, screen: Screen[Any], renderable: RenderableType | None) -> None:
        if isinstance(renderable, LayoutUpdate | PiecesUpdate):
            self.frames.append("".join(strip.text for _, _, strip in _pieces(renderable)))
        super()._display(screen, renderable)


def has_turns(screen: FrugalScreen[None]) -> bool:
    """Tell whether the screen is going to lay out or draw."""
    return has_next_turn(screen) or screen._update_timer._active.is_set()


def has_next_turn(screen: FrugalScreen[None]) -> bool:
    """Tell whether it is going to without a tick in between."""
    return screen._turn is not None


async def turned(screen: FrugalScreen[None]) -> None:
    """Wait until it is not going to without a tick in between."""
    while has_next_turn(screen):  # noqa: ASYNC110 - no event tells
        await asyncio.sleep(0)


async def some_turns() -> None:
    """Let the event loop turn more often than a frame waits for."""
    for _ in range(2 * SETTLING_ROUNDS):
        await asyncio.sleep(0)


async def at_rest(app: FramesApp) -> OneLine:
    """Return the screen when no turn is planned, with what was drawn until then forgotten."""
    await quiet()
    screen = app.screen
    assert isinstance(screen, OneLine)
    while has_turns(screen):  # noqa: ASYNC110 - no event tells
        await asyncio.sleep(0)
    app.frames.clear()
    return screen


async def test_what_changes_between_a_layout_and_its_drawing_is_drawn() -> None:
    app = FramesApp()
    async with app.run_test() as pilot:
        screen = await at_rest(app)
        line = screen.query_one("#line", Static)
        screen._refresh_layout()
        line.update("after", layout=False)
        line._repaint_required = False
        screen._dirty_widgets.add(line)
        await pilot.pause()
        assert "after" in "".join(app.frames)


async def test_what_changes_while_updates_are_held_back_is_drawn_afterwards() -> None:
    app = FramesApp()
    async with app.run_test() as pilot:
        screen = await at_rest(app)
        with app.batch_update():
            screen.query_one("#line", Static).update("after", layout=False)
            screen._dirty_widgets.add(screen.query_one("#line"))
            screen._on_timer_update()
            await some_turns()
            assert not app.frames
        await pilot.pause()
        assert "after" in "".join(app.frames)


async def test_what_waits_for_held_back_updates_is_drawn_without_waiting_for_a_tick() -> None:
    app = FramesApp()
    async with app.run_test() as pilot:
        screen = await at_rest(app)
        with app.batch_update():
            screen.query_one("#line", Static).update("after", layout=False)
            screen._on_timer_update()
            await turned(screen)
        assert has_next_turn(screen)
        await some_turns()
        assert "after" in "".join(app.frames)
        await pilot.pause()


class Slow(Static):
    """A widget that takes its time to be there."""

    def __init__(self, begins: asyncio.Event, may_be_there: asyncio.Event) -> None:
        super().__init__("slow")
        self._begins = begins
        self._may_be_there = may_be_there

    async def on_mount(self) -> None:
        self._begins.set()
        await self._may_be_there.wait()


async def test_a_place_is_drawn_when_all_of_it_is_there_and_not_before() -> None:
    begins, may_be_there = asyncio.Event(), asyncio.Event()

    class Place(FrugalScreen[None]):
        def compose(self) -> ComposeResult:
            yield Static("quick")
            yield Slow(begins, may_be_there)

    app = FramesApp()
    app.add_mode("place", Place)
    async with app.run_test() as pilot:
        await at_rest(app)
        going = asyncio.ensure_future(app.switch_mode("place"))
        await begins.wait()
        assert app._batch_count == 0
        place = app.screen
        assert isinstance(place, Place)
        for _ in range(2):
            place._on_timer_update()
            await turned(place)
        assert not any("quick" in frame for frame in app.frames)
        may_be_there.set()
        await going
        await pilot.pause()
        while has_turns(place):  # noqa: ASYNC110 - no event tells
            await asyncio.sleep(0)
        assert any("quick" in frame and "slow" in frame for frame in app.frames)


async def test_a_frame_that_is_held_is_drawn_when_it_is_released() -> None:
    app = FramesApp()
    async with app.run_test() as pilot:
        screen = await at_rest(app)
        screen.hold_frame()
        screen._held_until += 3600
        screen.query_one("#line", Static).update("after")
        screen._on_timer_update()
        await some_turns()
        assert not app.frames
        screen.release_frame()
        await pilot.pause()
        assert "after" in "".join(app.frames)


async def test_a_frame_that_nobody_releases_is_held_for_a_moment_only() -> None:
    app = FramesApp()
    async with app.run_test() as pilot:
        screen = await at_rest(app)
        screen.hold_frame()
        screen.query_one("#line", Static).update("after")
        await pilot.pause()
        while has_turns(screen):  # noqa: ASYNC110 - no event tells
            await asyncio.sleep(0)
        assert "after" in "".join(app.frames)


PLACES = {
    "Início": (),
    "Meus clientes": ("2",),
    "Mais filtros": ("2", "f"),
    "the keys, and back": ("2", "question_mark", "escape"),
    "the form": ("2", "e"),
    "Pagamentos": ("3",),
}


@pytest.mark.parametrize("keys", PLACES.values(), ids=PLACES)
async def test_what_is_composed_is_what_textual_would_compose(service: PortfolioService, keys: tuple[str, ...]) -> None:
    size = SIZES[0]
    app = DeskApp(service)
    async with app.run_test(size=size) as pilot:
        await quiet()
        for key in keys:
            await pilot.press(key)
            await quiet()
        # Once more, now that all is known, and then as Textual finds it.
        app.stylesheet.update(app.screen)
        known = {node: rules_of(node) for node in app.screen.walk_children(with_self=True)}
        for node, (_, parts) in known.items():
            Stylesheet.apply(app.stylesheet, node)
            assert parts.keys() == node._get_component_classes()
            for name, rules in parts.items():
                part = DOMNode(classes=name)
                part._attach(node)
                Stylesheet.apply(app.stylesheet, part)
                assert rules == dict(part.styles.base._rules), (node, name)
        assert known == {node: rules_of(node) for node in known}

        compositor = app.screen._compositor
        whole = cells_of(_pieces(LayoutUpdate([[strip] for strip in Compositor.render_strips(compositor)], Region())))
        assert set(whole) == {(x, y) for x in range(size[0]) for y in range(size[1])}

        @given(
            st.lists(
                st.builds(
                    Region,
                    st.integers(-3, size[0]),
                    st.integers(-3, size[1]),
                    st.integers(0, size[0]),
                    st.integers(0, size[1]),
                ),
                min_size=1,
                max_size=4,
            )
        )
        def check(regions: list[Region]) -> None:
            compositor._dirty_regions.update(regions)
            update = compositor.render_update(screen_stack=app._background_screens)
            dirty = {
                (x, y)
                for region in regions
                for x in range(max(0, region.x), min(size[0], region.right))
                for y in range(max(0, region.y), min(size[1], region.bottom))
            }
            drawn = cells_of(_pieces(update)) if isinstance(update, PiecesUpdate) else {}
            assert drawn == {place: whole[place] for place in dirty}

        check()


@pytest.mark.parametrize("size", SIZES)
async def test_what_draws_its_own_lines_draws_what_textual_would(
    service: PortfolioService, size: tuple[int, int]
) -> None:
    app = DeskApp(service)
    async with app.run_test(size=size) as pilot:
        await quiet()
        await pilot.press("2")
        await quiet()
        table = app.screen.query_one("#todos WindowedTable", WindowedTable)
        bar = table.vertical_scrollbar
        assert isinstance(bar, ScrollHandle)
        for keys in ((), ("down",), ("pagedown", "pagedown"), ("G",), ("a", "escape", "space"), ("g", "T")):
            for key in keys:
                await pilot.press(key)
                await quiet()
            for widget in (table, bar, app.screen.query_one(CountLine)):
                whole = widget.size.region
                assert looks_of(widget.render_lines(whole)) == looks_of(Widget.render_lines(widget, whole)), keys
            assert bar._shown == bar._draw()
        bar.refresh()
        assert not bar._dirty_regions
        # A list that becomes shorter is told to its bar one thing after the other.
        height = bar.size.height
        for virtual, window, position in (
            (height + 9, height, 300),
            (height, height, 300),
            (height + 1, height + 1, 0),
        ):
            bar.window_size, bar.window_virtual_size, bar.position = window, virtual, position
            assert bar._shown is None or len(bar._shown) == height
            assert len(bar.render_lines(bar.size.region)) == height


def looks_of(lines: list[Strip]) -> list[list[tuple[str, object, object, bool]]]:
    """Return how each cell of some lines looks, whatever a click on it would do."""
    styled = [[(text, style or Style()) for text, style, _ in line] for line in lines]
    return [
        [(character, style.color, style.bgcolor, bool(style.bold)) for text, style in line for character in text]
        for line in styled
    ]


def rules_of(node: DOMNode) -> tuple[dict[str, object], dict[str, dict[str, object]]]:
    """Return the rules that style a widget, and those of each of its parts."""
    parts = {name: dict(node._component_styles[name].base._rules) for name in node._get_component_classes()}
    return dict(node.styles.base._rules), parts


def cells_of(pieces: Iterable[Piece]) -> dict[tuple[int, int], tuple[str, Style | None]]:
    """Return what each cell shows; no cell may be drawn twice."""
    cells: dict[tuple[int, int], tuple[str, Style | None]] = {}
    for x, y, strip in pieces:
        for text, style, _ in strip:
            for character in text:
                assert (x, y) not in cells
                cells[x, y] = (character, style)
                x += 1  # noqa: PLW2901
    return cells


class WaysApp(StyledApp[None]):
    """An app in which the id of what holds a widget makes a difference, and that of the widget none."""

    CSS = "#one Static { color: #ff0000; } #two > Static { color: #00ff00; } #two.high Static { background: #0000ff; }"

    def compose(self) -> ComposeResult:
        for holder in ("one", "two", "three"):
            yield Vertical(Static("a", id=f"{holder}-a"), Static("b", id=f"{holder}-b"), id=holder)


async def test_what_holds_a_widget_is_told_by_its_id() -> None:
    app = WaysApp()
    async with app.run_test():
        await quiet()
        for is_high in (False, True):
            app.query_one("#two").set_class(is_high, "high")
            await quiet()
            for widget in app.query(Static):
                found = dict(widget.styles.base._rules)
                Stylesheet.apply(app.stylesheet, widget)
                assert found == dict(widget.styles.base._rules), widget.id
            colours = [widget.styles.color.hex for widget in app.query(Static)]
            assert colours[:4] == ["#FF0000", "#FF0000", "#00FF00", "#00FF00"]
            assert (app.query_one("#two-b").styles.background.hex == "#0000FF") is is_high
        known = app.stylesheet
        assert isinstance(known, KnownStyles)
        assert known._path_of(app.query_one("#two-a")) == known._path_of(app.query_one("#two-b"))
        assert known._path_of(app.query_one("#one-a")) != known._path_of(app.query_one("#three-a"))
