"""The command palette: every command that works here, the saved views, and any client by name or document."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual import work
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Static
from textual.widgets.option_list import Option

from caz_tui import formats
from caz_tui.commands import Command, Place, commands_in
from caz_tui.data.access import may
from caz_tui.data.errors import PortfolioError
from caz_tui.data.schemas import SavedView, Suggestion
from caz_tui.data.text import fold
from caz_tui.screens.base import ClientWanted, Dialog, ListWanted
from caz_tui.screens.latest import Latest
from caz_tui.screens.views_menu import describe_view, view_of
from caz_tui.terminal.text import shown
from caz_tui.widgets.choice_list import ChoiceList
from caz_tui.widgets.field import text_input

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.app import ComposeResult

    from caz_tui.data.service import PortfolioService
    from caz_tui.screens.base import DeskScreen

_PLACEHOLDER = "comando, visão, ou nome ou documento de um cliente"
_NOTHING_FOUND = "Nenhum comando, visão ou cliente com esse texto."
_MOST_CLIENTS = 20
_KEY_CELLS = 9
_WINDOW_CELLS = 76
_FRAME_CELLS = 6
"""Border and padding of the window, the scroll bar and a cell before it."""
_DOCUMENT_CELLS = 20
_ACTIONS_KEY = next(command.shown_key for command in commands_in(Place.TABLE) if command.name == "actions")


@dataclass(frozen=True, slots=True)
class _Entry:
    """One line of the palette, and what choosing it does."""

    label: Content
    target: Command | SavedView | Suggestion


class Palette(Dialog[None]):
    """Finds by words, in any order, accents and case aside; Enter does what the line under the cursor says."""

    BINDINGS = [
        Binding("down", "move(1)", show=False, priority=True),
        Binding("up", "move(-1)", show=False, priority=True),
        Binding("pagedown", "move(8)", show=False, priority=True),
        Binding("pageup", "move(-8)", show=False, priority=True),
    ]
    DEFAULT_CSS = """
    Palette { align: center top; }
    Palette > #window { width: 76; margin-top: 2; }
    Palette OptionList {
        height: auto; max-height: 14; border: none; padding: 0; margin-top: 1; background: $background;
        scrollbar-size-vertical: 1; text-wrap: nowrap; text-overflow: ellipsis;
    }
    Palette OptionList:focus { border: none; }
    Palette #none { width: 100%; color: $muted; margin-top: 1; display: none; }
    """

    def __init__(self, service: PortfolioService, screen: DeskScreen) -> None:
        """Take the screen whose commands are offered."""
        super().__init__()
        self._service = service
        self._screen = screen
        places = dict.fromkeys((*screen.key_line_places(), Place.EVERYWHERE))
        listed = (
            command
            for place in places
            for command in commands_in(place)
            if command.in_palette and may(service.role, command.needs)
        )
        by_name: dict[str, Command] = {}
        for command in listed:
            if _can(screen, command):
                by_name.setdefault(command.name, command)
        self._commands = tuple(by_name.values())
        self._views: tuple[SavedView, ...] = ()
        self._clients: tuple[Suggestion, ...] = ()
        self._entries: list[_Entry] = []
        self._suggestions: Latest[str] = Latest(self, self._suggest, interrupts=True)
        self._is_looking = False
        self._chosen_early = False

    def compose(self) -> ComposeResult:
        """Put the line to type in over what is found."""
        with Vertical(id="window"):
            yield text_input(placeholder=_PLACEHOLDER)
            yield ChoiceList(markup=False)
            yield Static(_NOTHING_FOUND, id="none")

    def on_mount(self) -> None:
        """Show what there is before anything is typed."""
        self.query_one(ChoiceList).can_focus = False
        self._show_entries()
        self._read_views()

    @work
    async def _read_views(self) -> None:
        self._views = await self._service.saved_views()
        self._show_entries()

    async def _suggest(self, text: str) -> None:
        found = await self._service.suggest(text, _MOST_CLIENTS) if text.strip() else ()
        if not self._suggestions.is_superseded:
            self._is_looking = False
            self._clients = found
            self._show_entries()
            if self._chosen_early:
                self._choose(0)

    def on_input_changed(self, message: Input.Changed) -> None:
        """Find what is typed."""
        self._chosen_early = False
        self._is_looking = True
        self._clients = ()
        self._show_entries()
        self._suggestions.want(message.value)

    def on_input_submitted(self) -> None:
        """Do what the line under the cursor says, as soon as there is one."""
        highlighted = self.query_one(ChoiceList).highlighted
        if highlighted is not None:
            self._choose(highlighted)
        elif self._is_looking:
            self._chosen_early = True

    def on_option_list_option_selected(self, message: ChoiceList.OptionSelected) -> None:
        """Do what the line that was clicked says."""
        self._choose(message.option_index)

    def own_keys(self) -> tuple[tuple[str, str], ...]:
        """Return the keys that go through what is found."""
        return (("↓ ↑", "Vai de uma linha à outra."), ("enter", "Faz o que está na linha."))

    def action_command_palette(self) -> None:
        """Close: the key that opened the palette was pressed again."""
        self.action_leave()

    def action_move(self, step: int) -> None:
        """Go up or down the lines."""
        if self._entries:
            options = self.query_one(ChoiceList)
            options.highlighted = max(0, min((options.highlighted or 0) + step, len(self._entries) - 1))

    def _show_entries(self) -> None:
        words = fold(self.query_one(Input).value).split()
        self._entries = [
            *self._matching_commands(words),
            *self._matching_views(words),
            *(_client_entry(found, self._name_cells) for found in self._clients),
        ]
        options = self.query_one(ChoiceList)
        options.set_options(Option(entry.label) for entry in self._entries)
        options.highlighted = 0 if self._entries else None
        options.display = bool(self._entries)
        self.query_one("#none").display = not self._entries and not self._is_looking

    @property
    def _name_cells(self) -> int:
        """The cells for the name of a client, so that the document beside it is always whole."""
        return max(1, min(_WINDOW_CELLS, self.app.size.width) - _FRAME_CELLS - _KEY_CELLS - _DOCUMENT_CELLS)

    def _matching_commands(self, words: list[str]) -> Iterable[_Entry]:
        matching = [command for command in self._commands if _holds(words, f"{command.label} {command.help}")]
        # The word for the key says it best: those that begin with what is typed come first.
        matching.sort(key=lambda command: not any(fold(command.label).startswith(word) for word in words[:1]))
        return (_command_entry(command) for command in matching)

    def _matching_views(self, words: list[str]) -> Iterable[_Entry]:
        return (_view_entry(saved) for saved in self._views if _holds(words, f"visão {saved.name}"))

    def _choose(self, index: int) -> None:
        if index >= len(self._entries) or not self.is_current:
            return
        target = self._entries[index].target
        screen = self._screen
        self.dismiss(None)
        match target:
            case Command():
                namespace = "" if hasattr(screen, f"action_{target.name}") else "app."
                screen.call_later(screen.run_action, f"{namespace}{target.name}")
            case SavedView():
                try:
                    screen.post_message(ListWanted(view_of(target)))
                except PortfolioError as error:
                    screen.refuse(error)
            case Suggestion():
                screen.post_message(ClientWanted(target.id))


def _can(screen: DeskScreen, command: Command) -> bool:
    """Tell whether a screen, or the app, can run a command."""
    return any(hasattr(node, f"action_{command.name}") for node in (screen, screen.app))


def _holds(words: list[str], text: str) -> bool:
    folded = fold(text)
    return all(word in folded for word in words)


def _command_entry(command: Command) -> _Entry:
    key = command.shown_key.split(" ")[0]
    if command.place is Place.CLIENT:
        key = f"{_ACTIONS_KEY} {key}"
    return _Entry(Content.assemble((key.ljust(_KEY_CELLS), "$primary"), command.help), command)


def _view_entry(saved: SavedView) -> _Entry:
    label = Content.assemble(
        ("visão".ljust(_KEY_CELLS), "$muted"), shown(saved.name), "  ", shown(describe_view(saved), "$muted")
    )
    return _Entry(label, saved)


def _client_entry(found: Suggestion, cells: int) -> _Entry:
    document = formats.document(found.document)
    name = shown(found.name).truncate(cells, ellipsis=True)
    label = Content.assemble(("cliente".ljust(_KEY_CELLS), "$muted"), name, "  ", (document, "$muted"))
    return _Entry(label, found)
