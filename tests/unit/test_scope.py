"""What an analyst sees is what plain Python says of the clients in their carteiras, and nothing else exists."""

from __future__ import annotations

import json
from itertools import product
from typing import TYPE_CHECKING, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caz_tui.data import gate
from caz_tui.data.choices import Field, Order, Payer, Situation, Tab, Term
from caz_tui.data.documents import mask
from caz_tui.data.errors import InvalidClient, NotFound, Refused
from caz_tui.data.figures import uses_licence
from caz_tui.data.imports import ImportOptions
from caz_tui.data.query import ClientQuery, ClientView, Criterion, Selection, TextMatch
from caz_tui.data.schemas import ClientChanges, Contract
from caz_tui.data.selects import SORT_FIELDS
from caz_tui.data.text import fold
from tests.support import dear
from tests.unit.oracle import Known, expected
from tests.unit.program import BENEFIT_HEADERS, PURCHASE_HEADERS, PURCHASES, write_sheet
from tests.unit.strategies import CARTEIRAS, TODAY, portfolios, views

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from caz_tui.data.service import PortfolioService
    from tests.support import Desk

given_carteiras = st.lists(st.sampled_from(CARTEIRAS), unique=True, max_size=3)


class Seen(NamedTuple):
    """An analyst's service, the clients there are for them, and those there are not."""

    service: PortfolioService
    own: list[Known]
    others: list[Known]


@pytest.fixture(params=["looked up", "walked for"], autouse=True)
def _either_way(request: pytest.FixtureRequest) -> Iterator[None]:
    """Take a scope once for a small one and once for a large one, whatever it holds."""
    with pytest.MonkeyPatch.context() as patch:
        if request.param == "walked for":
            patch.setattr(gate, "FEW_CLIENTS", -1)
        yield


def see(desk: Desk, portfolio: list[ClientChanges], carteiras: list[str]) -> Seen:
    named = [(None, *CARTEIRAS)[place % 4] for place in range(len(portfolio))]
    ids = desk.refill(portfolio, named)
    known = [Known(*each) for each in zip(ids, portfolio, named, strict=True)]
    desk.run(_make(desk.service, set(carteiras) - set(named)))
    service = desk.analyst("maria", carteiras)
    return Seen(
        service,
        [client for client in known if client.carteira in carteiras],
        [client for client in known if client.carteira not in carteiras],
    )


async def _make(service: PortfolioService, names: set[str]) -> None:
    for name in sorted(names):
        await service.create_carteira(name)


@dear(8)
@given(portfolios(), given_carteiras, st.lists(views, min_size=1, max_size=4))
def test_lists_counts_and_places(
    desk: Desk, portfolio: list[ClientChanges], carteiras: list[str], asked: list[ClientView]
) -> None:
    service, own, others = see(desk, portfolio, carteiras)
    for view in asked:
        right = expected(own, view, TODAY)
        page = desk.run(service.page(view, 0, 100))
        assert [row.id for row in page.rows] == right, (view.tab, str(view.query))
        assert {row.carteira for row in page.rows} <= set(carteiras)
        whole = desk.run(service.whole_clients(view, 0, 100))
        assert [client.id for client in whole] == right
        assert desk.run(service.count(view)) == len(right)
        assert desk.run(service.count_selection(Selection(view))) == len(right)
        backwards = desk.run(service.page(view, max(0, len(right) - 3), 3))
        assert [row.id for row in backwards.rows] == right[-3:]
        for client in others:
            assert desk.run(service.place_of(view, client.id)) is None


@dear(4)
@given(portfolios(10, 40), given_carteiras, st.sampled_from(Tab))
def test_every_order(desk: Desk, portfolio: list[ClientChanges], carteiras: list[str], tab: Tab) -> None:
    service, own, _ = see(desk, portfolio, carteiras)
    for field, descending in product(SORT_FIELDS, (False, True)):
        view = ClientView(tab, order=Order(field=field, descending=descending))
        assert [row.id for row in desk.run(service.page(view, 0, 100)).rows] == expected(own, view, TODAY), view.order


