"""Pictures of the real app, as SVG, compared with those that were approved."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, cast

import pytest
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode
from textual.screen import ModalScreen

from caz_tui.app import DeskApp
from caz_tui.screens.base import ACTION_GROUP
from caz_tui.session import EVERYDAY

if TYPE_CHECKING:
    from syrupy.assertion import SnapshotAssertion
    from textual.pilot import Pilot

    from caz_tui.data.service import PortfolioService
    from caz_tui.session import Session

Photograph = Callable[..., Awaitable[None]]
SIZES = {"80x24": (80, 24), "140x45": (140, 45)}


class SvgExtension(SingleFileSnapshotExtension):
    """One SVG file a picture."""

    _write_mode = WriteMode.TEXT
    file_extension = "svg"


MOST_ROUNDS = 2_000


def is_settled(app: DeskApp) -> bool:
    """Tell whether nothing is being read; what waits for the answer of a dialog that is open does not count."""
    busy = [worker for worker in app.workers if not worker.is_finished]
    asking = [worker for worker in busy if worker.group == ACTION_GROUP]
    return len(busy) == len(asking) and (not asking or isinstance(app.screen, ModalScreen))


async def settle(pilot: Pilot[int]) -> None:
    """Wait until everything that was asked for is on the screen."""
    quiet = 0
    for _ in range(MOST_ROUNDS):
        await pilot.pause()
        # What a worker brings may start another in the next round.
        quiet = quiet + 1 if is_settled(cast("DeskApp", pilot.app)) else 0
        if quiet == 3:
            return
    raise AssertionError("the screen never settled")


@pytest.fixture(params=SIZES)
def photograph(request: pytest.FixtureRequest, snapshot: SnapshotAssertion) -> Photograph:
    """Start the app on a service, press keys, and compare what is on the screen with the approved picture.

    A key that begins with ``=`` is typed as text. Each key is pressed when all before it has settled.
    """

    async def take(
        service: PortfolioService, *keys: str, theme: str | None = None, session: Session = EVERYDAY
    ) -> None:
        app = DeskApp(service, session=session)
        async with app.run_test(size=SIZES[request.param]) as pilot:
            if theme is not None:
                app.theme = theme
            await settle(pilot)
            for key in keys:
                await pilot.press(*(list(key[1:]) if key.startswith("=") else [key]))
                await settle(pilot)
            picture = app.export_screenshot(title="caz-tui")
        assert picture == snapshot(extension_class=SvgExtension)

    return take
