from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from textual.widgets import Button, Input, Static

from caz_tui import formats
from caz_tui.data.choices import Payer, Situation, Term
from caz_tui.data.documents import complete
from caz_tui.data.figures import EXCLUSIVE_PLAN
from caz_tui.data.query import ClientQuery, ClientView
from caz_tui.data.schemas import ClientChanges, Contract
from caz_tui.screens.confirm import Confirm
from caz_tui.screens.contract_plan import ContractPlan, expiry
from caz_tui.widgets.check_group import RadioGroup
from tests.ui.dialog_host import HOSTILE, SIZES, TINY, DialogHost, first_row, settled

if TYPE_CHECKING:
    from caz_tui.data.readings import Client
    from caz_tui.data.service import PortfolioService


async def some_client(service: PortfolioService, query: str) -> Client:
    return await service.client((await first_row(service, query)).id)


async def use_up_licences(service: PortfolioService) -> None:
    free = (await service.licences()).free
    rows = (await service.page(ClientView(query=ClientQuery.parse("situacao:ativo pago_por:cliente")), 0, free)).rows
    for row in rows:
        terms = Contract(plan=EXCLUSIVE_PLAN, payer=Payer.OFFICE, term=Term.YEARLY, auto_renews=True)
        await service.contract(row.id, terms, row.version)
    assert (await service.licences()).free == 0


def outcome(app: DialogHost) -> str:
    return str(app.screen.query_one("#outcome", Static).content)


@pytest.mark.parametrize("size", SIZES)
async def test_a_prospect_gets_its_plan_with_keys(service: PortfolioService, size: tuple[int, int]) -> None:
    client = await some_client(service, "situacao:muito_recomendado")
    free = (await service.licences()).free
    app = DialogHost()
    async with app.run_test(size=size) as pilot:
        await app.open(ContractPlan(service, client), pilot)
        assert "Contratar um plano" in app.text()
        for button in app.screen.query(Button):
            assert app.is_whole_on_screen(button)
        await pilot.press(*"plano exc", "right", "enter")
        await pilot.press("right", "space", "enter", "enter", "right", "space")
        assert outcome(app) == (
            f"Vence em 24/11/2027\n{free} licenças livres de {(await service.licences()).bought} "
            "do Plano Exclusivo; este cliente usa uma."
        )
        await pilot.press("enter")
        await settled(pilot)
    contracted = app.results[0]
    assert contracted == await service.client(client.id)
    assert (contracted.plan, contracted.payer, contracted.auto_renews) == (EXCLUSIVE_PLAN, Payer.OFFICE, False)
    assert contracted.situation is Situation.ACTIVE
    assert (await service.licences()).free == free - 1


async def test_a_client_with_a_plan_starts_from_it(service: PortfolioService) -> None:
    client = await some_client(service, "situacao:ativo pago_por:escritorio renovacao:nao")
    app = DialogHost()
    async with app.run_test(size=(80, 24)) as pilot:
        await app.open(ContractPlan(service, client), pilot)
        assert "Renovar ou trocar plano" in app.text()
        payer, _, renewal = app.screen.query(RadioGroup)
        assert app.screen.query_one(Input).value == client.plan
        assert (payer.value, renewal.value) == ("escritorio", "nao")
        assert "Continua com a licença que já usa" in outcome(app)
        await pilot.press("f2")
        await settled(pilot)
    assert app.results[0].expires_on > client.expires_on


async def test_what_was_wrong_is_taken_back_as_soon_as_it_is_right(service: PortfolioService) -> None:
    client = await some_client(service, "situacao:nao_conectado")
    app = DialogHost()
    async with app.run_test(size=(80, 24)) as pilot:
        await app.open(ContractPlan(service, client), pilot)
        await pilot.press("f2")
        await settled(pilot)
        assert "▲ Falta o plano." in app.text()
        await pilot.press("right")
        await settled(pilot)
        assert "▲ Falta o plano." in app.text()
        await pilot.press("x")
        await settled(pilot)
        assert "▲" not in app.text()


