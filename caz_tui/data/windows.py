"""Walking a sorted list by keys, so that any stretch of it is a short walk along an index.

A list is one or two runs (clients with a value, then those without). A *fence* is the sort key of the row at a known
place; a stretch is read from the nearest fence or end, in whichever direction is shorter.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from caz_tui.data import counts_of_words, kept_counts
from caz_tui.data.choices import Field, Tab
from caz_tui.data.dialects.base import dialect_of
from caz_tui.data.expressions import unindexed
from caz_tui.data.first_with_word import Wanted
from caz_tui.data.gate import EVERY_CLIENT
from caz_tui.data.query import Criterion
from caz_tui.data.rows import CLIENT_COLUMNS, ROW_COLUMNS, client, client_row
from caz_tui.data.selects import (
    are_read_by_name,
    beyond,
    directed,
    segment_of,
    segments,
    sort_key,
    view_condition,
    with_sort_key,
    words_of,
)
from caz_tui.data.tables import clients
from caz_tui.data.ways import way_to, who_satisfies
from caz_tui.data.words_known import WordsKnown

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import date

    from sqlalchemy import Row, Select
    from sqlalchemy.ext.asyncio import AsyncConnection

    from caz_tui.data.dialects.base import Search
    from caz_tui.data.gate import Scope
    from caz_tui.data.query import ClientView
    from caz_tui.data.readings import Client, ClientRow
    from caz_tui.data.rows import Columns
    from caz_tui.data.selects import Condition

Key = tuple[Any, ...]
MOST_FENCES = 4_096


class Walk:
    """One sorted list, with what is known of it so far: its length and some fences."""

    def __init__(
        self,
        view: ClientView,
        today: date,
        *,
        search: Search | None,
        scope: Scope = EVERY_CLIENT,
        words_known: WordsKnown | None = None,
    ) -> None:
        self._view = view
        self._today = today
        self._scope = scope
        self._search = search
        words = words_of(view.query) if search else ()
        self._long_words = frozenset(word for word in words if search and len(word) >= search.least_letters)
        self._criteria = [part for part in view.query.parts if isinstance(part, Criterion)]
        self._is_ready = not self._long_words and not self._criteria
        self._words_known = words_known or WordsKnown()
        self._rare: Collection[str] | None = None
        self._condition = self._counted = view_condition(view, today, scope=scope)
        self._sorts = False
        self.total: int | None = None
        """How many clients the list holds, once that is known."""
        self._places: list[int] = []
        self._fences: dict[int, Key] = {}

    async def learn_total(self, connection: AsyncConnection) -> None:
        """Learn how many clients the list holds, where that is kept."""
        kept = kept_counts.counting(self._view, self._today, self._scope) if self.total is None else None
        if kept is not None:
            self.total = int(await connection.scalar(kept) or 0)

    async def count(self, connection: AsyncConnection) -> int:
        """Return how many clients the list holds."""
        await self.learn_total(connection)
        if self.total is None:
            counting = await self._counting_words(connection)
            if counting is None:
                await self._get_ready(connection)
                counting = self._counting()
            if self.total is None:
                self.total = int(await connection.scalar(counting) or 0)
        return self.total

    async def _counting_words(self, connection: AsyncConnection) -> Select[Any] | None:
        """Return the statement that counts the list by its words, without a look at each client; None without one."""
        if self._search is None or dialect_of(connection).knows_how_many:
            return None
        return await counts_of_words.counting(
            connection, self._view, self._today, self._scope, self._search, self._words_known
        )

    def _counting(self) -> Select[Any]:
        """Return the statement that counts the clients one by one."""
        condition = self._looking_up(self._long_words) if self._long_words else self._counted
        # A column in no index, or SQLite would take one that holds all the rest for the better one.
        every = func.count(clients.c.version) if self._sorts else func.count()
        return select(every).select_from(clients).where(condition)

    async def page(self, connection: AsyncConnection, offset: int, limit: int) -> tuple[ClientRow, ...]:
        """Return up to ``limit`` consecutive rows from place ``offset`` (0 is the first)."""
        return tuple(client_row(row) for row in await self._stretch(connection, ROW_COLUMNS, offset, limit))

    async def clients(self, connection: AsyncConnection, offset: int, limit: int) -> tuple[Client, ...]:
        """Return up to ``limit`` consecutive clients whole, from place ``offset``."""
        return tuple(client(row) for row in await self._stretch(connection, CLIENT_COLUMNS, offset, limit))

    async def _get_ready(self, connection: AsyncConnection) -> None:
        """Learn which words and criteria few clients have: those are looked up, the others walked for."""
        if self._is_ready:
            return
        rare = await self._rare_words(connection)
        if rare:
            self._condition = self._looking_up(rare)
        elif self._criteria and not self._view.query.asks_for_archived and not self._scope.is_small:
            await self._choose(connection)
        self._is_ready = True

    async def _rare_words(self, connection: AsyncConnection) -> Collection[str]:
        """Return the words that few clients have."""
        if self._rare is None and self._search is not None:
            if dialect_of(connection).knows_how_many:
                self._rare = await self._search.rare(connection, self._long_words)
            else:
                self._rare = await self._words_known.rare(connection, self._search, self._long_words)
        return self._rare or ()

    async def _first_with_word(
        self, connection: AsyncConnection, columns: Columns, limit: int
    ) -> list[Row[Any]] | None:
        """Return the first rows of who has a word, where there is a shorter way than to look all of them up."""
        query, is_by_name = self._view.query, self._view.order.field is Field.NAME
        if self._search is None or not self._long_words or dialect_of(connection).knows_how_many:
            return None
        if not is_by_name or query.asks_for_archived or self._scope.is_small:
            return None
        wanted = Wanted(self._view, self._today, self._scope, self._long_words, columns, limit)
        return await wanted.first(connection, self._search, self._words_known)

    def _looking_up(self, words: Iterable[str]) -> Condition:
        looked_up = {word: self._search.matches(word) for word in words} if self._search else {}
        return view_condition(self._view, self._today, scope=self._scope, looked_up=looked_up)

    async def _choose(self, connection: AsyncConnection) -> None:
        """Choose how the clients of some criteria are found."""
        way = await way_to(connection, self._view, self._criteria, self._today, self._scope)
        if way.is_empty:
            self.total = 0
        if not way.found_by and not are_read_by_name(self._criteria):
            return
        by_two = len(way.found_by) > 1
        condition = view_condition(
            self._view,
            self._today,
            scope=self._scope,
            found_by=() if by_two else way.found_by,
            among=who_satisfies(way.found_by, self._today) if by_two else None,
        )
        if way.found_by or len(self._criteria) > 1 or self._view.tab is not Tab.ALL:
            self._counted = condition
        if way.found_by or self._view.order.field is Field.NAME:
            self._condition = condition
            self._sorts = bool(way.found_by)

    def _beside(self, condition: Condition) -> Condition:
        """Return a condition on places in the list: no index is searched for it when clients are looked up."""
        return unindexed(condition) if self._sorts else condition

    async def _stretch(self, connection: AsyncConnection, columns: Columns, offset: int, limit: int) -> list[Row[Any]]:
        if self.total is not None:
            # A negative LIMIT would mean none at all.
            limit = max(0, min(limit, self.total - offset))
        if limit == 0:
            return []
        if offset == 0 and (first := await self._first_with_word(connection, columns, limit)) is not None:
            return first
        await self._get_ready(connection)
        if self.total == 0:
            return []
        place, key = self._fence_before(offset)
        if self.total is not None and self.total - offset - limit < offset - place:
            found = await self._step(connection, columns, None, self.total - offset - limit, limit, backwards=True)
            found.reverse()
        else:
            found = await self._step(connection, columns, key, offset - place, limit, backwards=False)
        width = len(sort_key(self._view.order))
        # From the first row on goes without its key: one statement for the first page and the second.
        if found and offset:
            self._remember(offset, tuple(found[0][-width:]))
        return found

    async def place_of(self, connection: AsyncConnection, client_id: int) -> int | None:
        """Return the place of a client in the list, or None when it is not in it."""
        await self._get_ready(connection)
        columns = sort_key(self._view.order)
        owning = select(*columns).where(clients.c.id == client_id, self._condition)
        own = (await connection.execute(owning)).first()
        if own is None:
            return None
        order = self._view.order
        segment = segment_of(order, tuple(own))
        before = self._beside(beyond(order, segment, tuple(own), backwards=True, inclusive=False))
        runs = [self._beside(run) for run in segments(order)]
        place = 0
        for condition in (*runs[:segment], runs[segment] & before):
            counting = select(func.count()).select_from(clients).where(self._condition, condition)
            place += int(await connection.scalar(counting) or 0)
        return place

    async def _step(
        self,
        connection: AsyncConnection,
        wanted: Columns,
        start: Key | None,
        skip: int,
        limit: int,
        *,
        backwards: bool,
    ) -> list[Any]:
        """Walk from a fence (or from an end of the list) over ``skip`` rows and collect the next ``limit``."""
        order = self._view.order
        runs = [(segment, self._beside(run)) for segment, run in enumerate(segments(order))]
        if backwards:
            runs.reverse()
        if start is not None:
            runs = [run for run in runs if run[0] >= segment_of(order, start)]
        found: list[Any] = []
        for segment, run in runs:
            statement = (
                select(*with_sort_key(wanted, order))
                .where(self._condition, run)
                .order_by(*directed(order, segment, backwards=backwards, along_index=not self._sorts))
                .limit(limit - len(found))
                .offset(skip)
            )
            if start is not None and segment == segment_of(order, start):
                after = beyond(order, segment, start, backwards=backwards, inclusive=True)
                statement = statement.where(self._beside(after))
            rows = (await connection.execute(statement)).all()
            found.extend(rows)
            if len(found) >= limit:
                break
            if rows:
                skip = 0
            elif skip and segment != runs[-1][0]:
                skip -= await self._length(connection, segment, run, start)
        return found

    async def _length(self, connection: AsyncConnection, segment: int, run: Any, start: Key | None) -> int:  # noqa: ANN401
        """Return how many rows of a run were skipped, being all of them from the start."""
        counting = select(func.count()).select_from(clients).where(self._condition, run)
        if start is not None and segment == segment_of(self._view.order, start):
            after = beyond(self._view.order, segment, start, backwards=False, inclusive=True)
            counting = counting.where(self._beside(after))
        return int(await connection.scalar(counting) or 0)

    def _fence_before(self, offset: int) -> tuple[int, Key | None]:
        index = bisect_right(self._places, offset)
        if index == 0:
            return 0, None
        place = self._places[index - 1]
        return place, self._fences[place]

    def _remember(self, place: int, key: Key) -> None:
        if place not in self._fences and len(self._fences) < MOST_FENCES:
            insort(self._places, place)
        if place in self._fences or len(self._fences) < MOST_FENCES:
            self._fences[place] = key
