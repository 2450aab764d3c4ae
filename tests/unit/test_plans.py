"""A plan has one spelling, whoever writes it and however; and without a plan there is nothing to renew."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update

from caz_tui.data.choices import Payer, Term
from caz_tui.data.plans import Spellings
from caz_tui.data.query import ClientView
from caz_tui.data.schemas import ClientChanges, Contract
from caz_tui.data.tables import clients
from caz_tui.data.text import fold
from tests.support import dear
from tests.unit.program import HEADERS, Office, cnpj

if TYPE_CHECKING:
    from caz_tui.data.readings import Client
    from caz_tui.data.service import PortfolioService
    from tests.support import Desk

PLAN_HEADERS = ("Razão Social", "CNPJ/CPF", "Plano", "Renovação automática")
SPELLINGS = ("Plano Exclusivo", "plano exclusivo", "PLANO EXCLUSÍVO", "Controle I", "contrôle i", "Avançado II")


async def add(service: PortfolioService, number: int, **fields: Any) -> Client:
    return await service.create(ClientChanges(name=f"Empresa {number}", document=cnpj(number), **fields))


async def plans_of(service: PortfolioService) -> list[str | None]:
    return [row.plan for row in (await service.page(ClientView(), 0, 100)).rows]


@pytest.mark.both_engines
async def test_every_way_of_writing_a_plan_takes_the_spelling_there_is(empty_service: PortfolioService) -> None:
    service = empty_service
    await add(service, 1, plan="Plano Exclusivo")
    created = await add(service, 2, plan="plano exclusivo")
    assert created.plan == "Plano Exclusivo"
    terms = Contract(plan="PLANO EXCLUSÍVO", payer=Payer.CLIENT, term=Term.YEARLY, auto_renews=True)
    prospect = await add(service, 3)
    contracted = await service.contract(prospect.id, terms, prospect.version)
    assert contracted.plan == "Plano Exclusivo"
    edited = await service.update(created.id, ClientChanges(plan="plano EXCLUSIVO"), created.version)
    assert edited == created
    assert (await service.timeline(contracted.id))[0].plan == "Plano Exclusivo"
    assert (await service.summary()).by_plan == {"Plano Exclusivo": 3}


@pytest.mark.both_engines
async def test_whoever_alone_has_a_plan_may_spell_it_anew(empty_service: PortfolioService) -> None:
    client = await add(empty_service, 1, plan="controle i")
    edited = await empty_service.update(client.id, ClientChanges(plan="Controle I"), client.version)
    assert edited.plan == "Controle I"


@pytest.mark.both_engines
async def test_the_spelling_of_an_archived_client_counts_and_a_client_keeps_what_is_not_edited(
    empty_service: PortfolioService,
) -> None:
    service = empty_service
    await add(service, 1, plan="Controle I", archived=True)
    other = await add(service, 2, plan="controle i")
    assert other.plan == "Controle I"
    # As an older version left it.
    async with service._database.write() as connection:
        await connection.execute(update(clients).where(clients.c.id == other.id).values(plan="controle i"))
    edited = await service.update(other.id, ClientChanges(city="Recife"), other.version)
    assert (edited.plan, edited.city) == ("controle i", "Recife")


written = st.lists(st.tuples(st.sampled_from(SPELLINGS), st.booleans()), min_size=1, max_size=12)


@dear(10)
@given(written)
def test_the_figures_by_plan_are_those_of_the_rows(desk: Desk, plans: list[tuple[str, bool]]) -> None:
    desk.refill([])
    service = desk.service
    for number, (plan, is_edit) in enumerate(plans, start=1):
        client = desk.run(add(service, number, **({} if is_edit else {"plan": plan})))
        if is_edit:
            desk.run(service.update(client.id, ClientChanges(plan=plan), client.version))
    counted = Counter(desk.run(plans_of(service)))
    assert desk.run(service.summary()).by_plan == counted
    assert len(counted) == len({fold(plan) for plan, _ in plans})
    assert set(counted) == {next(one for one, _ in plans if fold(one) == fold(plan)) for plan, _ in plans}


@pytest.mark.both_engines
def test_an_import_takes_the_spelling_there_is_or_the_first_of_the_file(office: Office) -> None:
    office.imported("a.csv", PLAN_HEADERS, ("Ana", cnpj(1), "Controle I", "Não"), ("Bia", cnpj(2), "", ""))
    office.imported(
        "b.csv", PLAN_HEADERS,
        ("Ana", cnpj(1), "CONTROLE I", "Não"), ("Bia", cnpj(2), "contrôle i", "Sim"),
        ("Caio", cnpj(3), "avançado ii", ""), ("Davi", cnpj(4), "Avançado II", ""), ("Eva", cnpj(5), "controle I", ""),
    )  # fmt: skip
    rows = office.clients()
    assert [row["plano"] for row in rows] == ["Controle I"] * 2 + ["avançado ii"] * 2 + ["Controle I"]
    assert office.ask("carteira")["por_plano"] == Counter(row["plano"] for row in rows)
    assert len(office.clients("plano:avancado*")) == 2


@given(st.lists(st.sampled_from(SPELLINGS)))
def test_the_first_spelling_is_that_of_all(asked: list[str]) -> None:
    spelled = Spellings({fold("Controle I"): "CONTROLE I"})
    first = {fold("Controle I"): "CONTROLE I"}
    for plan in asked:
        assert spelled.of(plan) == first.setdefault(fold(plan), plan)


# Renewal


@pytest.mark.both_engines
async def test_without_a_plan_there_is_nothing_to_renew(empty_service: PortfolioService) -> None:
    service = empty_service
    created = await add(service, 1, auto_renews=True, payer=Payer.CLIENT)
    assert (created.plan, created.auto_renews, created.payer) == (None, None, Payer.CLIENT)
    assert await service.update(created.id, ClientChanges(auto_renews=False), created.version) == created
    planned = await service.update(created.id, ClientChanges(plan="P", auto_renews=True), created.version)
    assert planned.auto_renews is True
    left = await service.update(created.id, ClientChanges(plan=None, payer=None), planned.version)
    assert (left.plan, left.auto_renews) == (None, None)


@pytest.mark.both_engines
def test_an_import_stores_no_renewal_without_a_plan(office: Office) -> None:
    rows = (("Ana", cnpj(1), "", "Sim"), ("Bia", cnpj(2), "P", "Sim"), ("Caio", cnpj(3), "P", "Não"))
    office.imported("a.csv", PLAN_HEADERS, *rows)
    assert [client["renovacao"] for client in office.clients()] == [None, True, False]
    # The plan goes, in a file that says nothing of the renewal.
    office.imported("b.csv", PLAN_HEADERS[:3], ("Bia", cnpj(2), ""))
    assert [client["renovacao"] for client in office.clients()] == [None, None, False]
    office.imported("c.csv", ("Razão Social", "CNPJ/CPF", "Renovação automática"), ("Dani", cnpj(4), "Sim"))
    assert office.clients("renovacao:sim") == []
    assert office.run("banco", "verificar").status == 0


def test_who_pays_without_a_plan_is_taken_as_it_is(office: Office) -> None:
    office.imported("a.csv", (*HEADERS, "Plano", "Pago por"), ("Ana", cnpj(1), "Ativo", "", "", "Escritório"),
        ("Bia", cnpj(2), "Ativo", "", "P", ""))  # fmt: skip
    assert [(row["plano"], row["pago_por"]) for row in office.clients()] == [(None, "escritorio"), ("P", None)]
