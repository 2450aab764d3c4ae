"""A small app that opens dialogs with the program's look, and keeps what they hand back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import caz_tui
from caz_tui.app import DeskApp
from caz_tui.data.query import ClientQuery, ClientView
from caz_tui.styling import StyledApp
from caz_tui.terminal.gate import ControlGate
from caz_tui.theme import DARK, LIGHT

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual.filter import LineFilter
    from textual.message import Message
    from textual.pilot import Pilot
    from textual.screen import Screen
    from textual.widget import Widget

    from caz_tui.data.readings import ClientRow
    from caz_tui.data.service import PortfolioService
    from caz_tui.screens.base import PortfolioChanged, SheetWanted
    from caz_tui.screens.welcome import DemoWanted

ReturnT = TypeVar("ReturnT")

SIZES = ((80, 24), (140, 45))
TINY = (20, 5)
HOSTILE = ("[/]", "[@click=app.quit]x[/]", "[bold", "\x1b]0;título\x07", "a\u202eb", "\x9b2J", "[x=")


class LookHost(StyledApp[ReturnT], Generic[ReturnT]):
    """An app with the program's look, all of it at once as in the program, that keeps what it is asked for."""

    CSS_PATH = [Path(caz_tui.__file__).parent / name for name in DeskApp.CSS_PATH]

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[Message] = []
        self.register_theme(DARK)
        self.register_theme(LIGHT)
        self.theme = DARK.name
        self.parse_with_theme()


class DialogHost(LookHost[None]):
    """The host of dialogs under test."""

    ENABLE_COMMAND_PALETTE = False

    def __init__(self) -> None:
        super().__init__()
        self.results: list[Any] = []

    def get_line_filters(self) -> Sequence[LineFilter]:
        return [*super().get_line_filters(), ControlGate()]

    async def open(self, dialog: Screen[Any], pilot: Pilot[None]) -> None:
        """Open a dialog and wait until it shows what it reads."""
        self.push_screen(dialog, self.results.append)
        await settled(pilot)

    def on_sheet_wanted(self, message: SheetWanted) -> None:
        self.asked.append(message)

    def on_demo_wanted(self, message: DemoWanted) -> None:
        self.asked.append(message)

    def on_portfolio_changed(self, message: PortfolioChanged) -> None:
        self.asked.append(message)

    def text(self) -> str:
        """Return what the top screen shows."""
        strips = self.screen._compositor.render_strips()
        return "\n".join("".join(segment.text for segment in strip).rstrip() for strip in strips)

    def words(self) -> str:
        """Return what the top screen shows without frame and line breaks."""
        return " ".join(self.text().replace("│", " ").split())

    def is_whole_on_screen(self, widget: Widget) -> bool:
        """Tell whether nothing of a widget is cut off or scrolled away."""
        region, visible = widget.region, self.screen.find_widget(widget).visible_region
        return region.area > 0 and region == visible


async def settled(pilot: Pilot[None]) -> None:
    """Wait until everything that was asked for is on the screen."""
    await pilot.pause()


async def until(pilot: Pilot[None], condition: Callable[[], bool]) -> None:
    """Wait for something that a worker brings about and then goes on waiting for the person."""
    for _ in range(1_000):
        if condition():
            await pilot.pause()
            return
        await pilot.pause(0.005)
    raise AssertionError("it never came about")


async def first_row(service: PortfolioService, query: str) -> ClientRow:
    """Return the first client that a query finds."""
    rows = (await service.page(ClientView(query=ClientQuery.parse(query)), 0, 1)).rows
    return rows[0]
