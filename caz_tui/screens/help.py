"""Help: the keys of a screen, from the registry, and how a query is written."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING, Any

from textual.binding import Binding
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widget import Widget

from caz_tui.commands import COMMANDS, Place, commands_in
from caz_tui.screens.base import IN_DIALOGS, Dialog

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.app import ComposeResult, RenderResult
    from textual.geometry import Size

_WITH = {
    Place.HOME: (Place.TABLE,),
    Place.CLIENTS: (Place.CLIENT, Place.TABLE),
    Place.PAYMENTS: (Place.TABLE,),
    Place.PURCHASE: (Place.TABLE,),
    Place.DETAILS: (Place.CLIENT,),
}
"""What else works in a place; its keys are listed under their own heading."""

_QUERY_TITLE = "A consulta"
QUERY_EXAMPLES = (
    ("padaria são joão", "Todas as palavras no nome, fantasia, documento ou e-mail; acentos e maiúsculas tanto faz."),
    ("situacao:ativo,em_teste", "Um campo com um destes valores; todas as partes de uma consulta têm de valer."),
    ("vencimento:30d", "De hoje a 30 dias; -30d são os 30 dias até hoje."),
    ("vencimento:..31/12/2026", "Até um dia; a..b entre dois, a.. a partir de um. Também hoje e vencido."),
    ("exportacao:nunca", "Nunca exportado; com datas, vale o fim do período exportado."),
    ("plano:controle*", "Começa com; sem o asterisco, o valor inteiro."),
    ("-plano:*", "O contrário: aqui, os clientes sem plano."),
    ('cidade:"São Paulo"', 'Aspas para um valor com espaços; o asterisco vem depois: plano:"Plano Ex"*.'),
    ("arquivado:sim", "Os clientes arquivados, que ficam fora das guias."),
)
_SCROLLING = ("cursor_down", "cursor_up", "page_down", "page_up", "first", "last")
_EXAMPLE_CELLS = 25
_KEY_CELLS = 10


class HelpText(Widget):
    """Headings and, under them, pairs of key and sentence in two columns."""

    ALLOW_SELECT = False
    DEFAULT_CSS = "HelpText { height: auto; }"

    def __init__(self, sections: Iterable[tuple[str, int, tuple[tuple[str, str], ...]]]) -> None:
        """Take the title of each section, the cells of its first column, and its pairs."""
        super().__init__()
        self._sections = tuple(sections)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002
        """Return the lines at a width."""
        return len(self._lines(width))

    def render(self) -> RenderResult:
        """Return the text wrapped to the width."""
        return Content("\n").join(self._lines(self.size.width))

    def _lines(self, width: int) -> list[Content]:
        lines: list[Content] = []
        for title, cells, pairs in self._sections:
            if lines:
                lines.append(Content(""))
            lines.append(Content.assemble((title, "bold $primary")))
            for key, sentence in pairs:
                lines.extend(_pair(key, sentence, cells, width))
        return lines


def _pair(key: str, sentence: str, cells: int, width: int) -> Iterable[Content]:
    room = width - cells - 2
    if room < 16:
        yield Content.assemble((key, "bold"))
        yield from (Content(f"  {line}") for line in wrap(sentence, max(4, width - 2)))
        return
    first, *rest = wrap(sentence, room)
    yield Content.assemble((key.ljust(cells), "bold"), "  ", first)
    yield from (Content(" " * (cells + 2) + line) for line in rest)


class HelpPages(VerticalScroll, can_focus=True):
    """The help as tall as it is, scrolled with the keys of the tables."""

    BINDINGS = [
        command.binding() for command in COMMANDS if command.place is Place.TABLE and command.name in _SCROLLING
    ]
    DEFAULT_CSS = "HelpPages { height: auto; max-height: 100%; scrollbar-size-vertical: 1; padding-right: 1; }"

    def _scroll(self, lines: int) -> None:
        self.scroll_relative(y=lines, animate=False)

    def action_cursor_down(self) -> None:
        """Show one more line at the bottom."""
        self._scroll(1)

    def action_cursor_up(self) -> None:
        """Show one more line at the top."""
        self._scroll(-1)

    def action_page_down(self) -> None:
        """Show the next page."""
        self._scroll(self.size.height)

    def action_page_up(self) -> None:
        """Show the page before."""
        self._scroll(-self.size.height)

    def action_first(self) -> None:
        """Show the beginning."""
        self.scroll_home(animate=False)

    def action_last(self) -> None:
        """Show the end."""
        self.scroll_end(animate=False)


class HelpScreen(Dialog[None]):
    """The keys that work in some places."""

    BINDINGS = [Binding("q", "leave", show=False)]
    gives_way = True
    DEFAULT_CSS = """
    HelpScreen > #window { width: 84; padding: 0 0 0 1; }
    """

    def __init__(
        self, places: tuple[Place, ...], *, title: str = "", keys: tuple[tuple[str, str], ...] = (), only: bool = False
    ) -> None:
        """Take what is explained.

        Args:
            places: where the person is.
            title: what the window is called that the person is in.
            keys: the keys of that window, each with what it does.
            only: whether, of what works everywhere, only what works over a window is listed.
        """
        super().__init__()
        self._places = _all_of(places)
        self._own = (title, _KEY_CELLS, keys)
        self._only = only

    def compose(self) -> ComposeResult:
        """Show the keys of each place under its name."""
        with Vertical(id="window") as window:
            window.border_title = "Ajuda"
            window.border_subtitle = "esc fecha"
            with HelpPages():
                yield HelpText(self._sections())

    def action_help(self) -> None:
        """Close: the key that opened the help was pressed again."""
        self.action_leave()

    def _sections(self) -> Iterable[tuple[str, int, tuple[tuple[str, str], ...]]]:
        title, cells, own = self._own
        if own and all(title != place.value for place in self._places):
            yield self._own
        for place in self._places:
            commands = [command for command in commands_in(place) if command.shown_key]
            if self._only and place is Place.EVERYWHERE:
                commands = [command for command in commands if command.name in IN_DIALOGS]
            if commands:
                first = own if title == place.value else ()
                yield place.value, cells, (*first, *((command.shown_key, command.help) for command in commands))
        if Place.CLIENTS in self._places:
            yield _QUERY_TITLE, _EXAMPLE_CELLS, QUERY_EXAMPLES


def help_of(dialog: Dialog[Any]) -> HelpScreen:
    """Return the help for a window."""
    title = str(dialog.query_one("#window").border_title or "Nesta janela")
    places = (*dialog.help_places, Place.EVERYWHERE)
    listed = {key for command in commands_in(*places) for key in command.shown_key.split()}
    own = tuple((key, does) for key, does in dialog.own_keys() if key not in listed)
    return HelpScreen(places, title=title, keys=own, only=True)


def _all_of(places: tuple[Place, ...]) -> tuple[Place, ...]:
    """Return the places and what else works in them, each once, what works everywhere last."""
    listed = [other for place in places for other in (place, *_WITH.get(place, ()))]
    last = (Place.MAIN, Place.EVERYWHERE)
    ordered = [place for place in listed if place not in last] + [place for place in last if place in listed]
    return tuple(dict.fromkeys(ordered))
