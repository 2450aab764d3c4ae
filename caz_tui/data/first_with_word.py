"""The first clients of a list by name that have a word, found without a look at all who have it.

Many are met soon on a walk along the names, with the set of who has the word beside it. Where names begin with the
word they stand together, far from either end it may be: those are read where they stand, the few others looked up.
"""

from __future__ import annotations

from heapq import merge
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import and_, except_, false, func, select

from caz_tui.data.expressions import unindexed
from caz_tui.data.selects import begins_with, beyond, directed, sort_key, view_condition, with_sort_key
from caz_tui.data.tables import clients

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

FEW_WITH_WORD = 2_500
"""Up to this many clients are looked up rather."""
GLANCE = 20_000
"""How many names a walk passes at most: some milliseconds."""


class Wanted(NamedTuple):
    """What is looked for: the first clients of a list by name, and a word that all of them have."""

    view: ClientView
    today: date
    scope: Scope
    search: Search
    word: str
    owners: int
    """How many clients have the word."""
    columns: Columns
    limit: int

    async def first(self, connection: AsyncConnection) -> list[Row[Any]] | None:
        """Return the first rows, each with its sort key at its end; None where they had better be looked up."""
        if self.owners <= FEW_WITH_WORD:
            return None
        if await self._stand_together(connection):
            return await self._beginning_with_it(connection)
        everybody = int(await connection.scalar(select(func.max(clients.c.id))) or 0)
        # Twice as many as are wanted should be met.
        return await self._met(connection) if self.owners * GLANCE >= 2 * self.limit * everybody else None

    @property
    def _begins(self) -> Condition:
        return and_(clients.c.archived == false(), begins_with(clients.c.name_folded, self.word))

    async def _stand_together(self, connection: AsyncConnection) -> bool:
        """Tell whether half of those who have the word have it at the beginning of their names."""
        half = select(clients.c.id).where(self._begins).offset(self.owners // 2).limit(1)
        return await connection.scalar(half) is not None

    async def _beginning_with_it(self, connection: AsyncConnection) -> list[Row[Any]] | None:
        has_it, begin_with_it = self.search.who_has(self.word), select(clients.c.id).where(self._begins)
        others = (await connection.scalars(except_(has_it, begin_with_it).limit(FEW_WITH_WORD + 1))).all()
        if len(others) > FEW_WITH_WORD:
            return None
        beginning = await self._rows(connection, and_(self._condition({}, along_names=True), self._begins))
        looked_up = {self.word: clients.c.id.in_(others)}
        elsewhere = await self._rows(connection, self._condition(looked_up, along_names=False)) if others else []
        width = len(sort_key(self.view.order))
        both = merge(beginning, elsewhere, key=lambda row: tuple(row[-width:]), reverse=self.view.order.descending)
        return list(both)[: self.limit]

    async def _met(self, connection: AsyncConnection) -> list[Row[Any]] | None:
        order = self.view.order
        end = select(*sort_key(order)).where(clients.c.archived == false()).order_by(*directed(order, 0))
        last = (await connection.execute(end.offset(GLANCE).limit(1))).first()
        # Asked of each client that is met, and not looked up.
        has_it = unindexed(clients.c.id).in_(self.search.who_has(self.word))
        condition = self._condition({self.word: has_it}, along_names=True)
        if last is not None:
            condition = and_(condition, beyond(order, 0, tuple(last), backwards=True, inclusive=False))
        found = await self._rows(connection, condition)
        return found if last is None or len(found) == self.limit else None

    def _condition(self, looked_up: Mapping[str, Condition], *, along_names: bool) -> Condition:
        found_by = () if along_names else None
        return view_condition(self.view, self.today, scope=self.scope, looked_up=looked_up, found_by=found_by)

    async def _rows(self, connection: AsyncConnection, condition: Condition) -> list[Row[Any]]:
        order = self.view.order
        asking = select(*with_sort_key(self.columns, order)).where(condition).order_by(*directed(order, 0))
        return list(await connection.execute(asking.limit(self.limit)))
