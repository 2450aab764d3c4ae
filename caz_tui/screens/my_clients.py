"""Clientes › Meus clientes: the portfolio in four tabs, searched, filtered, sorted and worked with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import work
from textual.containers import Horizontal
from textual.reactive import reactive
from textual.widgets import Input, TabbedContent, TabPane

from caz_tui import formats
from caz_tui.commands import COMMANDS, Place, bindings_for
from caz_tui.data.access import Permission, may
from caz_tui.data.choices import Field, Order, Tab
from caz_tui.data.errors import QueryError
from caz_tui.data.query import ClientQuery, ClientView, Selection
from caz_tui.screens import dialogs
from caz_tui.screens.base import ClientWanted
from caz_tui.screens.client_actions import ClientActions, alone
from caz_tui.screens.kept import Kept
from caz_tui.screens.list_reader import ListReader
from caz_tui.screens.sort_menu import ARROWS, FIELD_OF_LETTER, chosen_order, sort_menu
from caz_tui.terminal.painting import FIRST_HELD_SECONDS, HELD_SECONDS
from caz_tui.widgets.chips import Chips
from caz_tui.widgets.client_columns import ROOMY_CELLS, client_columns
from caz_tui.widgets.client_tabs import ClientTabs
from caz_tui.widgets.count_line import CountLine
from caz_tui.widgets.details_pane import PANE_CELLS, DetailsPane
from caz_tui.widgets.search_line import SearchLine
from caz_tui.widgets.windowed_table import Marks, SortedBy, WindowedTable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual import events
    from textual.widget import Widget

    from caz_tui.data.readings import ClientRow
    from caz_tui.data.service import PortfolioService
    from caz_tui.data.sheets.office_folder import OfficeFolder
    from caz_tui.screens.menu import Menu

WIDE_CELLS = 140

_NO_MATCH = "Nenhum cliente com esses filtros. F limpa os filtros."
_EMPTY_PORTFOLIO = "A carteira está vazia. i importa uma planilha, n cadastra um cliente."
_NOTHING_GIVEN = {
    True: "Nenhum cliente nas suas carteiras ainda; um administrador os põe nelas.",
    False: "A carteira está vazia.",
}
_EMPTY_TAB = {
    Tab.ALL: _EMPTY_PORTFOLIO,
    Tab.PAID_BY_CLIENT: "Nenhum cliente paga o próprio plano.",
    Tab.PAID_BY_OFFICE: "O escritório não paga o plano de nenhum cliente.",
    Tab.WITHOUT_PLAN: "Todos os clientes têm plano contratado.",
}


class MyClientsScreen(ClientActions):
    """The client table with everything that narrows it, and what can be done from it."""

    CSS_PATH = "my_clients.tcss"
    AUTO_FOCUS = "WindowedTable"
    BINDINGS = [
        *bindings_for(Place.CLIENTS, Place.MAIN),
        *(command.binding() for command in COMMANDS if command.place is Place.TABLE and command.name == "actions"),
    ]
    place = Place.CLIENTS
    go_command = "go_clients"

    tab: reactive[Tab] = reactive(Tab.ALL, init=False)
    filters: reactive[ClientQuery] = reactive(ClientQuery(), init=False)
    """What the chips show."""
    typed: reactive[ClientQuery] = reactive(ClientQuery(), init=False)
    """What the search line last said that could be understood."""
    order: reactive[Order] = reactive(Order(), init=False)
    tab_counts: reactive[dict[Tab, int]] = reactive[dict[Tab, int]]({}, init=False)
    """How many clients each tab holds, without any query."""

    def __init__(self, service: PortfolioService, folder: OfficeFolder | None = None) -> None:
        """Take the data, and the one folder that files may go to, if there is one."""
        super().__init__(service)
        self._folder = folder
        self._columns = client_columns(service.today, roomy=False)
        self._list_cells = 0
        self._tables: dict[Tab, WindowedTable[ClientRow]] = {
            tab: WindowedTable(self._columns, key=lambda row: row.id) for tab in Tab
        }
        self._reader = ListReader(self, service, self._tables)
        self._has_content = False
        self._filter_panel: Kept[dialogs.FilterPanel] = Kept("filters")
        self._sort_menu: Kept[Menu] = Kept("order")

    def compose_content(self) -> Iterable[Widget]:
        """Return tabs, search, lists, details and count."""
        with Horizontal(id="lists"):
            with ClientTabs(initial=self.tab.value):
                for tab in Tab:
                    with TabPane(tab.label, id=tab.value):
                        yield self._tables[tab]
            yield DetailsPane(self.service.today)
        yield CountLine()

    def key_line_places(self) -> tuple[Place, ...]:
        """Return the places of this screen: its own, the table, the client under the cursor."""
        return (Place.TABLE, Place.CLIENTS, Place.CLIENT, Place.MAIN, Place.EVERYWHERE)

    def on_mount(self) -> None:
        """Show the state as it is, with the first rows if they come soon."""
        self.hold_frame(FIRST_HELD_SECONDS)
        self._has_content = True
        self._show_state()

    async def on_unmount(self) -> None:
        """End what is kept."""
        await self._filter_panel.end()
        await self._sort_menu.end()

    def load(self) -> None:
        """Read the counts of the tabs and the list of the active one anew."""
        super().load()
        self._use_columns()
        self._reader.forget()
        # First what is waited for.
        self._reader.want(self.view)
        self._count_tabs()

    @property
    def is_filling(self) -> bool:
        """Whether the list of the active tab is being read for the first time."""
        return self._reader.reads_first(self.tab)

    @work(exclusive=True, group="tab counts")
    async def _count_tabs(self) -> None:
        self.tab_counts = await self.service.tab_counts()

    # State

    @property
    def view(self) -> ClientView:
        """What the list shows: the tab, every filter and the search, the order."""
        return ClientView(self.tab, self.filters & self.typed, self.order)

    @property
    def table(self) -> WindowedTable[ClientRow]:
        """The list of the active tab."""
        return self._tables[self.tab]

    def client_acted_on(self) -> ClientRow | None:
        """Return the client under the cursor."""
        return self.table.row_under_cursor

    def open_view(self, view: ClientView) -> None:
        """Show a view: its words in the search line, its criteria as chips."""
        self._write_search(view.query.words)
        self.filters = view.query.filters
        self.order = view.order
        self.tab = view.tab

    def watch_tab(self) -> None:
        """Show the list of another tab."""
        if self._has_content:
            had_focus = isinstance(self.focused, WindowedTable)
            self.query_one(ClientTabs).active = self.tab.value
            if had_focus:
                self.table.focus()
        self._view_changed()

    def watch_filters(self) -> None:
        """Show the list with other filters."""
        self._query_changed()

    def watch_typed(self) -> None:
        """Show the list with another search."""
        self._query_changed()

    def watch_order(self) -> None:
        """Show the list in another order."""
        self._view_changed()

    def watch_tab_counts(self) -> None:
        """Show how many clients each tab holds."""
        self._label_tabs()
        self._show_state()

    def _query_changed(self) -> None:
        # "All of the result" was said of another result; marks on single clients hold wherever they are.
        for table in self._tables.values():
            if table.marks.inverted:
                table.marks = Marks()
        self._view_changed()

    def _view_changed(self) -> None:
        if self._has_content:
            self._show_state()
            # A tab that is opened for the first time has nothing to show meanwhile but the list that was left.
            self.hold_frame(HELD_SECONDS if self._reader.shows(self.tab) else FIRST_HELD_SECONDS)
            self._reader.want(self.view)

    def _show_state(self) -> None:
        if not self._has_content:
            return
        table, count = self.table, self.query_one(CountLine)
        self.query_one(Chips).chips = self.filters.describe()
        table.sorted_by = SortedBy(self.order.field, self.order.descending)
        table.empty_text = self._empty_text()
        count.whole = self.tab_counts.get(self.tab)
        count.order = f"{self._label_of(self.order.field)} {ARROWS[self.order.descending]}"
        count.total = table.total if self._reader.shows(self.tab) else None
        count.total_is_exact = table.total_is_exact
        count.marked = table.marks.number_in(table.total)
        count.line = table.cursor_row + 1 if table.total else None
        self.query_one(DetailsPane).client = table.row_under_cursor

    def _label_of(self, field: Field) -> str:
        return next((column.label for column in self._columns if column.key == field), field.label)

    def _empty_text(self) -> str:
        if self.filters or self.typed:
            return _NO_MATCH
        if self.tab_counts.get(Tab.ALL):
            return _EMPTY_TAB[self.tab]
        role = self.service.role
        return _EMPTY_PORTFOLIO if may(role, Permission.ADMINISTER) else _NOTHING_GIVEN[may(role, Permission.WORK)]

    def list_read(self) -> None:
        """Take note that the active list shows other rows."""
        self._show_state()
        self.release_frame()

    # Size

    def on_resize(self, event: events.Resize) -> None:
        """Use the room there is."""
        self._list_cells = event.size.width - (PANE_CELLS if event.size.width >= WIDE_CELLS else 0)
        self._use_columns()
        self._label_tabs()

    def _use_columns(self) -> None:
        self._columns = client_columns(self.service.today, roomy=self._list_cells >= ROOMY_CELLS)
        for table in self._tables.values():
            table.set_columns(self._columns)
        if self._has_content:
            self.query_one(DetailsPane).today = self.service.today

    def _label_tabs(self) -> None:
        if self._has_content:
            self.query_one(ClientTabs).show_counts(self.tab_counts, self._list_cells)

    # The list

    def on_windowed_table_rows_wanted(self, message: WindowedTable.RowsWanted) -> None:
        """Read the rows that a list misses; a frame with holes waits for them a moment."""
        message.stop()
        if message.are_on_screen and message.table is self.table:
            self.hold_frame(once=True)
        self._reader.want_rows(message)

    def on_windowed_table_cursor_moved(self, message: WindowedTable.CursorMoved[ClientRow]) -> None:
        """Follow the cursor with line number and details."""
        message.stop()
        if message.table is self.table:
            self.query_one(CountLine).line = message.index + 1 if message.table.total else None
            self.query_one(DetailsPane).client = message.row

    def on_windowed_table_marks_changed(self, message: WindowedTable.MarksChanged) -> None:
        """Count the marks."""
        if message.table is self.table:
            self.query_one(CountLine).marked = message.marks.number_in(message.table.total)

    def on_windowed_table_row_chosen(self, message: WindowedTable.RowChosen[ClientRow]) -> None:
        """Open the details of a client."""
        self.post_message(ClientWanted(message.row.id))

    def on_windowed_table_sort_requested(self, message: WindowedTable.SortRequested) -> None:
        """Sort by the column whose header was clicked."""
        self.order = chosen_order(Field(message.key), self.order)

    def on_tabbed_content_tab_activated(self, message: TabbedContent.TabActivated) -> None:
        """Go to the tab that was clicked."""
        # One that comes late speaks of a tab that was left meanwhile.
        if message.pane.id == message.tabbed_content.active:
            self.tab = Tab(message.pane.id)

    # Search and filters

    def on_input_changed(self, message: Input.Changed) -> None:
        """Search for what is typed, as far as it can be understood."""
        if not isinstance(message.input, SearchLine):
            return
        problem = ""
        try:
            self.typed = ClientQuery.parse(message.input.value)
        except QueryError as error:
            problem = str(error)
        self.query_one(ClientTabs).show_problem(problem)

    def on_input_submitted(self, message: Input.Submitted) -> None:
        """Turn the criteria that were typed into chips and go to the list."""
        if not isinstance(message.input, SearchLine):
            return
        try:
            self.typed = ClientQuery.parse(message.input.value)
        except QueryError:
            return
        fresh = tuple(part for part in self.typed.filters.parts if part not in self.filters.parts)
        if self.typed.filters:
            self.filters &= ClientQuery(fresh)
            self._write_search(self.typed.words)
        self.table.focus()

    def on_search_line_left(self) -> None:
        """Go to the list."""
        self.table.focus()

    def on_chips_removed(self, message: Chips.Removed) -> None:
        """Take a filter away."""
        self.filters = self.filters.without(message.index)
        if not self.filters:
            self.table.focus()

    def _write_search(self, words: ClientQuery) -> None:
        self.typed = words
        if self._has_content:
            self.query_one(SearchLine).value = str(words)
            self.query_one(ClientTabs).show_problem("")

    def action_search(self) -> None:
        """Go to the search line."""
        line = self.query_one(SearchLine)
        line.focus()
        line.select_all()

    def action_leave(self) -> None:
        """Clear the search."""
        self._write_search(ClientQuery())

    def action_clear_filters(self) -> None:
        """Clear the search and every filter."""
        self._write_search(ClientQuery())
        self.filters = ClientQuery()

    def action_remove_chip(self) -> None:
        """Take the last filter away."""
        if self.filters:
            self.filters = self.filters.without(len(self.filters.parts) - 1)

    @alone
    async def action_filters(self) -> None:
        """Open Mais filtros."""
        panel = self._filter_panel.take(self.app)
        if panel is None:
            panel = dialogs.FilterPanel(self.service, self.view.query, self.tab)
        else:
            panel.ask_again(self.view.query, self.tab)
        chosen = await self.app.push_screen_wait(self._filter_panel.keep(self.app, panel))
        if chosen is not None:
            self._write_search(chosen.words)
            self.filters = chosen.filters

    # Tabs, order, place

    def action_previous_tab(self) -> None:
        """Go to the tab at the left."""
        self._turn_tabs(-1)

    def action_next_tab(self) -> None:
        """Go to the tab at the right."""
        self._turn_tabs(1)

    def _turn_tabs(self, step: int) -> None:
        tabs = tuple(Tab)
        self.tab = tabs[(tabs.index(self.tab) + step) % len(tabs)]

    @alone
    async def action_sort(self) -> None:
        """Choose the order."""
        fields = [Field(column.key) for column in self._columns if column.sortable]
        menu = sort_menu(self._sort_menu.take(self.app), fields, self.order)
        letter = await self.app.push_screen_wait(self._sort_menu.keep(self.app, menu))
        if letter is not None:
            self.order = chosen_order(FIELD_OF_LETTER[letter], self.order)

    def action_mark(self) -> None:
        """Mark the client under the cursor, or take its mark away."""
        self.table.action_mark()

    def action_mark_all(self) -> None:
        """Mark every client of the result, or none."""
        self.table.action_mark_all()

    @alone
    async def action_go_to_row(self) -> None:
        """Ask for a line and go there."""
        table = self.table
        lines = f"1 a {formats.integer(table.total)}" if table.total_is_exact else "a partir de 1"
        text = await self.app.push_screen_wait(dialogs.AskLine("Ir à linha", f"Linha ({lines})"))
        if text is None:
            return
        digits = text.replace(".", "").strip()
        if digits.isascii() and digits.isdecimal() and len(digits) < 10:
            self.table.move_to(int(digits) - 1)
        else:
            self.refuse(f"Linha não é um número: {text}.")

    # Clients, files, views

    @alone
    async def action_new_client(self) -> None:
        """Add a client."""
        if not self.may(Permission.WORK):
            return
        added = await self.app.push_screen_wait(dialogs.ClientForm(self.service, None))
        if added is not None:
            self._reader.seek(added.id)
            self.done(f"{added.name} foi cadastrado.")

    @alone
    async def action_export_sheet(self) -> None:
        """Export the list of the screen."""
        await self.app.push_screen_wait(dialogs.ExportDialog(self.service, self.view, self._folder))

    @alone
    async def action_assign_carteira(self) -> None:
        """Put the clients that are marked into a carteira, or everything the list shows when none is."""
        if not self.may(Permission.ADMINISTER):
            return
        done = await self.app.push_screen_wait(dialogs.AssignCarteira(self.service, self._selection()))
        if done is not None:
            self.table.marks = Marks()
            self.done(formats.assigned(done))

    def _selection(self) -> Selection:
        marks = self.table.marks
        if marks.inverted:
            return Selection(self.view, but=marks.keys)
        return Selection(self.view, only=marks.keys or None)

    @alone
    async def action_save_view(self) -> None:
        """Keep tab, filters and order under a name."""
        if not self.may(Permission.WORK):
            return
        name = await dialogs.save_view(self.app, self.service, self.view)
        if name:
            self.say(f"Visão salva: {name}. V abre as visões.")

    @alone
    async def action_views(self) -> None:
        """Open a saved view."""
        view = await self.app.push_screen_wait(dialogs.ViewsMenu(self.service))
        if view is not None:
            self.open_view(view)