@dear(10)
@given(portfolios(), given_carteiras)
def test_figures(desk: Desk, portfolio: list[ClientChanges], carteiras: list[str]) -> None:
    service, own, _ = see(desk, portfolio, carteiras)
    counts = {tab: len(expected(own, ClientView(tab), TODAY)) for tab in Tab}
    assert desk.run(service.tab_counts()) == counts
    assert desk.run(service.is_empty()) == (not own)
    summary = desk.run(service.summary())
    alive = [client.fields for client in own if not client.fields.archived]
    assert summary.total == len(alive)
    assert summary.active == sum(fields.situation is Situation.ACTIVE for fields in alive)
    assert summary.by_payer == {payer: sum(fields.payer is payer for fields in alive) for payer in (*Payer, None)}
    assert sum(summary.by_plan.values()) == sum(fields.plan is not None for fields in alive)
    plans = {fold(client.fields.plan) for client in own if client.fields.plan}
    assert {fold(plan) for plan in desk.run(service.known_plans())} == plans
    tags = {fold(tag) for client in own for tag in client.fields.tags}
    assert set(desk.run(service.known_tags())) == tags
    assert set(desk.run(service.known_carteiras())) == set(carteiras)
    users = {client.id for client in own if _uses_licence(client.fields)}
    assert {user.id for user in desk.run(service.licence_users())} == users


def _uses_licence(fields: ClientChanges) -> bool:
    return uses_licence(fields.plan, fields.payer, archived=fields.archived)


def _move_out_and_in(desk: Desk, known: list[Known]) -> None:
    """Leave a history with every client that is in a carteira, to be seen or not."""
    for name in sorted({client.carteira for client in known if client.carteira is not None}):
        its = frozenset(client.id for client in known if client.carteira == name)
        for carteira in (None, name):
            desk.run(desk.service.assign(Selection(ClientView(), only=its), carteira))


@dear(8)
@given(portfolios(4, 8), given_carteiras)
def test_single_clients(desk: Desk, portfolio: list[ClientChanges], carteiras: list[str]) -> None:
    service, own, others = see(desk, portfolio, carteiras)
    _move_out_and_in(desk, [*own, *others])
    for client in own:
        assert desk.run(service.client(client.id)).document == client.fields.document
        assert desk.run(service.history(client.id))
    for client in others:
        found = desk.run(desk.service.client(client.id))
        for attempt in (
            service.client(client.id),
            service.update(client.id, ClientChanges(city="Canoas"), found.version),
            service.delete(client.id, found.version),
            service.dossier(client.id),
            service.contract(
                client.id, Contract(plan="P", payer=Payer.CLIENT, term=Term.YEARLY, auto_renews=True), found.version
            ),
        ):
            with pytest.raises(NotFound, match="não existe mais nas suas carteiras"):
                desk.run(attempt)
        assert desk.run(service.timeline(client.id)) == ()
        assert desk.run(service.history(client.id)) == ()
        assert desk.run(service.purchases_for(found)) == ()
        assert desk.run(desk.service.client(client.id)) == found
    for client in (*own, *others):
        suggested = {one.id for one in desk.run(service.suggest(client.fields.document))}
        assert suggested <= {one.id for one in own}
        assert (client.id in suggested) == (client in own)


@dear(5)
@given(portfolios(8), given_carteiras)
def test_exports(
    desk: Desk, tmp_path_factory: pytest.TempPathFactory, portfolio: list[ClientChanges], carteiras: list[str]
) -> None:
    service, own, _ = see(desk, portfolio, carteiras)
    path = tmp_path_factory.mktemp("exportado") / "clientes.json"
    anywhere = ClientView(query=ClientQuery.parse("arquivado:sim,nao"))
    assert desk.run(service.export_sheet(path, anywhere)) == len(own)
    written = {row["documento"] for row in json.loads(path.read_text(encoding="utf-8"))}
    assert written == {client.fields.document for client in own}


SOME = [
    ClientChanges(name="Padaria", document="52998224725", situation=Situation.NOT_CONNECTED),
    ClientChanges(
        name="Açougue", document="12ABC34501DE35", plan="Plano Exclusivo", payer=Payer.OFFICE, email="a@b.example"
    ),
]


