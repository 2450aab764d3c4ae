"""What a screen has to show reaches a frame, whenever it came."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.widgets import Static

from caz_tui.terminal.painting import SETTLING_ROUNDS, FrugalApp, FrugalScreen, _pieces
from tests.quiet import quiet

if TYPE_CHECKING:
    from rich.console import RenderableType
    from textual.app import ComposeResult
    from textual.screen import Screen


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
        if isinstance(renderable, LayoutUpdate | ChopsUpdate):
            self.frames.append("".join(strip.text for _, _, strip in _pieces(renderable)))
        super()._display(screen, renderable)


def has_turns(screen: OneLine) -> bool:
    """Tell whether the screen is going to lay out or draw."""
    return screen._turn is not None or screen._update_timer._active.is_set()


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
            for _ in range(2 * SETTLING_ROUNDS):
                await asyncio.sleep(0)
            assert not app.frames
        await pilot.pause()
        assert "after" in "".join(app.frames)


async def test_a_frame_that_is_held_is_drawn_when_it_is_released() -> None:
    app = FramesApp()
    async with app.run_test() as pilot:
        screen = await at_rest(app)
        screen.hold_frame()
        screen._held_until += 3600
        screen.query_one("#line", Static).update("after")
        screen._on_timer_update()
        for _ in range(2 * SETTLING_ROUNDS):
            await asyncio.sleep(0)
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
