"""What has been learnt of the words that are searched for, until the portfolio is written to.

Whoever has a word has every part of it too: while one is typed on, letter by letter, those who had it before are asked
rather than the index again, which takes the longer the more letters there are.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Self

from sqlalchemy import func, select

from caz_tui.data.dialects import base

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Select
    from sqlalchemy.ext.asyncio import AsyncConnection

    from caz_tui.data.dialects.base import Search

_WORDS_KEPT: Final = 3
"""Of whose owners the ids are kept: a hundred kilobytes a word."""


class Owners(NamedTuple):
    """Some clients.

    Attributes:
        number: how many they are.
        ids: their ids as a JSON array.
    """

    number: int
    ids: str

    @classmethod
    async def among(cls, connection: AsyncConnection, some: Select[tuple[int]]) -> Self:
        """Return those whose ids something selects; only SQLite knows how."""
        found = some.subquery()
        asking = select(func.count(), func.json_group_array(found.c[0])).select_from(found)
        return cls(*(await connection.execute(asking)).one())

    def selected(self) -> Select[tuple[int]]:
        """Return what selects their ids; only SQLite knows how."""
        return select(func.json_each(self.ids).table_valued("value").c.value)

    def but(self, others: Owners) -> set[int]:
        """Return the ids of those who are not among others."""
        # In less time than it takes SQLite to put them into the order it needs.
        return set(json.loads(self.ids)).difference(json.loads(others.ids))


class Reach(NamedTuple):
    """How far a walk along the names goes at most.

    Attributes:
        everybody: how many clients there are, or a few more.
        end: the sort key of the first one that it does not pass; None where it passes all.
    """

    everybody: int
    end: tuple[Any, ...] | None


class WordsKnown:
    """The words that were last looked up, each with who has it, and how far walks go in either direction."""

    def __init__(self) -> None:
        self._owners: dict[str, Owners | None] = {}
        self.reaches: dict[bool, Reach] = {}
        """By whether names descend."""

    def owners_of_part(self, word: str) -> Owners | None:
        """Return who has a word or a part of it, the fewest that are known; None when no part is known."""
        known = (owners for part, owners in self._owners.items() if owners is not None and part in word)
        return min(known, key=lambda owners: owners.number, default=None)

    async def owners(self, connection: AsyncConnection, search: Search, word: str) -> Owners | None:
        """Return who has a folded word, as the index knows it; None where more than ``MOST_LOOKED_UP`` do."""
        if word in self._owners:
            owners = self._owners.pop(word)
        else:
            some = await Owners.among(connection, search.who_has(word).limit(base.MOST_LOOKED_UP + 1))
            owners = some if some.number <= base.MOST_LOOKED_UP else None
        # That many have it is kept as well, or it would be asked of the index for every page.
        self._owners[word] = owners
        if len(self._owners) > _WORDS_KEPT:
            del self._owners[next(iter(self._owners))]
        return owners

    async def rare(self, connection: AsyncConnection, search: Search, words: Iterable[str]) -> tuple[str, ...]:
        """Return those of some folded words that at most ``MOST_LOOKED_UP`` clients have."""
        return tuple(
            [word for word in words if self.owners_of_part(word) or await self.owners(connection, search, word)]
        )