def test_purchases_are_those_that_pay_for_a_client_of_theirs(desk: Desk, tmp_path: Path) -> None:
    for user_of_a_licence_in, numbers in (("Sul", ["2026-0214"]), ("Norte", [])):
        desk.refill(SOME, [None, user_of_a_licence_in])
        sheets = (
            write_sheet(tmp_path / "compras.csv", PURCHASE_HEADERS, PURCHASES),
            write_sheet(tmp_path / "beneficios.csv", BENEFIT_HEADERS, [("Bônus", "01/03/2026", "10,00")]),
        )
        for sheet in sheets:
            desk.run(desk.service.import_sheet(sheet, ImportOptions()))
        desk.run(_make(desk.service, {"Sul"} - {user_of_a_licence_in}))
        maria = desk.analyst("maria", ["Sul"])
        assert [purchase.number for purchase in desk.run(desk.service.purchases())] == ["2026-0214", "77"]
        assert [purchase.number for purchase in desk.run(maria.purchases())] == numbers
        assert desk.run(maria.benefits()) == ()
        summary = desk.run(maria.payments_summary())
        assert (summary.benefits_cents, summary.open_cents) == (0, 0)
        assert (summary.paid_in_12_months_cents > 0) == bool(numbers)
        assert desk.run(maria.licences()) == desk.run(desk.service.licences())
        with pytest.raises(NotFound, match="Não há compra com o número 77"):
            desk.run(maria.purchase("77"))
        if numbers:
            details = desk.run(maria.purchase("2026-0214"))
            assert (details.licences.in_use, details.users_seen) == (1, 1)


def test_a_new_client_goes_into_the_first_carteira_of_whoever_adds_it(desk: Desk) -> None:
    desk.refill(SOME, ["Sul", "Norte"])
    maria = desk.analyst("maria", ["Sul", "Norte"])
    added = desk.run(maria.create(ClientChanges(name="Livraria", document="11222333000181")))
    assert added.carteira == "Norte"
    # What an administrator adds is in none until somebody puts it into one.
    assert desk.run(desk.service.create(ClientChanges(name="Bar", document="45723174000110"))).carteira is None


def test_whoever_has_no_carteira_sees_and_adds_nothing(desk: Desk) -> None:
    desk.refill(SOME, ["Sul", "Norte"])
    maria = desk.analyst("maria", [])
    assert desk.run(maria.count(ClientView())) == 0
    assert desk.run(maria.is_empty())
    with pytest.raises(Refused, match="Você não tem carteira"):
        desk.run(maria.create(ClientChanges(name="Livraria", document="11222333000181")))
    assert desk.run(desk.service.count(ClientView())) == 2


def test_a_taken_document_tells_nothing_of_whose_it_is(desk: Desk) -> None:
    own, other = desk.refill(SOME, ["Sul", "Norte"])
    maria = desk.analyst("maria", ["Sul"])
    taken = ClientChanges(name="Livraria", document=SOME[1].document)
    sentence = f"O documento {mask(SOME[1].document)} já é de um cliente de outra carteira."
    for attempt in (maria.create(taken), maria.update(own, ClientChanges(document=SOME[1].document), 1)):
        with pytest.raises(InvalidClient) as refused:
            desk.run(attempt)
        assert str(refused.value) == sentence
    with pytest.raises(InvalidClient, match="já é de Açougue"):
        desk.run(desk.service.create(taken))
    assert desk.run(desk.service.client(other)).name == "Açougue"


def test_a_client_that_is_moved_away_is_gone_at_the_next_call(desk: Desk) -> None:
    own, _ = desk.refill(SOME, ["Sul", "Norte"])
    maria = desk.analyst("maria", ["Sul"])
    assert desk.run(maria.count(ClientView())) == 1
    desk.run(desk.service.assign(Selection(ClientView(), only=frozenset({own})), "Norte"))
    with pytest.raises(NotFound):
        desk.run(maria.update(own, ClientChanges(city="Canoas"), 1))
    assert desk.run(maria.page(ClientView(), 0, 10)).rows == ()


def test_asking_for_a_carteira_of_others_finds_nothing_in_it(desk: Desk) -> None:
    desk.refill(SOME, ["Sul", "Norte"])
    maria = desk.analyst("maria", ["Sul"])
    for text, count in (("carteira:Norte", 0), ("carteira:sul", 1), ("-carteira:Sul", 0), ("carteira:*", 1)):
        assert desk.run(maria.count(ClientView(query=ClientQuery.parse(text)))) == count, text
    both = Criterion(Field.CARTEIRA, (TextMatch("Norte"), TextMatch("S", prefix=True)))
    assert desk.run(maria.count(ClientView(query=ClientQuery((both,))))) == 1
    assert desk.run(desk.service.count(ClientView(query=ClientQuery((both,))))) == 2
    with pytest.raises(NotFound, match=r"nome Norte\. Use uma de: Sul\."):
        desk.run(maria.find_carteira("Norte"))
