"""What all screens share: the frame, the service, and the messages by which they ask the app for another place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from textual.actions import SkipAction
from textual.await_complete import AwaitComplete
from textual.message import Message
from textual.renderables.background_screen import BackgroundScreen
from textual.screen import ModalScreen

from caz_tui.commands import Place, bindings_for, commands_in
from caz_tui.data.access import Permission, may, why_not
from caz_tui.data.errors import AccessGone
from caz_tui.styling import fit_size, stay_laid_out, stay_styled
from caz_tui.terminal.dimmed import Dimmed
from caz_tui.terminal.painting import FrugalScreen
from caz_tui.terminal.size import too_small
from caz_tui.terminal.visible import visible
from caz_tui.widgets.chrome import KeyLine, PlacesLine, TooSmall, TopLine

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.console import RenderableType
    from textual import events
    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.geometry import Size
    from textual.screen import Screen
    from textual.visual import Visual
    from textual.widget import Widget

    from caz_tui.data.drafts import Draft
    from caz_tui.data.errors import PortfolioError
    from caz_tui.data.query import ClientView
    from caz_tui.data.service import PortfolioService

ResultT = TypeVar("ResultT")

ACTION_GROUP = "action"
"""The workers that read something, ask the person in a dialog, and write."""

# Bound by the screen itself: Textual runs an action on the node that binds its key, and the app has no such one.
_LEAVE = next(command for command in commands_in(Place.EVERYWHERE) if command.name == "leave")
LEAVE: list[BindingType] = [_LEAVE.binding()]

# A dialog hides the bindings of the app.
IN_DIALOGS = ("help", "command_palette", "leave")
"""The commands of every place that act over a dialog too."""
_OF_DIALOGS: list[BindingType] = [
    command.binding() for command in commands_in(Place.EVERYWHERE) if command.name in IN_DIALOGS
]
CLOSE_FIRST = "Feche esta janela (esc) antes de procurar comandos e clientes."


@dataclass
class ListWanted(Message):
    """Someone went through a door to a list of clients; ``search`` puts the cursor into the search line."""

    view: ClientView | None = None
    search: bool = False


@dataclass
class ClientWanted(Message):
    """Someone asked for the details of a client."""

    client_id: int


@dataclass
class PortfolioChanged(Message):
    """Something was written; whoever shows the portfolio reads it again."""


@dataclass
class AccessLost(Message):
    """Somebody took the person's access away; ``sentence`` says so."""

    sentence: str


@dataclass
class SheetWanted(Message):
    """Someone asked to import a spreadsheet."""


def make_way(screen: Screen[Any], size: Size) -> None:
    """Hide what a screen shows while the terminal is too small for it, and give the focus back when it is not."""
    is_too_small = too_small(*size)
    if is_too_small == screen.has_class("-too-small"):
        return
    focused = screen.focused
    screen.set_class(is_too_small, "-too-small")
    if is_too_small and focused is not None:
        focused.add_class("-had-focus")
    for widget in [] if is_too_small else screen.query(".-had-focus"):
        widget.remove_class("-had-focus")
        screen.call_after_refresh(screen.set_focus, widget)


class DeskScreen(FrugalScreen[None]):
    """A full screen: top line, places (on the main ones), content, key line."""

    place: ClassVar[Place]
    go_command: ClassVar[str] = ""
    """The command that opens this screen, for a main screen; empty for the others."""

    BINDINGS = LEAVE

    def __init__(self, service: PortfolioService) -> None:
        super().__init__()
        self.service = service
        self._is_stale = False

    def compose(self) -> ComposeResult:
        """Frame the content."""
        yield TopLine()
        if self.go_command:
            yield PlacesLine(self.go_command)
        yield from self.compose_content()
        way_back = () if self.go_command else ((_LEAVE.shown_key, _LEAVE.label),)
        yield KeyLine(*self.key_line_places(), first=way_back)
        yield TooSmall()

    def compose_content(self) -> Iterable[Widget]:
        """Return what stands between the places and the keys."""
        raise NotImplementedError

    def key_line_places(self) -> tuple[Place, ...]:
        """Return the places whose keys the key line lists, the screen's own first."""
        shared = (Place.MAIN,) if self.go_command else ()
        return (self.place, *shared, Place.EVERYWHERE)

    def on_compose(self) -> None:
        """Know the size of the terminal from the first."""
        fit_size(self)

    def on_mount(self) -> None:
        """Fill in the top line and read what the screen shows."""
        line = self.query_one(TopLine)
        line.person = self.service.user
        # The app's, where there is one: a screen is also tried out by itself.
        line.trouble = getattr(self.app, "trouble", "")
        self.load()
        self.run_worker(self._fill_top_line())

    def on_resize(self, event: events.Resize) -> None:
        """Show one sentence instead of a screen that does not fit."""
        stay_laid_out(self, event)
        make_way(self, event.size)

    def on_screen_resume(self, event: events.ScreenResume) -> None:
        """Read again what changed while another screen was open."""
        stay_styled(event)
        if self._is_stale:
            self.load()

    @property
    def is_filling(self) -> bool:
        """Whether what the keys act on is being read for the first time."""
        return False

    async def _fill_top_line(self) -> None:
        me = await self.service.me()
        self.query_one(TopLine).person = f"{me.name} · {me.role.label}"
        self.query_one(KeyLine).role = me.role
        self.query_one(TopLine).office = await self.service.office_name()

    def tell_trouble(self, sentence: str) -> None:
        """Say in the top line that the portfolio is out of reach, or with nothing ("") that it is back."""
        if self.is_mounted:
            self.query_one(TopLine).trouble = sentence

    def load(self) -> None:
        """Start reading what the screen shows."""
        self._is_stale = False

    def portfolio_changed(self) -> None:
        """Take note that something was written: read it now, or on coming back."""
        self._is_stale = True
        if self.is_current:
            self.load()

    def action_search(self) -> None:
        """Go to the search line of Meus clientes."""
        self.post_message(ListWanted(search=True))

    def action_reload(self) -> None:
        """Read again what other people wrote."""
        self.load()

    def may(self, permission: Permission) -> bool:
        """Tell whether the person's role allows something, as far as it is known; says why when it does not."""
        role = self.service.role
        if role is None or may(role, permission):
            return True
        self.refuse(why_not(role, permission))
        return False

    def action_import_sheet(self) -> None:
        """Open the import dialog."""
        if self.may(Permission.ADMINISTER):
            self.post_message(SheetWanted())

    def action_leave_program(self) -> None:
        """Leave the program with success."""
        self.app.exit(0)

    def action_leave(self) -> None:
        """Go back; the main screens have nowhere to go back to."""
        if not self.go_command:
            self.dismiss()

    def say(self, sentence: str) -> None:
        """Tell the person what was done."""
        self.notify(visible(sentence), markup=False)

    def refuse(self, error: PortfolioError | str) -> None:
        """Tell the person why something was not done."""
        if isinstance(error, AccessGone):
            self.post_message(AccessLost(str(error)))
            return
        self.notify(visible(str(error)), severity="error", timeout=10, markup=False)


