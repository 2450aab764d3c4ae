"""Every list the service gives is the list plain Python gives: who is in it, in what order, window by window."""

from __future__ import annotations

from contextlib import contextmanager
from itertools import product
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caz_tui.data.choices import Field, Order, Tab
from caz_tui.data.query import ClientQuery, ClientView
from caz_tui.data.selects import SORT_FIELDS
from tests.support import dear
from tests.unit.oracle import Known, expected, is_in_view
from tests.unit.strategies import CARTEIRAS, TODAY, portfolios, views

if TYPE_CHECKING:
    from collections.abc import Iterator

    from caz_tui.data.schemas import ClientChanges
    from tests.support import Desk

pytestmark = pytest.mark.both_engines

few = st.sampled_from([-1, 3, 5_000])
"""Up to how many clients that satisfy a criterion, or have a word, are looked up."""
glances = st.sampled_from([10, 25, 20_000])
"""How far a list is walked by name for who has a word, before they are looked up."""
WALKED = "walked"
WAYS: dict[str, dict[str, float]] = {
    WALKED: {},
    "looked up": {"PASSED": 1e9, "LOOKED_UP": 1.0},
    "by two": {"PASSED": 1e9, "GATHERED": 0.0},
    "counted to three": {"PASSED": 1e9, "GATHERED": 0.0, "MOST_COUNTED": 3},
}
"""What criteria cost, so that their clients are found in each of the ways."""
ways = st.sampled_from(sorted(WAYS))
SEARCHED = ("contato", "acai", "avila uf:SP", "contato acai", "com.br -cobrancas:em_dia", "são")
"""Queries with words that some clients of most portfolios have, often in their e-mails alone."""
COMBINED = (
    "uf:SP cobrancas:em_dia", "situacao:ativo,bloqueado uf:SP,RJ", "pago_por:escritorio vencimento:90d renovacao:sim",
    "uf:SP -situacao:ativo historico:ativa", "situacao:cancelado cobrancas:em_atraso uf:SP", "uf:SP exportacao:nunca",
)  # fmt: skip
"""Criteria that go together or against each other."""
windows = st.lists(st.tuples(st.integers(0, 45), st.integers(0, 20)), max_size=8)


def _known(desk: Desk, portfolio: list[ClientChanges]) -> list[Known]:
    # Some in each carteira and some in none, another mix for each length.
    named = [(None, *CARTEIRAS)[(place + len(portfolio)) % 4] for place in range(len(portfolio))]
    return [Known(*each) for each in zip(desk.refill(portfolio, named), portfolio, named, strict=True)]


@contextmanager
def _looking_up(few_clients: int, glance: int = 20_000, way: str = WALKED) -> Iterator[None]:
    costs: dict[str, Any] = {"PASSED": 1.0, "LOOKED_UP": 1e9, "GATHERED": 1e9} | WAYS[way]
    with (
        patch.multiple("caz_tui.data.ways", FEW_CLIENTS=few_clients, FEW_OF_SEVERAL=few_clients, **costs),
        patch.multiple("caz_tui.data.first_with_word", FEW_WITH_WORD=few_clients, GLANCE=glance),
    ):
        yield


async def _compare(desk: Desk, view: ClientView, right: list[int], asked: list[tuple[int, int]]) -> None:
    service = desk.service
    for step, (offset, limit) in enumerate(asked):
        if step == len(asked) // 2:
            assert await service.count(view) == len(right)
        page = await service.page(view, offset, limit)
        assert page.offset == offset
        assert [row.id for row in page.rows] == right[offset : offset + limit], (str(view.query), offset, limit)
    assert await service.count(view) == len(right)


@dear(12)
@given(portfolios(), st.lists(st.tuples(views, windows), min_size=1, max_size=4), few, glances, ways)
def test_windows_in_any_order_are_slices_of_the_right_list(
    desk: Desk,
    portfolio: list[ClientChanges],
    asked: list[tuple[ClientView, list[tuple[int, int]]]],
    few: int,
    glance: int,
    way: str,
) -> None:
    known = _known(desk, portfolio)
    with _looking_up(few, glance, way):
        for view, places in asked:
            desk.run(_compare(desk, view, expected(known, view, TODAY), places))


