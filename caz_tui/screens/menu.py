"""A small menu: a few actions by letter or by cursor, the ones that cannot be done saying why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Static

from caz_tui.commands import COMMANDS, Place
from caz_tui.screens.base import Dialog
from caz_tui.terminal.text import shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual import events
    from textual.app import ComposeResult, RenderResult
    from textual.geometry import Size

_GUTTER = "▌"
_ACTIONS = ("cursor_down", "cursor_up", "first", "last", "choose")


@dataclass(frozen=True, slots=True)
class MenuEntry:
    """One action of a menu.

    Attributes:
        key: the letter that does it, which is also the menu's result.
        label: what it is called.
        enabled: whether it can be done now.
        reason: why it cannot, when it cannot.
    """

    key: str
    label: str
    enabled: bool = True
    reason: str = ""


class MenuList(Widget, can_focus=True):
    """The entries, one a line; the cursor passes over those that are disabled."""

    ALLOW_SELECT = False
    BINDINGS = [command.binding() for command in COMMANDS if command.place is Place.TABLE and command.name in _ACTIONS]
    DEFAULT_CSS = "MenuList { width: auto; height: auto; }"

    cursor: reactive[int] = reactive(0)

    @dataclass
    class Chosen(Message):
        """An entry was chosen."""

        entry: MenuEntry

    def __init__(self, entries: Sequence[MenuEntry]) -> None:
        super().__init__()
        self._take(entries)

    def offer(self, entries: Sequence[MenuEntry]) -> None:
        """Take other entries, with the cursor on the first that can be done."""
        self._take(entries)
        self.refresh(layout=True)

    def _take(self, entries: Sequence[MenuEntry]) -> None:
        self.entries = tuple(entries)
        self._enabled = [index for index, entry in enumerate(entries) if entry.enabled]
        self.set_reactive(MenuList.cursor, self._enabled[0] if self._enabled else -1)

    def get_content_width(self, container: Size, viewport: Size) -> int:  # noqa: ARG002
        """Return the cells of the longest entry."""
        return max((self._line(index).cell_length for index in range(len(self.entries))), default=0) + 1

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002
        """Return a line for each entry."""
        return len(self.entries)

    def render(self) -> RenderResult:
        """Return the entries, those that cannot be done dimmed."""
        width = max(1, self.size.width)
        return Content("\n").join(
            self._line(index).truncate(width, ellipsis=True) for index in range(len(self.entries))
        )

    def _line(self, index: int) -> Content:
        entry = self.entries[index]
        if not entry.enabled:
            reason = shown(f" · {entry.reason}") if entry.reason else ""
            return Content.assemble("  ", entry.key, "  ", shown(entry.label), reason).stylize("$muted")
        line = Content.assemble((entry.key, "$primary bold"), "  ", shown(entry.label))
        if index == self.cursor:
            return Content.assemble((_GUTTER, "$primary"), " ", line.stylize("bold"))
        return Content("  ") + line

    def _move(self, steps: int) -> None:
        if self._enabled:
            at = self._enabled.index(self.cursor) + steps
            self.cursor = self._enabled[max(0, min(at, len(self._enabled) - 1))]

    def action_cursor_down(self) -> None:
        """Go to the next entry that can be done."""
        self._move(1)

    def action_cursor_up(self) -> None:
        """Go to the entry before that can be done."""
        self._move(-1)

    def action_first(self) -> None:
        """Go to the first entry that can be done."""
        self._move(-len(self.entries))

    def action_last(self) -> None:
        """Go to the last entry that can be done."""
        self._move(len(self.entries))

    def action_choose(self) -> None:
        """Choose the entry under the cursor."""
        if self._enabled:
            self.post_message(self.Chosen(self.entries[self.cursor]))

    def on_key(self, event: events.Key) -> None:
        """Choose an entry by its letter, which comes before the keys that move the cursor."""
        for entry in self.entries:
            if event.character == entry.key:
                event.stop()
                event.prevent_default()
                if entry.enabled:
                    self.post_message(self.Chosen(entry))

    def on_click(self, event: events.Click) -> None:
        """Choose the entry that was clicked."""
        if event.y in self._enabled:
            self.cursor = event.y
            self.action_choose()


class Menu(Dialog[str]):
    """A menu; its result is the letter of what was chosen."""

    gives_way = True

    DEFAULT_CSS = """
    Menu > #window { min-width: 30; }
    Menu #subject { width: auto; max-width: 60; color: $muted; margin-bottom: 1; }
    """

    def __init__(self, title: str, entries: Sequence[MenuEntry], *, subject: str = "") -> None:
        """Take the title, the entries, and the name of what they act on, as the data has it."""
        super().__init__()
        self._title = title
        self._entries = entries
        self._subject = subject

    def compose(self) -> ComposeResult:
        """Show the subject over the entries."""
        with Vertical(id="window") as window:
            window.border_title = shown(self._title)
            if self._subject:
                yield Static(shown(self._subject).truncate(60, ellipsis=True), id="subject")
            yield MenuList(self._entries)

    def offer(self, entries: Sequence[MenuEntry]) -> None:
        """Take other entries, when it is about to be shown again."""
        self._entries = entries
        self.query_one(MenuList).offer(entries)

    def own_keys(self) -> tuple[tuple[str, str], ...]:
        """Return the keys of a menu: the letters are those of its entries."""
        letters = tuple((entry.key, entry.label) for entry in self._entries)
        return (*letters, ("↓ ↑", "Vai de uma linha à outra."), ("enter", "Faz o que está na linha."))

    def on_menu_list_chosen(self, message: MenuList.Chosen) -> None:
        """Leave with what was chosen."""
        self.dismiss(message.entry.key)
