"""A form that was open when the line went, from one session to the next."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import pytest
from textual.widgets import Input

from caz_tui.app import DeskApp
from caz_tui.data.drafts import Draft, Drafts
from caz_tui.data.query import ClientView
from caz_tui.data.schemas import ClientChanges
from caz_tui.screens.client_form import ClientForm
from caz_tui.screens.confirm import Confirm
from caz_tui.screens.draft_offer import DraftOffer
from caz_tui.screens.home import HomeScreen
from caz_tui.screens.stale_client import StaleClientDialog
from caz_tui.session import Session
from tests.support import FrozenClock
from tests.ui.dialog_host import first_row, until

if TYPE_CHECKING:
    from pathlib import Path

    from textual.pilot import Pilot
    from textual.screen import Screen

    from caz_tui.data.readings import Client
    from caz_tui.data.service import PortfolioService


@pytest.fixture
def drafts(tmp_path: Path) -> Drafts:
    return Drafts(tmp_path / "rascunhos", "operador", "/carteira.db", FrozenClock())


async def come_to(pilot: Pilot[int], kind: type[Screen[Any]]) -> None:
    """Wait until a screen of a kind is open and has its focus."""
    await until(cast("Pilot[None]", pilot), lambda: isinstance(pilot.app.screen, kind))


def field(app: DeskApp, name: str) -> Input:
    return app.screen.query_one(f"FormField#{name} Input", Input)


async def some_client(service: PortfolioService) -> Client:
    return await service.client((await first_row(service, "situacao:ativo pago_por:cliente")).id)


async def cut_off(service: PortfolioService, drafts: Drafts) -> None:
    """Type into the form of a new client, or of the draft that is offered, and end the session at its question."""
    app = DeskApp(service, session=Session(drafts=drafts))
    async with app.run_test(size=(80, 24)) as pilot:
        if drafts.newest() is None:
            await come_to(pilot, HomeScreen)
            app.push_screen(ClientForm(service, None))
        else:
            await come_to(pilot, DraftOffer)
            await pilot.press("c")
        await come_to(pilot, ClientForm)
        field(app, "name").value = "Padaria Nova"
        await pilot.press("escape")
        await come_to(pilot, Confirm)
        app.exit(129)
    assert drafts.newest() is not None


async def test_what_was_typed_is_offered_and_goes_on(service: PortfolioService, drafts: Drafts) -> None:
    await cut_off(service, drafts)
    app = DeskApp(service, session=Session(drafts=drafts))
    async with app.run_test(size=(80, 24)) as pilot:
        await come_to(pilot, DraftOffer)
        await pilot.press("enter")
        await come_to(pilot, ClientForm)
        assert field(app, "name").value == "Padaria Nova"
        field(app, "document").value = "52998224725"
        await pilot.press("f2")
        await come_to(pilot, HomeScreen)
    assert (await first_row(service, "padaria nova")).document == "52998224725"
    assert drafts.newest() is None


async def test_a_session_cut_off_again_keeps_one_draft(service: PortfolioService, drafts: Drafts) -> None:
    await cut_off(service, drafts)
    await cut_off(service, drafts)
    draft = drafts.newest()
    assert draft is not None
    drafts.forget(draft)
    assert drafts.newest() is None


@pytest.mark.parametrize(("key", "is_left"), [("d", False), ("escape", True)])
async def test_a_draft_is_discarded_or_left(service: PortfolioService, drafts: Drafts, key: str, is_left: bool) -> None:
    await cut_off(service, drafts)
    app = DeskApp(service, session=Session(drafts=drafts))
    async with app.run_test(size=(80, 24)) as pilot:
        await come_to(pilot, DraftOffer)
        await pilot.press(key)
        await come_to(pilot, HomeScreen)
        assert (drafts.newest() is not None) is is_left


async def test_giving_up_the_form_discards_the_draft(service: PortfolioService, drafts: Drafts) -> None:
    await cut_off(service, drafts)
    app = DeskApp(service, session=Session(drafts=drafts))
    async with app.run_test(size=(80, 24)) as pilot:
        await come_to(pilot, DraftOffer)
        await pilot.press("c")
        await come_to(pilot, ClientForm)
        await pilot.press("escape", "s")
        await come_to(pilot, HomeScreen)
    assert drafts.newest() is None


async def test_what_others_changed_meanwhile_is_asked_about(service: PortfolioService, drafts: Drafts) -> None:
    client = await some_client(service)
    drafts.keep(Draft(client=client, client_id=client.id, typed={"city": "Águas de Lindóia"}))
    await service.update(client.id, ClientChanges.model_validate({"city": "Bauru"}), client.version)
    app = DeskApp(service, session=Session(drafts=drafts))
    async with app.run_test(size=(80, 24)) as pilot:
        await come_to(pilot, DraftOffer)
        await pilot.press("enter")
        await come_to(pilot, ClientForm)
        assert field(app, "city").value == "Águas de Lindóia"
        await pilot.press("f2")
        await come_to(pilot, StaleClientDialog)


@pytest.mark.parametrize("is_there", [True, False])
async def test_a_draft_of_another_version_is_put_on_the_client_of_today(
    service: PortfolioService, drafts: Drafts, is_there: bool
) -> None:
    client = await some_client(service)
    client_id = client.id if is_there else 999_999
    drafts.keep(Draft(client=None, client_id=client_id, typed={"city": "Bauru", "situation": "nunca", "gone": "x"}))
    app = DeskApp(service, session=Session(drafts=drafts))
    async with app.run_test(size=(80, 24)) as pilot:
        await come_to(pilot, DraftOffer)
        await pilot.press("enter")
        await come_to(pilot, ClientForm)
        assert field(app, "city").value == "Bauru"
        assert field(app, "name").value == (client.name if is_there else "")


async def test_nothing_typed_leaves_nothing(service: PortfolioService, drafts: Drafts) -> None:
    app = DeskApp(service, session=Session(drafts=drafts))
    async with app.run_test(size=(80, 24)) as pilot:
        await come_to(pilot, HomeScreen)
        app.push_screen(ClientForm(service, await some_client(service)))
        await come_to(pilot, ClientForm)
        app.exit(129)
    assert drafts.newest() is None
    assert (await service.page(ClientView(), 0, 1)).rows
