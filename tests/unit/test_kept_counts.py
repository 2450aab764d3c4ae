"""The counts kept beside the clients are always those of the clients, whatever is done to them and by what way."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, func, insert, select, update

from caz_tui.data import kept_counts
from caz_tui.data.choices import Charges, LicenceHistory, Payer, Situation, Tab
from caz_tui.data.query import ClientQuery, ClientView
from caz_tui.data.tables import KEPT_COUNTS, carteiras, client_tags, clients
from caz_tui.data.verification import verify
from tests.support import NOON
from tests.unit.strategies import TODAY, days_around, portfolios

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Select
    from sqlalchemy.ext.asyncio import AsyncConnection

    from caz_tui.data.schemas import ClientChanges
    from caz_tui.data.service import PortfolioService
    from tests.support import Desk

plans = st.sampled_from([None, "Controle", "CONTROLE", "Pró"])
values = st.fixed_dictionaries(
    {},
    optional={
        "archived": st.booleans(),
        "situation": st.sampled_from([one.value for one in Situation]),
        "plan": plans,
        "plan_folded": plans,
        "payer": st.sampled_from([None, *(one.value for one in Payer)]),
        "licence_history": st.sampled_from([one.value for one in LicenceHistory]),
        "auto_renews": st.sampled_from([None, True, False]),
        "ca_charges": st.sampled_from([one.value for one in Charges]),
        "expires_on": st.none() | days_around,
        "carteira_id": st.sampled_from([None, 1, 2]),
        "notes": st.text("ab", max_size=3),
    },
).filter(bool)
"""What may be written to some clients at once, the columns that are counted and one that is not."""

steps = st.lists(
    st.tuples(st.sampled_from(["change", "change", "remove"]), st.sets(st.integers(0, 9)), values), max_size=5
)


async def _truth(connection: AsyncConnection) -> list[str]:
    return await connection.run_sync(kept_counts.problems)


def _ids(some: ColumnElement[bool]) -> Select[tuple[int]]:
    return select(clients.c.id).where(some)


@pytest.mark.both_engines
@given(portfolios(most=10), steps)
def test_they_are_right_after_every_step(
    desk: Desk, portfolio: list[ClientChanges], steps: list[tuple[str, set[int], dict[str, object]]]
) -> None:
    ids = desk.refill(portfolio)

    async def take() -> None:
        async with desk.database.write() as connection:
            names = ("Sul", "Norte")
            rows = [
                {"id": place, "name": name, "name_folded": name, "created_at": NOON, "created_by": "x"}
                for place, name in enumerate(names, 1)
            ]
            await connection.execute(insert(carteiras), rows)
            assert await _truth(connection) == []
            for what, chosen, written in steps:
                some = clients.c.id.in_([ids[place] for place in chosen if place < len(ids)])
                if what == "change":
                    await connection.execute(update(clients).where(some).values(written))
                else:
                    await connection.execute(delete(client_tags).where(client_tags.c.client_id.in_(_ids(some))))
                    await connection.execute(delete(clients).where(some))
                assert await _truth(connection) == []
                every = [await connection.scalar(select(func.sum(table.c.clients))) or 0 for table in KEPT_COUNTS]
                assert set(every) == {await connection.scalar(select(func.count()).select_from(clients))}

    desk.run(take())


@pytest.mark.both_engines
async def test_no_combination_is_kept_that_no_client_has(service: PortfolioService) -> None:
    async with service._database.write() as connection:
        await connection.execute(update(clients).values(situation="cancelado", plan=None, plan_folded=None))
        await connection.execute(update(clients).values(payer=None, auto_renews=None, expires_on=None))
        await connection.execute(update(clients).values(export_start=None, export_end=None))
        for table in KEPT_COUNTS:
            assert await connection.scalar(select(table.c.clients).where(table.c.clients <= 0)) is None
            assert len((await connection.execute(select(table))).all()) < 40
        assert await _truth(connection) == []


@pytest.mark.parametrize(
    ("text", "is_kept"),
    [
        ("", True),
        ("situacao:ativo historico:ativa renovacao:sim cobrancas:em_dia", True),
        ("plano:Controle* pago_por:escritorio,sem_plano", True),
        ("vencimento:30d renovacao:nao", True),
        ("situacao:ativo -exportacao:35d", True),
        ("arquivado:sim", True),
        ("padaria", False),
        ("uf:SP", False),
        ("etiqueta:vip", False),
        ("carteira:Sul", False),
        ("situacao:ativo vencimento:30d", False),
    ],
)
def test_what_they_can_answer(text: str, is_kept: bool) -> None:
    view = ClientView(Tab.ALL, ClientQuery.parse(text))
    assert (kept_counts.counting(view, TODAY) is not None) == is_kept


@pytest.mark.both_engines
async def test_verificar_finds_a_count_that_was_changed_behind_the_program(service: PortfolioService) -> None:
    async with service._database.write() as connection:
        by_expiry = KEPT_COUNTS[1]
        await connection.execute(update(by_expiry).values(clients=by_expiry.c.clients + 1))
    place = service.path
    await service.close()
    assert await verify(place) == ("Os números guardados em clients_by_expiry não batem com os clientes.",)
