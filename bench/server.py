"""What docs/escala.md says was measured: ``python -m bench.server URL [OTHER_URL]``.

The database must hold a large portfolio; ``caz-tui banco copiar`` brings it there. A second address, of the same
database through a pooler, is measured beside it.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import time
from functools import partial
from typing import TYPE_CHECKING

from caz_tui.data.address import place_of
from caz_tui.data.choices import Field, Order
from caz_tui.data.query import ClientQuery, ClientView
from caz_tui.data.schemas import ClientChanges
from caz_tui.data.service import PortfolioService

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

REPEATS = 15
SESSIONS = 30
PATIENCE_SECONDS = 30.0


async def milliseconds(work: Callable[[], Awaitable[object]]) -> tuple[float, float]:
    """Return the median and the least time that something takes, once it has been done before."""
    await work()
    taken = []
    for _ in range(REPEATS):
        begun = time.perf_counter()
        await work()
        taken.append((time.perf_counter() - begun) * 1000)
    return statistics.median(taken), min(taken)


async def main() -> None:
    for url in sys.argv[1:]:
        place = place_of(url)
        print(f"\n{place}")
        begun = time.perf_counter()
        service = await PortfolioService.open(place, user="medida")
        print(f"open  {(time.perf_counter() - begun) * 1000:.0f} ms")
        total = await service.count(ClientView())

        async def fresh(view: ClientView, offset: int = 0, of: PortfolioService = service) -> None:
            of._walks.clear()  # noqa: SLF001 - as it is when somebody else has written
            await of.page(view, offset, 60)

        async def counted(view: ClientView, of: PortfolioService = service) -> None:
            of._walks.clear()  # noqa: SLF001
            await of.count(view)

        async def edited(of: PortfolioService = service) -> None:
            client = await of.client(7)
            await of.update(7, ClientChanges(notes=f"medida {time.time_ns()}"), client.version)

        by_date = ClientView(order=Order(field=Field.EXPIRES_ON, descending=True))
        asked: dict[str, Callable[[], Awaitable[object]]] = {
            f"first page of {total}": lambda: fresh(ClientView()),
            "first page by date, newest first": partial(fresh, by_date),
            "page in the middle, from nothing": partial(fresh, ClientView(), total // 2),
            "count of all": lambda: counted(ClientView()),
            "a word few have: page": lambda: fresh(ClientView(query=ClientQuery.parse("padaria"))),
            "a word few have: count": lambda: counted(ClientView(query=ClientQuery.parse("padaria"))),
            "a word many have: page": lambda: fresh(ClientView(query=ClientQuery.parse("ltda"))),
            "a word many have: count": lambda: counted(ClientView(query=ClientQuery.parse("ltda"))),
            "figures of Início": service.summary,
            "client read and edited": edited,
        }
        for what, work in asked.items():
            median, least = await milliseconds(work)
            print(f"{what:34} median {median:7.1f} ms  least {least:7.1f} ms")
        await _told(service, url)
        await service.close()


async def _told(writer: PortfolioService, url: str) -> None:
    """Measure how long it takes until many sessions know of a write."""
    services = [await PortfolioService.open(place_of(url), user=f"pessoa{number}") for number in range(SESSIONS)]
    heard: list[float] = []
    watches = [asyncio.create_task(service.watch(lambda: heard.append(time.perf_counter()))) for service in services]
    await asyncio.sleep(PATIENCE_SECONDS / 10)
    heard.clear()
    begun = time.perf_counter()
    await writer.note("Mediu", "o tempo até ser ouvido")
    deadline = begun + PATIENCE_SECONDS
    while len(heard) < SESSIONS and time.perf_counter() < deadline:  # noqa: ASYNC110 - counted by callbacks
        await asyncio.sleep(0.01)
    print(f"{SESSIONS} sessions told of a write: {len(heard)}, the last after {(max(heard) - begun) * 1000:.0f} ms")
    for watch in watches:
        watch.cancel()
    await asyncio.gather(*watches, return_exceptions=True)
    for service in services:
        await service.close()


if __name__ == "__main__":
    asyncio.run(main())
