"""What others write is shown by itself, from the first moment on."""

from __future__ import annotations

import asyncio

from caz_tui.app import DeskApp
from caz_tui.data.choices import Tab
from caz_tui.data.schemas import ClientChanges
from caz_tui.data.service import PortfolioService
from tests.support import file_of
from tests.ui.client_desk import Desk

PATIENCE_SECONDS = 30


async def test_what_is_written_while_a_person_comes_is_shown(service: PortfolioService) -> None:
    theirs = await PortfolioService.open(file_of(service), user="operador")
    before = (await service.tab_counts())[Tab.ALL]

    async def come() -> None:
        # As the entry of who came is, after the first screen was read.
        await theirs.create(ClientChanges(name="Aaa Padaria", document="52998224725"))

    app = DeskApp(service, settled=come)
    async with app.run_test(size=(80, 24)) as pilot:
        desk = Desk(pilot)
        await desk.press("2")
        async with asyncio.timeout(PATIENCE_SECONDS):
            while desk.clients.tab_counts.get(Tab.ALL) != before + 1:
                await desk.settle()
    await theirs.close()
