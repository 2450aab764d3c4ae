"""What a client may ask for under the LGPD: their data whole in a file, and the erasure of how to reach them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from textual.widgets import Static

from caz_tui import formats
from caz_tui.data.choices import FIELD_OF_ATTRIBUTE
from caz_tui.data.erasing import personal_fields
from caz_tui.screens.confirm import Confirm
from caz_tui.screens.export_dialog import target
from caz_tui.screens.form_dialog import FormDialog
from caz_tui.screens.paths import export_input, whereabouts
from caz_tui.terminal.text import shown
from caz_tui.widgets.field import FormField

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.widget import Widget

    from caz_tui.data.readings import Client, ClientRow
    from caz_tui.data.service import PortfolioService
    from caz_tui.data.sheets.office_folder import OfficeFolder

SUFFIXES = (".json",)


class ExportDossier(FormDialog[str]):
    """Asks for a file and writes everything kept about a client to it; the result is the sentence that says so."""

    confirm_label = "Exportar"

    DEFAULT_CSS = """
    ExportDossier #who { height: auto; margin-bottom: 1; }
    ExportDossier FormField > .control { margin-left: 10; }
    """

    def __init__(self, service: PortfolioService, client: ClientRow, folder: OfficeFolder | None = None) -> None:
        """Take the data, the client, and the one folder that files may go to, if there is one."""
        super().__init__("Exportar os dados do cliente")
        self._service = service
        self._client = client
        self._folder = folder
        self._path = export_input(f"cliente-{client.document}.json", SUFFIXES, folder)

    def compose_fields(self) -> Iterable[Widget]:
        """Return whose data goes where, and what it is."""
        yield Static(shown(self._client.name, "bold"), id="who")
        yield FormField("Arquivo", self._path, id="path")
        where = f"Vai para a pasta {self._folder.name}. " if self._folder else ""
        what = f"{where}Cadastro, licenças, compras e histórico, em JSON. Fica na trilha."
        yield Static(shown(what), classes="hint", markup=False)

    def on_mount(self) -> None:
        """Put the cursor where the name ends."""
        super().on_mount()
        self._path.cursor_position = len(self._path.value)

    async def save(self) -> str | None:
        """Write the file, after asking before one is overwritten."""
        path, exists = await asyncio.to_thread(target, self._path.value.strip(), self._folder, SUFFIXES)
        if exists:
            question = Confirm(
                f"Já existe {path.name}. Substituir?", details=whereabouts(path), confirm="Substituir", dangerous=True
            )
            if not await self.app.push_screen_wait(question):
                return None
        await self._service.export_dossier(path, self._client.id)
        return f"Os dados de {self._client.name} foram para {path}."


def erasure_question(client: Client) -> Confirm:
    """Return the question before a client's personal data is erased: what goes, what stays, what is out of reach."""
    going = ", ".join(FIELD_OF_ATTRIBUTE[name].label for name in personal_fields(client))
    return Confirm(
        f"Apagar os dados pessoais de {client.name}?",
        details=(
            f"Some de vez: {going}. Também da trilha, dos rascunhos e das cópias ao lado do banco, e as visões salvas "
            "que procuram o e-mail ou o telefone.\n"
            f"Fica: nome, {formats.document(client.document)}, situação, plano, licenças, e quem fez o quê e quando.\n"
            "Cópias guardadas em outro lugar ainda têm os dados. Não há como desfazer."
        ),
        confirm="Apagar",
        dangerous=True,
    )
