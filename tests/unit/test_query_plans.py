"""Every list that the screen offers is read along an index, sorted as it comes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from caz_tui.data import first_with_word, gate, kept_counts, ways
from caz_tui.data.choices import Field, Order, Role, Tab
from caz_tui.data.dialects import base
from caz_tui.data.query import ClientQuery, ClientView, Selection
from caz_tui.data.selects import SORT_FIELDS
from caz_tui.data.service import PortfolioService
from tests.support import FrozenClock
from tests.unit.asking import listings

if TYPE_CHECKING:
    from tests.unit.asking import Statement

# Where a tab leaves but one value, SQLite sorts those of the same name once more, a few at a time.
_SAME_FOR_ALL_OF = {
    Tab.PAID_BY_CLIENT: (Field.PAYER, Field.LICENCE_HISTORY),
    Tab.PAID_BY_OFFICE: (Field.PAYER,),
}


def _of_clients(asked: list[Statement]) -> list[Statement]:
    """Return the statements that look at clients, and not at how many there are of which kind."""
    return [one for one in asked if re.search(r"FROM clients\s", one[0]) and "FROM users" not in one[0]]


async def _plans(service: PortfolioService, asked: list[Statement]) -> list[str]:
    async with service._database.read() as connection:
        return [
            " / ".join(
                row.detail for row in await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
            )
            for statement, parameters in asked
        ]


@pytest.mark.parametrize("descending", [False, True], ids=["crescente", "decrescente"])
@pytest.mark.parametrize("tab", Tab)
async def test_pages_are_walked_along_an_index(
    service: PortfolioService, asked: list[Statement], tab: Tab, descending: bool
) -> None:
    for field in SORT_FIELDS:
        view = ClientView(tab, order=Order(field=field, descending=descending))
        for plan in await _plans(service, await listings(service, asked, view, 5, second=7)):
            assert "USING INDEX" in plan, (tab, field, plan)
            if field not in _SAME_FOR_ALL_OF.get(tab, ()):
                assert "TEMP B-TREE" not in plan, (tab, field, plan)
            assert "TEMP B-TREE FOR ORDER BY" not in plan, (tab, field, plan)


@pytest.mark.parametrize("small", [True, False], ids=["looked up", "walked for"])
@pytest.mark.parametrize("tab", Tab)
async def test_an_analyst_s_pages_and_counts_use_an_index(
    service: PortfolioService, asked: list[Statement], monkeypatch: pytest.MonkeyPatch, tab: Tab, *, small: bool
) -> None:
    monkeypatch.setattr(gate, "FEW_CLIENTS", 5_000 if small else -1)
    await service.assign(Selection(ClientView(query=ClientQuery.parse("uf:RS,SC,PR"))), "Sul", new=True)
    await service.create_user("maria", Role.ANALYST, ["Sul"])
    maria = PortfolioService(service._database, user="maria", clock=FrozenClock())
    for field in SORT_FIELDS:
        view = ClientView(tab, order=Order(field=field))
        asked.clear()
        await maria.page(view, 0, 5)
        await maria.page(view, 7, 5)
        await maria.count(view)
        about_clients = _of_clients(asked)
        assert len(about_clients) >= 2
        for (statement, _), plan in zip(about_clients, await _plans(service, about_clients), strict=True):
            assert "SCAN clients" not in plan.replace("SCAN clients USING", ""), (tab, field, plan)
            if small:
                # The few are found by their carteira, and sorted.
                assert "INDEX ix_clients_by_carteira" in plan, (field, plan)
            elif "ORDER BY" in statement:
                assert "TEMP B-TREE FOR ORDER BY" not in plan, (tab, field, plan)


async def test_figures_look_at_no_client(service: PortfolioService, asked: list[Statement]) -> None:
    await service.assign(Selection(ClientView(query=ClientQuery.parse("uf:RS,SC,PR"))), "Sul", new=True)
    await service.create_user("maria", Role.ANALYST, ["Sul"])
    maria = PortfolioService(service._database, user="maria", clock=FrozenClock())
    await maria.me()
    asked.clear()
    for one in (service, maria):
        await one.summary()
        await one.tab_counts()
    assert len([one for one in asked if "FROM clients_by_" in one[0]]) >= 6
    assert not [one for one in _of_clients(asked) if "carteira_id IN" not in one[0] or "LIMIT" not in one[0]]


@pytest.mark.parametrize("text", ["", "situacao:ativo cobrancas:em_dia", "-pago_por:escritorio", "arquivado:sim"])
async def test_what_is_asked_for_most_is_counted_without_a_look_at_any_client(
    service: PortfolioService, asked: list[Statement], text: str
) -> None:
    for tab in Tab:
        await service.count(ClientView(tab, ClientQuery.parse(text)))
    await service.count(ClientView(query=ClientQuery.parse("vencimento:30d renovacao:nao")))
    assert not _of_clients(asked)


@pytest.mark.parametrize("tab", Tab)
async def test_many_who_have_a_word_are_met_in_order_of_name(
    service: PortfolioService, asked: list[Statement], monkeypatch: pytest.MonkeyPatch, tab: Tab
) -> None:
    monkeypatch.setattr(first_with_word, "FEW_WITH_WORD", 1)
    monkeypatch.setattr(first_with_word, "GLANCE", 200)
    for descending in (False, True):
        asked.clear()
        view = ClientView(tab, ClientQuery.parse("contato"), Order(descending=descending))
        assert len((await service.page(view, 0, 5)).rows) == 5
        plan, *_ = await _plans(service, [one for one in _of_clients(asked) if "json_each" in one[0]])
        # Up to the last name that is looked at, with a list of who has the word beside it.
        assert "SEARCH clients USING INDEX ix_clients_by_name (archived=? AND (name_folded,name)" in plan
        assert "LIST SUBQUERY" in plan
        assert "TEMP B-TREE" not in plan


async def test_those_whose_names_begin_with_a_word_are_read_where_they_stand(
    service: PortfolioService, asked: list[Statement], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(first_with_word, "FEW_WITH_WORD", 3)
    found = await service.page(ClientView(query=ClientQuery.parse("padaria")), 0, 3)
    assert [row.name.split()[0] for row in found.rows] == ["Padaria"] * 3
    [plan] = await _plans(service, [one for one in _of_clients(asked) if "ORDER BY" in one[0]])
    assert "INDEX ix_clients_by_name (archived=? AND name_folded>? AND name_folded<?)" in plan
    assert "TEMP B-TREE" not in plan


async def test_a_word_that_is_typed_on_is_not_looked_for_again_where_names_begin_with_it(
    service: PortfolioService, asked: list[Statement], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(first_with_word, "FEW_WITH_WORD", 3)
    for text, looks in (("pad", 1), ("pada", 0), ("padaria", 0)):
        asked.clear()
        await service.page(ClientView(query=ClientQuery.parse(text)), 0, 3)
        assert len([one for one in asked if "MATCH" in one[0]]) == looks, text


async def test_a_word_that_many_have_is_looked_for_once(
    service: PortfolioService, asked: list[Statement], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(base, "MOST_LOOKED_UP", 1)
    view = ClientView(query=ClientQuery.parse("contato"))
    for _ in range(2):
        assert len((await service.page(view, 0, 3)).rows) == 3
    assert len([one for one in asked if "MATCH" in one[0]]) == 1


@pytest.mark.parametrize("text", ["padaria", "contato", "padaria contato"])
async def test_who_has_some_words_is_counted_without_a_look_at_any_client_but_those_archived(
    service: PortfolioService, asked: list[Statement], monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    monkeypatch.setattr(first_with_word, "FEW_WITH_WORD", -1)
    view = ClientView(query=ClientQuery.parse(text))
    await service.page(view, 0, 3)
    asked.clear()
    assert await service.count(view)
    *learning, counting = await _plans(service, _of_clients(asked))
    for plan in learning:
        [looking] = re.findall(r"(?:SCAN|SEARCH) clients [^/]*", plan)
        assert re.match(r"SEARCH clients USING (COVERING )?INDEX \w+ \(archived=\?\)", looking)
    [looking] = re.findall(r"(?:SCAN|SEARCH) clients [^/]*", counting)
    assert looking.startswith("SEARCH clients USING INTEGER PRIMARY KEY (rowid=?)")


async def test_whose_word_is_typed_on_is_counted_without_a_look_at_the_archived_again(
    service: PortfolioService, asked: list[Statement], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(first_with_word, "FEW_WITH_WORD", -1)
    for text, looks in (("conta", 2), ("contat", 1), ("contato", 1)):
        asked.clear()
        assert await service.count(ClientView(query=ClientQuery.parse(text)))
        assert len(_of_clients(asked)) == looks, text


@pytest.mark.parametrize("tab", [Tab.ALL, Tab.PAID_BY_CLIENT])
async def test_who_has_a_word_where_the_name_begins_is_counted_within_the_index_by_name(
    service: PortfolioService, asked: list[Statement], tab: Tab
) -> None:
    view = ClientView(tab, ClientQuery.parse("padaria cobrancas:em_dia"))
    await service.page(view, 0, 3)
    asked.clear()
    assert await service.count(view) == len((await service.page(view, 0, 1_000)).rows) > 0
    counting = next(one for one in _of_clients(asked) if "count(" in one[0])
    assert "MATCH" not in counting[0]
    [plan] = await _plans(service, [counting])
    assert "COVERING INDEX ix_clients_by_name (archived=? AND name_folded>? AND name_folded<?)" in plan
    assert plan.count(" clients ") - plan.count("SEARCH clients USING INTEGER PRIMARY KEY (rowid=?)") == 1


@pytest.mark.parametrize("text", ["padaria", "contato"])
async def test_the_first_who_have_a_word_are_found_as_quickly_when_they_have_been_counted(
    service: PortfolioService, asked: list[Statement], monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    monkeypatch.setattr(first_with_word, "FEW_WITH_WORD", 3)
    view = ClientView(query=ClientQuery.parse(text))
    first = await service.page(view, 0, 3)
    await service.count(view)
    asked.clear()
    assert (await service.page(view, 0, 3)).rows == first.rows
    for plan in await _plans(service, [one for one in _of_clients(asked) if "ORDER BY" in one[0]]):
        assert "TEMP B-TREE" not in plan


def _weigh(monkeypatch: pytest.MonkeyPatch, *, passed: float, looked_up: float, gathered: float) -> None:
    """Settle what a client costs in each of the ways to find those of criteria; none is found because it is few."""
    costs = {"PASSED": passed, "LOOKED_UP": looked_up, "GATHERED": gathered}
    for name, value in ({"FEW_CLIENTS": -1, "FEW_OF_SEVERAL": -1} | costs).items():
        monkeypatch.setattr(ways, name, value)


FILTERS = ["situacao:ativo", "vencimento:30d renovacao:nao", "uf:SP", "plano:Controle*", "-uf:SP cobrancas:em_dia"]


@pytest.mark.parametrize("tab", Tab)
@pytest.mark.parametrize("text", FILTERS)
async def test_a_filter_that_many_satisfy_is_walked_and_counted_within_the_index_by_name(
    service: PortfolioService, asked: list[Statement], monkeypatch: pytest.MonkeyPatch, text: str, tab: Tab
) -> None:
    _weigh(monkeypatch, passed=0.0, looked_up=1.0, gathered=1.0)
    view = ClientView(tab, ClientQuery.parse(text))
    await service.page(view, 0, 50)
    await service.page(view, 7, 50)
    total = await service.count(view)
    listing = [one for one in _of_clients(asked) if "ORDER BY" in one[0]]
    # Nobody is looked for where kept counts know that there is nobody.
    assert listing or total == 0
    for plan in await _plans(service, listing):
        assert "SEARCH clients USING INDEX ix_clients_by_name (archived=?" in plan
        assert "TEMP B-TREE" not in plan
    counting = [one for one in _of_clients(asked) if one[0].startswith("SELECT count(*) AS count_1 \nFROM clients \n")]
    assert len(counting) == (bool(listing) and kept_counts.counting(view, service.today) is None)
    assert all("SEARCH clients USING COVERING INDEX" in plan for plan in await _plans(service, counting))


@pytest.mark.parametrize("order", [Order(), Order(Field.CITY, descending=True)], ids=["by name", "by city"])
@pytest.mark.parametrize("text", FILTERS)
async def test_a_filter_that_few_satisfy_is_looked_up(
    service: PortfolioService, asked: list[Statement], text: str, order: Order
) -> None:
    view = ClientView(Tab.ALL, ClientQuery.parse(text), order)
    await service.page(view, 0, 50)
    await service.count(view)
    looking = _of_clients(asked)
    assert len(looking) >= 1 + (kept_counts.counting(view, service.today) is None)
    for plan in await _plans(service, looking):
        assert "SEARCH clients USING" in plan
        assert "ix_clients_by_name" not in plan
        assert "ix_clients_by_city" not in plan


@pytest.mark.parametrize("order", [Order(), Order(Field.CITY, descending=True)], ids=["by name", "by city"])
async def test_those_who_satisfy_two_criteria_are_met_in_their_indexes(
    service: PortfolioService, asked: list[Statement], monkeypatch: pytest.MonkeyPatch, order: Order
) -> None:
    _weigh(monkeypatch, passed=1e9, looked_up=1.0, gathered=0.0)
    view = ClientView(Tab.ALL, ClientQuery.parse("uf:SP cobrancas:em_atraso"), order)
    found = await service.page(view, 0, 50)
    assert len(found.rows) == await service.count(view)
    listing = [one for one in _of_clients(asked) if " IN (SELECT" in one[0]]
    assert len(listing) >= 2
    for plan in await _plans(service, listing):
        assert "SEARCH clients USING INTEGER PRIMARY KEY (rowid=?)" in plan
        assert "SEARCH clients USING COVERING INDEX ix_clients_by_state (archived=? AND state=?)" in plan
        assert "SEARCH clients USING COVERING INDEX ix_clients_by_ca_charges (archived=? AND ca_charges=?)" in plan


async def test_nobody_is_looked_for_where_kept_counts_know_that_there_is_nobody(
    service: PortfolioService, asked: list[Statement], monkeypatch: pytest.MonkeyPatch
) -> None:
    _weigh(monkeypatch, passed=0.0, looked_up=1.0, gathered=1.0)
    view = ClientView(query=ClientQuery.parse("situacao:cancelado historico:ativa uf:SP"))
    assert (await service.page(view, 0, 50)).rows == ()
    assert await service.count(view) == 0
    assert [one for one in _of_clients(asked) if "ORDER BY" in one[0]] == []


@pytest.mark.parametrize(("text", "looks"), [("inexistente", 0), ("camoes", 2)])
async def test_a_word_that_few_have_is_looked_up(
    service: PortfolioService, asked: list[Statement], text: str, looks: int
) -> None:
    view = ClientView(Tab.PAID_BY_CLIENT, ClientQuery.parse(text))
    found = (await service.page(view, 0, 10)).rows
    assert await service.count(view) == len(found)
    plans = await _plans(service, _of_clients(asked))
    assert all("SCAN clients" not in plan for plan in plans)
    # For the page and for the count those who have it elsewhere than where their names begin.
    assert len([plan for plan in plans if "SEARCH clients USING INTEGER PRIMARY KEY" in plan]) == looks
