"""What is closed goes by itself, without the garbage collector."""

from __future__ import annotations

import asyncio
import gc
from collections import Counter
from typing import TYPE_CHECKING, Any
from weakref import ref

import pytest
from textual.widget import Widget
from textual.widgets._toast import Toast, ToastRack

from caz_tui.app import DeskApp
from caz_tui.known_styles import KnownStyles
from caz_tui.widgets.windowed_table import WindowedTable
from tests.quiet import quiet
from tests.ui.client_desk import Desk

if TYPE_CHECKING:
    from textual.pilot import Pilot
    from textual.screen import Screen

    from caz_tui.data.service import PortfolioService

DIALOGS = {
    "Mais filtros": "f",
    "the form of a client": "e",
    "a new client": "n",
    "the details": "enter",
    "Ações": "a",
    "the order": "s",
    "the keys": "question_mark",
    "commands and clients": "ctrl+p",
    "a line by its number": "colon",
    "an export": "E",
    "an import": "i",
}
KEPT = ("f", "s")
"""Those that stay built when they are closed."""

LEFT_BY_A_LAYOUT = 24
"""A layout is made by a function that calls itself; this many objects of it stay."""

LAYOUTS = 12
"""So many at most make a dialog come and go."""


async def opened_and_closed(pilot: Pilot[Any], key: str) -> ref[Screen[Any]]:
    """Open what a key opens, close it, and return what it was."""
    beneath = pilot.app.screen
    await pilot.press(key)
    await quiet()
    assert pilot.app.screen is not beneath
    gone = ref(pilot.app.screen)
    await pilot.press("escape")
    await quiet()
    assert pilot.app.screen is beneath
    return gone


@pytest.mark.usefixtures("no_collector")
@pytest.mark.parametrize("key", DIALOGS.values(), ids=DIALOGS)
async def test_a_dialog_that_was_closed_goes_by_itself(service: PortfolioService, key: str) -> None:
    app = DeskApp(service)
    async with app.run_test(size=(100, 30)) as pilot:
        await quiet()
        await pilot.press("2")
        await quiet()
        # Once for what is made at the first time, and stays.
        await opened_and_closed(pilot, key)
        # What the terminal is asked to do may still be under way.
        await pilot.press("down")
        await quiet()
        gc.collect()
        gc.freeze()
        try:
            gone = await opened_and_closed(pilot, key)
            await pilot.press("up")
            await quiet()
            await asyncio.sleep(0)
            assert (gone() is not None) is (key in KEPT)
            # Frozen are those that were there before.
            assert [widget for widget in gc.get_objects() if isinstance(widget, Widget) and not widget.is_running] == []
            gc.set_debug(gc.DEBUG_SAVEALL)
            gc.collect()
            left = Counter(type(thing).__qualname__ for thing in gc.garbage)
            assert left.total() <= LAYOUTS * LEFT_BY_A_LAYOUT, left.most_common(12)
        finally:
            gc.set_debug(0)
            gc.garbage.clear()
            gc.unfreeze()


async def test_a_toast_that_is_over_leaves_nothing(service: PortfolioService) -> None:
    app = DeskApp(service)
    async with app.run_test(size=(100, 30), notifications=True) as pilot:
        await quiet()
        await pilot.press("2")
        await quiet()
        racks = {}
        for place, sentence in (("clients", "Feito."), ("home", "Feito também."), ("clients", "E mais.")):
            await pilot.press("2" if place == "clients" else "1")
            await quiet()
            # The one before is over while another place is in front.
            app.clear_notifications()
            await quiet()
            app.notify(sentence)
            await quiet()
            racks[place] = app.screen.query_one(ToastRack)
            assert [toast._notification.message for toast in app.screen.query(Toast)] == [sentence]
        assert [len(rack.children) for rack in racks.values()] == [1, 1]
        known = app.stylesheet
        assert isinstance(known, KnownStyles)
        ways = len(known._paths)
        app.notify("Um a mais.")
        await quiet()
        assert len(app.screen.query(Toast)) == 2
        # A way to stand is not another one for each toast.
        assert len(known._paths) == ways


async def test_what_stands_there_is_not_said_again(service: PortfolioService) -> None:
    app = DeskApp(service)
    async with app.run_test(size=(100, 30), notifications=True):
        await quiet()
        for _ in range(5):
            app.notify("Não há clientes.", severity="warning")
        app.notify("Não há clientes.", severity="error")
        app.notify("Há clientes.")
        await quiet()
        assert len(app.screen.query(Toast)) == 3
        app.clear_notifications()
        app.notify("Não há clientes.", severity="warning")
        await quiet()
        assert len(app.screen.query(Toast)) == 1


async def test_beside_a_toast_all_is_seen_and_can_be_clicked(service: PortfolioService) -> None:
    app = DeskApp(service)
    async with app.run_test(size=(100, 30), notifications=True) as pilot:
        await quiet()
        desk = Desk(pilot)
        await desk.press("2")
        before = desk.lines()
        for sentence in ("Feito.", "Feito também."):
            app.notify(sentence)
        await quiet()
        toasts = list(app.screen.query(Toast))
        assert [toast.region.bottom for toast in toasts] == [25, 29]
        left = min(toast.region.x for toast in toasts)
        after = desk.lines()
        assert [line[:left] for line in after] == [line[:left] for line in before]
        for toast in toasts:
            assert toast._notification.message in after[toast.region.y + 1]
            assert app.screen.get_widget_at(left + 1, toast.region.y)[0] is toast
            assert isinstance(app.screen.get_widget_at(left - 1, toast.region.y)[0], WindowedTable)
        app.clear_notifications()
        await quiet()
        assert desk.lines() == before
