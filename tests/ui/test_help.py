"""Help: every key of the places of a screen, at every size."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from caz_tui.commands import Place, commands_in
from caz_tui.data.query import ClientQuery
from caz_tui.screens.help import QUERY_EXAMPLES, HelpPages, HelpScreen
from tests.ui.desk_host import DeskHost

if TYPE_CHECKING:
    from textual.pilot import Pilot

CLIENTS = (Place.CLIENTS, Place.MAIN, Place.EVERYWHERE)


def host(*places: Place) -> DeskHost:
    return DeskHost(HelpScreen(places))


async def all_lines(app: DeskHost, pilot: Pilot[int]) -> list[str]:
    """Return every line of the help, scrolling through it."""
    lines = app.lines()
    pages = app.screen.query_one(HelpPages)
    while pages.scroll_offset.y < pages.max_scroll_y:
        await pilot.press("j")
        await pilot.pause()
        lines.extend(app.lines())
    return lines


@pytest.mark.parametrize("size", [(80, 24), (140, 45)])
async def test_every_key_is_listed_under_its_place(size: tuple[int, int]) -> None:
    app = host(*CLIENTS)
    async with app.run_test(size=size) as pilot:
        text = "\n".join(await all_lines(app, pilot))
        for place in (*CLIENTS, Place.CLIENT, Place.TABLE):
            assert place.value in text
            for command in commands_in(place):
                if command.shown_key:
                    row = next(
                        line
                        for line in text.splitlines()
                        if f" {command.shown_key} " in line and command.help[:20] in line
                    )
                    assert row.index(command.help[:20]) == row.index("│") + 14
        assert "A consulta" in text
        for example, _ in QUERY_EXAMPLES:
            assert example in text


async def test_only_the_clients_have_the_query() -> None:
    app = host(Place.PAYMENTS, Place.MAIN, Place.EVERYWHERE)
    async with app.run_test(size=(80, 45)) as pilot:
        text = "\n".join(await all_lines(app, pilot))
        assert "Ver detalhes da compra" in text
        assert "Desce uma linha." in text
        assert "A consulta" not in text
        assert "Abre Mais filtros" not in text


def test_the_examples_are_queries() -> None:
    for example, _ in QUERY_EXAMPLES:
        assert ClientQuery.parse(example)


@pytest.mark.parametrize("key", ["escape", "question_mark", "q", "f1"])
async def test_it_closes(key: str) -> None:
    app = host(Place.HOME, Place.EVERYWHERE)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(key)
        await pilot.pause()
        assert app.screen is not app.under_test
        assert app.is_running


async def test_the_keys_of_the_tables_scroll() -> None:
    app = host(*CLIENTS)
    async with app.run_test(size=(80, 24)) as pilot:
        pages = app.screen.query_one(HelpPages)
        await pilot.press("G")
        await pilot.pause()
        assert pages.scroll_offset.y == pages.max_scroll_y > 0
        await pilot.press("g")
        await pilot.pause()
        assert pages.scroll_offset.y == 0
        await pilot.press("pagedown", "pagedown", "pageup", "up", "k")
        await pilot.pause()
        assert pages.scroll_offset.y > 0


@pytest.mark.parametrize("size", [(20, 5), (1, 1), (300, 90)])
async def test_odd_terminals_do_no_harm(size: tuple[int, int]) -> None:
    app = host(*CLIENTS)
    async with app.run_test(size=size) as pilot:
        await pilot.press("j", "G", "g", "escape")
        await pilot.pause()
        assert app.is_running
