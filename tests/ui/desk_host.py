"""A small app that shows one screen with the program's look, and keeps what the screen asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from caz_tui.styling import StyledApp
from caz_tui.theme import DARK, LIGHT
from tests.ui.dialog_host import STYLES

if TYPE_CHECKING:
    from textual.message import Message
    from textual.pilot import Pilot
    from textual.screen import Screen

    from caz_tui.screens.base import ClientWanted, ListWanted, SheetWanted


class DeskHost(StyledApp[int]):
    """The host of a screen under test."""

    CSS_PATH = STYLES

    def __init__(self, screen: Screen[None]) -> None:
        super().__init__()
        self.asked: list[Message] = []
        self.under_test = screen
        self.register_theme(DARK)
        self.register_theme(LIGHT)
        self.theme = DARK.name
        self.parse_with_theme()

    def on_mount(self) -> None:
        self.push_screen(self.under_test)

    def on_list_wanted(self, message: ListWanted) -> None:
        self.asked.append(message)

    def on_client_wanted(self, message: ClientWanted) -> None:
        self.asked.append(message)

    def on_sheet_wanted(self, message: SheetWanted) -> None:
        self.asked.append(message)

    def lines(self) -> list[str]:
        """Return what the top screen shows, line by line."""
        strips = self.screen._compositor.render_strips()
        return ["".join(segment.text for segment in strip).rstrip() for strip in strips]

    def shows(self, text: str) -> bool:
        """Tell whether some line of the top screen holds a text."""
        return any(text in line for line in self.lines())


async def settled(pilot: Pilot[int]) -> None:
    """Wait until everything that was asked for is on the screen."""
    await pilot.pause()
