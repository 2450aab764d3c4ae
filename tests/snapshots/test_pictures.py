"""Every screen and every dialog, at both sizes, on the demonstration portfolio with the clock standing still."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from caz_tui.data.choices import Role
from caz_tui.data.drafts import Draft, Drafts
from caz_tui.data.query import ClientQuery, ClientView, Selection
from caz_tui.data.service import PortfolioService
from caz_tui.data.sheets.office_folder import OfficeFolder
from caz_tui.session import Session
from caz_tui.theme import LIGHT
from tests.support import FrozenClock

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.snapshots.conftest import Photograph

PROSPECT = ("2", "slash", "=situacao:muito_recomendado", "enter")


def office_folder(tmp_path: Path) -> OfficeFolder:
    """Return the one folder of a restricted session, with a sheet in it."""
    (tmp_path / "caixa").mkdir()
    (tmp_path / "caixa" / "clientes.csv").touch()
    return OfficeFolder(tmp_path / "caixa")


async def test_home(photograph: Photograph, service: PortfolioService) -> None:
    await photograph(service)


async def test_home_light(photograph: Photograph, service: PortfolioService) -> None:
    await photograph(service, theme=LIGHT.name)


async def test_welcome(photograph: Photograph, empty_service: PortfolioService) -> None:
    await photograph(empty_service)


async def test_home_empty(photograph: Photograph, empty_service: PortfolioService) -> None:
    await photograph(empty_service, "escape")


@pytest.mark.parametrize("turns", range(4))
async def test_tabs(photograph: Photograph, service: PortfolioService, turns: int) -> None:
    await photograph(service, "2", *["right_square_bracket"] * turns)


async def test_search_and_chips(photograph: Photograph, service: PortfolioService) -> None:
    await photograph(service, "2", "slash", "=situacao:ativo vencimento:30d renovacao:nao", "enter", "slash", "=a")


async def test_search_problem(photograph: Photograph, service: PortfolioService) -> None:
    await photograph(service, "2", "slash", "=situacao:feliz")


async def test_no_match(photograph: Photograph, service: PortfolioService) -> None:
    await photograph(service, "2", "slash", "=zzzz", "enter")


async def test_marks(photograph: Photograph, service: PortfolioService) -> None:
    await photograph(service, "2", "space", "space", "down")


async def test_columns_to_the_right(photograph: Photograph, service: PortfolioService) -> None:
    await photograph(service, "2", "right", "right", "right")


async def test_sort_menu(photograph: Photograph, service: PortfolioService) -> None:
    await photograph(service, "2", "s")


async def test_filter_panel(photograph: Photograph, service: PortfolioService) -> None:
    await photograph(service, *PROSPECT, "f")


async def test_actions_of_a_prospect(photograph: Photograph, service: PortfolioService) -> None:
    await photograph(service, *PROSPECT, "a")


async def test_actions_of_an_active_client(photograph: Photograph, service: PortfolioService) -> None:
    await photograph(service, "2", "a")


async def test_contract(photograph: Photograph, service: PortfolioService) -> None:
    await photograph(service, *PROSPECT, "c")


async def test_renew(photograph: Photograph, service: PortfolioService) -> None:
    await photograph(service, "2", "a", "r")


async def test_register_export(photograph: Photograph, service: PortfolioService) -> None:
    await photograph(service, "2", "a", "p")


async def test_delete(photograph: Photograph, service: PortfolioService) -> None:
    await photograph(service, *PROSPECT, "a", "x")


async def test_edit(photograph: Photograph, service: PortfolioService) -> None:
    await photograph(service, "2", "e")


async def test_new_client_refused(photograph: Photograph, service: PortfolioService) -> None:
    await photograph(service, "2", "n", "=Padaria Nova", "f2")


async def test_discard_typed(photograph: Photograph, service: PortfolioService) -> None:
    await photograph(service, "2", "n", "=Padaria Nova", "escape")


async def test_details(photograph: Photograph, service: PortfolioService) -> None:
    await photograph(service, "2", "enter")


async def test_go_to_row(photograph: Photograph, service: PortfolioService) -> None:
    await photograph(service, "2", "colon")


async def test_export(photograph: Photograph, service: PortfolioService, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/operador")
    await photograph(service, "2", "E")


async def test_payments(photograph: Photograph, service: PortfolioService) -> None:
    await photograph(service, "3")


async def test_payments_actions(photograph: Photograph, service: PortfolioService) -> None:
    await photograph(service, "3", "a")


async def test_payments_details(photograph: Photograph, service: PortfolioService) -> None:
    await photograph(service, "3", "enter")


async def test_import(
    photograph: Photograph, service: PortfolioService, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sheet = "EMPRESA;CNPJ;Situação\nPadaria Nova;11.222.333/0001-81;Ativo\nAçougue Velho;11.222.333/0001-82;Feliz\n"
    (tmp_path / "clientes.csv").write_text(sheet, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    await photograph(service, "i", "=clientes.csv", "enter")


async def test_help(photograph: Photograph, service: PortfolioService) -> None:
    await photograph(service, "2", "f1")


async def test_palette(photograph: Photograph, service: PortfolioService) -> None:
    await photograph(service, "2", "ctrl+p", "=pad")


async def test_saved_views(photograph: Photograph, service: PortfolioService) -> None:
    await photograph(service, "2", "v", "=Minha visão", "enter", "V")


async def test_draft_offer(photograph: Photograph, service: PortfolioService, tmp_path: Path) -> None:
    drafts = Drafts(tmp_path / "rascunhos", "operador", "/carteira.db", FrozenClock())
    drafts.keep(Draft(client=None, client_id=None, typed={"name": "Padaria Nova"}))
    await photograph(service, session=Session(drafts=drafts))


async def test_export_into_the_folder(photograph: Photograph, service: PortfolioService, tmp_path: Path) -> None:
    await photograph(service, "2", "E", session=Session(folder=office_folder(tmp_path)))


async def test_import_from_the_folder(photograph: Photograph, service: PortfolioService, tmp_path: Path) -> None:
    await photograph(service, "i", "=../fora.csv", "enter", session=Session(folder=office_folder(tmp_path)))


@pytest.fixture
async def analyst(service: PortfolioService) -> AsyncIterator[PortfolioService]:
    """The demonstration as an analyst of the South has it."""
    await service.assign(Selection(ClientView(query=ClientQuery.parse("uf:RS,SC,PR"))), "Sul", new=True)
    await service.create_user("maria", Role.ANALYST, ["Sul"])
    theirs = await PortfolioService.open(service.path, user="maria", clock=FrozenClock())
    yield theirs
    await theirs.close()


@pytest.fixture
async def reader(service: PortfolioService) -> AsyncIterator[PortfolioService]:
    """The demonstration as somebody has it who changes nothing."""
    await service.create_user("leo", Role.READER)
    theirs = await PortfolioService.open(service.path, user="leo", clock=FrozenClock())
    yield theirs
    await theirs.close()


async def test_home_of_an_analyst(photograph: Photograph, analyst: PortfolioService) -> None:
    await photograph(analyst)


async def test_details_within_a_carteira(photograph: Photograph, analyst: PortfolioService) -> None:
    await photograph(analyst, "2", "enter")


async def test_payments_of_an_analyst(photograph: Photograph, analyst: PortfolioService) -> None:
    await photograph(analyst, "3")


async def test_payments_details_of_an_analyst(photograph: Photograph, analyst: PortfolioService) -> None:
    await photograph(analyst, "3", "enter")


async def test_actions_of_a_reader(photograph: Photograph, reader: PortfolioService) -> None:
    await photograph(reader, "2", "a")


async def test_assign_carteira(photograph: Photograph, service: PortfolioService) -> None:
    await service.create_carteira("Grandes contas")
    await service.create_carteira("Sul")
    await photograph(service, "2", "slash", "=uf:SP", "enter", "C")


async def test_assign_new_carteira(photograph: Photograph, service: PortfolioService) -> None:
    await photograph(service, "2", "space", "space", "C", "=Norte", "enter")


async def test_erase_personal_data(photograph: Photograph, service: PortfolioService) -> None:
    await photograph(service, "2", "enter", "L")


async def test_export_dossier(
    photograph: Photograph, service: PortfolioService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", "/home/operador")
    await photograph(service, "2", "enter", "E")
