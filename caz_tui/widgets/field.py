"""A field of a form: its label, its control, and under it the sentence that says what is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import Vertical
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Input, Static

from caz_tui.terminal.text import shown

if TYPE_CHECKING:
    from textual.app import ComposeResult

DATE_CHARACTERS = r"[0-9/.\-]*"
DATE_LENGTH = 10


class FormField(Widget):
    """A label, one or more controls beside it, and a problem when there is one."""

    DEFAULT_CSS = """
    FormField { layout: horizontal; height: auto; width: 1fr; }
    FormField > .label { width: 22; color: $muted; }
    FormField Vertical { width: 1fr; height: auto; }
    FormField .problem { height: auto; color: $error; display: none; }
    FormField.-wrong .problem { display: block; }
    FormField.-wrong > .label { color: $error; }
    """

    problem: reactive[str] = reactive("", init=False)

    def __init__(
        self,
        label: str,
        *controls: Widget,
        id: str | None = None,  # noqa: A002 - Textual's own name
        classes: str | None = None,
    ) -> None:
        """Take the label and the controls, from left to right."""
        super().__init__(id=id, classes=classes)
        self._label = label
        self.controls = controls

    def compose(self) -> ComposeResult:
        """Put the label beside the controls."""
        yield Static(shown(self._label), classes="label")
        with Vertical():
            yield from self.controls
            yield Static(classes="problem", markup=False)

    def watch_problem(self, problem: str) -> None:
        """Show the problem, with a glyph before it."""
        self.set_class(bool(problem), "-wrong")
        self.query_one(".problem", Static).update(shown(f"▲ {problem}") if problem else "")


def text_input(value: str = "", *, placeholder: str = "", id: str | None = None) -> Input:  # noqa: A002
    """Return a text field whose cursor does not blink."""
    field = Input(value, placeholder=placeholder, id=id)
    field.cursor_blink = False
    return field


def date_input(value: str = "", *, id: str | None = None) -> Input:  # noqa: A002 - Textual's own name
    """Return a text field that takes the characters of a date."""
    field = Input(
        value, placeholder="dd/mm/aaaa", restrict=DATE_CHARACTERS, max_length=DATE_LENGTH, id=id, classes="date"
    )
    field.cursor_blink = False
    return field


def sentence(reason: str) -> str:
    """Return half a sentence as a whole one: a capital at its beginning, a full stop at its end."""
    text = reason.strip()
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "!", "?", "…")) else ".")
