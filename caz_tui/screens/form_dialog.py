"""What all forms in a window share: fields, a line for what is wrong, and the two buttons."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from textual import on, work
from textual.binding import Binding
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widgets import Button, Input, Static, TextArea

from caz_tui.commands import Place
from caz_tui.data.errors import AccessGone, FieldProblem, InvalidClient, PortfolioError
from caz_tui.screens.base import AccessLost, Dialog
from caz_tui.terminal.text import shown
from caz_tui.widgets.check_group import ChoiceGroup
from caz_tui.widgets.cycle import Cycle
from caz_tui.widgets.field import FormField, sentence

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from textual.app import ComposeResult
    from textual.message import Message
    from textual.widget import Widget

ResultT = TypeVar("ResultT")


class WrongFields(Exception):
    """What was typed cannot be taken; holds a sentence for each id of a field."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__(*problems.values())
        self.problems = dict(problems)


def problems_found(take: Callable[[], object]) -> Mapping[str, str]:
    """Return why what was typed cannot be taken, by the ids of the fields; nothing when it can."""
    try:
        take()
    except WrongFields as wrong:
        return wrong.problems
    return {}


class FormDialog(Dialog[ResultT]):
    """A form: Enter goes to the next field and confirms on the last one; what is refused is said beside its field."""

    help_places = (Place.DIALOG,)
    confirm_label: str = "Salvar"

    BINDINGS = [Binding("enter", "go_on", show=False)]

    DEFAULT_CSS = """
    FormDialog > #window { width: 76; }
    FormDialog #fields { height: auto; max-height: 100%; scrollbar-size-vertical: 1; }
    FormDialog .foot { dock: bottom; height: auto; }
    FormDialog #trouble { height: auto; display: none; }
    FormDialog #trouble.-there { display: block; margin-top: 1; }
    FormDialog .date { width: 14; }
    FormDialog .hint { height: auto; }
    """

    def __init__(self, title: str) -> None:
        super().__init__()
        self._title = title
        self._is_saving = False
        self._at_first: tuple[str, ...] = ()

    def compose(self) -> ComposeResult:
        """Put the fields over the buttons."""
        with Vertical(id="window"):
            with VerticalScroll(id="fields", can_focus=False):
                yield from self.compose_fields()
            with Vertical(classes="foot"):
                yield Static(id="trouble", markup=False)
                with Horizontal(classes="buttons"):
                    yield from self.compose_buttons()

    def compose_fields(self) -> Iterable[Widget]:
        """Return the fields from top to bottom."""
        raise NotImplementedError

    def compose_buttons(self) -> Iterable[Widget]:
        """Return the buttons from left to right."""
        yield Button("Cancelar", id="cancel")
        yield Button(self.confirm_label, id="ok", variant="primary")

    def on_mount(self) -> None:
        """Start on the first field."""
        window = self.query_one("#window")
        window.border_title = shown(self._title)
        window.border_subtitle = "f2 confirma · esc cancela"
        self._at_first = self._typed()

    def has_typed(self) -> bool:
        """Tell whether any text differs from what it was at first."""
        return self._typed() != self._at_first

    def _typed(self) -> tuple[str, ...]:
        inputs = tuple(field.value for field in self.query(Input))
        return inputs + tuple(area.text for area in self.query(TextArea))

    def wrong_now(self) -> Mapping[str, str]:
        """Return what can be told to be wrong without the service: a sentence for each id of a field."""
        return {}

    @on(Input.Changed)
    @on(TextArea.Changed)
    @on(ChoiceGroup.Changed)
    @on(Cycle.Changed)
    def _look_again(self, event: Message) -> None:
        """Take back what was said of the field that was changed, as soon as it is right."""
        control = event.control
        field = next((node for node in control.ancestors if isinstance(node, FormField)), None) if control else None
        if field is not None and field.problem and field.id not in self.wrong_now():
            field.problem = ""

    async def save(self) -> ResultT | None:
        """Do what the form is for and return its result; None keeps the form open.

        Raises:
            WrongFields: something typed cannot be taken.
            PortfolioError: the service refused.
        """
        raise NotImplementedError

    def action_leave(self) -> None:
        """Leave, unless something is being written: then how that ends is waited for."""
        if self._is_saving:
            self.say_warning("Ainda gravando; aguarde um instante.")
        else:
            super().action_leave()

    def action_go_on(self) -> None:
        """Go to the next field, or confirm on the last one."""
        controls = [widget for widget in self.focus_chain if not isinstance(widget, Button)]
        if controls and self.focused is not controls[-1] and self.focused in controls:
            self.focus_next()
        else:
            self.action_confirm()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Go on from a text field."""
        event.stop()
        self.action_go_on()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Leave or confirm."""
        if event.button.id == "cancel":
            self.action_leave()
        elif event.button.id == "ok":
            self.action_confirm()

    def action_confirm(self) -> None:
        """Start saving, unless it is going on already."""
        if not self._is_saving:
            self._is_saving = True
            self._save()

    @work
    async def _save(self) -> None:
        try:
            self.clear_problems()
            result = await self.save()
        except WrongFields as wrong:
            self.say_problems(wrong.problems)
        except InvalidClient as error:
            self.say_refused(error.problems)
        except AccessGone as error:
            self.post_message(AccessLost(str(error)))
        except PortfolioError as error:
            self.say_trouble(str(error))
        else:
            if result is not None:
                self.dismiss(result)
        finally:
            self._is_saving = False

    def clear_problems(self) -> None:
        """Take back everything that was said to be wrong."""
        for field in self.query(FormField):
            field.problem = ""
        self.query_one("#trouble").remove_class("-there")

    def say_problems(self, problems: Mapping[str, str]) -> None:
        """Say beside each field, by its id, what is wrong, and go to the first of them."""
        first: FormField | None = None
        for field in self.query(FormField):
            reason = problems.get(field.id or "")
            if reason:
                field.problem = sentence(reason)
                first = first or field
        elsewhere = [sentence(text) for name, text in problems.items() if not self.query(f"FormField#{name}")]
        if elsewhere:
            self.say_trouble(" ".join(elsewhere))
        if first is not None:
            next(widget for widget in first.query("*") if widget.focusable).focus()

    def say_refused(self, problems: tuple[FieldProblem, ...]) -> None:
        """Say what the service refused; fields are known by their slugs."""
        self.say_problems({problem.field: problem.reason for problem in problems})

    def say_trouble(self, text: str) -> None:
        """Say what concerns the form as a whole."""
        self._say(text, "$error")

    def say_warning(self, text: str) -> None:
        """Say what should be looked at again, and does not hinder."""
        self._say(text, "$warning")

    def _say(self, text: str, style: str) -> None:
        trouble = self.query_one("#trouble", Static)
        trouble.update(shown(f"▲ {text}", style))
        trouble.add_class("-there")
