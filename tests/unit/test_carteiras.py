"""Clients moved between carteiras at once: all or none, each in the trail, or one entry for very many."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from caz_tui.data import carteiras
from caz_tui.data.errors import NotFound, Refused
from caz_tui.data.query import ClientQuery, ClientView, Selection
from caz_tui.data.schemas import TrailQuery

if TYPE_CHECKING:
    from caz_tui.data.service import PortfolioService

IN_SP = ClientView(query=ClientQuery.parse("uf:SP"))


async def moves(service: PortfolioService) -> list[tuple[str, str, tuple[str, str] | None]]:
    entries = await service.trail(TrailQuery(), 5_000)
    return [
        (entry.action, entry.subject, (entry.changes[0].before, entry.changes[0].after) if entry.changes else None)
        for entry in entries
        if "carteira" in entry.action and entry.action != "Criou a carteira"
    ]


async def test_a_list_is_moved_whole_and_each_client_is_noted(service: PortfolioService) -> None:
    await service.create_carteira("Sul")
    await service.create_carteira("São Paulo")
    wanted = (await service.page(IN_SP, 0, 500)).rows
    versions = {row.id: row.version for row in wanted}
    done = await service.assign(Selection(IN_SP), "sao paulo")
    assert (done.carteira, done.moved, done.already) == ("São Paulo", len(wanted), 0)
    again = await service.assign(Selection(IN_SP), "São Paulo")
    assert (again.moved, again.already) == (0, len(wanted))
    inside = ClientView(query=ClientQuery.parse('carteira:"são paulo"'))
    rows = (await service.page(inside, 0, 500)).rows
    # A form that is open on one of them goes on undisturbed.
    assert {row.id: row.version for row in rows} == versions
    assert {row.carteira for row in rows} == {"São Paulo"}
    assert {entry[0] for entry in await moves(service)} == {"Pôs na carteira"}
    assert [entry[2] for entry in await moves(service)] == [("–", "São Paulo")] * len(wanted)
    some = frozenset(row.id for row in rows[:3])
    assert (await service.assign(Selection(inside, but=some), "Sul")).moved == len(wanted) - 3
    assert (await moves(service))[-1][2] == ("São Paulo", "Sul")
    assert (await service.assign(Selection(inside, only=some), None)).moved == 3
    assert (await moves(service))[-1][0] == "Tirou da carteira"
    assert {(one.name, one.clients) for one in await service.carteiras()} == {
        ("São Paulo", 0), ("Sul", len(wanted) - 3),
    }  # fmt: skip
    history = await service.history(rows[0].id)
    assert [entry.action for entry in history[:2]] == ["Tirou da carteira", "Pôs na carteira"]
    assert await service.trail_broken_at() is None


@pytest.mark.parametrize("over", [False, True])
async def test_very_many_have_one_entry_with_query_and_count(
    service: PortfolioService, monkeypatch: pytest.MonkeyPatch, *, over: bool
) -> None:
    count = await service.count(IN_SP)
    monkeypatch.setattr(carteiras, "MOST_NOTED_SINGLY", count - over)
    done = await service.assign(Selection(IN_SP), "São Paulo", new=True)
    assert done.moved == count
    noted = await moves(service)
    assert len(noted) == (1 if over else count)
    if over:
        assert noted == [("Pôs na carteira", f"São Paulo: {count} clientes (Todos; uf:SP)", None)]
    assert await service.count(ClientView(query=ClientQuery.parse("carteira:*"))) == count
    await service.assign(Selection(IN_SP), None)
    if over:
        assert (await moves(service))[-1] == ("Tirou da carteira", f"{count} clientes (Todos; uf:SP)", None)
    assert await service.count(ClientView(query=ClientQuery.parse("carteira:*"))) == 0


async def test_what_is_refused_moves_nobody(service: PortfolioService) -> None:
    await service.create_carteira("Sul")
    with pytest.raises(NotFound, match="Leste"):
        await service.assign(Selection(IN_SP), "Leste")
    with pytest.raises(Refused, match="Já há a carteira Sul"):
        await service.assign(Selection(IN_SP), "sul", new=True)
    with pytest.raises(Refused, match="de 1 a 60"):
        await service.assign(Selection(IN_SP), "x" * 61, new=True)
    assert await service.count(ClientView(query=ClientQuery.parse("carteira:*"))) == 0
    assert await moves(service) == []
