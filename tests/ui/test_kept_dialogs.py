"""Dialogs that stay built when they are closed: opened again they are what new ones would be."""

from __future__ import annotations

import asyncio
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from textual.events import Key
from textual.widgets import Static

from caz_tui.data.choices import Field, Order, Tab
from caz_tui.data.query import ClientQuery, ClientView
from caz_tui.screens.filter_panel import FilterPanel
from caz_tui.screens.my_clients import MyClientsScreen
from caz_tui.theme import LIGHT
from tests.quiet import quiet
from tests.ui.client_desk import SIZES, Desk, desk_on_clients

if TYPE_CHECKING:
    from rich.style import Style
    from textual.screen import Screen

    from caz_tui.data.service import PortfolioService

Cells = list[list[tuple[str, "Style | None"]]]

QUERIES = (
    "",
    (
        'padaria "são joão" situacao:ativo,bloqueado historico:ativa renovacao:nao vencimento:30d exportacao:nunca '
        "cobrancas:em_atraso plano:controle* uf:SP,RJ etiqueta:mei"
    ),
    "vencimento:10d renovacao:sim,nao -uf:BA cidade:campinas",
    "vencimento:2026-01-01..2026-02-01 exportacao:..2026-03-01",
    "situacao:cancelado cobrancas:sem_cobrancas",
    "padaria",
)
DISTURBANCES = {
    "nothing": (),
    "text that was typed": tuple("abc"),
    "a wrong state that was put right": (*("tab",) * 12, *"zz", "enter", "ctrl+u", "ctrl+k"),
    "choices that were made": ("tab", "right", "space", "right", "tab", "space", "tab", "right"),
    "everything cleared": ("f4",),
    "keys looked up": ("tab", "f1", "escape"),
}


def cells(desk: Desk) -> Cells:
    """Return what the top screen shows, with every style."""
    strips = desk.app.screen._compositor.render_strips()
    return [[(character, segment.style) for segment in strip for character in segment.text] for strip in strips]


new_ones: dict[tuple[object, ...], Cells] = {}
"""What new dialogs showed: the portfolio is the same for every test, and so are they."""


async def new_one(
    service: PortfolioService, view: ClientView, key: str, size: tuple[int, int], theme: str = ""
) -> Cells:
    """Return what a dialog shows that was never shown before."""
    asked = (view, key, size, theme)
    if asked not in new_ones:
        async with desk_on_clients(service, size) as desk:
            if theme:
                desk.app.theme = theme
            await desk.show(view)
            await desk.press(key)
            new_ones[asked] = cells(desk)
    return new_ones[asked]


@pytest.mark.parametrize("disturbance", DISTURBANCES.values(), ids=DISTURBANCES)
async def test_mais_filtros_opened_again_is_as_if_new(service: PortfolioService, disturbance: tuple[str, ...]) -> None:
    async with desk_on_clients(service) as desk:
        panels = set()
        for query in QUERIES:
            view = ClientView(tab=Tab.PAID_BY_OFFICE, query=ClientQuery.parse(query))
            await desk.show(view)
            await desk.press("f")
            panels.add(desk.top())
            assert cells(desk) == await new_one(service, view, "f", SIZES[0]), query
            await desk.press(*disturbance, "enter")
            assert desk.top() is desk.clients
        assert len(panels) == 1


async def test_what_it_asks_for_is_applied_each_time(service: PortfolioService) -> None:
    async with desk_on_clients(service) as desk:
        for before, after in pairwise(QUERIES):
            for query in (before, after):
                await desk.show(ClientView(query=ClientQuery.parse(query)))
                asked = desk.clients.view.query
                await desk.press("f", "enter")
                assert desk.clients.view.query == asked


async def test_the_order_opened_again_is_as_if_new(service: PortfolioService) -> None:
    async with desk_on_clients(service) as desk:
        menus = set()
        for order in (Order(), Order(field=Field.PLAN), Order(field=Field.EXPIRES_ON, descending=True), Order()):
            view = ClientView(order=order)
            await desk.show(view)
            await desk.press("s")
            menus.add(desk.top())
            assert cells(desk) == await new_one(service, view, "s", SIZES[0])
            await desk.press("down", "down", "escape")
        assert len(menus) == 1


@pytest.mark.parametrize("key", ["f", "s"])
async def test_another_size_or_theme_needs_another_dialog(service: PortfolioService, key: str) -> None:
    async with desk_on_clients(service, SIZES[0]) as desk:
        await desk.press(key)
        first = desk.top()
        await desk.press("escape")
        await desk.pilot.resize_terminal(*SIZES[1])
        await quiet()
        await desk.press(key)
        second = desk.top()
        assert second is not first
        assert not first.is_running
        assert cells(desk) == await new_one(service, ClientView(), key, SIZES[1])
        await desk.press("escape")
        desk.app.theme = LIGHT.name
        await quiet()
        await desk.press(key)
        assert desk.top() is not second
        assert cells(desk) == await new_one(service, ClientView(), key, SIZES[1], LIGHT.name)


async def test_resized_while_it_is_open_it_fits(service: PortfolioService) -> None:
    async with desk_on_clients(service, SIZES[1]) as desk:
        await desk.press("f")
        await desk.pilot.resize_terminal(*SIZES[0])
        await quiet()
        await desk.press("escape", "f")
        assert cells(desk) == await new_one(service, ClientView(), "f", SIZES[0])


async def test_kept_dialogs_end_with_the_program(service: PortfolioService) -> None:
    async with desk_on_clients(service) as desk:
        kept = []
        for key in "fs":
            await desk.press(key)
            kept.append(desk.top())
            await desk.press("escape")
        assert all(dialog.is_running for dialog in kept)
    assert not any(dialog.is_running for dialog in kept)


async def test_a_count_of_the_tab_before_is_not_shown(
    service: PortfolioService, monkeypatch: pytest.MonkeyPatch
) -> None:
    count, may_come, asked = service.count, asyncio.Event(), []

    async def late(view: ClientView) -> int:
        asked.append(view)
        number = await count(view)
        # What the query leaves comes, the whole of its tab keeps one waiting.
        if len(asked) == 2:
            await may_come.wait()
        return number

    async with desk_on_clients(service) as desk:
        await desk.press("f", "escape")
        monkeypatch.setattr(service, "count", late)

        async def until_shown(key: str, kind: type[Screen[Any]]) -> None:
            desk.app.post_message(Key(key, None))
            while not isinstance(desk.top(), kind):  # noqa: ASYNC110 - no event tells
                await asyncio.sleep(0)

        await until_shown("f", FilterPanel)
        while len(asked) < 2:  # noqa: ASYNC110 - no event tells
            await asyncio.sleep(0)
        await until_shown("escape", MyClientsScreen)
        desk.clients.tab = Tab.PAID_BY_CLIENT
        await until_shown("f", FilterPanel)
        may_come.set()
        await desk.settle()
        paid_by_client = await count(ClientView(Tab.PAID_BY_CLIENT))
        assert str(desk.top().query_one("#count", Static).content) == f"{paid_by_client} de {paid_by_client} clientes"


async def test_a_panel_that_is_closed_counts_no_more(
    service: PortfolioService, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with desk_on_clients(service) as desk:
        await desk.press("f")
        panel = desk.top()
        assert isinstance(panel, FilterPanel)
        stopped: list[bool] = []
        monkeypatch.setattr(panel._counting._interruption, "interrupt", lambda: stopped.append(True))
        panel._counting.is_reading = True
        panel._counting._waiting = [ClientView()]
        await desk.press("escape")
        assert stopped == [True]
        assert panel._counting._waiting == []
