"""Reading lists of clients into their tables: rows first, then their count, the rest as it is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from caz_tui.screens.latest import Latest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from caz_tui.data.choices import Tab
    from caz_tui.data.query import ClientView
    from caz_tui.data.readings import ClientRow, Page
    from caz_tui.data.service import PortfolioService
    from caz_tui.screens.my_clients import MyClientsScreen
    from caz_tui.widgets.windowed_table import WindowedTable

_MOST_TRIES = 3


class _Shown(NamedTuple):
    """What a table shows, and as of which edition of the portfolio."""

    view: ClientView
    edition: int


class ListReader:
    """Keeps the table of each tab showing what is wanted of it; a list is read when its tab is first opened."""

    def __init__(
        self, screen: MyClientsScreen, service: PortfolioService, tables: Mapping[Tab, WindowedTable[ClientRow]]
    ) -> None:
        self._screen = screen
        self._service = service
        self._tables = tables
        self._shown: dict[Tab, _Shown] = {}
        self._edition = 0
        self._generation = 0
        self._sought: int | None = None
        self._lists: Latest[ClientView] = Latest(screen, self._read, interrupts=True)
        self._counts: Latest[_Shown] = Latest(screen, self._count, interrupts=True)
        self._rows: Latest[WindowedTable.RowsWanted] = Latest(screen, self._read_rows)

    def shows(self, tab: Tab) -> bool:
        """Tell whether a tab's list has been read."""
        return tab in self._shown

    def reads_first(self, tab: Tab) -> bool:
        """Tell whether a tab's list is being read for the first time."""
        return self._lists.is_reading and not self.shows(tab)

    def forget(self) -> None:
        """Take every list for out of date."""
        self._edition += 1

    def seek(self, client_id: int) -> None:
        """Put the cursor on a client when the list is next read anew, if it is in it."""
        self._sought = client_id

    def want(self, view: ClientView) -> None:
        """Show a view in the table of its tab."""
        self._lists.want(view)

    def want_rows(self, wanted: WindowedTable.RowsWanted) -> None:
        """Read the rows that a table asks for."""
        self._rows.want(wanted)

    async def _read(self, view: ClientView) -> None:
        wanted, shown = _Shown(view, self._edition), self._shown.get(view.tab)
        if shown == wanted and self._tables[view.tab].total_is_exact:
            self._screen.list_read()
        elif shown is not None and shown.view == view:
            await self._read_again(wanted)
        else:
            await self._read_first(wanted)

    async def _read_first(self, wanted: _Shown) -> None:
        """Read a list from its beginning; the rows are shown before they are counted."""
        view = wanted.view
        # One more than are seen, so that what fits needs no counting.
        limit = self._lines(self._tables[view.tab]) + 1
        page = await self._service.page(view, 0, limit)
        if self._lists.is_superseded:
            return
        total = len(page.rows) if len(page.rows) < limit else page.total
        is_known = total is not None
        self._show(wanted, page, total or len(page.rows), total_is_exact=is_known, key=None, place=0)
        if not is_known:
            # Counting may take long, and the next list is not to wait for it.
            self._counts.want(wanted)

    async def _count(self, wanted: _Shown) -> None:
        """Count a list whose rows are shown."""
        table = self._tables[wanted.view.tab]
        total = await self._service.count(wanted.view)
        if self._shown.get(wanted.view.tab) == wanted and not table.total_is_exact:
            table.take_count(total)
            self._screen.list_read()

    async def _read_again(self, wanted: _Shown) -> None:
        """Read a list anew around the client under the cursor, wherever it stands now."""
        view, table = wanted.view, self._tables[wanted.view.tab]
        await self._service.changed_elsewhere()
        for tries_left in reversed(range(_MOST_TRIES)):
            cursor = table.cursor_row
            # Someone who keeps moving the cursor is not to see it jump back to where it was.
            key, place = await self._place_to_keep(view, table) if tries_left else (None, cursor)
            total = await self._service.count(view)
            place = min(place, max(0, total - 1))
            lines = self._lines(table)
            page = await self._service.page(view, max(0, place - lines), 2 * lines)
            if self._lists.is_superseded:
                return
            if table.cursor_row == cursor or not tries_left:
                self._show(wanted, page, total, key=key, place=place if tries_left else table.cursor_row)
                return

    async def _place_to_keep(self, view: ClientView, table: WindowedTable[ClientRow]) -> tuple[int | None, int]:
        for client_id in (self._sought, table.cursor_key):
            if client_id is not None:
                place = await self._service.place_of(view, client_id)
                if place is not None:
                    return client_id, place
        return None, table.cursor_row

    def _show(
        self, wanted: _Shown, page: Page, total: int, *, key: int | None, place: int, total_is_exact: bool = True
    ) -> None:
        self._shown[wanted.view.tab] = wanted
        self._sought = None
        self._generation += 1
        table = self._tables[wanted.view.tab]
        table.reset(
            total, total_is_exact=total_is_exact, rows=page.rows, offset=page.offset, generation=self._generation
        )
        table.restore(key, place)
        self._screen.list_read()

    async def _read_rows(self, wanted: WindowedTable.RowsWanted) -> None:
        tab = next(tab for tab, table in self._tables.items() if table is wanted.table)
        table, total = wanted.table, wanted.table.total
        if wanted.generation != table.generation:
            return
        page = await self._service.page(self._shown[tab].view, wanted.offset, wanted.limit)
        table.feed(page.offset, page.rows, wanted.generation)
        if wanted.generation == table.generation and not table.total_is_exact and len(page.rows) < wanted.limit:
            # The end has been read before it was counted how far it is.
            self._counts.stop()
            table.take_count(page.offset + len(page.rows))
        if tab is self._screen.tab and table.total != total:
            self._screen.list_read()
        else:
            self._screen.release_frame()
            if not wanted.are_on_screen:
                self._screen.done_unseen()

    def _lines(self, table: WindowedTable[ClientRow]) -> int:
        """Return how many rows a table shows, or at most will show where it has never been seen."""
        return table.body_lines or self._screen.size.height
