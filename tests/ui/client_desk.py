"""What the tests of Meus clientes and of what opens from it share: the whole desk, opened on the client list."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, cast

from textual.widgets import Input

from caz_tui.app import DeskApp

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from textual.pilot import Pilot
    from textual.screen import Screen

    from caz_tui.data.query import ClientView
    from caz_tui.data.readings import ClientRow
    from caz_tui.data.service import PortfolioService
    from caz_tui.screens.my_clients import MyClientsScreen

SIZES = [(80, 24), (140, 45)]
TINY = (20, 5)


class Desk:
    """The desk as a person at the keyboard has it."""

    def __init__(self, pilot: Pilot[int]) -> None:
        self.pilot = pilot
        self.app = cast("DeskApp", pilot.app)

    @property
    def clients(self) -> MyClientsScreen:
        """The screen Meus clientes, whatever is over it."""
        return cast("MyClientsScreen", self.app.screen_stack[0])

    def top(self) -> Screen[object]:
        """Return the screen or dialog that has the keyboard."""
        return self.app.screen

    @property
    def client(self) -> ClientRow:
        """The client under the cursor."""
        row = self.clients.table.row_under_cursor
        assert row is not None
        return row

    async def press(self, *keys: str) -> None:
        """Press keys one by one, each when what the one before asked for is on the screen."""
        for key in keys:
            await self.pilot.press(key)
            await self.settle()

    async def type(self, text: str) -> None:
        """Type a text as fast as the terminal can deliver it."""
        for character in text:
            name = {" ": "space", ":": "colon", ",": "comma", "_": "underscore", "-": "minus", "*": "asterisk"}
            await self.pilot.press(name.get(character, character))
        await self.settle()

    async def show(self, view: ClientView) -> None:
        """Go through a door to a list."""
        self.clients.open_view(view)
        await self.settle()

    async def settle(self) -> None:
        """Wait until the desk waits for the person."""
        await self.pilot.pause()

    def lines(self) -> list[str]:
        """Return what the top screen shows, line by line."""
        strips = self.app.screen._compositor.render_strips()
        return ["".join(segment.text for segment in strip).rstrip() for strip in strips]

    def shows(self, text: str) -> bool:
        """Tell whether some line of the top screen holds a text."""
        return any(text in line for line in self.lines())

    def said(self) -> list[str]:
        """Return what the person was told beside the screens, oldest first."""
        return [notification.message for notification in self.app._notifications]

    def field(self) -> Input:
        """The text field that has the focus."""
        focused = self.app.focused
        assert isinstance(focused, Input)
        return focused


@asynccontextmanager
async def desk_on_clients(service: PortfolioService, size: tuple[int, int] = (80, 24)) -> AsyncIterator[Desk]:
    """Open the desk on Meus clientes."""
    app = DeskApp(service)
    async with app.run_test(size=size, notifications=True) as pilot:
        desk = Desk(pilot)
        await desk.settle()
        await desk.press("2")
        yield desk
