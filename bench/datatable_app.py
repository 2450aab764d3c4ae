"""The same clients in Textual's own DataTable: ``python -m bench.datatable_app DATABASE``."""

from __future__ import annotations

import sqlite3
import sys
from contextlib import closing
from typing import TYPE_CHECKING

from textual.app import App
from textual.widgets import DataTable

if TYPE_CHECKING:
    from textual.app import ComposeResult

COLUMNS = ("Cliente", "CNPJ/CPF", "Situação", "Plano", "Vencimento", "Cidade", "UF")
CLIENTS = """
    SELECT name, document, situation, coalesce(plan, '–'), coalesce(expires_on, '–'), coalesce(city, '–'), coalesce(state, '–')
    FROM clients WHERE archived = 0 ORDER BY name_folded, name, id
"""  # noqa: E501


class TableApp(App[None]):
    """A table of every client, and keys to sort it, to filter it and to go to its ends."""

    BINDINGS = [
        ("G", "to_end", "End"),
        ("g", "to_start", "Start"),
        ("s", "sort", "Sort by the next column"),
        ("f", "filter", "Clients on trial, or all"),
        ("q", "quit", "Leave"),
    ]

    def __init__(self, path: str) -> None:
        """Read every client of a database."""
        super().__init__()
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
            self._clients: list[tuple[str, ...]] = connection.execute(CLIENTS).fetchall()
        self._sorted_by = 0
        self._filtered = False

    def compose(self) -> ComposeResult:
        """Show the table alone."""
        yield DataTable(cursor_type="row")

    def on_mount(self) -> None:
        """Fill the table."""
        self.table.add_columns(*COLUMNS)
        self.table.add_rows(self._clients)

    @property
    def table(self) -> DataTable[str]:
        """The table."""
        return self.query_one(DataTable)

    def action_to_end(self) -> None:
        """Go to the last row."""
        self.table.move_cursor(row=self.table.row_count - 1)

    def action_to_start(self) -> None:
        """Go to the first row."""
        self.table.move_cursor(row=0)

    def action_sort(self) -> None:
        """Sort by the column after the one the table is sorted by."""
        self._sorted_by = (self._sorted_by + 1) % len(COLUMNS)
        self.table.sort(list(self.table.columns)[self._sorted_by])

    def action_filter(self) -> None:
        """Show the clients on trial alone, or all of them again."""
        self._filtered = not self._filtered
        self.table.clear()
        self.table.add_rows(row for row in self._clients if not self._filtered or row[2] == "em_teste")


if __name__ == "__main__":
    TableApp(sys.argv[1]).run()
