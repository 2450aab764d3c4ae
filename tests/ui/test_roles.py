"""What each role finds on its screens: less to do, a reason for it, and the way out when access is taken away."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest
from textual.widgets import Input

from caz_tui.app import REFUSED_STATUS
from caz_tui.data.choices import Role, Tab
from caz_tui.data.query import ClientQuery, ClientView, Selection
from caz_tui.data.service import PortfolioService
from caz_tui.screens.assign_carteira import AssignCarteira
from caz_tui.screens.client_details import ClientDetails
from caz_tui.screens.confirm import Confirm
from caz_tui.screens.menu import Menu
from caz_tui.screens.palette import Palette
from caz_tui.screens.personal_data import ExportDossier
from caz_tui.widgets.chrome import TopLine
from tests.support import FrozenClock
from tests.ui.client_desk import SIZES, desk_on_clients

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

IN_RS = ClientView(query=ClientQuery.parse("uf:RS"))


@asynccontextmanager
async def somebody(
    service: PortfolioService, role: Role, carteiras: tuple[str, ...] = ()
) -> AsyncIterator[PortfolioService]:
    """Give the service as somebody in a role has it."""
    await service.create_user("maria", role, carteiras)
    theirs = await PortfolioService.open(service.path, user="maria", clock=FrozenClock())
    yield theirs
    await theirs.close()


@pytest.mark.parametrize("size", SIZES)
async def test_a_reader_is_told_why_nothing_changes(service: PortfolioService, size: tuple[int, int]) -> None:
    async with somebody(service, Role.READER) as leo, desk_on_clients(leo, size) as desk:
        assert desk.app.screen.query_one(TopLine).person == "maria · Leitura"
        for key in ("e", "n", "i", "v", "C", "c"):
            await desk.press(key)
            assert desk.said()[-1].startswith("O papel Leitura vê tudo e não muda nada"), key
        await desk.press("a")
        menu = desk.top()
        assert isinstance(menu, Menu)
        assert [(entry.key, entry.reason) for entry in menu._entries if not entry.enabled] == [
            (key, "papel Leitura") for key in "ertpz"
        ]
        await desk.press("e", "escape", "enter")
        details = desk.top()
        assert isinstance(details, ClientDetails)
        assert "editar" not in desk.lines()[-1]
        await desk.press("L")
        assert desk.top() is details


async def test_the_palette_offers_what_the_role_may(service: PortfolioService) -> None:
    async with somebody(service, Role.READER) as leo, desk_on_clients(leo) as desk:
        await desk.press("ctrl+p")
        palette = desk.top()
        assert isinstance(palette, Palette)
        names = {command.name for command in palette._commands}
        assert {"search", "details", "export_sheet", "views"} <= names
        assert not names & {"edit", "new_client", "import_sheet", "delete", "assign_carteira", "save_view"}


async def test_an_analyst_sees_their_carteira_on_every_screen(service: PortfolioService) -> None:
    await service.assign(Selection(IN_RS), "Sul", new=True)
    count = await service.count(IN_RS)
    async with somebody(service, Role.ANALYST, ("Sul",)) as maria, desk_on_clients(maria) as desk:
        assert desk.app.screen.query_one(TopLine).person == "maria · Analista"
        assert any(line.startswith(f" {count} clientes") for line in desk.lines())
        await desk.press("enter")
        assert any("Carteira" in line and "Sul" in line for line in desk.lines())
        await desk.press("1")
        assert any("no escritório: " in line for line in desk.lines())
        await desk.press("i")
        assert desk.said()[-1] == "Só um administrador pode fazer isso."


async def test_who_is_sent_away_leaves_with_a_sentence(service: PortfolioService) -> None:
    async with somebody(service, Role.READER) as leo, desk_on_clients(leo) as desk:
        await service.set_user_active("maria", active=False)
        await desk.press("f5")
        assert desk.app.return_value == REFUSED_STATUS
        assert desk.app.last_words == "O acesso de maria foi desativado; fale com um administrador."


async def test_who_is_sent_away_leaves_from_a_form_too(service: PortfolioService) -> None:
    async with somebody(service, Role.ADMINISTRATOR) as bia, desk_on_clients(bia) as desk:
        await desk.press("e")
        await desk.type("x")
        await service.set_user_active("maria", active=False)
        await desk.press("f2")
        assert desk.app.return_value == REFUSED_STATUS
        assert desk.app.last_words.startswith("O acesso de maria foi desativado")


@pytest.mark.parametrize("size", SIZES)
async def test_the_whole_list_goes_into_a_new_carteira(service: PortfolioService, size: tuple[int, int]) -> None:
    async with desk_on_clients(service, size) as desk:
        await desk.show(IN_RS)
        await desk.press("C")
        dialog = desk.top()
        assert isinstance(dialog, AssignCarteira)
        count = await service.count(IN_RS)
        assert any(f"{count} clientes de Todos · UF: RS" in line for line in desk.lines())
        assert any("Ainda não há carteira" in line for line in desk.lines())
        await desk.type("Sul")
        await desk.press("enter")
        assert isinstance(desk.top(), Confirm)
        await desk.press("s")
        assert desk.said() == [f"{count} clientes na carteira Sul."]
    assert await service.count(ClientView(query=ClientQuery.parse("carteira:sul"))) == count


async def test_the_marked_clients_go_and_the_marks_with_them(service: PortfolioService) -> None:
    await service.create_carteira("Sul")
    async with desk_on_clients(service) as desk:
        await desk.press("space", "space", "C")
        assert any("2 clientes marcados" in line for line in desk.lines())
        assert any("Já existem: Sul" in line for line in desk.lines())
        await desk.type("su")
        await desk.press("right", "f2")
        assert desk.said() == ["2 clientes na carteira Sul."]
        assert desk.app.screen.query_one("CountLine").marked == 0  # type: ignore[attr-defined]
        await desk.press("asterisk", "down", "space", "C")
        total = await service.count(ClientView())
        assert any(f"{total - 1} clientes de Todos · menos 1 desmarcado" in line for line in desk.lines())
        await desk.press("f2")
        assert desk.said()[-1].endswith("fora de carteira.")
    assert await service.count(ClientView(query=ClientQuery.parse("carteira:*"))) <= 1


async def test_personal_data_is_erased_from_the_details(service: PortfolioService) -> None:
    async with desk_on_clients(service) as desk:
        await desk.show(ClientView(Tab.ALL, ClientQuery.parse("email:*")))
        await desk.press("enter")
        details = desk.top()
        assert isinstance(details, ClientDetails)
        client = details._client
        assert client is not None
        await desk.press("L", "enter")
        assert (await service.client(client.id)).email == client.email
        await desk.press("L", "s")
        assert desk.said() == [f"Os dados pessoais de {client.name} foram apagados."]
    after = await service.client(client.id)
    assert (after.email, after.phone, after.name) == (None, None, client.name)


async def test_a_client_is_exported_whole_from_the_details(service: PortfolioService, tmp_path: Path) -> None:
    path = tmp_path / "cliente.json"
    async with desk_on_clients(service) as desk:
        await desk.press("enter", "E")
        dialog = desk.top()
        assert isinstance(dialog, ExportDossier)
        dialog.query_one(Input).value = str(tmp_path / "cliente.csv")
        await desk.press("enter")
        assert any("o nome precisa terminar em .json" in line.lower() for line in desk.lines())
        dialog.query_one(Input).value = str(path)
        await desk.press("f2")
        assert desk.said()[0].startswith("Os dados de ")
    assert path.stat().st_size > 100