async def test_without_a_free_licence_it_is_refused_in_the_dialog(service: PortfolioService) -> None:
    await use_up_licences(service)
    client = await some_client(service, "situacao:muito_recomendado")
    app = DialogHost()
    async with app.run_test(size=(80, 24)) as pilot:
        await app.open(ContractPlan(service, client), pilot)
        app.screen.query_one(Input).value = EXCLUSIVE_PLAN
        await pilot.press("tab", "right", "space")
        await settled(pilot)
        assert "Nenhuma licença livre" in outcome(app)
        await pilot.press("f2")
        await settled(pilot)
        assert app.results == []
        assert "Não há licença livre do Plano Exclusivo" in app.text()
        await pilot.press("left", "space", "f2")
        await settled(pilot)
    assert app.results[0].payer is Payer.CLIENT


async def test_a_missing_plan_is_said_beside_it(service: PortfolioService) -> None:
    client = await some_client(service, "situacao:nao_conectado")
    app = DialogHost()
    async with app.run_test(size=(80, 24)) as pilot:
        await app.open(ContractPlan(service, client), pilot)
        await pilot.press("f2")
        await settled(pilot)
        assert "▲ Falta o plano." in app.text()
        assert isinstance(app.focused, Input)
        assert app.results == []


async def test_what_someone_else_did_meanwhile_is_shown_before_going_on(service: PortfolioService) -> None:
    client = await some_client(service, "situacao:muito_recomendado")
    app = DialogHost()
    async with app.run_test(size=(80, 24)) as pilot:
        await app.open(ContractPlan(service, client), pilot)
        await service.update(client.id, ClientChanges(city="Ilhéus"), client.version)
        await pilot.press(*"Controle I", "f2")
        await settled(pilot)
        assert app.results == []
        assert "Cidade" in app.text()
        assert "Ilhéus" in app.text()
        await pilot.press("f2")
        await settled(pilot)
    assert (app.results[0].plan, app.results[0].city) == ("Controle I", "Ilhéus")


async def test_leaving_asks_when_a_plan_was_typed(service: PortfolioService) -> None:
    client = await some_client(service, "situacao:muito_recomendado")
    app = DialogHost()
    async with app.run_test(size=(80, 24)) as pilot:
        await app.open(ContractPlan(service, client), pilot)
        await pilot.press("x", "escape")
        await settled(pilot)
        assert isinstance(app.screen, Confirm)
        await pilot.press("escape", "escape", "s")
        await settled(pilot)
    assert app.results == [None]


@pytest.mark.parametrize("term", Term)
@pytest.mark.parametrize("query", ["situacao:muito_recomendado", "situacao:ativo", "historico:vencida"])
@pytest.mark.parametrize("same", [True, False])
async def test_the_expiry_that_is_shown_is_the_one_that_is_written(
    service: PortfolioService, query: str, term: Term, same: bool
) -> None:
    client = await some_client(service, query)
    plan = (client.plan or "Controle I").upper() if same else "Outro plano"
    terms = Contract(plan=plan, payer=Payer.CLIENT, term=term, auto_renews=True)
    written = await service.contract(client.id, terms, client.version)
    assert expiry(client, f" {plan} ", term, service.today) == written.expires_on


@pytest.mark.parametrize("size", [*SIZES, TINY])
async def test_hostile_names_are_text(
    service: PortfolioService, size: tuple[int, int], subtests: pytest.Subtests
) -> None:
    app = DialogHost()
    async with app.run_test(size=size) as pilot:
        for number, name in enumerate(name for name in HOSTILE if name.isprintable()):
            with subtests.test(name=name):
                document = complete(f"{90_000_000 + number:08d}0009")
                client = await service.create(ClientChanges(name=name, document=document, plan=name))
                dialog = ContractPlan(service, client)
                await app.open(dialog, pilot)
                if size != TINY:
                    assert app.text().count(name) == 2
                    await pilot.click("#who")
                await pilot.press("down", "down")
                await settled(pilot)
                assert app.is_running
                assert app.screen is dialog
                assert formats.day(service.today.replace(year=2027)) in outcome(app)
                dialog.dismiss(None)
                await settled(pilot)
