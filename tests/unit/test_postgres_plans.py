"""On a server too, what the screen shows is walked along an index: no window reads or sorts a whole list."""

from __future__ import annotations

import re
from itertools import product
from typing import TYPE_CHECKING, Any

import pytest

from caz_tui.data.choices import Order, Tab
from caz_tui.data.query import ClientQuery, ClientView
from caz_tui.data.selects import SORT_FIELDS
from caz_tui.data.service import PortfolioService
from caz_tui.data.tables import clients
from tests.server import run_on
from tests.support import FrozenClock
from tests.unit.asking import listings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from caz_tui.data.address import ServerAddress
    from tests.server import Server
    from tests.unit.asking import Statement

COPIES = 40
WORSE = re.compile(r"Seq Scan on clients |(?<!Incremental )Sort  \(")
_OWN = {
    "id": "nextval('clients_id_seq')",
    "document": "lpad(to_hex(clients.id), 6, '0') || lpad(copy::text, 8, '0')",
    "name": "name || ' ' || copy",
    "name_folded": "name_folded || ' ' || copy",
    "trade_name_folded": "trade_name_folded || ' ' || copy",
    "city_folded": "city_folded || ' ' || copy % 20",
    "search": "search || ' ' || copy",
}


@pytest.fixture(scope="module")
def large(server: Server, demonstration_template: str) -> Iterator[ServerAddress]:
    """Some twelve thousand clients: the demonstration, copied over and over."""
    address = server.create(demonstration_template)
    names = ", ".join(f'"{column.name}"' for column in clients.c)
    values = ", ".join(_OWN.get(column.name, f'"{column.name}"') for column in clients.c)
    run_on(address, f"INSERT INTO clients ({names}) SELECT {values} FROM clients, generate_series(1, {COPIES}) AS copy")
    run_on(address, "VACUUM ANALYZE")
    yield address
    server.drop(address)


@pytest.fixture
async def service(large: ServerAddress) -> AsyncIterator[PortfolioService]:
    """A service on many clients."""
    service = await PortfolioService.open(large, user="ana", clock=FrozenClock())
    yield service
    await service.close()


async def plans(service: PortfolioService, asked: list[Statement]) -> list[str]:
    async with service._database.read() as connection:
        driver: Any = (await connection.get_raw_connection()).driver_connection
        found = []
        for statement, parameters in asked:
            lines = await (await driver.execute(f"EXPLAIN {statement}", parameters)).fetchall()
            found.append("\n".join(line for (line,) in lines))
        return found


@pytest.mark.parametrize("tab", Tab)
async def test_pages_are_walked_along_an_index(
    service: PortfolioService, asked: list[Statement], subtests: pytest.Subtests, tab: Tab
) -> None:
    for field, descending in product(SORT_FIELDS, (False, True)):
        with subtests.test(field=field, descending=descending):
            view = ClientView(tab, order=Order(field=field, descending=descending))
            for plan in await plans(service, await listings(service, asked, view, 50, second=70)):
                assert not WORSE.search(plan), plan


@pytest.mark.parametrize("text", ["situacao:ativo", "vencimento:30d renovacao:nao", "uf:SP", "plano:Controle*"])
async def test_a_filter_is_sorted_along_an_index(service: PortfolioService, asked: list[Statement], text: str) -> None:
    await service.page(ClientView(Tab.ALL, ClientQuery.parse(text)), 0, 50)
    for plan in await plans(service, list(asked)):
        assert "Seq Scan on clients " not in plan


async def test_a_word_that_few_have_is_looked_up(service: PortfolioService, asked: list[Statement]) -> None:
    view = ClientView(query=ClientQuery.parse("inexistente"))
    await service.page(view, 0, 10)
    await service.count(view)
    looking = [one for one in asked if "FROM clients" in one[0]]
    assert len(looking) == 3
    for plan in await plans(service, looking):
        assert "Bitmap Index Scan on ix_clients_search" in plan
