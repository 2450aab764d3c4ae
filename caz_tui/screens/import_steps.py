"""The four steps of importing: the file, its columns, what would happen, what happened."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual import on, work
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import DataTable, Input, Static
from textual.widgets.option_list import Option

from caz_tui import formats
from caz_tui.data.errors import SheetError
from caz_tui.screens.paths import path_input, path_of
from caz_tui.terminal.text import rich_shown, shown
from caz_tui.widgets.check_group import CheckGroup
from caz_tui.widgets.choice_list import ChoiceList
from caz_tui.widgets.cycle import Cycle
from caz_tui.widgets.field import FormField

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from textual.app import ComposeResult

    from caz_tui.data.imports import ImportReport, SheetPreview
    from caz_tui.data.sheets.office_folder import OfficeFolder

SUFFIXES = (".csv", ".xlsx", ".txt")
SKIP_INVALID, PAD_DOCUMENTS = "skip", "pad"
MOST_PROBLEMS = 100
_CELL_LENGTH = 30
_NO_COLUMN = ""
_KINDS = {"clientes": "clientes", "compras": "compras", "beneficios": "benefícios"}


class FileStep(Vertical):
    """A path, typed or picked from what is in the folder."""

    @dataclass
    class Chosen(Message):
        """A path was chosen; it may still be that of no file."""

        path: Path

    def __init__(self, folder: OfficeFolder | None, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self._folder = folder

    def compose(self) -> ComposeResult:
        """Put the list under the field."""
        self.path_input = path_input("", SUFFIXES, self._folder, completes=False)
        self._listing = ChoiceList()
        yield FormField("Arquivo", self.path_input, id="path")
        yield self._listing
        yield Static("Planilhas CSV ou XLSX de clientes, de compras ou de benefícios", classes="hint", markup=False)

    def on_mount(self) -> None:
        """List the folder the program was opened in."""
        self._list()

    @on(Input.Changed)
    def _list(self) -> None:
        self._read_folder()

    @work(exclusive=True)
    async def _read_folder(self) -> None:
        found = await asyncio.to_thread(self.path_input.completions, self.path_input.value, SUFFIXES)
        self._listing.clear_options()
        self._listing.add_options([Option(shown(path), id=path) for path in found])
        self._listing.display = bool(found)

    def focus_list(self) -> None:
        """Go from the field to the list."""
        if self._listing.display:
            self._listing.focus()
            self._listing.highlighted = 0

    def on_option_list_option_selected(self, event: ChoiceList.OptionSelected) -> None:
        """Enter a folder, or choose a file."""
        event.stop()
        path = event.option.id or ""
        self.path_input.value = path
        self.path_input.cursor_position = len(path)
        if path.endswith("/"):
            self.path_input.focus()
        else:
            self.choose()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Choose what was typed."""
        event.stop()
        self.choose()

    def choose(self) -> None:
        """Tell which path stands in the field."""
        field = self.query_one(FormField)
        text = self.path_input.value.strip()
        try:
            path = path_of(text, self._folder) if text else None
        except SheetError as error:
            field.problem = str(error)
            return
        field.problem = "" if path else "Falta o caminho do arquivo."
        if path:
            self.post_message(self.Chosen(path))


