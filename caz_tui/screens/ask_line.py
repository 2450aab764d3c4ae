"""A question that is answered with a line of text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from caz_tui.screens.form_dialog import FormDialog, WrongFields
from caz_tui.widgets.field import FormField, text_input

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.widget import Widget


class AskLine(FormDialog[str]):
    """Asks for a line of text that is not blank."""

    confirm_label = "OK"

    DEFAULT_CSS = "AskLine > #window { width: 60; }"

    def __init__(self, title: str, label: str, value: str = "") -> None:
        super().__init__(title)
        self._label = label
        self._input = text_input(value)
        self._input.styles.margin = (0, 0, 0, len(label) + 2)

    def compose_fields(self) -> Iterable[Widget]:
        """Return the one field."""
        yield FormField(self._label, self._input, id="line")

    async def save(self) -> str:
        """Return what was typed, without blanks around it."""
        text = self._input.value.strip()
        if not text:
            raise WrongFields({"line": f"falta preencher {self._label}"})
        return text
