"""The demonstration is the same for everyone on the same day, valid in every field, and hangs together."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from caz_tui.data import figures, kept_counts, trail
from caz_tui.data.choices import Charges, LicenceHistory, Payer, PurchaseStatus, Situation, Tab
from caz_tui.data.demo import fill
from caz_tui.data.demo_clients import Inventor
from caz_tui.data.documents import is_valid
from caz_tui.data.engine import Database
from caz_tui.data.errors import Refused
from caz_tui.data.query import ClientQuery, ClientView
from caz_tui.data.rows import columns_of
from caz_tui.data.schemas import ClientChanges
from caz_tui.data.service import PortfolioService
from caz_tui.data.tables import alembic_version, client_tags, clients, licence_events, metadata
from tests.support import NOON, FrozenClock
from tests.unit.strategies import TODAY

if TYPE_CHECKING:
    from pathlib import Path

    from caz_tui.data.readings import Client

DAYS = (
    NOON,
    datetime(2027, 1, 1, 12, tzinfo=UTC),
    datetime(2028, 2, 29, 12, tzinfo=UTC),
    datetime(2026, 3, 31, 12, tzinfo=UTC),
)


async def _contents(path: Path, moment: datetime, count: int) -> dict[str, list[tuple[Any, ...]]]:
    database = await Database.open(path)
    await fill(database, FrozenClock(moment), count)
    async with database.read() as connection:
        found = {
            table.name: [tuple(row) for row in await connection.execute(select(table))]
            for table in metadata.sorted_tables
            if table is not alembic_version
        }
    await database.close()
    # The key is another one in each database, and so are the seals made with it.
    found["settings"] = [row for row in found["settings"] if row[0] != trail.KEY_SETTING]
    found["audit_entries"] = [row[:-1] for row in found["audit_entries"]]
    return found


async def _everyone(service: PortfolioService) -> list[Client]:
    async with service._database.read() as connection:
        ids = list(await connection.scalars(select(clients.c.id)))
    return [await service.client(one) for one in ids]


async def test_the_same_day_gives_the_same_portfolio(tmp_path: Path) -> None:
    first = await _contents(tmp_path / "a.db", NOON, 60)
    assert await _contents(tmp_path / "b.db", NOON + timedelta(hours=3), 60) == first
    assert await _contents(tmp_path / "c.db", NOON + timedelta(days=1), 60) != first


@pytest.mark.parametrize("count", [0, 1, 7])
async def test_small_portfolios(tmp_path: Path, count: int) -> None:
    assert len((await _contents(tmp_path / "a.db", NOON, count))["clients"]) == count


async def test_it_only_goes_into_an_empty_portfolio(service: PortfolioService) -> None:
    with pytest.raises(Refused, match="carteira vazia"):
        await fill(service._database, FrozenClock())


@pytest.mark.parametrize("moment", DAYS, ids=lambda moment: f"{moment:%d-%m-%Y}")
def test_every_field_would_be_accepted_from_a_form(moment: datetime) -> None:
    day = moment.date()
    documents = set()
    for client in Inventor().clients(day, 300):
        fields = client.fields
        assert ClientChanges(**fields.model_dump()) == fields
        assert is_valid(fields.document)
        documents.add(fields.document)
        days = [event.on for event in client.events]
        assert days == sorted(days)
        assert client.created_on < day
        assert all(one < day for one in days)
    assert len(documents) == 300


async def test_the_fields_hang_together(service: PortfolioService) -> None:
    for client in await _everyone(service):
        if client.plan is None:
            assert (client.payer, client.expires_on, client.auto_renews) == (None, None, None)
            assert client.licence_history is not LicenceHistory.ACTIVE
        else:
            assert None not in (client.payer, client.expires_on, client.auto_renews)
            events = await service.timeline(client.id)
            last = events[0]
            assert (last.plan, last.payer, last.expires_on) == (client.plan, client.payer, client.expires_on)
            assert events[-1].what == "Contratou um plano"
            overdue = client.expires_on is not None and client.expires_on < TODAY
            assert (client.licence_history is LicenceHistory.EXPIRED) == overdue
        history = await service.history(client.id)
        assert len(history) == client.version
        assert history[-1].action == "Cadastrou"
        if client.last_export is not None:
            assert client.last_export.end < TODAY


async def test_there_is_something_of_everything(service: PortfolioService) -> None:
    everyone = await _everyone(service)
    assert len(everyone) == 300
    assert {client.situation for client in everyone} == set(Situation)
    assert {client.licence_history for client in everyone} == set(LicenceHistory)
    assert {client.ca_charges for client in everyone} == set(Charges)
    assert {client.payer for client in everyone} == {*Payer, None}
    assert {"Essencial I", "Essencial II", "Controle I", "Controle II", "Avançado I", "Avançado II"} <= {
        client.plan for client in everyone
    }
    assert {"Performance I", figures.EXCLUSIVE_PLAN, None} <= {client.plan for client in everyone}
    documents = [client.document for client in everyone]
    assert any(len(document) == 11 for document in documents)
    assert any(len(document) == 14 and not document.isdigit() for document in documents)
    assert len({client.name for client in everyone}) == 300
    assert sum("̃" in unicodedata.normalize("NFD", client.name) for client in everyone) > 20
    assert any(client.archived for client in everyone)
    for text in (
        "vencimento:hoje",
        "vencimento:vencido",
        "vencimento:1d..30d",
        "vencimento:200d..",
        "exportacao:-35d",
        "exportacao:..-36d",
        "exportacao:nunca situacao:ativo",
        "etiqueta:*",
        "suporte:*",
        "renovacao:sim",
    ):
        assert await service.count(ClientView(Tab.ALL, ClientQuery.parse(text))) > 0, text


async def test_the_proportions_are_those_of_an_office(service: PortfolioService) -> None:
    summary = await service.summary()
    assert 0.82 < summary.active / summary.total < 0.9
    assert 0.45 < summary.by_payer[Payer.CLIENT] / summary.total < 0.65
    assert 0.2 < summary.by_payer[Payer.OFFICE] / summary.total < 0.4
    assert all(0 < count < 0.12 * summary.total for count in summary.attention.values())
    in_arrears = figures.by_situation(Situation.OVERDUE)
    owing = await service.count(ClientView(Tab.ALL, in_arrears & ClientQuery.parse("cobrancas:em_atraso")))
    assert owing > summary.by_situation[Situation.OVERDUE] / 2
    assert await service.office_name() == "Escritório Demonstração"


async def test_the_batches_of_licences(service: PortfolioService) -> None:
    licences = await service.licences()
    assert licences.in_use > 0
    assert licences.free > 0
    purchases = await service.purchases()
    assert {purchase.status for purchase in purchases} == set(PurchaseStatus)
    in_force = [purchase for purchase in purchases if purchase.active_licences]
    assert in_force == [purchases[0]]
    assert [item.product for item in purchases[0].items] == ["Licença Plano Exclusivo – anual", "Licença adicional"]
    assert purchases[0].number == "2026-0228"
    assert licences.renews_on is not None
    assert 60 < (licences.renews_on - TODAY).days < 120
    users = await service.licence_users()
    assert len(users) == licences.in_use
    assert all(user.since and user.since < TODAY and user.previous_plan for user in users)
    assert len(await service.benefits()) == 8


async def test_a_large_portfolio_is_as_coherent_as_a_small_one(tmp_path: Path) -> None:
    told: list[int] = []
    database = await Database.open(tmp_path / "grande.db")
    wanted = {index.name for table in metadata.sorted_tables for index in table.indexes}
    await fill(database, FrozenClock(), 12_345, told.append)
    assert told == sorted(told)
    assert told[-1] == 12_345
    service = PortfolioService(database, user="operador", clock=FrozenClock())
    async with database.read() as connection:
        names = set(await connection.scalars(select(clients.c.name)))
        documents = list(await connection.scalars(select(clients.c.document)))
        made = await connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'index'")
        assert wanted <= {row.name for row in made}
        assert await connection.run_sync(kept_counts.problems) == []
        assert len(set(documents)) == len(names) == 12_345
        assert all(map(is_valid, documents))
        copies = list(await connection.scalars(select(clients.c.id).where(clients.c.id % 997 == 0)))
        for one in copies:
            client = await service.client(one)
            row = (await connection.execute(select(clients).where(clients.c.id == one))).one()._mapping
            assert {name: row[name] for name in columns_of(client)} == columns_of(client)
            tags = await connection.scalars(select(client_tags.c.tag_folded).where(client_tags.c.client_id == one))
            assert len(list(tags)) == len(client.tags)
            events = list(
                await connection.scalars(select(licence_events.c.plan).where(licence_events.c.client_id == one))
            )
            assert bool(events) == (client.plan is not None)
            assert len(await service.history(one)) == client.version
    licences = await service.licences()
    assert licences.free > 0
    assert len(await service.licence_users()) == licences.in_use > 2_000
    await service.close()
