"""Leaving the program by ctrl+c, which only says how, and by ctrl+q, which asks for what was typed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from caz_tui.app import DeskApp
from caz_tui.data.drafts import Drafts
from caz_tui.screens.client_form import ClientForm
from caz_tui.screens.confirm import Confirm
from caz_tui.screens.filter_panel import FilterPanel
from caz_tui.session import Session
from tests.support import FrozenClock
from tests.ui.client_desk import Desk, desk_on_clients

if TYPE_CHECKING:
    from pathlib import Path

    from caz_tui.data.service import PortfolioService


async def type_and_leave(desk: Desk) -> None:
    """Begin a new client, and press ctrl+q."""
    await desk.press("n")
    await desk.type("Padaria")
    await desk.press("ctrl+q")


async def test_ctrl_c_says_in_portuguese_how_to_leave(service: PortfolioService) -> None:
    async with desk_on_clients(service) as desk:
        await desk.press("ctrl+c", "ctrl+c")
        assert desk.said() == ["Para sair, q (ou ctrl+q)."]
        await desk.press("enter", "ctrl+c")
        assert desk.said()[1:] == ["Para sair do programa, ctrl+q; esc volta."]
        assert desk.app.is_running


async def test_ctrl_c_says_so_in_a_dialog_too(service: PortfolioService) -> None:
    async with desk_on_clients(service) as desk:
        await desk.press("n", "ctrl+c")
        assert isinstance(desk.top(), ClientForm)
        assert desk.said() == ["Para sair do programa, ctrl+q; esc volta."]
        await desk.press("escape", "f", "ctrl+c", "tab", "ctrl+c")
        assert isinstance(desk.top(), FilterPanel)
        assert len(desk.said()) == 1


async def test_ctrl_q_leaves_where_nothing_was_typed(service: PortfolioService) -> None:
    async with desk_on_clients(service) as desk:
        await desk.press("e")
        await desk.pilot.press("ctrl+q")
        assert desk.app._exit


async def test_ctrl_q_asks_for_what_was_typed(service: PortfolioService) -> None:
    async with desk_on_clients(service) as desk:
        await type_and_leave(desk)
        assert isinstance(desk.top(), Confirm)
        assert desk.shows("O que foi digitado se perde.")
        await desk.press("enter")
        assert isinstance(desk.top(), ClientForm)
        assert desk.field().value == "Padaria"
        await desk.press("ctrl+q")
        await desk.pilot.press("s")
        assert desk.app._exit


async def test_who_insists_on_ctrl_q_is_let_go(service: PortfolioService) -> None:
    async with desk_on_clients(service) as desk:
        await type_and_leave(desk)
        await desk.pilot.press("ctrl+q")
        assert desk.app._exit


@pytest.mark.parametrize("key", ["enter", "s"])
async def test_ctrl_q_says_that_a_draft_is_kept(service: PortfolioService, tmp_path: Path, key: str) -> None:
    drafts = Drafts(tmp_path / "rascunhos", "operador", "/carteira.db", FrozenClock())
    app = DeskApp(service, session=Session(drafts=drafts))
    async with app.run_test() as pilot:
        desk = Desk(pilot)
        await desk.settle()
        await desk.press("2")
        await type_and_leave(desk)
        assert desk.shows("O que foi digitado fica num rascunho")
        await pilot.press(key)
        assert app._exit
    kept = drafts.newest()
    assert kept is not None
    assert kept.typed == {"name": "Padaria"}


async def test_whoever_was_away_when_the_notice_came_gets_it_on_coming_back(service: PortfolioService) -> None:
    app = DeskApp(service, session=Session(longest_seconds=900))
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        desk = Desk(pilot)
        app._give_notice_again()
        await desk.settle()
        assert desk.said() == []
        app._notice_at = app._ends_at - 900
        app._give_notice_again()
        await desk.settle()
        assert desk.said() == ["Esta sessão termina em 15 minutos; salve o que está fazendo."]