class ColumnsStep(Vertical):
    """What each column was recognised as, the first lines, and a column to choose for each field that has none."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self._cycles: dict[str, Cycle] = {}
        self._preview: SheetPreview | None = None

    def compose(self) -> ComposeResult:
        """Put the columns under the summary, and the fields without one under them."""
        yield Static(id="kind", markup=False)
        yield DataTable(id="sample", cursor_type="none", zebra_stripes=False)
        yield Static(id="rest", classes="hint", markup=False)
        yield VerticalScroll(id="mapping", can_focus=False)

    async def show(self, path: Path, preview: SheetPreview) -> None:
        """Show what a file holds."""
        self._preview = preview
        recognised = formats.count(len(preview.columns), "coluna reconhecida", "colunas reconhecidas")
        self.query_one("#kind", Static).update(
            shown(path.name, "bold") + shown(f" · {_KINDS[preview.kind]} · {recognised} de {len(preview.headers)}")
        )
        self._fill_sample(preview)
        free = [header for header in preview.headers if header.strip() and header not in preview.columns.values()]
        options = ((_NO_COLUMN, "–"), *((header, header) for header in dict.fromkeys(free)))
        missing = set(preview.missing)
        unmapped = sorted(
            ((slug, label) for slug, label in preview.fields if slug not in preview.columns),
            key=lambda field: field[0] not in missing,
        )
        chosen = {slug: header for slug, header in self.mapping.items() if header in free}
        self._cycles = {slug: Cycle(options, chosen.get(slug, _NO_COLUMN)) for slug, _ in unmapped}
        fields = [
            FormField(f"{label} *" if slug in missing else label, self._cycles[slug], id=f"map-{slug}")
            for slug, label in unmapped
        ]
        rest = self.query_one("#rest", Static)
        rest.display = bool(fields) and bool(free)
        rest.update("Colunas dos outros campos (* obrigatório; – mantém o que há)")
        mapping = self.query_one("#mapping")
        mapping.display = bool(fields) and bool(free)
        await mapping.remove_children()
        await mapping.mount_all(fields)

    def _fill_sample(self, preview: SheetPreview) -> None:
        table = self.query_one("#sample", DataTable)
        table.clear(columns=True)
        labels = dict(preview.fields)
        field_of = {header: labels.get(slug, slug) for slug, header in preview.columns.items()}
        for header in preview.headers:
            table.add_column(rich_shown(_cut(header)))
        table.add_row(
            *(
                rich_shown(f"→ {field_of[header]}", "bold") if header in field_of else rich_shown("ignorada", "dim")
                for header in preview.headers
            )
        )
        for cells in preview.sample:
            padded = (*cells, *[""] * len(preview.headers))[: len(preview.headers)]
            table.add_row(*(rich_shown(_cut(cell)) for cell in padded))

    @property
    def mapping(self) -> dict[str, str]:
        """The header that was chosen for each field that had none."""
        return {slug: cycle.value for slug, cycle in self._cycles.items() if cycle.value != _NO_COLUMN}

    def missing(self) -> list[str]:
        """Mark the required fields that still have no column, and return their labels."""
        required = self._preview.missing if self._preview else ()
        wanting = [slug for slug in required if slug not in self.mapping]
        for field in self.query(FormField):
            is_wanting = field.id is not None and field.id.removeprefix("map-") in wanting
            field.problem = "Falta escolher a coluna." if is_wanting else ""
        return [self.labels.get(slug, slug) for slug in wanting]

    @property
    def labels(self) -> dict[str, str]:
        """The label of each field by its slug."""
        return dict(self._preview.fields) if self._preview else {}

    def focus_first(self) -> None:
        """Go to the first field that can be mapped."""
        for cycle in self._cycles.values():
            cycle.focus()
            return


class OutcomeStep(Vertical):
    """What would happen, how bad lines are taken, and the problems."""

    @dataclass
    class OptionsChanged(Message):
        """Bad lines are to be taken in another way."""

    def compose(self) -> ComposeResult:
        """Put the problems under the counts."""
        yield Static(id="counts", markup=False)
        self.options = CheckGroup(
            ((SKIP_INVALID, "pular linhas inválidas"), (PAD_DOCUMENTS, "completar zeros à esquerda dos documentos"))
        )
        yield self.options
        yield Static(id="verdict", markup=False)
        with VerticalScroll(id="problems"):
            yield Static(markup=False)
        yield Static(id="warnings", classes="hint", markup=False)

    @on(CheckGroup.Changed)
    def _tell(self, event: CheckGroup.Changed) -> None:
        event.stop()
        self.post_message(self.OptionsChanged())

    def show(self, report: ImportReport, labels: Mapping[str, str]) -> None:
        """Show what an import without writing found; fields have their labels by slug."""
        self.query_one("#counts", Static).update(counts(report))
        verdict, style = _verdict(report, skips=SKIP_INVALID in self.options.chosen)
        self.query_one("#verdict", Static).update(shown(verdict, style))
        problems = self.query_one("#problems")
        problems.display = bool(report.rejections)
        problems.query_one(Static).update(
            Content("\n").join(
                Content.assemble(
                    (f"Linha {formats.integer(rejection.line)}", "bold"),
                    (f" · {labels.get(rejection.field, rejection.field)}: ", "$muted"),
                    shown(_cut(rejection.value)),
                    shown(f" – {rejection.reason}", "$muted"),
                )
                for rejection in report.rejections[:MOST_PROBLEMS]
            )
        )
        more = len(report.rejections) - MOST_PROBLEMS
        lines = [shown(f"… e mais {formats.count(more, 'problema')}")] if more > 0 else []
        lines += [shown(warning) for warning in report.warnings[:3]]
        if len(report.warnings) > 3:
            lines.append(shown(f"… e mais {formats.count(len(report.warnings) - 3, 'aviso')}"))
        warnings = self.query_one("#warnings", Static)
        warnings.display = bool(lines)
        warnings.update(Content("\n").join(lines))


class DoneStep(Vertical):
    """What happened."""

    def compose(self) -> ComposeResult:
        """Put the counts under the sentence."""
        yield Static(id="sentence", markup=False)
        yield Static(id="done-counts", markup=False)
        yield Static(id="rejects", markup=False)

    def show(self, report: ImportReport) -> None:
        """Show what an import did."""
        if report.wrote:
            sentence, style = "✓ A planilha está na carteira.", "bold $success"
        elif report.rejections:
            sentence, style = "▲ Nada foi gravado.", "bold $error"
        else:
            sentence, style = "Não havia nada a gravar.", "bold"
        self.query_one("#sentence", Static).update(shown(sentence, style))
        self.query_one("#done-counts", Static).update(counts(report))
        rejects = self.query_one("#rejects", Static)
        rejects.display = report.rejects_path is not None
        if report.rejects_path is not None:
            rejects.update(shown(f"As linhas recusadas estão em {report.rejects_path}"))


def counts(report: ImportReport) -> Content:
    """Return the five counts of a report on one line."""
    pairs = (
        ("lidas", report.read),
        ("inseridas", report.inserted),
        ("atualizadas", report.updated),
        ("repetidas", report.repeated),
        ("rejeitadas", report.rejected),
    )
    return Content("   ").join(
        Content.assemble((formats.integer(number), "bold"), (f" {label}", "$muted")) for label, number in pairs
    )


def _verdict(report: ImportReport, *, skips: bool) -> tuple[str, str]:
    lines = formats.count(report.rejected, "linha recusada", "linhas recusadas")
    if not report.rejected:
        return "✓ Nenhuma linha recusada. Nada foi gravado ainda.", "$success"
    if skips:
        return f"▲ {lines}: ficam de fora, e o resto entra. Nada foi gravado ainda.", "$warning"
    return f"▲ {lines}: assim nada entra. Corrija a planilha ou marque “pular linhas inválidas”.", "$error"


def _cut(text: str) -> str:
    return text if len(text) <= _CELL_LENGTH else text[: _CELL_LENGTH - 1] + "…"
