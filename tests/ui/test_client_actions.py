"""Ações: what a client's situation offers, and that each does what it says."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from caz_tui.data.choices import LicenceHistory, Payer, Situation, Tab, Term
from caz_tui.data.errors import NotFound
from caz_tui.data.query import ClientQuery, ClientView
from caz_tui.data.schemas import ClientChanges, Contract
from caz_tui.screens.client_actions import actions_for
from caz_tui.screens.client_details import ClientDetails
from caz_tui.screens.client_form import ClientForm
from caz_tui.screens.confirm import Confirm
from caz_tui.screens.contract_plan import ContractPlan
from caz_tui.screens.menu import Menu, MenuList
from caz_tui.screens.register_export import RegisterExport
from tests.ui.client_desk import SIZES, desk_on_clients

if TYPE_CHECKING:
    from caz_tui.data.readings import ClientRow
    from caz_tui.data.service import PortfolioService
    from tests.ui.client_desk import Desk

PROSPECT_ACTIONS = ("Contratar um plano", "Editar", "Excluir")
ACTIONS = (
    "Ver detalhes",
    "Editar",
    "Renovar ou trocar plano",
    "Desligar renovação automática",
    "Registrar exportação",
    "Arquivar",
)
WITH_PLAN = "situacao:ativo renovacao:sim pago_por:cliente"


async def one_client(service: PortfolioService, query: str) -> ClientRow:
    page = await service.page(ClientView(Tab.ALL, ClientQuery.parse(query)), 0, 1)
    return page.rows[0]


async def stand_on(desk: Desk, query: str) -> ClientRow:
    await desk.show(ClientView(Tab.ALL, ClientQuery.parse(query)))
    return desk.client


def labels_of(client: ClientRow) -> tuple[str, ...]:
    return tuple(offer.label for offer in actions_for(client))


@pytest.mark.parametrize("situation", list(Situation))
async def test_the_situation_decides_what_is_offered(service: PortfolioService, situation: Situation) -> None:
    client = await one_client(service, "situacao:ativo renovacao:sim")
    client = replace(client, situation=situation)
    assert labels_of(client) == (PROSPECT_ACTIONS if situation.is_prospect else ACTIONS)


async def test_labels_and_reasons_follow_the_client(service: PortfolioService) -> None:
    client = await one_client(service, "situacao:ativo renovacao:sim")
    assert "Ligar renovação automática" in labels_of(replace(client, auto_renews=False))
    archived = labels_of(replace(client, archived=True))
    assert archived[-1] == "Desarquivar"
    offers = actions_for(replace(client, plan=None, auto_renews=None))
    assert [(offer.label, offer.reason) for offer in offers if offer.reason] == [
        ("Ligar renovação automática", "sem plano")
    ]


@pytest.mark.parametrize("size", SIZES)
async def test_the_menu_lists_what_is_offered(service: PortfolioService, size: tuple[int, int]) -> None:
    async with desk_on_clients(service, size) as desk:
        for situation in ("ativo", "muito_recomendado", "nao_conectado"):
            client = await stand_on(desk, f"situacao:{situation}")
            await desk.press("a")
            assert isinstance(desk.top(), Menu)
            entries = desk.top().query_one(MenuList).entries
            assert tuple(entry.label for entry in entries) == labels_of(client)
            assert desk.shows(client.name[:10])
            await desk.press("escape")
        assert desk.top() is desk.clients


@pytest.mark.parametrize("size", SIZES)
async def test_a_plan_is_contracted_for_a_recommended_client(service: PortfolioService, size: tuple[int, int]) -> None:
    async with desk_on_clients(service, size) as desk:
        client = await stand_on(desk, "situacao:muito_recomendado")
        await desk.press("a", "c")
        assert isinstance(desk.top(), ContractPlan)
        await desk.type("Controle I")
        await desk.press("f2")
        assert desk.top() is desk.clients
        contracted = await service.client(client.id)
        assert (contracted.plan, contracted.situation) == ("Controle I", Situation.ACTIVE)
        assert (contracted.payer, contracted.licence_history) == (Payer.CLIENT, LicenceHistory.ACTIVE)
        assert desk.said() == [f"Controle I contratado para {client.name}, até 24/11/2027."]
        left = ClientView(Tab.ALL, ClientQuery.parse("situacao:muito_recomendado"))
        assert desk.clients.table.total == await service.count(left)


async def test_c_contracts_at_once(service: PortfolioService) -> None:
    async with desk_on_clients(service) as desk:
        await stand_on(desk, "situacao:nao_conectado")
        await desk.press("c")
        assert isinstance(desk.top(), ContractPlan)
        await desk.press("escape")
        assert desk.top() is desk.clients
        assert desk.said() == []


async def test_c_says_why_it_is_not_offered(service: PortfolioService) -> None:
    async with desk_on_clients(service) as desk:
        await stand_on(desk, "situacao:ativo")
        await desk.press("c")
        assert desk.top() is desk.clients
        assert desk.said() == [
            "Contratar só em Muito recomendado ou Não conectado; use Ações › Renovar ou trocar plano."
        ]


async def test_a_full_plano_exclusivo_refuses_and_keeps_what_was_typed(service: PortfolioService) -> None:
    async with desk_on_clients(service) as desk:
        for _ in range((await service.licences()).free):
            prospect = await one_client(service, "situacao:nao_conectado")
            terms = Contract(plan="Plano Exclusivo", payer=Payer.OFFICE, term=Term.YEARLY, auto_renews=True)
            await service.contract(prospect.id, terms, prospect.version)
        client = await stand_on(desk, "situacao:muito_recomendado")
        await desk.press("c")
        await desk.type("Plano Exclusivo")
        await desk.press("tab", "right", "space", "f2")
        assert isinstance(desk.top(), ContractPlan)
        assert (await service.client(client.id)).plan is None


async def test_a_deletion_says_what_goes_and_is_asked_for(service: PortfolioService) -> None:
    async with desk_on_clients(service) as desk:
        client = await stand_on(desk, "situacao:nao_conectado etiqueta:*")
        before = desk.clients.table.total
        await desk.press("a", "x")
        assert isinstance(desk.top(), Confirm)
        assert desk.shows("Vão junto: ")
        assert desk.shows("Fica registrado quem")
        await desk.press("enter")
        assert (await service.client(client.id)).name == client.name
        await desk.press("a", "x", "s")
        with pytest.raises(NotFound):
            await service.client(client.id)
        assert desk.clients.table.total == before - 1
        assert desk.said() == [f"{client.name} foi excluído."]
        assert (await service.history(client.id))[0].action == "Excluiu"


async def test_deleting_the_last_of_a_list_leaves_the_cursor_on_the_one_before(service: PortfolioService) -> None:
    async with desk_on_clients(service) as desk:
        await stand_on(desk, "situacao:nao_conectado")
        await desk.press("G", "up")
        above = desk.client
        await desk.press("down", "a", "x", "s")
        assert desk.client == above


async def test_automatic_renewal_is_turned_off_and_on(service: PortfolioService) -> None:
    async with desk_on_clients(service) as desk:
        client = await stand_on(desk, "situacao:ativo plano:*")
        was_on = client.auto_renews
        await desk.press("a", "t")
        changed = await service.client(client.id)
        assert changed.auto_renews is not was_on
        assert desk.client.version == changed.version
        await desk.press("a", "t")
        assert (await service.client(client.id)).auto_renews is was_on
        actions = [entry.action for entry in await service.history(client.id)][:2]
        assert set(actions) == {"Ligou a renovação automática", "Desligou a renovação automática"}
        assert [sentence.split(":")[0] for sentence in desk.said()] == [
            f"Renovação automática {'desligada' if was_on else 'ligada'}",
            f"Renovação automática {'ligada' if was_on else 'desligada'}",
        ]


async def test_a_plan_is_renewed(service: PortfolioService) -> None:
    async with desk_on_clients(service) as desk:
        client = await stand_on(desk, WITH_PLAN)
        await desk.press("a", "r")
        assert isinstance(desk.top(), ContractPlan)
        await desk.press("f2")
        renewed = await service.client(client.id)
        assert renewed.expires_on is not None
        assert client.expires_on is not None
        assert renewed.expires_on > client.expires_on
        assert desk.said()[0].startswith(f"{client.plan} de {client.name} renovado até ")


async def test_an_export_is_registered(service: PortfolioService) -> None:
    async with desk_on_clients(service) as desk:
        client = await stand_on(desk, "situacao:ativo exportacao:nunca")
        await desk.press("a", "p")
        assert isinstance(desk.top(), RegisterExport)
        await desk.press("f2")
        assert (await service.client(client.id)).last_export is not None
        assert desk.said() == [f"Exportação registrada: {client.name}, 01/10/2026 a 31/10/2026."]


async def test_a_client_is_archived_and_brought_back(service: PortfolioService) -> None:
    async with desk_on_clients(service) as desk:
        client = await stand_on(desk, "situacao:ativo")
        await desk.press("a", "z", "s")
        assert (await service.client(client.id)).archived
        assert desk.client.id != client.id
        await desk.show(ClientView(Tab.ALL, ClientQuery.parse(f"arquivado:sim documento:{client.document}")))
        assert desk.client.id == client.id
        await desk.press("a", "z")
        assert not (await service.client(client.id)).archived
        assert len(desk.said()) == 2


async def test_e_edits(service: PortfolioService) -> None:
    async with desk_on_clients(service) as desk:
        client = desk.client
        await desk.press("e")
        assert isinstance(desk.top(), ClientForm)
        assert desk.field().value == client.name


async def test_two_quick_presses_open_one_form(service: PortfolioService) -> None:
    async with desk_on_clients(service) as desk:
        desk.clients.action_edit()
        desk.clients.action_edit()
        desk.clients.action_actions()
        await desk.settle()
        assert isinstance(desk.top(), ClientForm)
        assert len(desk.app.screen_stack) == 2


async def test_a_change_by_someone_else_is_told_and_shown(service: PortfolioService) -> None:
    async with desk_on_clients(service) as desk:
        client = await stand_on(desk, "situacao:ativo plano:*")
        theirs = await service.update(client.id, ClientChanges(city="Outra Cidade"), client.version)
        await desk.press("a", "t")
        assert desk.said() == [f"Outra pessoa alterou {client.name}; nada foi gravado e a tela mostra como está agora."]
        assert desk.client.version == theirs.version
        assert (await service.client(client.id)).auto_renews is client.auto_renews
        await desk.press("a", "t")
        assert (await service.client(client.id)).auto_renews is not client.auto_renews


async def test_a_client_deleted_by_someone_else_is_told(service: PortfolioService) -> None:
    async with desk_on_clients(service) as desk:
        client = await stand_on(desk, "situacao:nao_conectado")
        before = desk.clients.table.total
        await service.delete(client.id, client.version)
        await desk.press("e")
        assert desk.said() == ["O cliente não existe mais; outra pessoa o excluiu."]
        assert desk.clients.table.total == before - 1


async def test_without_a_client_there_is_nothing_to_do(service: PortfolioService) -> None:
    async with desk_on_clients(service) as desk:
        await desk.show(ClientView(Tab.ALL, ClientQuery.parse("zzzzzz")))
        await desk.press("a", "e", "c", "enter")
        assert desk.top() is desk.clients
        assert set(desk.said()) == {"Nenhum cliente selecionado."}


async def test_details_come_from_the_menu(service: PortfolioService) -> None:
    async with desk_on_clients(service) as desk:
        await stand_on(desk, "situacao:ativo")
        await desk.press("a", "d")
        assert isinstance(desk.top(), ClientDetails)
