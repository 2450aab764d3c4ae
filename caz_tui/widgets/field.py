"""A field of a form: its label, its control, and under it the sentence that says what is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Input, Static
from textual.widgets.input import Selection

from caz_tui.terminal.text import shown
from caz_tui.widgets.one_line import OneLine

if TYPE_CHECKING:
    from textual import events
    from textual.app import ComposeResult, RenderResult
    from textual.suggester import Suggester

DATE_CHARACTERS = r"[0-9/.\-]*"
DATE_LENGTH = 10


class FormField(Widget):
    """A label, one or more controls beside it, and a problem when there is one.

    The label is drawn by the field itself, and the problem is mounted when there is one: each widget that a form
    can do without is a few milliseconds less between the key and the form.
    """

    DEFAULT_CSS = """
    FormField { layout: vertical; height: auto; width: 1fr; }
    FormField > .control { margin-left: 22; }
    FormField > Vertical { width: 1fr; height: auto; }
    FormField > .problem { height: auto; color: $error; }
    """

    problem: reactive[str] = reactive("", init=False)

    def __init__(
        self,
        label: str,
        *controls: Widget,
        id: str | None = None,  # noqa: A002 - Textual's own name
        classes: str | None = None,
    ) -> None:
        """Take the label and the controls, from top to bottom."""
        super().__init__(id=id, classes=classes)
        self._label = label
        self.controls = controls
        for control in controls:
            control.add_class("control", update=False)

    def compose(self) -> ComposeResult:
        """Put the controls beside the label."""
        yield from self.controls

    def render(self) -> RenderResult:
        """Return the label; the controls lie over what is right of it."""
        return shown(self._label, "$error" if self.problem else "$muted")

    def watch_problem(self, problem: str) -> None:
        """Show the problem under the controls, with a glyph before it."""
        sentences = self.query_children(".problem").results(Static)
        said = next(iter(sentences), None)
        if said is None and problem:
            self.mount(Static(shown(f"▲ {problem}"), classes="control problem"))
        elif said is not None:
            said.update(shown(f"▲ {problem}"))
            said.display = bool(problem)


class LineInput(OneLine):
    """A text field that is entered with all of its text selected, and then shows the beginning of what does not fit."""

    def __init__(
        self,
        value: str = "",
        *,
        placeholder: str = "",
        suggester: Suggester | None = None,
        id: str | None = None,  # noqa: A002 - Textual's own name
    ) -> None:
        """Take the first value, what stands in an empty field, and who completes what is typed."""
        super().__init__(value, placeholder=placeholder, suggester=suggester, id=id, select_on_focus=False)
        self.cursor_blink = False

    def on_focus(self, event: events.Focus) -> None:
        """Select the text; when it is the terminal that has got the focus back, only go to where the cursor was."""
        if event.from_app_focus:
            self.mutate_reactive(LineInput.selection)
        else:
            self._select_text()

    def on_resize(self) -> None:
        """Put the cursor where it belongs when it becomes known whether the text fits."""
        if self.has_focus and not self.selection.is_empty and set(self.selection) == {0, len(self.value)}:
            self._select_text()

    def on_blur(self) -> None:
        """Go back to the beginning of the text."""
        if self.scroll_x:
            self.scroll_to(x=0, animate=False, force=True)

    def _select_text(self) -> None:
        end = len(self.value)
        fits = self.content_width <= self.scrollable_content_region.width
        self.selection = Selection(0, end) if fits else Selection(end, 0)


def text_input(value: str = "", *, placeholder: str = "", id: str | None = None) -> Input:  # noqa: A002
    """Return a text field whose cursor does not blink."""
    return LineInput(value, placeholder=placeholder, id=id)


def date_input(value: str = "", *, id: str | None = None) -> Input:  # noqa: A002 - Textual's own name
    """Return a text field that takes the characters of a date."""
    field = OneLine(
        value, placeholder="dd/mm/aaaa", restrict=DATE_CHARACTERS, max_length=DATE_LENGTH, id=id, classes="date"
    )
    field.cursor_blink = False
    return field


def sentence(reason: str) -> str:
    """Return half a sentence as a whole one: a capital at its beginning, a full stop at its end."""
    text = reason.strip()
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "!", "?", "…")) else ".")
