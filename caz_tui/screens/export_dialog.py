"""Exporting the list on the screen to a file."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from textual import work
from textual.widgets import Static

from caz_tui import formats
from caz_tui.data.errors import SheetError
from caz_tui.data.sheets.office_folder import ConfinedPath
from caz_tui.screens.confirm import Confirm
from caz_tui.screens.form_dialog import FormDialog, WrongFields
from caz_tui.screens.paths import export_hint, export_input, path_of, whereabouts
from caz_tui.terminal.text import shown
from caz_tui.terminal.visible import visible
from caz_tui.widgets.field import FormField

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from textual.widget import Widget

    from caz_tui.data.query import ClientView
    from caz_tui.data.service import PortfolioService
    from caz_tui.data.sheets.office_folder import OfficeFolder

SUFFIXES = (".csv", ".xlsx", ".json")
_BAR_CELLS = 40


class ExportDialog(FormDialog[bool]):
    """Asks where to, writes the view there with a bar, and says how many clients were written."""

    confirm_label = "Exportar"

    DEFAULT_CSS = """
    ExportDialog #what { height: auto; margin-bottom: 1; }
    ExportDialog #progress { height: 1; margin-top: 1; display: none; }
    ExportDialog FormField > .control { margin-left: 10; }
    """

    def __init__(self, service: PortfolioService, view: ClientView, folder: OfficeFolder | None = None) -> None:
        """Take the data, what is exported, and the one folder that files may go to, if there is one."""
        super().__init__("Exportar a lista")
        self._service = service
        self._view = view
        self._folder = folder
        self._path = export_input(f"carteira-{service.today.isoformat()}.csv", SUFFIXES, folder)

    def compose_fields(self) -> Iterable[Widget]:
        """Return what is exported, where to, and the bar."""
        yield Static(id="what", markup=False)
        yield FormField("Arquivo", self._path, id="path")
        yield export_hint(self._folder)
        yield Static(id="progress", markup=False)

    def on_mount(self) -> None:
        """Count what is to be exported."""
        super().on_mount()
        self._path.cursor_position = len(self._path.value)
        self._describe()

    @work
    async def _describe(self) -> None:
        count = await self._service.count(self._view)
        chips = " · ".join(chip.text for chip in self._view.query.describe())
        what = f"{formats.count(count, 'cliente')} de {self._view.tab.label}" + (f" · {chips}" if chips else "")
        self.query_one("#what", Static).update(shown(what))

    async def save(self) -> bool | None:
        """Write the file, after asking before one is overwritten."""
        path, exists = await asyncio.to_thread(target, self._path.value.strip(), self._folder)
        if exists and not await self._may_overwrite(path):
            return None
        written = await self._service.export_sheet(path, self._view, self._tell)
        self.app.notify(
            visible(f"{formats.count(written, 'cliente exportado', 'clientes exportados')} para {path}"), markup=False
        )
        return True

    async def _may_overwrite(self, path: Path) -> bool:
        question = Confirm(
            f"Já existe {path.name}. Substituir?", details=whereabouts(path), confirm="Substituir", dangerous=True
        )
        answer: bool | None = await self.app.push_screen_wait(question)
        return bool(answer)

    def _tell(self, written: int, fraction: float) -> None:
        if self.is_attached:
            progress = self.query_one("#progress", Static)
            progress.display = True
            progress.update(progress_line(written, fraction, "clientes"))


def target(text: str, folder: OfficeFolder | None = None, suffixes: tuple[str, ...] = SUFFIXES) -> tuple[Path, bool]:
    """Return the path that a text names and whether a file is there already; raises ``WrongFields``."""
    if not text:
        raise WrongFields({"path": "falta o nome do arquivo"})
    try:
        path = path_of(text, folder)
        is_there = path.folder.has(path) if isinstance(path, ConfinedPath) else path.exists()
    except SheetError as error:
        raise WrongFields({"path": str(error)}) from None
    if path.suffix.lower() not in suffixes:
        *others, last = suffixes
        listed = f"{', '.join(others)} ou {last}" if others else last
        raise WrongFields({"path": f"o nome precisa terminar em {listed}"})
    if folder is None and path.is_dir():
        raise WrongFields({"path": "já existe uma pasta com esse nome"})
    return path, is_there


def progress_line(done: int, fraction: float, what: str) -> str:
    """Return a bar with the count of what is done."""
    return f"{formats.bar(round(fraction * 1000), 1000, _BAR_CELLS)} {fraction:4.0%}  {formats.integer(done)} {what}"
