"""What the first screens show, read by ``sqlite3`` alone while SQLAlchemy is still to be imported.

Nothing is asked here in words of its own: the statements are those the service itself sends, written down by
``recording`` into ``first_look.json``. Whatever is not written down there, or is not as usual (another schema, a person
who sees a part of the clients, a file that does not answer), is left to the service.
"""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self

from caz_tui.data import tally
from caz_tui.data.access import admitted
from caz_tui.data.choices import Role, Tab
from caz_tui.data.database_file import address, gone, identity
from caz_tui.data.errors import AccessGone
from caz_tui.data.query import ClientView
from caz_tui.data.readings import DEFAULT_OFFICE_NAME, ClientRow, Page, Person, PortfolioSummary, client_fields

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

RECORDED: Final = Path(__file__).with_name("first_look.json")
USER, LIMIT, DAYS_AWAY = "user", "limit", "days away"
"""How a value is written down that is known only when it is asked: as one key of an object."""

_TIMEOUT_SECONDS: Final = 1.0
"""How long a lock is waited for; the service has more patience."""

STEPS_BETWEEN_LOOKS: Final = 500_000
"""How many of its instructions SQLite runs, in some milliseconds, before it asks whether to go on."""

_CONVERTED: Final[Mapping[str, Callable[[Any], Any]]] = {
    **dict.fromkeys(("expires_on", "export_start", "export_end", "bought_on", "renews_on"), date.fromisoformat),
    **dict.fromkeys(("auto_renews", "archived"), bool),
    "tags": json.loads,
}
"""What SQLAlchemy makes of the columns that SQLite has no type for."""

Result = list[dict[str, Any]]


class FirstLook:
    """One person's first look at a database file; what a call returns is None where the service has to be asked.

    Its calls block, and are for threads: one that reads for long keeps no other from being answered.
    """

    def __init__(self, path: Path, user: str) -> None:
        """Open the file for a person; raises ``sqlite3.Error`` where that cannot be done."""
        self._path = path
        self._user = user
        self._recorded = json.loads(RECORDED.read_text(encoding="utf-8"))
        self._is_closed = False
        self._identity = identity(path)
        # While it is held, no connection that is closed after a read is the last one, which would tidy up the log.
        self._held = self._connect()
        self.role: Role | None = None
        """What the person may do, as of the last call."""

    @classmethod
    def at(cls, path: Path, user: str) -> Self | None:
        """Return the first look at a file; None where it is not a database as this version of the program makes it."""
        if not path.exists():
            return None
        try:
            look = cls(path, user)
        except sqlite3.Error:
            return None
        if look._is_ours():
            return look
        look.close()
        return None

    def _is_ours(self) -> bool:
        """Tell whether the schema is the one that was recorded."""
        try:
            with closing(self._held.execute("SELECT version_num FROM alembic_version")) as found:
                return bool(found.fetchone() == (self._recorded["schema"],))
        except sqlite3.Error:
            return False

    def close(self) -> None:
        """Give the file back, and stop whatever is being read."""
        self._is_closed = True
        self._held.close()

    @property
    def is_ghost(self) -> bool:
        """Whether the file has lost its name, so that what it is opened by now would be another."""
        return identity(self._path) != self._identity

    def refuse_ghost(self) -> None:
        """Refuse to go on in another file than the one that was looked at; raises ``StorageError``."""
        if self.is_ghost:
            raise gone(self._path)

    def me(self) -> Person | None:
        """Return who is at the keyboard."""
        return Person(name=self._user, role=self.role) if self._read("me") is not None and self.role else None

    def office_name(self) -> str | None:
        """Return the name of the office for the top line."""
        results = self._read("office_name")
        if results is None:
            return None
        (found,) = results
        return str((found and found[0]["value"]) or DEFAULT_OFFICE_NAME)

    def is_empty(self) -> bool | None:
        """Tell whether there is no client at all, archived ones included."""
        results = self._read("is_empty")
        return None if results is None else not results[0]

    def summary(self, today: date) -> PortfolioSummary | None:
        """Return the figures of Minha carteira."""
        results = self._read("summary", today=today)
        if results is None:
            return None
        counts, by_plan, items, purchases, in_use = results
        bought = tally.purchases_of(purchases, items, today)
        plans = {plan: count for plan, count in (row.values() for row in by_plan)}  # noqa: C416 - views are no pairs
        return tally.summary_of(counts[0].values(), plans, tally.licences_of(bought, _number(in_use)))

    def tab_counts(self) -> dict[Tab, int] | None:
        """Return how many clients are in each tab."""
        results = self._read("tab_counts")
        return None if results is None else dict(zip(Tab, results[0][0].values(), strict=True))

    def page(self, view: ClientView, offset: int, limit: int) -> Page | None:
        """Return the first rows of a tab in order of name."""
        if offset or view != ClientView(view.tab):
            return None
        results = self._read(f"page {view.tab.value}", limit=limit)
        if results is None:
            return None
        rows, counted = results
        return Page(offset=0, rows=tuple(map(_row, rows)), total=_number(counted))

    def count(self, view: ClientView) -> int | None:
        """Return how many clients a tab holds."""
        if view.query:
            return None
        results = self._read(f"count {view.tab.value}")
        return None if results is None else _number(results[0])

    def _read(self, call: str, *, today: date | None = None, limit: int = 0) -> list[Result] | None:
        """Return what the statements of a call find, in one look at the data; None where the service is to be asked."""
        known = {USER: self._user, LIMIT: limit}
        try:
            with closing(self._connect()) as connection:
                connection.execute("BEGIN")
                results = [
                    _rows(connection, statement, [_bound(parameter, known, today) for parameter in parameters])
                    for statement, parameters in self._recorded["calls"][call]
                ]
        except sqlite3.Error:
            return None
        if self.is_ghost:
            return None
        # Every call asks first who it is for.
        users, _, role, is_active = results.pop(0)[0].values()
        try:
            self.role = admitted(self._user, users, role, is_active=bool(is_active))
        except AccessGone:
            return None
        return None if self.role is Role.ANALYST else results

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            address(self._path),
            uri=True,
            timeout=_TIMEOUT_SECONDS,
            isolation_level=None,
            check_same_thread=False,
        )
        try:
            # Not interrupted: that is lost where it comes between two statements.
            connection.set_progress_handler(lambda: self._is_closed, STEPS_BETWEEN_LOOKS)
            for pragma in ("query_only=ON", "temp_store=MEMORY"):
                connection.execute(f"PRAGMA {pragma}")
        except sqlite3.Error:
            connection.close()
            raise
        return connection


def _rows(connection: sqlite3.Connection, statement: str, bound: list[object]) -> Result:
    with closing(connection.execute(statement, bound)) as found:
        names = [name for name, *_ in found.description]
        return [
            {
                name: _CONVERTED[name](value) if value is not None and name in _CONVERTED else value
                for name, value in zip(names, row, strict=True)
            }
            for row in found
        ]


def _number(result: Result) -> int:
    """Return the only value of the only row."""
    ((number,),) = (row.values() for row in result)
    return int(number)


def _bound(parameter: object, known: Mapping[str, object], today: date | None) -> object:
    if not isinstance(parameter, dict):
        return parameter
    ((what, value),) = parameter.items()
    if what == DAYS_AWAY:
        assert today is not None
        return (today + timedelta(days=value)).isoformat()
    return known[what]


def _row(columns: dict[str, Any]) -> ClientRow:
    return ClientRow(**client_fields({name: value for name, value in columns.items() if not name.startswith("key_")}))
