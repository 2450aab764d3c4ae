"""Saved views: keeping one, opening one, dropping one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual import work
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static
from textual.widgets.option_list import Option

from caz_tui.data.errors import PortfolioError
from caz_tui.data.query import ClientQuery, ClientView
from caz_tui.screens.ask_line import AskLine
from caz_tui.screens.base import ACTION_GROUP, Dialog
from caz_tui.screens.confirm import Confirm
from caz_tui.screens.sort_menu import ARROWS
from caz_tui.terminal.text import shown
from caz_tui.terminal.visible import visible
from caz_tui.widgets.choice_list import ChoiceList

if TYPE_CHECKING:
    from textual.app import App, ComposeResult

    from caz_tui.data.schemas import SavedView
    from caz_tui.data.service import PortfolioService

NO_VIEWS = "Nenhuma visão salva. Em Meus clientes, v guarda a guia, os filtros e a ordem da tela."


def view_of(saved: SavedView) -> ClientView:
    """Return what a saved view shows.

    Raises:
        QueryError: its query is not understood (any more).
    """
    return ClientView(saved.tab, ClientQuery.parse(saved.query), saved.order)


def describe_view(saved: SavedView) -> str:
    """Return tab, filters and order of a saved view in words."""
    parts = [saved.tab.label, saved.query, f"{saved.order.field.label} {ARROWS[saved.order.descending]}"]
    return " · ".join(part for part in parts if part)


async def save_view(app: App[Any], service: PortfolioService, view: ClientView) -> str | None:
    """Ask for a name and keep a view under it; return the name, or None when it was not kept."""
    name = await app.push_screen_wait(AskLine("Salvar visão", "Nome"))
    if name is None:
        return None
    if any(saved.name == name for saved in await service.saved_views()):
        question = Confirm(f"Substituir a visão {name}?", details="Já existe uma com esse nome.", confirm="Substituir")
        if not await app.push_screen_wait(question):
            return None
    await service.save_view(name, view)
    return name


class ViewsMenu(Dialog[ClientView]):
    """The saved views: Enter opens one, x drops it."""

    gives_way = True

    BINDINGS = [
        Binding("x,delete", "forget", show=False),
        Binding("j", "move(1)", show=False),
        Binding("k", "move(-1)", show=False),
    ]
    DEFAULT_CSS = """
    ViewsMenu > #window { width: 76; }
    ViewsMenu OptionList { height: auto; max-height: 16; border: none; padding: 0; background: $background; }
    ViewsMenu OptionList:focus { border: none; }
    ViewsMenu #none { width: 100%; color: $muted; display: none; }
    """

    def __init__(self, service: PortfolioService) -> None:
        super().__init__()
        self._service = service
        self._views: tuple[SavedView, ...] = ()

    def compose(self) -> ComposeResult:
        """Make room for the views."""
        with Vertical(id="window") as window:
            window.border_title = "Visões"
            window.border_subtitle = "enter abre · x exclui · esc fecha"
            yield ChoiceList(markup=False)
            yield Static(NO_VIEWS, id="none")

    def on_mount(self) -> None:
        """Read the views."""
        self._show_views()

    @work
    async def _show_views(self) -> None:
        await self._read()

    async def _read(self) -> None:
        self._views = await self._service.saved_views()
        options = self.query_one(ChoiceList)
        kept = options.highlighted or 0
        options.set_options(
            Option(Content.assemble(shown(saved.name, "bold"), "\n", shown(describe_view(saved), "$muted")))
            for saved in self._views
        )
        options.highlighted = min(kept, len(self._views) - 1) if self._views else None
        options.display = bool(self._views)
        self.query_one("#none").display = not self._views

    def on_option_list_option_selected(self, message: ChoiceList.OptionSelected) -> None:
        """Open a view."""
        try:
            view = view_of(self._views[message.option_index])
        except PortfolioError as error:
            self.notify(visible(str(error)), severity="error", markup=False)
        else:
            if self.is_current:
                self.dismiss(view)

    def action_move(self, step: int) -> None:
        """Go to the view above or below."""
        options = self.query_one(ChoiceList)
        if step > 0:
            options.action_cursor_down()
        else:
            options.action_cursor_up()

    def action_forget(self) -> None:
        """Drop the view under the cursor."""
        index = self.query_one(ChoiceList).highlighted
        if index is not None:
            self._forget(self._views[index].name)

    @work(exclusive=True, group=ACTION_GROUP)
    async def _forget(self, name: str) -> None:
        question = Confirm(
            f"Excluir a visão {name}?", details="Os clientes não mudam.", confirm="Excluir", dangerous=True
        )
        if await self.app.push_screen_wait(question):
            await self._service.forget_view(name)
            await self._read()
