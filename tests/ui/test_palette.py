"""The command palette: commands, saved views and clients by a few letters."""

from __future__ import annotations

from typing import TYPE_CHECKING
from unittest.mock import patch

import pytest
from sqlalchemy import update
from textual.app import App, ComposeResult
from textual.widgets import Input, OptionList

from caz_tui import formats
from caz_tui.data.choices import Tab
from caz_tui.data.query import ClientQuery, ClientView
from caz_tui.data.tables import clients
from caz_tui.screens.client_details import ClientDetails
from caz_tui.screens.client_form import ClientForm
from caz_tui.screens.home import HomeScreen
from caz_tui.screens.palette import Palette
from caz_tui.theme import LIGHT
from caz_tui.widgets.choice_list import ChoiceList
from tests.ui.client_desk import SIZES, TINY, desk_on_clients

if TYPE_CHECKING:
    from caz_tui.data.service import PortfolioService
    from tests.ui.client_desk import Desk


def labels_in(desk: Desk) -> list[str]:
    options = desk.top().query_one(OptionList)
    return [str(options.get_option_at_index(index).prompt) for index in range(options.option_count)]


@pytest.mark.parametrize("size", SIZES)
async def test_a_command_of_the_screen_runs(service: PortfolioService, size: tuple[int, int]) -> None:
    async with desk_on_clients(service, size) as desk:
        await desk.press("ctrl+p")
        assert isinstance(desk.top(), Palette)
        assert any("Abre Mais filtros." in label for label in labels_in(desk))
        await desk.type("seguinte guia")
        assert len(labels_in(desk)) == 1
        await desk.press("enter")
        assert desk.top() is desk.clients
        assert desk.clients.tab is Tab.PAID_BY_CLIENT


async def test_commands_of_the_app_run(service: PortfolioService) -> None:
    async with desk_on_clients(service) as desk:
        await desk.press("ctrl+p")
        await desk.type("tema escuro")
        await desk.press("enter")
        assert desk.app.theme == LIGHT.name
        await desk.press("ctrl+p")
        await desk.type("inicio carteira")
        await desk.press("enter")
        assert isinstance(desk.top(), HomeScreen)


async def test_actions_on_the_client_run(service: PortfolioService) -> None:
    async with desk_on_clients(service) as desk:
        await desk.press("ctrl+p")
        await desk.type("editar")
        await desk.press("enter")
        assert isinstance(desk.top(), ClientForm)


async def test_keys_are_those_that_act_on_the_screen(service: PortfolioService) -> None:
    async with desk_on_clients(service) as desk:
        await desk.press("ctrl+p")
        labels = labels_in(desk)
        assert "a z      Arquivar" in labels
        assert "e        Edita o cliente da linha." in labels
        assert not [label for label in labels if label.endswith(" Editar")]


async def test_a_client_is_found_by_name_and_by_document(service: PortfolioService) -> None:
    async with desk_on_clients(service) as desk:
        await desk.press("G")
        client = desk.client
        for text in (client.name.lower(), client.document):
            await desk.press("ctrl+p")
            await desk.type(text)
            assert labels_in(desk)[-1].startswith("cliente")
            await desk.press("enter")
            screen = desk.top()
            assert isinstance(screen, ClientDetails)
            assert screen.client_acted_on() == await service.client(client.id)
            await desk.press("escape")


@pytest.mark.parametrize("size", [(60, 15), *SIZES])
async def test_each_client_is_one_line_that_ends_in_the_document(
    service: PortfolioService, size: tuple[int, int]
) -> None:
    async with desk_on_clients(service, size) as desk:
        await desk.press("ctrl+p")
        await desk.type("abrantes")
        found = [client for client in await service.suggest("abrantes", 9) if len(client.name) > 40]
        assert found
        for client in found:
            line = next(line for line in desk.lines() if formats.document(client.document) in line)
            assert f"cliente  {client.name[:20]}" in line


async def test_enter_before_the_clients_are_there_waits_for_them(service: PortfolioService) -> None:
    async with desk_on_clients(service) as desk:
        client = desk.client
        await desk.press("ctrl+p")
        desk.top().query_one(Input).value = client.document
        await desk.pilot.press("enter")
        await desk.settle()
        assert isinstance(desk.top(), ClientDetails)


async def test_a_saved_view_opens(service: PortfolioService) -> None:
    view = ClientView(Tab.PAID_BY_OFFICE, ClientQuery.parse("renovacao:sim"))
    await service.save_view("Exclusivos", view)
    async with desk_on_clients(service) as desk:
        await desk.press("1", "ctrl+p")
        await desk.type("exclusivos")
        await desk.press("enter")
        assert desk.top() is desk.clients
        assert desk.clients.view == view


async def test_arrows_choose_while_the_text_keeps_the_focus(service: PortfolioService) -> None:
    async with desk_on_clients(service) as desk:
        await desk.press("ctrl+p", "down", "down", "up")
        assert desk.top().query_one(OptionList).highlighted == 1
        assert desk.top().query_one(Input).has_focus
        await desk.press("pagedown", "pageup", "pageup")
        assert desk.top().query_one(OptionList).highlighted == 0


async def test_nothing_found_is_said(service: PortfolioService) -> None:
    async with desk_on_clients(service) as desk:
        await desk.press("ctrl+p")
        await desk.type("zzzzz")
        assert desk.shows("Nenhum comando, visão ou cliente com esse texto.")
        await desk.press("enter")
        assert isinstance(desk.top(), Palette)
        await desk.press("escape")
        assert desk.top() is desk.clients


@pytest.mark.parametrize("size", [*SIZES, TINY])
async def test_hostile_names_are_text(service: PortfolioService, size: tuple[int, int]) -> None:
    name = "[@click=app.quit]x[/] [/] \x1b]52;c;YQ==\x07"
    await service.save_view("[@click=app.quit]visão", ClientView())
    async with service._database.write() as connection:
        await connection.execute(update(clients).values(name=name))
    async with desk_on_clients(service, size) as desk:
        await desk.press("ctrl+p")
        await desk.type("padaria")
        assert not {"\x1b", "\x07"} & set("".join(desk.lines()))
        if size != TINY:
            assert desk.shows("[@click=app.quit]x[/] [/]")
            await desk.pilot.click(OptionList, offset=(14, 0))
            await desk.settle()
            assert isinstance(desk.top(), ClientDetails)
        assert desk.app.return_value is None


async def test_a_list_that_is_not_laid_out_yet_takes_keys() -> None:
    class Host(App[None]):
        def compose(self) -> ComposeResult:
            yield ChoiceList("um", "dois")

    async with Host().run_test(size=(40, 10)) as pilot:
        listed = pilot.app.query_one(ChoiceList)
        listed.highlighted = 1
        await pilot.press("pageup")
        assert listed.highlighted == 0
        listed._line_cache.clear()
        with patch.object(ChoiceList, "_update_lines", lambda _: None):
            await listed.run_action("page_down")
            await listed.run_action("page_up")
        assert listed.highlighted == 0