class Dialog(FrugalScreen["ResultT | None"], ModalScreen["ResultT | None"], Generic[ResultT]):
    """A window over dimmed content: Esc leaves, with a question when something was typed."""

    BINDINGS = [*_OF_DIALOGS, *bindings_for(Place.DIALOG)]

    help_places: ClassVar[tuple[Place, ...]] = ()
    """The places whose keys act here, besides those that the frame names."""
    gives_way: ClassVar[bool] = False
    """Whether the palette takes its place: nothing is asked here, and nothing typed."""
    built_for: tuple[Size, str] | None = None
    """The size of the terminal and the theme for which it was built."""

    DEFAULT_CSS = """
    Dialog { align: center middle; background: $background 60%; }
    Dialog > #window {
        width: auto; height: auto; max-width: 100%; max-height: 100%;
        border: round $border; border-title-color: $foreground; border-title-style: bold; border-subtitle-color: $muted;
        background: $background; padding: 0 1;
    }
    Dialog .buttons { height: 1; width: 100%; align-horizontal: right; margin-top: 1; }
    Dialog .problem { color: $error; }
    Dialog .hint { color: $muted; }
    """

    def render(self) -> RenderableType | Visual:  # type: ignore[override]  # what Widget.render may return
        """Return what is beneath the window, dimmed."""
        beneath = super().render()
        return Dimmed(beneath.screen, beneath.color) if isinstance(beneath, BackgroundScreen) else beneath

    def on_compose(self) -> None:
        """Know the size of the terminal from the first."""
        fit_size(self)
        self.built_for = (self.app.size, self.app.theme)

    def on_screen_resume(self, event: events.ScreenResume) -> None:
        """Come to the front, or back to it."""
        stay_styled(event)

    def on_resize(self, event: events.Resize) -> None:
        """Make way for the sentence of the screen beneath when nothing fits."""
        stay_laid_out(self, event)
        make_way(self, event.size)

    def dismiss(self, result: ResultT | None = None) -> AwaitComplete:
        """Close the window, with those above it, and hand a result to whoever asked; only once."""
        if self not in self.app.screen_stack:
            # A second answer to the same question: Textual would close whatever is on the top.
            return AwaitComplete()
        while (above := self.app.screen) is not self:
            above.dismiss(None)
        return super().dismiss(result)

    def has_typed(self) -> bool:
        """Tell whether leaving would lose something that was typed."""
        return False

    def draft(self) -> Draft | None:
        """Return what was typed, for a session that is cut off; None where there is nothing to keep."""
        return None

    def own_keys(self) -> tuple[tuple[str, str], ...]:
        """Return the keys that the frame of the window names, each with what it does."""
        named = str(self.query_one("#window").border_subtitle or "").split(" · ")
        pairs = (entry.partition(" ") for entry in named if entry)
        return tuple((key, f"{does[:1].upper()}{does[1:]}.") for key, _, does in pairs)

    def action_copy_text(self) -> None:
        """Copy what is selected; where nothing is, ctrl+c says how to leave, as it does everywhere."""
        try:
            super().action_copy_text()
        except SkipAction:
            self.app.action_help_quit()

    def action_help(self) -> None:
        """Show the keys of the window."""
        from caz_tui.screens.help import help_of  # noqa: PLC0415 - the help is itself a dialog

        self.app.push_screen(help_of(self))

    def action_command_palette(self) -> None:
        """Make way for the palette, or say that the window has to be closed first."""
        beneath = self.app.screen_stack[-2]
        if self.gives_way and isinstance(beneath, DeskScreen):
            self.dismiss(None)
            beneath.call_later(beneath.run_action, "app.command_palette")
        else:
            self.notify(CLOSE_FIRST, markup=False)

    def action_next_field(self) -> None:
        """Go to the next field."""
        self.focus_next()

    def action_leave(self) -> None:
        """Leave without a result, after asking when something would be lost."""
        if not self.has_typed():
            self.dismiss(None)
            return
        from caz_tui.screens.confirm import Confirm  # noqa: PLC0415 - Confirm is itself a dialog

        question = Confirm(
            "Descartar o que foi digitado?", confirm="Descartar", stay="Continuar editando", dangerous=True
        )

        def leave(discard: bool | None) -> None:  # noqa: FBT001 - the result of a question
            if discard:
                self.dismiss(None)

        self.app.push_screen(question, leave)
