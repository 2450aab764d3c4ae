"""Início: the figures, the cursor that walks through them, and the lists behind them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import update

from caz_tui.data import figures
from caz_tui.data.choices import Attention, Payer, Situation, Tab
from caz_tui.data.query import ClientQuery, ClientView
from caz_tui.data.schemas import ClientChanges
from caz_tui.data.tables import clients
from caz_tui.screens.base import ListWanted, SheetWanted
from caz_tui.screens.home import HomeScreen
from caz_tui.widgets.figure_board import FigureBoard, Spot
from caz_tui.widgets.figures import FigureBlock
from tests.ui.desk_host import DeskHost, settled

if TYPE_CHECKING:
    from textual.pilot import Pilot

    from caz_tui.data.service import PortfolioService
    from caz_tui.widgets.figures import Figure

SIZES = [(80, 24), (140, 45)]
HOSTILE = "[/] [@click=app.quit]x[/] \x1b]52;c;YQ==\x07 \u202e[bold]"


def board_of(pilot: Pilot[int]) -> FigureBoard:
    return pilot.app.screen.query_one(FigureBoard)


def figures_of(pilot: Pilot[int]) -> list[Figure]:
    return [figure for block in pilot.app.screen.query(FigureBlock) for figure in block.figures]


def under_cursor(pilot: Pilot[int]) -> str:
    board = board_of(pilot)
    blocks = list(pilot.app.screen.query(FigureBlock))
    marked = [(block, block.cursor) for block in blocks if block.cursor is not None]
    assert len(marked) == 1
    block, line = marked[0]
    assert board.cursor == Spot(blocks.index(block), line or 0)
    return block.figures[line or 0].labels[0]


@pytest.mark.parametrize("size", SIZES)
async def test_every_figure_counts_what_its_door_opens(service: PortfolioService, size: tuple[int, int]) -> None:
    app = DeskHost(HomeScreen(service))
    async with app.run_test(size=size) as pilot:
        await settled(pilot)
        known = figures_of(pilot)
        for figure in known:
            await pilot.press("enter")
            await pilot.press("down")
            asked = app.asked[-1]
            assert isinstance(asked, ListWanted)
            assert asked.view == ClientView(Tab.ALL, figure.door)
            assert await service.count(asked.view) == figure.number
        assert len(app.asked) == len(known)
        doors = [figure.door for figure in known]
        wanted = [
            ClientQuery(),
            *(figures.by_payer(payer) for payer in (*Payer, None)),
            *(figures.by_situation(situation) for situation in Situation),
            *(figures.attention(what) for what in Attention),
            figures.licence_users(),
            *(figures.expiring_in_week(week, service.today) for week in range(12)),
        ]
        assert all(door in doors for door in wanted)


@pytest.mark.parametrize("size", SIZES)
async def test_everything_is_on_the_screen_at_once(service: PortfolioService, size: tuple[int, int]) -> None:
    app = DeskHost(HomeScreen(service))
    async with app.run_test(size=size) as pilot:
        await settled(pilot)
        board = board_of(pilot)
        assert board.max_scroll_y == 0
        for title in ("Minha carteira", "Precisa de atenção", "Situação", "Planos", "Licenças", "Vencimentos"):
            assert app.shows(title)
        for situation in Situation:
            assert app.shows(situation.label)
        summary = await service.summary()
        assert app.shows(f"{summary.licences.in_use} de {summary.licences.bought}")
        assert app.shows("em 96 d")


async def test_the_cursor_walks_through_all_figures_and_back(service: PortfolioService) -> None:
    app = DeskHost(HomeScreen(service))
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        labels = [figure.labels[0] for figure in figures_of(pilot)]
        walked = []
        for _ in labels:
            walked.append(under_cursor(pilot))
            await pilot.press("j")
        assert walked == labels
        assert under_cursor(pilot) == labels[-1]
        await pilot.press("k")
        assert under_cursor(pilot) == labels[-2]
        await pilot.press("g")
        assert under_cursor(pilot) == labels[0] == "Clientes"
        await pilot.press("up", "G")
        assert under_cursor(pilot) == labels[-1]
        await pilot.press("home", "pagedown")
        assert under_cursor(pilot) == "Ativo"
        await pilot.press("pageup", "pageup")
        assert under_cursor(pilot) == "Clientes"
        await pilot.press("end")
        assert under_cursor(pilot) == labels[-1]


async def test_the_cursor_crosses_between_the_columns(service: PortfolioService) -> None:
    app = DeskHost(HomeScreen(service))
    async with app.run_test(size=(140, 45)) as pilot:
        await settled(pilot)
        await pilot.press("down", "right")
        assert under_cursor(pilot) == Attention.CHARGES_OVERDUE.label
        await pilot.press("right")
        assert under_cursor(pilot) == Attention.CHARGES_OVERDUE.label
        await pilot.press("left")
        assert under_cursor(pilot) == "Ativos"
        await pilot.press("left")
        assert under_cursor(pilot) == "Ativos"
        await pilot.press("end", "left")
        assert under_cursor(pilot) == "02/02 a 08/02"
        for _ in range(10):
            await pilot.press("left")
        assert under_cursor(pilot) == "24/11 a 30/11"
        await pilot.press("right", "left", "left")
        assert app.screen.query_one("#licences", FigureBlock).cursor == 0


async def test_in_one_column_the_cursor_stays_in_view(service: PortfolioService) -> None:
    app = DeskHost(HomeScreen(service))
    async with app.run_test(size=(60, 20)) as pilot:
        await settled(pilot)
        for _ in figures_of(pilot):
            assert sum("▌" in line for line in app.lines()) == 1
            await pilot.press("down")
        await pilot.press("right", "home")
        assert app.shows("Minha carteira")
        assert app.lines()[4].startswith(" ▌Clientes")


async def test_a_click_goes_through_the_door(service: PortfolioService) -> None:
    app = DeskHost(HomeScreen(service))
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await pilot.click("#situations", offset=(5, 3))
        assert app.asked == [ListWanted(ClientView(Tab.ALL, figures.by_situation(Situation.OVERDUE)))]
        assert under_cursor(pilot) == Situation.OVERDUE.label
        await pilot.click("#weeks", offset=(7, 1))
        assert app.asked[-1] == ListWanted(ClientView(Tab.ALL, figures.expiring_in_week(2, service.today)))
        await pilot.click("#situations", offset=(5, 0))
        assert len(app.asked) == 2


async def test_plans_that_do_not_fit_are_counted(service: PortfolioService) -> None:
    app = DeskHost(HomeScreen(service))
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        for index, client in enumerate((await service.page(ClientView(), 0, 20)).rows):
            await service.update(client.id, ClientChanges(plan=f"Plano de número {index}"), client.version)
        home = app.under_test
        assert isinstance(home, HomeScreen)
        home.portfolio_changed()
        await settled(pilot)
        plans = app.screen.query_one("#plans", FigureBlock)
        left_out = len((await service.summary()).by_plan) - len(plans.figures)
        assert left_out > 0
        assert app.shows(f"… e mais {left_out} planos")
        assert board_of(pilot).max_scroll_y == 0
        await pilot.resize_terminal(140, 60)
        await settled(pilot)
        assert not app.shows("… e mais")


async def test_a_hostile_plan_is_text(service: PortfolioService) -> None:
    async with service._database.write() as connection:
        await connection.execute(
            update(clients).where(clients.c.plan == "Controle I").values(plan=HOSTILE, plan_folded="hostil")
        )
    app = DeskHost(HomeScreen(service))
    async with app.run_test(size=(140, 45)) as pilot:
        await settled(pilot)
        assert app.shows("[/] [@click=app.quit")
        assert not any(mark in "".join(app.lines()) for mark in "\x1b\x07\u202e")
        await pilot.press("end")
        assert app.is_running


async def test_the_frame_stands_before_the_figures(service: PortfolioService) -> None:
    home = HomeScreen(service)
    home.load = lambda: None  # type: ignore[method-assign]
    app = DeskHost(home)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert {figure.written for figure in figures_of(pilot)} == {"–"}
        for label in ("Clientes", "Pago por mim", "não conectados", "Em teste", "24/11/2026 a 15/02/2027"):
            assert app.shows(label)
        await pilot.press("down", "end", "home", "right", "pagedown", "enter")
        assert len(app.asked) == 1


@pytest.mark.parametrize("size", SIZES)
async def test_an_empty_portfolio_says_what_to_do(empty_service: PortfolioService, size: tuple[int, int]) -> None:
    app = DeskHost(HomeScreen(empty_service))
    async with app.run_test(size=size) as pilot:
        await settled(pilot)
        assert {figure.written for figure in figures_of(pilot)} == {"0"}
        assert app.shows("A carteira está vazia.")
        await pilot.press("i")
        assert isinstance(app.asked[-1], SheetWanted)


@pytest.mark.parametrize("has_shell", [True, False])
async def test_a_command_is_suggested_only_where_it_can_be_typed(
    empty_service: PortfolioService, *, has_shell: bool
) -> None:
    app = DeskHost(HomeScreen(empty_service, has_shell=has_shell))
    async with app.run_test(size=(140, 45)) as pilot:
        await settled(pilot)
        assert app.shows("cadastra um cliente")
        assert app.shows("caz-tui --demo") is has_shell


async def test_the_shared_keys_work(service: PortfolioService) -> None:
    app = DeskHost(HomeScreen(service))
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await pilot.press("slash")
        assert app.asked == [ListWanted(search=True)]
        await pilot.press("escape")
        assert app.screen is app.under_test
        await pilot.press("f5")
        await settled(pilot)
        await pilot.press("q")
    assert app.return_value == 0


@pytest.mark.parametrize("size", [(20, 5), (1, 1), (60, 15), (300, 90)])
async def test_odd_terminals_do_no_harm(service: PortfolioService, size: tuple[int, int]) -> None:
    app = DeskHost(HomeScreen(service))
    async with app.run_test(size=size) as pilot:
        await settled(pilot)
        for _ in figures_of(pilot):
            await pilot.press("down")
        await pilot.press("left", "home", "right", "pagedown", "enter")
        await pilot.resize_terminal(80, 24)
        await settled(pilot)
        assert app.shows("Minha carteira")
        assert app.shows("Vencimentos das próximas 12 semanas")
