"""Detalhes do cliente: everything that is known of one client."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import update

from caz_tui.data.choices import Tab
from caz_tui.data.query import ClientQuery, ClientView
from caz_tui.data.schemas import ClientChanges
from caz_tui.data.tables import audit_entries, clients, licence_events
from caz_tui.screens.client_details import ClientDetails, DetailsPage
from caz_tui.screens.client_form import ClientForm
from caz_tui.screens.menu import Menu, MenuList
from tests.ui.client_desk import SIZES, TINY, desk_on_clients

if TYPE_CHECKING:
    from caz_tui.data.service import PortfolioService
    from tests.ui.client_desk import Desk

HOSTILE = "[/] [@click=app.quit]x[/] \x1b]52;c;YQ==\x07 \u202e[bold"
USES_LICENCE = 'plano:"Plano Exclusivo" pago_por:escritorio'


async def open_details(desk: Desk, query: str) -> ClientDetails:
    await desk.show(ClientView(Tab.ALL, ClientQuery.parse(query)))
    await desk.press("enter")
    screen = desk.top()
    assert isinstance(screen, ClientDetails)
    return screen


async def whole_text(desk: Desk) -> str:
    """Return the whole page, read from its beginning to its end."""
    await desk.press("g")
    seen = dict.fromkeys(desk.lines())
    page = desk.top().query_one(DetailsPage)
    while page.scroll_y < page.max_scroll_y:
        await desk.press("pagedown")
        seen |= dict.fromkeys(desk.lines())
    return "\n".join(seen)


@pytest.mark.parametrize("size", SIZES)
async def test_everything_is_there(service: PortfolioService, size: tuple[int, int]) -> None:
    async with desk_on_clients(service, size) as desk:
        await open_details(desk, USES_LICENCE)
        client = await service.client(desk.client.id)
        client = await service.update(
            client.id, ClientChanges(notes="primeira linha\nsegunda linha", support_id="CA-42"), client.version
        )
        await desk.press("escape", "enter")
        text = await whole_text(desk)
        for label in (
            "Situação", "Plano", "Pago por", "Vencimento do plano", "Renovação automática", "Histórico da licença",
            "Última exportação", "Cobranças CA", "Nome fantasia", "E-mail", "Telefone", "Cidade", "UF", "Etiquetas",
            "ID de suporte", "Cadastrado em", "Compras que pagam o plano", "Observações", "Quem mudou o quê",
        ):  # fmt: skip
            assert label in text, label
        assert client.name[:20] in text
        assert "CA-42" in text
        assert "primeira linha" in text
        assert "segunda linha" in text
        for event in await service.timeline(client.id):
            assert f"{event.at:%d/%m/%Y}" in text
        purchases = await service.purchases_for(client)
        assert purchases
        for purchase in purchases:
            assert purchase.number in text
        assert "ID de suporte: " in text
        assert " → CA-42" in text


async def test_the_page_scrolls_by_keyboard(service: PortfolioService) -> None:
    async with desk_on_clients(service) as desk:
        await open_details(desk, USES_LICENCE)
        page = desk.top().query_one(DetailsPage)
        assert page.max_scroll_y > 2
        for key, place in (("down", 1), ("j", 2), ("k", 1), ("up", 0), ("G", page.max_scroll_y), ("g", 0)):
            await desk.press(key)
            assert page.scroll_y == place, key
        await desk.press("pagedown")
        assert page.scroll_y > 2
        await desk.press("pageup")
        assert page.scroll_y == 0


async def test_e_edits_and_the_page_shows_it(service: PortfolioService) -> None:
    async with desk_on_clients(service) as desk:
        await open_details(desk, USES_LICENCE)
        await desk.press("e")
        assert isinstance(desk.top(), ClientForm)
        await desk.press("home")
        await desk.type("Novo ")
        await desk.press("f2")
        assert isinstance(desk.top(), ClientDetails)
        assert desk.lines()[2].startswith(" Novo ")
        await desk.press("escape")
        assert desk.top() is desk.clients
        assert desk.client.name.startswith("Novo ")


async def test_the_menu_leaves_out_what_is_open(service: PortfolioService) -> None:
    async with desk_on_clients(service) as desk:
        await open_details(desk, "situacao:ativo")
        await desk.press("a")
        assert isinstance(desk.top(), Menu)
        assert [entry.key for entry in desk.top().query_one(MenuList).entries] == ["e", "r", "t", "p", "z"]


async def test_deleting_goes_back_to_the_list(service: PortfolioService) -> None:
    async with desk_on_clients(service) as desk:
        await open_details(desk, "situacao:nao_conectado")
        name = desk.client.name
        await desk.press("a", "x", "s")
        assert desk.top() is desk.clients
        assert desk.said() == [f"{name} foi excluído."]


async def test_a_client_that_is_gone_is_told_and_left(service: PortfolioService) -> None:
    async with desk_on_clients(service) as desk:
        await desk.show(ClientView(Tab.ALL, ClientQuery.parse("situacao:nao_conectado")))
        await service.delete(desk.client.id, desk.client.version)
        await desk.press("enter")
        assert desk.top() is desk.clients
        assert desk.said() == ["O cliente não existe mais; outra pessoa o excluiu."]


@pytest.mark.parametrize("size", [*SIZES, TINY])
async def test_hostile_text_is_shown_and_does_nothing(service: PortfolioService, size: tuple[int, int]) -> None:
    async with service._database.write() as connection:
        texts = dict.fromkeys(
            ("name", "trade_name", "plan", "email", "city", "notes", "support_id", "created_by"), HOSTILE
        )
        await connection.execute(update(clients).values(texts))
        await connection.execute(update(licence_events).values(what=HOSTILE, plan=HOSTILE, by=HOSTILE))
        await connection.exec_driver_sql("DROP TRIGGER audit_entries_stay_as_they_are")
        await connection.execute(
            update(audit_entries).values(action=HOSTILE, by=HOSTILE, changes={"name": [HOSTILE, HOSTILE]})
        )
    service._walks.clear()
    async with desk_on_clients(service, size) as desk:
        desk.clients.action_details()
        await desk.settle()
        assert isinstance(desk.top(), ClientDetails)
        text = "\n".join(desk.lines()) if size == TINY else await whole_text(desk)
        assert not {"\x1b", "\x07", "\u202e"} & set(text)
        if size != TINY:
            assert "[/] [@click=app.quit]x[/]" in text
            for x in (5, 12, 30):
                await desk.pilot.click(offset=(x, 4))
        await desk.settle()
        assert desk.app.return_value is None
        assert isinstance(desk.top(), ClientDetails)
