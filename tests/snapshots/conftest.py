"""Pictures of the real app, as SVG, compared with those that were approved."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

import pytest
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

from caz_tui.app import DeskApp
from caz_tui.session import EVERYDAY

if TYPE_CHECKING:
    from syrupy.assertion import SnapshotAssertion

    from caz_tui.data.service import PortfolioService
    from caz_tui.session import Session

Photograph = Callable[..., Awaitable[None]]
SIZES = {"80x24": (80, 24), "140x45": (140, 45)}


class SvgExtension(SingleFileSnapshotExtension):
    """One SVG file a picture."""

    _write_mode = WriteMode.TEXT
    file_extension = "svg"


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
            await pilot.pause()
            for key in keys:
                await pilot.press(*(list(key[1:]) if key.startswith("=") else [key]))
                await pilot.pause()
            picture = app.export_screenshot(title="caz-tui")
        assert picture == snapshot(extension_class=SvgExtension)

    return take
