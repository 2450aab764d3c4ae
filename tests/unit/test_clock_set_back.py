"""A clock that is set back: what was written later stands later, and nothing is taken for tampered with."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from caz_tui.data.errors import StaleClient
from caz_tui.data.query import ClientQuery, ClientView
from caz_tui.data.schemas import ClientChanges, TrailQuery
from caz_tui.data.service import PortfolioService
from caz_tui.data.verification import verify
from tests.support import NOON, FrozenClock

if TYPE_CHECKING:
    from caz_tui.data.address import Place

pytestmark = pytest.mark.both_engines
BACK = timedelta(days=40)


@pytest.fixture
def clock() -> FrozenClock:
    """A clock to set."""
    return FrozenClock()


async def test_the_trail_keeps_the_order_in_which_things_happened(fresh_place: Place, clock: FrozenClock) -> None:
    service = await PortfolioService.open(fresh_place, user="ana", clock=clock)
    client = await service.create(ClientChanges(name="Açaí", document="52998224725", expires_on=NOON.date()))
    clock.moment = NOON - BACK
    client = await service.update(client.id, ClientChanges(city="Campinas"), client.version)
    clock.moment = NOON + timedelta(minutes=1)
    client = await service.update(client.id, ClientChanges(city="Santos"), client.version)
    actions = [(entry.number, entry.at) for entry in await service.trail(TrailQuery(), 10)]
    assert actions == [(1, NOON), (2, NOON - BACK), (3, clock.moment)]
    cities = [change.after for entry in await service.history(client.id) for change in entry.changes][:2]
    assert cities == ["Santos", "Campinas"]
    assert client.version == 3
    assert await service.trail_broken_at() is None
    await service.close()
    assert await verify(fresh_place) == ()


async def test_what_expires_follows_the_clock(fresh_place: Place, clock: FrozenClock) -> None:
    service = await PortfolioService.open(fresh_place, user="ana", clock=clock)
    for name, document, days in (("Ontem", "52998224725", -1), ("Logo", "11144477735", 20)):
        changes = ClientChanges(
            name=name, document=document, plan="Controle I", expires_on=NOON.date() + timedelta(days=days)
        )
        await service.create(changes)
    expired, soon = await names(service, "vencimento:vencido"), await names(service, "vencimento:30d")
    assert (expired, soon) == (["Ontem"], ["Logo"])
    clock.moment = NOON - BACK
    assert service.today == (NOON - BACK).date()
    expired, soon = await names(service, "vencimento:vencido"), await names(service, "vencimento:30d")
    assert (expired, soon) == ([], [])
    clock.moment = NOON
    assert await names(service, "vencimento:vencido") == ["Ontem"]
    await service.close()


async def names(service: PortfolioService, query: str) -> list[str]:
    page = await service.page(ClientView(query=ClientQuery.parse(query)), 0, 10)
    return [row.name for row in page.rows]


async def test_a_stale_edit_is_found_whatever_the_clock_says(fresh_place: Place, clock: FrozenClock) -> None:
    service = await PortfolioService.open(fresh_place, user="ana", clock=clock)
    client = await service.create(ClientChanges(name="Açaí", document="52998224725"))
    clock.moment = NOON - BACK
    await service.update(client.id, ClientChanges(city="Campinas"), client.version)
    with pytest.raises(StaleClient):
        await service.update(client.id, ClientChanges(city="Santos"), client.version)
    await service.close()
