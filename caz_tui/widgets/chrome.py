"""What frames every screen: the top line, the line of places, the line of keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from caz_tui.commands import Place, commands_in
from caz_tui.data.access import may
from caz_tui.terminal.size import MIN_COLUMNS, MIN_ROWS
from caz_tui.terminal.text import shown

if TYPE_CHECKING:
    from textual.app import RenderResult

    from caz_tui.data.choices import Role

PRODUCT = "Conta Azul Mais"
_SEPARATOR = "  "


class TopLine(Widget):
    """The office at the left, who is at the keyboard at the right; while something is wrong, that alone."""

    DEFAULT_CSS = "TopLine { height: 1; padding: 0 1; color: $muted; }"

    office: reactive[str] = reactive("")
    person: reactive[str] = reactive("")
    trouble: reactive[str] = reactive("")

    def render(self) -> RenderResult:
        """Return the line, filled to the width."""
        if self.trouble:
            said = Content.assemble(("▲ ", "bold $warning"), shown(self.trouble, "bold $warning"))
            return said.truncate(self.size.width, ellipsis=True)
        left = Content.assemble((PRODUCT, "bold $foreground"), " · ", shown(self.office))
        right = shown(self.person)
        gap = max(1, self.size.width - left.cell_length - right.cell_length)
        return Content.assemble(left, " " * gap, right).truncate(self.size.width, ellipsis=True)


class PlacesLine(Widget):
    """The three places with their keys; the one that is open stands out."""

    DEFAULT_CSS = "PlacesLine { height: 1; padding: 0 1; color: $muted; margin-bottom: 1; }"

    _places = ("go_home", "go_clients", "go_payments")

    def __init__(self, active: str) -> None:
        super().__init__()
        self._active = active

    def render(self) -> RenderResult:
        """Return the line of places."""
        parts = []
        for command in commands_in(Place.EVERYWHERE):
            if command.name in self._places:
                style = "bold underline $primary" if command.name == self._active else "$muted"
                parts.append(Content.assemble((command.shown_key, "$muted"), " ", (command.label, style)))
        return Content("   ").join(parts)


class KeyLine(Widget):
    """The keys that work here, as many as fit."""

    DEFAULT_CSS = "KeyLine { height: 1; dock: bottom; padding: 0 1; color: $muted; }"

    role: reactive[Role | None] = reactive["Role | None"](None)
    """What the person may do; keys that are not for them are left out."""

    def __init__(self, *places: Place, first: tuple[tuple[str, str], ...] = ()) -> None:
        """Take the places whose commands are listed, and pairs of key and label that stand before them."""
        super().__init__()
        self._first = first
        listed = [command for place in places for command in commands_in(place) if command.in_key_line]
        moving = [command for command in commands_in(Place.TABLE) if command.line_entry and command not in listed]
        self._commands = [*moving, *listed]

    def render(self) -> RenderResult:
        """Return the line of keys, in whole entries; the last one, which is the help, always stands."""
        allowed = [command for command in self._commands if may(self.role, command.needs)]
        pairs = [*self._first, *(command.entry for command in allowed)]
        entries = [Content.assemble((key, "bold $foreground"), " ", label) for key, label in pairs]
        if not entries:
            return Content("")
        last = len(entries) - 1
        ranks = [0] * len(self._first) + [command.gives_way for command in allowed]
        room = self.size.width - entries[last].cell_length
        fitting = {last}
        for at in sorted(range(last), key=lambda at: ranks[at]):
            cells = entries[at].cell_length + len(_SEPARATOR)
            if cells <= room:
                room -= cells
                fitting.add(at)
        # Of a separator that was measured, `join` counts the cells once too often, and leaves as many undrawn.
        return Content(_SEPARATOR).join(entry for at, entry in enumerate(entries) if at in fitting)


class TooSmall(Widget):
    """One sentence in the place of a screen that does not fit into the terminal."""

    DEFAULT_CSS = "TooSmall { display: none; }"

    def render(self) -> RenderResult:
        """Return the sentence."""
        return Content(f"Terminal pequeno demais: aumente para {MIN_COLUMNS}x{MIN_ROWS}.")
