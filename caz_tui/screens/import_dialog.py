"""Importing a spreadsheet: pick it, see its columns, see what would happen, do it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on, work
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.widgets import Button, ContentSwitcher, Static

from caz_tui.data.errors import PortfolioError
from caz_tui.data.imports import ImportOptions
from caz_tui.screens.base import Dialog
from caz_tui.screens.export_dialog import progress_line
from caz_tui.screens.import_steps import PAD_DOCUMENTS, SKIP_INVALID, ColumnsStep, DoneStep, FileStep, OutcomeStep
from caz_tui.terminal.text import shown

if TYPE_CHECKING:
    from pathlib import Path

    from textual.app import ComposeResult

    from caz_tui.data.imports import ImportReport
    from caz_tui.data.service import PortfolioService
    from caz_tui.data.sheets.office_folder import OfficeFolder

FILE, COLUMNS, OUTCOME, DONE = "file", "columns", "outcome", "done"
_STEPS = (FILE, COLUMNS, OUTCOME, DONE)
_TITLES = {
    FILE: "Importar planilha · 1 de 3 · arquivo",
    COLUMNS: "Importar planilha · 2 de 3 · colunas",
    OUTCOME: "Importar planilha · 3 de 3 · conferência",
    DONE: "Importar planilha · resultado",
}
_HINTS = {
    FILE: "↓ lista · enter continua · esc fecha",
    COLUMNS: "←→ escolhe a coluna · f2 continua · esc volta",
    OUTCOME: "espaço marca · f2 importa · esc volta",
    DONE: "enter fecha",
}
_GO_ON = {FILE: "Continuar", COLUMNS: "Continuar", OUTCOME: "Importar", DONE: "Fechar"}


class ImportDialog(Dialog[bool]):
    """Leads from a file to the portfolio; Esc goes one step back."""

    CSS_PATH = "import_dialog.tcss"
    BINDINGS = [Binding("enter", "confirm", show=False), Binding("down", "list", show=False)]

    def __init__(self, service: PortfolioService, folder: OfficeFolder | None = None) -> None:
        """Take the data, and the one folder that files may come from, if there is one."""
        super().__init__()
        self._service = service
        self._folder = folder
        self._path: Path | None = None
        self._report: ImportReport | None = None
        self._is_writing = False

    def compose(self) -> ComposeResult:
        """Put the steps over the buttons."""
        with Vertical(id="window"):
            with ContentSwitcher(initial=FILE):
                yield FileStep(self._folder, id=FILE)
                yield ColumnsStep(id=COLUMNS)
                yield OutcomeStep(id=OUTCOME)
                yield DoneStep(id=DONE)
            with Vertical(classes="foot"):
                yield Static(id="trouble", markup=False)
                yield Static(id="progress", markup=False)
                with Horizontal(classes="buttons"):
                    yield Button("Cancelar", id="back")
                    yield Button("Continuar", id="go-on", variant="primary")

    def on_mount(self) -> None:
        """Start with the file."""
        self._show_step(FILE)
        self.query_one(FileStep).path_input.focus()

    @property
    def step(self) -> str:
        """The step that is open."""
        return self.query_one(ContentSwitcher).current or FILE

    def _show_step(self, step: str) -> None:
        self.query_one(ContentSwitcher).current = step
        self.query_one("#trouble").remove_class("-there")
        window = self.query_one("#window")
        window.border_title = _TITLES[step]
        window.border_subtitle = _HINTS[step]
        back = self.query_one("#back", Button)
        back.display = step != DONE
        back.label = "Cancelar" if step == FILE else "Voltar"
        self.query_one("#go-on", Button).label = _GO_ON[step]

    def has_typed(self) -> bool:
        """Tell whether a path or a column was chosen that leaving would lose."""
        return bool(self.query_one(FileStep).path_input.value)

    def action_list(self) -> None:
        """Go from the path to the list of files."""
        if self.step == FILE:
            self.query_one(FileStep).focus_list()

    def action_confirm(self) -> None:
        """Go on to the next step."""
        if self._is_writing:
            return
        match self.step:
            case "file":
                self.query_one(FileStep).choose()
            case "columns":
                self._rehearse()
            case "outcome":
                self._import()
            case _:
                self.dismiss(self._wrote)

    def action_leave(self) -> None:
        """Go one step back, or leave; an import that is being written is waited for."""
        if self._is_writing:
            self._say_trouble("A planilha está sendo gravada; aguarde um instante.")
            return
        self.workers.cancel_group(self, "read")
        self._hide_progress()
        match self.step:
            case "columns":
                self._show_step(FILE)
                self.query_one(FileStep).path_input.focus()
            case "outcome":
                self._show_step(COLUMNS)
                self.query_one(ColumnsStep).focus_first()
            case "done":
                self.dismiss(self._wrote)
            case _:
                super().action_leave()

    @property
    def _wrote(self) -> bool:
        return self._report is not None and self._report.wrote

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Go back or on."""
        if event.button.id == "back":
            self.action_leave()
        else:
            self.action_confirm()

    @on(FileStep.Chosen)
    def _preview(self, event: FileStep.Chosen) -> None:
        self._path = event.path
        self._read_preview(event.path)

    @work(exclusive=True, group="read")
    async def _read_preview(self, path: Path) -> None:
        try:
            preview = await self._service.preview_sheet(path, {})
        except PortfolioError as error:
            self._say_trouble(str(error))
            return
        columns = self.query_one(ColumnsStep)
        await columns.show(path, preview)
        self._show_step(COLUMNS)
        if preview.missing:
            columns.focus_first()
        else:
            self.query_one("#go-on").focus()

    def _rehearse(self) -> None:
        missing = self.query_one(ColumnsStep).missing()
        if missing:
            self._say_trouble(f"Falta dizer que coluna tem: {', '.join(missing)}.")
            self.query_one(ColumnsStep).focus_first()
            return
        self._read_outcome()

    @on(OutcomeStep.OptionsChanged)
    def _rehearse_again(self) -> None:
        self._read_outcome()

    @work(exclusive=True, group="read")
    async def _read_outcome(self) -> None:
        report = await self._run(dry_run=True)
        if report is None:
            return
        outcome = self.query_one(OutcomeStep)
        outcome.show(report, self.query_one(ColumnsStep).labels)
        is_new = self.step != OUTCOME
        self._show_step(OUTCOME)
        go_on = self.query_one("#go-on", Button)
        go_on.disabled = bool(report.rejections) and SKIP_INVALID not in outcome.options.chosen
        if is_new:
            (outcome.options if go_on.disabled else go_on).focus()

    def _import(self) -> None:
        if not self.query_one("#go-on", Button).disabled:
            self._is_writing = True
            self._write()

    @work(group="write")
    async def _write(self) -> None:
        try:
            report = await self._run(dry_run=False)
        finally:
            self._is_writing = False
        if report is not None:
            self._report = report
            self.query_one(DoneStep).show(report)
            self._show_step(DONE)
            self.query_one("#go-on").focus()

    async def _run(self, *, dry_run: bool) -> ImportReport | None:
        """Import or rehearse with the bar; None, and the reason on the screen, when the file is refused as a whole."""
        assert self._path is not None
        chosen = self.query_one(OutcomeStep).options.chosen
        options = ImportOptions(
            mapping=self.query_one(ColumnsStep).mapping,
            dry_run=dry_run,
            skip_invalid=SKIP_INVALID in chosen,
            pad_documents=PAD_DOCUMENTS in chosen,
        )
        try:
            return await self._service.import_sheet(self._path, options, self._show_progress)
        except PortfolioError as error:
            self._say_trouble(str(error))
            return None
        finally:
            self._hide_progress()

    def _show_progress(self, lines: int, fraction: float) -> None:
        if not self.is_attached:
            return
        progress = self.query_one("#progress", Static)
        progress.add_class("-there")
        progress.update(progress_line(lines, fraction, "linhas"))

    def _hide_progress(self) -> None:
        self.query_one("#progress").remove_class("-there")

    def _say_trouble(self, text: str) -> None:
        trouble = self.query_one("#trouble", Static)
        trouble.update(shown(f"▲ {text}"))
        trouble.add_class("-there")
