"""Pôr na carteira: everything the list shows, or what is marked, goes to a carteira at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import work
from textual.widgets import Static

from caz_tui import formats
from caz_tui.data.schemas import Assigned
from caz_tui.data.text import fold
from caz_tui.screens.confirm import Confirm
from caz_tui.screens.form_dialog import FormDialog
from caz_tui.terminal.text import shown
from caz_tui.widgets.field import FormField
from caz_tui.widgets.suggest_input import SuggestInput

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.widget import Widget

    from caz_tui.data.query import Selection
    from caz_tui.data.service import PortfolioService


_NONE_YET = "Ainda não há carteira; um nome novo cria a primeira."


class AssignCarteira(FormDialog[Assigned]):
    """Says how many clients it concerns, and asks for a carteira that is there or shall be."""

    confirm_label = "Pôr na carteira"

    DEFAULT_CSS = """
    AssignCarteira > #window { width: 68; }
    AssignCarteira #what, AssignCarteira #known { height: auto; }
    AssignCarteira #known { color: $muted; }
    AssignCarteira #carteira { margin-top: 1; }
    AssignCarteira FormField > .control { margin-left: 10; }
    """

    def __init__(self, service: PortfolioService, selection: Selection, subject: str = "") -> None:
        """Take the data, the clients, and the name of the one client they are, if they are one."""
        super().__init__("Pôr na carteira")
        self._service = service
        self._selection = selection
        self._subject = subject
        self._carteira = SuggestInput()
        self._known: tuple[str, ...] = ()

    def compose_fields(self) -> Iterable[Widget]:
        """Return whom it concerns, the one field, and the carteiras there are."""
        yield Static(id="what", markup=False)
        yield FormField("Carteira", self._carteira, id="carteira")
        yield Static(id="known", markup=False)
        yield Static("Sem nome, os clientes ficam fora de carteira.", classes="hint", markup=False)

    def on_mount(self) -> None:
        """Count the clients, and learn which carteiras there are."""
        super().on_mount()
        self._describe()

    @work
    async def _describe(self) -> None:
        self._known = await self._service.known_carteiras()
        self._carteira.offer(self._known)
        there = f"Já existem: {', '.join(self._known)}" if self._known else _NONE_YET
        self.query_one("#known", Static).update(shown(there))
        count = await self._service.count_selection(self._selection)
        self.query_one("#what", Static).update(shown(self._subject or self._whom(count), "bold"))

    def _whom(self, count: int) -> str:
        if self._selection.only is not None:
            return formats.count(count, "cliente marcado", "clientes marcados")
        view = self._selection.view
        chips = "".join(f" · {chip.text}" for chip in view.query.describe())
        but = len(self._selection.but)
        left_out = f" · menos {formats.count(but, 'desmarcado')}" if but else ""
        return f"{formats.count(count, 'cliente')} de {view.tab.label}{chips}{left_out}"

    async def save(self) -> Assigned | None:
        """Move the clients, after asking before a carteira is made."""
        name = self._carteira.value.strip()
        if not name:
            return await self._service.assign(self._selection, None)
        is_new = fold(name) not in map(fold, self._known)
        if is_new:
            question = Confirm(f"Criar a carteira {name}?", details="Ainda não há uma com esse nome.", confirm="Criar")
            if not await self.app.push_screen_wait(question):
                return None
        return await self._service.assign(self._selection, name, new=is_new)
