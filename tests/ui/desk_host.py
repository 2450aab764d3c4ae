"""A small app that shows one screen with the program's look, and keeps what the screen asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.ui.dialog_host import LookHost

if TYPE_CHECKING:
    from textual.pilot import Pilot
    from textual.screen import Screen

    from caz_tui.screens.base import ClientWanted, ListWanted, SheetWanted


class DeskHost(LookHost[int]):
    """The host of a screen under test."""

    def __init__(self, screen: Screen[None]) -> None:
        super().__init__()
        self.under_test = screen

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