@dear(12)
@given(portfolios(10), st.sampled_from(Tab), glances, st.booleans())
def test_the_first_who_have_a_word_are_the_right_ones(
    desk: Desk, portfolio: list[ClientChanges], tab: Tab, glance: int, descending: bool
) -> None:
    known = _known(desk, portfolio)
    for text, few, limit in product(SEARCHED, (0, 2, 5), (1, 3, 100)):
        view = ClientView(tab, ClientQuery.parse(text), Order(descending=descending))
        right = expected(known, view, TODAY)
        with _looking_up(few, glance):
            page = desk.run(desk.service.page(view, 0, limit))
            total = desk.run(desk.service.count(view))
        assert ([row.id for row in page.rows], total) == (right[:limit], len(right)), (text, few, limit)
        desk.service._walks.clear()


@dear(12)
@given(portfolios(), st.sampled_from(Tab), st.sampled_from(COMBINED), ways, st.booleans())
def test_those_who_satisfy_several_criteria_are_the_right_ones(
    desk: Desk, portfolio: list[ClientChanges], tab: Tab, query: str, way: str, descending: bool
) -> None:
    known = _known(desk, portfolio)
    for field in (Field.NAME, Field.CITY):
        view = ClientView(tab, ClientQuery.parse(query), Order(field=field, descending=descending))
        with _looking_up(-1, way=way):
            desk.run(_compare(desk, view, expected(known, view, TODAY), [(0, 5), (3, 100), (1, 2)]))


@dear(12)
@given(portfolios(), views, few, ways)
def test_a_client_is_found_at_its_place(
    desk: Desk, portfolio: list[ClientChanges], view: ClientView, few: int, way: str
) -> None:
    known = _known(desk, portfolio)
    right = expected(known, view, TODAY)
    with _looking_up(few, way=way):
        places = {client.id: desk.run(desk.service.place_of(view, client.id)) for client in known}
    assert places == {client.id: right.index(client.id) if client.id in right else None for client in known}


@dear(12)
@given(portfolios(0, 60), st.lists(views, min_size=4, max_size=4))
def test_every_query_counts_the_right_clients(
    desk: Desk, portfolio: list[ClientChanges], asked: list[ClientView]
) -> None:
    known = _known(desk, portfolio)
    for view in asked:
        right = sum(is_in_view(client, view, TODAY) for client in known)
        assert desk.run(desk.service.count(view)) == right, (view.tab, str(view.query))


@dear(4)
@given(portfolios(20, 40), st.sampled_from(Tab))
def test_every_order(desk: Desk, portfolio: list[ClientChanges], tab: Tab) -> None:
    known = _known(desk, portfolio)
    for field, descending in product(SORT_FIELDS, (False, True)):
        view = ClientView(tab, order=Order(field=field, descending=descending))
        page = desk.run(desk.service.page(view, 0, 100))
        assert [row.id for row in page.rows] == expected(known, view, TODAY), view.order


@dear(12)
@given(portfolios())
def test_the_counts_of_the_tabs_are_those_of_their_lists(desk: Desk, portfolio: list[ClientChanges]) -> None:
    known = _known(desk, portfolio)
    counts = desk.run(desk.service.tab_counts())
    assert counts == {tab: len(expected(known, ClientView(tab), TODAY)) for tab in Tab}
    assert counts == {tab: desk.run(desk.service.count(ClientView(tab))) for tab in Tab}


@dear(12)
@given(portfolios(1))
def test_rows_hold_what_was_written(desk: Desk, portfolio: list[ClientChanges]) -> None:
    known = _known(desk, portfolio)
    for client in known:
        found = desk.run(desk.service.client(client.id))
        for name in type(client.fields).model_fields:
            assert getattr(found, name) == getattr(client.fields, name)
