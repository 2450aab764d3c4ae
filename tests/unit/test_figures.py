"""Every figure is the count of the list behind its door; licences and payments follow their rules."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from sqlalchemy import delete, insert

from caz_tui.data import figures
from caz_tui.data.choices import Attention, Payer, PurchaseStatus, Situation, Tab
from caz_tui.data.errors import NotFound
from caz_tui.data.query import ClientQuery, ClientView
from caz_tui.data.schemas import ClientChanges
from caz_tui.data.tables import benefits, purchase_items, purchases
from tests.support import dear
from tests.unit.oracle import Known, expected
from tests.unit.strategies import TODAY, portfolios

if TYPE_CHECKING:
    from collections.abc import Callable

    from caz_tui.data.engine import Database
    from caz_tui.data.readings import PortfolioSummary
    from caz_tui.data.service import PortfolioService
    from tests.support import Desk

pytestmark = pytest.mark.both_engines

PAID, OPEN, OVERDUE, CANCELLED = (
    PurchaseStatus.PAID,
    PurchaseStatus.OPEN,
    PurchaseStatus.OVERDUE,
    PurchaseStatus.CANCELLED,
)


def _every_figure_is_its_list(summary: PortfolioSummary, behind: Callable[[ClientQuery], int]) -> None:
    assert summary.total == behind(ClientQuery())
    assert summary.active == behind(figures.by_situation(Situation.ACTIVE))
    assert summary.by_payer == {payer: behind(figures.by_payer(payer)) for payer in (*Payer, None)}
    assert summary.by_situation == {one: behind(figures.by_situation(one)) for one in Situation}
    assert summary.by_plan == {plan: behind(figures.by_plan(plan)) for plan in summary.by_plan}
    assert summary.attention == {what: behind(figures.attention(what)) for what in Attention}
    weeks = range(figures.WEEKS_AHEAD)
    assert list(summary.expiring_by_week) == [behind(figures.expiring_in_week(week, TODAY)) for week in weeks]
    assert summary.licences.in_use == behind(figures.licence_users())


def _doors() -> list[ClientQuery]:
    return [
        *(figures.by_payer(payer) for payer in (*Payer, None)),
        *(figures.by_situation(situation) for situation in Situation),
        *(figures.attention(what) for what in Attention),
        *(figures.expiring_in_week(week, TODAY) for week in range(figures.WEEKS_AHEAD)),
        figures.by_plan('Plano "novo", 2*'),
        figures.licence_users(),
    ]


@pytest.mark.parametrize("door", _doors(), ids=str)
def test_a_door_can_be_written_down(door: ClientQuery) -> None:
    assert ClientQuery.parse(str(door)) == door


async def test_the_figures_of_the_demonstration(service: PortfolioService) -> None:
    summary = await service.summary()
    everybody = await service.whole_clients(ClientView(query=ClientQuery.parse("arquivado:sim,nao")), 0, 1_000)
    known = [
        Known(client.id, ClientChanges(**{name: getattr(client, name) for name in ClientChanges.model_fields}))
        for client in everybody
    ]
    _every_figure_is_its_list(summary, lambda query: len(expected(known, ClientView(Tab.ALL, query), TODAY)))
    assert sum(summary.by_situation.values()) == sum(summary.by_payer.values()) == summary.total


@dear(10)
@given(portfolios())
def test_the_figures_of_any_portfolio(desk: Desk, portfolio: list[ClientChanges]) -> None:
    ids = desk.refill(portfolio)
    known = [Known(*pair) for pair in zip(ids, portfolio, strict=True)]
    summary = desk.run(desk.service.summary())
    _every_figure_is_its_list(summary, lambda query: len(expected(known, ClientView(Tab.ALL, query), TODAY)))
    unarchived = [client for client in portfolio if not client.archived]
    assert summary.total == len(unarchived)
    assert sum(summary.by_plan.values()) == sum(client.plan is not None for client in unarchived)
    users = desk.run(desk.service.licence_users())
    assert {user.id for user in users} == set(expected(known, ClientView(Tab.ALL, figures.licence_users()), TODAY))


async def _buy(
    database: Database,
    number: str,
    items: dict[str, int],
    *,
    status: PurchaseStatus = PAID,
    renews_on: date | None = None,
    bought_on: date = TODAY,
    description: str = "Plano Exclusivo",
) -> None:
    async with database.write() as connection:
        result = await connection.execute(
            insert(purchases).values(
                number=number,
                bought_on=bought_on,
                description=description,
                payment_method="Boleto",
                status=status.value,
                renews_on=renews_on,
            )
        )
        purchase_id = result.inserted_primary_key[0]  # type: ignore[index]
        rows = [
            {"purchase_id": purchase_id, "product": product, "quantity": quantity, "unit_price_cents": 1_000}
            for product, quantity in items.items()
        ]
        await connection.execute(insert(purchase_items), rows)


def _office_client(document: str, *, plan: str = "Plano Exclusivo", archived: bool = False) -> ClientChanges:
    return ClientChanges(name=document, document=document, plan=plan, payer=Payer.OFFICE, archived=archived)


@pytest.fixture
async def buying(empty_service: PortfolioService) -> Database:
    return empty_service._database


@pytest.mark.parametrize(
    ("status", "renews_on", "licences"),
    [
        (PAID, TODAY + timedelta(days=90), 7),
        (OPEN, TODAY + timedelta(days=90), 7),
        (PAID, TODAY, 7),
        (PAID, None, 7),
        (PAID, TODAY - timedelta(days=1), 0),
        (OVERDUE, TODAY + timedelta(days=90), 0),
        (CANCELLED, TODAY + timedelta(days=90), 0),
    ],
)
async def test_licences_are_bought_by_purchases_in_force(
    empty_service: PortfolioService, buying: Database, status: PurchaseStatus, renews_on: date | None, licences: int
) -> None:
    await _buy(
        buying, "1", {"Licença Plano Exclusivo – anual": 5, "Licença adicional": 2}, status=status, renews_on=renews_on
    )
    found = await empty_service.licences()
    assert (found.bought, found.in_use, found.free) == (licences, 0, licences)
    assert found.renews_on == (renews_on if licences else None)
    (purchase,) = await empty_service.purchases()
    assert purchase.active_licences == licences
    assert (purchase.quantity, purchase.total_cents) == (7, 7_000)


async def test_other_purchases_buy_no_licence(empty_service: PortfolioService, buying: Database) -> None:
    await _buy(buying, "1", {"Treinamento Conta Azul Mais": 4}, description="Treinamento Conta Azul Mais")
    assert (await empty_service.licences()).bought == 0


async def test_batches_add_up_and_the_first_renewal_counts(empty_service: PortfolioService, buying: Database) -> None:
    await _buy(buying, "1", {"Licença": 5}, renews_on=TODAY + timedelta(days=200))
    await _buy(buying, "2", {"Licença": 3}, renews_on=TODAY + timedelta(days=100))
    await _buy(buying, "3", {"Licença": 9}, renews_on=TODAY + timedelta(days=10), status=CANCELLED)
    found = await empty_service.licences()
    assert (found.bought, found.renews_on) == (8, TODAY + timedelta(days=100))


async def test_licences_in_use_are_the_office_s_own_and_not_archived(
    empty_service: PortfolioService, buying: Database
) -> None:
    await _buy(buying, "1", {"Licença": 2}, renews_on=TODAY)
    await empty_service.create(_office_client("12ABC34501DE35"))
    await empty_service.create(_office_client("A87HBZHB000161", archived=True))
    await empty_service.create(_office_client("52998224725", plan="Controle I"))
    found = await empty_service.licences()
    assert (found.bought, found.in_use, found.free) == (2, 1, 1)
    async with buying.write() as connection:
        await connection.execute(delete(purchase_items))
    found = await empty_service.licences()
    assert (found.bought, found.in_use, found.free) == (0, 1, 0)


async def test_the_batch_in_force_comes_first_then_the_newest(
    empty_service: PortfolioService, buying: Database
) -> None:
    await _buy(buying, "velha", {"Licença": 1}, bought_on=date(2025, 2, 1), renews_on=date(2026, 2, 1))
    await _buy(buying, "vale", {"Licença": 1}, bought_on=date(2026, 2, 1), renews_on=date(2027, 2, 1))
    await _buy(buying, "nova", {"Treinamento": 1}, bought_on=date(2026, 11, 1), description="Treinamento")
    await _buy(buying, "cancelada", {"Licença": 1}, bought_on=date(2026, 11, 2), status=CANCELLED)
    assert [purchase.number for purchase in await empty_service.purchases()] == ["vale", "cancelada", "nova", "velha"]
    assert (await empty_service.purchase(" VALE ")).purchase.number == "vale"
    with pytest.raises(NotFound, match="Não há compra com o número 9"):
        await empty_service.purchase("9")


async def test_the_payments_add_up(empty_service: PortfolioService, buying: Database) -> None:
    soon, later = TODAY + timedelta(days=5), TODAY + timedelta(days=50)
    await _buy(buying, "1", {"Licença": 1}, bought_on=date(2025, 11, 24), renews_on=later)
    await _buy(buying, "2", {"Licença": 2}, bought_on=date(2025, 11, 25), renews_on=soon)
    await _buy(buying, "3", {"Treinamento": 4}, status=OPEN, description="Treinamento")
    await _buy(buying, "4", {"Treinamento": 8}, status=OVERDUE, description="Treinamento", renews_on=TODAY)
    await _buy(buying, "5", {"Treinamento": 16}, status=CANCELLED, description="Treinamento", renews_on=TODAY)
    async with buying.write() as connection:
        rows = [{"credited_on": day, "description": "Bônus", "amount_cents": 50} for day in (TODAY, date(2020, 1, 1))]
        await connection.execute(insert(benefits), rows)
    found = await empty_service.payments_summary()
    assert found.paid_in_12_months_cents == 2_000
    assert found.open_cents == 12_000
    assert found.next_renewal == soon
    assert found.benefits_cents == 100
    assert [benefit.credited_on for benefit in await empty_service.benefits()] == [TODAY, date(2020, 1, 1)]
