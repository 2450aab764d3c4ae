"""Writing clients: what is refused, what is recorded, and what must never be lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, insert, select

from caz_tui.data.choices import Field, LicenceHistory, Payer, Situation, Tab, Term
from caz_tui.data.clock import add_months, today
from caz_tui.data.errors import InvalidClient, NotFound, Refused, StaleClient
from caz_tui.data.query import ClientQuery, ClientView
from caz_tui.data.readings import ExportPeriod
from caz_tui.data.schemas import ClientChanges, Contract, FieldChange
from caz_tui.data.service import PortfolioService
from caz_tui.data.tables import audit_entries, client_tags, licence_events, purchase_items, purchases
from caz_tui.data.text import fold
from tests.support import NOON, FrozenClock, dear
from tests.unit.strategies import portfolios

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Table

    from caz_tui.data.readings import Client
    from tests.support import Desk

pytestmark = pytest.mark.both_engines

CNPJ = "12ABC34501DE35"
CPF = "52998224725"
TODAY = date(2026, 11, 24)
SOON, LATELY = date(2026, 12, 1), date(2026, 11, 17)


def _changes(**fields: Any) -> ClientChanges:
    return ClientChanges(**{"name": "Açaí da Praça", "document": CNPJ, **fields})


def _terms(**fields: Any) -> Contract:
    return Contract(
        **{"plan": "Controle I", "payer": Payer.CLIENT, "term": Term.YEARLY, "auto_renews": False, **fields}
    )


async def _rows(service: PortfolioService, table: Table) -> int:
    async with service._database.read() as connection:
        return int(await connection.scalar(select(func.count()).select_from(table)) or 0)


async def _buy_licences(service: PortfolioService, quantity: int) -> None:
    async with service._database.write() as connection:
        batch = {"id": 1, "number": "1", "bought_on": TODAY, "description": "Plano Exclusivo"}
        await connection.execute(insert(purchases).values(**batch, payment_method="Pix", status="paga"))
        item = {"purchase_id": 1, "product": "Licença", "quantity": quantity, "unit_price_cents": 1}
        await connection.execute(insert(purchase_items).values(item))


async def _tag_index(service: PortfolioService) -> dict[int, set[str]]:
    found: dict[int, set[str]] = {}
    async with service._database.read() as connection:
        for row in await connection.execute(select(client_tags)):
            found.setdefault(row.client_id, set()).add(row.tag_folded)
    return found


@pytest.fixture
async def acai(empty_service: PortfolioService) -> Client:
    return await empty_service.create(_changes(tags="MEI, Prioridade", notes="uma\nnota"))


async def test_a_new_client_is_written_whole_and_recorded(empty_service: PortfolioService, acai: Client) -> None:
    assert (acai.version, acai.situation, acai.licence_history) == (1, Situation.NOT_CONNECTED, LicenceHistory.NEVER)
    assert (acai.created_at, acai.created_by, acai.updated_at) == (NOON, "operador", NOON)
    assert await empty_service.client(acai.id) == acai
    (entry,) = await empty_service.history(acai.id)
    assert (entry.at, entry.by, entry.action, entry.changes) == (NOON, "operador", "Cadastrou", ())
    assert await empty_service.timeline(acai.id) == ()
    assert await _tag_index(empty_service) == {acai.id: {"mei", "prioridade"}}
    assert await empty_service.known_tags() == ("mei", "prioridade")


async def test_a_new_client_with_a_plan_has_a_licence_event(empty_service: PortfolioService) -> None:
    made = await empty_service.create(_changes(plan="Controle I", payer="cliente", expires_on="31/12/2026"))
    (event,) = await empty_service.timeline(made.id)
    assert (event.what, event.plan, event.previous_plan, event.expires_on) == (
        "Cadastrou",
        "Controle I",
        None,
        date(2026, 12, 31),
    )


async def test_name_and_document_are_needed(empty_service: PortfolioService) -> None:
    with pytest.raises(InvalidClient) as caught:
        await empty_service.create(ClientChanges(city="Santos"))
    assert [problem.field for problem in caught.value.problems] == ["nome", "documento"]
    assert await empty_service.is_empty()


async def test_a_document_belongs_to_one_client(empty_service: PortfolioService, acai: Client) -> None:
    with pytest.raises(InvalidClient, match=r"12\.ABC\.345/01DE-35 já é de Açaí da Praça") as caught:
        await empty_service.create(_changes(name="Outra"))
    assert caught.value.problems[0].field == "documento"
    other = await empty_service.create(_changes(document=CPF))
    with pytest.raises(InvalidClient, match="já é de Açaí"):
        await empty_service.update(other.id, ClientChanges(document=CNPJ), other.version)
    assert (await empty_service.update(acai.id, ClientChanges(document=CNPJ.lower()), acai.version)) == acai


async def test_only_the_fields_that_are_set_change(empty_service: PortfolioService, acai: Client) -> None:
    changed = await empty_service.update(acai.id, ClientChanges(city="São Paulo", state="sp"), acai.version)
    assert changed == replace(acai, city="São Paulo", state="SP", version=2)
    entry = (await empty_service.history(acai.id))[0]
    assert entry.action == "Editou"
    assert entry.changes == (
        FieldChange(field=Field.CITY, before="–", after="São Paulo"),
        FieldChange(field=Field.STATE, before="–", after="SP"),
    )
    assert await _rows(empty_service, licence_events) == 0


async def test_an_update_that_changes_nothing_writes_nothing(empty_service: PortfolioService, acai: Client) -> None:
    before = await _rows(empty_service, audit_entries)
    same = ClientChanges(name=acai.name, tags=acai.tags, notes=acai.notes)
    assert await empty_service.update(acai.id, same, acai.version) == acai
    assert await _rows(empty_service, audit_entries) == before


async def test_a_client_that_someone_else_changed_is_not_overwritten(
    empty_service: PortfolioService, acai: Client
) -> None:
    theirs = await empty_service.update(acai.id, ClientChanges(city="Santos"), acai.version)
    attempts = (
        empty_service.update(acai.id, ClientChanges(city="Niterói"), acai.version),
        empty_service.contract(acai.id, _terms(), acai.version),
        empty_service.delete(acai.id, acai.version),
    )
    for attempt in attempts:
        with pytest.raises(StaleClient, match="Outra pessoa alterou") as caught:
            await attempt
        assert caught.value.theirs == theirs
    assert await empty_service.client(acai.id) == theirs


async def test_a_client_that_is_gone_is_not_found(empty_service: PortfolioService, acai: Client) -> None:
    await empty_service.delete(acai.id, acai.version)
    attempts = (
        empty_service.client(acai.id),
        empty_service.update(acai.id, ClientChanges(city="Niterói"), acai.version),
        empty_service.contract(acai.id, _terms(), acai.version),
        empty_service.delete(acai.id, acai.version),
    )
    for attempt in attempts:
        with pytest.raises(NotFound, match="não existe mais"):
            await attempt


@pytest.mark.parametrize("situation", Situation)
async def test_only_prospects_are_deleted(empty_service: PortfolioService, situation: Situation) -> None:
    made = await empty_service.create(_changes(situation=situation, plan="Controle I", tags="a"))
    if situation in (Situation.NOT_CONNECTED, Situation.HIGHLY_RECOMMENDED):
        await empty_service.delete(made.id, made.version)
        assert await empty_service.is_empty()
        assert await _rows(empty_service, client_tags) == await _rows(empty_service, licence_events) == 0
        assert [entry.action for entry in await empty_service.history(made.id)] == ["Excluiu", "Cadastrou"]
    else:
        with pytest.raises(Refused, match=f"está em {situation.label}"):
            await empty_service.delete(made.id, made.version)
        assert await empty_service.client(made.id) == made


async def test_an_id_is_never_given_again(empty_service: PortfolioService, acai: Client) -> None:
    await empty_service.delete(acai.id, acai.version)
    assert (await empty_service.create(_changes())).id > acai.id


async def test_contracting_sets_the_plan_and_leaves_a_trail(empty_service: PortfolioService) -> None:
    made = await empty_service.create(_changes(situation=Situation.HIGHLY_RECOMMENDED))
    done = await empty_service.contract(made.id, _terms(term=Term.QUARTERLY, auto_renews=True), made.version)
    assert (done.plan, done.payer, done.auto_renews) == ("Controle I", Payer.CLIENT, True)
    assert (done.situation, done.licence_history) == (Situation.ACTIVE, LicenceHistory.ACTIVE)
    assert done.expires_on == date(2027, 2, 24)
    (event,) = await empty_service.timeline(made.id)
    assert (event.what, event.plan, event.previous_plan, event.term, event.by, event.expires_on) == (
        "Contratou um plano",
        "Controle I",
        None,
        Term.QUARTERLY,
        "operador",
        date(2027, 2, 24),
    )
    entry = (await empty_service.history(made.id))[0]
    assert entry.action == "Contratou um plano"
    assert FieldChange(field=Field.PLAN, before="–", after="Controle I") in entry.changes
    assert FieldChange(field=Field.AUTO_RENEWS, before="–", after="Sim") in entry.changes
    assert await empty_service.count(ClientView(Tab.PAID_BY_CLIENT)) == 1


@pytest.mark.parametrize(
    ("before", "plan", "what", "expires_on"),
    [
        ({"plan": "controle i", "expires_on": SOON}, "Controle I", "Renovou o plano", date(2027, 1, 1)),
        ({"plan": "Controle I", "expires_on": LATELY}, "Controle I", "Renovou o plano", date(2026, 12, 24)),
        ({"plan": "Controle I"}, "Controle I", "Renovou o plano", date(2026, 12, 24)),
        ({"plan": "Controle I", "expires_on": SOON}, "Avançado I", "Trocou de plano", date(2026, 12, 24)),
        ({}, "Controle I", "Contratou um plano", date(2026, 12, 24)),
    ],
)
async def test_a_renewal_starts_where_the_running_term_ends(
    empty_service: PortfolioService, before: dict[str, Any], plan: str, what: str, expires_on: date
) -> None:
    made = await empty_service.create(_changes(situation=Situation.ACTIVE, **before))
    done = await empty_service.contract(made.id, _terms(plan=plan, term=Term.MONTHLY), made.version)
    assert done.expires_on == expires_on
    event = (await empty_service.timeline(made.id))[0]
    assert (event.what, event.previous_plan) == (what, before.get("plan"))


async def test_a_renewal_that_changes_no_field_is_still_recorded(empty_service: PortfolioService) -> None:
    made = await empty_service.create(_changes(situation=Situation.ACTIVE))
    first = await empty_service.contract(made.id, _terms(), made.version)
    again = await empty_service.contract(made.id, _terms(plan="Avançado I"), first.version)
    back = await empty_service.contract(made.id, _terms(plan="Avançado I"), again.version)
    assert [event.what for event in await empty_service.timeline(made.id)] == [
        "Renovou o plano",
        "Trocou de plano",
        "Contratou um plano",
    ]
    assert back.expires_on == date(2028, 11, 24)


@pytest.mark.parametrize(
    ("day", "months", "end"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2026, 12, 31), 1, date(2027, 1, 31)),
        (date(2026, 3, 31), -1, date(2026, 2, 28)),
    ],
)
def test_months_end_where_the_calendar_does(day: date, months: int, end: date) -> None:
    assert add_months(day, months) == end


@given(st.dates(date(1990, 1, 1), date(2100, 12, 31)), st.integers(-120, 120))
def test_months_are_calendar_months(day: date, months: int) -> None:
    end = add_months(day, months)
    assert (end.year * 12 + end.month) - (day.year * 12 + day.month) == months
    assert end.day == day.day or (end.day < day.day and (end + timedelta(days=1)).day == 1)


async def test_today_is_the_day_in_sao_paulo(tmp_path: Path) -> None:
    clock = FrozenClock(datetime(2026, 2, 1, 2, 59, tzinfo=UTC))
    assert today(clock) == date(2026, 1, 31)
    service = await PortfolioService.open(tmp_path / "carteira.db", user="operador", clock=clock)
    made = await service.create(_changes())
    done = await service.contract(made.id, _terms(term=Term.MONTHLY), made.version)
    assert done.expires_on == date(2026, 2, 28)
    clock.moment += timedelta(minutes=1)
    assert service.today == date(2026, 2, 1)
    await service.close()


async def test_no_more_licences_are_used_than_were_bought(empty_service: PortfolioService) -> None:
    await _buy_licences(empty_service, 1)
    exclusive = _terms(plan="plano exclusivo", payer=Payer.OFFICE)
    first = await empty_service.create(_changes())
    second = await empty_service.create(_changes(document=CPF))
    first = await empty_service.contract(first.id, exclusive, first.version)
    attempts = (
        empty_service.contract(second.id, exclusive, second.version),
        empty_service.update(second.id, ClientChanges(plan="Plano Exclusivo", payer="escritorio"), second.version),
        empty_service.create(_changes(document="A87HBZHB000161", plan="Plano Exclusivo", payer="escritorio")),
    )
    for attempt in attempts:
        with pytest.raises(Refused, match="Não há licença livre do Plano Exclusivo: 1 compradas, 1 em uso"):
            await attempt
    assert await empty_service.client(second.id) == second
    renewed = await empty_service.contract(first.id, exclusive, first.version)
    archived = await empty_service.update(first.id, ClientChanges(archived=True), renewed.version)
    second = await empty_service.contract(second.id, exclusive, second.version)
    with pytest.raises(Refused, match="licença livre"):
        await empty_service.update(archived.id, ClientChanges(archived=False), archived.version)
    await empty_service.contract(second.id, _terms(plan="Plano Exclusivo"), second.version)
    await empty_service.update(archived.id, ClientChanges(archived=False), archived.version)
    assert (await empty_service.licences()).free == 0


async def test_the_users_of_licences_and_since_when(empty_service: PortfolioService) -> None:
    await _buy_licences(empty_service, 5)
    made = await empty_service.create(_changes(plan="Controle I", situation=Situation.ACTIVE))
    made = await empty_service.contract(made.id, _terms(plan="Plano Exclusivo", payer=Payer.OFFICE), made.version)
    other = await empty_service.create(_changes(name="Água Viva", document=CPF))
    await empty_service.contract(other.id, _terms(plan="Plano Exclusivo", payer=Payer.OFFICE), other.version)
    found = [(user.id, user.since, user.previous_plan) for user in await empty_service.licence_users()]
    assert found == [(made.id, TODAY, "Controle I"), (other.id, TODAY, None)]
    assert [one.number for one in await empty_service.purchases_for(made)] == ["1"]
    assert await empty_service.purchases_for(replace(made, payer=Payer.CLIENT)) == ()


async def test_a_trail_that_people_can_read(empty_service: PortfolioService, acai: Client) -> None:
    changes = ClientChanges(
        expires_on="31/12/2026",
        last_export=ExportPeriod(start=date(2026, 10, 1), end=date(2026, 10, 31)),
        tags="Folha",
        situation="ativo",
        archived=True,
    )
    await empty_service.update(acai.id, changes, acai.version, action="Arquivou")
    entry = (await empty_service.history(acai.id))[0]
    assert entry.action == "Arquivou"
    assert {change.field: (change.before, change.after) for change in entry.changes} == {
        Field.SITUATION: ("Não conectado", "Ativo"),
        Field.EXPIRES_ON: ("–", "31/12/2026"),
        Field.LAST_EXPORT: ("–", "01/10/2026 a 31/10/2026"),
        Field.TAGS: ("MEI, Prioridade", "Folha"),
        Field.ARCHIVED: ("Não", "Sim"),
    }


@dear(10)
@given(portfolios(1, 5), st.lists(st.lists(st.sampled_from(("MEI", "mei", "á", "A", "b")), max_size=3), max_size=4))
def test_the_tag_index_keeps_step(desk: Desk, portfolio: list[ClientChanges], edits: list[list[str]]) -> None:
    ids = desk.refill(portfolio)
    service = desk.service
    for tags in edits:
        client = desk.run(service.client(ids[0]))
        desk.run(service.update(ids[0], ClientChanges(tags=tuple(tags)), client.version))
    written = {one: {fold(tag) for tag in desk.run(service.client(one)).tags} for one in ids}
    assert desk.run(_tag_index(service)) == {one: tags for one, tags in written.items() if tags}


async def test_suggestions_hold_every_word_and_begin_with_the_first(empty_service: PortfolioService) -> None:
    await empty_service.create(_changes(name="Nova Açaí"))
    await empty_service.create(_changes(name="Açaí Nova", document=CPF))
    assert [found.name for found in await empty_service.suggest("acai nova")] == ["Açaí Nova", "Nova Açaí"]
    assert [found.document for found in await empty_service.suggest("12.abc")] == [CNPJ]
    assert [found.name for found in await empty_service.suggest("acai", limit=1)] == ["Açaí Nova"]
    for text in ("", "  ", "\u0301", "acai zebra", "%", "\U0010ffff"):
        assert await empty_service.suggest(text) == ()


async def test_views_are_kept_by_name(empty_service: PortfolioService) -> None:
    view = ClientView(Tab.PAID_BY_OFFICE, ClientQuery.parse('"a b" -uf:SP'))
    await empty_service.save_view(" Minha ", ClientView())
    await empty_service.save_view("Minha", view)
    (saved,) = await empty_service.saved_views()
    assert (saved.name, saved.tab, saved.order) == ("Minha", Tab.PAID_BY_OFFICE, view.order)
    assert ClientQuery.parse(saved.query) == view.query
    await empty_service.forget_view("Minha")
    with pytest.raises(NotFound, match="Minha"):
        await empty_service.forget_view("Minha")


async def test_the_lists_see_every_write(empty_service: PortfolioService) -> None:
    view = ClientView()
    assert (await empty_service.count(view), (await empty_service.page(view, 0, 10)).rows) == (0, ())
    made = await empty_service.create(_changes())
    assert await empty_service.count(view) == len((await empty_service.page(view, 0, 10)).rows) == 1
    made = await empty_service.update(made.id, ClientChanges(name="Zé"), made.version)
    assert (await empty_service.page(view, 0, 10)).rows[0].name == "Zé"
    await empty_service.delete(made.id, made.version)
    assert await empty_service.count(view) == 0
