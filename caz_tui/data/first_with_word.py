"""The first clients of a list by name that have a word, found without a look at all who have it.

Many are met soon on a walk along the names, with the set of who has the word beside it. Where names begin with the
word they stand together, far from either end it may be: those are read where they stand, the few others looked up.
"""

from __future__ import annotations

from heapq import merge
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import and_, false, func, select, union_all

from caz_tui.data.choices import Tab
from caz_tui.data.dialects import base
from caz_tui.data.expressions import unindexed
from caz_tui.data.selects import (
    begins_otherwise,
    begins_with,
    beyond,
    directed,
    sort_key,
    view_condition,
    with_sort_key,
)
from caz_tui.data.tables import clients
from caz_tui.data.words_known import Owners, Reach

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from sqlalchemy import CompoundSelect, Row, Select
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
        found = None if others else await self._beginning_with_it(connection, search, word, known)
        if found is not None:
            return found
        owners = {word: await known.owners(connection, search, word) for word in self.words}
        rare = [(word, its_owners) for word, its_owners in owners.items() if its_owners is not None]
        if not rare:
            return None
        word, fewest = min(rare, key=lambda pair: pair[1].number)
        found = await self._beginning_with_it(connection, search, word, known) if others else None
        return await self._met(connection, word, fewest, known) if found is None else found

    async def _beginning_with_it(
        self, connection: AsyncConnection, search: Search, word: str, known: WordsKnown
    ) -> list[Row[Any]] | None:
        """Return the first rows if few have a word elsewhere than where their names begin."""
        elsewhere = await self._elsewhere(connection, search, word, known)
        if elsewhere is None:
            return None
        begins = and_(clients.c.archived == false(), begins_with(clients.c.name_folded, word))
        if self._asks_for_more:
            # None of many may be wanted.
            last = select(clients.c.id).where(begins).offset(base.MOST_LOOKED_UP).limit(1)
            if await connection.scalar(last) is not None:
                return None
        beginning = await self._rows(connection, and_(self._condition({}, along_names=True), begins))
        looked_up = {word: clients.c.id.in_(elsewhere)}
        others = await self._rows(connection, self._condition(looked_up, along_names=False)) if elsewhere else []
        width = len(sort_key(self.view.order))
        both = merge(beginning, others, key=lambda row: tuple(row[-width:]), reverse=self.view.order.descending)
        return list(both)[: self.limit]

    async def _elsewhere(
        self, connection: AsyncConnection, search: Search, word: str, known: WordsKnown
    ) -> tuple[int, ...] | None:
        """Return who has a word elsewhere than where the name begins, perhaps with some whose names begin with a part.

        None where they are more than ``FEW_WITH_WORD``, or the index cannot tell.
        """
        if word in known.elsewhere:
            return known.elsewhere[word]
        part = known.beginning_of(word)
        found = None
        if part is not None:
            # Whoever has the word has the part, once more perhaps where the name begins with that.
            stretches = begins_otherwise(clients.c.name_folded, part, word)
            names = [select(clients.c.id).where(clients.c.archived == false(), stretch) for stretch in stretches]
            found = await _few_of(connection, union_all(*names), known.elsewhere[part] or ())
        selecting = search.has_elsewhere(word) if found is None else None
        if selecting is not None:
            found = await _few_of(connection, selecting)
        known.elsewhere[word] = found
        return found

    @property
    def _asks_for_more(self) -> bool:
        """Whether not everybody who has a word is in the list."""
        return self.view.tab is not Tab.ALL or len(self.view.query.parts) > 1 or self.scope.carteiras is not None

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


async def _few_of(
    connection: AsyncConnection, selecting: Select[tuple[int]] | CompoundSelect[tuple[int]], besides: Iterable[int] = ()
) -> tuple[int, ...] | None:
    """Return what is selected and some others besides; None where that is more than ``FEW_WITH_WORD``."""
    found = await Owners.among(connection, selecting.limit(FEW_WITH_WORD + 1))
    if found.number > FEW_WITH_WORD:
        return None
    both = {*besides, *found.those}
    return tuple(both) if len(both) <= FEW_WITH_WORD else None
