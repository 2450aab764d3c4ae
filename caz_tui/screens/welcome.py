"""The greeting of whoever opens the program on an empty portfolio."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.binding import Binding
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Static
from textual.widgets.option_list import Option

from caz_tui.screens.base import Dialog, PortfolioChanged, SheetWanted
from caz_tui.screens.client_form import ClientForm
from caz_tui.terminal.text import shown
from caz_tui.widgets.choice_list import ChoiceList

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.content import Content

    from caz_tui.data.readings import Client
    from caz_tui.data.service import PortfolioService


@dataclass
class DemoWanted(Message):
    """Someone asked to see the demonstration, on a portfolio of its own that is thrown away."""


_OFFERS = (
    ("import", "i", "Importar uma planilha", "CSV ou XLSX, como ela já está"),
    ("new", "n", "Cadastrar um cliente", "um de cada vez, à mão"),
    ("demo", "d", "Ver a demonstração", "carteira inventada, à parte da sua"),
    ("start", "c", "Começar assim mesmo", "a carteira fica vazia por ora"),
)


class Welcome(Dialog[None]):
    """Greets and offers the ways to begin."""

    BINDINGS = [Binding(letter, f"begin('{name}')", show=False) for name, letter, _, _ in _OFFERS]

    DEFAULT_CSS = """
    Welcome > #window { width: 74; padding: 1 2; overflow-y: auto; scrollbar-size-vertical: 1; }
    Welcome #greeting { height: auto; margin-bottom: 1; }
    Welcome OptionList, Welcome OptionList:focus { height: auto; border: none; padding: 0; background: $background; }
    """

    def __init__(self, service: PortfolioService) -> None:
        super().__init__()
        self._service = service

    def compose(self) -> ComposeResult:
        """Put the offers under the greeting."""
        with Vertical(id="window"):
            yield Static(
                "Boas-vindas. Sua carteira ainda está vazia; por onde quer começar?", id="greeting", markup=False
            )
            yield ChoiceList(*(Option(_label(letter, label, why), id=name) for name, letter, label, why in _OFFERS))

    def on_mount(self) -> None:
        """Start on the first offer."""
        window = self.query_one("#window")
        window.border_title = "caz-tui"
        window.border_subtitle = "enter escolhe · esc fecha"
        self.query_one(ChoiceList).highlighted = 0

    def on_option_list_option_selected(self, event: ChoiceList.OptionSelected) -> None:
        """Begin in the way that was chosen."""
        self.action_begin(event.option.id or "start")

    def action_confirm(self) -> None:
        """Begin in the way under the cursor."""
        self.query_one(ChoiceList).action_select()

    def action_begin(self, offer: str) -> None:
        """Leave, and begin in one of the ways; a form that is given up leads back here."""
        if offer == "new":
            self.app.push_screen(ClientForm(self._service, None), self._after_form)
            return
        if offer == "import":
            self.app.post_message(SheetWanted())
        elif offer == "demo":
            self.app.post_message(DemoWanted())
        self.dismiss(None)

    def _after_form(self, client: Client | None) -> None:
        if client is not None:
            self.app.post_message(PortfolioChanged())
            self.dismiss(None)


def _label(letter: str, label: str, why: str) -> Content:
    return shown(letter, "bold $primary") + shown(f"  {label:<24}") + shown(why, "$muted")
