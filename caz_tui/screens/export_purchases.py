"""Exportar compras: the purchases, or one of them, to a file."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING

from caz_tui import formats
from caz_tui.screens.confirm import Confirm
from caz_tui.screens.export_dialog import SUFFIXES, target
from caz_tui.screens.form_dialog import FormDialog
from caz_tui.screens.paths import export_hint, export_input, whereabouts
from caz_tui.widgets.field import FormField

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.widget import Widget

    from caz_tui.data.service import PortfolioService
    from caz_tui.data.sheets.office_folder import OfficeFolder


class ExportPurchases(FormDialog[str]):
    """Asks for a file and writes purchases to it; the result is the sentence that says so."""

    confirm_label = "Exportar"
    DEFAULT_CSS = "ExportPurchases FormField > .control { margin-left: 10; }"

    def __init__(
        self, service: PortfolioService, folder: OfficeFolder | None = None, number: str | None = None
    ) -> None:
        """Take the data, the one folder that files may go to, if there is one, and the purchase if it is but one."""
        super().__init__(f"Exportar compra {number}" if number else "Exportar compras")
        self._service = service
        self._folder = folder
        self._number = number
        # The number came from a spreadsheet, and a file is to be named after it.
        name = "compra-" + re.sub(r"[^\w-]+", "-", number) if number else f"compras-{service.today.isoformat()}"
        self._path = export_input(f"{name}.csv", SUFFIXES, folder)

    def compose_fields(self) -> Iterable[Widget]:
        """Return the one field."""
        yield FormField("Arquivo", self._path, id="path")
        yield export_hint(self._folder)

    def on_mount(self) -> None:
        """Put the cursor where the name ends."""
        self._path.cursor_position = len(self._path.value)

    async def save(self) -> str | None:
        """Write the file, after asking before one is overwritten."""
        path, exists = await asyncio.to_thread(target, self._path.value.strip(), self._folder)
        if exists:
            question = Confirm(
                f"Já existe {path.name}. Substituir?", details=whereabouts(path), confirm="Substituir", dangerous=True
            )
            if not await self.app.push_screen_wait(question):
                return None
        written = await self._service.export_purchases(path, self._number)
        return f"{formats.count(written, 'compra exportada', 'compras exportadas')} para {path}"
