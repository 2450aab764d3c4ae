"""Two people on one client: the second to save sees what the first one wrote, and chooses field by field."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import Vertical
from textual.widgets import Button, Static

from caz_tui import formats
from caz_tui.data.choices import FIELD_OF_ATTRIBUTE
from caz_tui.screens.client_fields import value_text
from caz_tui.screens.form_dialog import FormDialog
from caz_tui.terminal.text import shown
from caz_tui.widgets.check_group import RadioGroup
from caz_tui.widgets.field import FormField

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from textual.widget import Widget

    from caz_tui.data.readings import Client
    from caz_tui.data.schemas import ClientChanges

_MINE, _THEIRS = "mine", "theirs"


class StaleClientDialog(FormDialog[frozenset[str]]):
    """Shows before, mine and theirs of each field that differs; hands back the attributes that are to be mine."""

    CSS_PATH = "stale_client.tcss"
    HORIZONTAL_BREAKPOINTS = [(0, "-tight"), (70, "-roomy")]
    confirm_label = "Salvar assim"

    DEFAULT_CSS = """
    StaleClientDialog > #window { width: 80; }
    StaleClientDialog #why { height: auto; margin-bottom: 1; }
    StaleClientDialog .before { height: auto; color: $muted; }
    StaleClientDialog FormField { margin-bottom: 1; }
    StaleClientDialog FormField > .control { margin-left: 21; }
    """

    def __init__(self, base: Client, mine: ClientChanges, theirs: Client, names: Sequence[str]) -> None:
        """Take the client as both read it, what was typed here, what was saved meanwhile, and where to choose."""
        super().__init__("Outra pessoa alterou este cliente")
        self._base = base
        self._groups: dict[str, RadioGroup] = {}
        for name in names:
            typed_here = name in mine.model_fields_set
            own = value_text(getattr(mine if typed_here else base, name))
            other = value_text(getattr(theirs, name))
            options = ((_MINE, f"o meu: {_short(own)}"), (_THEIRS, f"o do outro: {_short(other)}"))
            self._groups[name] = RadioGroup(options, _MINE if typed_here else _THEIRS)

    def compose_fields(self) -> Iterable[Widget]:
        """Return the reason, and a choice for each field."""
        yield Static(
            shown(
                f"{self._base.name} foi salvo por outra pessoa enquanto você editava. Escolha o que fica em cada campo."
            ),
            id="why",
        )
        for name, group in self._groups.items():
            before = Static(shown(f"antes: {_short(value_text(getattr(self._base, name)))}"), classes="before")
            yield FormField(FIELD_OF_ATTRIBUTE[name].label, Vertical(group, before), id=name)

    def compose_buttons(self) -> Iterable[Widget]:
        """Return the two short cuts and the usual buttons."""
        yield Button("Tudo meu", id="mine")
        yield Button("Tudo do outro", id="theirs")
        yield Button("Voltar", id="cancel")
        yield Button(self.confirm_label, id="ok", variant="primary")

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Choose for all fields at once, or leave, or confirm."""
        if event.button.id in {_MINE, _THEIRS}:
            for group in self._groups.values():
                group.value = event.button.id
        else:
            super().on_button_pressed(event)

    async def save(self) -> frozenset[str]:
        """Return the attributes that are to be as they were typed here."""
        return frozenset(name for name, group in self._groups.items() if group.value == _MINE)


def _short(text: str) -> str:
    first, *rest = text.splitlines() or [formats.NOTHING]
    return first + (" …" if rest else "")
