"""Writing down what the service sends to SQLite for the calls of the first screens, for ``first_look``.

Run as ``python -m caz_tui.data.recording`` (``make first-look``) after a change of those statements; a test tells when.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from sqlalchemy import Engine, event

from caz_tui.data.choices import Tab
from caz_tui.data.clients import Author
from caz_tui.data.engine import Database
from caz_tui.data.first_look import DAYS_AWAY, LIMIT, RECORDED, USER
from caz_tui.data.query import ClientView
from caz_tui.data.service import PortfolioService
from caz_tui.data.tables import SCHEMA_REVISION

_DAYS: Final = (date(2026, 1, 15), date(2027, 8, 3))
"""Whatever differs between the two is so many days away from each."""
_USER: Final = "whoever-is-at-the-keyboard"
_LIMIT: Final = 5_883

Sent = list[tuple[str, tuple[Any, ...]]]

Call = Callable[[PortfolioService], Awaitable[object]]


def _page(tab: Tab) -> Call:
    return lambda service: service.page(ClientView(tab), 0, _LIMIT)


def _count(tab: Tab) -> Call:
    return lambda service: service.count(ClientView(tab))


_CALLS: Final[dict[str, Call]] = {
    "me": lambda service: service.me(),
    "office_name": lambda service: service.office_name(),
    "is_empty": lambda service: service.is_empty(),
    "summary": lambda service: service.summary(),
    "tab_counts": lambda service: service.tab_counts(),
    **{f"page {tab.value}": _page(tab) for tab in Tab},
    **{f"count {tab.value}": _count(tab) for tab in Tab},
}


class _NoonOf:
    """A clock that stands still at noon of a day."""

    def __init__(self, day: date) -> None:
        self._moment = datetime(day.year, day.month, day.day, 15, tzinfo=UTC)

    def now(self) -> datetime:
        """Return the moment in UTC."""
        return self._moment


async def record() -> dict[str, Any]:
    """Return every call with its statements and their values, as ``first_look.json`` holds them."""
    earlier, later = [await _sent_on(day) for day in _DAYS]
    calls = {
        call: [
            [statement, [_noted(*values) for values in zip(given, given_later, strict=True)]]
            for (statement, given), (_, given_later) in zip(sent, later[call], strict=True)
        ]
        for call, sent in earlier.items()
    }
    return {"schema": SCHEMA_REVISION, "calls": calls}


async def _sent_on(day: date) -> dict[str, Sent]:
    clock = _NoonOf(day)
    sent: Sent = []

    def listen(_connection: object, _cursor: object, statement: str, parameters: Any, *_: object) -> None:  # noqa: ANN401
        if statement.startswith("SELECT"):
            sent.append((statement, tuple(parameters)))

    found = {}
    with TemporaryDirectory() as folder:
        database = await Database.open(Path(folder) / "carteira.db", founder=Author(_USER, clock))
        event.listen(Engine, "before_cursor_execute", listen)
        try:
            for call, make in _CALLS.items():
                sent.clear()
                # Each call of a service of its own: one that has counted a list does not count it again.
                await make(PortfolioService(database, user=_USER, clock=clock))
                found[call] = list(sent)
        finally:
            event.remove(Engine, "before_cursor_execute", listen)
            await database.close()
    return found


def _noted(value: Any, later: Any) -> object:  # noqa: ANN401 - whatever SQLite takes
    """Return how a value is written down that was one on the first day and another on the second."""
    if value == _USER:
        return {USER: None}
    if value == _LIMIT:
        return {LIMIT: None}
    if value == later:
        return value
    away = date.fromisoformat(value) - _DAYS[0]
    assert away == date.fromisoformat(later) - _DAYS[1], "a value depends on the day otherwise than by days"
    return {DAYS_AWAY: away // timedelta(days=1)}


def main() -> None:
    """Write ``first_look.json`` anew."""
    recorded = json.dumps(asyncio.run(record()), ensure_ascii=False, indent=1)
    RECORDED.write_text(f"{recorded}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
