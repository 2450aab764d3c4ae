"""The first clients of a list by name that have a word, found without a look at all who have it.

Many are met soon on a walk along the names, with the set of who has the word beside it. Where names begin with the
word they stand together, far from either end it may be: those are read where they stand, the few others looked up.
"""

from __future__ import annotations

from heapq import merge
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import and_, false, func, select

from caz_tui.data.expressions import unindexed
from caz_tui.data.selects import begins_with, beyond, directed, sort_key, view_condition, with_sort_key
from caz_tui.data.tables import clients
from caz_tui.data.words_known import Owners, Reach

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from sqlalchemy import Row
    from sqlalchemy.ext.asyncio import AsyncConnection

    from caz_tui.data.dialects.base import Search
    from caz_tui.data.gate import Scope
    from caz_tui.data.query import ClientView
    from caz_tui.data.rows import Columns
    from caz_tui.data.selects import Condition
    from caz_tui.data.words_known import WordsKnown

FEW_WITH_WORD = 2_500
"""Up to this many clients are looked up rather."""
GLANCE = 20_000
"""How many names a walk passes at most: some milliseconds."""


class Wanted(NamedTuple):
    """What is looked for: the first clients of a list by name, all of whom have some words."""

    view: ClientView
    today: date
    scope: Scope
    words: frozenset[str]
    columns: Columns
    limit: int

    async def first(self, connection: AsyncConnection, search: Search, known: WordsKnown) -> list[Row[Any]] | None:
        """Return the first rows, each with its sort key at its end; None where they had better be looked up."""
        word, *others = self.words
        part = None if others else known.owners_of_part(word)
        found = None if part is None else await self._beginning_with_it(connection, word, part)
        if found is not None:
            return found
        owners = {word: await known.owners(connection, search, word) for word in self.words}
        rare = [(word, its_owners) for word, its_owners in owners.items() if its_owners is not None]
        if not rare:
            return None
        word, fewest = min(rare, key=lambda pair: pair[1].number)
        found = None if fewest is part else await self._beginning_with_it(connection, word, fewest)
        return await self._met(connection, word, fewest, known) if found is None else found

    async def _beginning_with_it(self, connection: AsyncConnection, word: str, owners: Owners) -> list[Row[Any]] | None:
        """Return the first rows if half of those who have a word, or a part of it, have it first in their names."""
        begins = and_(clients.c.archived == false(), begins_with(clients.c.name_folded, word))
        half = select(clients.c.id).where(begins).offset(owners.number // 2).limit(1)
        if owners.number <= FEW_WITH_WORD or await connection.scalar(half) is None:
            return None
        others = owners.but(await Owners.among(connection, select(clients.c.id).where(begins)))
        if len(others) > FEW_WITH_WORD:
            return None
        beginning = await self._rows(connection, and_(self._condition({}, along_names=True), begins))
        looked_up = {word: clients.c.id.in_(others)}
        elsewhere = await self._rows(connection, self._condition(looked_up, along_names=False)) if others else []
        width = len(sort_key(self.view.order))
        both = merge(beginning, elsewhere, key=lambda row: tuple(row[-width:]), reverse=self.view.order.descending)
        return list(both)[: self.limit]

    async def _met(
        self, connection: AsyncConnection, word: str, owners: Owners, known: WordsKnown
    ) -> list[Row[Any]] | None:
        """Return the first rows if that many are met on a short walk along the names."""
        order = self.view.order
        if owners.number <= FEW_WITH_WORD:
            return None
        reach = known.reaches.get(order.descending)
        if reach is None:
            reach = known.reaches[order.descending] = await self._reach(connection)
        # Twice as many as are wanted should be met.
        if owners.number * GLANCE < 2 * self.limit * reach.everybody:
            return None
        # Asked of each client that is met, and not looked up.
        condition = self._condition({word: unindexed(clients.c.id).in_(owners.selected())}, along_names=True)
        if reach.end is not None:
            condition = and_(condition, beyond(order, 0, reach.end, backwards=True, inclusive=False))
        found = await self._rows(connection, condition)
        return found if reach.end is None or len(found) == self.limit else None

    async def _reach(self, connection: AsyncConnection) -> Reach:
        order = self.view.order
        everybody = int(await connection.scalar(select(func.max(clients.c.id))) or 0)
        names = select(*sort_key(order)).where(clients.c.archived == false()).order_by(*directed(order, 0))
        end = (await connection.execute(names.offset(GLANCE).limit(1))).first()
        return Reach(everybody, None if end is None else tuple(end))

    def _condition(self, looked_up: Mapping[str, Condition], *, along_names: bool) -> Condition:
        found_by = () if along_names else None
        return view_condition(self.view, self.today, scope=self.scope, looked_up=looked_up, found_by=found_by)

    async def _rows(self, connection: AsyncConnection, condition: Condition) -> list[Row[Any]]:
        order = self.view.order
        asking = select(*with_sort_key(self.columns, order)).where(condition).order_by(*directed(order, 0))
        return list(await connection.execute(asking.limit(self.limit)))
